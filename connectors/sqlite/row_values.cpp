// row_values.cpp — encodes rows for SQLite, row by row.
#include "connectors/sqlite/row_values.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <type_traits>
#include <variant>

#include "engine/component/row_keys.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

enum class Tag : char { null, integer, real, text, bytes };
// Days of 0000-01-01 and 9999-12-31: four digits of a year keep the order of texts that of times.
constexpr std::int32_t first_day = -719'528;
constexpr std::int32_t last_day = 2'932'896;

template <typename T>
void append_raw(T value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
T take_raw(const char*& at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  at += sizeof(value);
  return value;
}

void append_integer(std::int64_t value, std::string& out) {
  out += static_cast<char>(Tag::integer);
  append_raw(value, out);
}

void append_text(Tag tag, std::string_view text, std::string& out) {
  out += static_cast<char>(tag);
  append_raw(static_cast<std::uint32_t>(text.size()), out);
  out += text;
}

void append_timestamp(std::int64_t microseconds, std::string& out) {
  char text[] = "0000-00-00 00:00:00.000000Z";
  write_date(days_of_timestamp(microseconds), text);
  write_time(microseconds, text + 11);
  std::int64_t fraction = microseconds % microseconds_per_second;
  if (fraction < 0) fraction += microseconds_per_second;
  for (int i = 25; i > 19; --i, fraction /= 10) text[i] = static_cast<char>('0' + fraction % 10);
  append_text(Tag::text, {text, sizeof(text) - 1}, out);
}

// ISO 8601; seconds carry the sign of their part.
std::string interval_text(const Interval& interval) {
  std::string text = "P";
  if (interval.months != 0) text += fmt::format("{}M", interval.months);
  if (interval.days != 0) text += fmt::format("{}D", interval.days);
  if (interval.nanoseconds == 0) return text == "P" ? "PT0S" : text;
  const std::uint64_t magnitude = interval.nanoseconds < 0
                                      ? 0 - static_cast<std::uint64_t>(interval.nanoseconds)
                                      : static_cast<std::uint64_t>(interval.nanoseconds);
  std::string seconds = fmt::format("{}.{:09}", magnitude / 1'000'000'000, magnitude % 1'000'000'000);
  seconds.erase(seconds.find_last_not_of('0') + 1);
  if (seconds.back() == '.') seconds.pop_back();
  return text + "T" + (interval.nanoseconds < 0 ? "-" : "") + seconds + "S";
}

/// Calls visit(tag, value) with std::monostate, std::int64_t, double or std::string_view.
template <typename Visit>
void for_each_value(std::string_view row, Visit&& visit) {
  const char* at = row.data();
  const char* end = at + row.size();
  while (at != end) {
    const Tag tag = static_cast<Tag>(*at++);
    switch (tag) {
      case Tag::null:
        visit(tag, std::monostate());
        break;
      case Tag::integer:
        visit(tag, take_raw<std::int64_t>(at));
        break;
      case Tag::real:
        visit(tag, take_raw<double>(at));
        break;
      case Tag::text:
      case Tag::bytes: {
        const auto size = take_raw<std::uint32_t>(at);
        visit(tag, std::string_view(at, size));
        at += size;
        break;
      }
    }
  }
}

class SqliteEncoder final : public RowEncoder {
 public:
  explicit SqliteEncoder(const SinkTable& table) : table_(table) {}

  void encode_keys(std::span<const Column> columns, std::span<const std::uint32_t> rows,
                   std::span<const std::uint32_t> records, EncodedRows& out) const override {
    encode_row_keys(table_, columns, rows, records, out);
  }

  void encode_values(std::span<const Column> columns, std::span<const std::uint32_t> rows,
                     EncodedRows& out) const override {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EncodedRow row = out.rows[i];
      row.offset = static_cast<std::uint32_t>(out.bytes.size());
      const char* code = nullptr;
      const char* what = nullptr;
      std::size_t c = 0;
      for (; c < columns.size() && code == nullptr; ++c)
        append_value(columns[c], rows[i], out.bytes, code, what);
      if (code != nullptr) {
        out.bytes.resize(row.offset);
        out.refused.push_back(
            {row.record, code, fmt::format("column {} {}", table_.schema.fields[c - 1].name, what)});
        continue;
      }
      row.size = static_cast<std::uint32_t>(out.bytes.size()) - row.offset;
      out.rows[kept++] = row;
    }
    out.rows.resize(kept);
  }

 private:
  // Sets `code` and `what` where the value cannot be held.
  static void append_value(const Column& column, std::uint32_t row, std::string& out, const char*& code,
                           const char*& what) {
    if (column.type.kind == TypeKind::null || column.is_null(row)) {
      out += static_cast<char>(Tag::null);
      return;
    }
    switch (column.type.kind) {
      case TypeKind::null:
        return;
      case TypeKind::boolean:
        return append_integer(column.bool_at(row) ? 1 : 0, out);
      case TypeKind::int32:
        return append_integer(column.at<std::int32_t>(row), out);
      case TypeKind::int64:
        return append_integer(column.at<std::int64_t>(row), out);
      case TypeKind::float64:
        if (std::isnan(column.at<double>(row))) {
          code = "not_a_number";
          what = "is NaN, which SQLite stores as NULL";
          return;
        }
        out += static_cast<char>(Tag::real);
        return append_raw(column.at<double>(row), out);
      case TypeKind::decimal:
        return append_text(Tag::text, decimal_to_string(column.at<Int128>(row), column.type.scale), out);
      case TypeKind::bytes:
        return append_text(Tag::bytes, column.text_at(row), out);
      case TypeKind::interval:
        return append_text(Tag::text, interval_text(column.at<Interval>(row)), out);
      case TypeKind::date:
      case TypeKind::timestamp:
        return append_time(column, row, out, code, what);
      case TypeKind::string:
      case TypeKind::json: {
        const std::string_view text = column.text_at(row);
        if (!text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr) {
          code = "nul_character";
          what = "holds a NUL character";
          return;
        }
        return append_text(Tag::text, text, out);
      }
      case TypeKind::array:  // the plan hands them over as json
      case TypeKind::map:
      case TypeKind::structure:
        return;
    }
  }

  static void append_time(const Column& column, std::uint32_t row, std::string& out, const char*& code,
                          const char*& what) {
    const bool is_date = column.type.kind == TypeKind::date;
    const std::int32_t days =
        is_date ? column.at<std::int32_t>(row) : days_of_timestamp(column.at<std::int64_t>(row));
    if (days < first_day || days > last_day) {
      code = is_date ? "date_out_of_range" : "timestamp_out_of_range";
      what = "is not within the years 0000 to 9999";
      return;
    }
    if (!is_date) return append_timestamp(column.at<std::int64_t>(row), out);
    char text[10];
    write_date(days, text);
    append_text(Tag::text, {text, sizeof(text)}, out);
  }

  const SinkTable& table_;
};

}  // namespace

std::unique_ptr<RowEncoder> make_sqlite_encoder(const SinkTable& table) {
  return std::make_unique<SqliteEncoder>(table);
}

const char* sqlite_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::int32:
    case TypeKind::int64:
      return "INTEGER";
    case TypeKind::float64:
      return "REAL";
    case TypeKind::bytes:
      return "BLOB";
    default:
      return "TEXT";
  }
}

void bind_row(std::string_view row, SqliteStatement& statement) {
  for_each_value(row, [&](Tag tag, auto value) {
    if constexpr (std::is_same_v<decltype(value), std::string_view>) {
      tag == Tag::text ? statement.text(value) : statement.bytes(value);
    } else if constexpr (std::is_same_v<decltype(value), double>) {
      statement.real(value);
    } else if constexpr (std::is_same_v<decltype(value), std::int64_t>) {
      statement.number(value);
    } else {
      statement.null();
    }
  });
}

std::string row_text(std::string_view row) {
  std::string text;
  for_each_value(row, [&](Tag tag, auto value) {
    if (!text.empty()) text += ", ";
    if constexpr (std::is_same_v<decltype(value), std::monostate>) {
      text += "NULL";
    } else if constexpr (std::is_same_v<decltype(value), std::string_view>) {
      if (tag == Tag::text) {
        text += value;
        return;
      }
      text += "x'";
      for (const char byte : value) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
      text += "'";
    } else {
      text += fmt::format("{}", value);
    }
  });
  return text;
}

}  // namespace weir
