// row_values.h — rows as SQLite takes them: a tag and a value per column, made once and bound later.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "connectors/sqlite/sqlite_database.h"
#include "engine/component/store.h"

namespace weir {

/// How values are kept: bool and int as INTEGER, double as REAL, bytes as BLOB, the rest as TEXT: decimals
/// with all their digits, dates as 2024-11-01, timestamps as 2024-11-01 12:00:00.123456Z, intervals as
/// P1M2DT3.5S, json as it came.
std::unique_ptr<RowEncoder> make_sqlite_encoder(const SinkTable& table);
/// INTEGER, REAL, TEXT or BLOB.
const char* sqlite_type(const Type& type);
/// Binds all values of an encoded row.
void bind_row(std::string_view row, SqliteStatement& statement);
/// The values of an encoded row for a person: 7, tea, x'00ff'.
std::string row_text(std::string_view row);

}  // namespace weir
