// map_maker.cpp — maps whose keys are there once and are not NULL.
#include "engine/expression/functions/map_maker.h"

#include <fmt/format.h>

namespace weir {

void MapMaker::end_row(std::uint32_t row) {
  const std::uint32_t length = keys_.size() - ended_;
  if (is_key_null_) {
    fail_row(row, "null_key", fmt::format("{}: a key of a map is NULL", function_));
  } else if (is_key_repeated_) {
    fail_row(row, "duplicate_key", fmt::format("{}: a key of a map is given twice", function_));
  } else if (length > max_made_elements) {
    fail_row(row, "too_large", too_many_elements(function_));
  } else {
    writer_.set(row, Span{ended_, length});
    ended_ = keys_.size();
  }
  seen_.clear();
  is_key_null_ = is_key_repeated_ = false;
}

void MapMaker::fail_row(std::uint32_t row, std::string code, std::string message) {
  keys_.truncate(ended_);
  values_.truncate(ended_);
  writer_.set_error(row, std::move(code), std::move(message));
}

Column MapMaker::finish() {
  const auto& fields = type_.nested->fields;
  Column column = writer_.finish();
  column.children = std::make_shared<const std::vector<Column>>(
      std::vector<Column>{keys_.gathered(fields[0].type, arena_), values_.gathered(fields[1].type, arena_)});
  return column;
}

}  // namespace weir
