// scripted_source.cpp — plays records from memory.
#include "engine/testing/scripted_source.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <thread>

namespace weir {
namespace {

constexpr std::size_t padding = 64;  // simdjson reads beyond the end
constexpr std::chrono::milliseconds moment{1};

std::int32_t number_of(const std::string& split) {
  std::int32_t number = 0;
  std::from_chars(split.data() + std::min(split.rfind('/') + 1, split.size()), split.data() + split.size(), number);
  return number;
}

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
      const std::size_t end = std::min(records.size(), script_->gate != nullptr ? script_->gate->shown(split) : script_->visible);
      if (script_->gate != nullptr) script_->gate->reads(split, reader.next, reader.next >= end);
      if (reader.next < end) {
        polled.chunk = read(split, reader, records, end);
        return polled;
      }
      if (!reader.has_told_end) polled.at_end.push_back(split);
      reader.has_told_end = true;
    }
    if (!polled.at_end.empty()) return polled;
    script_->gate != nullptr ? script_->gate->wait() : std::this_thread::yield();
    return polled;
  }
  void committed(const std::string&, const Position&) override {}
  std::vector<SplitLag> lag() const override {
    std::vector<SplitLag> lags;
    if (script_->gate == nullptr) return lags;
    for (const auto& [split, records] : script_->records) {
      if (topic_.empty() || split.starts_with(topic_ + "/")) lags.push_back({split, script_->gate->is_at_end(split) ? 0 : -1});
    }
    return lags;
  }
  std::string health() const override { return {}; }

 private:
  struct Reader {
    std::size_t next;
    bool has_told_end;
  };

  std::unique_ptr<RawChunk> read(const std::string& split, Reader& reader, const std::vector<ScriptedRecord>& records, std::size_t end) const {
    auto chunk = std::make_unique<RawChunk>();
    chunk->split = split;
    chunk->topic = topic_;
    chunk->partition = number_of(split);
    chunk->from = std::to_string(reader.next);
    for (std::size_t count = 0; reader.next < end && count < context_.chunk_rows; ++reader.next, ++count) add(records[reader.next], reader.next, *chunk);
    chunk->to = std::to_string(reader.next);
    return chunk;
  }

  static void add(const ScriptedRecord& scripted, std::size_t number, RawChunk& chunk) {
    Record record;
    if (scripted.value) {
      record.value = copy(*scripted.value, chunk.arena);
      record.value_size = static_cast<std::uint32_t>(scripted.value->size());
      record.value_block = static_cast<std::uint32_t>(chunk.arena.current_block());
      chunk.value_bytes += scripted.value->size();
    }
    if (scripted.key) {
      record.key = copy(*scripted.key, chunk.arena);
      record.key_size = static_cast<std::uint32_t>(scripted.key->size());
      record.key_block = static_cast<std::uint32_t>(chunk.arena.current_block());
    }
    if (!scripted.headers.empty()) record.headers = chunk.arena.copy(scripted.headers);
    record.offset = scripted.offset.value_or(static_cast<std::int64_t>(number));
    record.timestamp = scripted.timestamp;
    chunk.records.push_back(record);
  }
  static const char* copy(const std::string& text, Arena& arena) {
    char* bytes = static_cast<char*>(arena.allocate(text.size() + padding, 1));
    std::memset(bytes, 0, text.size() + padding);
    std::copy(text.begin(), text.end(), bytes);
    return bytes;
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

void ScriptGate::show(const std::string& split, std::size_t count) {
  const std::scoped_lock lock(mutex_);
  Split& known = splits_[split];
  known.is_at_end = known.is_at_end && count <= known.shown;
  known.shown = std::max(known.shown, count);
  changed_.notify_all();
}

void ScriptGate::say_end(const std::string& split) {
  const std::scoped_lock lock(mutex_);
  splits_[split].is_at_end = true;
}

void ScriptGate::reads(const std::string& split, std::size_t next, bool is_waiting) {
  const std::scoped_lock lock(mutex_);
  splits_[split].read = next;
  splits_[split].is_waiting = is_waiting;
}

void ScriptGate::close() {
  const std::scoped_lock lock(mutex_);
  for (auto& [name, split] : splits_) split.is_waiting = false;
}

std::size_t ScriptGate::shown(const std::string& split) const {
  const std::scoped_lock lock(mutex_);
  const auto found = splits_.find(split);
  return found == splits_.end() ? 0 : found->second.shown;
}

bool ScriptGate::is_at_end(const std::string& split) const {
  const std::scoped_lock lock(mutex_);
  const auto found = splits_.find(split);
  return found != splits_.end() && found->second.is_at_end && found->second.read >= found->second.shown;
}

bool ScriptGate::is_read_out() const {
  const std::scoped_lock lock(mutex_);
  return std::all_of(splits_.begin(), splits_.end(), [](const auto& one) { return one.second.is_waiting && one.second.read >= one.second.shown; });
}

void ScriptGate::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, moment, [&] { return std::any_of(splits_.begin(), splits_.end(), [](const auto& one) { return one.second.read < one.second.shown; }); });
}

std::shared_ptr<const SourceDefinition> scripted_definition(std::shared_ptr<const Script> script, std::string topic) {
  return std::make_shared<ScriptedDefinition>(std::move(script), std::move(topic));
}

SourceSpec scripted_source(std::shared_ptr<const Script> script) {
  SourceSpec spec;
  spec.name = "scripted";
  spec.summary = "Records given by a test.";
  spec.metadata = {{"offset", int64_type, false, "The record's number."}};
  spec.options = {{"topic", "string", "", "Which of the script's splits it has: those of orders are orders/0 and so on."}};
  spec.parse = [script](const Config& options, Diagnostics&) {
    const Config* topic = options.find("topic");
    return scripted_definition(script, topic == nullptr ? "" : topic->scalar());
  };
  return spec;
}

}  // namespace weir
