// weir_query.cpp — from the query of a stream or sink in a .weir file to the settings `input` and `steps`.
#include "dsl/weir_query.h"

#include "WeirParser.h"
#include "dsl/weir_select.h"

namespace weir {

using Parser = weir_grammar::WeirParser;

Config::Map query_settings(antlr4::ParserRuleContext* context, const QueryNames& names, WeirText& text) {
  auto* query = dynamic_cast<Parser::QueryContext*>(context);
  auto* selection = query->selection();
  auto* relation = selection != nullptr ? selection->relation() : query->relation();
  auto* from = selection != nullptr ? selection->K_FROM() : query->K_FROM();
  WeirSteps steps(names, text);
  auto* windowed = relation->windowed();
  auto* reference = windowed != nullptr ? windowed->windowCall()->reference() : relation->reference();
  if (windowed != nullptr) steps.set_window(TableWindow(windowed->windowCall(), text));
  steps.relations().add(WeirText::name(reference), "");
  if (auto* alias = relation->alias()) steps.relations().add(WeirText::name(alias->name() != nullptr ? alias->name()->start : alias->start), "");
  Config::Map settings;
  settings.push_back(setting("input", text.place(from->getSymbol()), text.named(reference)));
  if (selection != nullptr) add_selection(selection, names, steps, text);
  for (auto* step : query->step()) steps.add_step(step);
  if (const std::optional<TableWindow> window = steps.take_window())
    text.refuse("W0411", window->config().where, "windows are of aggregates, and no step AGGREGATE follows", "add |> AGGREGATE ... GROUP BY window_start, window_end");
  Config::List list = steps.take();
  const Location where = text.place(from->getSymbol());
  if (!list.empty()) settings.push_back(setting("steps", where, list_of(std::move(list), where)));
  return settings;
}

}  // namespace weir
