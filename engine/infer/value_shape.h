// value_shape.h — what many values of one field have in common, as far as the choice of a type needs to know.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Digits before and behind the point of the longest number.
struct NumberShapeSeen {
  std::size_t whole_digits = 0, fraction_digits = 0;
  bool has_exponent = false;
  bool fits_bigint = true;  // of whole numbers
};

class ValueShape {
 public:
  /// A JSON value that has been checked.
  void add_json(std::string_view text);
  /// A member of an object, its name without escapes.
  void add_member(const std::string& name, std::string_view value);
  /// A text that is no JSON: a cell of CSV.
  void add_text(std::string_view text);
  void add_null() { ++nulls; }

  std::int64_t count() const { return booleans + wholes + fractions + texts + objects + arrays; }

  std::int64_t nulls = 0, booleans = 0, wholes = 0, fractions = 0, texts = 0, objects = 0, arrays = 0;
  NumberShapeSeen numbers;
  // Of texts: how many say something else that has a type. An empty one says nothing.
  std::int64_t empty = 0, timestamps = 0, dates = 0, truths = 0, whole_texts = 0, fraction_texts = 0, decimal_texts = 0;
  NumberShapeSeen text_numbers;
  // Of whole numbers: how many may be seconds or milliseconds since 1970, of this century.
  std::int64_t seconds = 0, milliseconds = 0;
  struct Member;
  std::vector<Member> members;          // of objects, in the order in which they came
  std::map<std::string, std::size_t> member_index;
  std::shared_ptr<ValueShape> element;  // of arrays; null: none was seen

 private:
  void add_number(std::string_view text);
};

struct ValueShape::Member {
  std::string name;
  std::int64_t seen = 0;
  ValueShape shape;
};

}  // namespace weir
