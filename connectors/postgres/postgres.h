// postgres.h — the store that commits epochs into Postgres.
#pragma once

#include "engine/component/registry.h"

namespace weir {

/// `type: postgres`, or a dsn that begins with postgresql:// or postgres://.
StoreSpec postgres_store();

}  // namespace weir
