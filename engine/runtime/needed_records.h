// needed_records.h — gives back the bytes of records that nobody asks for any more.
#pragma once

#include "engine/plan/stage.h"
#include "engine/runtime/staged_chunk.h"

namespace weir {

/// Of a chunk whose rows went into groups alone: keeps the bytes of records that are late or were refused, which go to the rejects; the others have
/// none from here on. Numbers and offsets stay. More chunks are under way then in the same memory.
void keep_needed_records(const Stage& stage, StagedChunk& chunk);

}  // namespace weir
