// postgres_client.cpp — connects, sets the session up, waits for replies.
#include "connectors/postgres/postgres_client.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "connectors/postgres/postgres_error.h"
#include "engine/component/row_keys.h"

namespace weir {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

void drop_notice(void*, const PGresult*) {}

// Later keys win: what the dsn says beats our defaults, but not the name by which a successor finds us.
pg_conn* start(const PostgresSettings& settings) {
  const char* keys[] = {
      "connect_timeout",  "keepalives", "keepalives_idle",  "keepalives_interval", "keepalives_count",
      "tcp_user_timeout", "dbname",     "application_name", "client_encoding",     nullptr};
  const char* values[] = {
      "10",   "1",    "30", "10", "3", "30000", settings.dsn.c_str(), settings.application_name.c_str(),
      "UTF8", nullptr};
  return PQconnectStartParams(keys, values, 1);
}

bool is_good(const PostgresResult& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

bool is_copy(const PostgresResult& result) {
  const ExecStatusType status = PQresultStatus(result.get());
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += c;
    result += c;
  }
  return result += quote;
}

constexpr const char* avoiding_scans =
    " SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;";

}  // namespace

void ClearPostgresResult::operator()(pg_result* result) const { PQclear(result); }

Result<std::unique_ptr<PostgresClient>> PostgresClient::connect(const PostgresSettings& settings) {
  pg_conn* handle = start(settings);
  if (handle == nullptr) return Error{ErrorKind::service, "out of memory while connecting to Postgres"};
  std::unique_ptr<PostgresClient> client(new PostgresClient(handle, settings));
  if (PQstatus(handle) == CONNECTION_BAD) return error_of_connecting(PQerrorMessage(handle));
  PQsetErrorVerbosity(handle, PQERRORS_VERBOSE);  // else the SQLSTATE of a refused login is nowhere
  PQsetNoticeReceiver(handle, drop_notice, nullptr);
  WEIR_TRY(client->finish_connecting());
  PQsetErrorVerbosity(handle, PQERRORS_DEFAULT);
  PQsetnonblocking(handle, 1);
  WEIR_TRY(client->set_up_session());
  return client;
}

PostgresClient::~PostgresClient() { PQfinish(handle_); }

Status PostgresClient::finish_connecting() {
  const SteadyTime deadline = std::chrono::steady_clock::now() + settings_.connect_patience;
  for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
    WEIR_TRY(wait(state == PGRES_POLLING_WRITING, deadline));
    state = PQconnectPoll(handle_);
    if (state == PGRES_POLLING_FAILED) return error_of_connecting(PQerrorMessage(handle_));
  }
  return {};
}

Status PostgresClient::avoid_scans() { return query(avoiding_scans).status(); }

// A session that dies must not hold its locks for long: the server watches the line and idle transactions.
Status PostgresClient::set_up_session() {
  std::string sql = fmt::format(
      "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET "
      "idle_in_transaction_session_timeout = '60s'; "
      "SET lock_timeout = '{}ms'; SET synchronize_seqscans = off;",
      settings_.lock_timeout.count());
  if (!settings_.waits_for_disk) sql += " SET synchronous_commit = off;";
  // A plan is kept: one that reads the whole of a small table would go on reading it when it is large. And staging tables
  // have no statistics: a join with one is taken for larger than it is, and then reads all of the other table. JIT
  // would be started by the cost that stands for "avoid".
  if (settings_.avoids_scans) sql += avoiding_scans;
  if (PQserverVersion(handle_) >= 140000) sql += " SET client_connection_check_interval = '2s';";
  Result<PostgresResult> done = query(sql);
  if (done.ok()) return {};
  // Windows and some other systems cannot watch the line.
  if (done.error().code() != "22023") return std::move(done).error();
  return query(sql.substr(0, sql.rfind("SET client_connection"))).status();
}

bool PostgresClient::is_connected() const { return PQstatus(handle_) == CONNECTION_OK; }

bool PostgresClient::is_idle() const { return is_connected() && PQtransactionStatus(handle_) == PQTRANS_IDLE; }

// Linux lets a program read after shutdown what came before, and even what comes later: so a socket whose other end is
// closed takes the place of the connection's.
void PostgresClient::cut() {
  const int socket = PQsocket(handle_);
  ::shutdown(socket, SHUT_RDWR);
  int ends[2];
  if (socket < 0 || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return;
  ::dup3(ends[0], socket, O_CLOEXEC);
  ::close(ends[0]);
  ::close(ends[1]);
}

Error PostgresClient::connection_error() const { return error_of_result(nullptr, PQerrorMessage(handle_)); }

Status PostgresClient::wait(bool for_writing, SteadyTime deadline) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())
            .count();
    if (left <= 0) {
      cut();
      return Error{ErrorKind::service,
                   fmt::format("no reply from {}:{} in time", PQhost(handle_), PQport(handle_))};
    }
    pollfd descriptor{PQsocket(handle_), static_cast<short>(for_writing ? POLLIN | POLLOUT : POLLIN), 0};
    // During connecting only one direction counts.
    if (for_writing && PQstatus(handle_) != CONNECTION_OK) descriptor.events = POLLOUT;
    const int ready = ::poll(&descriptor, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return Error{ErrorKind::service, "waiting for the server failed"};
  }
}

Status PostgresClient::flush() {
  const SteadyTime deadline = std::chrono::steady_clock::now() + settings_.reply_patience;
  for (;;) {
    const int state = PQflush(handle_);
    if (state == 0) return {};
    if (state < 0) return connection_error();
    WEIR_TRY(wait(true, deadline));
    if (PQconsumeInput(handle_) == 0) return connection_error();
  }
}

Result<PostgresResult> PostgresClient::next_result() {
  WEIR_TRY(flush());
  const SteadyTime deadline = std::chrono::steady_clock::now() + settings_.reply_patience;
  while (PQisBusy(handle_) != 0) {
    WEIR_TRY(wait(false, deadline));
    if (PQconsumeInput(handle_) == 0) return connection_error();
  }
  return PostgresResult(PQgetResult(handle_));
}

Result<PostgresResult> PostgresClient::query(const std::string& sql) {
  if (PQsendQuery(handle_, sql.c_str()) == 0) return connection_error();
  PostgresResult last;
  std::optional<Error> error;
  for (;;) {
    WEIR_ASSIGN(PostgresResult result, next_result());
    if (result == nullptr) break;
    if (is_copy(result)) {
      cut();
      return Error{ErrorKind::user, "COPY cannot be used here: it moves rows outside of a result"};
    }
    if (!is_good(result) && !error) error = error_of_result(result.get(), PQerrorMessage(handle_));
    last = std::move(result);
  }
  if (error) return std::move(*error);
  if (last == nullptr) return connection_error();
  return last;
}

Status PostgresClient::send(const std::string& sql, std::span<const std::optional<std::string>> parameters,
                            bool is_binary) {
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  const int sent = PQsendQueryParams(handle_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                                     nullptr, nullptr, is_binary ? 1 : 0);
  return sent == 1 ? Status() : Status(connection_error());
}

Result<PostgresResult> PostgresClient::query(const std::string& sql,
                                             std::span<const std::optional<std::string>> parameters) {
  WEIR_TRY(send(sql, parameters, false));
  PostgresResult last;
  for (;;) {
    WEIR_ASSIGN(PostgresResult result, next_result());
    if (result == nullptr) break;
    last = std::move(result);
  }
  if (last == nullptr || !is_good(last)) return error_of_result(last.get(), PQerrorMessage(handle_));
  return last;
}

Status PostgresClient::stream(const std::string& sql,
                              std::initializer_list<std::optional<std::string>> parameters,
                              const std::function<Status(const PostgresResult& row)>& take) {
  WEIR_TRY(send(sql, std::span(parameters.begin(), parameters.size()), true));
  if (PQsetSingleRowMode(handle_) == 0) return connection_error();
  Status taken;
  for (;;) {
    WEIR_ASSIGN(const PostgresResult result, next_result());
    if (result == nullptr) return taken;
    const bool is_row = PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE;
    // What comes after an error of `take` is read and dropped: the connection stays good.
    if (is_row && taken.ok()) taken = take(result);
    if (!is_row && !is_good(result) && taken.ok()) taken = error_of_result(result.get(), PQerrorMessage(handle_));
  }
}

void PostgresClient::roll_back() {
  if (!is_connected() || PQtransactionStatus(handle_) == PQTRANS_IDLE) return;
  if (PQtransactionStatus(handle_) == PQTRANS_ACTIVE || !query("ROLLBACK").ok()) cut();
}

PreparedStatement& PostgresClient::statement(const std::string& sql) {
  const auto [found, is_new] = statements_.try_emplace(sql);
  if (is_new) found->second.name = fmt::format("weir_{}", statements_.size());
  return found->second;
}

std::string quote_name(std::string_view name) { return quoted(name, '"'); }

std::string quote_table(const std::string& written) {
  const TableName name = split_table_name(written);
  return name.schema.empty() ? quote_name(name.table)
                             : quote_name(name.schema) + "." + quote_name(name.table);
}

// standard_conforming_strings is on since Postgres 9.1; a backslash is written as E'' would read it to be
// safe where it is off.
std::string quote_text(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return quoted(text, '\'');
  std::string doubled;
  for (const char c : text) doubled.append(c == '\\' ? 2 : 1, c);
  return " E" + quoted(doubled, '\'');
}

std::size_t row_count(const PostgresResult& result) {
  return static_cast<std::size_t>(PQntuples(result.get()));
}
std::size_t column_count(const PostgresResult& result) {
  return static_cast<std::size_t>(PQnfields(result.get()));
}
std::string column_name(const PostgresResult& result, std::size_t column) {
  return PQfname(result.get(), static_cast<int>(column));
}

std::optional<std::string> field_at(const PostgresResult& result, std::size_t row, std::size_t column) {
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  if (PQgetisnull(result.get(), r, c) != 0) return std::nullopt;
  return std::string(PQgetvalue(result.get(), r, c),
                     static_cast<std::size_t>(PQgetlength(result.get(), r, c)));
}

std::string text_at(const PostgresResult& result, std::size_t row, std::size_t column) {
  return field_at(result, row, column).value_or("");
}

std::int64_t number_at(const PostgresResult& result, std::size_t row, std::size_t column) {
  return std::strtoll(PQgetvalue(result.get(), static_cast<int>(row), static_cast<int>(column)), nullptr, 10);
}

std::string_view view_at(const PostgresResult& result, std::size_t row, std::size_t column) {
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  return {PQgetvalue(result.get(), r, c), static_cast<std::size_t>(PQgetlength(result.get(), r, c))};
}

std::int64_t binary_number_at(const PostgresResult& result, std::size_t row, std::size_t column) {
  std::uint64_t value;
  std::memcpy(&value, PQgetvalue(result.get(), static_cast<int>(row), static_cast<int>(column)), sizeof(value));
  return static_cast<std::int64_t>(__builtin_bswap64(value));
}

bool truth_at(const PostgresResult& result, std::size_t row, std::size_t column) {
  return *PQgetvalue(result.get(), static_cast<int>(row), static_cast<int>(column)) == 't';
}

std::int64_t affected_rows(const PostgresResult& result) {
  return std::strtoll(PQcmdTuples(result.get()), nullptr, 10);
}

}  // namespace weir
