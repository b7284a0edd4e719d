// parse_yaml.cpp — from a tree of settings to the syntax tree: the sections of a pipeline.
#include "dsl/parse_yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "engine/base/byte_size.h"

namespace weir {
namespace {

constexpr std::size_t least_state_memory = 1'000'000;
constexpr const char* pipeline_example = "a pipeline has name, connections, sources, transforms and sinks";
constexpr const char* weir_example = "a pipeline is CREATE PIPELINE, CREATE CONNECTION, CREATE SOURCE, CREATE STREAM and CREATE SINK";

bool is_plain_name(const std::string& text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_other = [](char c) { return (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || is_other(c); });
}

// Names become parts of tables' rows, metrics and messages.
void check_name(const Name& name, const std::string& what, YamlReader& reader) {
  if (is_plain_name(name.text)) return;
  reader.report("W0113", name.where, fmt::format("not a name for a {}: '{}'", what, name.text),
                "use letters, digits, _ and -, with a letter first");
}

Name read_pipeline_name(const SettingsTree& tree, YamlReader& reader) {
  const Config& root = tree.root;
  if (root.find("name") == nullptr) {
    const bool is_broken = std::any_of(tree.broken.begin(), tree.broken.end(), [](const auto& one) { return one.section == "name" || one.section.empty(); });
    if (!is_broken && !tree.is_part) {
      reader.report("W0114", root.where, "the pipeline has no name",
                    reader.spelled("add name: NAME; positions and the ledger are stored under it",
                                   "begin with CREATE PIPELINE NAME; positions and the ledger are stored under it"));
    }
    return {};
  }
  std::optional<Name> name = reader.required_name(root, "name", "pipeline");
  if (name) check_name(*name, "pipeline", reader);
  return name.value_or(Name{});
}

const char* example_of(std::string_view item) {
  if (item == "connection") return "write it as {dsn: ...}";
  if (item == "source") return "write it as {type: kafka, brokers: ..., topic: ..., format: json, columns: {...}}";
  if (item == "table") return "write it as {type: csv, file: NAME, columns: {...}, key: [NAME]}";
  if (item == "report") return "write it as {sql: SELECT ..., chart: bar}";
  return item == "function" ? "write it as {language: python, file: NAME, returns: TYPE}" : "write it as {input: NAME, steps: [...]}";
}

void for_each_entry(const Config& root, const std::string& section, const char* item, YamlReader& reader,
                    const std::function<void(const Name&, const Config&)>& read) {
  const Config* config = root.find(section);
  if (config == nullptr) return;
  if (!reader.expect_map(*config, section, "give each a name: NAME: {...}")) return;
  for (const auto& [key, value] : std::get<Config::Map>(config->value)) {
    const Name name{key, value.key_where};
    check_name(name, item, reader);
    if (reader.expect_map(value, fmt::format("{} {}", item, key), example_of(item))) read(name, value);
  }
}

// An empty value is one: `geo_database: "${GEO_DATABASE:-}"`.
std::vector<SettingSyntax> read_settings(const Config& root, YamlReader& reader) {
  std::vector<SettingSyntax> settings;
  const Config* config = root.find("settings");
  if (config == nullptr || !reader.expect_map(*config, "settings", "write NAME: value")) return settings;
  for (const auto& [key, value] : std::get<Config::Map>(config->value)) {
    if (!value.is_scalar()) {
      const bool is_empty = !value.is_map() && !value.is_list();
      reader.report("W0108", value, is_empty ? fmt::format("setting {} has no value", key) : fmt::format("setting {} is one value", key),
                    is_empty ? "write '' for an empty text" : "");
      continue;
    }
    settings.push_back({{key, value.key_where}, value.scalar()});
  }
  return settings;
}

std::vector<Name> read_plugins(const Config& root, YamlReader& reader) {
  std::vector<Name> plugins;
  const Config* config = root.find("plugins");
  if (config == nullptr) return plugins;
  if (!config->is_list()) {
    reader.report("W0108", *config, "plugins is a list of files", "write plugins: [path/to/plugin.so]");
    return plugins;
  }
  for (const Config& one : std::get<Config::List>(config->value)) {
    if (const std::optional<Name> path = reader.name(one, "plugin")) plugins.push_back(*path);
  }
  return plugins;
}

void read_state_limits(const Config& root, PipelineSyntax& pipeline, YamlReader& reader) {
  const Config* memory = root.find("state_memory");
  const Config* directory = root.find("state_directory");
  if (memory == nullptr && directory == nullptr) return;
  pipeline.state_limits_where = (memory != nullptr ? memory : directory)->key_where;
  if (memory != nullptr) {
    const std::optional<std::size_t> bytes = memory->is_scalar() ? parse_byte_size(memory->scalar()) : std::nullopt;
    if (!bytes || *bytes < least_state_memory)
      reader.report("W0123", *memory, fmt::format("state_memory: expected an amount of memory of at least {}, got '{}'", format_byte_size(least_state_memory),
                                         memory->is_scalar() ? memory->scalar() : ""),
                    "write it as 256 MB or 2 GB");
    pipeline.state_limits.memory = bytes;
  }
  if (directory == nullptr) return;
  if (const std::optional<Name> folder = reader.name(*directory, "state_directory")) pipeline.state_limits.directory = folder->text;
}

StreamSyntax read_stream(const Name& name, const Config& config, YamlReader& reader) {
  const std::string what = "stream " + name.text;
  reader.check_keys(config, what, Block::stream);
  StreamSyntax stream;
  stream.name = name;
  stream.where = name.where;
  stream.inputs = read_inputs(config, what, reader);
  if (const Config* steps = config.find("steps"))
    stream.is_broken = !read_steps(*steps, what, stream.steps, reader);
  return stream;
}

// What reads it is not wrong for that.
void add_broken(const SettingsTree::Broken& broken, PipelineSyntax& pipeline) {
  const Name name{broken.name, broken.where};
  if (broken.section == "sources") pipeline.sources.push_back(SourceSyntax{.name = name, .is_broken = true});
  if (broken.section == "tables") pipeline.tables.push_back(TableSyntax{.name = name, .is_broken = true});
  if (broken.section == "transforms") pipeline.streams.push_back(StreamSyntax{.name = name, .is_broken = true});
  if (broken.section == "connections") pipeline.connections.push_back(ConnectionSyntax{.name = name, .is_broken = true});
}

}  // namespace

std::vector<Name> read_inputs(const Config& config, const std::string& what, YamlReader& reader) {
  const Config* one = config.find("input");
  const Config* several = config.find("inputs");
  if (one != nullptr && several != nullptr) {
    reader.report("W0111", several->key_where, fmt::format("{} has both input and inputs", what),
                  "keep inputs: the rows of all of them are taken");
  }
  if (several != nullptr) return reader.names(*several, "inputs of " + what);
  if (one == nullptr) {
    reader.report("W0107", config.key_where, fmt::format("{} has no input", what),
                  "add input: NAME of a source or stream");
    return {};
  }
  if (one->is_list()) return reader.names(*one, "input of " + what);
  const std::optional<Name> name = reader.name(*one, "input of " + what);
  return name ? std::vector<Name>{*name} : std::vector<Name>{};
}

std::optional<PipelineSyntax> read_pipeline(const SettingsTree& tree, Diagnostics& diagnostics) {
  const Config& root = tree.root;
  YamlReader reader(diagnostics, tree.spelling);
  if (!root.is_map()) {
    const bool is_sql = root.is_scalar() && root.scalar().rfind("CREATE ", 0) == 0;
    reader.report("W0115", root.where, "the file holds no pipeline", is_sql ? "statements of SQL stand in a file whose name ends in .weir" : pipeline_example);
    return std::nullopt;
  }
  const std::size_t errors_before = diagnostics.errors().size();
  reader.check_keys(root, "a pipeline", Block::pipeline);
  const bool knows_keys = diagnostics.errors().size() == errors_before;
  PipelineSyntax pipeline;
  pipeline.name = read_pipeline_name(tree, reader);
  for (const char* section : {"sources", "sinks"}) {
    // A section that seems to be missing may only be misspelt.
    if (knows_keys && !tree.is_part && tree.broken.empty() && root.find(section) == nullptr)
      reader.report("W0115", root.where, fmt::format("the pipeline has no {}", section), reader.spelled(pipeline_example, weir_example));
  }
  if (const Config* state = root.find("state")) pipeline.state = reader.name(*state, "state");
  read_state_limits(root, pipeline, reader);
  if (const Config* emit = root.find("emit")) pipeline.emit = read_emit(*emit, "the pipeline", reader);
  pipeline.settings = read_settings(root, reader);
  pipeline.plugins = read_plugins(root, reader);
  for_each_entry(root, "functions", "function", reader, [&](const Name& name, const Config& config) {
    pipeline.functions.push_back(read_function(name, config, reader));
  });
  for_each_entry(root, "connections", "connection", reader, [&](const Name& name, const Config& config) {
    pipeline.connections.push_back({name, config});
  });
  for_each_entry(root, "sources", "source", reader, [&](const Name& name, const Config& config) {
    pipeline.sources.push_back(read_source(name, config, reader));
  });
  for_each_entry(root, "tables", "table", reader, [&](const Name& name, const Config& config) {
    pipeline.tables.push_back(read_table(name, config, reader));
  });
  for_each_entry(root, "transforms", "stream", reader, [&](const Name& name, const Config& config) {
    pipeline.streams.push_back(read_stream(name, config, reader));
  });
  for_each_entry(root, "sinks", "sink", reader, [&](const Name& name, const Config& config) {
    pipeline.sinks.push_back(read_sink(name, config, reader));
  });
  for_each_entry(root, "reports", "report", reader, [&](const Name& name, const Config& config) {
    pipeline.reports.push_back(read_report(name, config, reader));
  });
  if (const Config* tests = root.find("tests")) pipeline.tests = read_tests(*tests, reader);
  pipeline.is_broken = !tree.broken.empty();
  for (const SettingsTree::Broken& broken : tree.broken) add_broken(broken, pipeline);
  return pipeline;
}

}  // namespace weir
