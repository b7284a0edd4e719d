// memory_rows.cpp — encodes rows by the form in which rows that wait are kept.
#include "engine/testing/memory_rows.h"

#include "engine/component/row_keys.h"
#include "engine/state/row_bytes.h"

namespace weir {
namespace {

class MemoryEncoder final : public RowEncoder {
 public:
  explicit MemoryEncoder(SinkTable table) : table_(std::move(table)) {}

  void encode_keys(std::span<const Column> columns, std::span<const std::uint32_t> rows, std::span<const std::uint32_t> records,
                   EncodedRows& out) const override {
    encode_row_keys(table_, columns, rows, records, out);
  }
  void encode_values(std::span<const Column> columns, std::span<const std::uint32_t> rows, EncodedRows& out) const override {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EncodedRow& row = out.rows[i];
      row.offset = static_cast<std::uint32_t>(out.bytes.size());
      append_row_bytes(columns, rows[i], out.bytes);
      row.size = static_cast<std::uint32_t>(out.bytes.size()) - row.offset;
    }
  }

 private:
  const SinkTable table_;
};

}  // namespace

std::unique_ptr<RowEncoder> make_memory_encoder(const SinkTable& table) { return std::make_unique<MemoryEncoder>(table); }

std::vector<RowOfValues> read_memory_rows(const Schema& schema, const std::vector<std::string_view>& rows) {
  std::vector<Type> types;
  for (const Field& field : schema.fields) types.push_back(field.type);
  Arena arena;
  RowColumns reader(types, arena);
  for (const std::string_view row : rows) WEIR_CHECK(reader.append(row), "a row in memory is one of its table");
  const std::vector<Column> columns = reader.finish();
  std::vector<RowOfValues> values(rows.size());
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    for (const Column& column : columns) values[row].push_back(value_at(column, row));
  }
  return values;
}

std::string memory_row_text(const Schema& schema, std::string_view row) {
  std::string text;
  const std::vector<RowOfValues> rows = read_memory_rows(schema, {row});
  for (const Value& value : rows.front()) text += to_text(value) + "|";
  return text;
}

}  // namespace weir
