// random_expression.h — expressions of every form that the language has, over columns of known kinds.
#pragma once

#include <string>
#include <vector>

#include "tests/roundtrip/draw.h"

namespace weir::testing {

/// What expressions are about. A whole number fits into a bigint.
enum class Kind { truth, whole, number, text, day, time, bytes, json, tags, lines };

struct KnownColumn {
  std::string name;
  Kind kind;
  bool is_null_possible = true;
  std::string relation = {};  // of a joined column: how it is called
};

/// `name` as an expression or a query of a .weir file has it: in quotes where it needs them, and sometimes where it does not.
std::string sql_name(const std::string& name, Draw& draw);
/// A literal of a text, some of them such that they mean something else elsewhere.
std::string text_literal(Draw& draw);

class RandomExpression {
 public:
  /// Both must outlive it. `may_have_lines`: line breaks and comments may stand in it.
  RandomExpression(Draw& draw, const std::vector<KnownColumn>& columns) : draw_(draw), columns_(columns) {}

  std::string of(Kind kind, int depth = 3) { return made(kind, depth).text; }
  /// An aggregate over the columns, with FILTER and DISTINCT; it gives `kind`, which is whole, number, text or time.
  std::string aggregate(Kind kind);

 private:
  enum Level { disjunction, conjunction, negation, predicate, bit_or, bit_xor, bit_and, concatenation, sum, product, sign, primary };
  struct Made {
    std::string text;
    Level level;
  };
  Made made(Kind kind, int depth);
  Made leaf(Kind kind);
  Made truth(int depth);
  Made comparison(int depth);
  Made test(int depth);
  Made whole(int depth);
  Made number(int depth);
  Made text(int depth);
  Made day(int depth);
  Made time(int depth);
  Made choice(Kind kind, int depth);
  Made cast(Kind kind, int depth);
  Made binary(const std::string& sign, Level level, Kind kind, int depth);
  Made call(const std::string& function, const std::vector<std::string>& arguments);
  std::string operand(Kind kind, int depth, Level least);
  std::string any(Kind kind, int depth) { return made(kind, depth).text; }
  std::string interval();
  std::string gap();
  std::string spelled(const std::string& word);

  Draw& draw_;
  const std::vector<KnownColumn>& columns_;
};

}  // namespace weir::testing
