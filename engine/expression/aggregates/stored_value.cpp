// stored_value.cpp — takes values out of columns and puts them back.
#include "engine/expression/aggregates/stored_value.h"

#include <cmath>
#include <limits>

#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

template <typename T>
T from_bytes(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

template <typename T>
void assign_bytes(std::string& bytes, const T& value) {
  bytes.assign(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
int order_of(const T& a, const T& b) {
  return is_less(a, b) ? -1 : is_less(b, a) ? 1 : 0;
}

int order_of(const Interval& a, const Interval& b) {
  if (a.months != b.months) return a.months < b.months ? -1 : 1;
  if (a.days != b.days) return a.days < b.days ? -1 : 1;
  return order_of(a.nanoseconds, b.nanoseconds);
}

/// Calls `body` with a value of the C++ type that columns of `type` hold.
template <typename Body>
auto with_type(const Type& type, Body&& body) {
  switch (type.kind) {
    case TypeKind::boolean: return body(bool{});
    case TypeKind::int32:
    case TypeKind::date: return body(std::int32_t{});
    case TypeKind::int64:
    case TypeKind::timestamp: return body(std::int64_t{});
    case TypeKind::float64: return body(double{});
    case TypeKind::decimal: return body(Int128{});
    case TypeKind::interval: return body(Interval{});
    default: return body(std::string_view{});
  }
}

template <typename T>
T value_of(const Column& column, std::uint32_t row) {
  if constexpr (std::is_same_v<T, bool>) return column.bool_at(row);
  else if constexpr (std::is_same_v<T, std::string_view>) return column.text_at(row);
  else return column.at<T>(row);
}

template <typename T>
T value_of(const std::string& bytes) {
  if constexpr (std::is_same_v<T, std::string_view>) return bytes;
  else return from_bytes<T>(bytes);
}

}  // namespace

void StoredValue::take(const Column& column, std::uint32_t row) {
  with_type(column.type, [&]<typename T>(T) {
    T value = value_of<T>(column, row);
    if constexpr (std::is_same_v<T, double>) value = std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value + 0.0;
    if constexpr (std::is_same_v<T, std::string_view>) bytes_ = value;
    else assign_bytes(bytes_, value);
  });
}

void StoredValue::write(const Type& type, ColumnWriter& writer, std::uint32_t row) const {
  with_type(type, [&]<typename T>(T) {
    if constexpr (std::is_same_v<T, bool>) writer.set_bool(row, value_of<bool>(bytes_));
    else if constexpr (std::is_same_v<T, std::string_view>) writer.set_text(row, bytes_);
    else writer.set(row, value_of<T>(bytes_));
  });
}

int StoredValue::compare(const Type& type, const Column& column, std::uint32_t row) const {
  return with_type(type, [&]<typename T>(T) { return order_of(value_of<T>(bytes_), value_of<T>(column, row)); });
}

int StoredValue::compare(const Type& type, const StoredValue& other) const {
  return with_type(type, [&]<typename T>(T) { return order_of(value_of<T>(bytes_), value_of<T>(other.bytes_)); });
}

void StoredValue::load(const Type& type, StateReader& reader) {
  bytes_ = reader.get_text();
  const std::size_t width = type.kind == TypeKind::boolean ? 1 : type.width();
  if (!type.is_text_like() && !bytes_.empty() && bytes_.size() != width) reader.holds(1, std::string::npos);
}

StoredValue StoredValue::of_bytes(std::string bytes) {
  StoredValue value;
  value.bytes_ = std::move(bytes);
  return value;
}

}  // namespace weir
