// analysis.h — what the compiler makes of a document; of each version of it once.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dsl/compile.h"
#include "dsl/knowledge.h"
#include "dsl/language_server/document.h"

namespace weir {

/// A registry for one compilation: the plugins and functions of a file are added to it.
using RegistryMaker = std::function<std::shared_ptr<const Registry>()>;

struct Analysis {
  std::shared_ptr<const Registry> registry;
  Knowledge knowledge;
  Compiled compiled;  // behind the registry, which its plan points into
};

std::shared_ptr<const Analysis> analyse(const Document& document, const std::string& text, const RegistryMaker& make_registry, const Variables& variables);

}  // namespace weir
