// array_maker.cpp — gathers the elements of made arrays.
#include "engine/expression/functions/array_maker.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {

std::string too_many_elements(std::string_view function) {
  return fmt::format("{}: an array of more than {} elements", function, max_made_elements);
}

Column Picks::gathered(const Type& type, Arena& arena) const {
  const bool has_one_source = std::all_of(picks_.begin(), picks_.end(), [&](const Pick& pick) {
    return pick.source == picks_.front().source || pick.row == ~0u;
  });
  if (has_one_source && !picks_.empty()) {
    const auto chosen =
        std::find_if(picks_.begin(), picks_.end(), [](const Pick& pick) { return pick.row != ~0u; });
    std::vector<std::uint32_t> rows(picks_.size());
    std::transform(picks_.begin(), picks_.end(), rows.begin(), [](const Pick& pick) { return pick.row; });
    return gather(*sources_[chosen == picks_.end() ? 0 : chosen->source], rows, arena);
  }
  ColumnWriter writer(type, size(), arena);
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (picks_[i].row != ~0u) writer.copy_from(i, *sources_[picks_[i].source], picks_[i].row);
  }
  return writer.finish();
}

void ArrayMaker::end_row(std::uint32_t row) {
  const std::uint32_t length = elements_.size() - ended_;
  if (length > limit_) return fail_row(row, "too_large", too_many_elements(function_));
  writer_.set(row, Span{ended_, length});
  ended_ = elements_.size();
}

void ArrayMaker::fail_row(std::uint32_t row, std::string code, std::string message) {
  elements_.truncate(ended_);
  writer_.set_error(row, std::move(code), std::move(message));
}

Column ArrayMaker::finish() {
  Column column = writer_.finish();
  column.children = std::make_shared<const std::vector<Column>>(
      1, elements_.gathered(type_.nested->fields[0].type, arena_));
  return column;
}

}  // namespace weir
