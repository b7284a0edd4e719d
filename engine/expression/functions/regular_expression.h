// regular_expression.h — compiled regular expressions (RE2), and a few remembered ones for patterns that are
// not literals.
#pragma once

#include <re2/re2.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace weir {

using RegularExpression = std::shared_ptr<const re2::RE2>;

/// An error sentence for a pattern that RE2 does not take (look-around and back-references are not part of
/// it).
Result<RegularExpression> compile_regular_expression(std::string_view pattern);

/// The latest few patterns of one evaluation. One thread.
class RecentRegularExpressions {
 public:
  const Result<RegularExpression>& compiled(std::string_view pattern);

 private:
  struct Entry {
    std::string pattern;
    Result<RegularExpression> compiled = RegularExpression();
    bool is_used = false;
  };
  std::array<Entry, 8> entries_;
  std::size_t next_ = 0;
};

}  // namespace weir
