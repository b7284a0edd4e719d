// reject_rows.h — rejects on their way into weir_rejects, many with one statement.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "connectors/postgres/statement_pipeline.h"
#include "engine/component/store.h"

namespace weir {

/// Queues statements `sql` (WeirTables::reject) that store these rows in their order; of two that stand for the same part of a record, the later one stays.
Status queue_rejects(StatementPipeline& pipeline, const std::string& sql, const std::string& name, std::int64_t epoch, std::span<const RejectedRow* const> rows);

}  // namespace weir
