// played_source.h — a source for generated cases: records of named splits, played in an order and in chunks that a seed draws.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/component/registry.h"

namespace weir::testing {

/// What one source plays. Written between runs, read by the runs.
struct Play {
  std::map<std::string, std::vector<std::string>> records;  // by split, a split may be empty
  std::size_t visible_share = 1000;                         // of each split's records, so many in a thousand are there for now
  std::uint64_t seed = 0;                                   // of the order of splits and the sizes of chunks; 0: split by split, full chunks
};

/// Connector `type`: has no options; positions are record numbers.
SourceSpec played_source(const std::string& type, std::shared_ptr<const Play> play);

}  // namespace weir::testing
