// lineage.h — where the columns of sinks come from: which columns of sources and lookup tables give their values, and which only have a say.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace weir {

/// A column as a source or a lookup table declares it.
struct OriginColumn {
  bool is_of_table = false;
  std::size_t owner = 0;   // a source's node, or an index into Plan::tables
  std::size_t column = 0;  // of its declared ones
  friend auto operator<=>(const OriginColumn&, const OriginColumn&) = default;
};

/// How one column takes part in another. The first three give it its value, each more changed than the one before; what comes after them decides
/// which value it is, or whether there is a row at all.
enum class Influence : std::uint8_t { identity, transformation, aggregation, conditional, filter, join, group_by, window, sort, dedup, explode };

inline bool gives_value(Influence influence) { return influence <= Influence::aggregation; }

using Origins = std::map<OriginColumn, std::set<Influence>>;

struct ColumnLineage {
  std::string name;
  Origins origins;
  std::string constant;  // the expression, where nothing gives it its value: commit_time()
};

struct SinkLineage {
  std::size_t sink;  // index into Plan::sinks
  std::vector<ColumnLineage> columns;
  Origins rows;  // what decides which rows there are, and so has a say in every column
};

/// One for each sink, in the order of the file.
std::vector<SinkLineage> lineage(const Plan& plan);

/// Leaves what `name` asks for: "sink.column" or "sink". An error has the nearest name.
Result<std::vector<SinkLineage>> choose_lineage(const Plan& plan, std::vector<SinkLineage> all, const std::string& name);

std::string lineage_text(const Plan& plan, const std::vector<SinkLineage>& sinks);
/// Keys as docs/lineage.md has them.
std::string lineage_json(const Plan& plan, const std::vector<SinkLineage>& sinks);

}  // namespace weir
