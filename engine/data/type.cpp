// type.cpp — the names of types, printed and read.
#include "engine/data/type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "engine/data/decimal.h"

namespace weir {
namespace {

using NamedType = std::pair<std::string_view, Type>;

// Without an argument, decimal is Spark's decimal(10,0).
constexpr Type plain_decimal = decimal_type(10, 0);

constexpr std::array<NamedType, 33> named_types{{
    {"bool", boolean_type},
    {"int", int32_type},
    {"bigint", int64_type},
    {"double", float64_type},
    {"decimal", plain_decimal},
    {"string", string_type},
    {"bytes", bytes_type},
    {"date", date_type},
    {"timestamp", timestamp_type},
    {"interval", interval_type},
    {"json", json_type},
    {"boolean", boolean_type},
    {"integer", int32_type},
    {"int4", int32_type},
    {"int32", int32_type},
    {"long", int64_type},
    {"int8", int64_type},
    {"int64", int64_type},
    {"float8", float64_type},
    {"float64", float64_type},
    {"double precision", float64_type},
    {"numeric", plain_decimal},
    {"dec", plain_decimal},
    {"text", string_type},
    {"varchar", string_type},
    {"character varying", string_type},
    {"utf8", string_type},
    {"binary", bytes_type},
    {"varbinary", bytes_type},
    {"bytea", bytes_type},
    {"timestamptz", timestamp_type},
    {"timestamp with time zone", timestamp_type},
    {"jsonb", json_type},
}};

// Lower case, outer blanks dropped, inner runs of blanks made one.
std::string normalised(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (blank && (result.empty() || result.back() == ' ')) continue;
    result += blank ? ' ' : (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

std::optional<int> parse_small_number(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

// "10,2" or "10".
std::optional<Type> parse_decimal_arguments(std::string_view arguments) {
  const auto comma = arguments.find(',');
  const auto precision = parse_small_number(arguments.substr(0, comma));
  const auto scale =
      comma == std::string_view::npos ? std::optional(0) : parse_small_number(arguments.substr(comma + 1));
  if (!precision || !scale || *precision < 1 || *precision > max_precision || *scale < 0 ||
      *scale > *precision) {
    return std::nullopt;
  }
  return decimal_type(static_cast<std::uint8_t>(*precision), static_cast<std::uint8_t>(*scale));
}

}  // namespace

std::size_t Type::width() const {
  switch (kind) {
    case TypeKind::null:
    case TypeKind::boolean:
      return 0;
    case TypeKind::int32:
    case TypeKind::date:
      return 4;
    case TypeKind::int64:
    case TypeKind::float64:
    case TypeKind::timestamp:
      return 8;
    case TypeKind::decimal:
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::interval:
    case TypeKind::json:
      return 16;
  }
  return 0;
}

std::string to_string(const Type& type) {
  if (type.kind == TypeKind::decimal) return fmt::format("decimal({},{})", type.precision, type.scale);
  for (const auto& [name, named] : named_types) {
    if (named.kind == type.kind) return std::string(name);
  }
  return "null";
}

std::optional<Type> parse_type(std::string_view text) {
  const std::string name = normalised(text);
  const auto open = name.find('(');
  std::string_view word = std::string_view(name).substr(0, open);
  while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
  const auto found = std::find_if(named_types.begin(), named_types.end(),
                                  [&](const NamedType& named) { return named.first == word; });
  if (found == named_types.end()) return std::nullopt;
  if (open == std::string::npos) return found->second;
  if (found->second.kind != TypeKind::decimal || name.back() != ')') return std::nullopt;
  return parse_decimal_arguments(std::string_view(name).substr(open + 1, name.size() - open - 2));
}

const std::vector<std::string>& type_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, type] : named_types) all.emplace_back(name);
    return all;
  }();
  return names;
}

std::optional<std::size_t> Schema::index_of(std::string_view name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return i;
  }
  return std::nullopt;
}

}  // namespace weir
