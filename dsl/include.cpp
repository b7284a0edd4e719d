// include.cpp — reads included files and merges their trees of settings.
#include "dsl/include.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "dsl/format.h"
#include "dsl/text_file.h"
#include "dsl/unset_options.h"
#include "dsl/variables.h"
#include "dsl/weir_tree.h"
#include "dsl/yaml_tree.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

constexpr std::size_t max_file_size = 1 << 20, max_size = 4 << 20, max_files = 64;

/// What a file says of others: its includes, as they stand, and the names of its sources and streams.
struct Outline {
  Config::List includes;
  std::set<std::string> streams;
};

Outline outline_of(const SettingsTree& tree) {
  Outline outline;
  if (!tree.root.is_map()) return outline;
  if (const Config* include = tree.root.find("include")) {
    if (include->is_list())
      outline.includes = std::get<Config::List>(include->value);
    else if (include->is_scalar())
      outline.includes.push_back(*include);
  }
  for (const char* section : {"sources", "transforms"}) {
    const Config* config = tree.root.find(section);
    if (config == nullptr || !config->is_map()) continue;
    for (const auto& [name, value] : std::get<Config::Map>(config->value)) outline.streams.insert(name);
  }
  for (const SettingsTree::Broken& broken : tree.broken) {
    if (broken.section == "sources" || broken.section == "transforms") outline.streams.insert(broken.name);
  }
  return outline;
}

std::optional<SettingsTree> load(const std::shared_ptr<const SourceText>& source, const Registry& registry, std::set<std::string> streams, Diagnostics& diagnostics) {
  if (spelling_of(source->name) == Spelling::weir) return load_weir(source, aggregates_of(registry), diagnostics, std::move(streams));
  std::optional<Config> root = load_yaml(source, diagnostics);
  if (!root) return std::nullopt;
  return SettingsTree{Spelling::yaml, *std::move(root), {}};
}

/// How the user would write it: from the folder that the including file's path begins with.
std::string path_from(const Location& where, const std::string& file) {
  if (where.source == nullptr) return file;
  return (std::filesystem::path(where.source->name).parent_path() / file).lexically_normal().string();
}

/// One file under all its names.
std::string identity_of(const std::string& path) {
  std::error_code failure;
  const std::filesystem::path canonical = std::filesystem::weakly_canonical(path, failure);
  return failure ? path : canonical.string();
}

bool is_pipeline_file(const std::string& path) { return path.ends_with(".weir") || path.ends_with(".yaml") || path.ends_with(".yml"); }

class Includer {
 public:
  Includer(const Registry& registry, const Variables& variables, Diagnostics& diagnostics) : registry_(registry), variables_(variables), diagnostics_(diagnostics) {}

  /// Merges what `tree` includes into it; `streams` are those of the whole pipeline.
  void run(SettingsTree& tree, std::set<std::string> streams) {
    streams_ = std::move(streams);
    const std::string name = tree.root.where.source == nullptr ? "" : tree.root.where.source->name;
    open_.push_back({identity_of(name), name});
    take(tree);
  }

  FilledVariables unfilled;

 private:
  struct OpenFile {
    std::string identity, name;
  };

  void report(const char* mistake, const Location& where, std::string message, std::string hint = {}) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(std::move(hint)));
  }

  void report_twice(const char* mistake, const Location& where, std::string message, const Location& first) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_note("the first one stands here", first));
  }

  // Those named first stand first, and the file's own sections behind them.
  void take(SettingsTree& tree) {
    const Config* include = tree.root.is_map() ? tree.root.find("include") : nullptr;
    if (include == nullptr) return;
    const bool is_good = include->is_list() || (include->is_scalar() && !include->scalar().empty());
    if (!is_good) return report("W0108", include->where, "include: expected a list of files", "write it as include: [connections.yaml]");
    const Config::List files = outline_of(tree).includes;
    auto& entries = std::get<Config::Map>(tree.root.value);
    std::erase_if(entries, [](const auto& entry) { return entry.first == "include"; });
    Config::Map own = std::move(entries);
    entries.clear();
    for (const Config& file : files) take_file(file, tree);
    for (auto& entry : own) merge(entry.first, std::move(entry.second), tree);
  }

  void take_file(const Config& file, SettingsTree& into) {
    if (!file.is_scalar()) return report("W0108", file.where, "include: expected the path of a file", "write it as include: [connections.yaml]");
    if (file.scalar().find("${") != std::string::npos) return;  // a variable without a value, which has been reported
    const std::string path = path_from(file.where, file.scalar());
    if (!is_pipeline_file(path)) {
      into.broken.push_back({"", "", file.where});
      return report("W0002", file.where, fmt::format("not the name of a pipeline file: {}", file.scalar()), "it must end in .yaml, or in .weir if it is written in SQL");
    }
    const std::string identity = identity_of(path);
    if (std::any_of(open_.begin(), open_.end(), [&](const OpenFile& one) { return one.identity == identity; })) return report_circle(file.where, identity);
    if (!taken_.insert(identity).second) return;
    if (taken_.size() > max_files) return report("W0004", file.where, fmt::format("a pipeline includes at most {} files", max_files));
    Result<std::string> text = read_text_file(path, max_file_size);
    if (!text.ok()) {
      into.broken.push_back({"", "", file.where});
      return report("W0001", file.where, text.error().message(), "paths are from the folder of the file that includes");
    }
    size_ += text->size();
    if (size_ > max_size) return report("W0004", file.where, fmt::format("the files that a pipeline includes have more than {} MiB", max_size >> 20));
    std::optional<SettingsTree> part = load(std::make_shared<const SourceText>(SourceText{path, std::move(text).value()}), registry_, streams_, diagnostics_);
    if (!part) return into.broken.push_back({"", "", file.where});
    if (!part->root.is_map()) return;  // an empty file
    if (variables_.are_for_tests) fill_unset_options(part->root, variables_, registry_);
    FilledVariables filled = substitute_variables(part->root, variables_, diagnostics_);
    unfilled.failed.insert(unfilled.failed.end(), filled.failed.begin(), filled.failed.end());
    unfilled.origins.insert(unfilled.origins.end(), filled.origins.begin(), filled.origins.end());
    open_.push_back({identity, path});
    take(*part);
    open_.pop_back();
    for (auto& [key, value] : std::get<Config::Map>(part->root.value)) merge(key, std::move(value), into);
    into.broken.insert(into.broken.end(), part->broken.begin(), part->broken.end());
  }

  void report_circle(const Location& where, const std::string& identity) {
    std::string names;
    bool is_in_circle = false;
    for (const OpenFile& one : open_) {
      is_in_circle = is_in_circle || one.identity == identity;
      if (is_in_circle) names += one.name + " includes ";
    }
    const auto first = std::find_if(open_.begin(), open_.end(), [&](const OpenFile& one) { return one.identity == identity; });
    report("W0216", where, fmt::format("files include each other in a circle: {}{}", names, first->name));
  }

  // Entries of sections, items of lists; anything else is said once.
  void merge(const std::string& key, Config value, SettingsTree& into) {
    auto& entries = std::get<Config::Map>(into.root.value);
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.first == key; });
    if (found == entries.end()) return entries.emplace_back(key, std::move(value)), void();
    Config& there = found->second;
    if (there.is_map() && value.is_map()) {
      auto& items = std::get<Config::Map>(there.value);
      for (auto& item : std::get<Config::Map>(value.value)) {
        const auto first = std::find_if(items.begin(), items.end(), [&](const auto& one) { return one.first == item.first; });
        if (first == items.end())
          items.push_back(std::move(item));
        else
          report_twice("W0211", item.second.key_where, fmt::format("{} of {} is defined twice", item.first, key), first->second.key_where);
      }
    } else if (there.is_list() && value.is_list()) {
      auto& more = std::get<Config::List>(value.value);
      auto& items = std::get<Config::List>(there.value);
      items.insert(items.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    } else if (key != "description") {
      report_twice("W0013", value.key_where, fmt::format("{} is said twice", key), there.key_where);
    }
  }

  const Registry& registry_;
  const Variables& variables_;
  Diagnostics& diagnostics_;
  std::set<std::string> streams_;
  std::vector<OpenFile> open_;  // the file itself, and those on the way to the one that is read
  std::set<std::string> taken_;
  std::size_t size_ = 0;
};

void add_streams(const Outline& outline, const Registry& registry, const Variables& variables, std::set<std::string>& taken, std::set<std::string>& streams) {
  for (Config file : outline.includes) {
    Diagnostics unused;
    if (!file.is_scalar() || !substitute_variables(file, variables, unused).failed.empty()) continue;
    const std::string path = path_from(file.where, file.scalar());
    if (!is_pipeline_file(path) || taken.size() >= max_files || !taken.insert(identity_of(path)).second) continue;
    Result<std::string> text = read_text_file(path, max_file_size);
    if (!text.ok()) continue;
    const auto part = load(std::make_shared<const SourceText>(SourceText{path, std::move(text).value()}), registry, {}, unused);
    if (!part) continue;
    const Outline inner = outline_of(*part);
    streams.insert(inner.streams.begin(), inner.streams.end());
    add_streams(inner, registry, variables, taken, streams);
  }
}

}  // namespace

FilledVariables include_files(SettingsTree& tree, const Registry& registry, const Variables& variables, Diagnostics& diagnostics) {
  const Outline outline = outline_of(tree);
  if (outline.includes.empty() && (!tree.root.is_map() || tree.root.find("include") == nullptr)) return {};
  std::set<std::string> streams = outline.streams, taken;
  add_streams(outline, registry, variables, taken, streams);
  Includer includer(registry, variables, diagnostics);
  includer.run(tree, std::move(streams));
  return std::move(includer.unfilled);
}

std::set<std::string> included_streams(const std::shared_ptr<const SourceText>& source, const Registry& registry, const Variables& variables) {
  std::string small = source->text;
  std::transform(small.begin(), small.end(), small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (small.find("include") == std::string::npos) return {};
  Diagnostics unused;
  const std::optional<SettingsTree> tree = load(source, registry, {}, unused);
  std::set<std::string> taken, streams;
  if (tree) add_streams(outline_of(*tree), registry, variables, taken, streams);
  return streams;
}

}  // namespace weir
