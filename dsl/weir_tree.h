// weir_tree.h — a .weir file as a tree of settings, each with its place: the tree that YAML has for the same pipeline.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "dsl/settings_tree.h"
#include "engine/component/registry.h"

namespace weir {

/// Knows the registry's aggregates by their names in small letters. `registry` must outlive it.
std::function<bool(const std::string&)> aggregates_of(const Registry& registry);

/// Reports every statement that is wrong, once, and goes on with the next; nothing after reporting that the bytes are no text. `is_aggregate` knows
/// functions by their names in small letters: a plain SELECT with one of them is grouped. `other_streams`: sources and streams of other files that
/// belong to the pipeline; joins with what is neither are joins with lookup tables.
std::optional<SettingsTree> load_weir(const std::shared_ptr<const SourceText>& source, std::function<bool(const std::string&)> is_aggregate,
                                      Diagnostics& diagnostics, std::set<std::string> other_streams = {});

}  // namespace weir
