// json_tree.h — a JSON text as a tree of values: what clients send is small.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

struct Json {
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value;

  bool is_object() const { return std::holds_alternative<Object>(value); }
  /// A member; of what is no object or has none of that name, a null.
  const Json& operator[](std::string_view name) const;
  /// Null where it is not of that kind.
  const std::string* text() const { return std::get_if<std::string>(&value); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value); }
  const Array* array() const { return std::get_if<Array>(&value); }
  std::string text_or(std::string otherwise) const { return text() != nullptr ? *text() : std::move(otherwise); }
  std::int64_t integer_or(std::int64_t otherwise) const { return integer() != nullptr ? *integer() : otherwise; }
  bool truth_or(bool otherwise) const { return std::holds_alternative<bool>(value) ? std::get<bool>(value) : otherwise; }
  bool is_null() const { return std::holds_alternative<std::monostate>(value); }
};

/// Nothing where the text is no JSON, or is nested deeper than 64 levels.
std::optional<Json> parse_json(std::string_view text);

}  // namespace weir
