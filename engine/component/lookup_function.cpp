// lookup_function.cpp — finds the rows of a chunk in a table, all at once.
#include "engine/component/lookup_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

class FindRow final : public Kernel {
 public:
  FindRow(Type type, std::shared_ptr<const LookupTable> table) : type_(type), table_(std::move(table)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    if (table_ == nullptr) return unread(context);
    const std::span<std::uint32_t> rows(context.arena.allocate_array<std::uint32_t>(context.rows), context.rows);
    table_->find(arguments, rows, context.arena);
    Column column;
    column.type = type_;
    column.size = context.rows;
    column.values = rows.data();
    column.validity = matches(rows, context.arena);
    column.arena = &context.arena;
    column.children = {table_, &table_->columns()};  // keeps the table
    return column;
  }

 private:
  Column unread(EvaluationContext& context) const {
    ColumnWriter writer(type_, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) writer.set_error(row, "table_not_read", "the table has not been read");
    return writer.finish();
  }

  // Null where every row has a match; rows without one are made to point at something that is there.
  static const std::uint8_t* matches(std::span<std::uint32_t> rows, Arena& arena) {
    if (std::find(rows.begin(), rows.end(), LookupTable::no_row) == rows.end()) return nullptr;
    const std::size_t bytes = bitmap_bytes(rows.size());
    auto* bits = static_cast<std::uint8_t*>(arena.allocate(bytes, 64));
    std::memset(bits, 0, bytes);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] != LookupTable::no_row)
        set_bit(bits, i);
      else
        rows[i] = 0;
    }
    return bits;
  }

  const Type type_;
  const std::shared_ptr<const LookupTable> table_;
};

}  // namespace

Type row_type(const LookupShape& shape) {
  std::vector<Field> fields;
  for (const LookupColumn& column : shape.columns) fields.push_back(column.field);
  return struct_type(std::move(fields));
}

Function lookup_function(const LookupShape& shape, std::shared_ptr<const LookupSlot> slot, std::string origin) {
  Overload overload;
  for (const std::size_t key : shape.key) overload.parameters.push_back(to_string(shape.columns[key].field.type));
  const Type row = row_type(shape);
  overload.result = [row](const CallSite&) -> Result<Type> { return row; };
  overload.prepare = [row, slot = std::move(slot)](const CallSite&) -> Result<std::unique_ptr<Kernel>> {
    return std::unique_ptr<Kernel>(std::make_unique<FindRow>(row, slot->table));
  };
  overload.origin = std::move(origin);
  Function function;
  function.name = "lookup_" + shape.table;
  function.family = "lookup";
  function.summary = fmt::format("The row of table {} that has this key.", shape.table);
  function.overloads.push_back(std::move(overload));
  return function;
}

}  // namespace weir
