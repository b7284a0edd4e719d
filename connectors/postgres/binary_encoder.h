// binary_encoder.h — turns columns into rows of COPY BINARY.
#pragma once

#include <memory>

#include "connectors/postgres/table_facts.h"
#include "engine/component/store.h"

namespace weir {

/// Every encoded row is one tuple of the format: a field count, then fields as length and bytes (-1: NULL).
/// `table` must outlive the encoder.
std::unique_ptr<RowEncoder> make_postgres_encoder(const SinkTable& table, const PostgresTableFacts& facts);

}  // namespace weir
