// weir_steps.cpp — the steps of a query in a .weir file, as the settings that YAML has for them.
#include "dsl/weir_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "WeirParser.h"

namespace weir {
namespace {

using Parser = weir_grammar::WeirParser;
using antlr4::ParserRuleContext;

template <typename Context>
std::vector<ParserRuleContext*> contexts(const std::vector<Context*>& list) {
  return {list.begin(), list.end()};
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

Parser::SelectItemContext* item_of(ParserRuleContext* item) { return dynamic_cast<Parser::SelectItemContext*>(item); }

}  // namespace

void WeirSteps::add(const char* kind, const Location& where, Config value) {
  Config::Map step;
  step.push_back(setting(kind, where, std::move(value)));
  steps_.push_back(map_of(std::move(step), where));
}

std::string WeirSteps::item_name(ParserRuleContext* item) {
  auto* one = item_of(item);
  if (one->name() != nullptr) return WeirText::name(one->name());
  if (const auto path = relations_.path(one->expression())) return path->back();
  const std::string written = text_.written(item);
  const bool is_number = !written.empty() && std::all_of(written.begin(), written.end(), [](char c) { return c >= '0' && c <= '9'; });
  text_.report("W0119", text_.place(item), fmt::format("this column has no name: {}", written), is_number ? "columns are grouped by and selected by their names, not by numbers" : fmt::format("write {} AS NAME", written));
  return written;
}

bool WeirSteps::refuse_star(ParserRuleContext* item) {
  if (item_of(item)->STAR() == nullptr) return false;
  text_.refuse("W0120", text_.place(item), "'*' stands for all columns, and here each has to be named", "write * first in SELECT: SELECT *, price * quantity AS amount");
  return true;
}

std::pair<std::string, Config> WeirSteps::item_setting(ParserRuleContext* item) {
  auto* one = item_of(item);
  return setting(item_name(item), one->name() != nullptr ? text_.place(one->name()) : text_.place(item), expression(one->expression()));
}

Config WeirSteps::columns(const std::vector<ParserRuleContext*>& items, const Location& where) {
  Config::Map result;
  for (ParserRuleContext* item : items) {
    if (!refuse_star(item)) result.push_back(item_setting(item));
  }
  return map_of(std::move(result), where);
}

bool WeirSteps::is_made_by_window(ParserRuleContext* item) const {
  auto* one = item_of(item);
  if (!window_ || one->STAR() != nullptr) return false;
  const auto path = relations_.path(one->expression());
  return path && path->size() == 1 && (path->front() == "window_start" || path->front() == "window_end");
}

std::optional<Config> WeirSteps::take_window_of(const std::vector<ParserRuleContext*>& keys) {
  if (!window_) return std::nullopt;
  WindowGroups groups;
  for (ParserRuleContext* key : keys) {
    auto* one = item_of(key);
    if (one->STAR() != nullptr) continue;
    const auto path = relations_.path(one->expression());
    if (is_made_by_window(key)) {
      (path->front() == "window_end" ? groups.has_end : groups.has_start) = true;
    } else if (path && path->size() == 1) {
      groups.columns.push_back(path->front());
    } else {
      groups.has_expressions = true;
    }
  }
  const std::optional<TableWindow> window = take_window();
  window->check(groups, text_);
  return window->config();
}

void WeirSteps::add_step(ParserRuleContext* step) {
  const Location where = text_.place(step->start);
  if (auto* filter = dynamic_cast<Parser::WhereContext*>(step)) return add("where", where, expression(filter->expression()));
  if (dynamic_cast<Parser::SelectContext*>(step) != nullptr) return add_select(step);
  if (auto* extend = dynamic_cast<Parser::ExtendContext*>(step)) return add("extend", where, columns(contexts(extend->selectItem()), where));
  if (dynamic_cast<Parser::ExplodeContext*>(step) != nullptr) return add_explode(step);
  if (dynamic_cast<Parser::DedupContext*>(step) != nullptr) return add_dedup(step);
  if (dynamic_cast<Parser::AggregateContext*>(step) != nullptr) return add_aggregate(step);
  if (auto* join = dynamic_cast<Parser::JoinStepContext*>(step)) return add_join(join->join(), contexts(join->joinPart()), nullptr, std::nullopt);
  if (auto* limit = dynamic_cast<Parser::LimitContext*>(step)) return add("limit", where, text_.scalar(limit->INTEGER()->getText(), text_.place(limit->INTEGER()->getSymbol())));
  if (auto* rename = dynamic_cast<Parser::RenameContext*>(step)) {
    Config::Map renamings;
    for (auto* one : rename->renaming()) renamings.push_back(setting(WeirText::name(one->name(0)), text_.place(one->name(0)), text_.named(one->name(1))));
    return add("rename", where, map_of(std::move(renamings), where));
  }
  Config::List names;
  if (auto* drop = dynamic_cast<Parser::DropContext*>(step)) {
    for (auto* name : drop->name()) names.push_back(text_.named(name));
    return add("drop", where, list_of(std::move(names), where));
  }
  for (auto* stream : dynamic_cast<Parser::UnionContext*>(step)->reference()) names.push_back(text_.named(stream));
  add("union", where, list_of(std::move(names), where));
}

// SELECT * keeps all columns; what stands behind it comes on top.
void WeirSteps::add_select(ParserRuleContext* step) {
  auto* select = dynamic_cast<Parser::SelectContext*>(step);
  const Location where = text_.place(select->start);
  if (select->K_DISTINCT() != nullptr)
    text_.refuse("W0121", text_.place(select->K_DISTINCT()->getSymbol()), "SELECT DISTINCT is not available", "write |> DEDUP ON columns, or AGGREGATE GROUP BY columns");
  std::vector<ParserRuleContext*> items = contexts(select->selectItem());
  if (item_of(items.front())->STAR() == nullptr) return add("select", where, columns(items, where));
  items.erase(items.begin());
  if (!items.empty()) add("extend", where, columns(items, where));
}

void WeirSteps::add_explode(ParserRuleContext* step) {
  auto* explode = dynamic_cast<Parser::ExplodeContext*>(step);
  const Location where = text_.place(explode->start);
  const bool is_plain = explode->K_AS() == nullptr && explode->K_POSITION() == nullptr && explode->K_KEEP() == nullptr;
  if (is_plain) return add("explode", where, expression(explode->expression()));
  Config::Map settings;
  settings.push_back(setting("of", where, expression(explode->expression())));
  std::vector<Parser::NameContext*> names = explode->name();
  if (explode->K_POSITION() != nullptr) {
    settings.push_back(setting("position", text_.place(explode->K_POSITION()->getSymbol()), text_.named(names.back())));
    names.pop_back();
  }
  Config::List as;
  for (auto* name : names) as.push_back(text_.named(name));
  if (explode->K_AS() != nullptr) settings.push_back(setting("as", text_.place(explode->K_AS()->getSymbol()), list_of(std::move(as), text_.place(explode->K_AS()->getSymbol()))));
  if (explode->K_KEEP() != nullptr) {
    const Location keep = text_.place(explode->K_KEEP()->getSymbol());
    settings.push_back(setting("keep_empty", keep, WeirText::scalar("true", keep)));
  }
  add("explode", where, map_of(std::move(settings), where));
}

// -INTERVAL '10' MINUTES is -10 minutes.
Config WeirSteps::span(ParserRuleContext* span) const {
  auto* one = dynamic_cast<Parser::SpanContext*>(span);
  if (one->MINUS() != nullptr) {
    std::string text = "-";
    for (std::size_t i = 1; i < one->interval()->children.size(); ++i) text += (i > 1 ? " " : "") + WeirText::name(one->interval()->children[i]);
    return WeirText::scalar(lower(std::move(text)), text_.place(one));
  }
  return one->STRING() != nullptr ? text_.quoted(one->STRING()->getSymbol()) : text_.scalar(one);
}

void WeirSteps::add_dedup(ParserRuleContext* step) {
  auto* dedup = dynamic_cast<Parser::DedupContext*>(step);
  const Location where = text_.place(dedup->start);
  Config::Map keys;
  for (auto* item : dedup->selectItem()) {
    if (refuse_star(item)) continue;
    const auto path = relations_.path(item->expression());
    const std::string name = item->name() != nullptr ? WeirText::name(item->name()) : path ? path->back() : text_.written(item);
    keys.push_back(setting(name, text_.place(item), expression(item->expression())));
  }
  Config::Map settings;
  settings.push_back(setting("key", text_.place(dedup->K_ON()->getSymbol()), map_of(std::move(keys), text_.place(dedup->K_ON()->getSymbol()))));
  if (dedup->span() != nullptr) settings.push_back(setting("within", text_.place(dedup->K_WITHIN()->getSymbol()), span(dedup->span())));
  add("dedup", where, map_of(std::move(settings), where));
}

void WeirSteps::add_aggregate(ParserRuleContext* step) {
  auto* aggregate = dynamic_cast<Parser::AggregateContext*>(step);
  const Location where = text_.place(aggregate->start);
  Config::Map settings;
  std::vector<ParserRuleContext*> by;
  const std::vector<Parser::SelectItemContext*> keys = aggregate->groupBy() != nullptr ? aggregate->groupBy()->selectItem() : std::vector<Parser::SelectItemContext*>{};
  for (auto* item : keys) {
    if (item->STAR() == nullptr && is_window(item->expression())) {
      settings.push_back(setting("window", text_.place(item), expression(item->expression())));
    } else if (!is_made_by_window(item)) {
      by.push_back(item);
    }
  }
  if (!by.empty()) settings.push_back(setting("by", text_.place(aggregate->groupBy()), columns(by, text_.place(aggregate->groupBy()->start))));
  if (!aggregate->selectItem().empty()) settings.push_back(setting("select", where, columns(contexts(aggregate->selectItem()), where)));
  if (std::optional<Config> window = take_window_of(contexts(keys))) settings.push_back(setting("window", window->where, *window));
  add("aggregate", where, map_of(std::move(settings), where));
}

void WeirSteps::read_join_kind(ParserRuleContext* join, Config::Map& settings) {
  auto* kind = dynamic_cast<Parser::JoinContext*>(join)->joinKind();
  if (kind == nullptr || kind->K_INNER() != nullptr) return;
  const bool is_left = kind->K_LEFT() != nullptr && kind->K_SEMI() == nullptr && kind->K_ANTI() == nullptr;
  if (is_left) return settings.push_back(setting("type", text_.place(kind), WeirText::scalar("left", text_.place(kind))));
  std::string written = text_.written(kind);
  std::transform(written.begin(), written.end(), written.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  text_.refuse("W0121", text_.place(kind), fmt::format("{} JOIN is not available", written), "joins are JOIN, which leaves rows without a match out, and LEFT JOIN, which gives them NULLs");
}

// ON shops.id = shop_id AND ..., in either order; USING (a, b) by columns of the same names. What else must hold is a condition of a join with a
// stream.
void WeirSteps::read_join_keys(ParserRuleContext* context, const std::string& relation, bool is_table, Config::Map& settings) {
  auto* join = dynamic_cast<Parser::JoinContext*>(context);
  Config::Map keys;
  if (join->K_USING() != nullptr) {
    for (auto* name : join->name()) keys.push_back(setting(WeirText::name(name), text_.place(name), WeirText::scalar(quoted_name(WeirText::name(name)), text_.place(name))));
    return settings.push_back(setting("keys", text_.place(join->K_USING()->getSymbol()), map_of(std::move(keys), text_.place(join->K_USING()->getSymbol()))));
  }
  if (join->K_ON() == nullptr) return;
  const auto column_of_relation = [&](ParserRuleContext* side) {
    const auto path = relations_.path(side);
    return path && path->size() == 2 && path->front() == relation ? path->back() : std::string();
  };
  std::optional<Config> others;
  for (ParserRuleContext* condition : conditions_of(join->expression())) {
    auto sides = sides_of(condition);
    if (sides && column_of_relation(sides->first).empty()) std::swap(sides->first, sides->second);
    const std::string column = sides ? column_of_relation(sides->first) : "";
    if (column.empty() && !is_table) {
      Config one = expression(condition);
      one.value = (others ? others->scalar() + " AND (" : "(") + one.scalar() + ")";
      if (others) one.where = others->where;
      others = std::move(one);
      continue;
    }
    if (column.empty()) {
      text_.refuse("W0501", text_.place(condition), fmt::format("this is no key of the join: {}", text_.written(condition)),
                   fmt::format("write ON {0}.COLUMN = EXPRESSION AND ..., and what else must hold in a step WHERE behind the join", relation));
      continue;
    }
    keys.push_back(setting(column, text_.place(sides->first), expression(sides->second)));
  }
  const Location where = text_.place(join->K_ON()->getSymbol());
  settings.push_back(setting("keys", where, map_of(std::move(keys), where)));
  if (others) settings.push_back(setting("where", where, *std::move(others)));
}

// Bare names are columns of the joined relation; where there is more than that, each item has a name.
Config WeirSteps::joined_columns(ParserRuleContext* context, const std::string& relation) {
  auto* select = dynamic_cast<Parser::JoinSelectContext*>(context);
  const auto bare = [&](Parser::SelectItemContext* item) {
    const auto path = item->STAR() == nullptr && item->name() == nullptr ? relations_.path(item->expression()) : std::nullopt;
    const bool is_its = path && (path->size() == 1 || (path->size() == 2 && path->front() == relation));
    return is_its ? path->back() : std::string();
  };
  const std::vector<Parser::SelectItemContext*> items = select->selectItem();
  if (items.empty()) return map_of({}, text_.place(select->start));
  if (std::all_of(items.begin(), items.end(), [&](auto* item) { return !bare(item).empty(); })) {
    Config::List names;
    for (auto* item : items) names.push_back(WeirText::scalar(bare(item), text_.place(item)));
    return list_of(std::move(names), text_.place(select->start));
  }
  Config::Map result;
  for (auto* item : items) {
    const std::string column = bare(item);
    if (refuse_star(item)) continue;
    result.push_back(column.empty() ? item_setting(item)
                                    : setting(column, text_.place(item), WeirText::scalar(quoted_name(relation) + "." + quoted_name(column), text_.place(item))));
  }
  return map_of(std::move(result), text_.place(select->start));
}

void WeirSteps::read_join_part(ParserRuleContext* part, const std::string& relation, Config::Map& settings) {
  const Location where = text_.place(part->start);
  if (auto* filter = dynamic_cast<Parser::JoinWhereContext*>(part)) {
    const auto other = std::find_if(settings.begin(), settings.end(), [](const auto& one) { return one.first == "where"; });
    if (other == settings.end()) return settings.push_back(setting("where", where, expression(filter->expression())));
    other->second.value = other->second.scalar() + " AND (" + expression(filter->expression()).scalar() + ")";
    return;
  }
  if (dynamic_cast<Parser::JoinSelectContext*>(part) != nullptr) return settings.push_back(setting("select", where, joined_columns(part, relation)));
  read_join_within(dynamic_cast<Parser::JoinWithinContext*>(part)->within(), settings);
}

void WeirSteps::read_join_within(ParserRuleContext* part, Config::Map& settings) {
  auto* within = dynamic_cast<Parser::WithinContext*>(part);
  const Location where = text_.place(part->start);
  if (within->K_AND() == nullptr) return settings.push_back(setting("within", where, span(within->span(0))));
  settings.push_back(setting("between", where, list_of({span(within->span(0)), span(within->span(1))}, where)));
}

void WeirSteps::add_join(ParserRuleContext* context, const std::vector<ParserRuleContext*>& parts, ParserRuleContext* within, std::optional<Config::Map> columns) {
  auto* join = dynamic_cast<Parser::JoinContext*>(context);
  const Location where = text_.place(join->K_JOIN()->getSymbol());
  const std::string name = WeirText::name(join->reference());
  const bool is_table = names_.streams.count(name) == 0;
  const std::string called = join->alias() == nullptr ? name : WeirText::name(join->alias()->name() != nullptr ? join->alias()->name()->start : join->alias()->start);
  const std::string meant = is_table ? name : called;
  relations_.add(called, meant);
  Config::Map settings;
  settings.push_back(setting(is_table ? "table" : "stream", where, text_.named(join->reference())));
  if (!is_table && join->alias() != nullptr) settings.push_back(setting("as", text_.place(join->alias()), WeirText::scalar(called, text_.place(join->alias()))));
  read_join_kind(context, settings);
  read_join_keys(context, meant, is_table, settings);
  if (within != nullptr) read_join_within(within, settings);
  for (ParserRuleContext* part : parts) read_join_part(part, meant, settings);
  if (columns) settings.push_back(setting("select", where, map_of(*std::move(columns), where)));
  add("join", where, map_of(std::move(settings), where));
}

}  // namespace weir
