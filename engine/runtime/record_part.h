// record_part.h — which record a row of a chunk comes from, and which of the rows made of that record it is.
#pragma once

#include <string>

#include "engine/plan/stage.h"
#include "engine/runtime/staged_chunk.h"

namespace weir {

struct RecordPart {
  std::uint32_t record;  // index in the chunk's records
  std::string part;      // as RejectedRow::part
};

/// Of row `row` of `block`; of a record itself where block is 0.
RecordPart part_of(const Stage& stage, std::size_t block, const StagedChunk& chunk, std::uint32_t row);

/// Whether `part` is `whole`, or a row made of that row. Everything is part of the empty one.
bool is_part_of(const std::string& part, const std::string& whole);

}  // namespace weir
