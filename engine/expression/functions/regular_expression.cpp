// regular_expression.cpp — compiles patterns with RE2, which matches in linear time whatever the pattern.
#include "engine/expression/functions/regular_expression.h"

#include <fmt/format.h>

namespace weir {
namespace {

/// Java writes named groups (?<name>...), RE2 (?P<name>...). (?<= and (?<! are look-behind, which RE2 refuses
/// by itself.
std::string with_named_groups(std::string_view pattern) {
  std::string made;
  bool is_in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    made += pattern[i];
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      made += pattern[++i];
    } else if (pattern[i] == '[' || pattern[i] == ']') {
      is_in_class = pattern[i] == '[';
    } else if (!is_in_class && pattern.substr(i, 3) == "(?<" && pattern.substr(i + 3, 1) != "=" &&
               pattern.substr(i + 3, 1) != "!") {
      made += "?P";
      ++i;
    }
  }
  return made;
}

}  // namespace

Result<RegularExpression> compile_regular_expression(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(with_named_groups(pattern), options);
  if (compiled->ok()) return RegularExpression(std::move(compiled));
  return Error{ErrorKind::user, fmt::format("bad regular expression: {} ({})", pattern, compiled->error())};
}

}  // namespace weir
