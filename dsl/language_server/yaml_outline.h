// yaml_outline.h — the keys, items and values of a YAML text as its lines and brackets show them, whether or not it can be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/language_server/document.h"

namespace weir {

struct YamlNode {
  enum class Kind : std::uint8_t { key, item, scalar };
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  Kind kind = Kind::key;
  std::size_t parent = none;
  std::size_t index = 0;    // item: among its siblings
  std::size_t indent = 0;   // of its first character in its line; of what stands in brackets, of the line's owner
  bool is_flow = false;     // in brackets
  std::string name;         // key
  TextSpan start;               // the key's text, the item's dash, the scalar
  TextSpan value;               // what stands on its line or in its quotes, block or brackets; empty behind the colon where nothing does
  char bracket = 0;         // of its value: {, [, | for a block of text, " or ' for a quoted one, else 0
};

/// Nodes in the order of the text.
class YamlOutline {
 public:
  explicit YamlOutline(std::string_view text);

  const std::vector<YamlNode>& nodes() const { return nodes_; }
  /// From the root down to `node`.
  std::vector<std::size_t> path_to(std::size_t node) const;
  std::vector<std::size_t> children_of(std::size_t node) const;
  /// The text of a key's scalar, without quotes; empty where it has none.
  std::string scalar_of(std::size_t node) const;
  /// The child of that name.
  std::optional<std::size_t> find(std::size_t parent, std::string_view name) const;
  /// Where the lines of a node of block style end: at the next line that is not deeper.
  std::size_t end_of(std::size_t node) const;

 private:
  struct Line;
  void read_line(const Line& line);
  void read_content(const Line& line, std::size_t at, std::size_t parent);
  std::size_t read_value(std::size_t node, std::size_t at, std::size_t line_end);
  std::size_t read_flow(std::size_t node, std::size_t at);
  std::size_t read_flow_entry(std::size_t container, std::size_t at, char bracket);
  std::size_t add(YamlNode node);
  std::size_t parent_for(std::size_t indent, bool is_dash);

  std::string_view text_;
  std::vector<YamlNode> nodes_;
  std::vector<std::size_t> items_;   // how many each node has so far
  std::size_t items_of_root_ = 0;
  std::size_t next_line_ = 0;        // lines before it belong to a value that has been read
  std::vector<std::size_t> open_;  // nodes of block style that the next line may belong to
};

}  // namespace weir
