// write_weir_query.cpp — what a stream or sink says of its rows, as a query of a .weir file.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "dsl/expression_text.h"
#include "dsl/write_weir.h"

namespace weir {
namespace {

std::string lines(const std::string& expression, std::size_t indent) { return fmt::format("{}", fmt::join(lines_of_expression(expression), "\n" + std::string(indent, ' '))); }

std::vector<std::string> names_of(const Config& config) {
  std::vector<std::string> names;
  if (const auto* list = std::get_if<Config::List>(&config.value)) {
    for (const Config& one : *list) names.push_back(one.scalar());
    return names;
  }
  const std::string& text = config.scalar();
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::size_t first = std::min(text.find_first_not_of(' ', at), end);
    std::string name = text.substr(first, end - first);
    name.erase(name.find_last_not_of(' ') + 1);
    if (!name.empty()) names.push_back(std::move(name));
    at = end + 1;
  }
  return names;
}

std::string reference(const std::string& name) { return name.starts_with("${") ? name : weir_name(name); }

std::string joined_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + reference(name);
  return text;
}

/// "2 hours" as INTERVAL 2 HOURS where SQL has the unit, else in quotes.
std::string span(const std::string& text) {
  const std::size_t unit = text.find_first_not_of("0123456789");
  static const std::vector<std::string> units = {" second", " seconds", " minute", " minutes", " hour", " hours", " day", " days"};
  if (unit != 0 && unit != std::string::npos && std::find(units.begin(), units.end(), text.substr(unit)) != units.end()) {
    std::string interval = "INTERVAL " + text;
    std::transform(interval.begin(), interval.end(), interval.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return interval;
  }
  const bool is_interval = text.size() > 8 && std::equal(text.begin(), text.begin() + 8, "interval", [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
  return is_interval || text.starts_with("${") ? text : "'" + text + "'";
}

class QueryWriter {
 public:
  explicit QueryWriter(Comments& comments) : comments_(comments) {}

  std::string run(const Config& stream) {
    const Config* input = stream.find("input") != nullptr ? stream.find("input") : stream.find("inputs");
    std::vector<std::string> from = names_of(*input);
    add(*input, "FROM " + reference(from.front()));
    if (from.size() > 1) add(*input, "|> UNION " + joined_names({from.begin() + 1, from.end()}));
    if (const Config* steps = stream.find("steps")) {
      for (const Config& item : std::get<Config::List>(steps->value)) step(std::get<Config::Map>(item.value).front());
    }
    for (const char* key : {"where", "select"}) {
      if (const Config* one = stream.find(key)) step({key, *one});
    }
    std::string text;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const ListedText& part = parts_[i];
      text += comment_lines(part.above, 0) + part.text;
      const bool is_last = i + 1 == parts_.size();
      if (!part.behind.empty()) text += is_last ? closed_comment(part.behind) : "   -- " + part.behind;
      if (!is_last) text += "\n";
    }
    return text;
  }

 private:
  void add(const Config& setting, std::string text) { parts_.push_back(listed(std::move(text), setting, comments_)); }

  void step(const std::pair<std::string, Config>& one) {
    const auto& [kind, value] = one;
    ListedText part{comments_.take_above(value.key_where), "", ""};
    if (is_in_one_line(value)) part.behind = comments_.take_behind(value.key_where);
    part.text = text_of(kind, value);
    if (part.behind.empty()) part.behind = comments_.take_behind(value.key_where);
    for (const std::string& line : comments_.take_within(value)) part.behind += (part.behind.empty() || line.empty() ? "" : " ") + line;
    parts_.push_back(std::move(part));
  }

  static bool is_in_one_line(const Config& step) {
    const auto* map = std::get_if<Config::Map>(&step.value);
    return map != nullptr && std::all_of(map->begin(), map->end(), [&](const auto& one) { return one.second.key_where.line == step.key_where.line && !one.second.is_map(); });
  }

  std::string text_of(const std::string& kind, const Config& value) {
    if (kind == "where") return "|> WHERE " + lines(value.scalar(), 5);
    if (kind == "select") return "|> SELECT" + columns(value, 10);
    if (kind == "extend") return "|> EXTEND" + columns(value, 10);
    if (kind == "drop") return "|> DROP " + joined_names(names_of(value));
    if (kind == "union") return "|> UNION " + joined_names(names_of(value));
    if (kind == "limit") return "|> LIMIT " + value.scalar();
    if (kind == "rename") return rename(value);
    if (kind == "explode") return explode(value);
    if (kind == "dedup") return dedup(value);
    return kind == "join" ? join(value) : aggregate(value);
  }

  static std::string column(const std::string& name, const std::string& expression, std::size_t indent) {
    return expression == name && weir_name(name) == name ? name : lines(expression, indent) + " AS " + weir_name(name);
  }

  std::vector<ListedText> items(const Config& config, std::size_t indent) {
    std::vector<ListedText> list;
    if (const auto* map = std::get_if<Config::Map>(&config.value)) {
      for (const auto& [name, expression] : *map) {
        const std::string text = std::holds_alternative<std::monostate>(expression.value) ? "null" : expression.scalar();
        list.push_back(listed(column(name, text, indent), expression, comments_));
      }
      return list;
    }
    for (const std::string& name : names_of(config)) list.push_back({{}, weir_name(name), ""});
    return list;
  }
  /// Behind a keyword.
  static std::string behind(const std::vector<ListedText>& list, std::size_t indent) {
    const std::string text = joined(list, indent, indent, false);
    return (text.starts_with('\n') ? "" : " ") + text;
  }
  std::string columns(const Config& config, std::size_t indent) { return behind(items(config, indent), indent); }

  static std::string rename(const Config& config) {
    std::string text;
    for (const auto& [from, to] : std::get<Config::Map>(config.value)) text += (text.empty() ? "" : ", ") + weir_name(from) + " AS " + weir_name(to.scalar());
    return "|> RENAME " + text;
  }

  std::string explode(const Config& config) {
    if (!config.is_map()) return "|> EXPLODE " + lines(config.scalar(), 5);
    std::string text = "|> EXPLODE " + lines(config.find("of")->scalar(), 5);
    if (const Config* as = config.find("as")) text += " AS " + joined_names(names_of(*as));
    if (const Config* position = config.find("position")) text += " POSITION " + weir_name(position->scalar());
    const Config* keep = config.find("keep_empty");
    return keep != nullptr && keep->scalar() == "true" ? text + " KEEP EMPTY" : text;
  }

  std::string dedup(const Config& config) {
    const Config* within = config.find("within");
    return "|> DEDUP ON" + columns(*config.find("key"), 12) + (within == nullptr ? "" : " WITHIN " + span(within->scalar()));
  }

  std::string aggregate(const Config& config) {
    std::string text = "|> AGGREGATE";
    if (const Config* select = config.find("select")) text += columns(*select, 13);
    std::vector<ListedText> keys;
    if (const Config* by = config.find("by")) keys = items(*by, 12);
    if (const Config* window = config.find("window")) keys.push_back(listed(lines(window->scalar(), 12), *window, comments_));
    return keys.empty() ? text : text + "\n   GROUP BY" + behind(keys, 12);
  }

  static bool is_in_brackets(const std::string& expression) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < expression.size(); at = end_of_part(expression, at)) {
      if (expression[at] == '(') ++depth;
      if (expression[at] == ')' && depth > 0) --depth;
      if (depth == 0) return at > 0 && at + 1 == expression.size();
    }
    return false;
  }

  // Keys that are more than a name or a call stand in brackets, as they stand beside =.
  static std::string key_text(const std::string& expression) {
    if (is_in_brackets(expression)) return expression;
    const bool is_simple = expression.find_first_of(" \t\r\n=<>!+-*/%|&^~") == std::string::npos && !(expression.size() > 3 && (expression[0] | 32) == 'n' && (expression[1] | 32) == 'o' && (expression[2] | 32) == 't');
    return is_simple ? expression : "(" + expression + ")";
  }

  std::string join(const Config& config) {
    const Config* relation = config.find("table") != nullptr ? config.find("table") : config.find("stream");
    const Config* as = config.find("as");
    const Config* type = config.find("type");
    const std::string called = as == nullptr ? relation->scalar() : as->scalar();
    std::string text = std::string("|> ") + (type != nullptr && type->scalar() == "left" ? "LEFT JOIN " : "JOIN ") + reference(relation->scalar());
    if (as != nullptr) text += " AS " + weir_name(as->scalar());
    if (const Config* keys = config.find("keys")) text += join_keys(*keys, weir_name(called));
    if (const Config* within = config.find("within")) text += " WITHIN " + span(within->scalar());
    if (const Config* between = config.find("between")) {
      const auto& bounds = std::get<Config::List>(between->value);
      text += " WITHIN " + span(bounds[0].scalar()) + " AND " + span(bounds[1].scalar());
    }
    if (const Config* condition = config.find("where")) text += " WHERE " + lines(condition->scalar(), 5);
    if (const Config* select = config.find("select")) text += "\n   SELECT" + joined_columns(*select, called);
    return text;
  }

  static std::string join_keys(const Config& keys, const std::string& relation) {
    const auto* map = std::get_if<Config::Map>(&keys.value);
    if (map == nullptr) return " USING (" + joined_names(names_of(keys)) + ")";
    std::string text;
    for (const auto& [column, expression] : *map)
      text += (text.empty() ? " ON " : " AND ") + relation + "." + weir_name(column) + " = " + key_text(one_line_of_expression(expression.scalar()));
    return text;
  }

  // A bare name is a column of the joined relation.
  std::string joined_columns(const Config& select, const std::string& relation) {
    const auto* map = std::get_if<Config::Map>(&select.value);
    if (map == nullptr) return select.is_list() && std::get<Config::List>(select.value).empty() ? " ()" : " " + joined_names(names_of(select));
    if (map->empty()) return " ()";
    std::vector<ListedText> list;
    for (const auto& [name, expression] : *map) {
      const bool is_its = expression.scalar() == relation + "." + name;
      list.push_back(listed(is_its ? weir_name(name) : lines(expression.scalar(), 10) + " AS " + weir_name(name), expression, comments_));
    }
    return behind(list, 10);
  }

  Comments& comments_;
  std::vector<ListedText> parts_;
};

}  // namespace

std::string weir_query(const Config& stream, Comments& comments) { return QueryWriter(comments).run(stream); }

}  // namespace weir
