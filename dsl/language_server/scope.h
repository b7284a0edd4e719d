// scope.h — the columns that there are at a place of a pipeline.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dsl/knowledge.h"
#include "dsl/language_server/place.h"

namespace weir {

/// Of a source, stream or lookup table; nothing where they are not known.
std::optional<Schema> columns_of(const Knowledge& knowledge, const std::string& relation);

struct ColumnsAtPlace {
  std::optional<Schema> own;                               // nothing: not known
  std::vector<std::pair<std::string, Schema>> relations;   // called NAME.COLUMN
};

/// `knowledge`: of the text as it is, or of Place::healed.
ColumnsAtPlace columns_at(const Place& place, const Knowledge& knowledge);

}  // namespace weir
