// parse_expression_test.cpp — how expressions are understood, where their parts stand, and what is refused.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "dsl/compile.h"
#include "tests/unit/dsl/print_ast.h"

namespace weir {
namespace {

Location start_of(const std::string& text) {
  return {std::make_shared<const SourceText>(SourceText{"test", text}), 1, 1, 0};
}

std::string understood(const std::string& text) {
  Diagnostics diagnostics;
  const AstPtr ast = parse_expression(text, start_of(text), diagnostics);
  if (ast == nullptr) return "error: " + diagnostics.errors().front().message();
  return print_ast(*ast);
}

// "message @line:column+length", with the hint behind " = ".
std::string refusal(const std::string& text) {
  Diagnostics diagnostics;
  const AstPtr ast = parse_expression(text, start_of(text), diagnostics);
  if (ast != nullptr) return "understood: " + print_ast(*ast);
  std::string result;
  for (const Error& error : diagnostics.errors()) {
    if (!result.empty()) result += "; ";
    result += fmt::format("{} @{}:{}+{}", error.message(), error.where().line, error.where().column,
                          error.where().length);
    if (!error.hint().empty()) result += " = " + error.hint();
  }
  return result;
}

TEST(ParseExpression, KnowsThePrecedenceOfOperators) {
  EXPECT_EQ(understood("a + b * c - d"), "((a + (b * c)) - d)");
  EXPECT_EQ(understood("a - b - c"), "((a - b) - c)");
  EXPECT_EQ(understood("a % b / c"), "((a % b) / c)");
  EXPECT_EQ(understood("-a * b"), "(negate(a) * b)");
  EXPECT_EQ(understood("a || b + c || d"), "((a || (b + c)) || d)");
  EXPECT_EQ(understood("a or b and not c = d"), "(a or (b and not((c = d))))");
  EXPECT_EQ(understood("not a and b"), "(not(a) and b)");
  EXPECT_EQ(understood("not not a"), "not(not(a))");
  EXPECT_EQ(understood("(a or b) and c"), "((a or b) and c)");
  EXPECT_EQ(understood("a < b + 1"), "(a < (b + 1))");
  EXPECT_EQ(understood("a = b is null"), "is_null((a = b))");
  EXPECT_EQ(understood("- - a"), "negate(negate(a))");
  EXPECT_EQ(understood("a | b ^ c & d + e || f"), "bitor(a, bitxor(b, bitand(c, ((d + e) || f))))");
  EXPECT_EQ(understood("~a & -~b = 7 DIV 2 * 3"), "(bitand(bitnot(a), negate(bitnot(b))) = (div(7, 2) * 3))");
  EXPECT_EQ(understood("div(a, b) + div"), "(div(a, b) + div)");
  EXPECT_EQ(understood("not like(a, b) and a like (b) or ilike(a, b) and rlike(a, 'x')"),
            "((not(like(a, b)) and like(a, b)) or (ilike(a, b) and rlike(a, 'x')))");
  EXPECT_EQ(understood("a ILIKE 'x%' AND b not ilike c"), "(ilike(a, 'x%') and not(ilike(b, c)))");
  EXPECT_EQ(understood("+a"), "a");
}

TEST(ParseExpression, KnowsWhatBelongsToAggregates) {
  EXPECT_EQ(understood("count(*)"), "count(*)");
  EXPECT_EQ(understood("count( * ) filter (where a > 1)"), "count(*) FILTER (WHERE (a > 1))");
  EXPECT_EQ(understood("SUM(DISTINCT a) / count(distinct a, b)"), "(sum(DISTINCT a) / count(DISTINCT a, b))");
  EXPECT_EQ(understood("f(distinct) + distinct + filter + where"), "(((f(distinct) + distinct) + filter) + where)");
}

TEST(ParseExpression, KeepsLongConditionsShallow) {
  EXPECT_EQ(understood("a or b or c or d"), "((a or b) or (c or d))");
  std::string text = "x = 0";
  for (int i = 1; i < 1500; ++i) text += fmt::format(" or x = {}", i);
  EXPECT_EQ(understood(text).substr(0, 5), "(((((");
}

TEST(ParseExpression, UnderstandsPredicates) {
  EXPECT_EQ(understood("a == b"), "(a = b)");
  EXPECT_EQ(understood("a != b"), "(a <> b)");
  EXPECT_EQ(understood("a <=> b"), "(a <=> b)");
  EXPECT_EQ(understood("a IS NOT NULL"), "not(is_null(a))");
  EXPECT_EQ(understood("a is true"), "(a <=> true)");
  EXPECT_EQ(understood("a is not false"), "not((a <=> false))");
  EXPECT_EQ(understood("a is distinct from b"), "not((a <=> b))");
  EXPECT_EQ(understood("a is not distinct from b + 1"), "(a <=> (b + 1))");
  EXPECT_EQ(understood("a in (1, b, 'x')"), "in(a, 1, b, 'x')");
  EXPECT_EQ(understood("a not in (1)"), "not(in(a, 1))");
  EXPECT_EQ(understood("a between 1 and 2 and b"), "(between(a, 1, 2) and b)");
  EXPECT_EQ(understood("a not between b - 1 and c or d"), "(not(between(a, (b - 1), c)) or d)");
  EXPECT_EQ(understood("a like 'x%'"), "like(a, 'x%')");
  EXPECT_EQ(understood("a not like 'x!%' escape '!'"), "not(like(a, 'x!%', '!'))");
  EXPECT_EQ(understood("a rlike '^x' and b regexp 'y'"), "(rlike(a, '^x') and rlike(b, 'y'))");
}

TEST(ParseExpression, UnderstandsCallsCasesAndCasts) {
  EXPECT_EQ(understood("SHA2(concat(id, product_id), 256)"), "sha2(concat(id, product_id), 256)");
  EXPECT_EQ(understood("current_timestamp()"), "current_timestamp()");
  EXPECT_EQ(understood("CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END"),
            "CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END");
  EXPECT_EQ(understood("case x when 1 then 'a' end"), "CASE x WHEN 1 THEN 'a' END");
  EXPECT_EQ(understood("case x + 1 when 1 then 'a' else case when b then c end end"),
            "CASE (x + 1) WHEN 1 THEN 'a' ELSE CASE WHEN b THEN c END END");
  EXPECT_EQ(understood("cast(a as decimal(10, 2))"), "CAST(a AS decimal(10,2))");
  EXPECT_EQ(understood("try_cast(a + 1 as double precision)"), "TRY_CAST((a + 1) AS double)");
  EXPECT_EQ(understood("a::int::string || 'x'"), "(CAST(CAST(a AS int) AS string) || 'x')");
  EXPECT_EQ(understood("case when a then b::date end"), "CASE WHEN a THEN CAST(b AS date) END");
  EXPECT_EQ(understood("extract(year from viewed_at)"), "year(viewed_at)");
  EXPECT_EQ(understood("extract(week from viewed_at) + 1"), "(weekofyear(viewed_at) + 1)");
}

TEST(ParseExpression, UnderstandsJsonPaths) {
  EXPECT_EQ(understood("option:alloy.value[0]"), "json_path(option, '$.alloy.value[0]')");
  EXPECT_EQ(understood("option:[0].id"), "json_path(option, '$[0].id')");
  EXPECT_EQ(understood("option:end.case"), "json_path(option, '$.end.case')");
  EXPECT_EQ(understood("option:['two words'].`three of them`"),
            "json_path(option, '$[''two words''][''three of them'']')");
  EXPECT_EQ(understood("option:price::decimal(10,2) * 2"),
            "(CAST(json_path(option, '$.price') AS decimal(10,2)) * 2)");
}

TEST(ParseExpression, TypesLiterals) {
  EXPECT_EQ(understood("2147483647"), "2147483647");
  EXPECT_EQ(understood("2147483648"), "2147483648L");
  EXPECT_EQ(understood("-2147483648"), "-2147483648");
  EXPECT_EQ(understood("-9223372036854775808"), "-9223372036854775808L");
  EXPECT_EQ(understood("cast(12.50 as string)"), "CAST(12.50 AS string)");
  EXPECT_EQ(understood("true and FALSE or NULL"), "((true and false) or NULL)");
  EXPECT_EQ(understood("'it''s'"), "'it''s'");
  EXPECT_EQ(understood("'äöü €'"), "'äöü €'");
  EXPECT_EQ(understood("date '2024-11-30'"), "DATE '2024-11-30'");
  EXPECT_EQ(understood("TIMESTAMP '2024-11-30T12:34:56Z'"), "TIMESTAMP '2024-11-30 12:34:56'");
  EXPECT_EQ(understood("a.b"), "a.b");
  EXPECT_EQ(understood("`odd name` || \"b\"\"c\" || `d``e`"), "((odd name || b\"c) || d`e)");
}

const Value& literal_of(const AstPtr& ast) { return std::get<LiteralAst>(ast->node).value; }

Value value_of(const std::string& text) {
  Diagnostics diagnostics;
  const AstPtr ast = parse_expression(text, start_of(text), diagnostics);
  EXPECT_NE(ast, nullptr) << text << " " << (diagnostics.ok() ? "" : diagnostics.errors().front().message());
  return ast != nullptr ? literal_of(ast) : Value{};
}

TEST(ParseExpression, GivesLiteralsTheirExactValues) {
  EXPECT_EQ(value_of("0.10"), (Value{decimal_type(2, 2), Int128{10}}));
  EXPECT_EQ(value_of(".5"), (Value{decimal_type(1, 1), Int128{5}}));
  EXPECT_EQ(value_of("-12.50"), (Value{decimal_type(4, 2), Int128{-1250}}));
  EXPECT_EQ(value_of("1.5e3"), (Value{float64_type, 1500.0}));
  EXPECT_EQ(value_of("9223372036854775808").type, decimal_type(19, 0));
  EXPECT_EQ(value_of("x'00fF'"), (Value{bytes_type, std::string("\0\xff", 2)}));
  EXPECT_EQ(value_of("INTERVAL '5' MINUTE"), (Value{interval_type, Interval{0, 0, 300'000'000'000}}));
  EXPECT_EQ(value_of("interval 5 minutes"), (Value{interval_type, Interval{0, 0, 300'000'000'000}}));
  EXPECT_EQ(value_of("INTERVAL '1 day 2 hours'"), (Value{interval_type, Interval{0, 1, 7'200'000'000'000}}));
  EXPECT_EQ(value_of("INTERVAL '-1 year 2 months'"), (Value{interval_type, Interval{-10, 0, 0}}));
  EXPECT_EQ(value_of("INTERVAL '90 s'"), (Value{interval_type, Interval{0, 0, 90'000'000'000}}));
  EXPECT_EQ(value_of("INTERVAL '1 d 2 h 30 m'"), (Value{interval_type, Interval{0, 1, 9'000'000'000'000}}));
  EXPECT_EQ(value_of("INTERVAL '5 ms'"), (Value{interval_type, Interval{0, 0, 5'000'000}}));
  EXPECT_EQ(value_of("INTERVAL '1.5' SECOND"), (Value{interval_type, Interval{0, 0, 1'500'000'000}}));
  EXPECT_EQ(value_of("INTERVAL 1 DAY 12 HOURS"), (Value{interval_type, Interval{0, 1, 43'200'000'000'000}}));
}

TEST(ParseExpression, LetsKeywordsBeNames) {
  EXPECT_EQ(understood("date - interval"), "(date - interval)");
  EXPECT_EQ(understood("end - start"), "(end - start)");
  EXPECT_EQ(understood("case end when 1 then end else end end"), "CASE end WHEN 1 THEN end ELSE end END");
  EXPECT_EQ(understood("date(timestamp)"), "date(timestamp)");
  EXPECT_EQ(understood("group + key + window + order"), "(((group + key) + window) + order)");
  EXPECT_EQ(understood("cast + extract"), "(cast + extract)");
  EXPECT_EQ(understood("`case` = \"not\""), "(case = not)");
  EXPECT_EQ(understood("x.null"), "x.null");
}

TEST(ParseExpression, SkipsCommentsAndBlanks) {
  EXPECT_EQ(understood("a -- the first\n + b"), "(a + b)");
  EXPECT_EQ(understood("/* one */ a /* two **/ + b"), "(a + b)");
}

TEST(ParseExpression, SaysWhatItExpected) {
  EXPECT_EQ(refusal(""), "expected an expression, got nothing @1:1+1");
  EXPECT_EQ(refusal("a +"), "expected an expression after '+', got the end @1:4+1");
  EXPECT_EQ(refusal("a b"), "expected an operator after 'a', got 'b' @1:3+1");
  EXPECT_EQ(refusal("lower(a"), "expected ')' or ',' after 'a', got the end @1:8+1");
  EXPECT_EQ(refusal("lower(a,)"), "expected an expression after ',', got ')' @1:9+1");
  EXPECT_EQ(refusal("(a"), "expected ')' after 'a', got the end @1:3+1");
  EXPECT_EQ(refusal("a)"), "unexpected ')' after 'a' @1:2+1 = there is no '(' for it");
  EXPECT_EQ(refusal("a not b"), "expected BETWEEN, ILIKE, IN, LIKE or RLIKE after 'not', got 'b' @1:7+1");
  EXPECT_EQ(refusal("a is b"), "expected DISTINCT, FALSE, NOT, NULL or TRUE after 'is', got 'b' @1:6+1");
  EXPECT_EQ(refusal("a in ()"), "expected an expression after '(', got ')' @1:7+1");
  EXPECT_EQ(refusal("a between 1"), "expected AND after '1', got the end @1:12+1");
  EXPECT_EQ(refusal("case when a then b"), "expected ELSE, END or WHEN after 'b', got the end @1:19+1");
  EXPECT_EQ(refusal("case when a b"), "expected THEN after 'a', got 'b' @1:13+1");
  EXPECT_EQ(refusal("cast(a int)"), "expected AS after 'a', got 'int' @1:8+3");
  EXPECT_EQ(refusal("cast(a as )"), "expected a type after 'as', got ')' @1:11+1");
  EXPECT_EQ(refusal("a + when"),
            "expected an expression after '+', got 'when' @1:5+4 = a column of that name is written `when`");
  EXPECT_EQ(refusal("count(*, a)"), "expected ')' after '*', got ',' @1:8+1");
  EXPECT_EQ(refusal("sum(a) filter (b)"), "expected WHERE after '(', got 'b' @1:16+1");
  EXPECT_EQ(refusal("option:"), "expected a name or '[' after ':', got the end @1:8+1");
  EXPECT_EQ(refusal("a 'x'"), "expected an operator after 'a', got 'x' @1:3+3");
}

TEST(ParseExpression, RefusesWrongLiteralsAndTypesAllAtOnce) {
  EXPECT_EQ(refusal("cast(a as strng) || date '2024-13-01'"),
            "unknown type: strng @1:11+5 = did you mean string?; not a date: '2024-13-01' @1:21+17 = write "
            "it as DATE '2024-11-30'");
  EXPECT_EQ(refusal("interval '5' minuts"),
            "unknown unit of an interval: minuts @1:1+19 = did you mean minute?");
  EXPECT_EQ(refusal("interval '1.5 months'"),
            "a month cannot be divided: 1.5 @1:1+21 = use a whole number, or a smaller unit");
  EXPECT_EQ(refusal("x'0'"), "bytes are written with two digits each, got 1 digits @1:1+4");
  EXPECT_EQ(refusal("x'0g'"), "not two hexadecimal digits: 0g @1:1+5");
  EXPECT_EQ(refusal("1e999"), "the number does not fit a double: 1e999 @1:1+5");
  EXPECT_EQ(refusal("extract(yeer from a)"), "unknown field of EXTRACT: yeer @1:9+4 = did you mean year?");
}

TEST(ParseExpression, RefusesWhatStartsNoToken) {
  EXPECT_EQ(refusal("a ? b"), "unexpected character: ? @1:3+1 = write CASE WHEN condition THEN value ELSE value END");
  EXPECT_EQ(refusal("a && b"), "expected an expression after '&', got '&' @1:4+1 = write AND");
  EXPECT_EQ(refusal("'abc"),
            "this text is not closed: 'abc @1:1+4 = end it with ', and write '' for an apostrophe inside");
  EXPECT_EQ(refusal("`abc"), "this quoted name is not closed: `abc @1:1+4 = end it with `");
  EXPECT_EQ(refusal("a /* b"), "this comment is not closed @1:3+4 = end it with */");
  EXPECT_EQ(refusal("a + \xff"), "the expression is not valid UTF-8 @1:1+0");
}

TEST(ParseExpression, PlacesNodesInTheFile) {
  const std::string file = "steps:\n  - where: |\n      lower(ä) =\n        upper(b) + 1\n";
  const auto source = std::make_shared<const SourceText>(SourceText{"p.yaml", file});
  Diagnostics diagnostics;
  const AstPtr ast = parse_expression("lower(ä) =\n  upper(b) + 1\n", {source, 3, 7, 0}, diagnostics);
  ASSERT_NE(ast, nullptr);
  const auto& equal = std::get<CallAst>(ast->node);
  EXPECT_EQ(ast->where.line, 3U);
  EXPECT_EQ(ast->where.column, 7U);
  EXPECT_EQ(ast->where.length, 11U);  // to the end of its first line, in bytes
  const Location sum = equal.arguments[1]->where;
  EXPECT_EQ(sum.line, 4U);
  EXPECT_EQ(sum.column, 9U);
  EXPECT_EQ(sum.length, 12U);
}

TEST(ParseExpression, PlacesNodesBehindEscapedQuotes) {
  const std::string file = "a: 'concat(''x'', nme'\n";
  const auto source = std::make_shared<const SourceText>(SourceText{"p.yaml", file});
  Diagnostics diagnostics;
  EXPECT_EQ(parse_expression("concat('x', nme", {source, 1, 5, 0}, diagnostics), nullptr);
  EXPECT_EQ(diagnostics.errors().front().where().column, 22U);
}

TEST(ParseExpression, RefusesHugeAndDeepTexts) {
  const auto start = std::chrono::steady_clock::now();
  const std::string too_deep = "the expression is nested too deeply: more than 200 levels @1:201+1";
  EXPECT_EQ(refusal(std::string(100'000, '(')), too_deep);
  EXPECT_EQ(refusal(std::string(50'000, '+') + "a").substr(0, 61),
            "the expression is nested too deeply: more than 200 levels @1:");
  std::string nots, casts, ends;
  for (int i = 0; i < 50'000; ++i) nots += "not ";
  for (int i = 0; i < 3'000; ++i) casts += "case end when ";
  for (int i = 0; i < 3'000; ++i) ends += "- (not ";
  EXPECT_EQ(refusal(nots + "a").substr(0, 57), "the expression is nested too deeply: more than 200 levels");
  EXPECT_EQ(refusal(casts).substr(0, 57), "the expression is nested too deeply: more than 200 levels");
  EXPECT_EQ(refusal(ends).substr(0, 57), "the expression is nested too deeply: more than 200 levels");
  std::string many = "a";
  for (int i = 0; i < 20'000; ++i) many += ",a";
  EXPECT_EQ(refusal(many).substr(0, 66),
            "the expression is too long: more than 10000 words and signs @1:100");
  std::string flat = "1";
  for (int i = 0; i < 4'900; ++i) flat += "+1";
  EXPECT_EQ(refusal(flat).substr(0, 63), "the expression is too deep: more than 500 operators in one anot");
  std::string casted = "a";
  for (int i = 0; i < 4'000; ++i) casted += "::int";
  EXPECT_EQ(refusal(casted).substr(0, 26), "the expression is too deep");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(ParseExpression, AcceptsNestingUpToTheLimit) {
  EXPECT_EQ(understood(std::string(199, '(') + "a" + std::string(199, ')')), "a");
  EXPECT_EQ(understood(std::string(199, '(') + "-a" + std::string(199, ')')), "negate(a)");
}

TEST(ParseExpression, SurvivesGarbage) {
  const std::vector<std::string> words = {
      "a",        "(",    ")",      "+",        "-",    "*",        "||",  ",",  ".",    ":",    "::", "case",
      "end",      "when", "then",   "else",     "and",  "or",       "not", "is", "in",   "null", "1",  "1.5",
      "1e5",      "'x'",  "date",   "interval", "cast", "as",       "int", "[",  "]",    "`q`",  "'",  "\"",
      "between",  "like", "escape", "extract",  "from", "distinct", "=",   "<",  "x'f'", "--",   "/*", "\n",
      "\xc3\xa4", "\xff", "$",      "@",        "true", "lower",    "x"};
  std::mt19937 random(42);
  std::size_t understood_count = 0;
  for (int round = 0; round < 10'000; ++round) {
    std::string text;
    const std::size_t length = random() % 24;
    for (std::size_t i = 0; i < length; ++i)
      text += words[random() % words.size()] + (random() % 4 != 0 ? " " : "");
    Diagnostics diagnostics;
    const AstPtr ast = parse_expression(text, start_of(text), diagnostics);
    ASSERT_EQ(ast == nullptr, !diagnostics.ok()) << text;
    understood_count += ast != nullptr;
  }
  EXPECT_GT(understood_count, 0U);
}

// The parser's reader leaves it out, so that the parser counts one character less than there are.
TEST(ParseExpression, AByteOrderMarkIsNoExpression) {
  for (const char* text : {"\xEF\xBB\xBF", "\xEF\xBB\xBF ", "\xEF\xBB\xBF)", "\xEF\xBB\xBF\n"}) {
    Diagnostics diagnostics;
    EXPECT_EQ(parse_expression(text, start_of(text), diagnostics), nullptr);
    ASSERT_FALSE(diagnostics.ok());
    EXPECT_FALSE(render(diagnostics.errors().front()).empty());
  }
}

TEST(ParseExpression, SurvivesRandomBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 3'000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(round % 2 == 0 ? random() % 128 : random() % 256);
    Diagnostics diagnostics;
    const AstPtr ast = parse_expression(text, start_of(text), diagnostics);
    ASSERT_EQ(ast == nullptr, !diagnostics.ok());
  }
}

}  // namespace
}  // namespace weir
