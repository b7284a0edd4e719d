// yaml_tree.h — a YAML text as a tree of settings, each with its place.
#pragma once

#include <memory>
#include <optional>

#include "engine/component/config.h"

namespace weir {

/// Reads one document of plain YAML: maps, lists and scalars. Nothing after reporting why not: over 1 MiB,
/// not UTF-8, tabs, a syntax error, anchors, aliases and tags (the language has no use for them, and small
/// texts could grow without bounds), keys that are no words or stand twice, more than 64 levels, more than
/// one document.
///
/// Places of scalars are those of their first character: behind the quote, or on the line after | or >. A
/// null that is written out (null, ~) has a length, an empty value has none.
std::optional<Config> load_yaml(const std::shared_ptr<const SourceText>& source, Diagnostics& diagnostics);

}  // namespace weir
