// kernels.h — makes the body of a strict function from a lambda over the typed arguments of one row.
//
// Two forms. A value form, `std::int32_t(std::string_view)`, computes every row, NULL or not, and never gives
// NULL. A row form, `void(RowOutput&, std::string_view)`, is called only for rows without a NULL argument and
// reports exactly one of a value, NULL or an error; with working memory, `void(State&, RowOutput&, ...)`: a
// State is made for each evaluation and used for all its rows. Text results are written straight into the
// arena: nothing is allocated per row.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/expression/function.h"

namespace weir {

/// Longest text a function may make of shorter ones (repeat, lpad, ...): a typo must not eat the machine.
inline constexpr std::int64_t max_made_text = 16 * 1024 * 1024;

/// Reads the values of a column as T: fixed-width ones, bool, or std::string_view for string, bytes and json.
template <typename T>
class ColumnReader {
 public:
  explicit ColumnReader(const Column& column)
      : values_(static_cast<const T*>(column.values)), mask_(column.row_mask) {}
  const T& operator[](std::uint32_t row) const { return values_[row & mask_]; }

 private:
  const T* values_;
  std::uint32_t mask_;
};

template <>
class ColumnReader<bool> {
 public:
  explicit ColumnReader(const Column& column)
      : bits_(static_cast<const std::uint8_t*>(column.values)), mask_(column.row_mask) {}
  bool operator[](std::uint32_t row) const { return get_bit(bits_, row & mask_); }

 private:
  const std::uint8_t* bits_;
  std::uint32_t mask_;
};

template <>
class ColumnReader<std::string_view> {
 public:
  explicit ColumnReader(const Column& column)
      : views_(static_cast<const View*>(column.values)), mask_(column.row_mask), arena_(column.arena) {}
  std::string_view operator[](std::uint32_t row) const { return arena_->text(views_[row & mask_]); }

 private:
  const View* views_;
  std::uint32_t mask_;
  const Arena* arena_;
};

/// Where the row form puts the result of one row: exactly one call of set, set_bool, text, finish, slice,
/// null or error.
class RowOutput {
 public:
  RowOutput(ColumnWriter& writer, std::span<const Column> arguments)
      : writer_(writer), arguments_(arguments) {}

  template <typename T>
  void set(const T& value) {
    writer_.set(row_, value);
  }
  void set_bool(bool value) { writer_.set_bool(row_, value); }
  /// Copies the bytes.
  void text(std::string_view text) { writer_.set_text(row_, text); }
  /// Room for at most `bytes` bytes of text, written by the caller up to the end it gives to finish().
  char* room(std::size_t bytes) {
    room_size_ = bytes;
    room_ = static_cast<char*>(writer_.arena().allocate(bytes, 1));
    return room_;
  }
  void finish(const char* end) {
    const auto length = static_cast<std::size_t>(end - room_);
    Arena& arena = writer_.arena();
    writer_.set(row_, arena.view_in(arena.current_block(), room_, length));
    arena.give_back(length <= View::inline_capacity ? room_size_ : room_size_ - length);
  }
  /// `part` lies in the value of argument `argument`; its bytes are shared where they can be.
  void slice(std::size_t argument, std::string_view part) {
    const Column& from = arguments_[argument];
    const View& whole = from.at<View>(row_);
    const bool is_shared = from.arena == &writer_.arena() && !whole.is_inline();
    if (!is_shared) return text(part);
    writer_.set(row_,
                from.arena->view_in(static_cast<std::size_t>(whole.outside.block), part.data(), part.size()));
  }
  void null() { writer_.set_null(row_); }
  void error(std::string code, std::string message) {
    writer_.set_error(row_, std::move(code), std::move(message));
  }
  void move_to(std::uint32_t row) { row_ = row; }

 private:
  ColumnWriter& writer_;
  std::span<const Column> arguments_;
  std::uint32_t row_ = 0;
  char* room_ = nullptr;
  std::size_t room_size_ = 0;
};

inline bool has_null(std::span<const Column> arguments, std::uint32_t row) {
  for (const Column& argument : arguments) {
    if (argument.is_null(row)) return true;
  }
  return false;
}

template <typename Body, typename Returned, typename... Arguments>
class ValueKernel final : public Kernel {
 public:
  ValueKernel(Type type, Body body) : type_(type), body_(std::move(body)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    return evaluate(arguments, context, std::index_sequence_for<Arguments...>{});
  }

 private:
  template <std::size_t... I>
  Column evaluate([[maybe_unused]] std::span<const Column> arguments, EvaluationContext& context,
                  std::index_sequence<I...>) const {
    ColumnWriter writer(type_, context.rows, context.arena, true);
    const std::tuple<ColumnReader<Arguments>...> readers{ColumnReader<Arguments>(arguments[I])...};
    const std::uint32_t rows = context.rows;
    if constexpr (std::is_same_v<Returned, bool>) {
      for (std::uint32_t row = 0; row < rows; ++row)
        writer.set_bool(row, body_(std::get<I>(readers)[row]...));
    } else {
      Returned* out = writer.data<Returned>();
      for (std::uint32_t row = 0; row < rows; ++row) out[row] = body_(std::get<I>(readers)[row]...);
    }
    return writer.finish();
  }

  Type type_;
  Body body_;
};

struct NoState {};

template <typename State, typename Body, typename... Arguments>
class RowKernel final : public Kernel {
 public:
  RowKernel(Type type, Body body) : type_(type), body_(std::move(body)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    return evaluate(arguments, context, std::index_sequence_for<Arguments...>{});
  }

 private:
  template <std::size_t... I>
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context,
                  std::index_sequence<I...>) const {
    ColumnWriter writer(type_, context.rows, context.arena, true);
    const std::tuple<ColumnReader<Arguments>...> readers{ColumnReader<Arguments>(arguments[I])...};
    RowOutput output(writer, arguments);
    [[maybe_unused]] State state;
    bool may_be_null = false;
    for (const Column& argument : arguments) may_be_null |= argument.validity != nullptr;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      output.move_to(row);
      if (may_be_null && has_null(arguments, row)) {
        output.null();
      } else if constexpr (std::is_same_v<State, NoState>) {
        body_(output, std::get<I>(readers)[row]...);
      } else {
        body_(state, output, std::get<I>(readers)[row]...);
      }
    }
    return writer.finish();
  }

  Type type_;
  Body body_;
};

namespace kernel_form {
template <typename Member>
struct Of;
template <typename Body, typename Returned, typename... Arguments>
struct Of<Returned (Body::*)(Arguments...) const> {
  using type = ValueKernel<Body, Returned, std::decay_t<Arguments>...>;
};
template <typename Body, typename... Arguments>
struct Of<void (Body::*)(RowOutput&, Arguments...) const> {
  using type = RowKernel<NoState, Body, std::decay_t<Arguments>...>;
};
template <typename Body, typename State, typename... Arguments>
struct Of<void (Body::*)(State&, RowOutput&, Arguments...) const> {
  using type = RowKernel<State, Body, std::decay_t<Arguments>...>;
};
}  // namespace kernel_form

using KernelResult = Result<std::unique_ptr<Kernel>>;

/// The kernel of a lambda of either form; called by several threads at once, so the lambda must not be
/// mutable.
template <typename Body>
std::unique_ptr<Kernel> make_kernel(const Type& type, Body body) {
  return std::make_unique<typename kernel_form::Of<decltype(&Body::operator())>::type>(type, std::move(body));
}

/// A kernel of its own class, as `prepare` returns it.
template <typename Body, typename... Parameters>
KernelResult kernel_of(Parameters&&... parameters) {
  return std::unique_ptr<Kernel>(std::make_unique<Body>(std::forward<Parameters>(parameters)...));
}

/// An overload whose body does not depend on the call site. Never NULL for arguments that are not; see
/// nullable().
template <typename Body>
Overload strict(std::vector<std::string> parameters, Type type, Body body) {
  Overload overload;
  overload.parameters = std::move(parameters);
  overload.result = [type](const CallSite&) -> Result<Type> { return type; };
  overload.prepare = [body](const CallSite& site) -> KernelResult { return make_kernel(site.result, body); };
  overload.never_null = true;
  return overload;
}

/// An overload whose body is made for the call site by `prepare`, a Result<std::unique_ptr<Kernel>>(const
/// CallSite&).
template <typename Prepare>
Overload prepared(std::vector<std::string> parameters, Type type, Prepare prepare) {
  Overload overload;
  overload.parameters = std::move(parameters);
  overload.result = [type](const CallSite&) -> Result<Type> { return type; };
  overload.prepare = std::move(prepare);
  overload.never_null = true;
  return overload;
}

/// The same overload, but it may give NULL although no argument is.
inline Overload nullable(Overload overload) {
  overload.never_null = false;
  return overload;
}
inline Overload variadic(Overload overload) {
  overload.variadic = true;
  return overload;
}

/// The literal given for argument `index`, or null where it is no literal, is NULL, or is left out.
inline const std::string* constant_text(const CallSite& site, std::size_t index) {
  if (index >= site.constants.size() || site.constants[index] == nullptr) return nullptr;
  return std::get_if<std::string>(&site.constants[index]->data);
}
inline std::optional<std::int64_t> constant_integer(const CallSite& site, std::size_t index) {
  if (index >= site.constants.size() || site.constants[index] == nullptr) return std::nullopt;
  const Value& value = *site.constants[index];
  if (const auto* small = std::get_if<std::int32_t>(&value.data)) return *small;
  if (const auto* large = std::get_if<std::int64_t>(&value.data)) return *large;
  return std::nullopt;
}

/// An error in what the user wrote at a call.
inline Error call_error(std::string message) { return Error{ErrorKind::user, std::move(message)}; }

/// Adds a function of a built-in family; a name taken twice is our own bug.
inline void add(FunctionRegistry& registry, Function function) {
  const Status status = registry.add(std::move(function));
  WEIR_CHECK(status.ok(), "every built-in function has a name of its own");
}

}  // namespace weir
