// event_text.h — appends pieces of JSON text to an event.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/data/calendar.h"

namespace weir {

class Text {
 public:
  explicit Text(std::string& out) : out_(out) {}
  Text& operator<<(std::string_view text) {
    out_.append(text);
    return *this;
  }
  Text& operator<<(std::uint64_t number) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return *this << std::string_view(digits, static_cast<std::size_t>(end - digits));
  }
  Text& hex(std::uint64_t bits, int digits) {
    constexpr char letters[] = "0123456789abcdef";
    char text[16];
    for (int i = digits - 1; i >= 0; --i, bits >>= 4) text[i] = letters[bits & 15];
    return *this << std::string_view(text, static_cast<std::size_t>(digits));
  }
  /// yyyy-MM-dd, `separator`, HH:mm:ss.
  Text& time(std::int64_t seconds, char separator) {
    char digits[19];
    const std::int64_t microseconds = seconds * microseconds_per_second;
    write_date(days_of_timestamp(microseconds), digits);
    digits[10] = separator;
    write_time(microseconds, digits + 11);
    return *this << std::string_view(digits, sizeof digits);
  }

 private:
  std::string& out_;
};

}  // namespace weir
