// type.h — the types a column can have, their names and their rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

enum class TypeKind : std::uint8_t {
  null,     // the type of a bare NULL; converts to every other
  boolean,  // one bit
  int32,    // SQL int
  int64,    // SQL bigint
  float64,  // SQL double
  decimal,  // exact, precision 1..38, scale 0..precision; 128 bits, Arrow's decimal128
  string,   // UTF-8
  bytes,
  date,       // days since 1970-01-01, 32 bits
  timestamp,  // microseconds since 1970-01-01 UTC, 64 bits
  interval,   // months, days, nanoseconds: Arrow's month_day_nano
  json,       // the text of one JSON value, as it came
  array,      // values of one type, in order
  map,        // keys and their values, in the order they came
  structure,  // SQL struct: named fields
};

struct NestedType;

struct Type {
  TypeKind kind = TypeKind::null;
  std::uint8_t precision = 0;  // decimal only
  std::uint8_t scale = 0;      // decimal only
  /// What an array, map or struct holds. Equal types share one, which lives as long as the program: the address tells.
  const NestedType* nested = nullptr;

  friend bool operator==(const Type&, const Type&) = default;
  bool is_nested() const { return nested != nullptr; }
  bool is_list() const { return kind == TypeKind::array || kind == TypeKind::map; }
  bool is_text_like() const {
    return kind == TypeKind::string || kind == TypeKind::json || kind == TypeKind::bytes;
  }
  bool is_numeric() const {
    return kind == TypeKind::int32 || kind == TypeKind::int64 || kind == TypeKind::float64 ||
           kind == TypeKind::decimal;
  }
  /// Bytes of one value in a column; 0 for boolean (a bitmap) and null.
  std::size_t width() const;
};

inline constexpr Type null_type{TypeKind::null};
inline constexpr Type boolean_type{TypeKind::boolean};
inline constexpr Type int32_type{TypeKind::int32};
inline constexpr Type int64_type{TypeKind::int64};
inline constexpr Type float64_type{TypeKind::float64};
inline constexpr Type string_type{TypeKind::string};
inline constexpr Type bytes_type{TypeKind::bytes};
inline constexpr Type date_type{TypeKind::date};
inline constexpr Type timestamp_type{TypeKind::timestamp};
inline constexpr Type interval_type{TypeKind::interval};
inline constexpr Type json_type{TypeKind::json};
constexpr Type decimal_type(std::uint8_t precision, std::uint8_t scale) {
  return {TypeKind::decimal, precision, scale};
}

/// "bigint", "decimal(10,2)", "array<string>", "map<string, int>", "struct<id bigint not null, tags array<string>>": as users write it.
std::string to_string(const Type& type);
/// Accepts the names of to_string in any case and the usual aliases: boolean, integer, long, float8, double
/// precision, numeric, text, varchar, binary, bytea, timestamptz, jsonb; row(...) for struct, int[] for array<int>, and Spark's colon after
/// the names of a struct's fields. Nothing where the text is no type.
std::optional<Type> parse_type(std::string_view text);
/// The names parse_type knows, for suggestions.
const std::vector<std::string>& type_names();

struct Field {
  std::string name;
  Type type;
  bool nullable = true;
  friend bool operator==(const Field&, const Field&) = default;
};

/// An array's one field is "element", a map's are "key" (never NULL) and "value"; a struct's are its own.
struct NestedType {
  std::vector<Field> fields;
};

// Any thread.
Type array_type(const Type& element, bool element_nullable = true);
Type map_type(const Type& key, const Type& value, bool value_nullable = true);
/// Names are distinct and there is at least one: the caller has seen to it.
Type struct_type(std::vector<Field> fields);

struct Schema {
  std::vector<Field> fields;
  std::optional<std::size_t> index_of(std::string_view name) const;  // exact match
  friend bool operator==(const Schema&, const Schema&) = default;
};

}  // namespace weir
