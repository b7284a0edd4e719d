// yaml_place.cpp — what a cursor in a YAML file stands on.
#include <algorithm>
#include <cctype>

#include "dsl/language_server/place.h"
#include "dsl/language_server/yaml_outline.h"

namespace weir {
namespace {

constexpr std::size_t none = YamlNode::none;
using Kind = YamlNode::Kind;

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0; }

// What a way down through the nodes means.
struct Meaning {
  enum class State : std::uint8_t { map, section, list, value, names };  // names: NAME: EXPRESSION and the like
  State state = State::map;
  Block block = Block::pipeline;
  const LanguageKey* key = nullptr;
  std::string option;      // of a connector, where it is none of the language's
  std::string section, entry;
  std::optional<std::size_t> step;
  std::size_t map = none;  // the node whose children are the keys of `block`
  bool is_in_named_value = false;
};

class YamlPlaceFinder {
 public:
  YamlPlaceFinder(const Document& document, std::size_t offset)
      : text_(document.text()), offset_(std::min(offset, document.text().size())), outline_(text_), nodes_(outline_.nodes()) {}

  Place run() {
    line_ = offset_ == 0 ? 0 : text_.rfind('\n', offset_ - 1) + 1;
    if (!at_node() && !in_flow() && !is_in_comment()) on_line();
    place_.healed = healed();
    return std::move(place_);
  }

 private:
  // On a key, or in a value that is there.
  bool at_node() {
    for (std::size_t at = nodes_.size(); at-- > 0;) {
      const YamlNode& node = nodes_[at];
      if (node.kind == Kind::key && node.start.holds(offset_)) return on_key(node.parent, node.start, at);
      const bool is_scalar = node.kind != Kind::item && node.bracket != '{' && node.bracket != '[';
      if (!is_scalar || node.value.start == node.value.end || !node.value.holds(offset_)) continue;
      return node.kind == Kind::key ? in_value(at) : on_scalar(at);
    }
    return false;
  }

  // A word alone is a key that is being written, or an item of a list.
  bool on_scalar(std::size_t at) {
    const YamlNode& node = nodes_[at];
    const Meaning meaning = meaning_of(node.parent);
    if (meaning.state == Meaning::State::value || meaning.state == Meaning::State::list) return value_of(meaning, at);
    if (meaning.state == Meaning::State::names && node.parent != none && nodes_[node.parent].kind == Kind::item) return value_of(meaning, at);
    owner_ = at;
    return on_key(node.parent, node.value, none);
  }

  bool in_flow() {
    std::size_t found = none;
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      const YamlNode& node = nodes_[at];
      if (node.bracket != '{' && node.bracket != '[') continue;
      const bool is_closed = node.value.end > node.value.start + 1 && (text_[node.value.end - 1] == '}' || text_[node.value.end - 1] == ']');
      if (offset_ > node.value.start && (offset_ < node.value.end || (!is_closed && offset_ == node.value.end))) found = at;
    }
    if (found == none) return false;
    for (const std::size_t child : outline_.children_of(found)) {
      const YamlNode& one = nodes_[child];
      const bool is_open = one.kind == Kind::key && one.bracket == 0 && one.start.end < offset_;
      if (!is_open || text_.find_first_of(",}]\n", std::max(one.value.end, one.start.end)) < offset_) continue;
      return in_value(child);
    }
    const std::size_t comma = text_.find_last_of(",{[", offset_ == 0 ? 0 : offset_ - 1);
    const bool is_fresh = comma != std::string::npos && text_.find_first_not_of(" \t\n", comma + 1) >= offset_;
    if (!is_fresh) return true;
    if (nodes_[found].bracket == '{') return on_key(found, {offset_, offset_}, none);
    return value_of(meaning_of(found), none);
  }

  bool is_in_comment() const {
    for (std::size_t at = line_; at < offset_; ++at) {
      if (text_[at] == '#' && (at == line_ || text_[at - 1] == ' ' || text_[at - 1] == '\t')) return true;
    }
    return false;
  }

  void on_line() {
    std::size_t last = none;
    for (std::size_t at = 0; at < nodes_.size() && nodes_[at].start.start < offset_; ++at) {
      if (!nodes_[at].is_flow) last = at;
    }
    if (last != none && nodes_[last].start.start >= line_ && nodes_[last].kind != Kind::item) {
      const YamlNode& node = nodes_[last];
      const bool is_behind = text_.find_first_not_of(" \t", std::max(node.value.end, node.start.end + 1)) >= offset_;
      const bool is_text = node.bracket == 0 && (node.kind == Kind::key || node.value.end > node.value.start);
      if (is_behind && is_text && offset_ > node.start.end) {
        node.kind == Kind::key ? in_value(last) : on_scalar(last);
      }
      return;
    }
    if (last != none && nodes_[last].start.start >= line_) return in_item(last);
    const std::size_t column = offset_ - line_;
    std::size_t parent = last;
    while (parent != none && (nodes_[parent].indent >= column || nodes_[parent].is_flow || nodes_[parent].kind == Kind::scalar)) parent = nodes_[parent].parent;
    Meaning meaning = meaning_of(parent);
    place_.needs_dash = meaning.state == Meaning::State::list;
    if (meaning.state == Meaning::State::list) return in_list(meaning);
    if (meaning.state == Meaning::State::value) return begin_map(meaning, parent);
    on_key(parent, {offset_, offset_}, none);
  }

  // Below a key whose value may be a map too: on_error, late, explode.
  void begin_map(Meaning& meaning, std::size_t key) {
    if (meaning.key == nullptr || meaning.key->blocks.empty() || nodes_[key].value.end > nodes_[key].value.start) return;
    meaning.block = meaning.key->blocks.front();
    meaning.key = nullptr;
    meaning.map = key;
    take(meaning);
    place_.kind = Place::Kind::key;
    place_.word = {offset_, offset_};
  }

  // Right behind a dash.
  void in_item(std::size_t item) {
    const Meaning meaning = meaning_of(item);
    place_.is_item = true;
    if (meaning.state == Meaning::State::map) {
      on_key(item, {offset_, offset_}, none);
    } else {
      value_of(meaning, none);
    }
  }

  void in_list(const Meaning& meaning) {
    place_.is_item = true;
    take(meaning);
    place_.kind = Place::Kind::key;
    place_.block = meaning.key->blocks.front();
    place_.word = {offset_, offset_};
    place_.present.clear();
  }

  void take(const Meaning& meaning) {
    place_.block = meaning.block;
    place_.key = meaning.key;
    place_.name = meaning.key != nullptr ? meaning.key->name : meaning.option;
    place_.what = meaning.key != nullptr ? meaning.key->kind : KeyKind::text;
    place_.section = meaning.section;
    place_.entry = meaning.entry;
    place_.step = meaning.step;
    if (meaning.map != none || meaning.block == Block::pipeline) {
      for (const std::size_t child : outline_.children_of(meaning.map)) {
        const YamlNode& node = nodes_[child];
        if (node.kind == Kind::key) add_present(node, child);
        if (node.kind != Kind::scalar || node.bracket != '{') continue;
        for (const std::size_t inner : outline_.children_of(child)) {
          if (nodes_[inner].kind == Kind::key) add_present(nodes_[inner], inner);
        }
      }
    }
    if (meaning.block == Block::table_join || meaning.block == Block::stream_join) add_relation(meaning);
    if (meaning.block == Block::sink && meaning.key != nullptr && !meaning.step) count_steps(meaning);
  }

  void add_present(const YamlNode& node, std::size_t at) {
    place_.present.push_back(node.name);
    if (node.name == "type") place_.type = outline_.scalar_of(at);
    if (node.name == "format") place_.format = outline_.scalar_of(at);
  }

  std::optional<std::size_t> key_of(const Meaning& meaning, const char* name) const {
    if (const auto direct = outline_.find(meaning.map, name)) return direct;
    for (const std::size_t child : outline_.children_of(meaning.map)) {
      if (nodes_[child].kind != Kind::scalar) continue;
      if (const auto inner = outline_.find(child, name)) return inner;
    }
    return std::nullopt;
  }

  void add_relation(const Meaning& meaning) {
    const auto named = [&](const char* key) {
      const auto node = key_of(meaning, key);
      return node ? outline_.scalar_of(*node) : std::string();
    };
    const std::string stream = named("stream"), as = named("as"), table = named("table");
    if (!stream.empty()) place_.relations.emplace_back(as.empty() ? stream : as, stream);
    if (!table.empty()) place_.relations.emplace_back(table, table);
  }

  // where and select of a sink come behind its steps.
  void count_steps(const Meaning& meaning) {
    const bool is_where = meaning.key->name == "where", is_select = meaning.key->name == "select";
    if (!is_where && !is_select) return;
    std::size_t steps = 0;
    if (const auto list = key_of(meaning, "steps")) {
      for (const std::size_t child : outline_.children_of(*list)) steps += nodes_[child].kind == Kind::item ? 1 : 0;
    }
    place_.step = steps + (is_select && key_of(meaning, "where") ? 1 : 0);
  }

  bool on_key(std::size_t parent, TextSpan word, std::size_t node) {
    const Meaning meaning = meaning_of(parent);
    take(meaning);
    place_.word = word;
    if (node != none) std::erase(place_.present, nodes_[node].name);
    if (node != none) place_.name = nodes_[node].name;
    switch (meaning.state) {
      case Meaning::State::map:
        place_.kind = Place::Kind::key;
        place_.key = node != none ? find_key(meaning.block, place_.name) : nullptr;
        break;
      case Meaning::State::section:
        place_.kind = Place::Kind::entry;
        break;
      case Meaning::State::names:
        place_.kind = Place::Kind::value;
        place_.is_entry_name = true;
        break;
      case Meaning::State::list:
        in_list(meaning);
        place_.word = word;
        place_.needs_dash = true;
        break;
      case Meaning::State::value:
        break;
    }
    if (owner_ == none) owner_ = node;
    return true;
  }

  bool in_value(std::size_t node) {
    owner_ = node;
    return value_of(meaning_of(node), node);
  }

  bool value_of(const Meaning& meaning, std::size_t node) {
    if (node != none) owner_ = node;
    take(meaning);
    if (meaning.state == Meaning::State::section) return true;
    if (meaning.state == Meaning::State::list) {
      in_list(meaning);
      place_.needs_dash = node != none && nodes_[node].kind == Kind::key;
    } else {
      place_.kind = Place::Kind::value;
      // A list of names is of columns; a map gives expressions.
      if (meaning.state == Meaning::State::names && !meaning.is_in_named_value) place_.what = KeyKind::columns;
      if (meaning.is_in_named_value) place_.what = value_kind(meaning.key->kind);
    }
    const TextSpan value = node == none ? TextSpan{offset_, offset_} : nodes_[node].value;
    place_.word = word_within(value);
    return true;
  }

  static KeyKind value_kind(KeyKind of_names) {
    if (of_names == KeyKind::renaming) return KeyKind::name;
    if (of_names == KeyKind::types || of_names == KeyKind::declared) return KeyKind::type;
    return of_names == KeyKind::settings ? KeyKind::text : KeyKind::expression;
  }

  // Of names, words and expressions the part that a completion replaces; all of a value that is one word.
  TextSpan word_within(TextSpan value) const {
    const bool is_whole = place_.what == KeyKind::words || place_.what == KeyKind::connector || place_.what == KeyKind::format || place_.key == nullptr;
    if (is_whole && value.end > value.start) {
      const bool is_quoted = text_[value.start] == '"' || text_[value.start] == '\'';
      return {value.start + (is_quoted ? 1 : 0), is_quoted && text_[value.end - 1] == text_[value.start] && value.end > value.start + 1 ? value.end - 1 : value.end};
    }
    TextSpan word{offset_, offset_};
    while (word.start > 0 && is_word_character(text_[word.start - 1])) --word.start;
    while (word.end < text_.size() && is_word_character(text_[word.end])) ++word.end;
    return word;
  }

  Meaning meaning_of(std::size_t node) const {
    Meaning meaning;
    if (node == none) return meaning;
    for (const std::size_t at : outline_.path_to(node)) {
      const YamlNode& step = nodes_[at];
      if (step.kind == Kind::scalar) {
        if (step.bracket == '{' && meaning.state == Meaning::State::map) meaning.map = at;
        continue;
      }
      step.kind == Kind::item ? enter_item(meaning, at) : enter_key(meaning, at);
    }
    return meaning;
  }

  void enter_item(Meaning& meaning, std::size_t at) const {
    if (meaning.state == Meaning::State::list) {
      meaning.state = Meaning::State::map;
      meaning.block = meaning.key->blocks.front();
      if (meaning.block == Block::step) meaning.step = nodes_[at].index;
      meaning.key = nullptr;
      meaning.map = at;
    } else if (meaning.state == Meaning::State::map) {
      meaning.state = Meaning::State::value;
    }
  }

  void enter_key(Meaning& meaning, std::size_t at) const {
    const std::string& name = nodes_[at].name;
    switch (meaning.state) {
      case Meaning::State::section:
        meaning.entry = name;
        meaning.state = Meaning::State::map;
        meaning.block = meaning.key->blocks.empty() ? Block::pipeline : meaning.key->blocks.front();
        if (meaning.key->blocks.empty()) meaning.state = Meaning::State::value;
        meaning.key = nullptr;
        meaning.map = at;
        return;
      case Meaning::State::names:
        meaning.is_in_named_value = true;
        return;
      case Meaning::State::value:
        // A map where a text may stand too.
        if (meaning.key == nullptr || meaning.key->blocks.empty()) return;
        meaning.block = meaning.key->blocks.front();
        meaning.map = nodes_[at].parent;
        [[fallthrough]];
      case Meaning::State::map:
        return enter_key_of_block(meaning, at);
      case Meaning::State::list:
        return;
    }
  }

  void enter_key_of_block(Meaning& meaning, std::size_t at) const {
    const std::string& name = nodes_[at].name;
    meaning.key = find_key(meaning.block, name);
    meaning.option.clear();
    meaning.state = Meaning::State::value;
    if (meaning.key == nullptr) {
      meaning.option = name;
      return;
    }
    switch (meaning.key->kind) {
      case KeyKind::section:
        meaning.section = name;
        meaning.state = Meaning::State::section;
        break;
      case KeyKind::blocks:
        meaning.state = Meaning::State::list;
        break;
      case KeyKind::block:
        meaning.block = name == "join" && !is_stream_join(at) ? Block::table_join : meaning.key->blocks.back();
        meaning.state = Meaning::State::map;
        meaning.map = at;
        meaning.key = nullptr;
        break;
      case KeyKind::named:
      case KeyKind::computed:
      case KeyKind::renaming:
      case KeyKind::declared:
      case KeyKind::types:
      case KeyKind::settings:
        meaning.state = Meaning::State::names;
        meaning.is_in_named_value = false;
        break;
      default:
        // {of: ..., as: ...} in place of an expression.
        if (!meaning.key->blocks.empty() && holds_map(at)) {
          meaning.block = meaning.key->blocks.front();
          meaning.state = Meaning::State::map;
          meaning.map = at;
          meaning.key = nullptr;
        }
    }
  }

  bool holds_map(std::size_t at) const {
    if (nodes_[at].bracket == '{') return true;
    return std::any_of(nodes_.begin(), nodes_.end(), [&](const YamlNode& node) { return node.parent == at && node.kind == Kind::key; });
  }

  bool is_stream_join(std::size_t at) const { return outline_.find(at, "stream").has_value(); }

  // Without the step or setting around the cursor, if it is in one; else without the word.
  std::string healed() const {
    std::string text(text_);
    std::size_t cut = owner_;
    if (cut == none) return text;
    if (place_.step) {
      for (const std::size_t at : outline_.path_to(owner_)) {
        const std::size_t parent = nodes_[at].parent;
        if (nodes_[at].kind == Kind::item && parent != none && nodes_[parent].name == "steps") cut = at;
      }
    }
    while (nodes_[cut].is_flow) cut = nodes_[cut].parent;
    const std::size_t start = nodes_[cut].start.start;
    const std::size_t end = std::max(outline_.end_of(cut), start);
    for (std::size_t at = start; at < end && at < text.size(); ++at) {
      if (text[at] != '\n' && text[at] != '\r') text[at] = ' ';
    }
    return text;
  }

  const std::string& text_;
  std::size_t offset_;
  YamlOutline outline_;
  const std::vector<YamlNode>& nodes_;
  std::size_t line_ = 0;
  std::size_t owner_ = none;
  Place place_;
};

}  // namespace

Place yaml_place(const Document& document, std::size_t offset) { return YamlPlaceFinder(document, offset).run(); }

}  // namespace weir
