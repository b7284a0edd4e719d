// read_only_store.h — the contract of a store that answers questions: one statement that reads, its parameters, and rows as text. For reports.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/component/store.h"

namespace weir {

/// What of its SQL a reader of texts must know to tell quotes and comments from the rest.
struct SqlSpelling {
  bool has_dollar_quotes = false;   // $$...$$ and $tag$...$tag$
  bool has_escape_strings = false;  // E'it\'s'
  bool nests_comments = false;      // /* /* */ */
  bool has_bracket_names = false;   // [a b], and `a b`
  const char* parameter_signs = ""; // what the database's own parameters begin with: $1, ?
};

/// A literal that a statement is given.
struct QueryValue {
  enum class Kind : std::uint8_t { null, text, number, truth };  // truth: "true" or "false"
  Kind kind = Kind::null;
  std::string text;
};

struct QueryParameter {
  std::string name;
  QueryValue value;
};

/// One statement that reads, and where :name stands in it for a parameter.
struct ReadOnlyStatement {
  std::string sql;
  struct Placeholder {
    std::size_t offset, length;  // in bytes of `sql`, the colon with it
    std::size_t parameter;       // index into `parameters`
  };
  std::vector<Placeholder> placeholders;  // ascending
  std::vector<QueryParameter> parameters;
  /// Where bytes of `sql` stand in the pipeline file. Null: nowhere.
  std::function<Location(std::size_t offset, std::size_t length)> place;
};

struct QueryColumn {
  enum class Kind : std::uint8_t { text, number, truth, time };
  std::string name;
  std::string type;  // as the database calls it: "numeric(10,2)"; empty where it does not say
  Kind kind = Kind::text;
};

/// Cells are as the database writes them: a number keeps all its digits. Nothing is NULL.
struct QueryResult {
  std::vector<QueryColumn> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
  bool is_cut = false;  // there were more rows, or larger ones, than were asked for
};

struct QueryLimits {
  std::chrono::milliseconds time{30'000};
  std::size_t rows = 100'000;
  std::size_t bytes = 256 << 20;  // of cells
};

/// An open connection that sees the database as it was at its first statement, and changes nothing. One thread, but for cancel().
///
/// Errors of the statement stand at their place in the pipeline file, as far as the database tells it: W1106 what the database does not understand or
/// refuses, W0805 a table that is not there, W0804 a missing permission. The connection stays good after them.
class ReadOnlyConnection {
 public:
  virtual ~ReadOnlyConnection() = default;
  /// Lets the database check the statement without running it; the result has columns and no rows.
  virtual Result<QueryResult> prepare(const ReadOnlyStatement& statement) = 0;
  virtual Result<QueryResult> run(const ReadOnlyStatement& statement, const QueryLimits& limits) = 0;
  /// Ends the statement that is under way, which then fails. Any thread, any time.
  virtual void cancel() = 0;
};

/// A StoreDefinition may be one of these too.
class ReadOnlyStore {
 public:
  virtual ~ReadOnlyStore() = default;
  virtual SqlSpelling spelling() const = 0;
  /// Neither makes the database nor anything in it. `patience`: for connecting.
  virtual Result<std::unique_ptr<ReadOnlyConnection>> open_read_only(std::chrono::milliseconds patience) const = 0;
};

/// Null where the store answers no questions.
const ReadOnlyStore* read_only_store(const StoreDefinition& store);

/// A statement with its placeholders as a database wants them, and the way back.
class NumberedStatement {
 public:
  /// `sign` stands before the number of a parameter, which counts from 1: '$' or '?'.
  NumberedStatement(const ReadOnlyStatement& statement, char sign);

  const std::string& sql() const { return sql_; }
  /// The place of the word at a byte of sql(); that of the whole statement beyond its end.
  Location place(std::size_t offset) const;

 private:
  const ReadOnlyStatement& statement_;
  std::string sql_;
  std::vector<std::size_t> starts_;  // of the placeholders, in sql_
};

}  // namespace weir
