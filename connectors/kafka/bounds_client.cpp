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
  if (const std::optional<PartitionBounds> known = take_answer(topic, partition)) return *known;
  ask_ahead(topic, patience);
  if (const std::optional<PartitionBounds> known = take_answer(topic, partition)) return *known;
  PartitionBounds bounds;
  WEIR_ASSIGN(bounds.low, client_.find_offset(topic, partition, offset_of_beginning, patience));
  WEIR_ASSIGN(bounds.high, client_.find_offset(topic, partition, offset_of_end, patience));
  return bounds;
}

std::optional<PartitionBounds> BoundsClient::known(const std::string& topic, std::int32_t partition) const {
  const std::scoped_lock lock(mutex_);
  const auto known = answers_.find({topic, partition});
  if (known == answers_.end() || std::chrono::steady_clock::now() - known->second.when >= freshness) return std::nullopt;
  return known->second.bounds;
}

std::optional<PartitionBounds> BoundsClient::take_answer(const std::string& topic, std::int32_t partition) {
  const std::scoped_lock lock(mutex_);
  const auto known = answers_.extract({topic, partition});
  if (known.empty() || std::chrono::steady_clock::now() - known.mapped().when >= freshness) return std::nullopt;
  return known.mapped().bounds;
}

// Whatever fails here is asked for again, one by one, where the error belongs to somebody. Nobody else waits for the broker meanwhile.
void BoundsClient::ask_ahead(const std::string& topic, std::chrono::milliseconds patience) {
  std::vector<std::int32_t> partitions;
  {
    const std::scoped_lock lock(mutex_);
    partitions = std::exchange(listed_[topic], {});
  }
  if (partitions.empty()) return;
  std::vector<PartitionOffset> low, high;
  for (const std::int32_t partition : partitions) {
    low.push_back({topic, partition, offset_of_beginning});
    high.push_back({topic, partition, offset_of_end});
  }
  if (!client_.find_offsets(low, patience).ok() || !client_.find_offsets(high, patience).ok()) return;
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < low.size(); ++i) {
    if (low[i].error != RD_KAFKA_RESP_ERR_NO_ERROR || high[i].error != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    answers_[{topic, low[i].partition}] = {{low[i].offset, high[i].offset}, now};
  }
}

}  // namespace weir
