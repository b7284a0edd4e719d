// date_pattern.h — compiled patterns of dates and times in Java's letters, as Spark's date_format and
// to_timestamp take them.
//
// G era, y year, M L month, d day, D day of year, Q q quarter, E day of week, F day of week in month, a am or
// pm, h K k H hour, m minute, s second, S fraction, V z zone name, O X x Z offset; 'text' stands for itself;
// [..] may be missing when reading.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace weir {

/// One letter of a pattern, repeated `width` times; or text, or the bounds of an optional part.
struct DatePatternItem {
  char letter = 0;  // 0: text, '[' and ']': an optional part
  std::uint8_t width = 0;
  std::uint32_t text_start = 0;
  std::uint32_t text_length = 0;
  bool is_number() const;
};

class DatePattern {
 public:
  DatePattern() = default;
  /// An error sentence for a letter that means nothing, or is too often repeated.
  static Result<DatePattern> compile(std::string_view pattern);
  /// An error sentence where the pattern can write times but not read them (Q, E, F: they do not say a date).
  Status check_readable() const;

  /// No time takes more bytes than this.
  std::size_t longest() const { return longest_; }
  /// Writes a time of the years 0 to 9999 at `out` and returns the end.
  char* write(std::int64_t microseconds, char* out) const;
  /// The time that `text` says, wholly and exactly in this pattern; what it leaves out is taken from
  /// 1970-01-01 00:00:00 UTC.
  std::optional<std::int64_t> read(std::string_view text) const;

 private:
  /// Patterns that every pipeline has are written without going through the items.
  enum class Shape : std::uint8_t { general, date, time, date_and_time };

  Status add_letter(char letter, std::size_t width, std::string_view pattern);
  void add_text(std::string_view text);

  std::vector<DatePatternItem> items_;
  std::string texts_;
  std::size_t longest_ = 0;
  Shape shape_ = Shape::general;
};

}  // namespace weir
