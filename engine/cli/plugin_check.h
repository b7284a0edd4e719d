// plugin_check.h — runs the examples of a plugin's functions.
#pragma once

#include <string>
#include <vector>

#include "engine/expression/table_function.h"

namespace weir {

/// What became of one example.
struct ExampleOutcome {
  std::string expression;
  std::string expected;
  std::string found;  // the result, "error CODE: MESSAGE", or why it cannot be called
  bool is_good() const { return found == expected; }
};

/// Each example of `function`: as it stands, and once more over several rows, its literals turned into columns with NULLs between the values. The
/// second is left out where the call insists on literals or means another overload then.
std::vector<ExampleOutcome> run_examples(const Function& function, const FunctionRegistry& functions);
/// Each example of `table`, as it stands.
std::vector<ExampleOutcome> run_examples(const TableFunction& table, const FunctionRegistry& functions);

}  // namespace weir
