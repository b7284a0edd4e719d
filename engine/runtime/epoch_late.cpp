// epoch_late.cpp — what becomes of late rows in an epoch: rejects, for the sinks that lose them.
#include <fmt/format.h>

#include <map>

#include "engine/data/calendar.h"
#include "engine/runtime/epoch.h"

namespace weir {

// The late records of a chunk that came as far as something that goes by time, and the sinks that are without them for that.
EpochAssembler::LateRecords EpochAssembler::late_records(std::size_t stage, const StagedChunk& chunk) const {
  LateRecords late;
  const auto add = [&](const std::vector<std::uint32_t>& records, const std::set<std::string>& sinks) {
    for (const std::uint32_t record : records) late[record].insert(sinks.begin(), sinks.end());
  };
  for (std::size_t g = 0; g < chunk.gathered.size(); ++g) {
    std::set<std::string> fed;
    for (std::size_t sink = 0; sink < plan_.sinks.size() && !chunk.gathered[g].late_records.empty(); ++sink) {
      if (state_->feeds(sink) && state_->feeds(sink, stages_[stage].gatherings[g].aggregate)) fed.insert(plan_.sinks[sink].table.sink);
    }
    add(chunk.gathered[g].late_records, fed);
  }
  for (std::size_t i = 0; i < chunk.taken.size(); ++i) {
    std::set<std::string> fed;
    for (std::size_t sink = 0; sink < plan_.sinks.size() && !chunk.taken[i].late_records.empty(); ++sink) {
      if (state_->feeds(sink, stages_[stage].intakes[i])) fed.insert(plan_.sinks[sink].table.sink);
    }
    add(chunk.taken[i].late_records, fed);
  }
  for (std::size_t e = 0; e < chunk.blocks.size(); ++e) {
    if (!chunk.blocks[e].late_records.empty()) add(chunk.blocks[e].late_records, sinks_below(stages_[stage], e + 1));
  }
  return late;
}

void EpochAssembler::add_late(std::size_t stage, const std::vector<StagedChunkPtr>& chunks) {
  if (chunks.empty() || !stages_[stage].is_timed) return;
  const EventTime& rules = *std::get<ScanNode>(plan_.nodes[stages_[stage].scan].operation).time;
  if (rules.late == LateRows::drop) return;
  const std::set<std::string> all = sinks_below(stages_[stage], 0);
  for (const StagedChunkPtr& chunk : chunks) {
    if (chunk->limits.empty()) continue;
    for (auto& [record, sinks] : late_records(stage, *chunk)) {
      const std::size_t place = chunk->place_of(record);
      const std::int64_t time = chunk->times[place], limit = chunk->limits[place];
      const std::string message = fmt::format("event time {} is {} before the watermark of its split, {}", timestamp_to_string(time),
                                              format_duration(Duration(limit - time)), timestamp_to_string(limit));
      // One reject stands for all sinks.
      for (const std::string& sink : sinks == all ? std::set<std::string>{""} : sinks)
        write_.rejected.push_back(make_reject(stage, 0, *chunk, {record, "late", message}, sink));
    }
  }
}

}  // namespace weir
