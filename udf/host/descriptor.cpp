// descriptor.cpp — whether what a plugin says of itself can be believed.
#include "udf/host/descriptor.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/data/type.h"

namespace weir {
namespace {

constexpr std::uint64_t known_flags = WEIR_DETERMINISTIC | WEIR_STRICT | WEIR_EXPENSIVE | WEIR_THREAD_SAFE |
                                      WEIR_VARIADIC | WEIR_NEVER_NULL;
constexpr std::uint32_t most_parameters = 255;
constexpr std::uint32_t most_group_bytes = 64 * 1024;

Error bad(std::string message) { return Error{ErrorKind::user, std::move(message)}; }

bool is_name(const char* text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto is_other = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  if (text == nullptr || !is_letter(*text)) return false;
  const std::string_view name(text);
  return std::all_of(name.begin(), name.end(), is_other);
}

bool is_empty(const char* text) { return text == nullptr || *text == '\0'; }

Status check_type(const char* name, const char* what, bool is_pattern) {
  if (name == nullptr) return bad(fmt::format("{} has no type", what));
  const std::string_view text(name);
  if (is_pattern && (text == "any" || text == "decimal")) return {};
  if (parse_type(text)) return {};
  return bad(fmt::format("{} is of an unknown type: {}", what, text));
}

Status check_versions(const weir_plugin& plugin) {
  // Nothing behind the size is looked at before the size says that it is there.
  if (plugin.struct_size < offsetof(weir_plugin, minor) + sizeof(plugin.minor))
    return bad(fmt::format("its description is {} bytes long, expected at least {}", plugin.struct_size, sizeof(weir_plugin)));
  if (plugin.magic != WEIR_UDF_MAGIC)
    return bad(fmt::format("its description has the magic number {:#x}, expected {:#x}", plugin.magic, WEIR_UDF_MAGIC));
  if (plugin.major != WEIR_UDF_MAJOR || plugin.minor > WEIR_UDF_MINOR) {
    return bad(fmt::format("it was built for version {}.{} of the plugin interface; this Weir has {}.{}", plugin.major,
                           plugin.minor, WEIR_UDF_MAJOR, WEIR_UDF_MINOR));
  }
  if (plugin.struct_size < offsetof(weir_plugin, reserved) + sizeof(plugin.reserved))
    return bad(fmt::format("its description is {} bytes long, expected at least {}", plugin.struct_size, sizeof(weir_plugin)));
  return {};
}

Status check_bodies(const weir_function& function) {
  if ((function.prepare == nullptr) != (function.drop == nullptr)) return bad("it has one of prepare and drop");
  if (function.kind == WEIR_SCALAR && function.evaluate == nullptr) return bad("it is scalar but has no evaluate");
  if (function.kind == WEIR_TABLE && function.expand == nullptr) return bad("it makes rows but has no expand");
  if (function.kind != WEIR_AGGREGATE) return {};
  const weir_aggregate* aggregate = function.aggregate;
  if (aggregate == nullptr) return bad("it is an aggregate but has no bodies");
  if (aggregate->struct_size < sizeof(weir_aggregate))
    return bad(fmt::format("its bodies are {} bytes long, expected at least {}", aggregate->struct_size, sizeof(weir_aggregate)));
  const bool is_whole = aggregate->start != nullptr && aggregate->stop != nullptr && aggregate->add != nullptr &&
                        aggregate->merge != nullptr && aggregate->result != nullptr && aggregate->save != nullptr &&
                        aggregate->load != nullptr;
  if (!is_whole) return bad("it needs start, stop, add, merge, result, save and load");
  if (aggregate->group_bytes > most_group_bytes)
    return bad(fmt::format("its groups are of {} bytes; at most {} are kept in place", aggregate->group_bytes, most_group_bytes));
  return {};
}

Status check_types(const weir_function& function) {
  if (function.parameter_count > most_parameters) return bad(fmt::format("it has {} parameters", function.parameter_count));
  if (function.parameter_count != 0 && function.parameters == nullptr) return bad("its parameters are missing");
  for (std::uint32_t i = 0; i < function.parameter_count; ++i)
    WEIR_TRY(check_type(function.parameters[i], fmt::format("parameter {}", i + 1).c_str(), true));
  if (function.optional_count > function.parameter_count) return bad("more of its parameters are optional than it has");
  if ((function.flags & WEIR_VARIADIC) != 0 && function.parameter_count == 0)
    return bad("it is variadic but has no parameter to repeat");
  if (function.kind != WEIR_TABLE)
    return function.resolve != nullptr && function.kind == WEIR_SCALAR ? Status{} : check_type(function.result, "the result", false);
  if (function.column_count == 0 || function.columns == nullptr) return bad("it makes rows without columns");
  for (std::uint32_t i = 0; i < function.column_count; ++i) {
    if (!is_name(function.columns[i].name)) return bad(fmt::format("column {} has no name", i + 1));
    WEIR_TRY(check_type(function.columns[i].type, function.columns[i].name, false));
  }
  return {};
}

Status check_function(const weir_function& function) {
  if (function.kind < WEIR_SCALAR || function.kind > WEIR_AGGREGATE) return bad(fmt::format("it is of an unknown kind: {}", function.kind));
  if ((function.flags & ~known_flags) != 0)
    return bad(fmt::format("it has flags that this Weir does not know: {:#x}", function.flags & ~known_flags));
  for (const char* const* alias = function.aliases; alias != nullptr && *alias != nullptr; ++alias) {
    if (!is_name(*alias)) return bad("an alias may have lower case letters, digits and _ only");
  }
  if (is_empty(function.summary)) return bad("it has no summary");
  if (function.example_count != 0 && function.examples == nullptr) return bad("its examples are missing");
  for (std::uint32_t i = 0; i < function.example_count; ++i) {
    if (is_empty(function.examples[i].expression) || function.examples[i].result == nullptr)
      return bad(fmt::format("example {} has no expression or no result", i + 1));
  }
  WEIR_TRY(check_types(function));
  return check_bodies(function);
}

}  // namespace

std::string signature_of(const weir_function& function) {
  if (!is_empty(function.signature)) return function.signature;
  std::string text = std::string(function.name) + "(";
  const std::uint32_t required = function.parameter_count - function.optional_count;
  for (std::uint32_t i = 0; i < function.parameter_count; ++i) {
    const char* separator = i == 0 ? "" : ", ";
    text += (i < required ? separator : fmt::format("[{}", separator)) + std::string(function.parameters[i]);
  }
  text += std::string(function.optional_count, ']');
  if ((function.flags & WEIR_VARIADIC) != 0) text += ", ...";
  text += ") -> ";
  if (function.kind != WEIR_TABLE) return text + (function.result == nullptr ? "any" : function.result);
  for (std::uint32_t i = 0; i < function.column_count; ++i)
    text += fmt::format("{}{} {}", i == 0 ? "rows (" : ", ", function.columns[i].name, function.columns[i].type);
  return text + ")";
}

Status check_descriptor(const weir_plugin& plugin) {
  WEIR_TRY(check_versions(plugin));
  if (is_empty(plugin.name) || is_empty(plugin.version)) return bad("it has no name or no version");
  if (plugin.function_count == 0 || plugin.functions == nullptr) return bad("it has no functions");
  std::set<std::string> signatures;
  for (std::uint32_t i = 0; i < plugin.function_count; ++i) {
    const weir_function* function = plugin.functions[i];
    if (function == nullptr) return bad(fmt::format("function {} is missing", i + 1));
    if (function->struct_size < sizeof(weir_function)) {
      return bad(fmt::format("the description of function {} is {} bytes long, expected at least {}", i + 1,
                             function->struct_size, sizeof(weir_function)));
    }
    if (!is_name(function->name))
      return bad(fmt::format("the name of function {} is not of lower case letters, digits and _", i + 1));
    const std::string context = fmt::format("function {}", function->name);
    if (Status status = check_function(*function); !status.ok()) return std::move(status).error().in(context);
    std::string key = function->name;
    for (std::uint32_t p = 0; p < function->parameter_count; ++p) key += std::string(" ") + function->parameters[p];
    if (!signatures.insert(key).second) return bad(context + " is there twice with the same parameters");
  }
  return {};
}

}  // namespace weir
