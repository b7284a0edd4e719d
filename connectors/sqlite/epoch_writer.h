// epoch_writer.h — commits epochs into an SQLite file.
#pragma once

#include <memory>
#include <string>

#include "connectors/sqlite/sqlite_database.h"
#include "engine/component/store.h"

namespace weir {

std::unique_ptr<EpochWriter> make_sqlite_writer(std::string path, StoreIdentity identity,
                                                std::unique_ptr<SqliteDatabase> database);

}  // namespace weir
