// yaml_reader.cpp — reads names, lists, maps and expressions out of a tree of settings.
#include "dsl/yaml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "dsl/compile.h"
#include "dsl/cut_short.h"
#include "dsl/foreign_words.h"
#include "dsl/placed_text.h"
#include "engine/base/nearest_name.h"
#include "engine/base/source_lines.h"

namespace weir {
namespace {

bool holds(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string kind_of(const Config& config) {
  if (config.is_map()) return "a map";
  if (config.is_list()) return "a list";
  if (!config.is_scalar()) return "nothing";
  // The address of a database may hold a password.
  const bool may_be_secret = config.holds_secret || config.scalar().find("://") != std::string::npos;
  return fmt::format("'{}'", may_be_secret ? "..." : config.scalar());
}

/// Keys for which statements have no place of their own.
std::vector<std::string> options_among(std::vector<std::string> keys) {
  static const std::vector<std::string> others = {"name", "connections", "sources", "tables", "transforms", "sinks", "functions", "input", "inputs", "steps", "where", "select", "tests", "given", "expect"};
  std::erase_if(keys, [&](const std::string& key) { return holds(others, key); });
  return keys;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

const Location& YamlReader::place(const Config& config) {
  const bool is_empty = !config.is_map() && !config.is_list() && config.where.length == 0;
  return is_empty && config.key_where.is_known() ? config.key_where : config.where;
}

void YamlReader::report(const char* mistake, const Config& config, std::string message, std::string hint) {
  report(mistake, place(config), std::move(message), std::move(hint));
}

void YamlReader::report(const char* mistake, const Location& where, std::string message, std::string hint) {
  diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(std::move(hint)));
}

void YamlReader::check_keys(const Config& map, const std::string& what, Block block) {
  const std::vector<std::string> known = names_of(block);
  for (const auto& [key, value] : std::get<Config::Map>(map.value)) {
    const LanguageKey* found = find_key(block, key);
    if (found != nullptr && !found->is_later) continue;
    if (found != nullptr) {
      report("W0112", value.key_where, fmt::format("{}: not available in this version", key));
      continue;
    }
    const std::vector<std::string> meant = spelling_ == Spelling::yaml ? known : options_among(known);
    const std::string foreign = key_here(key, meant);
    const std::string nearest = foreign.empty() ? nearest_name(key, meant) : foreign;
    const char* word = spelled("key", "option");
    report("W0106", value.key_where, fmt::format("unknown {} of {}: {}", word, what, key),
           nearest.empty() ? fmt::format("{}s are {}", word, fmt::join(meant, ", "))
                           : fmt::format("did you mean {}?", nearest));
  }
}

bool YamlReader::expect_map(const Config& config, const std::string& what, const char* example) {
  if (config.is_map()) return true;
  report("W0108", config, fmt::format("{}: expected a map, got {}", what, kind_of(config)), example);
  return false;
}

std::optional<std::string> YamlReader::text(const Config& config, const std::string& what) {
  if (config.is_scalar() && !config.scalar().empty()) return config.scalar();
  report("W0108", config, fmt::format("{}: expected a text, got {}", what, kind_of(config)));
  return std::nullopt;
}

std::optional<bool> YamlReader::truth(const Config& config, const std::string& what) {
  if (config.is_scalar() && config.scalar() == "true") return true;
  if (config.is_scalar() && config.scalar() == "false") return false;
  const std::string word = config.is_scalar() ? config.scalar() : "";
  const bool means_true = word == "yes" || word == "on" || word == "1" || word == "True" || word == "TRUE" || word == "y";
  const bool means_false = word == "no" || word == "off" || word == "0" || word == "False" || word == "FALSE" || word == "n";
  report("W0110", config, fmt::format("{}: expected true or false, got {}", what, kind_of(config)), means_true ? "write true" : means_false ? "write false" : "");
  return std::nullopt;
}

std::optional<Name> YamlReader::name(const Config& config, const std::string& what) {
  if (config.is_scalar() && !trim(config.scalar()).empty())
    return Name{std::string(trim(config.scalar())), config.where};
  report("W0108", config, fmt::format("{}: expected a name, got {}", what, kind_of(config)));
  return std::nullopt;
}

std::optional<Name> YamlReader::required_name(const Config& map, const std::string& key,
                                              const std::string& what) {
  if (const Config* config = map.find(key)) return name(*config, fmt::format("{} of {}", key, what));
  report("W0107", map.key_where.is_known() ? map.key_where : map.where, fmt::format("{} has no {}", what, key),
         fmt::format("add {}: NAME", key));
  return std::nullopt;
}

std::vector<Name> YamlReader::names(const Config& config, const std::string& what) {
  std::vector<Name> result;
  if (const auto* list = std::get_if<Config::List>(&config.value)) {
    for (const Config& item : *list) {
      if (auto one = name(item, what)) result.push_back(*std::move(one));
    }
    if (list->empty()) report("W0109", config, fmt::format("{}: the list is empty", what));
    return result;
  }
  if (!config.is_scalar()) {
    report("W0108", config, fmt::format("{}: expected a list of names, got {}", what, kind_of(config)),
           "write it as [a, b]");
    return result;
  }
  const PlacedText placed(config.scalar(), config.where);
  for (std::string_view rest = config.scalar(); !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    if (const auto part = trim(rest.substr(0, comma)); !part.empty())
      result.push_back({std::string(part), placed.bytes(static_cast<std::size_t>(part.data() - config.scalar().data()), part.size())});
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (result.empty())
    report("W0109", config, fmt::format("{}: expected a list of names, got nothing", what), "write it as [a, b]");
  return result;
}

AstPtr YamlReader::expression(const Config& config, const std::string& what) {
  std::string text = "null";
  if (config.is_scalar()) {
    text = config.scalar();
  } else if (config.is_map() || config.is_list() || config.where.length == 0) {
    const char* hint =
        config.is_map() || config.is_list() ? "an expression that begins with { or [ must be in quotes" : "";
    report("W0108", config, fmt::format("{}: expected an expression, got {}", what, kind_of(config)), hint);
    return nullptr;
  }
  AstPtr result = parse_expression(text, place(config), diagnostics_);
  if (result == nullptr) warn_of_comment(config);
  return result;
}

// The rest of a wrong expression may be what YAML took for a comment.
void YamlReader::warn_of_comment(const Config& config) {
  if (config.is_quoted || config.where.source == nullptr) return;
  const std::string_view line = line_of(config.where);
  const std::size_t end = config.where.column - 1 + config.where.length;
  const auto sign = end < line.size() ? line.find_first_not_of(" \t", end) : std::string_view::npos;
  if (sign == std::string_view::npos || sign == end || line[sign] != '#') return;
  Location where = config.where;
  where.column = static_cast<std::uint32_t>(sign + 1);
  where.length = static_cast<std::uint32_t>(trim(line.substr(sign)).size());
  diagnostics_.warning(Error{ErrorKind::user, cut_short_message, where}.as("W0903").with_hint(cut_short_hint));
}

// A list names columns as they are.
void YamlReader::report_expression_in_list(const Name& column) {
  if (column.text == "*") return report("W0120", column.where, "'*' is no column", "name the columns, or write extend: it keeps all and adds some");
  std::string lower = column.text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (const auto as = lower.rfind(" as "); as != std::string::npos)
    report("W0108", column.where, "a list names columns, and this one is renamed", fmt::format("write it as {{{}: {}}}", trim(std::string_view(column.text).substr(as + 4)), trim(std::string_view(column.text).substr(0, as))));
}

std::optional<std::vector<NamedExpression>> YamlReader::columns(const Config& config,
                                                                const std::string& what) {
  std::vector<NamedExpression> result;
  const std::size_t errors_before = diagnostics_.errors().size();
  if (const auto* map = std::get_if<Config::Map>(&config.value)) {
    for (const auto& [column, value] : *map) {
      result.push_back({{column, value.key_where}, expression(value, fmt::format("column {}", column))});
    }
    if (map->empty()) report("W0109", config, fmt::format("{}: no column is given", what));
  } else if (config.is_list()) {
    for (Name& column : names(config, what)) {
      report_expression_in_list(column);
      auto reference = std::make_unique<Ast>(Ast{NameAst{{column.text}}, column.where});
      result.push_back({std::move(column), std::move(reference)});
    }
  } else {
    report("W0108", config, fmt::format("{}: expected columns, got {}", what, kind_of(config)),
           "write it as {name: expression} or [name, name]");
  }
  if (diagnostics_.errors().size() != errors_before) return std::nullopt;
  return result;
}

}  // namespace weir
