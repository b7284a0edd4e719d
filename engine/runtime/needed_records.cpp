// needed_records.cpp — copies the few records that are needed, and lets go of the rest.
#include "engine/runtime/needed_records.h"

#include <algorithm>
#include <cstring>

#include "engine/runtime/record_part.h"

namespace weir {
namespace {

constexpr std::size_t small_block = 4096;

std::vector<char> needed_records(const Stage& stage, const StagedChunk& chunk) {
  std::vector<char> is_needed(chunk.raw->records.size(), 0);
  const auto need_rows = [&](std::size_t block, const std::vector<RefusedRecord>& refused) {
    for (const RefusedRecord& one : refused) is_needed[part_of(stage, block, chunk, one.record).record] = 1;
  };
  for (const RejectedRecord& rejected : chunk.rejected) is_needed[rejected.record] = 1;
  for (std::size_t e = 0; e < chunk.blocks.size(); ++e) {
    need_rows(stage.expansions[e].parent, chunk.blocks[e].refused);
    for (const std::uint32_t record : chunk.blocks[e].late_records) is_needed[record] = 1;
  }
  for (std::size_t g = 0; g < chunk.gathered.size(); ++g) {
    need_rows(stage.gatherings[g].block, chunk.gathered[g].refused);
    for (const std::uint32_t record : chunk.gathered[g].late_records) is_needed[record] = 1;
  }
  for (std::size_t i = 0; i < chunk.taken.size(); ++i) {
    need_rows(stage.intakes[i].block, chunk.taken[i].refused);
    for (const std::uint32_t record : chunk.taken[i].late_records) is_needed[record] = 1;
  }
  return is_needed;
}

const char* copied(const char* bytes, std::size_t size, Arena& arena) {
  if (bytes == nullptr) return nullptr;
  auto* copy = static_cast<char*>(arena.allocate(std::max<std::size_t>(size, 1), 1));
  std::memcpy(copy, bytes, size);
  return copy;
}

std::vector<std::int64_t> only(const std::vector<std::uint32_t>& records, const std::vector<std::int64_t>& values) {
  std::vector<std::int64_t> kept;
  if (values.empty()) return kept;
  for (const std::uint32_t record : records) kept.push_back(values[record]);
  return kept;
}

}  // namespace

void keep_needed_records(const Stage& stage, StagedChunk& chunk) {
  if (!stage.branches.empty()) return;
  const std::vector<char> is_needed = needed_records(stage, chunk);
  Arena arena(small_block);
  KeptRecords kept{is_needed.size(), {}};
  std::vector<Record> records;
  for (std::uint32_t i = 0; i < is_needed.size(); ++i) {
    if (is_needed[i] == 0) continue;
    kept.numbers.push_back(i);
    Record& record = records.emplace_back(chunk.raw->records[i]);
    record.value = copied(record.value, record.value_size, arena);
    record.key = copied(record.key, record.key_size, arena);
    record.headers = View{};
  }
  chunk.times = only(kept.numbers, chunk.times);
  chunk.limits = only(kept.numbers, chunk.limits);
  chunk.raw->records = std::move(records);
  chunk.raw->arena = std::move(arena);
  chunk.kept = std::move(kept);
}

}  // namespace weir
