// split_leases.h — shares splits between processes that use one SQLite file.
#pragma once

#include <memory>

#include "connectors/sqlite/sqlite_database.h"
#include "engine/component/store.h"

namespace weir {

std::unique_ptr<SplitLeases> make_sqlite_leases(StoreIdentity identity,
                                                std::unique_ptr<SqliteDatabase> database);
/// The splits of a source, in order of their names.
Result<std::vector<SplitState>> read_sqlite_splits(SqliteDatabase& database, const std::string& pipeline,
                                                   const std::string& source);
/// Milliseconds since 1970, by the clock of this machine: an SQLite file belongs to one.
std::int64_t sqlite_clock();

}  // namespace weir
