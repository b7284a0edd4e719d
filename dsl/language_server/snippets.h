// snippets.h — beginnings of parts of a pipeline, with places to fill in, in the words of both spellings.
#pragma once

#include <vector>

#include "dsl/language_server/place.h"

namespace weir {

/// In the protocol's form: ${1:text} is a place to fill in.
struct Snippet {
  const char* label;
  const char* summary;
  const char* text;
};

/// What may begin at a place; tests put the texts with their defaults into files and check these.
std::vector<Snippet> snippets_at(const Place& place, Spelling spelling);

/// Without the places to fill in: what stands in them stays.
std::string plain_text(std::string_view snippet);

}  // namespace weir
