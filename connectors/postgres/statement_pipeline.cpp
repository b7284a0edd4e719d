// statement_pipeline.cpp — libpq's pipeline mode.
#include "connectors/postgres/statement_pipeline.h"

#include <libpq-fe.h>

#include "connectors/postgres/postgres_error.h"

namespace weir {
namespace {

constexpr std::size_t most_unsent_bytes = 1 << 20;

}  // namespace

Status StatementPipeline::start() {
  if (PQpipelineStatus(client_.handle()) != PQ_PIPELINE_OFF) return {};
  return PQenterPipelineMode(client_.handle()) == 1 ? Status() : Status(client_.connection_error());
}

Status StatementPipeline::add(const std::string& sql, std::span<const PostgresParameter> parameters) {
  WEIR_TRY(start());
  PreparedStatement& statement = client_.statement(sql);
  if (!statement.is_prepared) {
    if (PQsendPrepare(client_.handle(), statement.name.c_str(), sql.c_str(), 0, nullptr) == 0)
      return client_.connection_error();
    // Until its own reply says otherwise: a second use in this pipeline need not prepare again.
    statement.is_prepared = true;
    sent_.push_back({&statement});
  }
  values_.clear();
  sizes_.clear();
  formats_.clear();
  for (const PostgresParameter& parameter : parameters) {
    values_.push_back(parameter.data);
    sizes_.push_back(parameter.size);
    formats_.push_back(parameter.is_binary ? 1 : 0);
    unsent_bytes_ += static_cast<std::size_t>(parameter.size) + 8;
  }
  if (PQsendQueryPrepared(client_.handle(), statement.name.c_str(), static_cast<int>(values_.size()),
                          values_.data(), sizes_.data(), formats_.data(), 0) == 0) {
    return client_.connection_error();
  }
  sent_.push_back({nullptr});
  if (unsent_bytes_ < most_unsent_bytes) return {};
  unsent_bytes_ = 0;
  return client_.flush();
}

Status StatementPipeline::send() {
  if (is_complete_) return {};
  WEIR_TRY(start());
  if (PQpipelineSync(client_.handle()) == 0) return client_.connection_error();
  is_complete_ = true;
  return client_.flush();
}

Result<PipelineReport> StatementPipeline::run() {
  WEIR_TRY(send());
  PipelineReport report;
  for (const Sent& sent : sent_) {
    WEIR_ASSIGN(PostgresResult result, client_.next_result());
    if (result == nullptr) return client_.connection_error();
    const ExecStatusType status = PQresultStatus(result.get());
    const bool is_good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!is_good && !report.error && status != PGRES_PIPELINE_ABORTED) {
      report.error = error_of_result(result.get(), PQerrorMessage(client_.handle()));
    }
    if (sent.prepares != nullptr) {
      sent.prepares->is_prepared = is_good;
    } else if (is_good) {
      report.affected.push_back(affected_rows(result));
      report.last_tag = PQcmdStatus(result.get());
    }
    // Each statement's results end with a null.
    while (result != nullptr) {
      WEIR_ASSIGN(result, client_.next_result());
    }
  }
  WEIR_ASSIGN(const PostgresResult sync, client_.next_result());
  sent_.clear();
  is_complete_ = false;
  if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(client_.handle()) == 0)
    return client_.connection_error();
  return report;
}

}  // namespace weir
