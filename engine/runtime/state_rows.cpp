// state_rows.cpp — columns of state rows, encoded.
#include "engine/runtime/state_rows.h"

#include <vector>

#include "engine/runtime/keyed_state.h"

namespace weir {
namespace {

constexpr std::size_t much = 16 << 10;  // of a value: it is not copied into the arena

View view_of(std::string_view value, Arena& arena) {
  if (value.size() < much) return arena.copy(value);
  return arena.view_in(arena.add_foreign_block(value.data(), value.size()), value.data(), value.size());
}

}  // namespace

SinkTable state_table_of(const Store& store, bool with_values) {
  SinkTable table;
  table.sink = state_source;  // no name that a sink can have
  table.table = store.state_table();
  table.schema.fields = {{"pipeline", string_type, false}, {"name", string_type, false}, {"key", bytes_type, false}};
  if (with_values) {
    table.schema.fields.push_back({"value", bytes_type, false});
    table.schema.fields.push_back({"epoch", int64_type, false});
  }
  table.key = {0, 1, 2};
  table.on_conflict = OnConflict::update;
  return table;
}

void encode_state(const std::string& pipeline, std::span<const StateRow> rows, std::int64_t epoch, const RowEncoder& encoder, bool with_values,
                  EncodedRows& out) {
  Arena arena;
  const auto count = static_cast<std::uint32_t>(rows.size());
  ColumnWriter pipelines(string_type, count, arena), name(string_type, count, arena), key(bytes_type, count, arena),
      value(bytes_type, count, arena), number(int64_type, count, arena);
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t row = 0; row < count; ++row) {
    pipelines.set_text(row, pipeline);
    name.set_text(row, rows[row].name);
    key.set_text(row, rows[row].key);
    value.set(row, view_of(rows[row].value, arena));
    number.set(row, epoch);
    numbers.push_back(row);
  }
  std::vector<Column> columns{pipelines.finish(), name.finish(), key.finish()};
  if (with_values) {
    columns.push_back(value.finish());
    columns.push_back(number.finish());
  }
  encoder.encode_keys(columns, numbers, numbers, out);
  encoder.encode_values(columns, numbers, out);
  WEIR_CHECK(out.refused.empty(), "state rows have no NULLs and short keys");
}

}  // namespace weir
