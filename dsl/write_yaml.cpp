// write_yaml.cpp — a tree of settings as YAML: sections and what they hold in lines of their own, what is short beside its key.
#include "dsl/write_yaml.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "dsl/column_text.h"
#include "dsl/expression_text.h"
#include "dsl/report_layout.h"
#include "dsl/write_tests.h"

namespace weir {
namespace {

constexpr std::size_t width = 110;
constexpr std::array<const char*, 14> sections = {"name",        "description", "include", "plugins", "settings",   "state", "functions",
                                                  "connections", "sources",     "tables",  "transforms", "sinks", "reports", "tests"};

bool is_one_of(const std::string& text, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&](const char* one) { return text == one; });
}

bool is_plain(const std::string& text, bool is_in_brackets) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (is_one_of(text, {"null", "Null", "NULL", "~", "<<", "-", "---"})) return false;
  if (std::string_view("?:,[]{}#&*!|>'\"%@`").find(text.front()) != std::string_view::npos || text.rfind("- ", 0) == 0) return false;
  if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return false;
  if (text.find_first_of("\n\r\t\\") != std::string::npos) return false;
  return !is_in_brackets || text.find_first_of(",?[]{}") == std::string::npos;
}

std::string quoted(const std::string& text) {
  const bool has_special = text.find_first_of("\n\r\t") != std::string::npos;
  if (!has_special && text.find_first_of("\"\\") != std::string::npos && text.find('\'') == std::string::npos) return "'" + text + "'";
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : std::string(1, c);
  }
  return result + "\"";
}

std::string in_line(const std::string& text, bool is_in_brackets) { return is_plain(text, is_in_brackets) ? text : quoted(text); }

/// [a, b] of { a: a, b: b }: columns that stay as they are.
std::optional<Config::List> names_alone(const Config& config) {
  const auto* map = std::get_if<Config::Map>(&config.value);
  if (map == nullptr || map->empty()) return std::nullopt;
  Config::List names;
  for (const auto& [key, value] : *map) {
    if (!value.is_scalar() || value.scalar() != key || !std::all_of(key.begin(), key.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }))
      return std::nullopt;
    names.push_back(value);
  }
  return names;
}

/// In a .weir file a section stands where its first statement does.
bool has_line_of_its_own(const Config& section) {
  const auto& items = std::get<Config::Map>(section.value);
  return items.empty() || items.front().second.key_where.line != section.key_where.line;
}

class YamlWriter {
 public:
  explicit YamlWriter(Comments& comments) : comments_(comments) {}

  std::string run(const Config& root) {
    const auto& map = std::get<Config::Map>(root.value);
    const auto place = [](const std::string& key) {
      const auto found = std::find_if(sections.begin(), sections.end(), [&](const char* one) { return key == one; });
      return found == sections.end() ? std::size_t{5} : static_cast<std::size_t>(found - sections.begin());  // with the other settings of the pipeline
    };
    std::vector<const std::pair<std::string, Config>*> entries;
    for (const auto& one : map) entries.push_back(&one);
    std::stable_sort(entries.begin(), entries.end(), [&](const auto* a, const auto* b) { return place(a->first) < place(b->first); });
    for (const auto* one : entries) {
      if (one->first == "tests") {
        out_ += "\n" + yaml_tests(one->second, comments_);
        continue;
      }
      const bool is_section = one->second.is_map();
      if (is_section && !out_.empty()) out_ += "\n";
      if (!is_section || has_line_of_its_own(one->second)) above(one->second, 0);
      if (!is_section || one->first == "settings") {
        const std::size_t before = out_.size();
        entry(one->first, one->second, 0);
        out_.insert(before, left_within(one->second, ""));
      } else {
        section(one->first, one->second);
      }
    }
    const std::vector<std::string> rest = comments_.take_rest();
    if (!rest.empty()) out_ += "\n";
    for (const std::string& line : rest) comment(line, 0);
    return std::move(out_);
  }

 private:
  /// Whose the keys of a setting are, and what stands behind them: a column may be called as a setting is.
  enum class Holds { settings, expressions, texts, literals };

  void section(const std::string& name, const Config& config) {
    const auto& items = std::get<Config::Map>(config.value);
    out_ += name + (items.empty() ? ": {}" : ":") + (has_line_of_its_own(config) ? behind(config) : "") + "\n";
    bool is_first = true;
    for (const auto& [key, value] : items) {
      const std::size_t before = out_.size();
      above(value, 2);
      entry(key, value, 2, Holds::texts);
      out_.insert(before, left_within(value, "  "));
      const bool is_long = std::count(out_.begin() + static_cast<std::ptrdiff_t>(before), out_.end(), '\n') > 1;
      if (!is_first && is_long) out_.insert(before, "\n");
      is_first = false;
    }
  }

  /// Comments of a setting that found no place in it.
  std::string left_within(const Config& setting, const std::string& indentation) {
    std::string lines;
    for (const std::string& line : comments_.take_within(setting)) lines += indentation + (line.empty() ? "#\n" : "# " + line + "\n");
    return lines;
  }

  void comment(const std::string& line, std::size_t indent) {
    out_ += line.empty() ? std::string(indent, ' ') + "#\n" : std::string(indent, ' ') + "# " + line + "\n";
  }
  void above(const Config& config, std::size_t indent) {
    for (const std::string& line : comments_.take_above(config.key_where)) comment(line, indent);
  }
  std::string behind(const Config& config) {
    const std::string text = comments_.take_behind(config.key_where);
    return text.empty() ? "" : "   # " + text;
  }

  /// In one line, in brackets where it is a map or list; nothing where that cannot be or comments stand in it.
  std::optional<std::string> short_form(const Config& config, bool is_in_brackets, Holds holds, bool is_expression = false) {
    if (holds == Holds::literals && !config.is_map()) return yaml_literal(config, is_in_brackets);
    if (config.is_scalar()) {
      const std::vector<std::string> lines = is_expression ? lines_of(config.scalar()) : std::vector<std::string>{config.scalar()};
      return lines.size() > 1 ? std::nullopt : std::optional(in_line(lines.empty() ? "" : lines.front(), is_in_brackets));
    }
    if (std::holds_alternative<std::monostate>(config.value)) return "null";
    std::string text;
    if (const auto* list = std::get_if<Config::List>(&config.value)) {
      for (const Config& item : *list) {
        const auto one = short_form(item, true, Holds::settings);
        if (!one) return std::nullopt;
        text += (text.empty() ? "" : ", ") + *one;
      }
      return "[" + text + "]";
    }
    for (const auto& [key, value] : std::get<Config::Map>(config.value)) {
      const bool is_setting = holds == Holds::settings;
      const auto one = is_setting && (key == "columns" || is_foreign(key, value)) ? std::nullopt
                       : is_setting ? short_form(chosen(key, value), true, held_by(key), is_expression_of(key))
                                    : short_form(value, true, holds == Holds::literals ? holds : Holds::settings, holds == Holds::expressions);
      if (!one || (value.key_where.line != config.key_where.line && comments_.has_any(value.key_where.line, value.key_where.line))) return std::nullopt;
      text += (text.empty() ? "" : ", ") + in_line(key, true) + ": " + *one;
    }
    return text.empty() ? "{}" : "{ " + text + " }";
  }

  // Only expressions may be laid out in lines anew: a text of a setting stays as it is.
  static std::vector<std::string> lines_of(const std::string& text) {
    return text.find('\n') == std::string::npos ? std::vector<std::string>{text} : lines_of_expression(text);
  }
  static bool is_expression_of(const std::string& key) { return is_one_of(key, {"where", "window", "of", "watermark", "explode"}); }

  static Holds held_by(const std::string& key) {
    if (is_one_of(key, {"select", "extend", "by", "computed", "columns", "keys"})) return Holds::expressions;
    if (key == "parameters") return Holds::literals;
    return is_one_of(key, {"rename", "settings", "properties"}) ? Holds::texts : Holds::settings;
  }

  static Config chosen(const std::string& key, const Config& value) {
    if (key == "sql" && value.is_scalar()) {
      Config sql = value;
      sql.value = laid_out_sql(value.scalar());
      return sql;
    }
    const bool may_be_names = is_one_of(key, {"select", "by", "key"});
    auto names = may_be_names ? names_alone(value) : std::nullopt;
    if ((key == "key" || key == "y") && value.is_scalar()) names = parts_of(value);
    if (!names) return value;
    Config list = value;
    list.value = *std::move(names);
    return list;
  }

  static Config::List parts_of(const Config& config) {
    Config::List parts;
    const std::string& text = config.scalar();
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      const std::size_t first = std::min(text.find_first_not_of(' ', at), end);
      std::string part = text.substr(first, end - first);
      part.erase(part.find_last_not_of(' ') + 1);
      if (!part.empty()) parts.push_back(Config{.where = config.where, .value = std::move(part)});
      at = end + 1;
    }
    return parts;
  }

  /// `within`: what the setting holds that this is an entry of.
  void entry(const std::string& key, const Config& given, std::size_t indent, Holds within = Holds::settings) {
    out_ += std::string(indent, ' ');
    entry_behind(key, given, indent, within);
  }

  /// Texts of other languages, which have lines of their own.
  static bool is_foreign(const std::string& key, const Config& config) {
    return is_one_of(key, {"code", "description", "query", "sql"}) && config.is_scalar() && is_block(config.scalar());
  }
  // A block has one line break at its end or none.
  static bool is_block(const std::string& text) {
    const bool has_lines = text.find('\n') != std::string::npos && text.find_first_of("\r") == std::string::npos;
    return has_lines && std::string_view("\t\n").find(text.front()) == std::string_view::npos && !text.ends_with("\n\n") && text.find(" \n") == std::string::npos;
  }

  void foreign_text(const std::string& key, const Config& config, std::size_t indent) {
    const std::string& text = config.scalar();
    const bool has_end = text.back() == '\n';
    // By its first line a block says how far it is indented, unless that is further.
    out_ += key + ": |" + (text.front() == ' ' ? "2" : "") + (has_end ? "" : "-") + behind(config) + "\n";
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (end > at) out_ += std::string(indent + 2, ' ') + text.substr(at, end - at);
      out_ += "\n";
      at = end + 1;
    }
  }

  // What follows the indentation, or the '- ' of a list.
  void entry_behind(const std::string& key, const Config& given, std::size_t indent, Holds within = Holds::settings) {
    const bool is_setting = within == Holds::settings;
    const Config config = is_setting ? chosen(key, given) : given;
    if (is_setting && is_foreign(key, config)) return foreign_text(key, config, indent);
    const Holds holds = is_setting ? held_by(key) : within == Holds::literals ? within : Holds::settings;
    const bool is_expression = is_setting ? is_expression_of(key) : within == Holds::expressions;
    const std::string head = in_line(key, false) + ":";
    const bool is_sink_or_source = indent == 2 && config.is_map() && config.find("dsn") == nullptr;
    const bool is_long = is_setting && (key == "steps" || (key == "columns" && config.is_map()));
    const auto one = (is_long || is_sink_or_source) && !config.is_empty() ? std::nullopt : short_form(config, false, holds, is_expression);
    if (one && indent + head.size() + one->size() < width) {
      out_ += head + " " + *one + behind(given) + "\n";
      return;
    }
    if (config.is_scalar()) return block(head, config, indent, is_expression);
    out_ += head + behind(given) + "\n";
    if (const auto* list = std::get_if<Config::List>(&config.value)) {
      for (const Config& item : *list) list_item(item, indent + 2);
      return;
    }
    for (const auto& [name, value] : std::get<Config::Map>(config.value)) {
      above(value, indent + 2);
      Config spec = value;
      if (is_setting && key == "columns" && spec.is_scalar()) spec.value = column_text(spec.scalar(), false);
      entry(name, spec, indent + 2, holds);
    }
  }

  void list_item(const Config& item, std::size_t indent) {
    const auto* map = std::get_if<Config::Map>(&item.value);
    if (map == nullptr || map->empty()) {
      out_ += std::string(indent, ' ') + "- " + short_form(item, false, Holds::settings).value_or("") + "\n";
      return;
    }
    above(map->front().second, indent);
    out_ += std::string(indent, ' ') + "- ";
    entry_behind(map->front().first, map->front().second, indent + 2);
    for (std::size_t i = 1; i < map->size(); ++i) entry((*map)[i].first, (*map)[i].second, indent + 2);
  }

  void block(const std::string& head, const Config& config, std::size_t indent, bool is_expression) {
    const std::vector<std::string> lines = is_expression ? lines_of(config.scalar()) : std::vector<std::string>{config.scalar()};
    // A text in quotes may go on in the next line, where an indentation would become part of it.
    const bool is_in_lines = std::none_of(lines.begin(), lines.end(), [](const std::string& line) { return line.find_first_of("\n\r") != std::string::npos; });
    if (lines.size() < 2 || !is_in_lines) {
      std::string text;
      for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
      out_ += head + " " + in_line(text, false) + behind(config) + "\n";
      return;
    }
    out_ += head + " |-" + behind(config) + "\n";
    for (const std::string& line : lines) out_ += std::string(indent + 2, ' ') + line + "\n";
  }

  Comments& comments_;
  std::string out_;
};

}  // namespace

std::string yaml_scalar(const std::string& text, bool is_in_brackets, bool is_quoted) {
  // Readers of YAML differ in what a question mark between brackets is.
  const bool is_unclear = is_in_brackets && text.find('?') != std::string::npos;
  return is_quoted || is_unclear ? quoted(text) : in_line(text, is_in_brackets);
}

std::string write_yaml(const SettingsTree& tree, Comments& comments) { return YamlWriter(comments).run(tree.root); }

}  // namespace weir
