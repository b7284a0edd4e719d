// random_expression.cpp — expressions of every form that the language has, over columns of known kinds.
#include "tests/roundtrip/random_expression.h"

#include <algorithm>
#include <cctype>

namespace weir::testing {
namespace {

const char* type_of(Kind kind) {
  switch (kind) {
    case Kind::truth: return "boolean";
    case Kind::whole: return "bigint";
    case Kind::number: return "double";
    case Kind::text: return "string";
    case Kind::day: return "date";
    case Kind::time: return "timestamp";
    case Kind::bytes: return "bytes";
    case Kind::json: return "json";
    case Kind::tags: return "array<string>";
    default: return "array<struct<sku string, quantity int>>";
  }
}

bool is_plain_name(const std::string& name) {
  static const std::vector<std::string> words = {"and", "or", "not", "is", "in", "between", "like", "ilike", "rlike", "regexp", "case", "when", "then", "else", "null", "true", "false"};
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return std::all_of(name.begin(), name.end(), is_letter) && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::find(words.begin(), words.end(), name) == words.end();
}

}  // namespace

std::string sql_name(const std::string& name, Draw& draw) {
  // Keywords are names, but some words begin an expression where one may stand: these are always quoted here.
  static const std::vector<std::string> beginnings = {"end", "interval", "date", "timestamp", "cast", "try_cast", "extract", "from", "distinct", "filter", "over", "div", "escape", "as"};
  if (is_plain_name(name) && std::find(beginnings.begin(), beginnings.end(), name) == beginnings.end() && !draw.chance(10)) return name;
  const char quote = draw.chance(50) ? '`' : '"';
  std::string text(1, quote);
  for (const char c : name) text += c == quote ? std::string(2, c) : std::string(1, c);
  return text + quote;
}

std::string text_literal(Draw& draw) {
  const std::string inner = draw.word({"", "a", "it''s", "''", "\\", "\\n", "$${x}", "$$", "a\nb", "\n", "a\n   b\n\nc ", "ünï☃", "no", "yes", "null", "~", "0x1F", "1e3", "007", "a: b", "# c", "x # d", " lead",
                                       "trail ", "\t", "a\tb", "-- no comment", "/* no comment */", "*/", "\"q\"", "`b`", "a,b", "[x]", "{y}", "%", "100%", "|>", ";", "a;b", "CREATE", "${NOWHERE:-it}", "- a",
                                       "? b", "! c", "& d", "* e", "> f", "| g", "@ h", "---", "...", "<<", "key:", "'' AND ''", "a -- b", "\xC2\xA0", "\xEF\xBB\xBF"});
  return "'" + inner + "'";
}

std::string RandomExpression::spelled(const std::string& word) {
  if (draw_.chance(70)) return word;
  std::string text = word;
  const bool is_mixed = draw_.chance(30);
  for (char& c : text) c = static_cast<char>(!is_mixed || draw_.chance(50) ? std::tolower(static_cast<unsigned char>(c)) : c);
  return text;
}

std::string RandomExpression::gap() {
  switch (draw_.below(40)) {
    case 0: return "\n";
    case 1: return "\n      ";
    case 2: return "  ";
    case 3: return "\t";
    case 4: return " /* it's ' \" ` $$ a: b, # no; */ ";
    case 5: return " -- it's \" ` a: b; { [ ( /*\n";
    case 6: return "/**/ ";
    default: return " ";
  }
}

std::string RandomExpression::interval() {
  const std::string unit = draw_.word({"SECOND", "seconds", "MINUTES", "hour", "Days"});
  const std::string count = std::to_string(draw_.between(1, 90));
  switch (draw_.below(4)) {
    case 0: return spelled("INTERVAL") + " '" + count + "' " + unit;
    case 1: return spelled("INTERVAL") + " '" + count + " " + unit + "'";
    case 2: return spelled("INTERVAL") + " " + count + " " + unit + " 5 seconds";
    default: return spelled("INTERVAL") + " " + count + " " + unit;
  }
}

std::string RandomExpression::operand(Kind kind, int depth, Level least) {
  const Made one = made(kind, depth);
  if (one.level >= least && !draw_.chance(8)) return one.text;
  return "(" + one.text + ")";
}

RandomExpression::Made RandomExpression::binary(const std::string& operation, Level level, Kind kind, int depth) {
  const std::string left = operand(kind, depth - 1, level);
  const std::string right = operand(kind, depth - 1, static_cast<Level>(level + 1));
  return {left + gap() + operation + gap() + right, level};
}

RandomExpression::Made RandomExpression::call(const std::string& function, const std::vector<std::string>& arguments) {
  std::string text = spelled(function) + (draw_.chance(5) ? " (" : "(");
  for (std::size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "" : draw_.chance(80) ? ", " : "," + gap()) + arguments[i];
  return {text + ")", primary};
}

RandomExpression::Made RandomExpression::made(Kind kind, int depth) {
  if (depth <= 0 || draw_.chance(15)) return leaf(kind);
  if (draw_.chance(6)) return {"(" + any(kind, depth - 1) + ")", primary};
  const bool is_nested = kind == Kind::tags || kind == Kind::lines || kind == Kind::bytes || kind == Kind::json;
  if (is_nested) return leaf(kind);
  if (draw_.chance(6)) return choice(kind, depth);
  if (draw_.chance(6)) return cast(kind, depth);
  if (draw_.chance(6)) return call(draw_.word({"coalesce", "COALESCE"}), {any(kind, depth - 1), any(kind, depth - 1)});
  switch (kind) {
    case Kind::truth: return truth(depth);
    case Kind::whole: return whole(depth);
    case Kind::number: return number(depth);
    case Kind::text: return text(depth);
    case Kind::day: return day(depth);
    default: return time(depth);
  }
}

RandomExpression::Made RandomExpression::leaf(Kind kind) {
  std::vector<const KnownColumn*> fitting;
  for (const KnownColumn& column : columns_) {
    if (column.kind == kind) fitting.push_back(&column);
  }
  if (!fitting.empty() && draw_.chance(70)) {
    const KnownColumn& column = *draw_.one_of(fitting);
    return {(column.relation.empty() ? "" : sql_name(column.relation, draw_) + ".") + sql_name(column.name, draw_), primary};
  }
  if (draw_.chance(4)) return {spelled("CAST") + "(" + spelled("NULL") + " " + spelled("AS") + " " + type_of(kind) + ")", primary};
  switch (kind) {
    case Kind::truth: return {spelled(draw_.chance(50) ? "TRUE" : "FALSE"), primary};
    case Kind::whole: return {draw_.word({"0", "1", "7", "42", "007", "2147483647", "2147483648", "9223372036854775807", "${LEAST:-5}"}), primary};
    case Kind::number: return {draw_.word({"1.5", ".5", "5.", "1e3", "1.5E-3", "0.000", "123456789.123456789", "12e+2"}), primary};
    case Kind::text: return {text_literal(draw_), primary};
    case Kind::day: return {spelled("DATE") + " '2024-02-29'", primary};
    case Kind::time: return {spelled("TIMESTAMP") + draw_.word({" '2024-11-01 10:00:00'", " '2024-11-01T10:00:00Z'", "'0001-01-01 00:00:00'"}), primary};
    case Kind::bytes: return {draw_.word({"X'00ff'", "x''", "x'CAFE'"}), primary};
    case Kind::json: return {"CAST('{\"a\": [1, \"b: c\"]}' AS json)", primary};
    case Kind::tags: return {"array('a', " + text_literal(draw_) + ")", primary};
    default: return {"CAST(NULL AS " + std::string(type_of(kind)) + ")", primary};
  }
}

RandomExpression::Made RandomExpression::truth(int depth) {
  switch (draw_.below(7)) {
    case 0: return binary(spelled("AND"), conjunction, Kind::truth, depth);
    case 1: return binary(spelled("OR"), disjunction, Kind::truth, depth);
    case 2: return {spelled("NOT") + gap() + operand(Kind::truth, depth - 1, negation), negation};
    case 3: return {spelled("NOT") + "(" + any(Kind::truth, depth - 1) + ")", negation};
    case 4:
    case 5: return comparison(depth);
    default: return test(depth);
  }
}

RandomExpression::Made RandomExpression::comparison(int depth) {
  const Kind kind = draw_.one_of(std::vector<Kind>{Kind::whole, Kind::number, Kind::text, Kind::day, Kind::time});
  const std::string blank = draw_.chance(20) ? "" : gap();
  return {operand(kind, depth - 1, bit_or) + blank + draw_.word({"=", "==", "<>", "!=", "<", "<=", ">", ">=", "<=>"}) + (blank.empty() ? "" : gap()) + operand(kind, depth - 1, bit_or), predicate};
}

RandomExpression::Made RandomExpression::test(int depth) {
  const std::string negated = draw_.chance(40) ? spelled("NOT") + gap() : "";
  const auto of_text = [&] { return operand(Kind::text, depth - 1, bit_or) + gap() + negated; };
  const Kind kind = draw_.one_of(std::vector<Kind>{Kind::whole, Kind::number, Kind::text, Kind::time});
  switch (draw_.below(8)) {
    case 0: return {operand(kind, depth - 1, bit_or) + gap() + spelled("IS") + gap() + negated + spelled("NULL"), predicate};
    case 1: return {operand(Kind::truth, depth - 1, bit_or) + " " + spelled("IS") + " " + negated + spelled(draw_.chance(50) ? "TRUE" : "FALSE"), predicate};
    case 2: return {operand(kind, depth - 1, bit_or) + " IS " + negated + spelled("DISTINCT") + " FROM " + operand(kind, depth - 1, bit_or), predicate};
    case 3: return {operand(kind, depth - 1, bit_or) + gap() + negated + spelled("BETWEEN") + gap() + operand(kind, depth - 1, bit_or) + " " + spelled("AND") + " " + operand(kind, depth - 1, bit_or), predicate};
    case 4: {
      std::string list;
      for (std::size_t i = 0, count = draw_.between(1, 4); i < count; ++i) list += (i == 0 ? "" : ", ") + leaf(kind).text;
      return {operand(kind, depth - 1, bit_or) + gap() + negated + spelled("IN") + gap() + "(" + list + ")", predicate};
    }
    case 5: return {of_text() + spelled("LIKE") + " " + draw_.word({"'a%'", "'_x'", "'100!%'", "'%''%'"}) + (draw_.chance(30) ? " " + spelled("ESCAPE") + " '!'" : ""), predicate};
    case 6: return {of_text() + spelled("ILIKE") + " '%b%'", predicate};
    default: return {of_text() + draw_.word({"RLIKE", "REGEXP", "rlike"}) + " " + draw_.word({"'^a.*$'", "'[0-9]+'", "'a|b'", "'\\\\d'"}), predicate};
  }
}

RandomExpression::Made RandomExpression::whole(int depth) {
  switch (draw_.below(11)) {
    case 0: return binary(draw_.word({"+", "-"}), sum, Kind::whole, depth);
    case 1: return binary(draw_.word({"*", "%", "DIV", "div"}), product, Kind::whole, depth);
    case 2: return binary("&", bit_and, Kind::whole, depth);
    case 3: return binary("|", bit_or, Kind::whole, depth);
    case 4: return binary("^", bit_xor, Kind::whole, depth);
    case 5: return {draw_.word({"-", "- ", "+", "~"}) + operand(Kind::whole, depth - 1, primary), sign};
    case 6: return call(draw_.word({"length", "char_length"}), {any(Kind::text, depth - 1)});
    case 7: return {spelled("EXTRACT") + "(" + draw_.word({"year", "MONTH", "day"}) + " FROM " + any(Kind::day, depth - 1) + ")", primary};
    case 8: return {operand(Kind::number, depth - 1, primary) + draw_.word({"::bigint", "::BIGINT", " :: int"}), primary};
    case 9: return call("size", {leaf(Kind::tags).text});
    default: return call("unix_seconds", {any(Kind::time, depth - 1)});
  }
}

RandomExpression::Made RandomExpression::number(int depth) {
  switch (draw_.below(5)) {
    case 0: return binary(draw_.word({"+", "-"}), sum, Kind::number, depth);
    case 1: return binary(draw_.word({"*", "/"}), product, Kind::number, depth);
    case 2: return call("round", {any(Kind::number, depth - 1), "2"});
    case 3: return {operand(Kind::whole, depth - 1, product) + " / " + operand(Kind::whole, depth - 1, sign), product};
    default: return call("abs", {any(Kind::number, depth - 1)});
  }
}

RandomExpression::Made RandomExpression::text(int depth) {
  const std::string json = leaf(Kind::json).text;
  switch (draw_.below(9)) {
    case 0: return binary("||", concatenation, Kind::text, depth);
    case 1: return call(draw_.word({"upper", "lower", "trim"}), {any(Kind::text, depth - 1)});
    case 2: return call("concat", {any(Kind::text, depth - 1), text_literal(draw_)});
    case 3: return call("substring", {any(Kind::text, depth - 1), "2", "3"});
    case 4: return {json + draw_.word({":a", ":a.b", ":a[0]", ":a[0].b", ":a['x y'].c", ":`x y`.group", ":from.select[1]"}), primary};
    case 5: return call("json_value", {json, draw_.word({"'$.a'", "'$[0].id'"})});
    case 6: return {leaf(Kind::tags).text + "[" + draw_.word({"0", "1"}) + "]", primary};
    case 7: return {leaf(Kind::lines).text + "[0].sku", primary};
    default: return call("date_format", {any(Kind::time, depth - 1), "'yyyy-MM-dd'"});
  }
}

RandomExpression::Made RandomExpression::day(int depth) {
  return draw_.chance(50) ? cast(Kind::day, depth) : call("to_date", {call("date_format", {any(Kind::time, depth - 1), "'yyyy-MM-dd'"}).text});
}

RandomExpression::Made RandomExpression::time(int depth) {
  if (draw_.chance(60)) return {operand(Kind::time, depth - 1, sum) + gap() + draw_.word({"+", "-"}) + " " + interval(), sum};
  return call("timestamp_seconds", {any(Kind::whole, depth - 1)});
}

RandomExpression::Made RandomExpression::choice(Kind kind, int depth) {
  std::string text = spelled("CASE");
  const bool is_simple = draw_.chance(30);
  if (is_simple) text += " " + any(Kind::whole, depth - 1);
  for (std::size_t i = 0, count = draw_.between(1, 2); i < count; ++i)
    text += gap() + spelled("WHEN") + " " + any(is_simple ? Kind::whole : Kind::truth, depth - 1) + gap() + spelled("THEN") + " " + any(kind, depth - 1);
  if (draw_.chance(60)) text += gap() + spelled("ELSE") + " " + any(kind, depth - 1);
  return {text + gap() + spelled("END"), primary};
}

RandomExpression::Made RandomExpression::cast(Kind kind, int depth) {
  const Kind from = kind == Kind::day ? Kind::time : kind == Kind::time ? Kind::day : kind == Kind::text ? Kind::whole : Kind::text;
  if (kind == Kind::day || kind == Kind::time || draw_.chance(50)) return {spelled("CAST") + "(" + any(from, depth - 1) + gap() + spelled("AS") + " " + type_of(kind) + ")", primary};
  return {spelled("TRY_CAST") + "(" + any(from, depth - 1) + " AS " + type_of(kind) + ")", primary};
}

std::string RandomExpression::aggregate(Kind kind) {
  std::string text;
  const std::string distinct = draw_.chance(20) ? spelled("DISTINCT") + " " : "";
  switch (kind) {
    case Kind::whole:
      if (draw_.chance(40)) {
        text = draw_.word({"count(*)", "COUNT( * )", "count(1)"});
      } else {
        text = "count(" + distinct + any(draw_.chance(50) ? Kind::text : Kind::whole, 1) + ")";
      }
      break;
    case Kind::number: text = draw_.word({"sum(", "avg("}) + distinct + any(Kind::number, 2) + ")"; break;
    case Kind::text: text = draw_.word({"min(", "max("}) + any(Kind::text, 2) + ")"; break;
    default: text = draw_.word({"min(", "max("}) + any(Kind::time, 1) + ")";
  }
  if (draw_.chance(25)) text += gap() + spelled("FILTER") + " (" + spelled("WHERE") + " " + any(Kind::truth, 2) + ")";
  return text;
}

}  // namespace weir::testing
