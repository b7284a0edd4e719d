// cast_from_text.cpp — CAST of string (and of a JSON scalar) to numbers, booleans, dates, timestamps and
// intervals.
#include <charconv>
#include <cstdlib>
#include <limits>

#include "engine/data/calendar.h"
#include "engine/expression/functions/cast.h"
#include "engine/expression/functions/interval_text.h"
#include "engine/expression/json_text.h"

namespace weir {
namespace {

using KernelPtr = std::unique_ptr<Kernel>;

bool is_same_word(std::string_view text, std::string_view lower_case_word) {
  if (text.size() != lower_case_word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
    if (c != lower_case_word[i]) return false;
  }
  return true;
}

std::optional<bool> parse_boolean(std::string_view text) {
  for (const char* word : {"true", "t", "yes", "y", "1"}) {
    if (is_same_word(text, word)) return true;
  }
  for (const char* word : {"false", "f", "no", "n", "0"}) {
    if (is_same_word(text, word)) return false;
  }
  return std::nullopt;
}

template <typename T>
std::optional<T> parse_integer(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Digits with point and exponent, infinity or inf, nan; too large is infinite, as in Java.
std::optional<double> parse_double(std::string_view text) {
  const bool is_signed = !text.empty() && (text[0] == '+' || text[0] == '-');
  const bool is_negative = is_signed && text[0] == '-';
  if (is_signed) text.remove_prefix(1);
  const auto with_sign = [&](double value) { return is_negative ? -value : value; };
  if (is_same_word(text, "infinity") || is_same_word(text, "inf"))
    return with_sign(std::numeric_limits<double>::infinity());
  if (is_same_word(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  const bool starts_right = !text.empty() && ((text[0] >= '0' && text[0] <= '9') || text[0] == '.');
  if (!starts_right) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  // from_chars does not say on which side it was out of range.
  if (error == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
  return with_sign(value);
}

/// What a JSON scalar says: the content of a string, the digits of a number. Nothing for JSON's null.
std::optional<std::string_view> scalar_text(std::string_view json, std::string& buffer) {
  const std::string_view text = trimmed(json);
  if (text == "null") return std::nullopt;
  if (text.size() < 2 || text.front() != '"') return text;
  buffer.clear();
  append_unescaped_json(text, buffer);
  return buffer;
}

template <typename Parse>
KernelPtr parse_cast(const CastRequest& request, Parse parse) {
  const bool is_json = request.from.kind == TypeKind::json;
  return make_kernel(request.to, [=, failure = request.failure()](RowOutput& out, std::string_view whole) {
    std::string buffer;
    const std::optional<std::string_view> text = is_json ? scalar_text(whole, buffer) : whole;
    if (!text) return out.null();
    const auto value = parse(trimmed(*text));
    if (!value) return failure.not_readable(out, *text);
    if constexpr (std::is_same_v<decltype(value), const std::optional<bool>>)
      out.set_bool(*value);
    else
      out.set(*value);
  });
}

}  // namespace

std::unique_ptr<Kernel> cast_from_text(const CastRequest& request) {
  const bool is_json = request.from.kind == TypeKind::json;
  if (request.from.kind != TypeKind::string && !is_json) return nullptr;
  const Type to = request.to;
  switch (to.kind) {
    case TypeKind::boolean:
      return parse_cast(request, parse_boolean);
    case TypeKind::int32:
      return parse_cast(request, parse_integer<std::int32_t>);
    case TypeKind::int64:
      return parse_cast(request, parse_integer<std::int64_t>);
    case TypeKind::float64:
      return parse_cast(request, parse_double);
    case TypeKind::decimal:
      return parse_cast(request,
                        [to](std::string_view text) { return parse_decimal(text, to.precision, to.scale); });
    case TypeKind::date:
      return parse_cast(request, parse_date);
    case TypeKind::timestamp:
      return parse_cast(request, parse_timestamp);
    case TypeKind::interval:
      return parse_cast(request, parse_interval);
    default:
      return nullptr;
  }
}

}  // namespace weir
