// name_resolution.cpp — finds columns by name, in any case, and suggests near ones.
#include "engine/expression/name_resolution.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/nearest_name.h"
#include "engine/expression/foreign_functions.h"

namespace weir {
namespace {

constexpr std::size_t most_listed = 12;

bool is_same_in_any_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string> column_names(const Scope& scope) {
  std::vector<std::string> names;
  if (scope.schema == nullptr) return names;
  for (const Field& field : scope.schema->fields) names.push_back(field.name);
  return names;
}

const Note* find_gone(const std::string& name, const Scope& scope) {
  if (scope.gone == nullptr) return nullptr;
  const auto found = std::find_if(scope.gone->begin(), scope.gone->end(), [&](const auto& one) { return is_same_in_any_case(one.first, name); });
  return found == scope.gone->end() ? nullptr : &found->second;
}

Error unknown_column(const std::string& name, const Scope& scope) {
  Error error = Error{ErrorKind::user, "unknown column: " + name}.as("W0201");
  if (const Note* went = find_gone(name.substr(0, name.find('.')), scope)) error = Error(error).with_note(went->text, went->where);
  const std::vector<std::string> names = column_names(scope);
  if (names.empty()) return std::move(error).with_hint("there are no columns here");
  std::string hint;
  if (const std::string near = nearest_name(name, names); !near.empty())
    hint = fmt::format("did you mean {}?", near);
  if (names.size() > most_listed) return std::move(error).with_hint(hint);
  const std::string place = scope.description.empty() ? "" : " of " + scope.description;
  return std::move(error).with_hint(
      fmt::format("{}{}columns{}: {}", hint, hint.empty() ? "" : " ", place, fmt::join(names, ", ")));
}

Error ambiguous_column(const std::string& name, const std::vector<std::string>& meant) {
  Error error = Error{ErrorKind::user, fmt::format("ambiguous column: {}", name)}.as("W0210");
  return std::move(error).with_hint(fmt::format("it may mean {}", fmt::join(meant, " or ")));
}

}  // namespace

Result<std::size_t> find_column(const std::vector<std::string>& parts, const Scope& scope) {
  const std::string name = fmt::format("{}", fmt::join(parts, "."));
  if (scope.schema == nullptr) return unknown_column(name, scope);
  if (const auto exact = scope.schema->index_of(name)) return *exact;
  std::vector<std::string> meant;
  std::size_t index = 0;
  for (std::size_t i = 0; i < scope.schema->fields.size(); ++i) {
    if (!is_same_in_any_case(scope.schema->fields[i].name, name)) continue;
    meant.push_back(scope.schema->fields[i].name);
    index = i;
  }
  if (meant.size() == 1) return index;
  if (meant.empty()) return unknown_column(name, scope);
  return ambiguous_column(name, meant);
}

Error unknown_function(const std::string& name, const FunctionRegistry& functions, const Scope& scope) {
  Error error = Error{ErrorKind::user, "unknown function: " + name}.as("W0202");
  std::vector<std::string> known = functions.names();
  if (scope.other_functions != nullptr) known.insert(known.end(), scope.other_functions->begin(), scope.other_functions->end());
  if (const std::string_view here = foreign_function(name); !here.empty()) return std::move(error).with_hint(fmt::format("here it is {}", here));
  const std::string near = nearest_name(name, known);
  return std::move(error).with_hint(near.empty() ? "`weir list functions` shows all"
                                                 : fmt::format("did you mean {}?", near));
}

}  // namespace weir
