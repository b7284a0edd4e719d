// format.cpp — writes a pipeline file anew, in the one layout that Weir knows or in the other spelling.
#include "dsl/format.h"

#include "dsl/include.h"
#include "dsl/weir_tree.h"
#include "dsl/write_weir.h"
#include "dsl/write_yaml.h"
#include "dsl/yaml_tree.h"

namespace weir {

Spelling spelling_of(const std::string& name) { return name.ends_with(".weir") ? Spelling::weir : Spelling::yaml; }

std::string format_pipeline(const std::string& name, const std::string& text, Spelling to, const Registry& registry, const Variables& variables) {
  const auto source = std::make_shared<const SourceText>(SourceText{name, text});
  Diagnostics diagnostics;
  std::optional<SettingsTree> tree;
  if (spelling_of(name) == Spelling::weir) {
    tree = load_weir(source, aggregates_of(registry), diagnostics, included_streams(source, registry, variables));
  } else if (std::optional<Config> root = load_yaml(source, diagnostics)) {
    tree = SettingsTree{Spelling::yaml, *std::move(root), {}};
  }
  WEIR_CHECK(tree && diagnostics.ok() && tree->broken.empty(), "a pipeline that is written anew has been compiled before");
  Comments comments(text, *tree);
  return to == Spelling::yaml ? write_yaml(*tree, comments) : write_weir(*tree, comments);
}

}  // namespace weir
