// random_yaml.cpp — settings as YAML: blocks or brackets, any of the ways to write a text, comments between.
#include <fmt/format.h>

#include <algorithm>

#include "tests/roundtrip/random_layout.h"

namespace weir::testing {
namespace {

class YamlLayout {
 public:
  explicit YamlLayout(Draw& draw) : draw_(draw) {}

  LaidOut run(const Setting& pipeline) {
    if (draw_.chance(10)) out_ += "---\n";
    map(pipeline, 0);
    note_line(0, 20);
    return {std::move(out_), std::move(notes_)};
  }

 private:
  std::string note() {
    notes_.push_back(fmt::format("note {}{}", notes_.size(), draw_.word({"", " it's", " \"", " `", " a: b", " # more", " */", " -- x", " $$", ";", " [", " é"})));
    return notes_.back();
  }
  void note_line(std::size_t indent, std::size_t percent) {
    if (draw_.chance(percent)) out_ += std::string(indent, ' ') + "#" + (draw_.chance(80) ? " " : "") + note() + "\n";
    if (draw_.chance(4)) out_ += "\n";
  }
  void end_line() { out_ += (draw_.chance(8) ? std::string(draw_.between(1, 3), ' ') + "# " + note() : "") + "\n"; }

  static bool is_plain(const std::string& text, bool is_in_brackets) {
    static const std::vector<std::string> words = {"null", "Null", "NULL", "~", "-", "<<", "---", "..."};
    if (text.empty() || std::find(words.begin(), words.end(), text) != words.end()) return false;
    if (text.front() == ' ' || text.back() == ' ' || text.back() == ':' || text.starts_with("- ") || text.starts_with("---") || text.starts_with("...")) return false;
    if (std::string("?:,[]{}#&*!|>'\"%@`").find(text.front()) != std::string::npos) return false;
    if (text.find_first_of("\n\r\t") != std::string::npos || text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return false;
    if (text.find("\xC2\xA0") != std::string::npos || text.find("\xEF\xBB\xBF") != std::string::npos) return false;
    return !is_in_brackets || text.find_first_of(",[]{}:") == std::string::npos;
  }
  static std::string in_apostrophes(const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? "''" : std::string(1, c);
    return result + "'";
  }
  static std::string in_quotes(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      result += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : std::string(1, c);
    }
    return result + "\"";
  }
  std::string in_line(const std::string& text, bool is_in_brackets) {
    if (is_plain(text, is_in_brackets) && draw_.chance(75)) return text;
    return text.find('\n') == std::string::npos && draw_.chance(50) ? in_apostrophes(text) : in_quotes(text);
  }

  static bool may_be_block(const std::string& text) {
    if (text.empty() || text.front() == ' ' || text.front() == '\t' || text.front() == '\n' || text.ends_with("\n\n") || text == "\n") return false;
    return text.find('\r') == std::string::npos && text.find("\n\n") == std::string::npos && text.find("\xEF\xBB\xBF") == std::string::npos;
  }
  void block(const std::string& text, std::size_t indent) {
    const bool has_end = text.back() == '\n';
    out_ += text.find('\n') == std::string::npos && draw_.chance(50) ? ">-" : has_end ? "|" : "|-";
    end_line();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      out_ += std::string(indent, ' ') + text.substr(at, end - at) + "\n";
      at = end + 1;
    }
  }

  std::string flow(const Setting& setting) {
    if (setting.kind == Setting::Kind::text) return in_line(setting.text, true);
    std::string text;
    if (setting.kind == Setting::Kind::list) {
      for (const Setting& item : setting.items) text += (text.empty() ? "" : separator()) + flow(item);
      return "[" + text + "]";
    }
    for (const auto& [key, value] : setting.entries) text += (text.empty() ? "" : separator()) + in_line(key, true) + ": " + flow(value);
    return draw_.chance(50) ? "{" + text + "}" : "{ " + text + " }";
  }
  std::string separator() {
    if (draw_.chance(5)) return ",\n            ";
    if (draw_.chance(3)) return ", # " + note() + "\n            ";
    return ", ";
  }

  void map(const Setting& setting, std::size_t indent) {
    for (const auto& [key, value] : setting.entries) {
      note_line(indent, 6);
      out_ += std::string(indent, ' ');
      entry(key, value, indent);
    }
  }

  void entry(const std::string& key, const Setting& value, std::size_t indent) {
    out_ += in_line(key, true) + ":";
    const bool is_empty = value.items.empty() && value.entries.empty();
    if (value.kind == Setting::Kind::text) {
      out_ += " ";
      if (may_be_block(value.text) && draw_.chance(value.text.find('\n') == std::string::npos ? 8 : 60)) return block(value.text, indent + 2);
      out_ += in_line(value.text, false);
      return end_line();
    }
    if (is_empty || (indent > 0 && draw_.chance(40))) {
      out_ += " " + flow(value);
      return end_line();
    }
    end_line();
    const std::size_t deeper = indent + draw_.between(1, 4);
    if (value.kind == Setting::Kind::map) return map(value, deeper);
    list(value, draw_.chance(30) ? indent : deeper);
  }

  void list(const Setting& setting, std::size_t indent) {
    for (const Setting& item : setting.items) {
      note_line(indent, 6);
      out_ += std::string(indent, ' ') + "- ";
      if (item.kind == Setting::Kind::map && !item.entries.empty() && draw_.chance(70)) {
        entry(item.entries.front().first, item.entries.front().second, indent + 2);
        for (std::size_t i = 1; i < item.entries.size(); ++i) {
          out_ += std::string(indent + 2, ' ');
          entry(item.entries[i].first, item.entries[i].second, indent + 2);
        }
      } else {
        out_ += flow(item);
        end_line();
      }
    }
  }

  Draw& draw_;
  std::string out_;
  std::vector<std::string> notes_;
};

}  // namespace

LaidOut random_yaml(const Setting& pipeline, Draw& draw) { return YamlLayout(draw).run(pipeline); }

}  // namespace weir::testing
