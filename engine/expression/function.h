// function.h — what a function is: names, typed signatures, properties, documentation and a vectorised body.
//
// Built-in and plugin functions are described the same way. A family of functions is one file in functions/ with one
// exported `void register_...(FunctionRegistry&)`; builtin_functions.cpp is the one list of families.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/value.h"

namespace weir {

/// What a body may need besides its arguments. One per evaluating thread and chunk.
struct EvaluationContext {
  std::uint32_t rows;                   // rows to compute: rows of the result column
  Arena& arena;                         // where results go
  std::int64_t now_microseconds;        // wall time, read once per chunk
};

/// The body of one call site, made at compile time by `prepare`. Called by several threads at once, so const.
///
/// `arguments` have the overload's types exactly (the binder inserts casts). Rows where a strict overload has a NULL argument hold
/// arbitrary values there: compute them or not, the evaluator makes them NULL; a body of a strict overload need
/// not look at validity and writes all rows. Errors: writer.set_error(row, code, message).
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Reads what is too costly for a pipeline that is only checked, such as a large file. Called once, before the first evaluate(); an error is
  /// reported as one of `prepare`.
  virtual Status load() { return {}; }
  virtual Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const = 0;
  /// For bodies that read a file which may be replaced: a number that changes with it. Remembered results of an earlier one are forgotten.
  /// Asked for once per chunk.
  virtual std::uint64_t generation(const EvaluationContext&) const { return 0; }
};

/// What is known of a call site at compile time. `constants[i]` is null where argument i is not a literal.
struct CallSite {
  std::vector<Type> types;
  std::vector<const Value*> constants;
  Type result;
};

/// One signature. `parameters` names type patterns: a type ("string", "decimal"), "any", "number", "array", "map", "struct"; "T" (all T's of a call are one type),
/// "array<T>", "map<K, V>", "S" (structs of one type). The last pattern repeats if `variadic`, "K", "V" as a pair.
struct Overload {
  std::vector<std::string> parameters;
  bool variadic = false;
  std::size_t optional = 0;  // how many trailing parameters may be left out
  /// The result type for resolved argument types; an error sentence is reported at the call.
  std::function<Result<Type>(const CallSite&)> result;
  /// Makes the body; an error (e.g. a bad regular expression literal) is reported at the call.
  std::function<Result<std::unique_ptr<Kernel>>(const CallSite&)> prepare;
  /// NULL in any argument gives NULL, an error in any argument gives that error: done by the evaluator. A non-strict body (coalesce, case, and,
  /// concat_ws) handles validity and `errors` of its arguments itself.
  bool strict = true;
  bool never_null = false;  // the result is never NULL when no argument is (strict), or at all (non-strict); of aggregates, that of some rows, or of any
  /// Where it comes from if it does not ship with Weir; changes whenever its results may: "plugin acme 1.2.0". Part of a plan's fingerprint.
  std::string origin = {};
};

struct FunctionExample { std::string expression; std::string result; };  // result as CAST(.. AS string) prints it, NULL as NULL

struct Function {
  std::string name;                  // lower case
  std::vector<std::string> aliases;
  std::string family;                // "string", "date and time", "json", "hash", "math", "conditional", "url", "operator", ...
  std::string signature;             // for people: "substring(text string, start int[, length int]) -> string"
  std::string summary;               // one sentence
  std::vector<FunctionExample> examples;  // each is run as a test
  std::vector<Overload> overloads;
  bool deterministic = true;
  bool expensive = false;            // deterministic and costly: results are remembered per distinct argument
  bool is_operator = false;          // not listed as a function
  /// The setting of the pipeline (`settings:`) that is the last parameter, a string, where a call leaves that one out.
  std::string setting;
};

/// Owns its functions; their addresses stay good. Filled at start-up, then only read, by any thread.
class FunctionRegistry {
 public:
  /// An error if the name or an alias is taken.
  Status add(Function function);
  const Function* find(std::string_view name) const;  // any case
  std::vector<std::string> names() const;             // sorted, with aliases, without operators
  std::vector<const Function*> functions() const;     // sorted by name, with operators
  std::vector<std::string> settings() const;          // sorted: what functions take from the pipeline's `settings:`

 private:
  std::map<std::string, std::unique_ptr<Function>, std::less<>> functions_;
  std::map<std::string, const Function*, std::less<>> aliases_;
};

/// The one list of built-in families.
void register_builtin_functions(FunctionRegistry& registry);

}  // namespace weir
