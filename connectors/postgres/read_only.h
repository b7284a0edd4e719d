// read_only.h — asks Postgres questions: in one transaction that only reads, so that several answers agree.
#pragma once

#include <memory>

#include "connectors/postgres/postgres_client.h"
#include "engine/component/read_only_store.h"

namespace weir {

Result<std::unique_ptr<ReadOnlyConnection>> connect_read_only(const PostgresSettings& settings);

}  // namespace weir
