// row_hashes.cpp — xxhash64 and hash: exactly Spark's 64-bit XXH64 and 32-bit Murmur3 over values of several
// columns.
//
// The hash of each argument is the seed of the next, starting from 42; a NULL leaves it as it is. A number's
// hash depends on its type, as in Spark: int and date are hashed as 4 bytes, bigint, timestamp (µs) and
// double as 8, decimals of up to 18 digits as their unscaled bigint and longer ones as big-endian bytes. json
// is hashed as its text.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <xxhash.h>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr std::uint64_t spark_seed = 42;

struct XxHash64 {
  using Value = std::uint64_t;
  static constexpr Type type = int64_type;
  static Value of_int(std::int32_t value, Value seed) { return XXH64(&value, sizeof value, seed); }
  static Value of_long(std::int64_t value, Value seed) { return XXH64(&value, sizeof value, seed); }
  static Value of_bytes(std::string_view bytes, Value seed) {
    return XXH64(bytes.data(), bytes.size(), seed);
  }
};

struct Murmur3 {
  using Value = std::uint32_t;
  static constexpr Type type = int32_type;

  static Value mix(Value hash, std::uint32_t word) {
    hash ^= std::rotl(word * 0xcc9e2d51u, 15) * 0x1b873593u;
    return std::rotl(hash, 13) * 5 + 0xe6546b64u;
  }
  static Value finish(Value hash, std::uint32_t length) {
    hash ^= length;
    hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
    return hash ^ (hash >> 16);
  }
  static Value of_int(std::int32_t value, Value seed) {
    return finish(mix(seed, static_cast<std::uint32_t>(value)), 4);
  }
  static Value of_long(std::int64_t value, Value seed) {
    const auto bits = static_cast<std::uint64_t>(value);
    const Value low = mix(seed, static_cast<std::uint32_t>(bits));
    return finish(mix(low, static_cast<std::uint32_t>(bits >> 32)), 8);
  }
  /// Spark mixes each byte of the last incomplete word as a word of its own, sign-extended.
  static Value of_bytes(std::string_view bytes, Value seed) {
    Value hash = seed;
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4) {
      std::uint32_t word;
      std::memcpy(&word, bytes.data() + i, 4);
      hash = mix(hash, word);
    }
    for (; i < bytes.size(); ++i)
      hash = mix(hash, static_cast<std::uint32_t>(static_cast<signed char>(bytes[i])));
    return finish(hash, static_cast<std::uint32_t>(bytes.size()));
  }
};

/// The bits that Java gives a double: one zero, one NaN.
std::int64_t double_bits(double value) {
  if (value == 0) value = 0;
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<std::int64_t>(value);
}

/// Big-endian two's complement with as few bytes as hold the sign, as Java's BigInteger.toByteArray.
std::string_view big_endian(Int128 value, char (&buffer)[16]) {
  for (int i = 0; i < 16; ++i) buffer[15 - i] = static_cast<char>(value >> (8 * i));
  std::size_t start = 0;
  const char filler = value < 0 ? '\xFF' : '\0';
  while (start < 15 && buffer[start] == filler && ((buffer[start + 1] ^ filler) & 0x80) == 0) ++start;
  return {buffer + start, 16 - start};
}

template <typename Hash>
typename Hash::Value hash_nested(const Column& column, std::uint32_t row, typename Hash::Value seed);

template <typename Hash>
typename Hash::Value hash_value(const Column& column, std::uint32_t row, typename Hash::Value seed) {
  switch (column.type.kind) {
    case TypeKind::null:
      return seed;
    case TypeKind::boolean:
      return Hash::of_int(column.bool_at(row) ? 1 : 0, seed);
    case TypeKind::int32:
    case TypeKind::date:
      return Hash::of_int(column.at<std::int32_t>(row), seed);
    case TypeKind::int64:
    case TypeKind::timestamp:
      return Hash::of_long(column.at<std::int64_t>(row), seed);
    case TypeKind::float64:
      return Hash::of_long(double_bits(column.at<double>(row)), seed);
    case TypeKind::decimal: {
      const Int128 value = column.at<Int128>(row);
      if (column.type.precision <= 18) return Hash::of_long(static_cast<std::int64_t>(value), seed);
      char buffer[16];
      return Hash::of_bytes(big_endian(value, buffer), seed);
    }
    case TypeKind::interval: {
      const Interval& value = column.at<Interval>(row);
      const auto time = Hash::of_long(value.nanoseconds / 1000, seed);
      return Hash::of_int(value.months, Hash::of_int(value.days, time));
    }
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::json:
      return Hash::of_bytes(column.text_at(row), seed);
    case TypeKind::array:
    case TypeKind::structure:
      return hash_nested<Hash>(column, row, seed);
    case TypeKind::map:  // refused when the call is prepared
      return seed;
  }
  return seed;
}

template <typename Hash>
typename Hash::Value hash_nested(const Column& column, std::uint32_t row, typename Hash::Value seed) {
  const bool is_list = column.type.is_list();
  const Span span = is_list ? column.at<Span>(row) : Span{column.at<std::uint32_t>(row), 1};
  for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
    for (const Column& child : *column.children) {
      if (!child.is_null(k)) seed = hash_value<Hash>(child, k, seed);
    }
  }
  return seed;
}

const RowError* error_at(const Column& column, std::uint32_t row) {
  return column.errors == nullptr ? nullptr : column.errors->find(row & column.row_mask);
}

template <typename Hash>
class HashKernel final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    using Value = typename Hash::Value;
    ColumnWriter writer(Hash::type, context.rows, context.arena, true);
    Value* out = writer.data<Value>();
    for (std::uint32_t row = 0; row < context.rows; ++row) out[row] = spark_seed;
    for (const Column& column : arguments) {
      for (std::uint32_t row = 0; row < context.rows; ++row) {
        if (!column.is_null(row)) out[row] = hash_value<Hash>(column, row, out[row]);
      }
    }
    report_errors(arguments, context.rows, writer);
    return writer.finish();
  }

 private:
  static void report_errors(std::span<const Column> arguments, std::uint32_t rows, ColumnWriter& writer) {
    for (const Column& column : arguments) {
      if (column.errors == nullptr) continue;
      for (std::uint32_t row = 0; row < rows; ++row) {
        const RowError* error = error_at(column, row);
        if (error != nullptr) writer.set_error(row, error->code, error->message);
      }
    }
  }
};

bool holds_map(const Type& type) {
  if (!type.is_nested() || type.kind == TypeKind::map) return type.kind == TypeKind::map;
  const auto& fields = type.nested->fields;
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) { return holds_map(field.type); });
}

template <typename Hash>
Overload hash_overload() {
  Overload overload = variadic(prepared(
      {"any"}, Hash::type, [](const CallSite& site) -> KernelResult {
        if (std::any_of(site.types.begin(), site.types.end(), holds_map))
          return call_error("maps have no hash: their entries have no order");
        return kernel_of<HashKernel<Hash>>();
      }));
  overload.strict = false;  // NULL arguments are left out, not passed on
  return overload;
}

}  // namespace

void register_row_hashes(FunctionRegistry& registry) {
  add(registry,
      {.name = "xxhash64",
       .family = "hash",
       .signature = "xxhash64(value any, ...) -> bigint",
       .summary = "A 64-bit hash (XXH64, seed 42) of the values, the same as Spark's; NULLs are left out.",
       .examples = {{"xxhash64('Spark', 123, 2)", "5602566077635097486"}, {"xxhash64(NULL)", "42"}},
       .overloads = {hash_overload<XxHash64>()}});
  add(registry,
      {.name = "hash",
       .family = "hash",
       .signature = "hash(value any, ...) -> int",
       .summary = "A 32-bit hash (Murmur3, seed 42) of the values, the same as Spark's; NULLs are left out.",
       .examples = {{"hash('Spark', 123, 2)", "-1321691492"}},
       .overloads = {hash_overload<Murmur3>()}});
}

}  // namespace weir
