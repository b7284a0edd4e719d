// administration.h — what the commands rejects, account and reset do in Postgres.
#pragma once

#include <memory>

#include "connectors/postgres/spare_clients.h"
#include "connectors/postgres/weir_tables.h"
#include "engine/component/store.h"

namespace weir {

std::unique_ptr<StoreAdministration> make_postgres_administration(WeirTables tables, StoreIdentity identity,
                                                                  LentClient client);

}  // namespace weir
