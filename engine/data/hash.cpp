// hash.cpp — canonical, ordered key bytes of values, and their hashes.
#include "engine/data/hash.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/base/check.h"

namespace weir {
namespace {

// Every form begins with one of these, so that NULL sorts last and is a prefix of nothing.
constexpr char present = '\x01';
constexpr char absent = '\xFF';

std::uint64_t big_endian(std::uint64_t value) {
  return std::endian::native == std::endian::big ? value : __builtin_bswap64(value);
}
std::uint32_t big_endian(std::uint32_t value) {
  return std::endian::native == std::endian::big ? value : __builtin_bswap32(value);
}

template <typename Unsigned>
void append_ordered(Unsigned value, std::string& out) {
  std::array<char, 1 + sizeof(Unsigned)> form;
  form[0] = present;
  const Unsigned bytes = big_endian(value);
  std::memcpy(form.data() + 1, &bytes, sizeof(bytes));
  out.append(form.data(), form.size());
}

// Flipping the sign bit makes the unsigned order of two's complement the signed one.
void append_int(std::int32_t value, std::string& out) {
  append_ordered(static_cast<std::uint32_t>(value) ^ (1u << 31), out);
}
void append_long(std::int64_t value, std::string& out) {
  append_ordered(static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63), out);
}
void append_wide(Int128 value, std::string& out) {
  append_long(static_cast<std::int64_t>(value >> 64), out);
  const std::uint64_t low = big_endian(static_cast<std::uint64_t>(value));
  out.append(reinterpret_cast<const char*>(&low), sizeof(low));
}

// The bits of non-negative doubles ascend with the value and those of negative ones descend. One zero, and
// one NaN above infinity.
void append_double(double value, std::string& out) {
  if (value == 0) value = 0;
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  constexpr std::uint64_t sign = std::uint64_t{1} << 63;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  append_ordered((bits & sign) != 0 ? ~bits : bits | sign, out);
}

// Postgres' order: a month is 30 days, a day 24 hours, so '1 month' equals '30 days'.
void append_interval(const Interval& interval, std::string& out) {
  constexpr Int128 nanoseconds_per_day = Int128{86'400} * 1'000'000'000;
  append_wide((Int128{interval.months} * 30 + interval.days) * nanoseconds_per_day + interval.nanoseconds,
              out);
}

// Ends in 00 00, and a 00 within the text becomes 00 FF: bytes then compare as the texts do, and no form is a
// prefix of another.
void append_text(std::string_view text, std::string& out) {
  out += present;
  for (;;) {
    const auto zero = text.find('\0');
    if (zero == std::string_view::npos) break;
    out.append(text.data(), zero + 1);
    out += '\xFF';
    text.remove_prefix(zero + 1);
  }
  out.append(text);
  out.append(2, '\0');
}

// Elements begin with `present` or `absent`, the end with something lower: a list comes before the longer ones it begins.
constexpr char list_end = '\0';

void append_nested(const Column& column, std::uint32_t row, std::string& out) {
  out += present;
  const bool is_list = column.type.is_list();
  const Span span = is_list ? column.at<Span>(row) : Span{column.at<std::uint32_t>(row), 1};
  for (std::uint32_t k = 0; k < span.length; ++k) {
    for (const Column& child : *column.children) append_key(child, span.start + k, out);
  }
  if (is_list) out += list_end;
}

// Maps are equal that have the same entries, in whatever order.
void append_map(const Column& column, std::uint32_t row, std::string& out) {
  const Span span = column.at<Span>(row);
  std::vector<std::string> entries(span.length);
  for (std::uint32_t k = 0; k < span.length; ++k) {
    for (const Column& child : *column.children) append_key(child, span.start + k, entries[k]);
  }
  std::sort(entries.begin(), entries.end());
  out += present;
  for (const std::string& entry : entries) out += entry;
  out += list_end;
}

}  // namespace

Hash128 hash_bytes(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

void append_key(const Column& column, std::uint32_t row, std::string& out) {
  if (column.is_null(row)) {
    out += absent;
    return;
  }
  switch (column.type.kind) {
    case TypeKind::null:
      out += absent;
      return;
    case TypeKind::boolean:
      out += present;
      out += column.bool_at(row) ? '\x01' : '\x00';
      return;
    case TypeKind::int32:
    case TypeKind::date:
      return append_int(column.at<std::int32_t>(row), out);
    case TypeKind::int64:
    case TypeKind::timestamp:
      return append_long(column.at<std::int64_t>(row), out);
    case TypeKind::float64:
      return append_double(column.at<double>(row), out);
    case TypeKind::decimal:
      return append_wide(column.at<Int128>(row), out);
    case TypeKind::interval:
      return append_interval(column.at<Interval>(row), out);
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::json:
      return append_text(column.text_at(row), out);
    case TypeKind::array:
    case TypeKind::structure:
      return append_nested(column, row, out);
    case TypeKind::map:
      return append_map(column, row, out);
  }
}

void hash_rows(std::span<const Column> columns, std::span<Hash128> out) {
  std::string key;  // keeps its memory from row to row
  for (std::size_t i = 0; i < out.size(); ++i) {
    key.clear();
    for (const Column& column : columns) append_key(column, static_cast<std::uint32_t>(i), key);
    out[i] = hash_bytes(key);
  }
}

}  // namespace weir
