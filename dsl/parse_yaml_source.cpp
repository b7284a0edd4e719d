// parse_yaml_source.cpp — the YAML front end: a source with its columns and its error policy.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "dsl/column_spec.h"
#include "dsl/parse_yaml.h"
#include "engine/base/nearest_name.h"

namespace weir {
namespace {

void read_columns(const Config& config, SourceSyntax& source, YamlReader& reader) {
  if (!reader.expect_map(config, "columns of source " + source.name.text,
                         "write each as NAME: TYPE, such as id: string not null")) {
    source.is_broken = true;
    return;
  }
  const auto& columns = std::get<Config::Map>(config.value);
  if (columns.empty()) reader.report("W0109", config, fmt::format("source {} has no columns", source.name.text));
  for (const auto& [name, spec] : columns) {
    const Name column{name, spec.key_where};
    const auto text = reader.text(spec, "type of column " + name);
    if (text) source.columns.push_back(read_column_spec(column, *text, spec.where, reader.diagnostics(), source.checks));
  }
  source.is_broken = source.is_broken || columns.empty();
}

// "10%" or "0.1".
std::optional<double> read_share(const Config& config, YamlReader& reader) {
  const std::string text = config.is_scalar() ? config.scalar() : "";
  const bool is_percent = !text.empty() && text.back() == '%';
  const char* end = text.data() + text.size() - (is_percent ? 1 : 0);
  double number = 0;
  const auto parsed = std::from_chars(text.data(), end, number);
  const double share = is_percent ? number / 100 : number;
  if (!text.empty() && parsed.ec == std::errc{} && parsed.ptr == end && share > 0 && share <= 1) return share;
  reader.report("W0123", config, fmt::format("stop_above: expected a share of the rows, got '{}'", text),
                "write it as 10%");
  return std::nullopt;
}

void read_reaction(const Config& config, ErrorPolicy& policy, YamlReader& reader) {
  static const std::vector<std::string> names = {"reject", "fail", "null"};
  const std::string text = config.is_scalar() ? config.scalar() : config.where.length > 0 ? "null" : "";
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) {
    policy.reaction = static_cast<OnRowError>(found - names.begin());
    return;
  }
  const std::string nearest = nearest_name(text, names);
  reader.report("W0110", config, fmt::format("on_error: expected reject, fail, null or a map, got '{}'", text),
                nearest.empty() ? "write reject, or {to: rejects, stop_above: 10%}"
                                : fmt::format("did you mean {}?", nearest));
}

void read_policy(const Config& config, ErrorPolicy& policy, YamlReader& reader) {
  static_assert(static_cast<int>(OnRowError::reject) == 0 && static_cast<int>(OnRowError::fail) == 1 &&
                static_cast<int>(OnRowError::null) == 2);
  if (!config.is_map()) return read_reaction(config, policy, reader);
  reader.check_keys(config, "on_error", Block::on_error);
  if (const Config* to = config.find("to");
      to != nullptr && (!to->is_scalar() || to->scalar() != "rejects")) {
    reader.report("W0110", *to, "rejected rows go to: rejects",
                  "write to: rejects, the table weir_rejects beside the sinks");
  }
  if (const Config* share = config.find("stop_above")) policy.stop_above = read_share(*share, reader);
}

}  // namespace

SourceSyntax read_source(const Name& name, const Config& config, YamlReader& reader) {
  SourceSyntax source;
  source.name = name;
  const std::string what = "source " + name.text;
  source.options.where = name.where;
  source.options.key_where = config.key_where;
  Config::Map options;
  for (const auto& [key, value] : std::get<Config::Map>(config.value)) {
    if (find_key(Block::source, key) == nullptr) options.emplace_back(key, value);
  }
  source.options.value = std::move(options);

  const std::optional<Name> connector = reader.required_name(config, "type", what);
  source.is_broken = !connector;
  source.connector = connector.value_or(Name{});
  if (const Config* format = config.find("format")) {
    const std::optional<Name> found = reader.name(*format, "format of " + what);
    source.is_broken = source.is_broken || !found;
    source.format = found.value_or(Name{});
  }
  if (const Config* columns = config.find("columns")) {
    read_columns(*columns, source, reader);
  } else {
    reader.report("W0107", name.where, fmt::format("{} has no columns", what), "add columns: {NAME: TYPE, ...}");
    source.is_broken = true;
  }
  if (const Config* computed = config.find("computed")) {
    auto columns = reader.columns(*computed, "computed of " + what);
    source.is_broken = source.is_broken || !columns;
    if (columns) source.computed = *std::move(columns);
  }
  read_time(config, source, reader);
  if (const Config* policy = config.find("on_error")) read_policy(*policy, source.on_error, reader);
  return source;
}

}  // namespace weir
