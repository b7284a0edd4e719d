// administration.h — what the commands rejects, account and reset do in an SQLite file.
#pragma once

#include <memory>

#include "connectors/sqlite/sqlite_database.h"
#include "engine/component/store.h"

namespace weir {

std::unique_ptr<StoreAdministration> make_sqlite_administration(StoreIdentity identity,
                                                                std::unique_ptr<SqliteDatabase> database);

}  // namespace weir
