// read_only.h — asks an SQLite file questions: in one transaction that only reads, so that several answers agree.
#pragma once

#include <memory>
#include <string>

#include "engine/component/read_only_store.h"

namespace weir {

Result<std::unique_ptr<ReadOnlyConnection>> open_sqlite_read_only(const std::string& path, std::chrono::milliseconds patience);

}  // namespace weir
