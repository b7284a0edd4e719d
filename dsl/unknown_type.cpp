// unknown_type.cpp — what to say of a text that is no type.
#include "dsl/unknown_type.h"

#include <fmt/format.h>

#include <cctype>
#include <vector>

#include "engine/base/nearest_name.h"
#include "engine/data/type.h"

namespace weir {
namespace {

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
                           : "this type takes no arguments";
    return Error{ErrorKind::user, fmt::format("not a type: {}", text), where}.with_hint(hint);
  }
  const std::string nearest = nearest_type(text);
  const std::string hint = nearest.empty() ? "types are bool, int, bigint, double, decimal(p,s), string, bytes, date, timestamp, interval, "
                                             "json, array<type>, map<type, type> and struct<name type, ...>"
                                           : fmt::format("did you mean {}?", nearest);
  return Error{ErrorKind::user, fmt::format("unknown type: {}", text), where}.with_hint(hint);
}

}  // namespace weir
