// parse_yaml_sink.cpp — the YAML front end: a sink with its table, key, conflict rule, references and fill.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "dsl/parse_yaml.h"
#include "dsl/placed_text.h"

namespace weir {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

void read_conflict_rule(const Config& config, SinkSyntax& sink, YamlReader& reader) {
  const std::vector<std::string> words =
      config.is_scalar() ? words_of(config.scalar()) : std::vector<std::string>{};
  if (words.size() == 1 && words[0] == "ignore") {
    sink.on_conflict = OnConflict::ignore;
  } else if (words.size() == 1 && words[0] == "update") {
    sink.on_conflict = OnConflict::update;
  } else if (words.size() == 1 && words[0] == "error") {
    sink.on_conflict = OnConflict::error;
  } else if (words.size() == 4 && words[0] == "update" && words[1] == "newer" && words[2] == "by") {
    sink.on_conflict = OnConflict::update_newer;
    const PlacedText text(config.scalar(), config.where);
    sink.newer_by = Name{words[3], text.bytes(config.scalar().rfind(words[3]), words[3].size())};
  } else {
    const std::string got = config.is_scalar() ? config.scalar() : "no text";
    reader.report("W0110", config, fmt::format("unknown on_conflict: {}", got),
                  "write ignore, update, update newer by COLUMN, or error");
  }
}

std::vector<std::string> texts_of(const std::vector<Name>& names) {
  std::vector<std::string> result;
  for (const Name& name : names) result.push_back(name.text);
  return result;
}

void read_references(const Config& config, SinkSyntax& sink, const std::string& what, YamlReader& reader) {
  const auto* list = std::get_if<Config::List>(&config.value);
  if (list == nullptr) {
    reader.report("W0108", config, fmt::format("references of {}: expected a list", what),
                  "write it as [{columns: [a], table: t, references: [a]}]");
    return;
  }
  for (const Config& item : *list) {
    const std::string one = "a reference of " + what;
    if (!reader.expect_map(item, one, "write it as {columns: [a], table: t, references: [a]}")) continue;
    reader.check_keys(item, one, Block::reference);
    ForeignKey key;
    if (const std::optional<Name> table = reader.required_name(item, "table", one)) key.table = table->text;
    if (const Config* columns = item.find("columns")) {
      key.columns = texts_of(reader.names(*columns, "columns of " + one));
    } else {
      reader.report("W0107", item, fmt::format("{} has no columns", one), "add columns: [NAME]");
    }
    if (const Config* columns = item.find("references"))
      key.references = texts_of(reader.names(*columns, "references of " + one));
    sink.references.push_back(std::move(key));
  }
}

void read_fill(const Config& config, SinkSyntax& sink, const std::string& what, YamlReader& reader) {
  const std::string fill = "fill of " + what;
  if (!reader.expect_map(config, fill, "write it as {column: day, from: 2024-01-01, to: 2026-12-31}")) return;
  reader.check_keys(config, fill, Block::fill);
  const std::optional<Name> column = reader.required_name(config, "column", fill);
  const std::optional<Name> from = reader.required_name(config, "from", fill);
  const std::optional<Name> to = reader.required_name(config, "to", fill);
  if (column && from && to) sink.fill = FillSyntax{*column, from->text, to->text, config.key_where};
}

// What is written: the steps, then `where`, then `select`.
void read_stream(const Config& config, SinkSyntax& sink, const std::string& what, YamlReader& reader) {
  StreamSyntax& stream = sink.stream;
  stream.inputs = read_inputs(config, what, reader);
  if (const Config* steps = config.find("steps"))
    stream.is_broken = !read_steps(*steps, what, stream.steps, reader);
  if (const Config* where = config.find("where")) {
    AstPtr predicate = reader.expression(*where, "where of " + what);
    stream.is_broken = stream.is_broken || predicate == nullptr;
    if (!stream.is_broken) stream.steps.push_back(WhereStep{std::move(predicate)});
  }
  if (const Config* select = config.find("select")) {
    auto columns = reader.columns(*select, "select of " + what);
    stream.is_broken = stream.is_broken || !columns;
    if (!stream.is_broken) stream.steps.push_back(SelectStep{*std::move(columns)});
  }
}

// With a type or a dsn, what is no key of the language belongs to the outlet or the store, which checks it.
void read_options(const Config& config, SinkSyntax& sink, const std::string& what, YamlReader& reader) {
  if (config.find("type") == nullptr && config.find("dsn") == nullptr) return reader.check_keys(config, what, Block::sink);
  Config own = config;
  Config::Map& own_keys = std::get<Config::Map>(own.value);
  Config::Map options;
  std::erase_if(own_keys, [&](const auto& entry) {
    const auto is_in = [&](const std::vector<std::string>& keys) { return std::find(keys.begin(), keys.end(), entry.first) != keys.end(); };
    if (is_in(table_keys_of_sinks())) sink.table_keys.push_back({entry.first, entry.second.key_where});
    if (find_key(Block::sink, entry.first) != nullptr) return false;
    options.push_back(entry);
    return true;
  });
  sink.options = Config{.where = sink.stream.where, .value = std::move(options)};
  if (const Config* type = config.find("type")) sink.type = reader.name(*type, "type of " + what).value_or(Name{});
}

}  // namespace

SinkSyntax read_sink(const Name& name, const Config& config, YamlReader& reader) {
  const std::string what = "sink " + name.text;
  SinkSyntax sink;
  sink.stream.name = name;
  sink.stream.where = name.where;
  read_options(config, sink, what, reader);
  read_stream(config, sink, what, reader);
  if (const Config* connection = config.find("connection"))
    sink.connection = reader.name(*connection, "connection of " + what);
  sink.table = name.text;
  if (const Config* table = config.find("table"))
    sink.table = reader.name(*table, "table of " + what).value_or(name).text;
  if (const Config* key = config.find("key")) sink.key = reader.names(*key, "key of " + what);
  if (const Config* rule = config.find("on_conflict")) read_conflict_rule(*rule, sink, reader);
  if (const Config* references = config.find("references")) read_references(*references, sink, what, reader);
  if (const Config* fill = config.find("fill")) read_fill(*fill, sink, what, reader);
  if (const Config* emit = config.find("emit")) {
    sink.emit = read_emit(*emit, what, reader);
    sink.emit_where = emit->key_where;
  }
  return sink;
}

}  // namespace weir
