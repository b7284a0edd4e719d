// ast.h — an expression as the user wrote it: names not yet resolved, types not yet known. Made by dsl's parser.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/value.h"

namespace weir {

struct Ast;
using AstPtr = std::unique_ptr<Ast>;

struct LiteralAst { Value value; };
/// a or a.b, unquoted; more than one part is a field of a struct column, or alias.column.
struct NameAst { std::vector<std::string> parts; };
/// A function, or an operator under its canonical name: and or not = <> < <= > >= <=> + - * / % negate || in between like rlike is_null
/// json_path. `a NOT IN (..)` is not(in(..)); `a IS NOT NULL` is not(is_null(a)); `a <> b`, `a != b` are both "<>";
/// `option:alloy.value[0]` is json_path(option, '$.alloy.value[0]'). `a[0]` is get_item(a, 0), `f(x).b` is get_field(f(x), 'b').
/// `is_star` (count(*)), `is_distinct` and `filter` (FILTER (WHERE ...), or null) are of aggregates.
struct OverAst;
struct CallAst {
  std::string function;
  std::vector<AstPtr> arguments;
  bool is_star = false;
  bool is_distinct = false;
  AstPtr filter = nullptr;
  std::shared_ptr<OverAst> over = nullptr;  // or null; nobody else holds it
};
/// CASE [operand] WHEN .. THEN .. ELSE .. END. `operand` and `otherwise` may be null.
struct CaseAst {
  AstPtr operand;
  std::vector<std::pair<AstPtr, AstPtr>> branches;
  AstPtr otherwise;
};
struct CastAst { AstPtr operand; Type type; bool is_try = false; };

/// OVER (PARTITION BY .. ORDER BY ..), with a frame that ends with the current row.
struct OverAst {
  struct Order {
    AstPtr expression;
    bool descending = false;
    std::optional<bool> nulls_first{};
  };
  std::vector<AstPtr> partition;
  std::vector<Order> order;
  bool is_by_rows = false;  // ROWS: peers of the current row that come after it do not count
  AstPtr preceding = nullptr;  // the literal before PRECEDING; null: from the first row on
};

struct Ast {
  std::variant<LiteralAst, NameAst, CallAst, CaseAst, CastAst> node;
  Location where;  // the whole expression
};

}  // namespace weir
