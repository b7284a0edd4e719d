// yaml_tree.cpp — a YAML text as a tree of settings, each with its place.
#include "dsl/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_map>
#include <vector>

#include "dsl/cut_short.h"
#include "dsl/line_table.h"
#include "dsl/readable_text.h"
#include "dsl/token_guard.h"

namespace weir {
namespace {

constexpr std::size_t max_depth = 64;

struct Refused {};  // thrown through the YAML parser once something was reported

Error user_error(const char* mistake, std::string message, Location where, std::string hint = {}) {
  return Error{ErrorKind::user, std::move(message), std::move(where)}.as(mistake).with_hint(std::move(hint));
}

// Finds where a scalar's own characters are, given where its first sign (a quote, | or >) stands.
class ScalarPlaces {
 public:
  explicit ScalarPlaces(const LineTable& lines) : lines_(lines) {}

  Location plain(std::size_t offset, const std::string& value) const {
    const std::string& text = lines_.text();
    const bool is_as_written = text.compare(offset, value.size(), value) == 0;
    return lines_.span(offset, is_as_written ? value.size() : end_of_line(offset) - offset);
  }

  Location marked(std::size_t offset) const {
    const std::string& text = lines_.text();
    const char sign = offset < text.size() ? text[offset] : '\0';
    if (sign == '\'' || sign == '"')
      return lines_.span(offset + 1, end_of_quoted(offset + 1, sign) - offset - 1);
    if (sign != '|' && sign != '>') return lines_.span(offset, end_of_line(offset) - offset);
    std::size_t start = text.find_first_not_of(" \r\n", end_of_line(offset));
    if (start == std::string::npos) start = offset;
    return lines_.span(start, end_of_line(start) - start);
  }

  /// The parser takes the end of the file for the end of a text.
  bool is_closed(std::size_t offset) const {
    const std::string& text = lines_.text();
    const char sign = offset < text.size() ? text[offset] : '\0';
    if (sign != '\'' && sign != '"') return true;
    for (std::size_t at = offset + 1; at < text.size(); ++at) {
      const bool is_escaped = sign == '"' ? text[at] == '\\' : text.compare(at, 2, "''") == 0;
      if (is_escaped) {
        ++at;
      } else if (text[at] == sign) {
        return true;
      }
    }
    return false;
  }

 private:
  std::size_t end_of_line(std::size_t offset) const { return lines_.end_of_line(offset); }

  std::size_t end_of_quoted(std::size_t offset, char quote) const {
    const std::string& text = lines_.text();
    const std::size_t end = end_of_line(offset);
    for (std::size_t at = offset; at < end; ++at) {
      if (quote == '"' && text[at] == '\\') {
        ++at;
      } else if (text[at] == quote) {
        if (quote == '"' || at + 1 == end || text[at + 1] != '\'') return at;
        ++at;
      }
    }
    return end;
  }

  const LineTable& lines_;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const LineTable& lines, Diagnostics& diagnostics)
      : lines_(lines), places_(lines), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      refuse("W0012", "a file holds one pipeline, and here a second YAML document begins", place(mark));
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    Config config;
    config.where = place(mark, word_length(mark));
    add(std::move(config), "");
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse("W0011", "YAML aliases are not used in pipelines", place(mark),
           "write the value out, or quote a text that begins with *");
  }

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    refuse("W0011", fmt::format("YAML anchors are not used in pipelines: &{}", name), place(mark),
           "write the value out where it is used, or quote a text that begins with &");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    refuse_tag(mark, tag);
    Config config;
    config.is_quoted = tag == "!";
    const std::size_t at = offset(mark);
    if (config.is_quoted && !places_.is_closed(at))
      refuse("W0009", "not valid YAML: a quote is not closed", lines_.span(at, 1), "end the text with the same quote; '' stands for an apostrophe within '...'");
    config.where = config.is_quoted ? places_.marked(at) : places_.plain(at, value);
    if (!config.is_quoted) warn_of_comment(at + config.where.length);
    config.value = value;
    add(std::move(config), value);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    refuse_tag(mark, tag);
    open(mark, Config::List{}, style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    refuse_tag(mark, tag);
    open(mark, Config::Map{}, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

  Config root() && { return std::move(root_); }
  /// Where the innermost { or [ that is still open stands.
  std::optional<Location> open_bracket() const {
    if (open_.empty() || !open_.back().is_flow) return std::nullopt;
    return open_.back().config.where;
  }

 private:
  struct Open {
    Config config;
    bool is_flow = false;
    bool expects_key = true;  // of a map
    std::string key;
    Location key_where;
    std::unordered_map<std::string, Location> keys;  // and where each stands
  };

  std::size_t offset(const YAML::Mark& mark) const {
    return lines_.offset(static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column));
  }
  Location place(const YAML::Mark& mark, std::size_t length = 1) const {
    return lines_.span(offset(mark), length);
  }

  std::size_t word_length(const YAML::Mark& mark) const {
    const std::size_t at = offset(mark);
    for (const char* word : {"null", "Null", "NULL", "~"}) {
      const std::string_view text(word);
      if (lines_.text().compare(at, text.size(), text) == 0) return text.size();
    }
    return 0;
  }

  [[noreturn]] void refuse(const char* mistake, std::string message, Location where, std::string hint = {}) {
    diagnostics_.error(user_error(mistake, std::move(message), std::move(where), std::move(hint)));
    throw Refused{};
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    const std::size_t at = offset(mark);
    const std::size_t length = std::min(lines_.text().find_first_of(" \r\n", at), lines_.text().size()) - at;
    refuse("W0011", fmt::format("YAML tags are not used in pipelines: {}", lines_.text().substr(at, length)),
           lines_.span(at, length), "quote a text that begins with !");
  }

  // ' #' begins a comment. Right before a word, as in `password: a #b`, it was hardly meant so.
  void warn_of_comment(std::size_t end) {
    const std::string& text = lines_.text();
    const std::size_t sign = text.find_first_not_of(" \t", end);
    if (sign == std::string::npos || sign == end || text[sign] != '#') return;
    if (sign + 1 >= text.size() ||
        std::string_view(" \t\r\n#!-=").find(text[sign + 1]) != std::string_view::npos)
      return;
    const std::size_t length = std::min(text.find_first_of("\r\n", sign), text.size()) - sign;
    diagnostics_.warning(user_error("W0903", cut_short_message, lines_.span(sign, length), cut_short_hint));
  }

  template <typename Container>
  void open(const YAML::Mark& mark, Container container, YAML::EmitterStyle::value style) {
    if (open_.size() >= max_depth)
      refuse("W0004", fmt::format("the file is nested more than {} levels deep", max_depth), place(mark));
    if (is_key_next()) refuse("W0014", "a key must be a word, not a list or a map", place(mark));
    Open one;
    one.config.where = place(mark);
    one.config.value = std::move(container);
    one.is_flow = style == YAML::EmitterStyle::Flow;
    open_.push_back(std::move(one));
  }

  void close() {
    Config done = std::move(open_.back().config);
    const bool is_flow = open_.back().is_flow;
    open_.pop_back();
    // A map or list in lines of its own has no sign of its own: its key stands for it.
    if (!is_flow && !open_.empty() && open_.back().config.is_map()) done.where = open_.back().key_where;
    add(std::move(done), "");
  }

  bool is_key_next() const {
    return !open_.empty() && open_.back().config.is_map() && open_.back().expects_key;
  }

  void add(Config config, const std::string& text) {
    if (open_.empty()) {
      root_ = std::move(config);
    } else if (is_key_next()) {
      add_key(std::move(config), text);
    } else if (Open& parent = open_.back(); parent.config.is_map()) {
      config.key_where = parent.key_where;
      std::get<Config::Map>(parent.config.value).emplace_back(parent.key, std::move(config));
      parent.expects_key = true;
    } else {
      std::get<Config::List>(parent.config.value).push_back(std::move(config));
    }
  }

  void add_key(Config config, const std::string& text) {
    if (!config.is_scalar() || text.empty()) refuse("W0014", "a key is missing before the ':'", config.where);
    if (text == "<<" && !config.is_quoted) {
      refuse("W0011", "YAML merge keys are not used in pipelines: <<", config.where, "write the values out");
    }
    if (std::optional<Error> error = too_long(text, config.where)) diagnostics_.error(*std::move(error));
    Open& parent = open_.back();
    const auto [first, is_new] = parent.keys.emplace(text, config.where);
    if (!is_new) diagnostics_.error(user_error("W0013", fmt::format("the key {} is given twice", text), config.where).with_note("the first one is here", first->second));
    parent.key = text;
    parent.key_where = config.where;
    parent.expects_key = false;
  }

  const LineTable& lines_;
  ScalarPlaces places_;
  Diagnostics& diagnostics_;
  std::vector<Open> open_;
  Config root_;
  int documents_ = 0;
};

bool has_tab_before_text(const LineTable& lines, Diagnostics& diagnostics) {
  const std::string& text = lines.text();
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t content = text.find_first_not_of(' ', start);
    if (content != std::string::npos && text[content] == '\t') {
      diagnostics.error(user_error("W0005", "YAML has no tabs before the first character of a line", lines.span(content, 1), "use blanks"));
      return true;
    }
    start = std::min(text.find('\n', start), text.size() - 1) + 1;
  }
  return false;
}

// What the parser says, what people understand, and what they can do about it.
struct Wording {
  std::string_view said;
  const char* mistake;
  const char* sentence;
  const char* hint;
};
constexpr Wording wordings[] = {
    {"illegal map value", "W0007", "a second ': ' stands in this value", "put the value in quotes"},
    {"end of map not found", "W0006", "this does not fit to the lines above",
     "check the indentation, and put values that begin with a quote in quotes as a whole"},
    {"end of sequence not found", "W0006", "this does not fit to the list above", "check the indentation"},
    {"end of map flow not found", "W0008", "a '{' is not closed with '}'",
     "close it; an expression with brackets, braces or commas wants quotes within { }"},
    {"end of sequence flow not found", "W0008", "a '[' is not closed with ']'",
     "close it; an expression with brackets, braces or commas wants quotes within [ ]"},
    {"illegal EOF in scalar", "W0009", "a quote is not closed", ""},
    {"illegal document indicator in scalar", "W0009", "a quote is not closed", ""},
    {"unknown token", "W0010", "a value cannot begin with this character", "put the value in quotes"},
    {"illegal map key", "W0006", "a key is not expected here", "check the indentation"},
    {"illegal block entry", "W0006", "a list item is not expected here", "begin the list in a line of its own"},
};

/// Whether no "KEY: " stands before a column of the line.
bool is_first_colon(std::string_view line, std::size_t column) { return line.substr(0, std::min(column, line.size())).find(": ") == std::string_view::npos; }

Error yaml_error(const YAML::ParserException& exception, const LineTable& lines, const TreeBuilder& builder) {
  const auto line = static_cast<std::size_t>(std::max(exception.mark.line, 0));
  const std::size_t at = lines.offset(line, static_cast<std::size_t>(std::max(exception.mark.column, 0)));
  std::string sentence = exception.msg;
  const char* mistake = "W0006";
  std::string hint;
  for (const Wording& wording : wordings) {
    if (wording.said != exception.msg) continue;
    mistake = wording.mistake;
    sentence = wording.sentence;
    hint = wording.hint;
  }
  Location where = lines.span(at, 1);
  if (mistake == std::string_view("W0007") && is_first_colon(lines.line(line), static_cast<std::size_t>(std::max(exception.mark.column, 0)))) {
    mistake = "W0006";
    sentence = "this line is a part of the value above, as it is indented deeper";
    hint = "begin it in the same column as its neighbours; or put the value above in quotes, if it goes on here";
  }
  if (exception.msg.find("flow") != std::string::npos) {
    where = builder.open_bracket().value_or(where);
    // In { } and [ ] the braces of a variable are YAML's own.
    if (lines.line(where.line - 1).find("${") != std::string_view::npos) {
      hint = "inside { } and [ ], variables must be in quotes: \"${NAME}\"";
    }
  }
  return user_error(mistake, fmt::format("not valid YAML: {}", sentence), where, hint);
}

}  // namespace

std::optional<Config> load_yaml(const std::shared_ptr<const SourceText>& source, Diagnostics& diagnostics) {
  const LineTable lines(source);
  if (!is_readable_text(lines, diagnostics) || has_tab_before_text(lines, diagnostics)) return std::nullopt;
  const std::size_t errors_before = diagnostics.errors().size();
  TreeBuilder builder(lines, diagnostics);
  try {
    std::istringstream stream(source->text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::ParserException& exception) {
    diagnostics.error(yaml_error(exception, lines, builder));
    return std::nullopt;
  } catch (const Refused&) {
    return std::nullopt;
  }
  if (diagnostics.errors().size() != errors_before) return std::nullopt;
  return std::move(builder).root();
}

}  // namespace weir
