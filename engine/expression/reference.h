// reference.h — what functions there are, for `weir list functions` and the reference page.
#pragma once

#include <string>

#include "engine/expression/aggregate.h"
#include "engine/expression/table_function.h"

namespace weir {

struct FunctionLists {
  const FunctionRegistry& functions;
  const AggregateRegistry& aggregates;
  const TableFunctionRegistry& tables;
};

/// For a terminal: each family's functions with their signatures and sentences.
std::string functions_text(const FunctionLists& lists);
/// For other programs, under stable keys: name, aliases, family, signature, summary, examples, deterministic.
std::string functions_json(const FunctionLists& lists);
/// docs/reference/functions.md: one section a family in alphabetical order, operators last; every function
/// with its signature, sentence, other names and examples. The same registry always gives the same text.
std::string functions_markdown(const FunctionLists& lists);

}  // namespace weir
