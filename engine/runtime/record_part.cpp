// record_part.cpp — follows a row back through the expansions that made it.
#include "engine/runtime/record_part.h"

#include <fmt/format.h>

namespace weir {

RecordPart part_of(const Stage& stage, std::size_t block, const StagedChunk& chunk, std::uint32_t row) {
  RecordPart found{row, ""};
  for (; block != 0; block = stage.expansions[block - 1].parent) {
    const std::vector<std::uint32_t>& parents = chunk.blocks[block - 1].parents;
    if (stage.expansions[block - 1].dedup != nullptr) {  // the same rows
      found.record = parents[found.record];
      continue;
    }
    std::uint32_t number = 0;
    while (number < found.record && parents[found.record - number - 1] == parents[found.record]) ++number;
    found.part = found.part.empty() ? std::to_string(number) : fmt::format("{}.{}", number, found.part);
    found.record = parents[found.record];
  }
  return found;
}

bool is_part_of(const std::string& part, const std::string& whole) {
  if (whole.empty() || part == whole) return true;
  return part.size() > whole.size() && part.starts_with(whole) && part[whole.size()] == '.';
}

}  // namespace weir
