// json_schema.h — what a pipeline file in YAML may say, as a JSON schema for editors and other tools.
#pragma once

#include <string>

#include "engine/component/registry.h"

namespace weir {

/// A schema of draft 07, made of the language's keys and of the registry's options. Everything that Weir accepts is valid; what is wrong only by its
/// meaning (names, types, expressions) is valid too. The same registry always gives the same text.
std::string pipeline_json_schema(const Registry& registry);

}  // namespace weir
