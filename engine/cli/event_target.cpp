// event_target.cpp — where generated events go: Kafka, a file of lines, or stdout.
#include "engine/cli/event_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "connectors/generate/event_plan.h"
#include "connectors/kafka/producer.h"
#include "engine/base/log.h"

namespace weir {
namespace {

constexpr std::chrono::seconds patience{30};

class FileTarget final : public EventTarget {
 public:
  FileTarget(std::FILE* file, bool is_own, std::string name)
      : file_(file), is_own_(is_own), name_(std::move(name)) {}
  ~FileTarget() override {
    if (is_own_ && file_ != nullptr) std::fclose(file_);
  }
  Status write(const EventBatch& batch) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::string_view event = batch.event(i);
      std::fwrite(event.data(), 1, event.size(), file_);
      std::fputc('\n', file_);
    }
    return std::ferror(file_) != 0 ? failed() : Status();
  }
  Status finish() override { return std::fflush(file_) != 0 ? failed() : Status(); }

 private:
  Status failed() const {
    return Error{ErrorKind::fatal, fmt::format("cannot write {}: {}", name_, std::strerror(errno))};
  }

  std::FILE* file_;
  bool is_own_;
  std::string name_;
};

class KafkaTarget final : public EventTarget {
 public:
  KafkaTarget(std::unique_ptr<Producer> producer, std::string topic, std::int32_t partitions, Spread spread)
      : producer_(std::move(producer)), topic_(std::move(topic)), partitions_(partitions), spread_(spread) {}
  Status write(const EventBatch& batch) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      OutgoingMessage message;
      message.value = batch.event(i);
      message.partition = partition_of(next_++);
      WEIR_TRY(producer_->produce(topic_, message));
    }
    return {};
  }
  Status finish() override { return producer_->flush(patience); }

 private:
  std::int32_t partition_of(std::uint64_t number) const {
    if (spread_ == Spread::even)
      return static_cast<std::int32_t>(number % static_cast<std::uint64_t>(partitions_));
    return std::min<std::int32_t>(std::countl_zero(scramble(number)), partitions_ - 1);
  }

  std::unique_ptr<Producer> producer_;
  std::string topic_;
  std::int32_t partitions_;
  Spread spread_;
  std::uint64_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<EventTarget>> file_target(const std::string& path) {
  if (path.empty())
    return std::unique_ptr<EventTarget>(std::make_unique<FileTarget>(stdout, false, "stdout"));
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr)
    return Error{ErrorKind::usage, fmt::format("cannot write {}: {}", path, std::strerror(errno))};
  return std::unique_ptr<EventTarget>(std::make_unique<FileTarget>(file, true, path));
}

Result<std::unique_ptr<EventTarget>> kafka_target(const KafkaConnection& connection, const std::string& topic,
                                                  std::int32_t partitions, Spread spread) {
  WEIR_ASSIGN(auto producer, Producer::open(connection));
  WEIR_ASSIGN(const std::int32_t present, producer->create_topic(topic, partitions, patience));
  if (present != partitions) log::info("topic {} has {} partitions already: they are used", topic, present);
  return std::unique_ptr<EventTarget>(
      std::make_unique<KafkaTarget>(std::move(producer), topic, present, spread));
}

}  // namespace weir
