// weir_text.h — what the parser found in a .weir file, as settings with their places.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dsl/placed_text.h"
#include "engine/component/config.h"

namespace antlr4 {
class ParserRuleContext;
class Token;
namespace tree {
class ParseTree;
}
}  // namespace antlr4

namespace weir {

/// Settings are texts as they stand in the file: expressions are read from them as they are from YAML, after their variables. One thread.
class WeirText {
 public:
  WeirText(const PlacedText& placed, Diagnostics& diagnostics) : placed_(placed), diagnostics_(diagnostics) {}

  Location place(const antlr4::Token* token) const;
  Location place(const antlr4::ParserRuleContext* context) const;
  /// As it stands in the file.
  std::string written(const antlr4::ParserRuleContext* context) const;
  /// A name without its quotes.
  static std::string name(antlr4::tree::ParseTree* name);
  static std::string name(const antlr4::Token* name);

  /// The same, with blanks in place of comments.
  Config scalar(const antlr4::ParserRuleContext* context) const { return scalar_between(context, context); }
  /// From the start of one to the end of the other, with blanks in place of comments.
  Config scalar_between(const antlr4::ParserRuleContext* first, const antlr4::ParserRuleContext* last) const;
  static Config scalar(std::string text, Location where);
  Config named(antlr4::ParserRuleContext* name) const;
  /// What stands between the quotes, '...' or $$...$$; a line break right behind $$ does not belong to it.
  Config quoted(const antlr4::Token* token) const;

  void report(const char* mistake, const Location& where, std::string message, std::string hint = {});
  void warn(const char* mistake, const Location& where, std::string message, std::string hint = {});
  /// `first`: where it stands already.
  void report_twice(const char* mistake, const Location& where, std::string message, const Location& first);
  /// Also says that without what is wrong, the rest of the statement means nothing.
  void refuse(const char* mistake, const Location& where, std::string message, std::string hint = {});
  /// Refuses one that is too long for a key of YAML.
  void check_key(const std::string& key, const Location& where);
  /// Whether anything was refused since it was last asked.
  bool take_refused() { return std::exchange(is_refused_, false); }

 private:
  const PlacedText& placed_;
  Diagnostics& diagnostics_;
  bool is_refused_ = false;
};

/// A setting under its key; `key_where` is where the key stands.
std::pair<std::string, Config> setting(std::string key, Location key_where, Config value);
Config map_of(Config::Map entries, Location where);
Config list_of(Config::List items, Location where);

}  // namespace weir
