// reference.h — what connectors and formats there are and which options they take, for `weir list` and the
// reference pages.
#pragma once

#include <string>

#include "engine/component/registry.h"

namespace weir {

/// For a terminal: each with its summary and options.
std::string connectors_text(const Registry& registry);
std::string formats_text(const Registry& registry);
/// For other programs, under stable keys.
std::string connectors_json(const Registry& registry);
std::string formats_json(const Registry& registry);
/// docs/reference/connectors.md and docs/reference/formats.md.
std::string connectors_markdown(const Registry& registry);
std::string formats_markdown(const Registry& registry);

}  // namespace weir
