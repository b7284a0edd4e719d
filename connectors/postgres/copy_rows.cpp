// copy_rows.cpp — gathers encoded rows into large messages and sends them.
#include "connectors/postgres/copy_rows.h"

#include <libpq-fe.h>

#include "connectors/postgres/postgres_error.h"
#include "engine/base/failpoint.h"

namespace weir {
namespace {

constexpr std::size_t message_bytes = 32 * 1024;
constexpr std::string_view header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view trailer("\377\377", 2);

Status send(PostgresClient& client, const std::string& message) {
  if (PQputCopyData(client.handle(), message.data(), static_cast<int>(message.size())) != 1)
    return client.connection_error();
  return client.flush();
}

Status send_rows(PostgresClient& client, std::span<const RowReference> rows) {
  std::string message(header);
  message.reserve(message_bytes + 4096);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == rows.size() / 2) {
      const failpoint::Outcome outcome = failpoint::here("copy_mid");
      if (outcome == failpoint::Outcome::cut) client.cut();
      if (outcome == failpoint::Outcome::error) {
        client.cut();
        return Error{ErrorKind::service, "failpoint copy_mid"};
      }
    }
    const EncodedRow& row = rows[i].rows->rows[rows[i].index];
    message.append(rows[i].rows->bytes.data() + row.offset, row.size);
    if (message.size() < message_bytes) continue;
    WEIR_TRY(send(client, message));
    message.clear();
  }
  message += trailer;
  WEIR_TRY(send(client, message));
  return PQputCopyEnd(client.handle(), nullptr) == 1 ? Status() : Status(client.connection_error());
}

}  // namespace

Result<std::vector<std::int64_t>> copy_rows(PostgresClient& client, const std::string& script,
                                            std::span<const RowReference> rows) {
  if (PQsendQuery(client.handle(), script.c_str()) == 0) return client.connection_error();
  std::vector<std::int64_t> affected;
  std::optional<Error> error;
  for (;;) {
    WEIR_ASSIGN(PostgresResult result, client.next_result());
    if (result == nullptr) break;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COPY_IN) {
      WEIR_TRY(send_rows(client, rows));
    } else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
      affected.push_back(affected_rows(result));
    } else if (!error) {
      error = error_of_result(result.get(), PQerrorMessage(client.handle()));
    }
  }
  if (error) return std::move(*error);
  return affected;
}

}  // namespace weir
