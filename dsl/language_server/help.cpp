// help.cpp — what keys, options, functions and columns are, in Markdown.
#include "dsl/language_server/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/component/store_lookup.h"

namespace weir {
namespace {

constexpr std::size_t most_examples = 2;
constexpr std::size_t most_columns = 60;

template <typename Spec>
void add_options(const std::vector<Spec>& specs, const std::string& name, std::vector<OptionDoc>& options) {
  const bool is_known = std::any_of(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.name == name; });
  for (const Spec& spec : specs) {
    if (is_known && spec.name != name) continue;
    for (const OptionDoc& option : spec.options) {
      const bool is_new = std::none_of(options.begin(), options.end(), [&](const OptionDoc& one) { return one.name == option.name; });
      if (is_new) options.push_back(option);
    }
  }
}

template <typename Spec>
void add_connectors(const std::vector<Spec>& specs, std::vector<std::pair<std::string, std::string>>& connectors) {
  for (const Spec& spec : specs) connectors.emplace_back(spec.name, spec.summary);
}

bool has(const Place& place, const char* key) { return std::find(place.present.begin(), place.present.end(), key) != place.present.end(); }

FunctionHelp help_for(const AggregateFunction& aggregate) {
  FunctionHelp help{&aggregate.declaration, {}, "aggregate"};
  for (const AggregateExample& example : aggregate.examples) help.examples.push_back({example.call + " of " + example.rows, example.result});
  return help;
}

FunctionHelp help_for(const TableFunction& table) {
  FunctionHelp help{&table.declaration, {}, "table function"};
  for (const TableExample& example : table.examples) help.examples.push_back({example.call, example.rows});
  return help;
}

}  // namespace

std::optional<FunctionHelp> find_function(const Registry& registry, const std::string& name) {
  if (const Function* function = registry.functions.find(name); function != nullptr && !function->is_operator)
    return FunctionHelp{function, function->examples, "function"};
  if (const AggregateFunction* aggregate = registry.aggregates.find(name)) return help_for(*aggregate);
  if (const TableFunction* table = registry.tables.find(name)) return help_for(*table);
  return std::nullopt;
}

std::vector<FunctionHelp> all_functions(const Registry& registry) {
  std::vector<FunctionHelp> result;
  for (const Function* function : registry.functions.functions()) {
    if (!function->is_operator) result.push_back({function, function->examples, "function"});
  }
  for (const AggregateFunction* aggregate : registry.aggregates.functions()) result.push_back(help_for(*aggregate));
  for (const TableFunction* table : registry.tables.functions()) result.push_back(help_for(*table));
  return result;
}

std::vector<OptionDoc> options_at(const Place& place, const Registry& registry) {
  std::vector<OptionDoc> options;
  switch (place.block) {
    case Block::source:
      add_options(registry.sources, place.type, options);
      add_options(registry.formats, place.format, options);
      break;
    case Block::connection:
      add_options(registry.stores, place.type, options);
      break;
    case Block::sink:
      if (registry.find_outlet(place.type) != nullptr) {
        add_options(registry.outlets, place.type, options);
      } else if (registry.find_store(place.type) != nullptr || has(place, "dsn") || place.name == "dsn") {
        add_options(registry.stores, place.type, options);
      }
      break;
    case Block::table:
      if (!has(place, "connection")) add_options(registry.lookups, place.type, options);
      if (!has(place, "type")) {
        for (const OptionDoc& option : store_lookup_options()) options.push_back(option);
      }
      break;
    default:
      break;
  }
  return options;
}

std::optional<OptionDoc> find_option(const Place& place, const Registry& registry) {
  for (const OptionDoc& option : options_at(place, registry)) {
    if (option.name == place.name) return option;
  }
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> connectors_at(Block block, const Registry& registry) {
  std::vector<std::pair<std::string, std::string>> connectors;
  if (block == Block::source) add_connectors(registry.sources, connectors);
  if (block == Block::table) add_connectors(registry.lookups, connectors);
  if (block == Block::sink) add_connectors(registry.outlets, connectors);
  if (block == Block::sink || block == Block::connection) add_connectors(registry.stores, connectors);
  return connectors;
}

std::string help_of(const LanguageKey& key) {
  std::string text = fmt::format("**{}**: {}.", key.name, key.summary);
  if (!key.words.empty()) text += fmt::format(" Words: `{}`.", fmt::join(key.words, "`, `"));
  if (!key.default_value.empty()) text += fmt::format(" Default: {}.", key.default_value);
  if (key.is_required) text += " Required.";
  return text;
}

std::string help_of(const OptionDoc& option) {
  std::string text = fmt::format("**{}** ({}): {}.", option.name, option.type, option.summary);
  if (!option.default_value.empty()) text += fmt::format(" Default: {}.", option.default_value);
  if (option.required) text += " Required.";
  if (option.secret) text += " A secret: never printed.";
  return text;
}

std::string help_of(const FunctionHelp& function) {
  const Function& declaration = *function.declaration;
  std::string text = fmt::format("```sql\n{}\n```\n{}", declaration.signature, declaration.summary);
  if (!declaration.aliases.empty()) text += fmt::format(" Also called `{}`.", fmt::join(declaration.aliases, "`, `"));
  if (function.examples.empty()) return text;
  text += "\n```sql\n";
  for (std::size_t i = 0; i < std::min(most_examples, function.examples.size()); ++i)
    text += fmt::format("{}  -- {}\n", function.examples[i].expression, function.examples[i].result);
  return text + "```";
}

std::string text_of(const Field& field) { return fmt::format("{} {}{}", field.name, to_string(field.type), field.nullable ? "" : " not null"); }

std::string columns_in_lines(const Schema& schema) {
  std::string text = "```sql\n";
  for (std::size_t i = 0; i < std::min(most_columns, schema.fields.size()); ++i) text += text_of(schema.fields[i]) + "\n";
  if (schema.fields.size() > most_columns) text += fmt::format("-- and {} more\n", schema.fields.size() - most_columns);
  return text + "```";
}

std::vector<std::string> choices_of(const std::string& type) {
  std::vector<std::string> words;
  if (type.find(" | ") == std::string::npos) return words;
  for (std::string_view rest = type; !rest.empty();) {
    const auto end = std::min(rest.find(" | "), rest.size());
    words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 3, rest.size()));
  }
  return words;
}

}  // namespace weir
