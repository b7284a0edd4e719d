// weir_query.h — from the query of a stream or sink in a .weir file to the settings `input` and `steps`.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "dsl/weir_text.h"

namespace weir {

/// What has to be known of the rest of the file, and of functions, to tell what a query means.
struct QueryNames {
  std::set<std::string> streams;                             // sources too; other joins are with lookup tables
  std::function<bool(const std::string&)> is_aggregate;      // by its name in small letters
};

/// The settings that the same query has in YAML. `query` is the context of the grammar's rule of that name. What cannot be said in settings is
/// reported and left out.
Config::Map query_settings(antlr4::ParserRuleContext* query, const QueryNames& names, WeirText& text);

}  // namespace weir
