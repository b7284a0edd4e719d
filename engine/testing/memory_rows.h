// memory_rows.h — rows as stores and outlets in memory keep them: bytes that can be read back as values.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/component/store.h"
#include "engine/data/value.h"

namespace weir {

using RowOfValues = std::vector<Value>;

/// Refuses NULL and overlong keys, as the databases do.
std::unique_ptr<RowEncoder> make_memory_encoder(const SinkTable& table);
/// `rows` were encoded for a table of this schema.
std::vector<RowOfValues> read_memory_rows(const Schema& schema, const std::vector<std::string_view>& rows);
/// "k1|NULL|": for tests.
std::string memory_row_text(const Schema& schema, std::string_view row);

}  // namespace weir
