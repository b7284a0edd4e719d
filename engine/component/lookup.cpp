// lookup.cpp — builds lookup tables from rows of text and finds their rows by key.
#include "engine/component/lookup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

#include "engine/base/nearest_name.h"
#include "engine/base/prefetch.h"
#include "engine/data/value.h"
#include "engine/expression/functions/cast.h"

namespace weir {
namespace {

constexpr std::uint32_t most_rows = 1u << 30;

bool is_any_null(std::span<const Column> columns, std::uint32_t row) {
  return std::any_of(columns.begin(), columns.end(), [&](const Column& column) { return column.is_null(row); });
}

std::vector<std::string> texts_of(std::span<const LookupCell> cells) {
  std::vector<std::string> texts;
  for (const LookupCell& cell : cells) texts.emplace_back(cell.text);
  return texts;
}

// Lengths stand before texts, so that no two tables give the same bytes.
void add_to_content(const LookupCell& cell, std::string& bytes) {
  const auto size = cell.is_null ? ~0u : static_cast<std::uint32_t>(cell.text.size());
  bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
  if (!cell.is_null) bytes.append(cell.text);
}

}  // namespace

std::size_t LookupTable::place_of(const Hash128& key) const {
  const std::size_t mask = slots_.size() - 1;
  const auto more = static_cast<std::uint32_t>(key.low >> 32);
  std::size_t at = key.low & mask;
  while (slots_[at].row != no_row && (slots_[at].hash != key.high || slots_[at].more_hash != more)) at = (at + 1) & mask;
  return at;
}

void LookupTable::find(std::span<const Column> keys, std::span<std::uint32_t> rows, Arena& arena) const {
  const std::span<Hash128> hashes(arena.allocate_array<Hash128>(rows.size()), rows.size());
  hash_rows(keys, hashes);
  // Slots of a large table are far away: they are asked for before the first one is needed.
  const std::size_t mask = slots_.size() - 1;
  for (const Hash128& hash : hashes) prefetch(&slots_[hash.low & mask]);
  const bool has_nulls = std::any_of(keys.begin(), keys.end(), [](const Column& key) { return key.validity != nullptr; });
  for (std::uint32_t i = 0; i < rows.size(); ++i)
    rows[i] = has_nulls && is_any_null(keys, i) ? no_row : slots_[place_of(hashes[i])].row;
}

LookupBuilder::LookupBuilder(const LookupShape& shape)
    : shape_(shape), table_(std::make_shared<LookupTable>()), cell_count_(shape.columns.size()) {
  for (const LookupColumn& column : shape.columns) {
    cells_.push_back(cells_.size());
    builders_.emplace_back(string_type, column.field.type.is_text_like() ? table_->arena_ : texts_);
  }
}

LookupBuilder::~LookupBuilder() = default;

Error LookupBuilder::error_at(const Place& place, std::string message) const {
  if (source_ == nullptr) return Error{ErrorKind::user, std::move(message)};
  return Error{ErrorKind::user, std::move(message), Location{source_, place.line, place.column, place.length}};
}

Error LookupBuilder::error_of(std::uint32_t row, std::size_t column, const std::string& message) const {
  const std::string where = source_ == nullptr ? fmt::format("row {}: ", row + 1) : "";
  const Place place = source_ == nullptr ? Place{} : places_[row * shape_.columns.size() + column];
  return error_at(place, fmt::format("{}column {}: {}", where, shape_.columns[column].field.name, message));
}

Status LookupBuilder::set_header(std::span<const LookupCell> names) {
  cell_count_ = names.size();
  const std::vector<std::string> known = texts_of(names);
  for (std::size_t c = 0; c < shape_.columns.size(); ++c) {
    const std::string& wanted = shape_.columns[c].from;
    const auto found = std::find(known.begin(), known.end(), wanted);
    const auto line = names.empty() ? 1 : names.front().line;
    if (found == known.end()) {
      const std::string nearest = nearest_name(wanted, known);
      return error_at({line, 1, 0}, fmt::format("there is no column {}", wanted))
          .with_hint(nearest.empty() ? fmt::format("its columns are {}", fmt::join(known, ", "))
                                     : fmt::format("there is {}: {}: {} from {}", nearest, shape_.columns[c].field.name,
                                                   to_string(shape_.columns[c].field.type), nearest));
    }
    if (std::find(found + 1, known.end(), wanted) != known.end()) return error_at({line, 1, 0}, fmt::format("there are two columns {}", wanted));
    cells_[c] = static_cast<std::size_t>(found - known.begin());
  }
  return {};
}

Status LookupBuilder::add(std::span<const LookupCell> row) {
  if (row.size() != cell_count_) {
    const auto line = row.empty() ? 1 : row.front().line;
    return error_at({line, 1, 0}, fmt::format("a row with {} value{}, where {} are expected", row.size(), row.size() == 1 ? "" : "s", cell_count_));
  }
  if (table_->row_count_ == most_rows) return Error{ErrorKind::user, fmt::format("more than {} rows", most_rows)};
  row_bytes_.assign(reinterpret_cast<const char*>(&table_->content_), sizeof table_->content_);
  for (std::size_t c = 0; c < cells_.size(); ++c) {
    const LookupCell& cell = row[cells_[c]];
    if (cell.is_null)
      builders_[c].append_null();
    else
      builders_[c].append_text(cell.text);
    if (source_ != nullptr) places_.push_back({cell.line, cell.column, cell.length});
    add_to_content(cell, row_bytes_);
  }
  table_->content_ = hash_bytes(row_bytes_);
  ++table_->row_count_;
  return {};
}

Status LookupBuilder::read_values(std::vector<Column>& columns) {
  for (std::size_t c = 0; c < builders_.size(); ++c) {
    const Field& field = shape_.columns[c].field;
    Column column = builders_[c].finish();
    if (field.type != string_type) {
      const std::unique_ptr<Kernel> cast = make_cast({string_type, field.type, false});
      WEIR_CHECK(cast != nullptr, "the plan refuses tables with columns that cannot be read from text");
      EvaluationContext context{table_->row_count_, table_->arena_, 0};
      column = cast_column(*cast, column, context);
    }
    if (column.errors != nullptr && !column.errors->rows.empty()) {
      const RowError& error = column.errors->rows.front();
      return error_of(error.row, c, error.message);
    }
    for (std::uint32_t row = 0; row < table_->row_count_ && !field.nullable && column.validity != nullptr; ++row) {
      if (column.is_null(row)) return error_of(row, c, "it is NULL, and declared NOT NULL");
    }
    columns.push_back(std::move(column));
  }
  return {};
}

std::string LookupBuilder::key_text(std::uint32_t row) const {
  std::vector<std::string> parts;
  for (const std::size_t key : shape_.key)
    parts.push_back(fmt::format("{} = {}", shape_.columns[key].field.name, to_sql(value_at(table_->columns_[key], row))));
  return fmt::format("{}", fmt::join(parts, ", "));
}

Status LookupBuilder::index_keys() {
  const std::uint32_t rows = table_->row_count_;
  table_->slots_.resize(std::bit_ceil(std::size_t{rows} * 2 + 1));
  std::vector<Column> keys;
  for (const std::size_t key : shape_.key) keys.push_back(table_->columns_[key]);
  std::vector<Hash128> hashes(rows);
  hash_rows(keys, hashes);
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (is_any_null(keys, row)) continue;
    LookupTable::Slot& slot = table_->slots_[table_->place_of(hashes[row])];
    if (slot.row != LookupTable::no_row) {
      const auto name = [&](std::uint32_t one) {
        return source_ == nullptr ? fmt::format("row {}", one + 1) : fmt::format("line {}", places_[one * shape_.columns.size() + shape_.key[0]].line);
      };
      const std::string message = fmt::format("two rows have the key {}: {} and {}", key_text(row), name(slot.row), name(row));
      const Place place = source_ == nullptr ? Place{} : places_[row * shape_.columns.size() + shape_.key[0]];
      return error_at(place, message).with_hint("a key is in a lookup table once: take other columns into it, or remove one of the rows");
    }
    slot = {hashes[row].high, static_cast<std::uint32_t>(hashes[row].low >> 32), row};
  }
  return {};
}

Result<std::shared_ptr<const LookupTable>> LookupBuilder::finish() {
  std::vector<Column> columns;
  WEIR_TRY(read_values(columns));
  table_->columns_ = std::move(columns);
  WEIR_TRY(index_keys());
  return std::shared_ptr<const LookupTable>(std::move(table_));
}

}  // namespace weir
