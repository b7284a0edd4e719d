// state_counts.h — how much state a pipeline has, and where it is.
#pragma once

#include <cstdint>

namespace weir {

struct StateCounts {
  std::int64_t groups = 0;         // of aggregates, and partitions that OVER goes on from
  std::int64_t dedup_keys = 0;     // on disk or not
  std::int64_t joined_rows = 0;    // that wait for others to match, of both sides of joins
  std::int64_t memory_bytes = 0;
  std::int64_t memory_limit = 0;
  std::int64_t spilled_groups = 0;
  std::int64_t spilled_keys = 0;   // of dedups
  std::int64_t spilled_rows = 0;   // of joins, as long as they are on disk
  std::int64_t disk_bytes = 0;     // of the local store
  std::int64_t writes = 0, reads = 0;  // of groups, keys and rows there, since the start
};

}  // namespace weir
