// split_leases.h — shares splits between processes by rows of weir_checkpoint and weir_member.
#pragma once

#include <memory>

#include "connectors/postgres/spare_clients.h"
#include "connectors/postgres/weir_tables.h"
#include "engine/component/store.h"

namespace weir {

std::unique_ptr<SplitLeases> make_postgres_leases(PostgresSettings settings, WeirTables tables,
                                                  StoreIdentity identity,
                                                  LentClient client);

/// The name of an owner's connections, by which a successor finds and ends them.
std::string application_name_of(const std::string& owner);

}  // namespace weir
