// yaml_outline.cpp — the keys, items and values of a YAML text as its lines and brackets show them.
#include "dsl/language_server/yaml_outline.h"

#include <algorithm>

namespace weir {
namespace {

constexpr std::size_t deepest_flow = 64;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_break(char c) { return c == '\n'; }

std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '\'' && at + 1 < text.size() && text[at + 1] == '\'') {
        ++at;
        continue;
      }
      return at + 1;
    }
  }
  return text.size();
}

// A quote that is not closed ends with its line: a text that is being written.
std::size_t end_of_quoted_or_line(std::string_view text, std::size_t at) {
  const std::size_t end = end_of_quoted(text, at);
  const std::size_t line_end = std::min(text.find('\n', at), text.size());
  return end == text.size() && text.back() != text[at] ? line_end : end;
}

std::size_t skip_blanks(std::string_view text, std::size_t at, std::size_t end) {
  while (at < end && is_blank(text[at])) ++at;
  return at;
}

std::size_t trimmed_end(std::string_view text, std::size_t start, std::size_t end) {
  while (end > start && is_blank(text[end - 1])) --end;
  return end;
}

// Where a plain scalar of a line ends: before a comment.
std::size_t end_of_plain(std::string_view text, std::size_t at, std::size_t end) {
  for (std::size_t i = at; i < end; ++i) {
    if (text[i] == '#' && i > at && is_blank(text[i - 1])) return trimmed_end(text, at, i);
  }
  return trimmed_end(text, at, end);
}

// The next character, or what stands behind a variable that is closed in its line: that has brackets of its own.
std::size_t behind_character(std::string_view text, std::size_t at) {
  if (text.compare(at, 2, "${") != 0) return at + 1;
  const std::size_t end = text.find_first_of("}\n", at);
  return end == std::string_view::npos || text[end] != '}' ? at + 1 : end + 1;
}

}  // namespace

struct YamlOutline::Line {
  std::size_t start, end;  // without the line break
  std::size_t indent;
};

YamlOutline::YamlOutline(std::string_view text) : text_(text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::size_t content = at;
    while (content < end && text[content] == ' ') ++content;
    const bool is_empty = skip_blanks(text, content, end) == end || text[content] == '#';
    if (!is_empty && at >= next_line_) read_line({at, end, content - at});
    at = end + 1;
  }
}

std::size_t YamlOutline::add(YamlNode node) {
  if (node.kind == YamlNode::Kind::item) {
    std::size_t& items = node.parent == YamlNode::none ? items_of_root_ : items_[node.parent];
    node.index = items++;
  }
  items_.push_back(0);
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

// The node that a line of this indent belongs to. Items may stand right below their key.
std::size_t YamlOutline::parent_for(std::size_t indent, bool is_dash) {
  while (!open_.empty()) {
    const YamlNode& last = nodes_[open_.back()];
    const bool is_owner = last.indent < indent || (last.indent == indent && is_dash && last.kind == YamlNode::Kind::key);
    if (is_owner) return open_.back();
    open_.pop_back();
  }
  return YamlNode::none;
}

void YamlOutline::read_line(const Line& line) {
  std::size_t at = line.start + line.indent;
  const auto is_dash = [&](std::size_t i) { return text_[i] == '-' && (i + 1 >= line.end || is_blank(text_[i + 1])); };
  std::size_t parent = parent_for(line.indent, is_dash(at));
  while (at < line.end && is_dash(at)) {
    YamlNode item{.kind = YamlNode::Kind::item, .parent = parent, .indent = at - line.start, .start = {at, at + 1}};
    item.value = {std::min(at + 2, line.end), std::min(at + 2, line.end)};
    open_.push_back(add(std::move(item)));
    parent = open_.back();
    at = skip_blanks(text_, at + 1, line.end);
  }
  if (at < line.end && text_[at] != '#') read_content(line, at, parent);
}

// "key: value", or a scalar alone.
void YamlOutline::read_content(const Line& line, std::size_t at, std::size_t parent) {
  std::size_t end = at;
  if (text_[at] == '"' || text_[at] == '\'') {
    end = end_of_quoted_or_line(text_, at);
  } else if (text_[at] != '{' && text_[at] != '[') {
    while (end < line.end && !(text_[end] == ':' && (end + 1 >= line.end || is_blank(text_[end + 1]))) && !(text_[end] == '#' && is_blank(text_[end - 1]))) ++end;
  }
  const bool is_key = end > at && end < line.end && text_[end] == ':';
  if (!is_key) {
    const std::size_t node = add({.kind = YamlNode::Kind::scalar, .parent = parent, .indent = at - line.start, .start = {at, at}});
    next_line_ = read_value(node, at, line.end);
    nodes_[node].start = nodes_[node].value;
    return;
  }
  const bool is_quoted = text_[at] == '"' || text_[at] == '\'';
  YamlNode key{.kind = YamlNode::Kind::key, .parent = parent, .indent = at - line.start, .start = {at, end}};
  key.name = std::string(is_quoted ? text_.substr(at + 1, end - at - 2) : text_.substr(at, end - at));
  const std::size_t node = add(std::move(key));
  open_.push_back(node);
  next_line_ = read_value(node, end + 1, line.end);
}

/// Reads what stands behind a colon or dash; returns where the next line may begin.
std::size_t YamlOutline::read_value(std::size_t node, std::size_t at, std::size_t line_end) {
  at = skip_blanks(text_, at, line_end);
  nodes_[node].value = {at, at};
  if (at >= line_end || text_[at] == '#') return 0;
  const char first = text_[at];
  if (first == '{' || first == '[') {
    nodes_[node].bracket = first;
    const std::size_t end = read_flow(node, at);
    nodes_[node].value = {at, end};
    return end;
  }
  if (first == '"' || first == '\'') {
    const std::size_t end = end_of_quoted_or_line(text_, at);
    nodes_[node].bracket = first;
    nodes_[node].value = {at, end};
    return end;
  }
  if (first == '|' || first == '>') {
    std::size_t end = line_end;
    for (std::size_t next = line_end + 1; next < text_.size();) {
      const std::size_t next_end = std::min(text_.find('\n', next), text_.size());
      std::size_t content = next;
      while (content < next_end && text_[content] == ' ') ++content;
      const bool is_empty = skip_blanks(text_, content, next_end) == next_end;
      if (!is_empty && content - next <= nodes_[node].indent) break;
      if (!is_empty) end = next_end;
      next = next_end + 1;
    }
    nodes_[node].bracket = '|';
    nodes_[node].value = {std::min(line_end + 1, end), end};
    return end;
  }
  nodes_[node].value = {at, end_of_plain(text_, at, line_end)};
  return 0;
}

// From the bracket at `at` to behind its closing one, or to where the text shows that there is none: the next line that is not deeper.
std::size_t YamlOutline::read_flow(std::size_t node, std::size_t at) {
  if (path_to(node).size() > deepest_flow) return text_.size();
  const char bracket = text_[at];
  const std::size_t indent = nodes_[node].indent;
  for (++at; at < text_.size();) {
    if (is_blank(text_[at]) || text_[at] == ',') {
      ++at;
    } else if (is_break(text_[at])) {
      std::size_t content = at + 1;
      while (content < text_.size() && text_[content] == ' ') ++content;
      const bool is_outside = content < text_.size() && !is_break(text_[content]) && text_[content] != '}' && text_[content] != ']' && content - at - 1 <= indent;
      if (is_outside) return at;
      ++at;
    } else if (text_[at] == '}' || text_[at] == ']') {
      return at + 1;
    } else if (text_[at] == '#') {
      at = std::min(text_.find('\n', at), text_.size());
    } else {
      at = read_flow_entry(node, at, bracket);
    }
  }
  return at;
}

std::size_t YamlOutline::read_flow_entry(std::size_t container, std::size_t at, char bracket) {
  const auto ends = [&](std::size_t i) { return text_[i] == ',' || text_[i] == '}' || text_[i] == ']' || is_break(text_[i]); };
  const auto is_colon = [&](std::size_t i) { return text_[i] == ':' && (i + 1 >= text_.size() || is_blank(text_[i + 1]) || ends(i + 1)); };
  const std::size_t indent = nodes_[container].indent;
  std::size_t owner = container;
  if (bracket == '[') owner = add({.kind = YamlNode::Kind::item, .parent = container, .indent = indent, .is_flow = true, .start = {at, at}, .value = {at, at}});
  const auto scalar_end = [&](std::size_t from) {
    if (text_[from] == '"' || text_[from] == '\'') return end_of_quoted_or_line(text_, from);
    std::size_t end = from;
    while (end < text_.size() && !ends(end) && !is_colon(end)) end = behind_character(text_, end);
    return end;
  };
  if (text_[at] == '{' || text_[at] == '[') {
    nodes_[owner].bracket = text_[at];
    const std::size_t end = read_flow(owner, at);
    nodes_[owner].value = {at, end};
    return end;
  }
  const std::size_t end = scalar_end(at);
  const std::size_t name_end = trimmed_end(text_, at, end);
  std::size_t colon = skip_blanks(text_, end, text_.size());
  const bool is_quoted = text_[at] == '"' || text_[at] == '\'';
  if (colon >= text_.size() || !is_colon(colon)) {
    const std::size_t node = add({.kind = YamlNode::Kind::scalar, .parent = owner, .indent = indent, .is_flow = true, .start = {at, name_end}, .value = {at, name_end}});
    if (is_quoted) nodes_[node].bracket = text_[at];
    return std::max(end, at + 1);
  }
  YamlNode key{.kind = YamlNode::Kind::key, .parent = owner, .indent = indent, .is_flow = true, .start = {at, name_end}};
  key.name = std::string(is_quoted ? text_.substr(at + 1, name_end - at - 2) : text_.substr(at, name_end - at));
  const std::size_t node = add(std::move(key));
  const std::size_t value = skip_blanks(text_, colon + 1, text_.size());
  nodes_[node].value = {value, value};
  if (value >= text_.size() || ends(value)) return value;
  if (text_[value] == '{' || text_[value] == '[') {
    nodes_[node].bracket = text_[value];
    const std::size_t flow_end = read_flow(node, value);
    nodes_[node].value = {value, flow_end};
    return flow_end;
  }
  if (text_[value] == '"' || text_[value] == '\'') nodes_[node].bracket = text_[value];
  const std::size_t value_end = std::max(scalar_end(value), value + 1);
  nodes_[node].value = {value, trimmed_end(text_, value, value_end)};
  return value_end;
}

std::vector<std::size_t> YamlOutline::path_to(std::size_t node) const {
  std::vector<std::size_t> path;
  for (std::size_t at = node; at != YamlNode::none; at = nodes_[at].parent) path.push_back(at);
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<std::size_t> YamlOutline::children_of(std::size_t node) const {
  std::vector<std::size_t> children;
  for (std::size_t at = node == YamlNode::none ? 0 : node + 1; at < nodes_.size(); ++at) {
    if (nodes_[at].parent == node) children.push_back(at);
  }
  return children;
}

std::string YamlOutline::scalar_of(std::size_t node) const {
  const YamlNode& found = nodes_[node];
  const std::string_view text = text_.substr(found.value.start, found.value.end - found.value.start);
  if (found.bracket == 0) return std::string(text);
  const bool is_quoted = (found.bracket == '"' || found.bracket == '\'') && text.size() > 1 && text.back() == found.bracket;
  return is_quoted ? std::string(text.substr(1, text.size() - 2)) : std::string();
}

std::optional<std::size_t> YamlOutline::find(std::size_t parent, std::string_view name) const {
  for (const std::size_t child : children_of(parent)) {
    if (nodes_[child].kind == YamlNode::Kind::key && nodes_[child].name == name) return child;
  }
  return std::nullopt;
}

std::size_t YamlOutline::end_of(std::size_t node) const {
  const YamlNode& found = nodes_[node];
  std::size_t at = std::max(found.value.end, found.start.end);
  for (at = std::min(text_.find('\n', at), text_.size()); at < text_.size();) {
    const std::size_t line = at + 1;
    const std::size_t end = std::min(text_.find('\n', line), text_.size());
    std::size_t content = line;
    while (content < end && text_[content] == ' ') ++content;
    const bool is_empty = skip_blanks(text_, content, end) == end || text_[content] == '#';
    if (!is_empty && content - line <= found.indent) return at;
    at = end;
  }
  return text_.size();
}

}  // namespace weir
