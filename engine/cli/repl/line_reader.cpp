// line_reader.cpp — libedit where it was built in and stdin is a terminal, std::getline elsewhere.
#include "engine/cli/repl/line_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iostream>
#include <string_view>

#ifdef WEIR_HAS_LIBEDIT
#include <histedit.h>
#endif

#include "engine/cli/terminal.h"

namespace weir {
namespace {

class PlainReader final : public LineReader {
 public:
  std::optional<std::string> next(const char* prompt) override {
    if (is_terminal(stdin)) {
      fmt::print("{}", prompt);
      std::fflush(stdout);
    }
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
  }
  void remember(const std::string&) override {}
};

#ifdef WEIR_HAS_LIBEDIT
struct CloseEditor {
  void operator()(EditLine* editor) const { el_end(editor); }
};
struct CloseHistory {
  void operator()(History* history) const { history_end(history); }
};

// libedit asks for the prompt of the line that it edits.
char* prompt_of(EditLine* editor) {
  void* prompt = nullptr;
  el_get(editor, EL_CLIENTDATA, &prompt);
  return static_cast<char*>(prompt);
}

class EditingReader final : public LineReader {
 public:
  EditingReader() : editor_(el_init("weir", stdin, stdout, stderr)), history_(history_init()) {
    HistEvent event;
    history(history_.get(), &event, H_SETSIZE, 1000);
    el_set(editor_.get(), EL_HIST, history, history_.get());
    el_set(editor_.get(), EL_PROMPT, prompt_of);
    el_set(editor_.get(), EL_EDITOR, "emacs");
    el_set(editor_.get(), EL_SIGNAL, 1);
    el_source(editor_.get(), nullptr);
  }
  std::optional<std::string> next(const char* prompt) override {
    prompt_ = prompt;
    el_set(editor_.get(), EL_CLIENTDATA, prompt_.data());
    int size = 0;
    const char* line = el_gets(editor_.get(), &size);
    if (line == nullptr || size <= 0) return std::nullopt;
    std::string text(line, static_cast<std::size_t>(size));
    if (text.back() == '\n') text.pop_back();
    return text;
  }
  void remember(const std::string& line) override {
    HistEvent event;
    history(history_.get(), &event, H_ENTER, line.c_str());
  }

 private:
  const std::unique_ptr<EditLine, CloseEditor> editor_;
  const std::unique_ptr<History, CloseHistory> history_;
  std::string prompt_;
};
#endif

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return text.ends_with(ending); });
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

/// The text without comments, and with nothing in its quotes; `is_open`: one of them, or a bracket, is not closed.
std::string without_quoted(const std::string& text, bool& is_open) {
  std::string plain;
  int depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = std::string_view(text).substr(at);
    const auto skip_to = [&](std::string_view end, std::size_t from) {
      const std::size_t found = text.find(end, at + from);
      is_open = is_open || found == std::string::npos;
      at = found == std::string::npos ? text.size() : found + end.size();
      plain += ' ';
    };
    if (rest.starts_with("--")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (rest.starts_with("/*")) {
      skip_to("*/", 2);
    } else if (rest.starts_with("$$")) {
      skip_to("$$", 2);
    } else if (rest.front() == '\'' || rest.front() == '"' || rest.front() == '`') {
      skip_to(rest.substr(0, 1), 1);
      plain.back() = 'x';
    } else {
      if (rest.front() == '(' || rest.front() == '[') ++depth;
      if (rest.front() == ')' || rest.front() == ']') --depth;
      plain += rest.front();
      ++at;
    }
  }
  is_open = is_open || depth > 0;
  return plain;
}

}  // namespace

std::unique_ptr<LineReader> make_line_reader() {
#ifdef WEIR_HAS_LIBEDIT
  if (is_terminal(stdin) && is_terminal(stdout)) return std::make_unique<EditingReader>();
#endif
  return std::make_unique<PlainReader>();
}

bool wants_more(const std::string& text) {
  bool is_open = false;
  std::string plain = upper(without_quoted(text, is_open));
  const std::size_t last = plain.find_last_not_of(" \t\r\n");
  if (last == std::string::npos) return is_open;
  plain.resize(last + 1);
  plain.erase(0, plain.find_first_not_of(" \t\r\n"));
  if (plain.back() == ';') return is_open;
  const bool is_select = plain.starts_with("SELECT");
  const bool has_from = plain.find("FROM") != std::string::npos;
  return is_open || plain.starts_with("CREATE") || (is_select && !has_from) ||
         ends_with_any(plain, {",", "|>", "+", "-", "/", "=", "<", " AND", " OR", " NOT", " BY", " FROM", " WHERE", " SELECT", " EXTEND", " AGGREGATE", " ON", " AS", " JOIN"});
}

bool goes_on(const std::string& line) {
  static constexpr std::array<std::string_view, 14> words = {"|>", "WHERE", "GROUP", "HAVING", "JOIN", "LEFT", "INNER", "LIMIT", "ORDER", "AND", "OR", "ON", "FROM", "AS"};
  std::string plain = upper(line);
  plain.erase(0, std::min(plain.find_first_not_of(" \t"), plain.size()));
  const bool is_indented = !line.empty() && (line.front() == ' ' || line.front() == '\t') && !plain.empty();
  // FROM alone at the start of a line begins a query, but behind a SELECT, which wants_more() knows.
  return is_indented || std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    const bool is_word = plain.starts_with(word) && (word == "|>" || plain.size() == word.size() || std::isalnum(static_cast<unsigned char>(plain[word.size()])) == 0);
    return is_word && word != "FROM";
  });
}

}  // namespace weir
