// line_table.h — where the lines of a source text begin.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace weir {

/// Lines and columns count from 0 here, from 1 in locations.
class LineTable {
 public:
  explicit LineTable(std::shared_ptr<const SourceText> source);

  const std::string& text() const { return source_->text; }
  std::string_view line(std::size_t number) const;
  std::size_t offset(std::size_t line, std::size_t column) const;
  /// Where the line that an offset is in ends: its line break, "\n" or "\r\n", or the end of the text.
  std::size_t end_of_line(std::size_t offset) const;
  Location span(std::size_t offset, std::size_t length) const;

 private:
  std::shared_ptr<const SourceText> source_;
  std::vector<std::size_t> starts_;
};

}  // namespace weir
