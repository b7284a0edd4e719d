// weir_options.cpp — the options behind WITH in a .weir file.
#include "dsl/weir_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "WeirParser.h"

namespace weir {
namespace {

using Parser = weir_grammar::WeirParser;

class OptionReader {
 public:
  OptionReader(const std::vector<ReservedOption>& reserved, WeirText& text) : reserved_(reserved), text_(text) {}

  Config::Map map(const std::vector<Parser::OptionContext*>& options, bool is_outermost) {
    Config::Map result;
    for (auto* option : options) {
      const std::string name = name_of(option->optionName());
      const Location where = text_.place(option->optionName());
      text_.check_key(name, where);
      if (!is_outermost || !is_reserved(name, where)) add(result, name, where, value(option->optionValue()));
    }
    return result;
  }

 private:
  static std::string name_of(Parser::OptionNameContext* name) {
    if (name->STRING() != nullptr) return WeirText::name(name->STRING());
    std::string result;
    for (auto* part : name->anyName()) result += (result.empty() ? "" : ".") + WeirText::name(part);
    return result;
  }

  bool is_reserved(const std::string& name, const Location& where) {
    const auto found = std::find_if(reserved_.begin(), reserved_.end(), [&](const ReservedOption& one) { return name == one.name; });
    if (found == reserved_.end()) return false;
    text_.report("W0106", where, fmt::format("{} is no option", name), found->instead);
    return true;
  }

  void add(Config::Map& map, const std::string& name, const Location& where, Config value) {
    const auto first = std::find_if(map.begin(), map.end(), [&](const auto& entry) { return entry.first == name; });
    if (first == map.end()) return map.push_back(setting(name, where, std::move(value)));
    text_.report_twice("W0013", where, fmt::format("the option {} is given twice", name), first->second.key_where);
  }

  // As many levels deep as the parser was allowed to go.
  Config value(Parser::OptionValueContext* context) {
    if (auto* number = dynamic_cast<Parser::NumberValueContext*>(context)) return bare(text_.scalar(number));
    if (auto* string = dynamic_cast<Parser::TextValueContext*>(context)) return text_.quoted(string->STRING()->getSymbol());
    if (auto* code = dynamic_cast<Parser::CodeValueContext*>(context)) return text_.quoted(code->DOLLAR_STRING()->getSymbol());
    if (auto* span = dynamic_cast<Parser::IntervalValueContext*>(context)) return text_.scalar(span);
    if (auto* map_value = dynamic_cast<Parser::MapValueContext*>(context)) return map_of(map(map_value->option(), false), text_.place(map_value->start));
    if (auto* list = dynamic_cast<Parser::ListValueContext*>(context)) {
      Config::List items;
      for (auto* item : list->optionValue()) items.push_back(value(item));
      return list_of(std::move(items), text_.place(list->start));
    }
    auto* word = dynamic_cast<Parser::WordValueContext*>(context);
    if (word->K_TRUE() != nullptr) return bare(WeirText::scalar("true", text_.place(word)));
    if (word->K_FALSE() != nullptr) return bare(WeirText::scalar("false", text_.place(word)));
    if (word->VARIABLE() != nullptr) return bare(text_.named(word));
    if (word->K_NULL() == nullptr) return text_.named(word);
    Config nothing;
    nothing.where = text_.place(word);
    return nothing;
  }

  static Config bare(Config value) {
    value.is_quoted = false;
    return value;
  }

  const std::vector<ReservedOption>& reserved_;
  WeirText& text_;
};

}  // namespace

Config::Map read_options(antlr4::ParserRuleContext* with, const std::vector<ReservedOption>& reserved, WeirText& text) {
  auto* context = dynamic_cast<Parser::WithContext*>(with);
  return context == nullptr ? Config::Map{} : OptionReader(reserved, text).map(context->option(), true);
}

}  // namespace weir
