// weir_udf_values.hpp — the values of functions written with weir_udf.hpp, and the columns made of them. Included by it.
#pragma once

#include <weir_udf.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::udf {

struct Date { std::int32_t days; };               // since 1970-01-01
struct Timestamp { std::int64_t microseconds; };  // since 1970-01-01 UTC
__extension__ using Int128 = __int128;
/// `unscaled` is the number without its point: 12.50 is {1250} of Decimal<4, 2>.
template <int precision, int scale>
struct Decimal { Int128 unscaled; };
struct BytesView { std::string_view bytes; };
struct Bytes { std::string bytes; };
struct JsonView { std::string_view text; };
struct Json { std::string text; };

/// Thrown by a function: the reject reason of its row ("bad_checksum") and a sentence.
class RowError : public std::runtime_error {
 public:
  RowError(std::string code, const std::string& message) : std::runtime_error(message), code_(std::move(code)) {}
  const std::string& code() const { return code_; }

 private:
  std::string code_;
};

namespace detail {

// ---- Columns that a plugin makes -----------------------------------------------------------------------------------------------------------------

struct Bitmap {
  std::vector<std::uint8_t> bits;
  std::int64_t nulls = 0;
  void append(std::size_t row, bool is_set) {
    if (row % 8 == 0) bits.push_back(0);
    if (is_set) bits.back() = static_cast<std::uint8_t>(bits.back() | (1u << (row % 8)));
  }
};

// What an ArrowArray of ours owns.
struct OwnedBuffers {
  Bitmap validity;
  Bitmap booleans;
  std::vector<std::int64_t> offsets;
  std::string bytes;
  std::vector<unsigned char> values;
  const void* buffers[3] = {};
};

inline void release_owned(ArrowArray* array) {
  delete static_cast<OwnedBuffers*>(array->private_data);
  array->release = nullptr;
}

// Collects values row after row.
class ColumnMaker {
 public:
  explicit ColumnMaker(bool is_text) : owned_(new OwnedBuffers), is_text_(is_text) {
    if (is_text) owned_->offsets.push_back(0);
  }
  void reserve(std::size_t rows, std::size_t width) {
    owned_->validity.bits.reserve(rows / 8 + 1);
    is_text_ ? owned_->offsets.reserve(rows + 1) : owned_->values.reserve(rows * width);
  }
  void add_boolean(bool value) {
    owned_->booleans.append(rows_, value);
    mark(true);
  }
  template <typename T>
  void add_fixed(const T& value) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(&value);
    owned_->values.insert(owned_->values.end(), bytes, bytes + sizeof(T));
    mark(true);
  }
  void add_text(std::string_view text) {
    owned_->bytes.append(text);
    owned_->offsets.push_back(static_cast<std::int64_t>(owned_->bytes.size()));
    mark(true);
  }
  void add_null(std::size_t width) {
    if (is_text_) {
      owned_->offsets.push_back(static_cast<std::int64_t>(owned_->bytes.size()));
    } else if (width == 0) {
      owned_->booleans.append(rows_, false);
    } else {
      owned_->values.resize(owned_->values.size() + width);
    }
    mark(false);
    ++owned_->validity.nulls;
  }
  std::size_t rows() const { return rows_; }

  void finish(const char* format, bool is_boolean, weir_column* out) {
    OwnedBuffers& owned = *owned_;
    static constexpr char none = 0;  // an empty vector has no address
    const auto address = [](const auto& buffer) -> const void* { return buffer.empty() ? &none : static_cast<const void*>(buffer.data()); };
    owned.buffers[0] = owned.validity.nulls == 0 ? nullptr : address(owned.validity.bits);
    owned.buffers[1] = is_text_ ? address(owned.offsets) : is_boolean ? address(owned.booleans.bits) : address(owned.values);
    owned.buffers[2] = address(owned.bytes);
    out->format = format;
    out->array = ArrowArray{};
    out->array.length = static_cast<std::int64_t>(rows_);
    out->array.null_count = owned.validity.nulls;
    out->array.n_buffers = is_text_ ? 3 : 2;
    out->array.buffers = owned.buffers;
    out->array.release = release_owned;
    out->array.private_data = owned_.release();
  }

 private:
  void mark(bool is_valid) { owned_->validity.append(rows_++, is_valid); }

  std::unique_ptr<OwnedBuffers> owned_;
  std::size_t rows_ = 0;
  bool is_text_;
};

// ---- What a C++ type is in a pipeline ------------------------------------------------------------------------------------------------------------

enum class Shape { boolean, fixed, text };

template <typename T, Shape kind, typename Held = std::string_view>
struct Plain {
  static constexpr Shape shape = kind;
  static constexpr std::size_t width = kind == Shape::fixed ? sizeof(T) : 0;
  static T read(const ArrowArray& array, std::int64_t row) {
    if constexpr (kind == Shape::boolean) {
      return weir_boolean_at(&array, row) != 0;
    } else if constexpr (kind == Shape::fixed) {
      return static_cast<const T*>(array.buffers[1])[row + array.offset];
    } else {
      std::size_t size = 0;
      const char* bytes = weir_text_at(&array, row, &size);
      return T{Held(bytes, size)};
    }
  }
};

template <typename T>
struct TypeOf;
template <> struct TypeOf<bool> : Plain<bool, Shape::boolean> { static constexpr const char *name = "boolean", *format = "b"; };
template <> struct TypeOf<std::int32_t> : Plain<std::int32_t, Shape::fixed> { static constexpr const char *name = "int", *format = "i"; };
template <> struct TypeOf<std::int64_t> : Plain<std::int64_t, Shape::fixed> { static constexpr const char *name = "bigint", *format = "l"; };
template <> struct TypeOf<double> : Plain<double, Shape::fixed> { static constexpr const char *name = "double", *format = "g"; };
template <> struct TypeOf<Date> : Plain<Date, Shape::fixed> { static constexpr const char *name = "date", *format = "tdD"; };
template <> struct TypeOf<Timestamp> : Plain<Timestamp, Shape::fixed> { static constexpr const char *name = "timestamp", *format = "tsu:UTC"; };
template <> struct TypeOf<std::string_view> : Plain<std::string_view, Shape::text> { static constexpr const char *name = "string", *format = "U"; };
template <> struct TypeOf<std::string> : Plain<std::string, Shape::text, std::string> { static constexpr const char *name = "string", *format = "U"; };
template <> struct TypeOf<BytesView> : Plain<BytesView, Shape::text> { static constexpr const char *name = "bytes", *format = "Z"; };
template <> struct TypeOf<Bytes> : Plain<Bytes, Shape::text, std::string> { static constexpr const char *name = "bytes", *format = "Z"; };
template <> struct TypeOf<JsonView> : Plain<JsonView, Shape::text> { static constexpr const char *name = "json", *format = "U"; };
template <> struct TypeOf<Json> : Plain<Json, Shape::text, std::string> { static constexpr const char *name = "json", *format = "U"; };

// "decimal(p,s)" and "d:p,s", written by the compiler.
template <int precision, int scale>
struct DecimalNames {
  static_assert(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision, "a decimal has 1 to 38 digits");
  struct Texts {
    char name[16] = {};
    char format[8] = {};
  };
  static constexpr void put_number(char*& at, int number) {
    if (number >= 10) *at++ = static_cast<char>('0' + number / 10);
    *at++ = static_cast<char>('0' + number % 10);
  }
  static constexpr Texts make() {
    Texts texts;
    char* name = texts.name;
    for (const char* text = "decimal("; *text != 0; ++text) *name++ = *text;
    put_number(name, precision);
    *name++ = ',';
    put_number(name, scale);
    *name++ = ')';
    char* format = texts.format;
    *format++ = 'd';
    *format++ = ':';
    put_number(format, precision);
    *format++ = ',';
    put_number(format, scale);
    return texts;
  }
  static constexpr Texts texts = make();
};
template <int precision, int scale>
struct TypeOf<Decimal<precision, scale>> : Plain<Decimal<precision, scale>, Shape::fixed> {
  static constexpr const char* name = DecimalNames<precision, scale>::texts.name;
  static constexpr const char* format = DecimalNames<precision, scale>::texts.format;
};

inline std::string_view text_of(std::string_view text) { return text; }
inline std::string_view text_of(const BytesView& value) { return value.bytes; }
inline std::string_view text_of(const Bytes& value) { return value.bytes; }
inline std::string_view text_of(const JsonView& value) { return value.text; }
inline std::string_view text_of(const Json& value) { return value.text; }

template <typename T> struct IsOptional : std::false_type { using Value = T; };
template <typename T> struct IsOptional<std::optional<T>> : std::true_type { using Value = T; };
template <typename T> using ValueOf = typename IsOptional<T>::Value;

template <typename T>
T read_argument(const ArrowArray& array, std::int64_t row) {
  if constexpr (IsOptional<T>::value) {
    if (weir_is_null(&array, row)) return std::nullopt;
    return TypeOf<ValueOf<T>>::read(array, row);
  } else {
    return TypeOf<T>::read(array, row);
  }
}

template <typename T>
ColumnMaker make_column(std::size_t rows) {
  ColumnMaker maker(TypeOf<T>::shape == Shape::text);
  maker.reserve(rows, TypeOf<T>::width);
  return maker;
}

template <typename T>
void add_value(ColumnMaker& maker, const T& value) {
  if constexpr (IsOptional<T>::value) {
    value ? add_value(maker, *value) : maker.add_null(TypeOf<ValueOf<T>>::width);
  } else if constexpr (TypeOf<T>::shape == Shape::boolean) {
    maker.add_boolean(value);
  } else if constexpr (TypeOf<T>::shape == Shape::fixed) {
    maker.add_fixed(value);
  } else {
    maker.add_text(text_of(value));
  }
}

template <typename T>
void finish_column(ColumnMaker& maker, weir_column* out) {
  maker.finish(TypeOf<T>::format, TypeOf<T>::shape == Shape::boolean, out);
}

// ---- The border: nothing is thrown across it -----------------------------------------------------------------------------------------------------

template <typename Body>
int guarded(const weir_call* call, Body&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const std::exception& error) {
    call->fail(call, error.what());
  } catch (...) {
    call->fail(call, "threw something that is no std::exception");
  }
  return 1;
}

/// Returns whether the body ran; otherwise the row has its error.
template <typename Body>
bool guarded_row(const weir_call* call, std::int64_t row, Body&& body) {
  try {
    body();
    return true;
  } catch (const RowError& error) {
    call->row_error(call, row, error.code().c_str(), error.what());
  } catch (const std::exception& error) {
    call->row_error(call, row, "udf_exception", error.what());
  } catch (...) {
    call->row_error(call, row, "udf_exception", "threw something that is no std::exception");
  }
  return false;
}

template <typename... Arguments>
bool has_null(const ArrowArray* const* arguments, std::int64_t row) {
  std::size_t i = 0;
  bool found = false;
  ((found = found || (!IsOptional<Arguments>::value && weir_is_null(arguments[i], row)), ++i), ...);
  return found;
}

template <typename Member>
struct Signature;
template <typename Class, typename Result, typename... Arguments>
struct Signature<Result (Class::*)(Arguments...)> {
  using Returned = std::decay_t<Result>;
  using Parameters = std::tuple<std::decay_t<Arguments>...>;
};
template <typename Class, typename Result, typename... Arguments>
struct Signature<Result (Class::*)(Arguments...) const> : Signature<Result (Class::*)(Arguments...)> {};
template <typename Body>
using SignatureOf = Signature<decltype(&Body::operator())>;

template <typename Tuple>
struct ParameterList;
template <typename... Arguments>
struct ParameterList<std::tuple<Arguments...>> {
  static constexpr bool is_strict = !(IsOptional<Arguments>::value || ...);
  static std::vector<const char*> names() { return {TypeOf<ValueOf<Arguments>>::name...}; }
  static bool has_null(const ArrowArray* const* arguments, std::int64_t row) { return detail::has_null<Arguments...>(arguments, row); }
  template <typename Body>
  static decltype(auto) call(Body& body, const ArrowArray* const* arguments, std::int64_t row) {
    return call(body, arguments, row, std::index_sequence_for<Arguments...>{});
  }

 private:
  template <typename Body, std::size_t... I>
  static decltype(auto) call(Body& body, [[maybe_unused]] const ArrowArray* const* arguments, [[maybe_unused]] std::int64_t row,
                             std::index_sequence<I...>) {
    return body(read_argument<Arguments>(*arguments[I], row)...);
  }
};

}  // namespace detail

}  // namespace weir::udf
