// text_pieces.h — a column of parts of the texts of another column, which share its bytes.
#pragma once

#include "engine/data/column.h"

namespace weir {

/// One thread. `texts` outlives this.
class TextPieces {
 public:
  TextPieces(const Column& texts, Arena& arena) : texts_(texts), pieces_(string_type, arena) {}
  std::uint32_t size() const { return pieces_.size(); }
  /// `part` lies within the text of `row`.
  void append(std::uint32_t row, std::string_view part) {
    const View& whole = texts_.at<View>(row);
    pieces_.append(whole.is_inline() ? Arena::inline_view(part)
                                     : texts_.arena->view_in(static_cast<std::size_t>(whole.outside.block),
                                                             part.data(), part.size()));
  }
  void append_null() { pieces_.append_null(); }
  Column finish() {
    Column column = pieces_.finish();
    column.arena = texts_.arena;
    return column;
  }

 private:
  const Column& texts_;
  ColumnBuilder pieces_;
};

}  // namespace weir
