// binary_encoder.cpp — columns to COPY BINARY tuples: one pass measures the rows, a second one fills them,
// each column by column. Format: https://www.postgresql.org/docs/current/sql-copy.html (binary), and the
// *_send functions of the types.
#include "connectors/postgres/binary_encoder.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "connectors/postgres/binary_numeric.h"
#include "engine/component/row_keys.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

constexpr std::uint32_t length_bytes = 4;
constexpr std::uint32_t null_length = ~0u;
constexpr std::int64_t microseconds_to_2000 = 946'684'800'000'000;
constexpr std::int32_t days_to_2000 = 10'957;
// What the server accepts, counted from 1970: from 4713 BC on, dates up to the year 5874897. Its latest
// timestamp lies beyond what 64 bits of microseconds since 1970 can say.
constexpr std::int64_t first_timestamp = -211'813'488'000'000'000 + microseconds_to_2000;
constexpr std::int32_t first_date = -2'451'545 + days_to_2000;
constexpr std::int32_t last_date = 2'145'031'948 + days_to_2000;

void put(char* to, std::uint16_t value) {
  value = __builtin_bswap16(value);
  std::memcpy(to, &value, sizeof(value));
}
void put(char* to, std::uint32_t value) {
  value = __builtin_bswap32(value);
  std::memcpy(to, &value, sizeof(value));
}
void put(char* to, std::uint64_t value) {
  value = __builtin_bswap64(value);
  std::memcpy(to, &value, sizeof(value));
}

/// The rows of one call: which they are, how far each is written, which cannot be held.
struct Rows {
  std::vector<std::uint32_t> row;  // number in the columns
  std::vector<std::uint32_t>
      cursor;  // while measuring: bytes so far; while filling: where the next field goes
  std::vector<std::uint32_t> refused;  // indexes into row, may repeat
  std::vector<RefusedRecord> reasons;  // beside refused
};

class BinaryEncoder final : public RowEncoder {
 public:
  BinaryEncoder(const SinkTable& table, const PostgresTableFacts& facts)
      : table_(table), is_plain_json_(facts.is_plain_json) {
    is_plain_json_.resize(table.schema.fields.size(), false);
  }

  void encode_keys(std::span<const Column> columns, std::span<const std::uint32_t> rows,
                   std::span<const std::uint32_t> records, EncodedRows& out) const override {
    encode_row_keys(table_, columns, rows, records, out);
  }

  void encode_values(std::span<const Column> columns, std::span<const std::uint32_t> rows,
                     EncodedRows& out) const override {
    Rows work{
        {rows.begin(), rows.end()}, std::vector<std::uint32_t>(rows.size(), sizeof(std::uint16_t)), {}, {}};
    std::string numerics;  // their sizes are known only once they are made
    for (std::size_t c = 0; c < columns.size(); ++c) measure(c, columns[c], work, numerics);
    if (!work.refused.empty()) {
      // Numerics of refused rows must go too: measure again without those rows.
      drop_refused(work, out);
      numerics.clear();
      work.cursor.assign(work.row.size(), sizeof(std::uint16_t));
      for (std::size_t c = 0; c < columns.size(); ++c) measure(c, columns[c], work, numerics);
    }
    place(work, columns.size(), out);
    const char* next_numeric = numerics.data();
    for (std::size_t c = 0; c < columns.size(); ++c)
      fill(c, columns[c], work, next_numeric, out.bytes.data());
  }

 private:
  void refuse(Rows& work, std::size_t i, std::size_t column, const char* code, std::string_view what) const {
    work.refused.push_back(static_cast<std::uint32_t>(i));
    work.reasons.push_back({0, code, fmt::format("column {} {}", table_.schema.fields[column].name, what)});
  }

  void measure(std::size_t c, const Column& column, Rows& work, std::string& numerics) const {
    switch (column.type.kind) {
      case TypeKind::null:
        return add_fixed(column, 0, work);
      case TypeKind::boolean:
        return add_fixed(column, 1, work);
      case TypeKind::int32:
        return add_fixed(column, 4, work);
      case TypeKind::int64:
      case TypeKind::float64:
        return add_fixed(column, 8, work);
      case TypeKind::interval:
        return add_fixed(column, 16, work);
      case TypeKind::date:
        return measure_date(c, column, work);
      case TypeKind::timestamp:
        return measure_timestamp(c, column, work);
      case TypeKind::decimal:
        return measure_decimal(column, work, numerics);
      case TypeKind::bytes:
        return measure_bytes(column, work);
      case TypeKind::string:
        return measure_text(c, column, 0, work);
      case TypeKind::json:
        return measure_text(c, column, is_plain_json_[c] ? 0 : 1, work);
      case TypeKind::array:  // the plan hands them over as json
      case TypeKind::map:
      case TypeKind::structure:
        break;
    }
  }

  static void add_fixed(const Column& column, std::uint32_t width, Rows& work) {
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      work.cursor[i] += length_bytes + (column.is_null(work.row[i]) ? 0 : width);
    }
  }

  void measure_date(std::size_t c, const Column& column, Rows& work) const {
    add_fixed(column, 4, work);
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      if (column.is_null(work.row[i])) continue;
      const std::int32_t days = column.at<std::int32_t>(work.row[i]);
      if (days < first_date || days > last_date)
        refuse(work, i, c, "date_out_of_range", "is a date that Postgres cannot hold");
    }
  }

  void measure_timestamp(std::size_t c, const Column& column, Rows& work) const {
    add_fixed(column, 8, work);
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      if (column.is_null(work.row[i])) continue;
      const std::int64_t microseconds = column.at<std::int64_t>(work.row[i]);
      if (microseconds < first_timestamp) {
        refuse(work, i, c, "timestamp_out_of_range", "is a time that Postgres cannot hold");
      }
    }
  }

  static void measure_decimal(const Column& column, Rows& work, std::string& numerics) {
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      const std::size_t before = numerics.size();
      if (column.is_null(work.row[i])) {
        numerics.append(length_bytes, '\xFF');
      } else {
        append_binary_numeric(column.at<Int128>(work.row[i]), column.type.scale, numerics);
      }
      work.cursor[i] += static_cast<std::uint32_t>(numerics.size() - before);
    }
  }

  static void measure_bytes(const Column& column, Rows& work) {
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      work.cursor[i] += length_bytes;
      if (!column.is_null(work.row[i]))
        work.cursor[i] += static_cast<std::uint32_t>(column.at<View>(work.row[i]).length);
    }
  }

  void measure_text(std::size_t c, const Column& column, std::uint32_t prefix, Rows& work) const {
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      work.cursor[i] += length_bytes;
      if (column.is_null(work.row[i])) continue;
      const std::string_view text = column.text_at(work.row[i]);
      if (!text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr) {
        refuse(work, i, c, "nul_character", "holds a NUL character");
      }
      work.cursor[i] += static_cast<std::uint32_t>(text.size()) + prefix;
    }
  }

  // Moves refused rows out of work and out.rows; a row refused for two columns is named for the first.
  static void drop_refused(Rows& work, EncodedRows& out) {
    std::vector<const RefusedRecord*> reason(work.row.size(), nullptr);
    for (std::size_t r = work.refused.size(); r-- > 0;) reason[work.refused[r]] = &work.reasons[r];
    std::size_t kept = 0;
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      if (reason[i] != nullptr) {
        out.refused.push_back({out.rows[i].record, reason[i]->code, reason[i]->message});
        continue;
      }
      out.rows[kept] = out.rows[i];
      work.row[kept++] = work.row[i];
    }
    out.rows.resize(kept);
    work.row.resize(kept);
    work.refused.clear();
  }

  // Gives every row its place in out.bytes and leaves the cursor behind its field count.
  static void place(Rows& work, std::size_t fields, EncodedRows& out) {
    std::size_t total = out.bytes.size();
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      out.rows[i].offset = static_cast<std::uint32_t>(total);
      out.rows[i].size = work.cursor[i];
      total += work.cursor[i];
    }
    out.bytes.resize(total);
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      put(out.bytes.data() + out.rows[i].offset, static_cast<std::uint16_t>(fields));
      work.cursor[i] = out.rows[i].offset + static_cast<std::uint32_t>(sizeof(std::uint16_t));
    }
  }

  void fill(std::size_t c, const Column& column, Rows& work, const char*& numeric, char* bytes) const {
    switch (column.type.kind) {
      case TypeKind::null:
        return fill_fixed<0>(column, work, bytes, [](char*, std::uint32_t) {});
      case TypeKind::boolean:
        return fill_fixed<1>(column, work, bytes,
                             [&](char* to, std::uint32_t row) { *to = column.bool_at(row) ? 1 : 0; });
      case TypeKind::int32:
        return fill_fixed<4>(column, work, bytes, [&](char* to, std::uint32_t row) {
          put(to, static_cast<std::uint32_t>(column.at<std::int32_t>(row)));
        });
      case TypeKind::int64:
        return fill_fixed<8>(column, work, bytes, [&](char* to, std::uint32_t row) {
          put(to, static_cast<std::uint64_t>(column.at<std::int64_t>(row)));
        });
      case TypeKind::float64:
        return fill_fixed<8>(column, work, bytes, [&](char* to, std::uint32_t row) {
          put(to, std::bit_cast<std::uint64_t>(column.at<double>(row)));
        });
      case TypeKind::date:
        return fill_fixed<4>(column, work, bytes, [&](char* to, std::uint32_t row) {
          put(to, static_cast<std::uint32_t>(column.at<std::int32_t>(row) - days_to_2000));
        });
      case TypeKind::timestamp:
        return fill_fixed<8>(column, work, bytes, [&](char* to, std::uint32_t row) {
          put(to, static_cast<std::uint64_t>(column.at<std::int64_t>(row) - microseconds_to_2000));
        });
      case TypeKind::interval:
        return fill_fixed<16>(column, work, bytes, [&](char* to, std::uint32_t row) {
          put_interval(to, column.at<Interval>(row));
        });
      case TypeKind::decimal:
        return fill_numeric(work, numeric, bytes);
      case TypeKind::bytes:
      case TypeKind::string:
        return fill_text<false>(column, work, bytes);
      case TypeKind::json:
        return is_plain_json_[c] ? fill_text<false>(column, work, bytes)
                                 : fill_text<true>(column, work, bytes);
      case TypeKind::array:
      case TypeKind::map:
      case TypeKind::structure:
        break;
    }
  }

  template <std::uint32_t width, typename Put>
  static void fill_fixed(const Column& column, Rows& work, char* bytes, Put&& put_value) {
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      char* to = bytes + work.cursor[i];
      if (column.type.kind == TypeKind::null || column.is_null(work.row[i])) {
        put(to, null_length);
        work.cursor[i] += length_bytes;
        continue;
      }
      put(to, width);
      put_value(to + length_bytes, work.row[i]);
      work.cursor[i] += length_bytes + width;
    }
  }

  static void put_interval(char* to, const Interval& interval) {
    put(to, static_cast<std::uint64_t>(interval.nanoseconds / 1000));
    put(to + 8, static_cast<std::uint32_t>(interval.days));
    put(to + 12, static_cast<std::uint32_t>(interval.months));
  }

  static void fill_numeric(Rows& work, const char*& numeric, char* bytes) {
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      std::uint32_t length;
      std::memcpy(&length, numeric, sizeof(length));
      length = __builtin_bswap32(length);
      const std::uint32_t size = length_bytes + (length == null_length ? 0 : length);
      std::memcpy(bytes + work.cursor[i], numeric, size);
      work.cursor[i] += size;
      numeric += size;
    }
  }

  // jsonb takes its text behind a version number.
  template <bool is_jsonb>
  static void fill_text(const Column& column, Rows& work, char* bytes) {
    for (std::size_t i = 0; i < work.row.size(); ++i) {
      char* to = bytes + work.cursor[i];
      if (column.is_null(work.row[i])) {
        put(to, null_length);
        work.cursor[i] += length_bytes;
        continue;
      }
      const std::string_view text = column.text_at(work.row[i]);
      const std::uint32_t size = static_cast<std::uint32_t>(text.size()) + (is_jsonb ? 1 : 0);
      put(to, size);
      to += length_bytes;
      if (is_jsonb) *to++ = 1;
      std::copy(text.begin(), text.end(), to);  // data() of an empty text may be null
      work.cursor[i] += length_bytes + size;
    }
  }

  const SinkTable& table_;
  std::vector<bool> is_plain_json_;
};

}  // namespace

std::unique_ptr<RowEncoder> make_postgres_encoder(const SinkTable& table, const PostgresTableFacts& facts) {
  return std::make_unique<BinaryEncoder>(table, facts);
}

}  // namespace weir
