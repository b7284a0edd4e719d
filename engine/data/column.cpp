// column.cpp — writes columns.
#include "engine/data/column.h"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

std::uint8_t* make_bitmap(std::uint32_t rows, int fill, Arena& arena) {
  const std::size_t bytes = bitmap_bytes(rows);
  void* bits = arena.allocate(bytes, 64);
  if (bytes != 0) std::memset(bits, fill, bytes);
  return static_cast<std::uint8_t*>(bits);
}

bool all_bits_set(const std::uint8_t* bits, std::uint32_t count) {
  const auto whole = static_cast<std::size_t>(count / 8);
  const auto is_full = [](std::uint8_t byte) { return byte == 0xFF; };
  if (!std::all_of(bits, bits + whole, is_full)) return false;
  const auto rest = static_cast<std::uint8_t>((1u << (count % 8)) - 1);
  return rest == 0 || (bits[whole] & rest) == rest;
}

std::shared_ptr<const std::vector<Column>> finish_all(std::vector<ColumnBuilder>& builders) {
  std::vector<Column> columns;
  for (ColumnBuilder& builder : builders) columns.push_back(builder.finish());
  return std::make_shared<const std::vector<Column>>(std::move(columns));
}

}  // namespace

const RowError* RowErrors::find(std::uint32_t row) const {
  const auto found =
      std::lower_bound(rows.begin(), rows.end(), row,
                       [](const RowError& error, std::uint32_t wanted) { return error.row < wanted; });
  return found != rows.end() && found->row == row ? &*found : nullptr;
}

ColumnWriter::~ColumnWriter() = default;
ColumnWriter::ColumnWriter(ColumnWriter&&) noexcept = default;
ColumnWriter& ColumnWriter::operator=(ColumnWriter&&) noexcept = default;

ColumnWriter::ColumnWriter(Type type, std::uint32_t rows, Arena& arena, bool all_valid)
    : type_(type), rows_(rows), arena_(&arena) {
  if (!all_valid || type.kind == TypeKind::null) validity_ = make_bitmap(rows, 0, arena);
  if (type.kind == TypeKind::null) return;
  if (type.kind == TypeKind::boolean) {
    values_ = make_bitmap(rows, 0, arena);
    return;
  }
  const std::size_t bytes = rows * type.width();
  values_ = arena.allocate(bytes, 64);
  // Rows that are never written must still hold a harmless value (an empty view, not a wild one).
  if (!all_valid && bytes != 0) std::memset(values_, 0, bytes);
}

void ColumnWriter::copy_from(std::uint32_t row, const Column& from, std::uint32_t from_row) {
  if (from.is_null(from_row)) {
    const RowError* error = from.errors == nullptr ? nullptr : from.errors->find(from_row & from.row_mask);
    if (error != nullptr) return set_error(row, error->code, error->message);
    return set_null(row);
  }
  if (type_.is_nested()) return copy_nested(row, from, from_row);
  switch (type_.width()) {
    case 0:
      return type_.kind == TypeKind::boolean ? set_bool(row, from.bool_at(from_row)) : set_null(row);
    case 4:
      return set(row, from.at<std::int32_t>(from_row));
    case 8:
      return set(row, from.at<std::int64_t>(from_row));
    default:
      break;
  }
  if (!type_.is_text_like()) return set(row, from.at<Int128>(from_row));
  if (from.arena == arena_) return set(row, from.at<View>(from_row));
  set_text(row, from.text_at(from_row));
}

void ColumnWriter::copy_nested(std::uint32_t row, const Column& from, std::uint32_t from_row) {
  if (children_.empty() && shared_children_ == nullptr) shared_children_ = from.children;
  if (shared_children_ == from.children) {
    if (type_.is_list()) return set(row, from.at<Span>(from_row));
    return set(row, from.at<std::uint32_t>(from_row));
  }
  own_children();
  const std::uint32_t start = children_[0].size();
  const Span span = type_.is_list() ? from.at<Span>(from_row) : Span{from.at<std::uint32_t>(from_row), 1};
  for (std::size_t i = 0; i < children_.size(); ++i) {
    for (std::uint32_t k = 0; k < span.length; ++k) children_[i].append_from((*from.children)[i], span.start + k);
  }
  if (type_.is_list()) return set(row, Span{start, span.length});
  set(row, start);
}

// Values of a second column come: the children of the first are copied, where its rows already point.
void ColumnWriter::own_children() {
  if (!children_.empty()) return;
  for (const Field& field : type_.nested->fields) children_.emplace_back(field.type, *arena_);
  if (shared_children_ == nullptr) return;
  for (std::size_t i = 0; i < children_.size(); ++i) {
    const Column& shared = (*shared_children_)[i];
    for (std::uint32_t k = 0; k < shared.size; ++k) children_[i].append_from(shared, k);
  }
  shared_children_ = nullptr;
}

ColumnBuilder& ColumnWriter::child(std::size_t index) {
  own_children();
  return children_[index];
}

void ColumnWriter::set_null(std::uint32_t row) {
  if (validity_ == nullptr) validity_ = make_bitmap(rows_, 0xFF, *arena_);
  clear_bit(validity_, row);
  if (values_ == nullptr) return;
  if (type_.kind == TypeKind::boolean) return clear_bit(static_cast<std::uint8_t*>(values_), row);
  const std::size_t width = type_.width();
  std::memset(static_cast<char*>(values_) + row * width, 0, width);
}

void ColumnWriter::set_error(std::uint32_t row, std::string code, std::string message) {
  set_null(row);
  if (errors_ == nullptr) errors_ = std::make_unique<RowErrors>();
  errors_->rows.push_back({row, std::move(code), std::move(message)});
}

Column ColumnWriter::finish() {
  Column column;
  column.type = type_;
  column.size = rows_;
  // Without NULLs no bitmap: readers then skip all looking.
  if (validity_ != nullptr && !(values_ != nullptr && all_bits_set(validity_, rows_)))
    column.validity = validity_;
  column.values = values_;
  column.arena = arena_;
  if (type_.is_nested()) {
    if (shared_children_ == nullptr) own_children();
    column.children = shared_children_ != nullptr ? shared_children_ : finish_all(children_);
  }
  if (errors_ == nullptr) return column;
  auto& rows = errors_->rows;
  const auto by_row = [](const RowError& a, const RowError& b) { return a.row < b.row; };
  if (!std::is_sorted(rows.begin(), rows.end(), by_row)) std::stable_sort(rows.begin(), rows.end(), by_row);
  const auto same_row = [](const RowError& a, const RowError& b) { return a.row == b.row; };
  rows.erase(std::unique(rows.begin(), rows.end(), same_row), rows.end());
  column.errors = std::move(errors_);
  return column;
}

}  // namespace weir
