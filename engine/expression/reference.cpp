// reference.cpp — prints the reference page of functions.
#include "engine/expression/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace weir {
namespace {

constexpr const char* introduction =
    "# Functions\n"
    "\n"
    "Printed by `weir list functions --format markdown` from the declarations in "
    "`engine/expression/functions`; change it there.\n"
    "Names and results are those of Spark SQL 3.5 where it has the function. Every example is run as a test. "
    "NULL in an\n"
    "argument gives NULL unless the function says otherwise. A value that cannot be computed (an overflow, a "
    "text that is no\n"
    "date) is an error of its row: the row is rejected where a sink uses the value.\n";

using Families = std::map<std::string, std::vector<const Function*>>;

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - ('a' - 'A'));
  return text;
}

std::string examples_of(const Function& function) {
  std::size_t width = 0;
  for (const FunctionExample& example : function.examples) width = std::max(width, example.expression.size());
  std::string text = "```sql\n";
  for (const FunctionExample& example : function.examples) {
    text += fmt::format("{:<{}}  -- {}\n", example.expression, width, example.result);
  }
  return text + "```\n";
}

std::string entry(const Function& function) {
  std::string text = fmt::format("\n### {}\n`{}`\n\n{}", function.name, function.signature, function.summary);
  if (!function.aliases.empty())
    text += fmt::format(" Also called `{}`.", fmt::join(function.aliases, "`, `"));
  if (!function.deterministic) text += " Not deterministic.";
  return text + "\n" + examples_of(function);
}

std::string index_of(const Families& families) {
  std::string text;
  for (const auto& [family, functions] : families) {
    text += fmt::format("\n- {}:", capitalised(family));
    std::string separator = " ";
    for (const Function* function : functions) {
      text += fmt::format("{}[{}](#{})", separator, function->name, function->name);
      separator = ", ";
    }
  }
  return text + "\n";
}

}  // namespace

std::string functions_reference(const FunctionRegistry& registry) {
  Families families;
  std::string operators;
  for (const Function* function : registry.functions()) {
    if (function->is_operator) {
      operators += fmt::format("\n`{}`\n: {}\n", function->signature, function->summary) + "\n" +
                   examples_of(*function);
    } else {
      families[function->family].push_back(function);
    }
  }
  std::string text = introduction + index_of(families);
  for (const auto& [family, functions] : families) {
    text += fmt::format("\n## {}\n", capitalised(family));
    for (const Function* function : functions) text += entry(*function);
  }
  if (!operators.empty()) text += "\n## Operators\n" + operators;
  return text;
}

}  // namespace weir
