// reference.cpp — prints what functions there are, as text, JSON and Markdown.
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
    "date) is an error of its row: the row is rejected where a sink uses the value. Aggregates leave NULLs "
    "out unless they say\n"
    "otherwise; their examples name the column they are over and its values. Table functions make rows: their "
    "examples show the\n"
    "rows, separated by semicolons. Where results differ from Spark's:\n"
    "[spark_differences.md](../spark_differences.md).\n";

using Families = std::map<std::string, std::vector<const Function*>>;

/// Aggregates and table functions as functions; examples of aggregates with the rows they are over: "sum(x) of x int: 1, 2".
std::vector<Function> described(const FunctionLists& lists) {
  std::vector<Function> functions;
  for (const AggregateFunction* aggregate : lists.aggregates.functions()) {
    functions.push_back(aggregate->declaration);
    for (const AggregateExample& example : aggregate->examples)
      functions.back().examples.push_back({example.call + " of " + example.rows, example.result});
  }
  for (const TableFunction* table : lists.tables.functions()) {
    functions.push_back(table->declaration);
    for (const TableExample& example : table->examples)
      functions.back().examples.push_back({example.call, example.rows.empty() ? "no rows" : example.rows});
  }
  return functions;
}

Families families_of(const FunctionRegistry& registry, const std::vector<Function>& others) {
  Families families;
  for (const Function& other : others) families[other.family].push_back(&other);
  for (const Function* function : registry.functions()) {
    if (!function->is_operator) families[function->family].push_back(function);
  }
  return families;
}

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

std::string quoted(std::string_view text) {
  std::string made = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      made += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      continue;
    }
    if (c == '"' || c == '\\') made += '\\';
    made += c;
  }
  return made + '"';
}

std::string json_entry(const Function& function) {
  std::vector<std::string> aliases;
  for (const std::string& alias : function.aliases) aliases.push_back(quoted(alias));
  std::vector<std::string> examples;
  for (const FunctionExample& example : function.examples) {
    examples.push_back(fmt::format(R"({{"expression": {}, "result": {}}})", quoted(example.expression),
                                   quoted(example.result)));
  }
  return fmt::format(
      R"({{"name": {}, "aliases": [{}], "family": {}, "signature": {}, "summary": {}, "deterministic": {}, "examples": [{}]}})",
      quoted(function.name), fmt::join(aliases, ", "), quoted(function.family), quoted(function.signature),
      quoted(function.summary), function.deterministic, fmt::join(examples, ", "));
}

}  // namespace

std::string functions_text(const FunctionLists& lists) {
  const std::vector<Function> others = described(lists);
  std::string text;
  for (const auto& [family, functions] : families_of(lists.functions, others)) {
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", capitalised(family));
    for (const Function* function : functions) {
      text += fmt::format("  {}\n      {}\n", function->signature, function->summary);
    }
  }
  return text;
}

std::string functions_json(const FunctionLists& lists) {
  const std::vector<Function> others = described(lists);
  std::string text = "[";
  for (const auto& [family, functions] : families_of(lists.functions, others)) {
    for (const Function* function : functions) {
      text += fmt::format("{}\n  {}", text.size() == 1 ? "" : ",", json_entry(*function));
    }
  }
  return text + "\n]\n";
}

std::string functions_markdown(const FunctionLists& lists) {
  const std::vector<Function> others = described(lists);
  const Families families = families_of(lists.functions, others);
  std::string text = introduction + index_of(families);
  for (const auto& [family, functions] : families) {
    text += fmt::format("\n## {}\n", capitalised(family));
    for (const Function* function : functions) text += entry(*function);
  }
  text += "\n## Operators\n";
  for (const Function* function : lists.functions.functions()) {
    if (!function->is_operator) continue;
    text += fmt::format("\n`{}`\n\n{}\n", function->signature, function->summary) + examples_of(*function);
  }
  return text;
}

}  // namespace weir
