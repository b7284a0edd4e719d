// bounds_client.cpp — the first who asks takes the answers of the others along.
#include "connectors/kafka/bounds_client.h"

#include <utility>

namespace weir {
namespace {

constexpr std::chrono::seconds freshness{1};

}  // namespace

void BoundsClient::listed(const std::string& topic, const std::vector<std::int32_t>& partitions) {
  const std::scoped_lock lock(mutex_);
  listed_[topic] = partitions;
}

Result<PartitionBounds> BoundsClient::ask(const std::string& topic, std::int32_t partition, std::chrono::milliseconds patience) {
  const std::scoped_lock lock(mutex_);
  const std::pair key{topic, partition};
  if (!answers_.contains(key)) ask_for_all(topic, patience);
  if (auto known = answers_.extract(key); !known.empty() && std::chrono::steady_clock::now() - known.mapped().when < freshness)
    return known.mapped().bounds;
  PartitionBounds bounds;
  WEIR_ASSIGN(bounds.low, client_.find_offset(topic, partition, offset_of_beginning, patience));
  WEIR_ASSIGN(bounds.high, client_.find_offset(topic, partition, offset_of_end, patience));
  return bounds;
}

// Whatever fails here is asked for again, one by one, where the error belongs to somebody.
void BoundsClient::ask_for_all(const std::string& topic, std::chrono::milliseconds patience) {
  std::vector<PartitionOffset> low, high;
  for (const std::int32_t partition : std::exchange(listed_[topic], {})) {
    low.push_back({topic, partition, offset_of_beginning});
    high.push_back({topic, partition, offset_of_end});
  }
  if (low.size() < 2) return;
  if (!client_.find_offsets(low, patience).ok() || !client_.find_offsets(high, patience).ok()) return;
  const auto now = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < low.size(); ++i) {
    if (low[i].error != RD_KAFKA_RESP_ERR_NO_ERROR || high[i].error != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    answers_[{topic, low[i].partition}] = {{low[i].offset, high[i].offset}, now};
  }
}

}  // namespace weir
