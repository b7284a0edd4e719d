// column_builder.cpp — columns that grow row by row.
#include <algorithm>
#include <utility>

#include "engine/data/column.h"

namespace weir {
namespace {

constexpr std::uint32_t first_capacity = 64;  // rows; whole bitmap words from then on

}  // namespace

// Room for one more value; the arena keeps what was outgrown until it is freed as a whole, at most as much again.
void* ColumnBuilder::next(std::size_t width) {
  if (size_ == capacity_) {
    const std::uint32_t capacity = std::max(first_capacity, 2 * capacity_);
    const bool is_bits = type_.kind == TypeKind::boolean;
    const auto bytes_for = [&](std::uint32_t rows) { return is_bits ? bitmap_bytes(rows) : rows * type_.width(); };
    auto* values = static_cast<char*>(arena_->allocate(bytes_for(capacity), 64));
    if (capacity_ != 0) std::memcpy(values, values_, bytes_for(capacity_));
    if (is_bits) std::memset(values + bytes_for(capacity_), 0, bytes_for(capacity) - bytes_for(capacity_));
    values_ = values;
    if (validity_ != nullptr) {
      auto* bits = static_cast<std::uint8_t*>(arena_->allocate(bitmap_bytes(capacity), 64));
      std::memcpy(bits, validity_, bitmap_bytes(capacity_));
      std::memset(bits + bitmap_bytes(capacity_), 0, bitmap_bytes(capacity) - bitmap_bytes(capacity_));
      validity_ = bits;
    }
    capacity_ = capacity;
  }
  mark_valid();
  return values_ + static_cast<std::size_t>(size_++) * width;
}

void ColumnBuilder::mark_valid() {
  if (validity_ != nullptr) set_bit(validity_, size_);
}

void ColumnBuilder::append_bool(bool value) {
  next(0);
  auto* bits = reinterpret_cast<std::uint8_t*>(values_);
  value ? set_bit(bits, size_ - 1) : clear_bit(bits, size_ - 1);  // a row rolled back may have left its bit
}

void ColumnBuilder::append_null() {
  const std::size_t width = type_.width();
  void* value = next(width);
  if (width != 0) std::memset(value, 0, width);
  if (validity_ == nullptr) {
    validity_ = static_cast<std::uint8_t*>(arena_->allocate(bitmap_bytes(capacity_), 64));
    std::memset(validity_, 0, bitmap_bytes(capacity_));
    for (std::uint32_t row = 0; row + 1 < size_; ++row) set_bit(validity_, row);
  }
  clear_bit(validity_, size_ - 1);
}

void ColumnBuilder::append_from(const Column& from, std::uint32_t row) {
  if (from.is_null(row)) return append_null();
  if (type_.is_nested()) return append_nested(from, row);
  if (type_.is_text_like())
    return from.arena == arena_ ? append(from.at<View>(row)) : append_text(from.text_at(row));
  switch (type_.width()) {
    case 0:
      return type_.kind == TypeKind::boolean ? append_bool(from.bool_at(row)) : append_null();
    case 4:
      return append(from.at<std::int32_t>(row));
    case 8:
      return append(from.at<std::int64_t>(row));
    default:
      return append(from.at<Int128>(row));
  }
}

void ColumnBuilder::append_nested(const Column& from, std::uint32_t row) {
  const Span span = type_.is_list() ? from.at<Span>(row) : Span{from.at<std::uint32_t>(row), 1};
  for (std::size_t i = 0; i < type_.nested->fields.size(); ++i) {
    ColumnBuilder& builder = child(i);
    for (std::uint32_t k = 0; k < span.length; ++k) builder.append_from((*from.children)[i], span.start + k);
  }
  type_.is_list() ? append_list() : append_struct();
}

ColumnBuilder& ColumnBuilder::child(std::size_t index) {
  if (children_.empty()) {
    for (const Field& field : type_.nested->fields) children_.emplace_back(field.type, *arena_);
  }
  return children_[index];
}

void ColumnBuilder::append_list() {
  const std::uint32_t end = child(0).size();
  append(Span{taken_, end - taken_});
  taken_ = end;
}

void ColumnBuilder::append_struct() {
  taken_ = child(0).size();
  append(taken_ - 1);
}

void ColumnBuilder::roll_back() {
  for (ColumnBuilder& child : children_) child.truncate(taken_);
}

// Rows refer to their children in the order in which they were appended: the last one that is not NULL tells what is taken.
void ColumnBuilder::truncate(std::uint32_t rows) {
  size_ = rows;
  if (children_.empty()) return;
  taken_ = 0;
  for (std::uint32_t row = rows; row-- > 0;) {
    if (validity_ != nullptr && !get_bit(validity_, row)) continue;
    const Span span = type_.is_list() ? reinterpret_cast<const Span*>(values_)[row]
                                      : Span{reinterpret_cast<const std::uint32_t*>(values_)[row], 1};
    taken_ = span.start + span.length;
    break;
  }
  roll_back();
}

Column ColumnBuilder::finish() {
  Column column;
  column.type = type_;
  column.size = size_;
  column.validity = validity_;
  column.values = values_;
  column.arena = arena_;
  if (!type_.is_nested()) return column;
  child(0);
  std::vector<Column> children;
  for (ColumnBuilder& builder : children_) children.push_back(builder.finish());
  column.children = std::make_shared<const std::vector<Column>>(std::move(children));
  return column;
}

}  // namespace weir
