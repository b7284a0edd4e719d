// placed_text.h — a piece of text taken out of a file, and where each of its characters stands there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/error.h"

namespace weir {

/// Follows the text through the file from `where` on: over folded lines, indentation, doubled or escaped
/// quotes, and comments that the text leaves out. From the point on where the file says something else (a
/// ${variable}), every character is placed at that point.
class PlacedText {
 public:
  /// `where` is the place of the first character. The text is valid UTF-8.
  PlacedText(const std::string& text, const Location& where);

  /// The place of the characters (code points, as the parser counts) first..last; cut off at the end of the
  /// first one's line.
  Location span(std::size_t first, std::size_t last) const;
  /// The place of `length` bytes from `offset` on; likewise cut off.
  Location bytes(std::size_t offset, std::size_t length) const;
  /// The place of everything.
  Location whole() const;

 private:
  void follow(const std::string& text);
  Location place(std::size_t from, std::size_t to) const;

  Location where_;
  std::vector<std::size_t> byte_of_character_;  // one more than there are characters
  std::vector<std::size_t>
      source_offset_;  // of each byte of the text, and of its end; relative to line 1 of the source
  std::vector<std::size_t>
      line_starts_;  // offsets of where_.line and of the lines that the text goes on over
  std::size_t end_of_last_line_ = 0;
};

}  // namespace weir
