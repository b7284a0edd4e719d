// weir_columns.h — expressions of queries in .weir files: what can be told of them before their names mean anything.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/weir_query.h"

namespace weir {

// `expression` is the context of the grammar's rule of that name.

/// The parts of a name such as shops.city where the expression is nothing else.
std::optional<std::vector<std::string>> column_path(antlr4::ParserRuleContext* expression);
/// The function, in small letters, where the expression is a call of it and nothing else; else empty.
std::string called_function(antlr4::ParserRuleContext* expression);
/// Whether tumble, hop, cumulate or session is meant, in small letters.
bool is_window_function(std::string_view function);
/// Whether it is a call such as tumble(ts, INTERVAL 5 MINUTES).
bool is_window(antlr4::ParserRuleContext* expression);
/// Whether it calls an aggregate that is not computed OVER rows of groups.
bool holds_aggregate(antlr4::ParserRuleContext* expression, const QueryNames& names);
/// The parts of a AND b AND c.
std::vector<antlr4::ParserRuleContext*> conditions_of(antlr4::ParserRuleContext* expression);
/// The sides of a = b, whose contexts are of the rules predicate and value; nothing where the expression is something else.
std::optional<std::pair<antlr4::ParserRuleContext*, antlr4::ParserRuleContext*>> sides_of(antlr4::ParserRuleContext* expression);

/// Where expressions name columns of relations, such as shops.city.
class RelationColumns {
 public:
  /// Looks for them in `part`, or nowhere if that is null. `join`: whose ON it is, or null.
  void look_into(antlr4::ParserRuleContext* part, const antlr4::ParserRuleContext* join = nullptr);

  struct Use {
    std::size_t number;  // in the order of looking
    antlr4::ParserRuleContext* column;
    const antlr4::ParserRuleContext* join;
    std::string name;
  };
  /// Those of a relation that is called so.
  const std::vector<Use>& of(const std::string& called) const;

 private:
  std::size_t count_ = 0;
  std::map<std::string, std::vector<Use>> uses_;
};

/// The same for expressions that differ in nothing but blanks, comments, and the case of keywords and functions.
std::string form_of(antlr4::ParserRuleContext* expression);

/// The relations of a query: how it calls them and how steps do. The columns of the stream that it reads stand for themselves.
class RelationNames {
 public:
  /// An empty `meant`: the stream that the query reads.
  void add(const std::string& called, const std::string& meant);
  /// What stands in the file, with relations as steps call them. `part` may be a part of an expression.
  Config scalar(antlr4::ParserRuleContext* part, const WeirText& text) const;
  /// The parts of a column's name, with its relation as steps call it, where `part` is nothing else.
  std::optional<std::vector<std::string>> path(antlr4::ParserRuleContext* part) const;
  /// The columns of relation `meant` that anything but the ON of `join` names, such as city of shops.city, each with the place where it is used first.
  Config::Map columns_of(const std::string& meant, const RelationColumns& used, const antlr4::ParserRuleContext* join, const WeirText& text) const;

 private:
  const std::string* meaning(const std::string& called) const;

  std::map<std::string, std::string> meant_;
  std::multimap<std::string, std::string> called_;  // the other way round
};

/// A name as an expression has it: in backticks where it is not plain.
std::string quoted_name(const std::string& name);

}  // namespace weir
