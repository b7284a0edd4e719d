// like_pattern.h — a compiled LIKE pattern: % is any text, _ is any one character, the escape makes them
// themselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace weir {

class LikePattern {
 public:
  /// An error sentence where the escape character stands before anything but %, _ and itself.
  static Result<LikePattern> compile(std::string_view pattern, char escape);
  bool matches(std::string_view text) const;

 private:
  /// What lies between two %: bytes, some of which stand for any one character.
  struct Segment {
    std::string bytes;
    std::vector<bool> is_any;  // empty if there is no _
  };
  static std::size_t match_at(const Segment& segment, std::string_view text, std::size_t start);
  static std::size_t find(const Segment& segment, std::string_view text, std::size_t start);
  bool matches_end(std::string_view text, std::size_t start) const;

  std::vector<Segment> segments_;  // at least one; the first and the last are anchored
};

}  // namespace weir
