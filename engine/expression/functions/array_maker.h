// array_maker.h — makes arrays of elements that stand in other columns: they are named by row, and copied
// once for all rows of a batch.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/expression/functions/nested_overload.h"

namespace weir {

/// Most elements of an array that a function makes of shorter ones: a typo must not eat the machine.
inline constexpr std::uint32_t max_made_elements = 100'000;

/// "FUNCTION: an array of more than 100000 elements", the message of the row error "too_large".
std::string too_many_elements(std::string_view function);

/// Rows of several columns of one type, in the order in which they are to stand in a column of their own.
class Picks {
 public:
  /// The columns outlive this.
  explicit Picks(std::vector<const Column*> sources) : sources_(std::move(sources)) {}
  std::uint32_t size() const { return static_cast<std::uint32_t>(picks_.size()); }
  /// ~0u is NULL.
  void add(std::uint32_t row, std::size_t source = 0) {
    picks_.push_back({static_cast<std::uint32_t>(source), row});
  }
  void truncate(std::uint32_t size) { picks_.resize(size); }
  const Column& source(std::size_t index) const { return *sources_[index]; }
  /// Texts and nested values are shared with the source where there is one.
  Column gathered(const Type& type, Arena& arena) const;

 private:
  struct Pick {
    std::uint32_t source;
    std::uint32_t row;
  };
  std::vector<const Column*> sources_;
  std::vector<Pick> picks_;
};

/// One row after the other: its elements, then end_row; rows left out are NULL.
class ArrayMaker {
 public:
  ArrayMaker(const Type& type, EvaluationContext& context, std::vector<const Column*> sources,
             std::string_view function)
      : type_(type),
        arena_(context.arena),
        writer_(type, context.rows, context.arena),
        elements_(std::move(sources)),
        function_(function) {}

  /// Arrays that come from a source may be long: for the next row as many elements are no error.
  void allow(std::uint32_t length) { limit_ = std::max(length, max_made_elements); }
  /// No more than end_row() needs to see that there are too many.
  void take(std::uint32_t element, std::size_t source = 0) {
    if (elements_.size() - ended_ <= limit_) elements_.add(element, source);
  }
  void take_all(const Span& span, std::size_t source = 0) {
    for (std::uint32_t k = span.start; k < span.start + span.length; ++k) take(k, source);
  }
  void take_null() { take(~0u); }
  /// An error of the row where there are too many elements.
  void end_row(std::uint32_t row);
  /// Forgets what was taken for the row.
  void fail_row(std::uint32_t row, std::string code, std::string message);
  ColumnWriter& writer() { return writer_; }
  Column finish();

 private:
  Type type_;
  Arena& arena_;
  ColumnWriter writer_;
  Picks elements_;
  std::string_view function_;
  std::uint32_t ended_ = 0;  // elements of the rows before
  std::uint32_t limit_ = max_made_elements;
};

/// The arguments of one row.
struct ArgumentRow {
  std::span<const Column> arguments;
  std::uint32_t row;

  const Span& span(std::size_t i) const { return arguments[i].at<Span>(row); }
  const Column& elements(std::size_t i) const { return (*arguments[i].children)[0]; }
  template <typename T>
  const T& at(std::size_t i) const {
    return arguments[i].at<T>(row);
  }
  bool is_null(std::size_t i) const { return arguments[i].is_null(row); }
};

/// What the arrays of a call are made of. Source i of the maker belongs to argument i: the elements of an
/// array, or the argument itself where it is the element (then it may be NULL without the result being so,
/// and the overload is not strict).
inline constexpr std::size_t no_element = ~std::size_t{0};

/// The kernel of `body(State&, ArrayMaker&, const ArgumentRow&)`, called for rows without a NULL argument
/// (but the element); the body takes elements and ends the row, or leaves it NULL.
template <typename State, typename Body>
class MakesArrays final : public Kernel {
 public:
  MakesArrays(Type type, std::string_view function, std::size_t element, Body body)
      : type_(type), function_(function), element_(element), body_(std::move(body)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    std::vector<const Column*> sources;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const bool has_elements = i != element_ && arguments[i].type.kind == TypeKind::array;
      sources.push_back(has_elements ? &(*arguments[i].children)[0] : &arguments[i]);
    }
    ArrayMaker maker(type_, context, std::move(sources), function_);
    [[maybe_unused]] State state;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (is_any_null(arguments, row)) continue;
      maker.allow(longest(arguments, row));
      body_(state, maker, ArgumentRow{arguments, row});
    }
    if (element_ != no_element) pass_errors_on(arguments, context.rows, maker.writer());
    return maker.finish();
  }

 private:
  bool is_any_null(std::span<const Column> arguments, std::uint32_t row) const {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (i != element_ && arguments[i].is_null(row)) return true;
    }
    return false;
  }

  std::uint32_t longest(std::span<const Column> arguments, std::uint32_t row) const {
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (i != element_ && arguments[i].type.kind == TypeKind::array)
        length = std::max(length, arguments[i].at<Span>(row).length);
    }
    return length;
  }

  Type type_;
  std::string_view function_;
  std::size_t element_;
  Body body_;
};

/// `function` is a literal, for messages.
template <typename State, typename Body>
KernelResult makes_arrays(const CallSite& site, std::string_view function, Body body,
                          std::size_t element = no_element) {
  return kernel_of<MakesArrays<State, Body>>(site.result, function, element, std::move(body));
}

}  // namespace weir
