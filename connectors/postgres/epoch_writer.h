// epoch_writer.h — commits epochs into Postgres, whatever becomes of the connection meanwhile.
#pragma once

#include <memory>

#include "connectors/postgres/epoch_transaction.h"
#include "connectors/postgres/postgres_client.h"
#include "connectors/postgres/table_facts.h"
#include "connectors/postgres/weir_tables.h"
#include "engine/component/store.h"

namespace weir {

/// `client` may be null: it is connected when needed.
std::unique_ptr<EpochWriter> make_postgres_writer(PostgresSettings settings, WeirTables tables,
                                                  WriterIdentity identity,
                                                  std::shared_ptr<const PostgresCatalog> catalog,
                                                  std::unique_ptr<PostgresClient> client);

}  // namespace weir
