// compile.cpp — from the text of a pipeline to a plan: front end, plugins, then one walk over the syntax tree.
#include "dsl/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <tuple>

#include "dsl/build_plan.h"
#include "dsl/build_reports.h"
#include "dsl/build_tests.h"
#include "dsl/format.h"
#include "dsl/include.h"
#include "dsl/knowledge.h"
#include "dsl/parse_yaml.h"
#include "dsl/text_file.h"
#include "dsl/unset_options.h"
#include "dsl/variables.h"
#include "dsl/weir_hint.h"
#include "dsl/weir_tree.h"
#include "dsl/yaml_tree.h"

namespace weir {
namespace {

constexpr std::size_t max_file_size = 1 << 20;

// In the order of the file, those of included files behind; what has no place comes last. The same sentence about the same place is said
// once.
std::vector<Error> in_order(std::vector<Error> errors, const std::string& file) {
  const auto place = [&](const Error& error) {
    const Location& where = error.where();
    const std::string name = where.source == nullptr || where.source->name == file ? "" : where.source->name;
    return std::tuple(!where.is_known(), name, where.line, where.column);
  };
  std::stable_sort(errors.begin(), errors.end(),
                   [&](const Error& a, const Error& b) { return place(a) < place(b); });
  const auto is_same = [&](const Error& a, const Error& b) {
    return place(a) == place(b) && a.message() == b.message();
  };
  errors.erase(std::unique(errors.begin(), errors.end(), is_same), errors.end());
  return errors;
}

bool is_within(const Location& where, const Location& place) {
  return where.source == place.source && where.line == place.line && where.column >= place.column && where.column <= place.column + place.length;
}

/// Which of some values an error is within, however many there are of both.
class PlaceIndex {
 public:
  /// `places` have notes of the same place side by side.
  explicit PlaceIndex(std::vector<Note> places) : places_(std::move(places)) {
    std::stable_sort(places_.begin(), places_.end(), [](const Note& a, const Note& b) { return key_of(a.where) < key_of(b.where); });
  }

  /// The notes of the innermost place around `where`, in their order. Values do not overlap.
  std::span<const Note> around(const Location& where) const {
    const auto next = std::upper_bound(places_.begin(), places_.end(), key_of(where), [](const Key& key, const Note& note) { return key < key_of(note.where); });
    if (next == places_.begin() || !is_within(where, std::prev(next)->where)) return {};
    const auto first = std::lower_bound(places_.begin(), next, key_of(std::prev(next)->where), [](const Note& note, const Key& key) { return key_of(note.where) < key; });
    return {first, next};
  }

 private:
  using Key = std::tuple<const SourceText*, std::uint32_t, std::uint32_t>;
  static Key key_of(const Location& where) { return {where.source.get(), where.line, where.column}; }

  std::vector<Note> places_;
};

// What is said about the text of a value without its variable is beside the point; what is said about one with it may be the variable's fault.
void add_all(const FilledVariables& filled, const Diagnostics& from, Diagnostics& to) {
  std::vector<Note> values;
  for (const Location& where : filled.failed) values.push_back({"", where});
  const PlaceIndex failed(std::move(values)), origins(filled.origins);
  const auto is_outside = [&](const Error& error) { return failed.around(error.where()).empty(); };
  const auto with_origins = [&](Error error) {
    for (const Note& origin : origins.around(error.where())) static_cast<void>(std::move(error).with_note(origin.text, {}));
    return error;
  };
  for (const Error& error : from.errors()) {
    if (is_outside(error)) to.error(with_origins(error));
  }
  for (const Error& warning : from.warnings()) {
    if (is_outside(warning)) to.warning(with_origins(warning));
  }
}

Diagnostics in_order(const Diagnostics& found, Spelling spelling, const std::string& file) {
  Diagnostics result;
  const auto spelled = [&](Error error) {
    const bool is_elsewhere = error.where().source != nullptr && error.where().source->name != file;
    return (is_elsewhere ? spelling_of(error.where().source->name) : spelling) == Spelling::yaml ? error : in_words_of_weir(error);
  };
  for (Error& error : in_order(found.errors(), file)) result.error(spelled(std::move(error)));
  for (Error& warning : in_order(found.warnings(), file)) result.warning(spelled(std::move(warning)));
  return result;
}

// Paths are from the folder of the file that names them.
std::filesystem::path folder_of(const Location& where, const std::string& file) {
  return std::filesystem::path(where.source == nullptr ? file : where.source->name).parent_path();
}

// Returns whether all plugins are there; without one of them, its functions would be called
// unknown.
bool load_plugins(const PipelineSyntax& syntax, const std::string& file, const Registry& registry, Diagnostics& diagnostics) {
  bool is_complete = true;
  for (const Name& plugin : syntax.plugins) {
    const std::filesystem::path path = folder_of(plugin.where, file) / plugin.text;
    Status status = registry.load_plugin != nullptr ? registry.load_plugin(path.string())
                                                    : Error{ErrorKind::user, "plugins cannot be loaded here"}.as("W0706");
    if (status.ok()) continue;
    const Error& error = status.error();
    diagnostics.error(Error{ErrorKind::user, error.message(), plugin.where}.as("W0706").with_hint(error.hint()));
    is_complete = false;
  }
  return is_complete;
}

// As for plugins. A script in a file is read here; the place of one in the pipeline file is the file itself.
bool define_functions(const PipelineSyntax& syntax, const std::string& file, const Registry& registry, Diagnostics& diagnostics) {
  bool is_complete = true;
  for (const FunctionSyntax& function : syntax.functions) {
    ScriptFunction script = function.script;
    const std::filesystem::path path = folder_of(function.name.where, file) / script.file;
    const auto define = [&]() -> Status {
      if (!script.file.empty()) {
        WEIR_ASSIGN(script.code, read_text_file(path.string(), max_file_size));
      }
      const std::string& own = function.name.where.source == nullptr ? file : function.name.where.source->name;
      script.file = script.file.empty() ? own : path.string();
      if (registry.define_function == nullptr) return Error{ErrorKind::user, "functions cannot be defined here"}.as("W0707");
      return registry.define_function(script);
    };
    if (Status status = define(); !status.ok()) {
      diagnostics.error(Error{ErrorKind::user, status.error().message(), function.name.where}.as("W0707").with_hint(status.error().hint()));
      is_complete = false;
    }
  }
  return is_complete;
}

std::shared_ptr<const SourceText> source_of(const std::string& name, const std::string& text) {
  return std::make_shared<const SourceText>(SourceText{name, text});
}

std::optional<SettingsTree> load_text(const std::shared_ptr<const SourceText>& source, Spelling spelling, const Registry& registry, const Variables& variables,
                                      Diagnostics& diagnostics) {
  if (spelling == Spelling::weir) return load_weir(source, aggregates_of(registry), diagnostics, included_streams(source, registry, variables));
  std::optional<Config> root = load_yaml(source, diagnostics);
  return root ? std::optional(SettingsTree{Spelling::yaml, *std::move(root), {}}) : std::nullopt;
}

/// `found`: what is known to be wrong already.
Compiled compile_tree(std::optional<SettingsTree> tree, const std::string& name, const Registry& registry, const Variables& variables, Diagnostics found,
                      Knowledge* knowledge) {
  Compiled result;
  if (tree) {
    Diagnostics later;
    if (variables.are_for_tests) fill_unset_options(tree->root, variables, registry);
    FilledVariables filled = substitute_variables(tree->root, variables, found);
    const FilledVariables of_others = include_files(*tree, registry, variables, found);
    filled.failed.insert(filled.failed.end(), of_others.failed.begin(), of_others.failed.end());
    filled.origins.insert(filled.origins.end(), of_others.origins.begin(), of_others.origins.end());
    std::optional<PipelineSyntax> syntax = read_pipeline(*tree, later);
    if (syntax) {
      const bool is_syntax_good = later.ok();
      const bool has_plugins = load_plugins(*syntax, name, registry, later);
      // A function that could not be read has been reported; what is left of it is not defined.
      if (has_plugins && (syntax->functions.empty() || (is_syntax_good && define_functions(*syntax, name, registry, later)))) {
        std::optional<Plan> plan = build_plan(*syntax, registry, later, knowledge);
        result.reports = build_reports(*syntax, plan ? &*plan : nullptr, later);
        if (plan) {
          result.tests = build_tests(*syntax, *plan, later);
          result.plan = std::make_shared<const Plan>(*std::move(plan));
        }
      }
    }
    add_all(filled, later, found);
    if (knowledge != nullptr) {
      knowledge->syntax = std::move(syntax);
      knowledge->unfilled = filled.failed;
    }
  }
  result.diagnostics = in_order(found, tree ? tree->spelling : Spelling::yaml, name);
  if (!result.diagnostics.ok()) result.plan = nullptr;
  return result;
}

Compiled compile_text(const std::string& name, const std::string& text, Spelling spelling, const Registry& registry, const Variables& variables) {
  Diagnostics found;
  std::optional<SettingsTree> tree = load_text(source_of(name, text), spelling, registry, variables, found);
  return compile_tree(std::move(tree), name, registry, variables, std::move(found), nullptr);
}

/// Whether a file is there to be included by others. One that says nothing is for nobody.
bool is_part(const SettingsTree& tree) {
  const auto* sections = std::get_if<Config::Map>(&tree.root.value);
  return sections != nullptr && !sections->empty() && tree.broken.empty() && tree.root.find("name") == nullptr && tree.root.find("sinks") == nullptr;
}

Diagnostics diagnostics_of_part(SettingsTree tree, const std::string& file, const Variables& variables, Diagnostics found) {
  Diagnostics later;
  tree.is_part = true;
  const FilledVariables filled = substitute_variables(tree.root, variables, found);
  read_pipeline(tree, later);
  add_all(filled, later, found);
  return in_order(found, tree.spelling, file);
}

Compiled failed(Error error) {
  Compiled result;
  result.diagnostics.error(std::move(error));
  return result;
}

bool ends_with(const std::string& text, std::string_view ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

Compiled compile_file(const std::string& path, const Registry& registry, const Variables& variables) {
  const bool is_weir = ends_with(path, ".weir");
  if (!is_weir && !ends_with(path, ".yaml") && !ends_with(path, ".yml")) {
    return failed(Error{ErrorKind::user, fmt::format("not the name of a pipeline file: {}", path)}.as("W0002").with_hint(
        "it must end in .yaml, or in .weir if it is written in SQL"));
  }
  Result<std::string> text = read_text_file(path, max_file_size);
  if (!text.ok()) return failed(std::move(text).error());
  return is_weir ? compile_weir(path, *text, registry, variables) : compile_yaml(path, *text, registry, variables);
}

namespace {

std::optional<SettingsTree> load_file(const std::string& path, const Registry& registry, const Variables& variables, Diagnostics& diagnostics) {
  Result<std::string> text = read_text_file(path, max_file_size);
  if (!text.ok()) {
    diagnostics.error(std::move(text).error());
    return std::nullopt;
  }
  return load_text(source_of(path, *text), spelling_of(path), registry, variables, diagnostics);
}

}  // namespace

bool is_part_of_pipeline(const std::string& path, const Registry& registry) {
  Diagnostics unused;
  const std::optional<SettingsTree> tree = load_file(path, registry, {}, unused);
  return tree && is_part(*tree);
}

Compiled check_part(const std::string& path, const Registry& registry, const Variables& variables) {
  Diagnostics found;
  std::optional<SettingsTree> tree = load_file(path, registry, variables, found);
  Compiled result;
  result.diagnostics = tree ? diagnostics_of_part(*std::move(tree), path, variables, std::move(found)) : in_order(found, spelling_of(path), path);
  return result;
}

Compiled compile_yaml(const std::string& name, const std::string& text, const Registry& registry, const Variables& variables) {
  return compile_text(name, text, Spelling::yaml, registry, variables);
}

Compiled compile_weir(const std::string& name, const std::string& text, const Registry& registry, const Variables& variables) {
  return compile_text(name, text, Spelling::weir, registry, variables);
}

Compiled compile_for_editor(const std::string& name, const std::string& text, Spelling spelling, const Registry& registry, const Variables& variables,
                            Knowledge& knowledge) {
  knowledge.spelling = spelling;
  Diagnostics found;
  std::optional<SettingsTree> tree = load_text(source_of(name, text), spelling, registry, variables, found);
  std::optional<Diagnostics> of_part;
  if (tree && is_part(*tree)) of_part = diagnostics_of_part(*tree, name, variables, found);
  Compiled result = compile_tree(std::move(tree), name, registry, variables, std::move(found), &knowledge);
  if (of_part) result.diagnostics = *std::move(of_part);
  return result;
}

}  // namespace weir
