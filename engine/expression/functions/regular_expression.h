// regular_expression.h — compiled regular expressions (RE2).
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string_view>

#include "engine/base/error.h"
#include "engine/expression/functions/recently_compiled.h"

namespace weir {

using RegularExpression = std::shared_ptr<const re2::RE2>;

/// An error sentence for a pattern that RE2 does not take (look-around and back-references are not part of
/// it).
Result<RegularExpression> compile_regular_expression(std::string_view pattern);

using RecentRegularExpressions = RecentlyCompiled<RegularExpression, compile_regular_expression>;

}  // namespace weir
