// weir_steps.h — the steps of a query in a .weir file, as the settings that YAML has for them.
#pragma once

#include <utility>

#include "dsl/table_window.h"
#include "dsl/weir_columns.h"

namespace weir {

/// The steps of one query, in their order. What cannot be said in settings is reported and left out.
class WeirSteps {
 public:
  WeirSteps(const QueryNames& names, WeirText& text) : names_(names), text_(text) {}

  RelationNames& relations() { return relations_; }
  /// That of the table function that the rows come from; it belongs to the aggregate.
  void set_window(TableWindow window) { window_ = std::move(window); }
  std::optional<TableWindow> take_window() { return std::exchange(window_, std::nullopt); }
  /// The same for an aggregate by `keys`, items that were checked to go with it.
  std::optional<Config> take_window_of(const std::vector<antlr4::ParserRuleContext*>& keys);

  void add(const char* kind, const Location& where, Config value);
  /// `step` and `join` are contexts of the grammar's rules of these names.
  void add_step(antlr4::ParserRuleContext* step);
  /// `within`: of a join in a plain SELECT, or null; `columns`: of the joined relation, those that the rest of that SELECT names; nothing: all but the keys.
  void add_join(antlr4::ParserRuleContext* join, const std::vector<antlr4::ParserRuleContext*>& parts, antlr4::ParserRuleContext* within,
                std::optional<Config::Map> columns);
  Config::List take() { return std::move(steps_); }

  // What several steps are made of. Items are contexts of the rule selectItem.

  /// What an item is called: by AS, or as the column that it is, or after reporting as it is written. Not for *.
  std::string item_name(antlr4::ParserRuleContext* item);
  /// Whether the item is *, which is reported.
  bool refuse_star(antlr4::ParserRuleContext* item);
  std::pair<std::string, Config> item_setting(antlr4::ParserRuleContext* item);
  Config columns(const std::vector<antlr4::ParserRuleContext*>& items, const Location& where);
  Config expression(antlr4::ParserRuleContext* part) const { return relations_.scalar(part, text_); }
  /// Whether the item is a column called window_start or window_end, where a table function made these.
  bool is_made_by_window(antlr4::ParserRuleContext* item) const;

 private:
  void add_select(antlr4::ParserRuleContext* select);
  void add_aggregate(antlr4::ParserRuleContext* aggregate);
  void add_explode(antlr4::ParserRuleContext* explode);
  void add_dedup(antlr4::ParserRuleContext* dedup);
  void read_join_kind(antlr4::ParserRuleContext* join, Config::Map& settings);
  void read_join_keys(antlr4::ParserRuleContext* join, const std::string& relation, bool is_table, Config::Map& settings);
  void read_join_part(antlr4::ParserRuleContext* part, const std::string& relation, Config::Map& settings);
  void read_join_within(antlr4::ParserRuleContext* within, Config::Map& settings);
  Config joined_columns(antlr4::ParserRuleContext* part, const std::string& relation);
  Config span(antlr4::ParserRuleContext* span) const;

  const QueryNames& names_;
  WeirText& text_;
  RelationNames relations_;
  std::optional<TableWindow> window_;
  Config::List steps_;
};

}  // namespace weir
