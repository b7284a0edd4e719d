// kept_rows.h — the rows of a partition of OVER that later rows look back at, after their groups are gone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/expression/aggregate.h"

namespace weir {

/// Which rows are kept: the last ones, the first ones, or those whose order is no less than where the frame of the last one begins.
struct KeptRange {
  enum class Kind : std::uint8_t { last, first, from };
  Kind kind = Kind::last;
  std::size_t count = 0;  // of last and first
};

/// One of them.
struct KeptRow {
  std::string order;   // the place in the order, as bytes
  std::string tie;     // what orders rows of one place
  std::string from;    // where its frame begins; of KeptRange::Kind::from
  std::string values;  // a group_key.h key
};

/// The state is a list of rows, in order: whatever the order and parts in which they were seen. Its arguments are order, tie and from as text, then
/// values of `types`; there is no result.
std::unique_ptr<Aggregate> make_kept_rows(KeptRange range, std::vector<Type> types);

/// Of a state of make_kept_rows(), in order.
const std::vector<KeptRow>& kept_rows(const void* state);

}  // namespace weir
