// sqlite.h — the store that commits epochs into an SQLite file.
#pragma once

#include "engine/component/registry.h"

namespace weir {

/// `type: sqlite`, or a dsn such as sqlite:shop.db or sqlite:///var/lib/shop.db.
StoreSpec sqlite_store();

}  // namespace weir
