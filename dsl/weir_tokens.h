// weir_tokens.h — cuts a .weir file into statements.
#pragma once

#include <memory>
#include <vector>

#include "dsl/token_guard.h"

namespace antlr4 {
class ANTLRInputStream;
}

namespace weir {

struct StatementTokens {
  Tokens tokens;           // at least one, then the end, whose text is ";" where there is one
  bool is_broken = false;  // something in it was reported: what the parser says of it is beside the point
};

/// The statements of one file. What they point to lives as long as this.
class WeirTokens {
 public:
  /// Reports what is wrong with single tokens (a quote that is not closed ends with its line, so that what follows is still read), brackets
  /// and statements that are not closed before the next CREATE at the start of a line, and what the guard refuses.
  WeirTokens(const std::string& text, const PlacedText& placed, Diagnostics& diagnostics);
  ~WeirTokens();

  std::vector<StatementTokens>& statements() { return statements_; }

 private:
  std::vector<std::unique_ptr<antlr4::ANTLRInputStream>> inputs_;
  std::vector<std::unique_ptr<weir_grammar::WeirLexer>> lexers_;
  std::vector<StatementTokens> statements_;
};

}  // namespace weir
