// format.cpp — writes a pipeline file anew, in the one layout that Weir knows or in the other spelling.
#include "dsl/format.h"

#include "dsl/include.h"
#include "dsl/weir_tree.h"
#include "dsl/write_weir.h"
#include "dsl/write_yaml.h"
#include "dsl/yaml_tree.h"

namespace weir {

Spelling spelling_of(const std::string& name) { return name.ends_with(".weir") ? Spelling::weir : Spelling::yaml; }

namespace {

constexpr int most_passes = 8;

/// Nothing where the text cannot be read.
std::optional<std::string> written(const std::string& name, const std::string& text, Spelling from, Spelling to, const Registry& registry,
                                   const Variables& variables) {
  const char* const ending = from == Spelling::weir ? ".weir" : ".yaml";
  const auto source = std::make_shared<const SourceText>(SourceText{spelling_of(name) == from ? name : name + ending, text});
  Diagnostics diagnostics;
  std::optional<SettingsTree> tree;
  if (from == Spelling::weir) {
    tree = load_weir(source, aggregates_of(registry), diagnostics, included_streams(source, registry, variables));
  } else if (std::optional<Config> root = load_yaml(source, diagnostics)) {
    tree = SettingsTree{Spelling::yaml, *std::move(root), {}};
  }
  if (!tree || !diagnostics.ok() || !tree->broken.empty()) return std::nullopt;
  Comments comments(text, *tree);
  return to == Spelling::yaml ? write_yaml(*tree, comments) : write_weir(*tree, comments);
}

}  // namespace

std::string format_pipeline(const std::string& name, const std::string& text, Spelling to, const Registry& registry, const Variables& variables) {
  std::optional<std::string> result = written(name, text, spelling_of(name), to, registry, variables);
  WEIR_CHECK(result, "a pipeline that is written anew has been compiled before");
  // Where comments go to, a list that stood in one line wants several, and then they have another setting beside them: until nothing changes.
  for (int pass = 1; pass < most_passes; ++pass) {
    std::optional<std::string> again = written(name, *result, to, to, registry, variables);
    if (!again || again == result) break;
    result = std::move(again);
  }
  return *std::move(result);
}

}  // namespace weir
