// scripted_source.cpp — plays records from memory.
#include "tests/doubles/scripted_source.h"

#include <algorithm>
#include <thread>

namespace weir::testing {
namespace {

class ScriptedSource final : public Source {
 public:
  ScriptedSource(std::shared_ptr<const Script> script, std::string topic, SourceContext context)
      : script_(std::move(script)), topic_(std::move(topic)), context_(std::move(context)) {}

  Result<std::vector<std::string>> list_splits() override {
    if (script_->on_list) WEIR_TRY(script_->on_list());
    std::vector<std::string> splits;
    for (const auto& [split, records] : script_->records) {
      if (topic_.empty() || split.starts_with(topic_ + "/")) splits.push_back(split);
    }
    return splits;
  }
  Result<Position> start_position(const std::string&, bool) override { return Position("0"); }
  Status add_split(const std::string& split, const Position& position) override {
    readers_[split] = {std::stoul(position), false};
    return {};
  }
  void remove_split(const std::string& split) override { readers_.erase(split); }

  Result<Polled> poll(std::chrono::milliseconds) override {
    Polled polled;
    for (auto& [split, reader] : readers_) {
      const auto& records = script_->records.at(split);
      const std::size_t end = std::min(records.size(), script_->visible);
      if (reader.next < end) {
        polled.chunk = read(split, reader, records, end);
        return polled;
      }
      if (!reader.has_told_end) polled.at_end.push_back(split);
      reader.has_told_end = true;
    }
    if (polled.at_end.empty()) std::this_thread::yield();
    return polled;
  }
  void committed(const std::string&, const Position&) override {}
  std::vector<SplitLag> lag() const override { return {}; }
  std::string health() const override { return {}; }

 private:
  struct Reader {
    std::size_t next;
    bool has_told_end;
  };

  std::unique_ptr<RawChunk> read(const std::string& split, Reader& reader,
                                 const std::vector<std::string>& records, std::size_t end) {
    auto chunk = std::make_unique<RawChunk>();
    chunk->split = split;
    chunk->from = std::to_string(reader.next);
    for (std::size_t count = 0; reader.next < end && count < context_.chunk_rows; ++reader.next, ++count) {
      const std::string& text = records[reader.next];
      Record record;
      char* bytes = static_cast<char*>(chunk->arena.allocate(text.size() + 64, 1));
      std::copy(text.begin(), text.end(), bytes);
      record.value = bytes;
      record.value_size = static_cast<std::uint32_t>(text.size());
      record.value_block = static_cast<std::uint32_t>(chunk->arena.current_block());
      record.offset = static_cast<std::int64_t>(reader.next);
      chunk->value_bytes += text.size();
      chunk->records.push_back(record);
    }
    chunk->to = std::to_string(reader.next);
    return chunk;
  }

  std::shared_ptr<const Script> script_;
  std::string topic_;  // empty: all splits
  SourceContext context_;
  std::map<std::string, Reader> readers_;
};

class ScriptedDefinition final : public SourceDefinition {
 public:
  ScriptedDefinition(std::shared_ptr<const Script> script, std::string topic) : script_(std::move(script)), topic_(std::move(topic)) {}
  Result<std::unique_ptr<Source>> open(const SourceContext& context) const override {
    return std::unique_ptr<Source>(std::make_unique<ScriptedSource>(script_, topic_, context));
  }
  Status check_connect(std::chrono::milliseconds) const override { return {}; }
  std::string describe() const override { return "a script"; }
  std::string fingerprint() const override { return "scripted" + topic_; }

 private:
  std::shared_ptr<const Script> script_;
  std::string topic_;
};

}  // namespace

SourceSpec scripted_source(std::shared_ptr<const Script> script) {
  SourceSpec spec;
  spec.name = "scripted";
  spec.summary = "Records given by a test.";
  spec.metadata = {{"offset", int64_type, false, "The record's number."}};
  spec.options = {{"topic", "string", "", "Which of the script's splits it has: those of orders are orders/0 and so on."}};
  spec.parse = [script](const Config& options, Diagnostics&) {
    const Config* topic = options.find("topic");
    return std::make_shared<ScriptedDefinition>(script, topic == nullptr ? "" : topic->scalar());
  };
  return spec;
}

}  // namespace weir::testing
