// hover.h — what is told of the word under a cursor.
#pragma once

#include <optional>
#include <string>

#include "dsl/language_server/analysis.h"
#include "dsl/language_server/symbols.h"

namespace weir {

struct Hover {
  std::string text;  // Markdown
  TextSpan span;
};

/// `symbols`: of the analysis.
std::optional<Hover> hover_at(const Document& document, const Analysis& analysis, const Symbols& symbols, std::size_t offset, const Variables& variables);

}  // namespace weir
