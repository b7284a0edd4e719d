// weir_tree.cpp — a .weir file as a tree of settings: cuts it into statements, parses each, and puts together what they say.
#include "dsl/weir_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "WeirLexer.h"
#include "WeirParser.h"
#include "dsl/line_table.h"
#include "dsl/readable_text.h"
#include "dsl/parse_tree.h"
#include "dsl/weir_statement.h"
#include "dsl/weir_tokens.h"

namespace weir {
namespace {

using weir_grammar::WeirParser;

// In this order errors are found and plans are made, whatever the order of statements.
constexpr std::array<const char*, 8> sections = {"functions", "connections", "sources", "tables", "transforms", "sinks", "reports", "tests"};
constexpr std::size_t max_statements = 10'000;
// Whoever has more of them has opened another kind of file.
constexpr std::size_t max_unreadable = 1'000;
constexpr std::array<std::pair<const char*, const char*>, 8> items = {{{"functions", "function"},
                                                                      {"connections", "connection"},
                                                                      {"sources", "source"},
                                                                      {"tables", "table"},
                                                                      {"transforms", "stream"},
                                                                      {"sinks", "sink"},
                                                                      {"reports", "report"},
                                                                      {"tests", "test"}}};

/// One statement and its parser, which owns what the tree is made of.
class ParsedStatement {
 public:
  ParsedStatement(StatementTokens statement, const PlacedText& placed, Diagnostics& diagnostics)
      : first_(statement.tokens[0]->getType()), second_(statement.tokens[statement.tokens.size() > 1 ? 1 : 0]->getType()) {
    if (statement.tokens.size() > 2) {
      third_ = WeirText::name(statement.tokens[2].get());
      third_where_ = placed.span(statement.tokens[2]->getStartIndex(), statement.tokens[2]->getStopIndex());
    }
    source_ = std::make_unique<antlr4::ListTokenSource>(std::move(statement.tokens));
    stream_ = std::make_unique<antlr4::CommonTokenStream>(source_.get());
    parser_ = std::make_unique<WeirParser>(stream_.get());
    Diagnostics unused;
    tree_ = parse_statement_tree(*parser_, placed, statement.is_broken ? unused : diagnostics);
    if (statement.is_broken) tree_ = nullptr;
  }

  /// Null where it could not be parsed.
  antlr4::ParserRuleContext* tree() const { return tree_; }
  /// What it would have made, as far as its first words tell; an empty section where they do not.
  SettingsTree::Broken wreck() const {
    static const std::array<std::pair<std::size_t, const char*>, 9> kinds = {{{WeirParser::K_PIPELINE, "name"},
                                                                             {WeirParser::K_CONNECTION, "connections"},
                                                                             {WeirParser::K_FUNCTION, "functions"},
                                                                             {WeirParser::K_SOURCE, "sources"},
                                                                             {WeirParser::K_TABLE, "tables"},
                                                                             {WeirParser::K_STREAM, "transforms"},
                                                                             {WeirParser::K_SINK, "sinks"},
                                                                             {WeirParser::K_REPORT, "reports"},
                                                                             {WeirParser::K_TEST, "tests"}}};
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& one) { return one.first == second_; });
    if (first_ != WeirParser::K_CREATE || kind == kinds.end()) return {"", "", {}};
    return {kind->second, third_, third_where_};
  }

 private:
  std::size_t first_, second_;
  std::string third_;
  Location third_where_;
  std::unique_ptr<antlr4::ListTokenSource> source_;
  std::unique_ptr<antlr4::CommonTokenStream> stream_;
  std::unique_ptr<WeirParser> parser_;
  antlr4::ParserRuleContext* tree_ = nullptr;
};

class TreeBuilder {
 public:
  TreeBuilder(const LineTable& lines, WeirText& text) : text_(text) {
    tree_.spelling = Spelling::weir;
    tree_.root = map_of({}, lines.span(0, std::min<std::size_t>(lines.line(0).size(), 1)));
  }

  void add(WeirPart part) {
    if (part.section == "name") return add_pipeline(std::move(part));
    if (part.section == "include") return add_include(std::move(part));
    if (part.section == "tests") return add_test(std::move(part));
    Config::Map& section = section_of(part);
    const auto [first, is_new] = made_.try_emplace({part.section, part.name}, part.where);
    if (is_new) return section.push_back(setting(part.name, part.where, std::move(part.value)));
    const auto item = std::find_if(items.begin(), items.end(), [&](const auto& one) { return one.first == part.section; });
    text_.report_twice("W0211", part.where, fmt::format("{} {} is created twice", item->second, part.name), first->second);
  }
  void add_wreck(SettingsTree::Broken wreck) { tree_.broken.push_back(std::move(wreck)); }

  SettingsTree take() && {
    for (const char* section : sections) {
      const auto found = std::find_if(sections_.begin(), sections_.end(), [&](const auto& one) { return one.first == section; });
      if (found != sections_.end()) entries().push_back(std::move(*found));
    }
    return std::move(tree_);
  }

 private:
  Config::Map& entries() { return std::get<Config::Map>(tree_.root.value); }

  Config::Map& section_of(const WeirPart& part) {
    const auto found = std::find_if(sections_.begin(), sections_.end(), [&](const auto& one) { return one.first == part.section; });
    if (found != sections_.end()) return std::get<Config::Map>(found->second.value);
    sections_.push_back(setting(part.section, part.where, map_of({}, part.where)));
    return std::get<Config::Map>(sections_.back().second.value);
  }

  // In the order of the file: a name is no key.
  void add_test(WeirPart part) {
    const auto found = std::find_if(sections_.begin(), sections_.end(), [](const auto& one) { return one.first == "tests"; });
    if (found == sections_.end()) return sections_.push_back(setting("tests", part.where, list_of({std::move(part.value)}, part.where)));
    std::get<Config::List>(found->second.value).push_back(std::move(part.value));
  }

  void add_include(WeirPart part) {
    part.value.key_where = part.where;
    const auto first = std::find_if(entries().begin(), entries().end(), [](const auto& one) { return one.first == "include"; });
    if (first == entries().end()) return entries().push_back(setting("include", part.where, list_of({std::move(part.value)}, part.where)));
    std::get<Config::List>(first->second.value).push_back(std::move(part.value));
  }

  void add_pipeline(WeirPart part) {
    if (const Config* first = tree_.root.find("name"))
      return text_.report_twice("W0211", part.where, "a file holds one pipeline, and here a second one is created", first->key_where);
    entries().push_back(setting("name", part.where, WeirText::scalar(part.name, part.where)));
    for (auto& option : std::get<Config::Map>(part.value.value)) entries().push_back(std::move(option));
  }

  WeirText& text_;
  SettingsTree tree_;
  Config::Map sections_;
  std::map<std::pair<std::string, std::string>, Location> made_;  // sections and names, and where each was created
};

}  // namespace

std::function<bool(const std::string&)> aggregates_of(const Registry& registry) {
  return [&registry](const std::string& function) { return registry.functions.find(function) == nullptr && registry.aggregates.find(function) != nullptr; };
}

std::optional<SettingsTree> load_weir(const std::shared_ptr<const SourceText>& source, std::function<bool(const std::string&)> is_aggregate,
                                      Diagnostics& diagnostics, std::set<std::string> other_streams) {
  const LineTable lines(source);
  if (!is_readable_text(lines, diagnostics)) return std::nullopt;
  const PlacedText placed(source->text, Location{source, 1, 1, 0});
  WeirTokens tokens(source->text, placed, diagnostics);
  WeirText text(placed, diagnostics);
  std::vector<std::unique_ptr<ParsedStatement>> statements;
  QueryNames names{std::move(other_streams), std::move(is_aggregate)};
  if (tokens.statements().size() > max_statements) {
    const antlr4::Token& first = *tokens.statements()[max_statements].tokens.front();
    diagnostics.error(Error{ErrorKind::user, fmt::format("the file has {} statements; a pipeline has at most {}", tokens.statements().size(), max_statements),
                            placed.span(first.getStartIndex(), first.getStopIndex())}.as("W0004"));
    return std::nullopt;
  }
  std::size_t unreadable = 0;
  for (StatementTokens& one : tokens.statements()) {
    if (unreadable > max_unreadable) {
      const antlr4::Token& first = *one.tokens.front();
      diagnostics.error(Error{ErrorKind::user, fmt::format("{} statements could not be read; this one and those behind it were not looked at", unreadable),
                              placed.span(first.getStartIndex(), first.getStopIndex())}.as("W0004"));
      break;
    }
    statements.push_back(std::make_unique<ParsedStatement>(std::move(one), placed, diagnostics));
    if (statements.back()->tree() == nullptr) ++unreadable;
    const SettingsTree::Broken made = statements.back()->wreck();
    if (made.section == "sources" || made.section == "transforms") names.streams.insert(made.name);
  }
  TreeBuilder builder(lines, text);
  for (const auto& statement : statements) {
    std::optional<WeirPart> part;
    if (statement->tree() != nullptr) part = read_statement(statement->tree(), names, text);
    const bool is_refused = text.take_refused();
    part && !is_refused ? builder.add(*std::move(part)) : builder.add_wreck(statement->wreck());
  }
  return std::move(builder).take();
}

}  // namespace weir
