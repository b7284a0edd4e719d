// parse_yaml_steps.cpp — the YAML front end: the steps of a stream.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "dsl/foreign_words.h"
#include "dsl/parse_yaml.h"
#include "engine/base/nearest_name.h"

namespace weir {
namespace {

std::optional<Step> read_where(const Config& config, YamlReader& reader) {
  AstPtr predicate = reader.expression(config, "where");
  if (predicate == nullptr) return std::nullopt;
  return WhereStep{std::move(predicate)};
}

std::optional<Step> read_extend(const Config& config, YamlReader& reader) {
  if (!reader.expect_map(config, "extend", "write it as {name: expression}")) return std::nullopt;
  auto columns = reader.columns(config, "extend");
  if (!columns) return std::nullopt;
  return ExtendStep{*std::move(columns)};
}

std::optional<Step> read_rename(const Config& config, YamlReader& reader) {
  if (!reader.expect_map(config, "rename", "write it as {old_name: new_name}")) return std::nullopt;
  RenameStep step;
  bool is_complete = true;
  for (const auto& [from, value] : std::get<Config::Map>(config.value)) {
    const std::optional<Name> to = reader.name(value, fmt::format("new name of {}", from));
    if (to) step.columns.emplace_back(Name{from, value.key_where}, *to);
    is_complete = is_complete && to;
  }
  if (!is_complete) return std::nullopt;
  return step;
}

// `explode: EXPRESSION`, or a map that says more.
std::optional<Step> read_explode(const Config& config, YamlReader& reader) {
  ExplodeStep step;
  if (!std::holds_alternative<Config::Map>(config.value)) {
    step.of = reader.expression(config, "explode");
    return step.of == nullptr ? std::nullopt : std::optional<Step>(std::move(step));
  }
  reader.check_keys(config, "explode", Block::explode);
  bool is_complete = true;
  const Config* of = config.find("of");
  if (of == nullptr) {
    reader.report("W0107", config, "explode does not say what it makes rows of", "write it as {of: array, as: name}");
  } else {
    step.of = reader.expression(*of, "of of explode");
  }
  if (const Config* as = config.find("as")) {
    step.as = reader.names(*as, "as of explode");
    is_complete = !step.as.empty();
  }
  if (const Config* position = config.find("position")) {
    step.position = reader.name(*position, "position of explode");
    is_complete = is_complete && step.position;
  }
  if (const Config* keep_empty = config.find("keep_empty")) {
    const std::optional<bool> value = reader.truth(*keep_empty, "keep_empty of explode");
    step.keep_empty = value.value_or(false);
    is_complete = is_complete && value;
  }
  if (!is_complete || step.of == nullptr) return std::nullopt;
  return step;
}

std::optional<Step> read_aggregate(const Config& config, YamlReader& reader) {
  if (!reader.expect_map(config, "aggregate", "write it as {by: [columns], select: {name: expression}}")) return std::nullopt;
  reader.check_keys(config, "aggregate", Block::aggregate);
  AggregateStep step;
  step.where = config.key_where;
  bool is_complete = true;
  if (const Config* window = config.find("window")) {
    step.window = reader.expression(*window, "window of aggregate");
    is_complete = step.window != nullptr;
  }
  const auto read = [&](const char* key, std::vector<NamedExpression>& columns) {
    const Config* given = config.find(key);
    if (given == nullptr) return;
    auto found = reader.columns(*given, fmt::format("{} of aggregate", key));
    is_complete = is_complete && found;
    if (found) columns = *std::move(found);
  };
  read("by", step.by);
  read("select", step.columns);
  if (config.find("window") == nullptr && config.find("by") == nullptr && config.find("select") == nullptr) {
    reader.report("W0405", config, "aggregate has neither by nor select", "write it as {by: [columns], select: {name: expression}}");
    is_complete = false;
  }
  if (!is_complete) return std::nullopt;
  return step;
}

std::optional<Step> read_dedup(const Config& config, YamlReader& reader) {
  const char* example = "write it as {key: [columns], within: 2 hours}";
  if (!reader.expect_map(config, "dedup", example)) return std::nullopt;
  reader.check_keys(config, "dedup", Block::dedup);
  DedupStep step;
  step.where = config.key_where;
  const Config* key = config.find("key");
  if (key == nullptr) {
    reader.report("W0107", config, "dedup does not say which rows are the same", example);
    return std::nullopt;
  }
  auto columns = reader.columns(*key, "key of dedup");
  bool is_complete = columns.has_value();
  if (columns) step.key = *std::move(columns);
  if (const Config* within = config.find("within")) {
    step.within = read_span(*within, "within of dedup", reader);
    is_complete = is_complete && step.within;
  }
  return is_complete ? std::optional<Step>(std::move(step)) : std::nullopt;
}

std::optional<Step> read_limit(const Config& config, YamlReader& reader) {
  std::size_t rows = 0;
  const std::string text = config.is_scalar() ? config.scalar() : "";
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || rows == 0) {
    reader.report("W0123", config, fmt::format("limit: expected a number of rows, at least 1, got '{}'", text), reader.spelled("write it as limit: 10", "write it as LIMIT 10"));
    return std::nullopt;
  }
  return LimitStep{rows, config.key_where};
}

std::optional<Step> read_step(const std::string& kind, const Config& config, YamlReader& reader) {
  if (kind == "where") return read_where(config, reader);
  if (kind == "extend") return read_extend(config, reader);
  if (kind == "rename") return read_rename(config, reader);
  if (kind == "explode") return read_explode(config, reader);
  if (kind == "dedup") return read_dedup(config, reader);
  if (kind == "join") return read_join(config, reader);
  if (kind == "aggregate") return read_aggregate(config, reader);
  if (kind == "limit") return read_limit(config, reader);
  if (kind == "select") {
    auto columns = reader.columns(config, "select");
    return columns ? std::optional<Step>(SelectStep{*std::move(columns)}) : std::nullopt;
  }
  std::vector<Name> names = reader.names(config, kind);
  if (names.empty()) return std::nullopt;
  if (kind == "drop") return DropStep{std::move(names)};
  return UnionStep{std::move(names)};
}

// The one key of a step says its kind.
const std::pair<std::string, Config>* kind_of(const Config& item, YamlReader& reader) {
  if (!reader.expect_map(item, "a step", "write it as '- where: expression'")) return nullptr;
  const auto& map = std::get<Config::Map>(item.value);
  if (map.empty()) {
    reader.report("W0117", item, "a step is empty", "write it as '- where: expression'");
    return nullptr;
  }
  const std::string& kind = map.front().first;
  if (map.size() > 1) {
    reader.report("W0117", map[1].second.key_where,
                  fmt::format("a step is one thing, and this one is {} and {}", kind, map[1].first),
                  "begin each step with a '-' of its own");
    return nullptr;
  }
  const LanguageKey* known = find_key(Block::step, kind);
  if (known != nullptr && !known->is_later) return &map.front();
  const Location& where = map.front().second.key_where;
  if (known != nullptr) {
    reader.report("W0112", where, fmt::format("step {}: not available in this version", kind));
    return nullptr;
  }
  std::vector<std::string> all = names_of(Block::step);
  for (std::string& later : later_names_of(Block::step)) all.push_back(std::move(later));
  const std::string foreign = step_of_yaml(kind);
  const std::string nearest = foreign.empty() ? nearest_name(kind, all) : foreign;
  reader.report("W0116", where, fmt::format("unknown step: {}", kind),
                nearest.empty() ? fmt::format("steps are {}", fmt::join(names_of(Block::step), ", "))
                                : fmt::format("did you mean {}?", nearest));
  return nullptr;
}

}  // namespace

bool read_steps(const Config& config, const std::string& what, std::vector<Step>& steps, YamlReader& reader) {
  const auto* list = std::get_if<Config::List>(&config.value);
  if (list == nullptr) {
    reader.report("W0108", config, fmt::format("steps of {}: expected a list", what), "begin each step with a '-'");
    return false;
  }
  bool is_complete = true;
  for (const Config& item : *list) {
    const auto* step = kind_of(item, reader);
    std::optional<Step> read = step != nullptr ? read_step(step->first, step->second, reader) : std::nullopt;
    is_complete = is_complete && read;
    if (is_complete) steps.push_back(*std::move(read));
  }
  return is_complete;
}

}  // namespace weir
