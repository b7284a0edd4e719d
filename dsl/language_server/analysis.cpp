// analysis.cpp — what the compiler makes of a document.
#include "dsl/language_server/analysis.h"

namespace weir {

std::shared_ptr<const Analysis> analyse(const Document& document, const std::string& text, const RegistryMaker& make_registry, const Variables& variables) {
  auto analysis = std::make_shared<Analysis>();
  analysis->registry = make_registry();
  analysis->compiled = compile_for_editor(document.path(), text, document.spelling(), *analysis->registry, variables, analysis->knowledge);
  return analysis;
}

}  // namespace weir
