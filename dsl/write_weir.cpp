// write_weir.cpp — a tree of settings as statements of a .weir file.
#include "dsl/write_weir.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dsl/column_text.h"
#include "dsl/expression_text.h"
#include "dsl/report_layout.h"
#include "dsl/write_tests.h"
#include "engine/base/duration.h"

namespace weir {
namespace {

constexpr std::size_t width = 110;

bool is_one_of(const std::string& text, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&](const char* one) { return text == one; });
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

// Between $$ where it has lines.
std::string quoted(const std::string& text, bool has_lines) {
  if (has_lines && text.find("$$") == std::string::npos && !text.ends_with('$')) return "$$\n" + text + "$$";
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

bool is_in_a_list_of_names(const std::string& name) { return !name.empty() && name.find(',') == std::string::npos && name.front() != ' ' && name.back() != ' '; }

/// The column that a watermark begins with, as it is written there.
std::string column_of_watermark(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size() && (std::string_view(" \t\r\n(").find(text[at]) != std::string_view::npos || text.compare(at, 2, "--") == 0 || text.compare(at, 2, "/*") == 0)) at = end_of_part(text, at);
  if (at < text.size() && (text[at] == '`' || text[at] == '"')) return text.substr(at, end_of_part(text, at) - at);
  const auto is_of_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || (c & 0x80) != 0; };
  std::size_t end = text.compare(at, 2, "${") == 0 ? text.find('}', at) : at;
  while (end < text.size() && is_of_name(text[end])) ++end;
  return text.substr(at, end - at);
}

/// A span of time that is no number and unit: a variable, or an interval already.
std::string interval_text(const std::string& span) { return upper(span.substr(0, 8)) == "INTERVAL" ? span : "INTERVAL '" + span + "'"; }

class WeirWriter {
 public:
  explicit WeirWriter(Comments& comments) : comments_(comments) {}

  std::string run(const Config& root) {
    if (root.find("name") != nullptr) pipeline(root);  // a file that others include may have none
    includes(root);
    for (const char* name : {"functions", "connections", "sources", "tables", "transforms", "sinks", "reports"}) {
      const Config* section = root.find(name);
      if (section == nullptr) continue;
      std::vector<std::string> above = comments_.take_above(section->key_where);
      const auto& items = std::get<Config::Map>(section->value);
      // In YAML the section has a line of its own.
      if (!items.empty() && items.front().second.key_where.line != section->key_where.line) {
        if (std::string line = comments_.take_behind(section->key_where); !line.empty()) above.push_back(std::move(line));
      }
      for (const auto& [key, value] : std::get<Config::Map>(section->value)) {
        std::vector<std::string> own = comments_.take_above(value.key_where);
        above.insert(above.end(), own.begin(), own.end());
        const bool is_dense = std::string_view(name) == "connections" && key != std::get<Config::Map>(section->value).front().first;
        const std::string behind_statement = behind(value);
        const std::string text = statement(name, key, value);
        for (std::string& line : comments_.take_within(value)) above.push_back(std::move(line));
        out_ += (is_dense || out_.empty() ? "" : "\n") + comment_lines(above, 0) + text + ";" + behind_statement + "\n";
        above.clear();
      }
    }
    if (const Config* tests = root.find("tests")) write_tests(*tests);
    const std::vector<std::string> rest = comments_.take_rest();
    if (!rest.empty()) out_ += "\n" + comment_lines(rest, 0);
    return std::move(out_);
  }

 private:
  static bool is_section(const std::string& key) { return is_one_of(key, {"include", "functions", "connections", "sources", "tables", "transforms", "sinks", "reports", "tests"}); }

  void write_tests(const Config& tests) {
    std::vector<std::string> above = comments_.take_above(tests.key_where);
    for (const Config& test : std::get<Config::List>(tests.value)) {
      const Config& name = *test.find("name");
      std::vector<std::string> own = comments_.take_above(name.key_where);
      above.insert(above.end(), own.begin(), own.end());
      const std::string behind_name = behind(name);
      out_ += "\n" + comment_lines(above, 0) + weir_test(test, comments_) + ";" + behind_name + "\n";
      above.clear();
    }
  }

  std::string behind(const Config& setting) {
    const std::string text = comments_.take_behind(setting.key_where);
    return text.empty() ? "" : "   -- " + text;
  }

  void pipeline(const Config& root) {
    const Config& name = *root.find("name");
    std::string behind_name = behind(name);
    out_ += comment_lines(comments_.take_above(name.key_where), 0) + "CREATE PIPELINE " + (name.scalar().starts_with("${") ? name.scalar() : weir_name(name.scalar()));
    std::vector<ListedText> options;
    for (const auto& [key, value] : std::get<Config::Map>(root.value)) {
      if (key != "name" && !is_section(key)) options.push_back(option(key, value));
    }
    if (!options.empty()) out_ += " WITH " + joined(options, 30, 2, true);
    for (const auto& [key, value] : std::get<Config::Map>(root.value)) {
      if (is_section(key)) continue;
      for (const std::string& line : comments_.take_within(value)) behind_name += (behind_name.empty() ? "   -- " : " ") + line;
    }
    out_ += ";" + behind_name + "\n";
  }

  void includes(const Config& root) {
    const Config* include = root.find("include");
    if (include == nullptr) return;
    out_ += (out_.empty() ? "" : "\n") + comment_lines(comments_.take_above(include->key_where), 0);
    const std::string behind_list = behind(*include);
    const Config::List files = include->is_list() ? std::get<Config::List>(include->value) : Config::List{*include};
    for (const Config& file : files) {
      const std::string above = comment_lines(comments_.take_above(file.key_where), 0), own = behind(file);
      out_ += above + "INCLUDE " + quoted(file.scalar(), false) + ";" + (own.empty() && &file == &files.back() ? behind_list : own) + "\n";
    }
  }

  ListedText option(const std::string& key, const Config& value) {
    const auto* list = key == "key" || key == "y" ? std::get_if<Config::List>(&value.value) : nullptr;
    const bool is_names = list != nullptr && std::all_of(list->begin(), list->end(), [](const Config& one) { return is_in_a_list_of_names(one.scalar()); });
    std::string names;
    for (const Config& one : is_names ? *list : Config::List{}) names += (names.empty() ? "" : ", ") + one.scalar();
    return listed(weir_name(key) + " = " + (is_names ? quoted(names, false) : weir_value(value)), value, comments_);
  }

  std::string with(const Config& item, std::initializer_list<const char*> others, std::size_t used) {
    std::vector<ListedText> options;
    for (const auto& [key, value] : std::get<Config::Map>(item.value)) {
      if (!is_one_of(key, others)) options.push_back(option(key, value));
    }
    return options.empty() ? "" : " WITH " + joined(options, used, 2, true);
  }

  std::string statement(const std::string& section, const std::string& key, const Config& item) {
    const std::string name = weir_name(key);
    if (section == "connections") return "CREATE CONNECTION " + name + with(item, {}, 25 + name.size());
    if (section == "functions") return function(name, item);
    if (section == "reports") return report(name, item);
    if (section == "sources") return "CREATE SOURCE " + name + " " + columns(item) + with(item, {"columns", "computed", "watermark"}, 2);
    if (section == "tables") return "CREATE TABLE " + name + " " + columns(item) + with(item, {"columns", "key"}, 2);
    const std::string options = with(item, {"input", "inputs", "steps", "where", "select"}, 20 + name.size());
    return (section == "transforms" ? "CREATE STREAM " : "CREATE SINK ") + name + options + " AS\n" + weir_query(item, comments_);
  }

  std::string function(const std::string& name, const Config& item) {
    std::string parameters;
    const Config* given = item.find("parameters");
    for (const auto& [parameter, type] : given == nullptr ? Config::Map{} : std::get<Config::Map>(given->value))
      parameters += (parameters.empty() ? "" : ", ") + weir_name(parameter) + " " + upper(type.scalar());
    std::string text = fmt::format("CREATE FUNCTION {} ({}) RETURNS {} LANGUAGE {}", name, parameters, upper(item.find("returns")->scalar()), upper(item.find("language")->scalar()));
    text += with(item, {"parameters", "returns", "language", "code"}, text.size());
    const Config* code = item.find("code");
    return code == nullptr ? text : text + " AS " + quoted(code->scalar(), true);
  }

  std::string report(const std::string& name, const Config& item) {
    std::vector<ListedText> options;
    for (const auto& [key, value] : std::get<Config::Map>(item.value)) {
      if (key == "parameters") {
        options.push_back(listed("parameters = " + parameters(value), value, comments_));
      } else if (key != "sql") {
        options.push_back(option(key, value));
      }
    }
    const std::string text = "CREATE REPORT " + name + (options.empty() ? "" : " WITH " + joined(options, 20 + name.size(), 2, true)) + " AS ";
    return text + weir_sql(item.find("sql")->scalar());
  }

  static std::string parameters(const Config& parameters) {
    std::string text;
    for (const auto& [name, value] : std::get<Config::Map>(parameters.value)) text += (text.empty() ? "" : ", ") + weir_name(name) + " = " + weir_literal(value);
    return "(" + text + ")";
  }

  std::string columns(const Config& item) {
    const auto& columns = std::get<Config::Map>(item.find("columns")->value);
    std::size_t longest = 0;
    for (const auto& [name, spec] : columns) longest = std::max(longest, weir_name(name).size());
    std::vector<ListedText> list;
    for (const auto& [name, spec] : columns) list.push_back(listed(fmt::format("{:<{}} {}", weir_name(name), longest, column_text(spec.scalar(), true)), spec, comments_));
    if (const Config* computed = item.find("computed")) {
      for (const auto& [name, expression] : std::get<Config::Map>(computed->value))
        list.push_back(listed(fmt::format("{} AS {}", weir_name(name), fmt::join(lines_of_expression(expression.scalar()), "\n    ")), expression, comments_));
    }
    if (const Config* watermark = item.find("watermark")) list.push_back(listed(watermark_text(*watermark), *watermark, comments_));
    const Config* key = item.find("key");
    if (key != nullptr) list.push_back(listed("PRIMARY KEY (" + names(*key) + ")", *key, comments_));
    return joined(list, width, 2, true);
  }

  static std::string names(const Config& config) {
    if (config.is_scalar()) return config.scalar();
    std::string text;
    for (const Config& one : std::get<Config::List>(config.value)) text += (text.empty() ? "" : ", ") + weir_name(one.scalar());
    return text;
  }

  static std::string watermark_text(const Config& watermark) {
    if (watermark.is_scalar()) return fmt::format("WATERMARK FOR {} AS {}", column_of_watermark(watermark.scalar()), one_line_of_expression(watermark.scalar()));
    const std::string column = weir_name(watermark.find("column")->scalar());
    const Config* delay = watermark.find("delay");
    const auto span = delay == nullptr ? std::nullopt : parse_duration(delay->scalar());
    const bool is_in_seconds = span && span->count() % 1'000'000 == 0;
    const std::string less = is_in_seconds     ? fmt::format(" - INTERVAL {} SECONDS", span->count() / 1'000'000)
                             : span            ? fmt::format(" - INTERVAL '{} microseconds'", span->count())
                             : delay != nullptr ? " - " + interval_text(delay->scalar()) : "";
    return fmt::format("WATERMARK FOR {0} AS {0}{1}", column, less);
  }

  Comments& comments_;
  std::string out_;
};

}  // namespace

ListedText listed(std::string text, const Config& setting, Comments& comments) {
  return {comments.take_above(setting.key_where), std::move(text), comments.take_behind(setting.key_where)};
}

std::string closed_comment(std::string text) {
  for (auto end = text.find("*/"); end != std::string::npos; end = text.find("*/", end)) text.replace(end, 2, "* /");
  return " /* " + text + " */";
}

std::string comment_lines(const std::vector<std::string>& lines, std::size_t indent) {
  std::string text;
  for (const std::string& line : lines) text += std::string(indent, ' ') + (line.empty() ? "--" : "-- " + line) + "\n";
  return text;
}

std::string joined(const std::vector<ListedText>& list, std::size_t used, std::size_t indent, bool is_in_brackets) {
  std::string one;
  bool is_plain = true;
  for (const ListedText& item : list) {
    one += (one.empty() ? "" : ", ") + item.text;
    is_plain = is_plain && item.above.empty() && item.behind.empty();
  }
  if (is_plain && used + one.size() < width && one.find('\n') == std::string::npos) return is_in_brackets ? "(" + one + ")" : one;
  // Comments behind stand in one column.
  std::size_t longest = 0;
  for (const ListedText& item : list) {
    if (!item.behind.empty() && item.text.find('\n') == std::string::npos) longest = std::max(longest, item.text.size() + (&item == &list.back() ? 0 : 1));
  }
  std::string text = is_in_brackets ? "(\n" : list.front().above.empty() ? "" : "\n";
  for (std::size_t i = 0; i < list.size(); ++i) {
    const ListedText& item = list[i];
    const bool is_last = i + 1 == list.size();
    const bool stands_behind_keyword = i == 0 && !is_in_brackets && item.above.empty();
    const std::string line = item.text + (is_last ? "" : ",");
    text += comment_lines(item.above, indent) + (stands_behind_keyword ? "" : std::string(indent, ' ')) + line;
    if (!item.behind.empty() && is_last && !is_in_brackets) {
      text += closed_comment(item.behind);
    } else if (!item.behind.empty()) {
      text += std::string(longest > line.size() ? longest - line.size() : 0, ' ') + "   -- " + item.behind;
    }
    if (!is_last || is_in_brackets) text += "\n";
  }
  return is_in_brackets ? text + ")" : text;
}

std::string weir_name(const std::string& name) {
  const bool is_plain = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
                        std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
  if (is_plain && !is_one_of(upper(name), {"AND", "OR", "NOT", "IS", "IN", "BETWEEN", "LIKE", "ILIKE", "RLIKE", "REGEXP", "CASE", "WHEN", "THEN", "ELSE", "NULL", "TRUE", "FALSE"}))
    return name;
  std::string text = "`";
  for (const char c : name) text += c == '`' ? "``" : std::string(1, c);
  return text + "`";
}

std::string weir_value(const Config& value) {
  const auto is_number = [](const std::string& text) {
    return !text.empty() && text.size() < 18 && text.find_first_not_of("0123456789") == std::string::npos;
  };
  if (value.is_scalar()) return is_number(value.scalar()) ? value.scalar() : quoted(value.scalar(), value.scalar().find('\n') != std::string::npos);
  std::string text;
  if (const auto* list = std::get_if<Config::List>(&value.value)) {
    for (const Config& item : *list) text += (text.empty() ? "" : ", ") + weir_value(item);
    return "[" + text + "]";
  }
  if (const auto* map = std::get_if<Config::Map>(&value.value)) {
    for (const auto& [key, one] : *map) text += (text.empty() ? "" : ", ") + weir_name(key) + " = " + weir_value(one);
    return "(" + text + ")";
  }
  return "NULL";
}

std::string write_weir(const SettingsTree& tree, Comments& comments) { return WeirWriter(comments).run(tree.root); }

}  // namespace weir
