// weir_place.cpp — what a cursor in a .weir file stands on.
#include <algorithm>
#include <array>

#include "WeirLexer.h"
#include "dsl/language_server/place.h"
#include "dsl/literal.h"

namespace weir {
namespace {

using weir_grammar::WeirLexer;

struct Word {
  std::size_t type = 0;
  TextSpan span;
  std::string text;
};

// Tokens with the bytes that they stand at.
std::vector<Word> words_of(const std::string& text) {
  std::vector<std::size_t> byte_of;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) byte_of.push_back(at);
  }
  byte_of.push_back(text.size());
  antlr4::ANTLRInputStream input(text);
  WeirLexer lexer(&input);
  lexer.removeErrorListeners();
  std::vector<Word> words;
  for (auto token = lexer.nextToken(); token->getType() != antlr4::Token::EOF; token = lexer.nextToken()) {
    const std::size_t last = std::min(token->getStopIndex() + 1, byte_of.size() - 1);
    words.push_back({token->getType(), {byte_of[std::min(token->getStartIndex(), byte_of.size() - 1)], byte_of[last]}, token->getText()});
  }
  return words;
}

bool is_name(const Word& word) { return word.type == WeirLexer::IDENTIFIER || word.type == WeirLexer::QUOTED || (word.type >= WeirLexer::K_ADVANCE && word.type <= WeirLexer::K_WITHIN); }
bool is_text(const Word& word) { return word.type == WeirLexer::STRING || word.type == WeirLexer::UNCLOSED_STRING; }
bool opens(const Word& word) { return word.type == WeirLexer::OPEN || word.type == WeirLexer::OPEN_BRACKET; }
bool closes(const Word& word) { return word.type == WeirLexer::CLOSE || word.type == WeirLexer::CLOSE_BRACKET; }
std::string name_of(const Word& word) { return word.type == WeirLexer::QUOTED || word.type == WeirLexer::STRING ? unquoted(word.text) : word.text; }

struct Creation {
  std::size_t keyword;
  const char* section;
  Block block;
};
constexpr std::array creations = {
    Creation{WeirLexer::K_PIPELINE, "", Block::pipeline},          Creation{WeirLexer::K_CONNECTION, "connections", Block::connection},
    Creation{WeirLexer::K_FUNCTION, "functions", Block::function}, Creation{WeirLexer::K_SOURCE, "sources", Block::source},
    Creation{WeirLexer::K_TABLE, "tables", Block::table},          Creation{WeirLexer::K_STREAM, "transforms", Block::stream},
    Creation{WeirLexer::K_SINK, "sinks", Block::sink},             Creation{WeirLexer::K_REPORT, "reports", Block::report}};

class WeirPlaceFinder {
 public:
  WeirPlaceFinder(const Document& document, std::size_t offset)
      : text_(document.text()), offset_(std::min(offset, document.text().size())), words_(words_of(text_)) {}

  Place run() {
    place_.healed = text_;
    place_.word = {offset_, offset_};
    find_statement();
    find_word();
    if (!is_in_comment()) look();
    return std::move(place_);
  }

 private:
  bool begins_line(std::size_t at) const {
    const std::size_t start = words_[at].span.start;
    const std::size_t line = start == 0 ? 0 : text_.rfind('\n', start - 1) + 1;
    return text_.find_first_not_of(" \t", line) == start;
  }

  bool begins_statement(std::size_t at) const {
    return begins_line(at) && (words_[at].type == WeirLexer::K_CREATE || (words_[at].type == WeirLexer::K_INCLUDE && at + 1 < words_.size() && is_text(words_[at + 1])));
  }

  // The words of the statement around the cursor: first_ .. end_.
  void find_statement() {
    for (std::size_t at = 0; at < words_.size() && words_[at].span.start < offset_; ++at) {
      if (begins_statement(at)) first_ = at;
      if (words_[at].type == WeirLexer::SEMICOLON && words_[at].span.end <= offset_) first_ = at + 1;
    }
    for (end_ = first_; end_ < words_.size() && words_[end_].type != WeirLexer::SEMICOLON; ++end_) {
      if (end_ > first_ && begins_statement(end_)) break;
    }
  }

  // The word that the cursor is in or behind, and those before it: first_ .. before_.
  void find_word() {
    for (before_ = first_; before_ < end_ && words_[before_].span.end < offset_; ++before_) {
    }
    if (before_ == end_) return;
    const Word& word = words_[before_];
    const bool touches = word.span.start <= offset_ && offset_ <= word.span.end;
    if (!touches) return;
    if (is_text(word) && word.span.start < offset_) {
      const bool is_closed = word.type == WeirLexer::STRING && offset_ < word.span.end;
      is_in_text_ = is_closed || word.type == WeirLexer::UNCLOSED_STRING;
      if (!is_in_text_) ++before_;
      const std::size_t line_end = std::min(text_.find('\n', offset_), word.span.end);
      place_.word = is_in_text_ ? TextSpan{word.span.start + 1, is_closed ? word.span.end - 1 : line_end} : place_.word;
    } else if (is_name(word) || word.type == WeirLexer::VARIABLE) {
      place_.word = word.span;
      current_ = &word;
    } else if (word.span.end <= offset_) {
      ++before_;
      if (before_ < end_ && words_[before_].span.start == offset_ && is_name(words_[before_])) {
        place_.word = words_[before_].span;
        current_ = &words_[before_];
      }
    }
  }

  bool is_in_comment() const {
    const std::size_t start = before_ == 0 ? 0 : words_[before_ - 1].span.end;
    const std::size_t line = offset_ == 0 ? 0 : text_.rfind('\n', offset_ - 1) + 1;
    const std::size_t block = text_.find("/*", start), dashes = text_.find("--", std::max(start, line));
    const bool is_open = block < offset_ && text_.find("*/", block) >= offset_ - std::min<std::size_t>(offset_, 1);
    return dashes < offset_ || is_open;
  }

  bool is(std::size_t at, std::size_t type) const { return at < before_ && words_[at].type == type; }
  bool ends_with(std::size_t type) const { return before_ > first_ && words_[before_ - 1].type == type; }

  void look() {
    if (before_ == first_) {
      if (!is_in_text_) place_.kind = Place::Kind::statement;
      return;
    }
    if (!is(first_, WeirLexer::K_CREATE)) return;
    if (before_ == first_ + 1) {
      place_.kind = Place::Kind::creation;
      return;
    }
    const auto found = std::find_if(creations.begin(), creations.end(), [&](const Creation& one) { return one.keyword == words_[first_ + 1].type; });
    if (found == creations.end() || before_ == first_ + 2) return;
    place_.section = found->section;
    place_.entry = name_of(words_[first_ + 2]);
    place_.block = found->block;
    find_options();
    find_open();
    in_statement();
  }

  // The bracket behind WITH, and what stands in it, all through the statement.
  void find_options() {
    std::size_t depth = 0;
    for (std::size_t at = first_; at < end_; ++at) {
      if (opens(words_[at])) {
        ++depth;
        if (depth == 1 && words_[at].type == WeirLexer::OPEN && words_[at - 1].type == WeirLexer::K_WITH) options_ = at;
      }
      if (closes(words_[at]) && depth > 0) --depth;
      if (depth != 1 || options_ == 0 || at + 1 >= end_ || words_[at + 1].type != WeirLexer::EQUAL || at < options_ || &words_[at] == current_) continue;
      place_.present.push_back(name_of(words_[at]));
      if (at + 2 >= end_) continue;
      if (place_.present.back() == "type") place_.type = name_of(words_[at + 2]);
      if (place_.present.back() == "format") place_.format = name_of(words_[at + 2]);
    }
  }

  // The brackets that are open at the cursor.
  void find_open() {
    for (std::size_t at = first_; at < before_; ++at) {
      if (opens(words_[at])) open_.push_back(at);
      if (closes(words_[at]) && !open_.empty()) open_.pop_back();
    }
  }

  void in_statement() {
    if (!open_.empty() && options_ != 0 && open_.front() == options_) return in_options();
    const bool has_columns = place_.block == Block::source || place_.block == Block::table || place_.block == Block::function;
    if (has_columns && !open_.empty() && open_.front() == first_ + 3) return in_columns();
    if (place_.block == Block::stream || place_.block == Block::sink) return in_query();
  }

  // Where the part behind the last comma of a bracket begins.
  std::size_t start_of_part(std::size_t bracket) const {
    std::size_t depth = 0, start = bracket + 1;
    for (std::size_t at = bracket + 1; at < before_; ++at) {
      if (opens(words_[at])) ++depth;
      if (closes(words_[at]) && depth > 0) --depth;
      if (depth == 0 && words_[at].type == WeirLexer::COMMA) start = at + 1;
    }
    return start;
  }

  // Cuts the part of a bracket that is being written, with the comma in front of it or behind it.
  void heal_part(std::size_t start, std::size_t bracket) {
    std::size_t end = start, depth = 0;
    for (; end < end_ && (depth > 0 || (words_[end].type != WeirLexer::COMMA && !closes(words_[end]))); ++end) {
      if (opens(words_[end])) ++depth;
      if (closes(words_[end])) --depth;
    }
    const bool is_first = start == bracket + 1;
    const bool takes_next = is_first && end < end_ && words_[end].type == WeirLexer::COMMA;
    const std::size_t from = is_first ? words_[bracket].span.end : words_[start - 1].span.start;
    const std::size_t to = takes_next ? words_[end].span.end : end < words_.size() ? words_[end].span.start : text_.size();
    blank(from, to);
  }

  void blank(std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to; ++at) {
      if (place_.healed[at] != '\n' && place_.healed[at] != '\r') place_.healed[at] = ' ';
    }
  }

  void in_options() {
    std::size_t bracket = open_.front();
    for (std::size_t level = 1; level < open_.size(); ++level) {
      if (words_[open_[level]].type != WeirLexer::OPEN) break;
      const std::size_t start = start_of_part(bracket);
      const LanguageKey* key = find_key(place_.block, name_of(words_[start]));
      if (key == nullptr || key->blocks.empty()) return;
      bracket = open_[level];
      place_.block = key->blocks.front();
      place_.present.clear();
    }
    const std::size_t start = start_of_part(bracket);
    heal_part(start, bracket);
    if (start == before_) {
      if (is_in_text_) return;
      place_.kind = Place::Kind::key;
      if (current_ != nullptr) place_.name = name_of(*current_);
      place_.key = find_key(place_.block, place_.name);
      return;
    }
    if (start + 1 >= before_ || words_[start + 1].type != WeirLexer::EQUAL) return;
    place_.kind = Place::Kind::value;
    place_.name = name_of(words_[start]);
    place_.key = find_key(place_.block, place_.name);
    place_.what = place_.key != nullptr ? place_.key->kind : KeyKind::text;
    if ((place_.what == KeyKind::columns || place_.what == KeyKind::conflict) && is_in_text_) place_.word = word_in_text();
  }

  // Of several names in one text, that at the cursor.
  TextSpan word_in_text() const {
    const auto is_part = [](char c) { return c != ',' && c != ' ' && c != '\'' && c != '\n'; };
    TextSpan span{offset_, offset_};
    while (span.start > 0 && is_part(text_[span.start - 1])) --span.start;
    while (span.end < text_.size() && is_part(text_[span.end])) ++span.end;
    return span;
  }

  void in_columns() {
    if (is_in_text_) return;
    const std::size_t start = start_of_part(open_.front());
    const std::size_t count = before_ - start;
    heal_part(start, open_.front());
    if (open_.size() > 1) {
      const std::size_t before = open_.back() - 1;
      if (is(before, WeirLexer::K_KEY)) return expect(KeyKind::column);
      if (words_[before].type != WeirLexer::LESS && has_expression(start)) expect(KeyKind::expression);
      return;
    }
    if (count == 0) {
      place_.what = KeyKind::declared;
      place_.kind = Place::Kind::clause;
    } else if (is(start, WeirLexer::K_WATERMARK) && count == 2 && is(start + 1, WeirLexer::K_FOR)) {
      expect(KeyKind::column);
    } else if (count == 1) {
      expect(KeyKind::type);
    } else if (has_expression(start)) {
      expect(KeyKind::expression);
    } else {
      place_.kind = Place::Kind::clause;
      place_.what = KeyKind::type;
    }
  }

  bool has_expression(std::size_t start) const {
    for (std::size_t at = start; at < before_; ++at) {
      if (words_[at].type == WeirLexer::K_AS || words_[at].type == WeirLexer::K_CHECK) return true;
    }
    return false;
  }

  void expect(KeyKind what) {
    place_.kind = Place::Kind::value;
    place_.what = what;
    if (what == KeyKind::expression) place_.kind = Place::Kind::clause;
  }

  void in_query() {
    std::size_t depth = 0, query = 0, segment = 0;
    for (std::size_t at = first_ + 3; at < before_; ++at) {
      if (opens(words_[at])) ++depth;
      if (closes(words_[at]) && depth > 0) --depth;
      if (depth != 0) continue;
      if (query == 0 && words_[at].type == WeirLexer::K_AS) query = segment = at + 1;
      if (query != 0 && words_[at].type == WeirLexer::PIPE) segment = at + 1;
    }
    if (query == 0) return;
    heal(query, segment);
    if (is_in_text_) return;
    find_source_name(query, segment);
    find_relations(segment);
    in_segment(query, segment);
  }

  // Cuts the statement before the step at hand; a plain SELECT is cut out whole.
  void heal(std::size_t query, std::size_t segment) {
    const bool is_first = segment == query;
    const bool keeps_start = is_first && is(query, WeirLexer::K_FROM) && query + 1 < before_;
    const std::size_t start = keeps_start ? words_[query + 1].span.end : is_first ? words_[first_].span.start : words_[segment - 1].span.start;
    const bool has_end = end_ < words_.size() && words_[end_].type == WeirLexer::SEMICOLON;
    const std::size_t stop = has_end ? words_[end_].span.end : end_ < words_.size() ? words_[end_].span.start : text_.size();
    blank(start, stop);
    place_.is_plain_select = is_first && !keeps_start;
    if (is_first && !keeps_start) return;
    if (start < place_.healed.size() && place_.healed[start] == ' ') {
      place_.healed[start] = ';';
    } else {
      place_.healed.insert(start, ";");
    }
  }

  bool is_relation_keyword(std::size_t at) const { return words_[at].type == WeirLexer::K_FROM || words_[at].type == WeirLexer::K_JOIN; }

  // What FROM and JOIN of the segment name, also behind the cursor.
  void find_relations(std::size_t segment) {
    std::size_t depth = 0;
    for (std::size_t at = segment; at + 1 < end_; ++at) {
      if (opens(words_[at])) ++depth;
      if (closes(words_[at]) && depth > 0) --depth;
      const bool is_windowed = words_[at].type == WeirLexer::K_TABLE && is_name(words_[at + 1]) && &words_[at + 1] != current_;
      if (is_windowed) place_.relations.emplace_back(name_of(words_[at + 1]), name_of(words_[at + 1]));
      if (depth != 0) continue;
      if (words_[at].type == WeirLexer::PIPE) return;
      if (words_[at + 1].type == WeirLexer::K_TABLE && at + 2 < end_ && opens(words_[at + 2])) continue;
      if (!is_relation_keyword(at) || !is_name(words_[at + 1]) || &words_[at + 1] == current_) continue;
      const std::string name = name_of(words_[at + 1]);
      std::string called = name;
      if (at + 3 < end_ && words_[at + 2].type == WeirLexer::K_AS) called = name_of(words_[at + 3]);
      if (at + 2 < end_ && (words_[at + 2].type == WeirLexer::IDENTIFIER || words_[at + 2].type == WeirLexer::QUOTED)) called = name_of(words_[at + 2]);
      place_.relations.emplace_back(called, name);
    }
  }

  // In a pipe, the name that its FROM gave stands for the rows at hand.
  void find_source_name(std::size_t query, std::size_t segment) {
    if (segment == query || query + 1 >= end_ || words_[query].type != WeirLexer::K_FROM) return;
    const bool has_alias = query + 3 < end_ && words_[query + 2].type == WeirLexer::K_AS;
    place_.relations.emplace_back(name_of(words_[query + (has_alias ? 3 : 1)]), "");
  }

  bool is_in_cast() const { return !open_.empty() && open_.back() > 0 && (words_[open_.back() - 1].type == WeirLexer::K_CAST || words_[open_.back() - 1].type == WeirLexer::K_TRY_CAST); }

  void in_segment(std::size_t query, std::size_t segment) {
    if ((ends_with(WeirLexer::K_FROM) && open_.empty()) || ends_with(WeirLexer::K_TABLE)) return expect(KeyKind::relation);
    if (ends_with(WeirLexer::K_JOIN)) return expect(KeyKind::lookup);
    if (ends_with(WeirLexer::DOUBLE_COLON) || (ends_with(WeirLexer::K_AS) && is_in_cast())) return expect(KeyKind::type);
    if (segment == before_) {
      place_.kind = segment == query ? Place::Kind::clause : Place::Kind::step;
      place_.what = KeyKind::relation;
      return;
    }
    if (ends_with(WeirLexer::K_AS) || ends_with(WeirLexer::K_POSITION)) return;  // a name is given
    switch (words_[segment].type) {
      case WeirLexer::K_FROM:
        return;
      case WeirLexer::K_UNION:
        return expect(KeyKind::relation);
      case WeirLexer::K_DROP:
      case WeirLexer::K_RENAME:
        return expect(KeyKind::column);
      default:
        expect(KeyKind::expression);
        place_.name = words_[segment].text;
    }
  }

  const std::string& text_;
  std::size_t offset_;
  std::vector<Word> words_;
  std::size_t first_ = 0, before_ = 0, end_ = 0;
  std::size_t options_ = 0;  // the bracket behind WITH
  std::vector<std::size_t> open_;
  const Word* current_ = nullptr;
  bool is_in_text_ = false;
  Place place_;
};

}  // namespace

Place weir_place(const Document& document, std::size_t offset) { return WeirPlaceFinder(document, offset).run(); }

}  // namespace weir
