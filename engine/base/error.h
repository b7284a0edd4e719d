// error.h — errors as values: what went wrong, of which kind, where, and in what context.
//
// The kind chooses the reaction: a `user` error stops before anything runs (exit 78), a `data` error rejects one row,
// a `service` error is retried with backoff, `fenced` gives a split up, the rest stops the run (exit 1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/check.h"

namespace weir {

enum class ErrorKind : std::uint8_t {
  user,     // the pipeline file, an option or a setting is wrong
  usage,    // the command line is wrong
  data,     // one row is wrong
  service,  // a broker or database is not there or said no for now; trying again may help
  fenced,   // another process owns what this one wanted to commit
  stopped,  // asked to stop while waiting
  fatal,    // going on would lose or repeat rows, or needs a person (retention passed us, schema changed, ...)
};

/// The text an error can point into: a pipeline file, or an expression given on the command line.
struct SourceText {
  std::string name;  // as the user knows it, e.g. pipelines/a.yaml
  std::string text;
};

/// A span of a source text. Line and column count from 1, in bytes; length 0 means the whole line is meant.
struct Location {
  std::shared_ptr<const SourceText> source;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 0;
  bool is_known() const { return source != nullptr && line != 0; }
};

/// What explains an error beside it: where the other definition stands, which step took a column away.
struct Note {
  std::string text;
  Location where;  // may be unknown
};

class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string message, Location where = {})
      : kind_(kind), message_(std::move(message)), where_(std::move(where)) {}

  ErrorKind kind() const { return kind_; }
  /// A plain sentence, then the value, then the hint; without location and context.
  const std::string& message() const { return message_; }
  const Location& where() const { return where_; }
  /// A short machine-readable reason: an SQLSTATE, or a reject reason such as "not_json". Empty if there is none.
  const std::string& code() const { return code_; }
  /// Which kind of mistake in a pipeline file this is: a code of the catalogue (engine/plan/error_catalogue.h), such as "W0201". Empty for what no
  /// file is to blame for.
  std::string_view mistake() const { return mistake_; }
  /// A suggestion printed on a line of its own, e.g. "did you mean amount?".
  const std::string& hint() const { return hint_; }
  const std::vector<Note>& notes() const { return notes_; }

  Error&& with_code(std::string code) && { code_ = std::move(code); return std::move(*this); }
  Error&& with_hint(std::string hint) && { hint_ = std::move(hint); return std::move(*this); }
  /// `mistake`: a literal.
  Error&& as(std::string_view mistake) && { mistake_ = mistake; return std::move(*this); }
  Error&& with_note(std::string text, Location where) && { notes_.push_back({std::move(text), std::move(where)}); return std::move(*this); }
  /// The same with another place, or in other words.
  Error&& at(Location where) && { where_ = std::move(where); return std::move(*this); }
  Error&& reworded(std::string message) && { message_ = std::move(message); return std::move(*this); }
  /// Adds what the caller was doing: Error{"refused"}.in("source views") prints "source views: refused".
  Error&& in(const std::string& context) && { message_ = context + ": " + message_; return std::move(*this); }

 private:
  ErrorKind kind_;
  std::string message_;
  Location where_;
  std::string_view mistake_;
  std::string code_;
  std::string hint_;
  std::vector<Note> notes_;
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::make_unique<Error>(std::move(error))) {}
  bool ok() const { return error_ == nullptr; }
  const Error& error() const& { WEIR_CHECK(!ok(), "error() is asked only of a failed status"); return *error_; }
  Error error() && { WEIR_CHECK(!ok(), "error() is asked only of a failed status"); return std::move(*error_); }

 private:
  std::unique_ptr<Error> error_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  bool ok() const { return state_.index() == 0; }
  T& value() & { check(); return std::get<0>(state_); }
  const T& value() const& { check(); return std::get<0>(state_); }
  T value() && { check(); return std::move(std::get<0>(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& { WEIR_CHECK(!ok(), "error() is asked only of a failed result"); return std::get<1>(state_); }
  Error error() && { WEIR_CHECK(!ok(), "error() is asked only of a failed result"); return std::move(std::get<1>(state_)); }
  Status status() && { return ok() ? Status() : Status(std::get<1>(std::move(state_))); }

 private:
  void check() const { WEIR_CHECK(ok(), "value() is asked only of a good result"); }
  std::variant<T, Error> state_;
};

/// Collects the errors and warnings of a text, so that all of them are reported and not only the first.
class Diagnostics {
 public:
  void error(Error error) { errors_.push_back(std::move(error)); }
  void warning(Error warning) { warnings_.push_back(std::move(warning)); }
  bool ok() const { return errors_.empty(); }
  const std::vector<Error>& errors() const { return errors_; }
  const std::vector<Error>& warnings() const { return warnings_; }

 private:
  std::vector<Error> errors_;
  std::vector<Error> warnings_;
};

/// The error as a user reads it: "error[MISTAKE]: MESSAGE", then, where the place is known, " --> file:line:column" (in characters), the source
/// line, a caret line under the span, the hint, and every note likewise. Ends in a newline. `severity` is "error" or "warning".
std::string render(const Error& error, const char* severity = "error");

}  // namespace weir

#define WEIR_CONCAT_INNER(a, b) a##b
#define WEIR_CONCAT(a, b) WEIR_CONCAT_INNER(a, b)

/// Returns the error of a Status (or Result, its value dropped) to the caller.
#define WEIR_TRY(expression)                                         \
  do {                                                               \
    if (auto weir_status = (expression); !weir_status.ok()) {        \
      return std::move(weir_status).error();                         \
    }                                                                \
  } while (false)

/// WEIR_ASSIGN(auto value, f()): declares value from a Result, or returns its error to the caller.
#define WEIR_ASSIGN(declaration, expression) WEIR_ASSIGN_INNER(WEIR_CONCAT(weir_result_, __LINE__), declaration, expression)
#define WEIR_ASSIGN_INNER(result, declaration, expression) \
  auto result = (expression);                              \
  if (!result.ok()) return std::move(result).error();      \
  declaration = std::move(result).value()
