// comments.cpp — the comments of a pipeline file, so that they stay where the file is written anew.
#include "dsl/comments.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace weir {
namespace {

struct Comment {
  std::uint32_t line = 0;
  std::string text;
  bool stands_alone = false;
};

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? std::string() : std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

/// Reads a text character by character and knows in which line it is.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  std::vector<Comment> of_weir() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with("--")) {
        take_comment(2, "\n", 0);
      } else if (rest.starts_with("/*")) {
        take_comment(2, "*/", 2);
      } else if (rest.starts_with("$$")) {
        skip_past("$$", 2);
      } else if (rest.front() == '\'' || rest.front() == '"' || rest.front() == '`') {
        skip_past(rest.substr(0, 1), 1);
      } else {
        step();
      }
    }
    return std::move(comments_);
  }

  std::vector<Comment> of_yaml() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#' && (at_ == 0 || is_blank(text_[at_ - 1]))) {
        take_comment(1, "\n", 0);
      } else if (is_in_plain_) {
        is_in_plain_ = !ends_plain(c);
        if (is_in_plain_) step();
      } else if (c == '\'') {
        do skip_past("'", 1);
        while (at_ < text_.size() && text_[at_] == '\'');  // '' is an apostrophe
      } else if (c == '"') {
        skip_double_quoted();
      } else if ((c == '|' || c == '>') && begins_block()) {
        skip_block();
      } else {
        if (c == '[' || c == '{') ++brackets_;
        if ((c == ']' || c == '}') && brackets_ > 0) --brackets_;
        is_in_plain_ = begins_plain(c);
        step();
      }
    }
    return std::move(comments_);
  }

 private:
  void step() {
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    ++at_;
  }
  void step_to(std::size_t end) {
    while (at_ < std::min(end, text_.size())) step();
  }

  void skip_past(std::string_view sign, std::size_t opening) {
    const auto end = text_.find(sign, at_ + opening);
    step_to(end == std::string_view::npos ? text_.size() : end + sign.size());
  }

  void skip_double_quoted() {
    step();
    while (at_ < text_.size() && text_[at_] != '"') step_to(at_ + (text_[at_] == '\\' ? 2 : 1));
    step_to(at_ + 1);
  }

  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  bool is_before_blank() const { return at_ + 1 >= text_.size() || is_blank(text_[at_ + 1]); }

  // Within a text without quotes of YAML's, a quote is a letter like others.
  bool begins_plain(char c) const {
    if (is_blank(c) || std::string_view("[]{},").find(c) != std::string_view::npos) return false;
    if (c == '-' || c == '?') return !is_before_blank();
    return c != ':';
  }
  bool ends_plain(char c) const {
    if (c == '\n') return brackets_ == 0;
    if (c == ':') return is_before_blank() || (brackets_ > 0 && std::string_view("[]{},").find(text_[at_ + 1]) != std::string_view::npos);
    return brackets_ > 0 && std::string_view("[]{},").find(c) != std::string_view::npos;
  }

  // Behind | or > stand at most signs, digits and a comment.
  bool begins_block() const {
    const auto end = std::min(text_.find('\n', at_), text_.size());
    std::string_view rest = text_.substr(at_ + 1, end - at_ - 1);
    rest.remove_prefix(std::min(rest.find_first_not_of("+-123456789"), rest.size()));
    const std::string behind = trimmed(rest);
    return behind.empty() || behind.front() == '#';
  }

  // A block goes on as long as its lines stand further right than the one that opens it.
  void skip_block() {
    const std::size_t indentation = indentation_at(line_start_);
    const std::size_t comment = text_.find('#', at_);
    if (comment < text_.find('\n', at_)) {
      step_to(comment);
      take_comment(1, "\n", 0);
    }
    step_to(std::min(text_.find('\n', at_), text_.size()) + 1);
    while (at_ < text_.size()) {
      const auto end = std::min(text_.find('\n', at_), text_.size());
      const bool is_blank = trimmed(text_.substr(at_, end - at_)).empty();
      if (!is_blank && indentation_at(at_) <= indentation) return;
      step_to(end + 1);
    }
  }
  std::size_t indentation_at(std::size_t start) const { return std::min(text_.find_first_not_of(" -", start), text_.size()) - start; }

  void take_comment(std::size_t opening, std::string_view sign, std::size_t closing) {
    const auto end = std::min(text_.find(sign, at_ + opening), text_.size());
    const bool stands_alone = trimmed(text_.substr(line_start_, at_ - line_start_)).empty();
    std::uint32_t line = line_;
    for (std::size_t start = at_ + opening; start <= end; ++line) {
      const auto stop = std::min(text_.find('\n', start), end);
      std::string text(text_.substr(start, stop - start));
      if (!text.empty() && text.front() == ' ') text.erase(0, 1);
      text.erase(text.find_last_not_of(" \t\r") + 1);
      comments_.push_back({line, std::move(text), stands_alone});
      start = stop + 1;
    }
    step_to(end + closing);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::size_t brackets_ = 0;  // of YAML's, open
  bool is_in_plain_ = false;
  std::vector<Comment> comments_;
};

void add_lines(const Config& config, std::set<std::uint32_t>& lines) {
  if (config.key_where.is_known()) lines.insert(config.key_where.line);
  if (const auto* map = std::get_if<Config::Map>(&config.value)) {
    for (const auto& [key, value] : *map) add_lines(value, lines);
  }
  if (const auto* list = std::get_if<Config::List>(&config.value)) {
    for (const Config& item : *list) add_lines(item, lines);
  }
}

}  // namespace

Comments::Comments(const std::string& text, const SettingsTree& tree) {
  std::set<std::uint32_t> lines;
  add_lines(tree.root, lines);
  Scan scan(text);
  std::uint32_t last_line = 0;
  for (Comment& comment : tree.spelling == Spelling::yaml ? scan.of_yaml() : scan.of_weir()) {
    const auto next = lines.lower_bound(comment.line);
    const bool has_setting = next != lines.end() && *next == comment.line;
    if (!comment.stands_alone && (has_setting || next != lines.begin())) {
      std::string& behind = behind_[has_setting ? *next : *std::prev(next)];
      behind += (behind.empty() ? "" : " ") + comment.text;
      continue;
    }
    auto& above = above_[next == lines.end() ? UINT32_MAX : *next];
    if (!above.empty() && comment.line > last_line + 1) above.emplace_back();
    above.push_back(std::move(comment.text));
    last_line = comment.line;
  }
}

std::vector<std::string> Comments::take_above(const Location& setting) {
  const auto found = above_.find(setting.line);
  if (found == above_.end() || !setting.is_known()) return {};
  std::vector<std::string> lines = std::move(found->second);
  above_.erase(found);
  return lines;
}

std::string Comments::take_behind(const Location& setting) {
  const auto found = behind_.find(setting.line);
  if (found == behind_.end() || !setting.is_known()) return {};
  std::string text = std::move(found->second);
  behind_.erase(found);
  return text;
}

std::vector<std::string> Comments::take_within(const Config& setting) {
  std::vector<std::string> lines = take_above(setting.key_where);
  std::string behind = take_behind(setting.key_where);
  if (!behind.empty()) lines.push_back(std::move(behind));
  const auto add = [&](const Config& part) {
    for (std::string& line : take_within(part)) lines.push_back(std::move(line));
  };
  if (const auto* map = std::get_if<Config::Map>(&setting.value)) {
    for (const auto& [key, value] : *map) add(value);
  }
  if (const auto* list = std::get_if<Config::List>(&setting.value)) {
    for (const Config& item : *list) add(item);
  }
  return lines;
}

bool Comments::has_any(std::uint32_t first_line, std::uint32_t last_line) const {
  const auto is_within = [&](const auto& by_line) {
    const auto found = by_line.lower_bound(first_line);
    return found != by_line.end() && found->first <= last_line;
  };
  return is_within(above_) || is_within(behind_);
}

std::vector<std::string> Comments::take_rest() {
  std::vector<std::string> lines;
  for (auto& [line, above] : above_) lines.insert(lines.end(), above.begin(), above.end());
  above_.clear();
  return lines;
}

}  // namespace weir
