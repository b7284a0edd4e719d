// text_split.h — cuts text where a pattern matches, as Java's split, which Spark uses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/expression/functions/regular_expression.h"

namespace weir {

/// Where text is cut: a literal where the pattern is one, else a regular expression.
class Delimiter {
 public:
  static Result<Delimiter> compile(std::string_view pattern);

  /// Finds the first match from byte `from` on; false where there is none.
  bool find(std::string_view text, std::size_t from, std::size_t& start, std::size_t& end) const;
  bool is_empty() const { return expression_ == nullptr && literal_.empty(); }

 private:
  std::string literal_;
  RegularExpression expression_;  // null: the literal counts
};

using RecentDelimiters = RecentlyCompiled<Delimiter, Delimiter::compile>;

/// The parts of `text`, at most `limit` of them if that is above 0: the last one then holds the rest. Empty
/// parts count, but none comes from an empty match at the start. An empty pattern gives the characters, and
/// with a limit only the first ones, as in Spark.
void split_text(std::string_view text, const Delimiter& delimiter, std::int64_t limit,
                std::vector<std::string_view>& parts);

}  // namespace weir
