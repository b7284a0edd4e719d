// read_only.cpp — runs statements of reports in Postgres, and finds the places of what it says about them.
#include "connectors/postgres/read_only.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <atomic>

#include "connectors/postgres/postgres_error.h"

namespace weir {
namespace {

struct FreeCancel {
  void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
};

QueryColumn::Kind kind_of(Oid type) {
  switch (type) {
    case 20: case 21: case 23: case 26: case 700: case 701: case 1700: return QueryColumn::Kind::number;
    case 16: return QueryColumn::Kind::truth;
    case 1082: case 1114: case 1184: return QueryColumn::Kind::time;
    default: return QueryColumn::Kind::text;
  }
}

std::optional<std::string> bound(const QueryValue& value) {
  return value.kind == QueryValue::Kind::null ? std::nullopt : std::optional(value.text);
}

/// Bytes before the character of this number, counted from 1.
std::size_t byte_of_character(const std::string& text, std::size_t character) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && ++seen == character) return at;
  }
  return at;
}

std::string field(const PostgresResult& result, int code) {
  const char* text = PQresultErrorField(result.get(), code);
  return text == nullptr ? "" : text;
}

class PostgresReader final : public ReadOnlyConnection {
 public:
  explicit PostgresReader(std::unique_ptr<PostgresClient> client) : client_(std::move(client)), cancel_(PQgetCancel(client_->handle())) {}

  Result<QueryResult> prepare(const ReadOnlyStatement& statement) override {
    const NumberedStatement numbered(statement, '$');
    WEIR_TRY(begin(QueryLimits{}.time));
    Result<QueryResult> result = describe(numbered);
    WEIR_TRY(end());
    return result;
  }

  Result<QueryResult> run(const ReadOnlyStatement& statement, const QueryLimits& limits) override {
    const NumberedStatement numbered(statement, '$');
    WEIR_TRY(begin(limits.time));
    Result<QueryResult> result = read(statement, numbered, limits);
    WEIR_TRY(end());
    return result;
  }

  void cancel() override {
    is_cancelled_ = true;
    char message[256];
    PQcancel(cancel_.get(), message, sizeof message);
  }

 private:
  // Whatever becomes of the statement, the transaction goes on, and with it what it sees.
  Status begin(std::chrono::milliseconds time) {
    if (is_cancelled_) return cancelled();
    std::string script = has_begun_ ? "" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ";
    script += fmt::format("SET LOCAL statement_timeout = {}; SAVEPOINT weir_report", time.count());
    has_begun_ = true;
    return client_->query(script).status();
  }
  Status end() {
    if (!client_->is_connected()) return {};  // which the statement has told
    return client_->query("ROLLBACK TO SAVEPOINT weir_report; SET LOCAL statement_timeout = 0").status();
  }

  Result<QueryResult> describe(const NumberedStatement& numbered) {
    if (PQsendPrepare(client_->handle(), "", numbered.sql().c_str(), 0, nullptr) == 0) return client_->connection_error();
    WEIR_TRY(drain(numbered, {}));
    if (PQsendDescribePrepared(client_->handle(), "") == 0) return client_->connection_error();
    PostgresResult description;
    WEIR_TRY(drain(numbered, {}, [&](PostgresResult result) { description = std::move(result); }));
    QueryResult result;
    WEIR_TRY(take_columns(description, result));
    return result;
  }

  Result<QueryResult> read(const ReadOnlyStatement& statement, const NumberedStatement& numbered, const QueryLimits& limits) {
    std::vector<std::optional<std::string>> values;
    for (const QueryParameter& parameter : statement.parameters) values.push_back(bound(parameter.value));
    std::vector<const char*> texts;
    for (const auto& value : values) texts.push_back(value ? value->c_str() : nullptr);
    if (PQsendQueryParams(client_->handle(), numbered.sql().c_str(), static_cast<int>(texts.size()), nullptr, texts.data(), nullptr, nullptr, 0) == 0 ||
        PQsetSingleRowMode(client_->handle()) == 0) {
      return client_->connection_error();
    }
    bytes_ = 0;
    QueryResult result;
    PostgresResult shape;
    const auto take = [&](PostgresResult row) {
      if (row_count(row) != 0) take_row(row, limits, result);
      if (shape == nullptr) shape = std::move(row);
    };
    const Status drained = drain(numbered, limits, take);
    if (!drained.ok() && !result.is_cut) return drained.error();
    if (result.is_cut) WEIR_TRY(end());  // what was cut short has failed
    WEIR_TRY(take_columns(shape, result));
    return result;
  }

  void take_row(const PostgresResult& row, const QueryLimits& limits, QueryResult& result) {
    if (result.is_cut) return;
    if (result.rows.size() == limits.rows || bytes_ > limits.bytes) {
      result.is_cut = true;
      char message[256];
      PQcancel(cancel_.get(), message, sizeof message);
      return;
    }
    std::vector<std::optional<std::string>> cells;
    for (std::size_t column = 0; column < column_count(row); ++column) {
      cells.push_back(field_at(row, 0, column));
      bytes_ += cells.back() ? cells.back()->size() : 0;
    }
    result.rows.push_back(std::move(cells));
  }

  /// To the end of what was sent; `take` gets the good results.
  Status drain(const NumberedStatement& numbered, const QueryLimits& limits, const std::function<void(PostgresResult)>& take = nullptr) {
    std::optional<Error> error;
    for (;;) {
      WEIR_ASSIGN(PostgresResult result, client_->next_result());
      if (result == nullptr) break;
      const ExecStatusType status = PQresultStatus(result.get());
      const bool is_good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE || status == PGRES_EMPTY_QUERY;
      if (!is_good && !error) error = error_of(result, numbered, limits);
      if (is_good && take != nullptr) take(std::move(result));
    }
    return error ? Status(*std::move(error)) : Status();
  }

  static Error cancelled() { return Error{ErrorKind::service, "it was cancelled"}; }

  Error error_of(const PostgresResult& result, const NumberedStatement& numbered, const QueryLimits& limits) const {
    Error error = error_of_result(result.get(), PQerrorMessage(client_->handle()));
    const std::string& code = error.code();
    if (code == "57014" && is_cancelled_) return cancelled();
    if (code == "57014")
      return Error{ErrorKind::service, fmt::format("the database was not done after {} s", static_cast<double>(limits.time.count()) / 1000)}.with_hint(
          "give it more time with --timeout, or ask for less");
    if (error.kind() == ErrorKind::service && code != "25006") return error;
    const std::string position = field(result, PG_DIAG_STATEMENT_POSITION);
    const Location where = position.empty() ? numbered.place(std::string::npos) : numbered.place(byte_of_character(numbered.sql(), std::stoul(position)));
    return explained(std::move(error).at(where), field(result, PG_DIAG_MESSAGE_HINT));
  }

  static Error explained(Error error, std::string hint) {
    const std::string code = error.code();
    if (code == "42P01")
      return Error{ErrorKind::service, error.message(), error.where()}.with_code(code).as("W0805").with_hint("weir run makes the tables of the sinks when it starts, and weir init-db makes them now");
    if (code == "42501") return std::move(error).as("W0804").with_hint("GRANT SELECT on what the report reads");
    if (code == "25006") return Error{ErrorKind::user, "a report may not change anything: " + error.message(), error.where()}.with_code(code).as("W1106");
    if (code == "42P18") hint = "say its type: write :NAME::text, or :NAME::date";
    if (code == "42P08") hint = "write its type at each place: :NAME::text";
    return std::move(error).as("W1106").with_hint(std::move(hint));
  }

  Status take_columns(const PostgresResult& shape, QueryResult& result) {
    std::string types = "{", sizes = "{";
    for (int column = 0; column < PQnfields(shape.get()); ++column) {
      result.columns.push_back({PQfname(shape.get(), column), "", kind_of(PQftype(shape.get(), column))});
      types += fmt::format("{}{}", column == 0 ? "" : ",", PQftype(shape.get(), column));
      sizes += fmt::format("{}{}", column == 0 ? "" : ",", PQfmod(shape.get(), column));
    }
    WEIR_ASSIGN(const PostgresResult names, client_->query("SELECT pg_catalog.format_type(t, m) FROM ROWS FROM (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::int[])) WITH ORDINALITY AS u(t, m, n) ORDER BY n",
                                                           {types + "}", sizes + "}"}));
    for (std::size_t column = 0; column < row_count(names) && column < result.columns.size(); ++column) result.columns[column].type = text_at(names, column, 0);
    return {};
  }

  std::unique_ptr<PostgresClient> client_;
  std::unique_ptr<PGcancel, FreeCancel> cancel_;
  std::atomic<bool> is_cancelled_{false};
  std::size_t bytes_ = 0;  // of cells of the statement that runs
  bool has_begun_ = false;
};

}  // namespace

Result<std::unique_ptr<ReadOnlyConnection>> connect_read_only(const PostgresSettings& settings) {
  WEIR_ASSIGN(std::unique_ptr<PostgresClient> client, PostgresClient::connect(settings));
  return std::unique_ptr<ReadOnlyConnection>(std::make_unique<PostgresReader>(std::move(client)));
}

}  // namespace weir
