// unknown_type.cpp — what to say of a text that is no type.
#include "dsl/unknown_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "engine/base/nearest_name.h"
#include "engine/data/type.h"

namespace weir {
namespace {

/// Types of other languages and databases.
constexpr std::array<std::pair<std::string_view, const char*>, 22> foreign_types = {{
    {"any", "json"}, {"char", "string"}, {"datetime", "timestamp"}, {"datetime64", "timestamp"}, {"dict", "map<string, type>"}, {"enum", "string"},
    {"jsonb", "json"}, {"list", "array<type>"}, {"map", "map<string, type>"}, {"money", "decimal(18,2)"}, {"number", "decimal(18,2), bigint or double"},
    {"object", "json, or struct<name type, ...>"}, {"record", "struct<name type, ...>"}, {"row", "struct<name type, ...>"}, {"struct", "struct<name type, ...>"},
    {"time", "string, or timestamp for a time of a day"}, {"timestamptz", "timestamp"}, {"uint8", "int"}, {"uint16", "int"}, {"uint32", "bigint"}, {"uuid", "string"},
    {"array", "array<type>"},
}};

std::string foreign_type(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const std::string name = text.substr(0, text.find_first_of("(<[ "));
  const auto found = std::find_if(foreign_types.begin(), foreign_types.end(), [&](const auto& one) { return one.first == name; });
  return found == foreign_types.end() ? std::string() : found->second;
}

bool is_part_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The text with one word replaced by the name of a type that is spelt like it, where that makes a type of it.
std::string nearest_type(const std::string& text) {
  std::vector<std::string> names = type_names();
  names.insert(names.end(), {"array", "map", "struct"});
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = start;
    while (end < text.size() && is_part_of_word(text[end])) ++end;
    const std::string nearest = end == start ? "" : nearest_name(text.substr(start, end - start), names);
    const std::string whole = text.substr(0, start) + nearest + text.substr(end);
    if (!nearest.empty() && parse_type(whole)) return whole;
    start = end + 1;
  }
  return {};
}

}  // namespace

Error unknown_type(const std::string& text, const Location& where) {
  const std::string name = text.substr(0, text.find_first_of("( "));
  if (const auto known = parse_type(name); known && name != text) {
    const char* hint = known->kind == TypeKind::decimal
                           ? "write decimal(PRECISION, SCALE): a precision from 1 to 38, a scale not above it"
                           : known->kind == TypeKind::timestamp ? "write timestamp, which has microseconds and is of UTC" : "this type takes no arguments";
    return Error{ErrorKind::user, fmt::format("not a type: {}", text), where}.as("W0207").with_hint(hint);
  }
  const std::string foreign = foreign_type(text);
  const std::string nearest = nearest_type(text);
  const std::string hint = nearest.empty() && !foreign.empty() ? fmt::format("here it is {}", foreign)
                           : nearest.empty() ? "types are bool, int, bigint, double, decimal(p,s), string, bytes, date, timestamp, interval, "
                                             "json, array<type>, map<type, type> and struct<name type, ...>"
                                           : fmt::format("did you mean {}?", nearest);
  return Error{ErrorKind::user, fmt::format("unknown type: {}", text), where}.as("W0207").with_hint(hint);
}

}  // namespace weir
