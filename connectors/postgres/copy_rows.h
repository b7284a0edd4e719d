// copy_rows.h — sends encoded rows by COPY BINARY.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "connectors/postgres/postgres_client.h"
#include "engine/component/store.h"

namespace weir {

/// Runs `script`, statements of which exactly one is COPY … FROM STDIN (FORMAT binary), in one round trip and
/// feeds it `rows`. Returns how many rows each statement touched. On an error, nothing after the failed
/// statement has run.
Result<std::vector<std::int64_t>> copy_rows(PostgresClient& client, const std::string& script,
                                            std::span<const RowReference> rows);

}  // namespace weir
