// table_facts.h — what the catalog says about a sink's table that its writers must know.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// One entry per column of the sink's schema.
struct PostgresTableFacts {
  std::vector<bool> is_plain_json;  // the column is json, not jsonb
};

/// By name of the sink.
using PostgresCatalog = std::map<std::string, PostgresTableFacts>;

}  // namespace weir
