// stored_value.h — one value of any type, kept in a state beyond the batch it came from.
#pragma once

#include <string>

#include "engine/expression/aggregates/aggregate_body.h"

namespace weir {

/// The bytes of a value: the text of text-like types, the machine's form of the others; doubles with one NaN and no negative zero, so that equal
/// values have equal bytes. The type is known by who holds it.
class StoredValue {
 public:
  void take(const Column& column, std::uint32_t row);
  void write(const Type& type, ColumnWriter& writer, std::uint32_t row) const;
  /// Negative, zero or positive, in SQL's order.
  int compare(const Type& type, const Column& column, std::uint32_t row) const;
  int compare(const Type& type, const StoredValue& other) const;
  void save(StateWriter& writer) const { writer.put_text(bytes_); }
  void load(const Type& type, StateReader& reader);
  const std::string& bytes() const { return bytes_; }
  std::size_t outside_bytes() const { return text_bytes(bytes_); }
  static StoredValue of_bytes(std::string bytes);

 private:
  std::string bytes_;
};

/// Orders stored values of one type as SQL does, for containers.
struct StoredOrder {
  Type type;
  bool operator()(const StoredValue& a, const StoredValue& b) const { return a.compare(type, b) < 0; }
};

}  // namespace weir
