// played_source.cpp — draws the next split and the size of its next chunk.
#include "tests/oracle/played_source.h"

#include <algorithm>
#include <random>
#include <thread>

namespace weir::testing {
namespace {

class PlayedSource final : public Source {
 public:
  PlayedSource(std::shared_ptr<const Play> play, const SourceContext& context)
      : play_(std::move(play)), chunk_rows_(context.chunk_rows), random_(play_->seed) {}

  Result<std::vector<std::string>> list_splits() override {
    std::vector<std::string> splits;
    for (const auto& [split, records] : play_->records) splits.push_back(split);
    return splits;
  }
  Result<Position> start_position(const std::string&, bool) override { return Position("0"); }
  Status add_split(const std::string& split, const Position& position) override {
    const std::vector<std::string>& records = play_->records.at(split);
    readers_[split] = {&records, std::stoul(position), records.size() * play_->visible_share / 1000, false};
    return {};
  }
  void remove_split(const std::string& split) override { readers_.erase(split); }

  Result<Polled> poll(std::chrono::milliseconds) override {
    Polled polled;
    if (const auto next = draw_split(); next != readers_.end()) polled.chunk = read(next->first, next->second);
    for (auto& [split, reader] : readers_) {
      if (reader.next < reader.end || reader.has_told_end) continue;
      polled.at_end.push_back(split);
      reader.has_told_end = true;
    }
    if (polled.chunk == nullptr && polled.at_end.empty()) std::this_thread::sleep_for(std::chrono::microseconds(200));
    return polled;
  }
  void committed(const std::string&, const Position&) override {}
  std::vector<SplitLag> lag() const override { return {}; }
  std::string health() const override { return {}; }

 private:
  struct Reader {
    const std::vector<std::string>* records;
    std::size_t next, end;
    bool has_told_end;
  };
  using Readers = std::map<std::string, Reader>;

  Readers::iterator draw_split() {
    const auto has_more = [](const auto& entry) { return entry.second.next < entry.second.end; };
    const auto first = std::find_if(readers_.begin(), readers_.end(), has_more);
    if (play_->seed == 0 || first == readers_.end()) return first;
    auto skips = random_() % static_cast<std::size_t>(std::count_if(readers_.begin(), readers_.end(), has_more));
    auto drawn = first;
    for (; skips > 0; --skips) drawn = std::find_if(std::next(drawn), readers_.end(), has_more);
    return drawn;
  }

  std::unique_ptr<RawChunk> read(const std::string& split, Reader& reader) {
    auto chunk = std::make_unique<RawChunk>();
    chunk->split = split;
    chunk->from = std::to_string(reader.next);
    const std::size_t rows = play_->seed == 0 ? chunk_rows_ : 1 + random_() % chunk_rows_;
    for (const std::size_t end = std::min(reader.end, reader.next + rows); reader.next < end; ++reader.next) add_record(*chunk, reader);
    chunk->to = std::to_string(reader.next);
    return chunk;
  }

  static void add_record(RawChunk& chunk, const Reader& reader) {
    const std::string& text = (*reader.records)[reader.next];
    char* bytes = static_cast<char*>(chunk.arena.allocate(text.size() + 64, 1));
    std::copy(text.begin(), text.end(), bytes);
    Record record;
    record.value = bytes;
    record.value_size = static_cast<std::uint32_t>(text.size());
    record.value_block = static_cast<std::uint32_t>(chunk.arena.current_block());
    record.offset = static_cast<std::int64_t>(reader.next);
    chunk.value_bytes += text.size();
    chunk.records.push_back(record);
  }

  std::shared_ptr<const Play> play_;
  std::size_t chunk_rows_;
  std::mt19937_64 random_;
  Readers readers_;
};

class PlayedDefinition final : public SourceDefinition {
 public:
  explicit PlayedDefinition(std::shared_ptr<const Play> play) : play_(std::move(play)) {}
  Result<std::unique_ptr<Source>> open(const SourceContext& context) const override {
    return std::unique_ptr<Source>(std::make_unique<PlayedSource>(play_, context));
  }
  Status check_connect(std::chrono::milliseconds) const override { return {}; }
  std::string describe() const override { return "played records"; }
  std::string fingerprint() const override { return "played"; }

 private:
  std::shared_ptr<const Play> play_;
};

}  // namespace

SourceSpec played_source(const std::string& type, std::shared_ptr<const Play> play) {
  SourceSpec spec;
  spec.name = type;
  spec.summary = "Records of a generated case.";
  spec.parse = [play](const Config&, Diagnostics&) { return std::make_shared<PlayedDefinition>(play); };
  return spec;
}

}  // namespace weir::testing
