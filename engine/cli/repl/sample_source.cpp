// sample_source.cpp — gives records by their number, which is also their position.
#include "engine/cli/repl/sample_source.h"

#include <charconv>
#include <cstring>
#include <thread>

namespace weir {
namespace {

constexpr const char* the_split = "sample/0";
constexpr std::size_t padding = 64;  // readable bytes behind a record

class SampleSource final : public Source {
 public:
  SampleSource(std::shared_ptr<const std::vector<std::string>> records, std::size_t chunk_rows) : records_(std::move(records)), chunk_rows_(chunk_rows) {}

  Result<std::vector<std::string>> list_splits() override { return std::vector<std::string>{the_split}; }
  Result<Position> start_position(const std::string&, bool) override { return Position("0"); }
  Status add_split(const std::string&, const Position& position) override {
    const auto parsed = std::from_chars(position.data(), position.data() + position.size(), next_);
    if (parsed.ec != std::errc{}) return Error{ErrorKind::fatal, "no position of a sample: " + position};
    is_reading_ = true;
    return {};
  }
  void remove_split(const std::string&) override { is_reading_ = false; }

  Result<Polled> poll(std::chrono::milliseconds patience) override {
    Polled polled;
    if (is_reading_ && next_ < records_->size()) polled.chunk = next_chunk();
    else std::this_thread::sleep_for(std::min(patience, std::chrono::milliseconds(1)));
    if (is_reading_ && next_ >= records_->size()) polled.at_end.emplace_back(the_split);
    return polled;
  }

  void committed(const std::string&, const Position&) override {}
  std::vector<SplitLag> lag() const override { return {}; }
  std::string health() const override { return ""; }

 private:
  std::unique_ptr<RawChunk> next_chunk() {
    auto chunk = std::make_unique<RawChunk>();
    chunk->split = the_split;
    chunk->topic = "sample";
    chunk->from = std::to_string(next_);
    for (; next_ < records_->size() && chunk->records.size() < chunk_rows_; ++next_) {
      const std::string& text = (*records_)[next_];
      char* bytes = static_cast<char*>(chunk->arena.allocate(text.size() + padding, 1));
      std::memcpy(bytes, text.data(), text.size());
      std::memset(bytes + text.size(), 0, padding);
      Record record;
      record.value = bytes;
      record.value_size = static_cast<std::uint32_t>(text.size());
      record.value_block = chunk->arena.current_block();
      record.offset = static_cast<std::int64_t>(next_);
      chunk->value_bytes += text.size();
      chunk->records.push_back(record);
    }
    chunk->to = std::to_string(next_);
    return chunk;
  }

  const std::shared_ptr<const std::vector<std::string>> records_;
  const std::size_t chunk_rows_;
  std::size_t next_ = 0;
  bool is_reading_ = false;
};

class SampleDefinition final : public SourceDefinition {
 public:
  explicit SampleDefinition(std::shared_ptr<const std::vector<std::string>> records) : records_(std::move(records)) {}

  Result<std::unique_ptr<Source>> open(const SourceContext& context) const override {
    return std::unique_ptr<Source>(std::make_unique<SampleSource>(records_, context.chunk_rows));
  }
  Status check_connect(std::chrono::milliseconds) const override { return {}; }
  std::string describe() const override { return "sample rows"; }
  std::string fingerprint() const override { return "sample"; }

 private:
  const std::shared_ptr<const std::vector<std::string>> records_;
};

}  // namespace

std::shared_ptr<const SourceDefinition> sample_source(std::shared_ptr<const std::vector<std::string>> records) {
  return std::make_shared<SampleDefinition>(std::move(records));
}

}  // namespace weir
