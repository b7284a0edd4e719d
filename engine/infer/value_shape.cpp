// value_shape.cpp — looks at one value after the other.
#include "engine/infer/value_shape.h"

#include <algorithm>
#include <charconv>

#include "engine/data/calendar.h"
#include "engine/infer/json_walk.h"

namespace weir {
namespace {

constexpr std::int64_t year_2000 = 946'684'800, year_2100 = 4'102'444'800;  // in seconds
constexpr std::size_t shortest_timestamp = 16;                               // 2024-11-01T10:00
constexpr std::size_t date_size = 10;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Of a number as JSON writes it. Gives whether it is a whole one.
bool look_at_number(std::string_view text, NumberShapeSeen& seen) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) seen.has_exponent = true;
  const std::string_view plain = text.substr(0, exponent);
  const std::size_t point = std::min(plain.find('.'), plain.size());
  seen.whole_digits = std::max(seen.whole_digits, point);
  if (point < plain.size()) seen.fraction_digits = std::max(seen.fraction_digits, plain.size() - point - 1);
  return point == plain.size() && exponent == std::string_view::npos;
}

/// "12.50" and "-7", but not "007", "+1" and "1e3": those are names of something.
bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
  const auto is_all_digits = [](std::string_view part) { return !part.empty() && std::all_of(part.begin(), part.end(), is_digit); };
  return is_all_digits(whole) && is_all_digits(fraction) && (whole.size() == 1 || whole.front() != '0');
}

}  // namespace

void ValueShape::add_number(std::string_view text) {
  if (!look_at_number(text, numbers)) {
    ++fractions;
    return;
  }
  ++wholes;
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{}) {
    numbers.fits_bigint = false;
    return;
  }
  if (number >= year_2000 && number < year_2100) ++seconds;
  if (number >= year_2000 * 1000 && number < year_2100 * 1000) ++milliseconds;
}

void ValueShape::add_text(std::string_view text) {
  ++texts;
  if (text.empty()) {
    ++empty;
    return;
  }
  if (text.size() >= shortest_timestamp && parse_timestamp(text)) ++timestamps;
  if (text.size() == date_size && parse_date(text)) ++dates;
  if (text == "true" || text == "false") ++truths;
  if (!is_plain_number(text)) return;
  ++decimal_texts;
  NumberShapeSeen seen = text_numbers;
  look_at_number(text, seen) ? ++whole_texts : ++fraction_texts;
  std::int64_t number = 0;
  if (text.find('.') == std::string_view::npos && std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{}) seen.fits_bigint = false;
  text_numbers = seen;
}

void ValueShape::add_member(const std::string& name, std::string_view value) {
  const auto [place, is_new] = member_index.emplace(name, members.size());
  if (is_new) members.push_back({name, 0, {}});
  Member& member = members[place->second];
  ++member.seen;
  member.shape.add_json(value);
}

void ValueShape::add_json(std::string_view text) {
  switch (kind_of_json(text)) {
    case JsonKind::null:
      return add_null();
    case JsonKind::boolean:
      ++booleans;
      return;
    case JsonKind::number:
      return add_number(text);
    case JsonKind::string:
      return add_text(json_string(text));
    case JsonKind::object:
      ++objects;
      walk_json(text, [this](const std::string& name, std::string_view value) { add_member(name, value); });
      return;
    case JsonKind::array:
      ++arrays;
      walk_json(text, [this](const std::string&, std::string_view value) {
        if (element == nullptr) element = std::make_shared<ValueShape>();
        element->add_json(value);
      });
      return;
  }
}

}  // namespace weir
