// value.cpp — single values, their columns and their texts.
#include "engine/data/value.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <utility>

#include "engine/base/check.h"
#include "engine/data/calendar.h"
#include "engine/data/double_text.h"

namespace weir {
namespace {

std::string plural_part(std::int64_t count, std::string_view unit) {
  return count == 0 ? std::string() : fmt::format("{} {} ", count, unit);
}

// Seconds with as many decimals as needed, up to nanoseconds.
std::string seconds_text(std::int64_t nanoseconds) {
  const std::string sign = nanoseconds < 0 ? "-" : "";
  constexpr std::int64_t per_second = 1'000'000'000;
  const std::int64_t whole = std::abs(nanoseconds / per_second);
  const std::int64_t part = std::abs(nanoseconds % per_second);
  std::string text = fmt::format("{}{}.{:09}", sign, whole, part);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// Spark's: "1 years 2 months 3 days 4 hours 5 minutes 6.7 seconds", parts that are zero left out.
std::string interval_to_string(const Interval& interval) {
  constexpr std::int64_t per_hour = 3'600'000'000'000;
  constexpr std::int64_t per_minute = 60'000'000'000;
  std::string text = plural_part(interval.months / 12, "years") +
                     plural_part(interval.months % 12, "months") + plural_part(interval.days, "days") +
                     plural_part(interval.nanoseconds / per_hour, "hours") +
                     plural_part(interval.nanoseconds % per_hour / per_minute, "minutes");
  const std::int64_t rest = interval.nanoseconds % per_minute;
  if (rest != 0 || text.empty()) text += seconds_text(rest) + " seconds ";
  text.pop_back();
  return text;
}

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

std::string hex_literal(std::string_view bytes) {
  std::string result = "X'";
  for (const char byte : bytes) result += fmt::format("{:02X}", static_cast<unsigned char>(byte));
  return result + "'";
}

// With an exponent, for digits with a point alone are a decimal.
std::string double_literal(double value) {
  const std::string text = double_to_string(value);
  if (!std::isfinite(value)) return "CAST(" + quoted(text) + " AS double)";
  return text.find('E') == std::string::npos ? text + "E0" : text;
}

struct TextOf {
  const Type& type;
  std::string operator()(std::monostate) const { return "NULL"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int32_t value) const {
    return type.kind == TypeKind::date ? date_to_string(value) : std::to_string(value);
  }
  std::string operator()(std::int64_t value) const {
    return type.kind == TypeKind::timestamp ? timestamp_to_string(value) : std::to_string(value);
  }
  std::string operator()(double value) const { return double_to_string(value); }
  std::string operator()(Int128 value) const { return decimal_to_string(value, type.scale); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const Interval& value) const { return interval_to_string(value); }
  std::string operator()(const std::vector<Value>& values) const {
    const bool is_map = type.kind == TypeKind::map;
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) text += is_map && i % 2 == 1 ? " -> " : ", ";
      text += values[i].is_null() ? "null" : to_text(values[i]);
    }
    return type.kind == TypeKind::array ? "[" + text + "]" : "{" + text + "}";
  }
};

void append_value(const Value& value, ColumnBuilder& builder) {
  if (value.is_null()) return builder.append_null();
  std::visit(
      [&](const auto& data) {
        using T = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<T, bool>) {
          builder.append_bool(data);
        } else if constexpr (std::is_same_v<T, std::string>) {
          builder.append_text(data);
        } else if constexpr (std::is_same_v<T, std::vector<Value>>) {
          const std::size_t fields = value.type.nested->fields.size();
          builder.child(0);
          for (std::size_t i = 0; i < data.size(); ++i) append_value(data[i], builder.child(i % fields));
          value.type.is_list() ? builder.append_list() : builder.append_struct();
        } else if constexpr (!std::is_same_v<T, std::monostate>) {
          builder.append(data);
        }
      },
      value.data);
}

void write_value(const Value& value, ColumnWriter& writer) {
  switch (value.type.kind) {
    case TypeKind::null:
      return;
    case TypeKind::boolean:
      return writer.set_bool(0, std::get<bool>(value.data));
    case TypeKind::int32:
    case TypeKind::date:
      return writer.set(0, std::get<std::int32_t>(value.data));
    case TypeKind::int64:
    case TypeKind::timestamp:
      return writer.set(0, std::get<std::int64_t>(value.data));
    case TypeKind::float64:
      return writer.set(0, std::get<double>(value.data));
    case TypeKind::decimal:
      return writer.set(0, std::get<Int128>(value.data));
    case TypeKind::interval:
      return writer.set(0, std::get<Interval>(value.data));
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::json:
      return writer.set_text(0, std::get<std::string>(value.data));
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::structure: {
      ColumnBuilder builder(value.type, writer.arena());
      append_value(value, builder);
      return writer.copy_from(0, builder.finish(), 0);
    }
  }
}

std::vector<Value> nested_values(const Column& column, std::uint32_t row) {
  std::vector<Value> values;
  const bool is_list = column.type.is_list();
  const Span span = is_list ? column.at<Span>(row) : Span{column.at<std::uint32_t>(row), 1};
  for (std::uint32_t k = 0; k < span.length; ++k) {
    for (const Column& child : *column.children) values.push_back(value_at(child, span.start + k));
  }
  return values;
}

std::string constructor_text(const Value& value) {
  const auto& values = std::get<std::vector<Value>>(value.data);
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) text += ", ";
    if (value.type.kind == TypeKind::structure) text += quoted(value.type.nested->fields[i].name) + ", ";
    text += to_sql(values[i]);
  }
  const char* name = value.type.kind == TypeKind::array ? "array" : value.type.kind == TypeKind::map ? "map" : "named_struct";
  return fmt::format("{}({})", name, text);
}

}  // namespace

Value value_at(const Column& column, std::uint32_t row) {
  Value value{column.type, std::monostate()};
  if (column.is_null(row)) return value;
  switch (column.type.kind) {
    case TypeKind::null:
      break;
    case TypeKind::boolean:
      value.data = column.bool_at(row);
      break;
    case TypeKind::int32:
    case TypeKind::date:
      value.data = column.at<std::int32_t>(row);
      break;
    case TypeKind::int64:
    case TypeKind::timestamp:
      value.data = column.at<std::int64_t>(row);
      break;
    case TypeKind::float64:
      value.data = column.at<double>(row);
      break;
    case TypeKind::decimal:
      value.data = column.at<Int128>(row);
      break;
    case TypeKind::interval:
      value.data = column.at<Interval>(row);
      break;
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::json:
      value.data = std::string(column.text_at(row));
      break;
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::structure:
      value.data = nested_values(column, row);
      break;
  }
  return value;
}

Column constant_column(const Value& value, std::uint32_t rows, Arena& arena) {
  ColumnWriter writer(value.type, 1, arena);
  if (!value.is_null()) write_value(value, writer);
  Column column = writer.finish();
  column.size = rows;
  column.row_mask = 0;
  return column;
}

std::string to_text(const Value& value) { return std::visit(TextOf{value.type}, value.data); }

std::string to_sql(const Value& value) {
  if (value.is_null()) return "NULL";
  switch (value.type.kind) {
    case TypeKind::string:
      return quoted(std::get<std::string>(value.data));
    case TypeKind::json:
      return "JSON " + quoted(std::get<std::string>(value.data));
    case TypeKind::bytes:
      return hex_literal(std::get<std::string>(value.data));
    case TypeKind::date:
      return "DATE " + quoted(to_text(value));
    case TypeKind::timestamp:
      return "TIMESTAMP " + quoted(to_text(value));
    case TypeKind::interval:
      return "INTERVAL " + quoted(to_text(value));
    case TypeKind::float64:
      return double_literal(std::get<double>(value.data));
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::structure:
      return constructor_text(value);
    default:
      return to_text(value);
  }
}

}  // namespace weir
