// weir_tokens.cpp — cuts a .weir file into statements.
#include "dsl/weir_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

#include "WeirLexer.h"

namespace weir {
namespace {

using weir_grammar::WeirLexer;

constexpr std::size_t max_tokens_of_statement = 20'000;
constexpr std::size_t max_unclosed_quotes = 8;

bool is_unclosed_quote(std::size_t type) { return type == WeirLexer::UNCLOSED_STRING || type == WeirLexer::UNCLOSED_NAME; }

char quote_of(const antlr4::Token& token) {
  const std::string text = token.getText();
  return text.front() == 'x' || text.front() == 'X' ? text[1] : text.front();
}

bool is_quoted(const antlr4::Token& token, char quote) {
  const std::size_t type = token.getType();
  return (type == WeirLexer::STRING || type == WeirLexer::QUOTED || type == WeirLexer::BYTES) && quote_of(token) == quote;
}

/// A forgotten quote makes a text of what stands up to the next one. The text that goes on over lines is the one that was not closed, unless an
/// earlier one of its line has a word right behind it: 'orders, format = 'json'.
const antlr4::Token& culprit_of(const Tokens& tokens, const antlr4::Token& unclosed) {
  const char quote = quote_of(unclosed);
  const auto goes_on = [&](const auto& token) { return is_quoted(*token, quote) && token->getText().find('\n') != std::string::npos; };
  const auto first = std::find_if(tokens.begin(), tokens.end(), goes_on);
  const antlr4::Token& found = first == tokens.end() ? unclosed : **first;
  for (std::size_t at = 0; at + 1 < tokens.size() && tokens[at].get() != &found; ++at) {
    const bool has_word_behind = tokens[at + 1]->getStartIndex() == tokens[at]->getStopIndex() + 1 && std::isalnum(static_cast<unsigned char>(tokens[at + 1]->getText().front())) != 0;
    if (tokens[at]->getLine() == found.getLine() && is_quoted(*tokens[at], quote) && has_word_behind) return *tokens[at];
  }
  return found;
}

/// Where character `index` of `text` begins. A byte order mark in front is none.
std::size_t offset_of(const std::string& text, std::size_t index) {
  std::size_t offset = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (std::size_t characters = 0; offset < text.size(); ++offset) {
    const bool is_start = (static_cast<unsigned char>(text[offset]) & 0xC0) != 0x80;
    if (is_start && characters++ == index) break;
  }
  return offset;
}

/// `text` with the quote at character `index` closed at the end of its line, in place of what stands there: no other character moves.
void close_at_end_of_line(std::string& text, std::size_t index) {
  const std::size_t start = offset_of(text, index);
  const char quote = text[start] == 'x' || text[start] == 'X' ? text[start + 1] : text[start];
  const std::size_t end = std::min(text.find_first_of("\r\n", start), text.size());
  for (std::size_t at = start + 1; at < end; ++at) {
    if (text[at] == quote) text[at] = ' ';
  }
  for (std::size_t at = end; at-- > start + 1;) {
    if ((static_cast<unsigned char>(text[at]) & 0x80) != 0) continue;
    text[at] = quote;
    return;
  }
  text[start] = ' ';
}

bool begins_statement(std::size_t first, std::size_t second) {
  if (first == WeirLexer::K_INCLUDE) return second == WeirLexer::STRING;
  if (first != WeirLexer::K_CREATE) return false;
  switch (second) {
    case WeirLexer::K_PIPELINE:
    case WeirLexer::K_CONNECTION:
    case WeirLexer::K_FUNCTION:
    case WeirLexer::K_SOURCE:
    case WeirLexer::K_TABLE:
    case WeirLexer::K_STREAM:
    case WeirLexer::K_SINK:
    case WeirLexer::K_REPORT:
    case WeirLexer::K_TEST:
      return true;
    default:
      return false;
  }
}

class StatementCutter {
 public:
  StatementCutter(Tokens tokens, std::vector<std::size_t> broken_at, const PlacedText& placed, Diagnostics& diagnostics)
      : all_(std::move(tokens)), broken_at_(std::move(broken_at)), placed_(placed), diagnostics_(diagnostics) {}

  std::vector<StatementTokens> run() {
    for (std::size_t at = 0; at < all_.size(); ++at) {
      const std::size_t type = all_[at]->getType();
      if (type == WeirLexer::SEMICOLON || type == antlr4::Token::EOF) {
        end_with(std::move(all_[at]));
        continue;
      }
      if (!current_.tokens.empty() && is_next_statement(at)) end_before(*all_[at]);
      take(std::move(all_[at]));
    }
    return std::move(statements_);
  }

 private:
  bool is_next_statement(std::size_t at) const {
    return at + 1 < all_.size() && begins_statement(all_[at]->getType(), all_[at + 1]->getType()) &&
           all_[at]->getLine() > current_.tokens.back()->getLine();
  }

  Location place(const antlr4::Token& token) const { return placed_.span(token.getStartIndex(), token.getStopIndex()); }

  void report(const char* mistake, std::string message, Location where, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), std::move(where)}.as(mistake).with_hint(std::move(hint)));
  }

  void take(std::unique_ptr<antlr4::Token> token) {
    const std::size_t type = token->getType();
    const Location where = place(*token);
    if (type == WeirLexer::OPEN) open_.push_back(where);
    if (type == WeirLexer::CLOSE && !open_.empty()) open_.pop_back();
    std::optional<Error> error = lexical_error(*token, where);
    if (!error && !is_refused_) error = guard_.add(*token, where);
    if (error) {
      diagnostics_.error(*std::move(error));
      current_.is_broken = is_refused_ = true;
      return;
    }
    if (!is_refused_) current_.tokens.push_back(std::move(token));
  }

  void mark_broken(std::size_t end) {
    const std::size_t start = current_.tokens.front()->getStartIndex();
    const auto is_here = [&](std::size_t index) { return index >= start && index < end; };
    current_.is_broken = current_.is_broken || std::any_of(broken_at_.begin(), broken_at_.end(), is_here);
  }

  // The next statement begins, and this one has no end.
  void end_before(const antlr4::Token& next) {
    const antlr4::Token& last = *current_.tokens.back();
    mark_broken(next.getStartIndex());
    if (!open_.empty()) {
      if (!current_.is_broken) report("W0104", "this '(' is not closed", open_.back(), fmt::format("close it with ')' before the {} of line {}", next.getText(), next.getLine()));
      current_.is_broken = true;
    } else if (!current_.is_broken) {
      report("W0105", fmt::format("expected ';' after '{}'", last.getText()), place(last), "a statement ends with ';'");
    }
    auto end = std::make_unique<antlr4::CommonToken>(antlr4::Token::EOF);
    end->setText(";");
    end->setStartIndex(last.getStopIndex());
    end->setStopIndex(last.getStopIndex());
    end_with(std::move(end));
  }

  void end_with(std::unique_ptr<antlr4::Token> end) {
    if (!current_.tokens.empty()) {
      mark_broken(end->getStartIndex());
      auto* token = dynamic_cast<antlr4::CommonToken*>(end.get());
      if (token->getType() == WeirLexer::SEMICOLON) token->setText(";");
      token->setType(antlr4::Token::EOF);
      current_.tokens.push_back(std::move(end));
      statements_.push_back(std::move(current_));
    }
    current_ = {};
    open_.clear();
    is_refused_ = false;
    guard_ = TokenGuard("the statement", max_tokens_of_statement);
  }

  Tokens all_;
  std::vector<std::size_t> broken_at_;
  const PlacedText& placed_;
  Diagnostics& diagnostics_;
  StatementTokens current_;
  std::vector<Location> open_;  // brackets of the current statement
  bool is_refused_ = false;     // the rest of it is left out
  TokenGuard guard_{"the statement", max_tokens_of_statement};
  std::vector<StatementTokens> statements_;
};

}  // namespace

WeirTokens::WeirTokens(const std::string& text, const PlacedText& placed, Diagnostics& diagnostics) {
  std::string healed = text;
  std::vector<std::size_t> broken_at;
  for (std::size_t attempt = 0;; ++attempt) {
    inputs_.push_back(std::make_unique<antlr4::ANTLRInputStream>(healed));
    lexers_.push_back(std::make_unique<WeirLexer>(inputs_.back().get()));
    lexers_.back()->removeErrorListeners();
    Tokens tokens;
    do tokens.push_back(lexers_.back()->nextToken());
    while (tokens.back()->getType() != antlr4::Token::EOF);
    const auto unclosed = std::find_if(tokens.begin(), tokens.end(), [](const auto& token) { return is_unclosed_quote(token->getType()); });
    if (unclosed == tokens.end() || attempt == max_unclosed_quotes) {
      statements_ = StatementCutter(std::move(tokens), std::move(broken_at), placed, diagnostics).run();
      return;
    }
    const antlr4::Token& culprit = culprit_of(tokens, **unclosed);
    const std::size_t index = culprit.getStartIndex();
    antlr4::CommonToken said((*unclosed)->getType());
    std::string written = culprit.getText();
    said.setText(written.substr(0, written.find_first_of("\r\n")));
    diagnostics.error(*lexical_error(said, placed.span(index, index)));
    broken_at.push_back(index);
    close_at_end_of_line(healed, index);
  }
}

WeirTokens::~WeirTokens() = default;

}  // namespace weir
