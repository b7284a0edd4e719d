// weir_statement.cpp — one statement of a .weir file as the setting that YAML has for it.
#include "dsl/weir_statement.h"

#include <fmt/format.h>

#include <algorithm>

#include "WeirParser.h"
#include "dsl/weir_options.h"
#include "dsl/weir_tests.h"

namespace weir {
namespace {

using Parser = weir_grammar::WeirParser;
using antlr4::ParserRuleContext;

const std::vector<ReservedOption> of_pipelines = {
    {"name", "the name stands behind CREATE PIPELINE"},           {"functions", "write CREATE FUNCTION ..."},
    {"connections", "write CREATE CONNECTION ..."},               {"sources", "write CREATE SOURCE ..."},
    {"tables", "write CREATE TABLE ..."},                         {"transforms", "write CREATE STREAM ..."},
    {"sinks", "write CREATE SINK ..."},                           {"reports", "write CREATE REPORT ..."},
    {"tests", "write CREATE TEST ..."},                           {"include", "write INCLUDE 'FILE'"}};
const std::vector<ReservedOption> of_relations = {
    {"columns", "columns stand in the brackets behind the name: id STRING NOT NULL, ..."},
    {"computed", "computed columns stand among the others: NAME AS EXPRESSION"},
    {"watermark", "write WATERMARK FOR COLUMN AS COLUMN - INTERVAL 1 HOUR among the columns"}};
const std::vector<ReservedOption> of_queries = {
    {"input", "what is read stands behind AS: AS FROM NAME |> ..."}, {"inputs", "write AS FROM NAME |> UNION OTHER"},
    {"steps", "steps stand behind AS: AS FROM NAME |> WHERE ..."},   {"where", "write AS FROM NAME |> WHERE ..."},
    {"select", "write AS FROM NAME |> SELECT ..."}};
const std::vector<ReservedOption> of_functions = {{"language", "write LANGUAGE PYTHON behind RETURNS TYPE"},
                                                  {"code", "the code stands behind AS: AS $$ ... $$"},
                                                  {"parameters", "parameters stand in the brackets behind the name: (a BIGINT, b STRING)"},
                                                  {"returns", "write RETURNS TYPE behind the parameters"}};
const std::vector<ReservedOption> of_reports = {{"sql", "the SQL stands behind AS: AS $$ SELECT ... $$"}};

/// Of what stands in brackets, its first word.
antlr4::Token* first_word(antlr4::tree::ParseTree* tree) {
  while (!tree->children.empty()) {
    auto* sign = dynamic_cast<antlr4::tree::TerminalNode*>(tree->children.front());
    const bool is_bracket = sign != nullptr && sign->getSymbol()->getType() == Parser::OPEN && tree->children.size() > 1;
    tree = tree->children[is_bracket ? 1 : 0];
  }
  return dynamic_cast<antlr4::tree::TerminalNode*>(tree)->getSymbol();
}

class StatementReader {
 public:
  StatementReader(const QueryNames& names, WeirText& text) : names_(names), text_(text) {}

  Config::Map value(ParserRuleContext* creation) {
    if (auto* pipeline = dynamic_cast<Parser::CreatePipelineContext*>(creation)) return pipeline_of(pipeline);
    if (auto* connection = dynamic_cast<Parser::CreateConnectionContext*>(creation)) return read_options(connection->with(), {}, text_);
    if (auto* function = dynamic_cast<Parser::CreateFunctionContext*>(creation)) return function_of(function);
    if (auto* source = dynamic_cast<Parser::CreateSourceContext*>(creation)) return relation(source->columnItem(), source->with(), false);
    if (auto* table = dynamic_cast<Parser::CreateTableContext*>(creation)) return relation(table->columnItem(), table->with(), true);
    if (auto* stream = dynamic_cast<Parser::CreateStreamContext*>(creation)) return queried(stream->with(), stream->query());
    if (auto* sink = dynamic_cast<Parser::CreateSinkContext*>(creation)) return queried(sink->with(), sink->query());
    if (auto* test = dynamic_cast<Parser::CreateTestContext*>(creation)) return test_settings(test, text_);
    if (auto* report = dynamic_cast<Parser::CreateReportContext*>(creation)) return report_of(report);
    return {};
  }

 private:
  // One plugin may be given without brackets.
  Config::Map pipeline_of(Parser::CreatePipelineContext* pipeline) {
    Config::Map settings = read_options(pipeline->with(), of_pipelines, text_);
    for (auto& [name, value] : settings) {
      if (name != "plugins" || !value.is_scalar()) continue;
      Config one = value;
      value = setting(name, value.key_where, list_of({std::move(one)}, value.where)).second;
    }
    return settings;
  }

  Config::Map function_of(Parser::CreateFunctionContext* function) {
    Config::Map settings = read_options(function->with(), of_functions, text_);
    const auto add = [&](const char* key, const Location& where, Config value) { settings.push_back(setting(key, where, std::move(value))); };
    if (auto* language = function->K_LANGUAGE()) {
      std::string word = WeirText::name(function->name(1));
      std::transform(word.begin(), word.end(), word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      add("language", text_.place(language->getSymbol()), WeirText::scalar(word, text_.place(function->name(1))));
    }
    if (!function->parameter().empty()) {
      Config::Map parameters;
      for (auto* one : function->parameter()) parameters.push_back(setting(WeirText::name(one->name()), text_.place(one->name()), text_.scalar(one->typeName())));
      add("parameters", text_.place(function->name(0)), map_of(std::move(parameters), text_.place(function->name(0))));
    }
    add("returns", text_.place(function->K_RETURNS()->getSymbol()), text_.scalar(function->typeName()));
    if (auto* code = function->code()) add("code", text_.place(function->K_AS()->getSymbol()), text_.quoted(code->start));
    return settings;
  }

  Config::Map report_of(Parser::CreateReportContext* report) {
    Config::Map settings = read_options(report->with(), of_reports, text_);
    settings.push_back(setting("sql", text_.place(report->K_AS()->getSymbol()), text_.quoted(report->code()->start)));
    return settings;
  }

  Config::Map queried(ParserRuleContext* with, ParserRuleContext* query) {
    Config::Map settings = query_settings(query, names_, text_);
    for (auto& option : read_options(with, of_queries, text_)) settings.push_back(std::move(option));
    return settings;
  }

  Config::Map relation(const std::vector<Parser::ColumnItemContext*>& items, ParserRuleContext* with, bool is_table) {
    Config::Map settings = read_options(with, of_relations, text_);
    Config::Map columns, computed, rules;
    const Location where = text_.place(items.front()->start);
    for (auto* item : items) {
      if (auto* column = dynamic_cast<Parser::ColumnOfContext*>(item)) {
        read_column(column, is_table, columns, computed);
      } else if (auto* key = dynamic_cast<Parser::PrimaryKeyContext*>(item)) {
        read_key(key, is_table, rules);
      } else {
        read_watermark(dynamic_cast<Parser::WatermarkContext*>(item), is_table, rules);
      }
    }
    settings.push_back(setting("columns", where, map_of(std::move(columns), where)));
    if (!computed.empty()) settings.push_back(setting("computed", where, map_of(std::move(computed), where)));
    for (auto& rule : rules) settings.push_back(std::move(rule));
    return settings;
  }

  void read_column(Parser::ColumnOfContext* column, bool is_table, Config::Map& columns, Config::Map& computed) {
    const std::string name = WeirText::name(column->name());
    const Location where = text_.place(column->name());
    if (column->K_AS() != nullptr) {
      if (is_table) return text_.report("W0125", where, fmt::format("column {} is computed, which columns of tables are not", name), "compute it where the table is joined");
      return computed.push_back(setting(name, where, text_.scalar(column->expression())));
    }
    const auto parts = column->columnPart();
    ParserRuleContext* last = parts.empty() ? static_cast<ParserRuleContext*>(column->typeName()) : parts.back();
    const auto first = std::find_if(columns.begin(), columns.end(), [&](const auto& one) { return one.first == name; });
    if (first != columns.end())
      return text_.report_twice("W0212", where, fmt::format("column {} is given twice", name), first->second.key_where);
    columns.push_back(setting(name, where, text_.scalar_between(column->typeName(), last)));
  }

  void read_key(Parser::PrimaryKeyContext* key, bool is_table, Config::Map& settings) {
    const Location where = text_.place(key->K_PRIMARY()->getSymbol());
    if (!is_table) return text_.report("W0125", where, "PRIMARY KEY is of lookup tables", "rows of a source have no key; a sink's stands in its options: WITH (key = 'id')");
    Config::List names;
    for (auto* name : key->name()) names.push_back(text_.named(name));
    settings.push_back(setting("key", where, list_of(std::move(names), where)));
  }

  void read_watermark(Parser::WatermarkContext* watermark, bool is_table, Config::Map& settings) {
    const Location where = text_.place(watermark->K_WATERMARK()->getSymbol());
    if (is_table) return text_.report("W0125", where, "WATERMARK is of sources: the rows of a lookup table have no time", "what rows come from is created by CREATE SOURCE");
    const std::string column = WeirText::name(watermark->name());
    const antlr4::Token* begin = first_word(watermark->expression());
    const std::string first = WeirText::name(begin);
    if (first != column) {
      return text_.report("W0401", text_.place(begin), fmt::format("the watermark for {} is of {}", column, first),
                          fmt::format("write WATERMARK FOR {0} AS {0} - INTERVAL 1 HOUR", column));
    }
    settings.push_back(setting("watermark", where, text_.scalar(watermark->expression())));
  }

  const QueryNames& names_;
  WeirText& text_;
};

Parser::CreationContext* creation_of(ParserRuleContext* statement) {
  auto* create = dynamic_cast<Parser::CreateContext*>(statement);
  return create == nullptr ? nullptr : create->creation();
}

template <typename Context>
bool is_named(ParserRuleContext* creation, const char* section, const WeirText& text, WeirPart& part) {
  auto* context = dynamic_cast<Context*>(creation);
  if (context == nullptr) return false;
  ParserRuleContext* name = context->template getRuleContext<Parser::NameContext>(0);
  part = {section, name == nullptr ? "" : WeirText::name(name), text.place(name == nullptr ? context->start : name->start), {}};
  return true;
}

}  // namespace

WeirPart part_of(ParserRuleContext* statement, const WeirText& text) {
  auto* creation = creation_of(statement);
  WeirPart part{"include", "", text.place(statement->start), {}};
  if (creation == nullptr) return part;
  if (auto* pipeline = dynamic_cast<Parser::CreatePipelineContext*>(creation))
    return {"name", WeirText::name(pipeline->reference()), text.place(pipeline->reference()), {}};
  is_named<Parser::CreateConnectionContext>(creation, "connections", text, part) || is_named<Parser::CreateFunctionContext>(creation, "functions", text, part) ||
      is_named<Parser::CreateSourceContext>(creation, "sources", text, part) || is_named<Parser::CreateTableContext>(creation, "tables", text, part) ||
      is_named<Parser::CreateStreamContext>(creation, "transforms", text, part) || is_named<Parser::CreateSinkContext>(creation, "sinks", text, part) ||
      is_named<Parser::CreateReportContext>(creation, "reports", text, part) || is_named<Parser::CreateTestContext>(creation, "tests", text, part);
  return part;
}

WeirPart read_statement(ParserRuleContext* statement, const QueryNames& names, WeirText& text) {
  WeirPart part = part_of(statement, text);
  if (part.section == "include") {
    part.value = text.quoted(dynamic_cast<Parser::IncludeContext*>(statement)->STRING()->getSymbol());
  } else {
    part.value = map_of(StatementReader(names, text).value(creation_of(statement)), part.where);
  }
  return part;
}

}  // namespace weir
