// completion.h — what may be written at a place of a document.
#pragma once

#include "dsl/language_server/analysis.h"
#include "dsl/language_server/place.h"
#include "dsl/language_server/scope.h"
#include "engine/component/json_writer.h"

namespace weir {

struct CompletionRequest {
  const Document& document;
  std::size_t offset;
  const Place& place;
  const Knowledge& names;         // whose sources, streams and tables may be named
  const ColumnsAtPlace& columns;
  const Registry& registry;
  bool takes_snippets = false;    // the client does
};

/// The value of completion.
void write_completion(const CompletionRequest& request, JsonWriter& json);

}  // namespace weir
