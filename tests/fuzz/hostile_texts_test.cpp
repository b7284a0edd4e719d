// hostile_texts_test.cpp — texts that are deep, long, wide or many times themselves: each is refused or compiled within a second.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/fuzz/front_end.h"

namespace weir::testing {
namespace {

const FrontEnd& front_end(const std::string& name) {
  for (const FrontEnd& one : front_ends()) {
    if (name == one.name) return one;
  }
  std::abort();
}

std::string times(const std::string& text, std::size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

/// make(0) + make(1) + ...
template <typename Make>
std::string each(std::size_t count, Make make) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += make(i);
  return result;
}

void expect_cheap(const std::string& name, const std::string& what, const std::string& text) {
  const Cost cost = cost_of(front_end(name), text);
  EXPECT_FALSE(is_too_much(cost, text)) << fmt::format("{} of {}, {} bytes: {:.2f} s, {} MiB", name, what, text.size(), cost.seconds, cost.bytes >> 20);
}

const std::string yaml_head =
    "name: a\nconnections: { c: { dsn: \"sqlite:a.db\" } }\nsources:\n  s:\n    type: kafka\n    brokers: b:9092\n    topic: t\n    format: json\n"
    "    columns: { a: bigint not null, t: string not null, b: boolean, ts: timestamp not null, r: array<string> }\n    watermark: ts\n";
const std::string weir_head =
    "CREATE PIPELINE a;\nCREATE CONNECTION c WITH (dsn = 'sqlite:a.db');\nCREATE SOURCE s (a BIGINT NOT NULL, t STRING NOT NULL, b BOOLEAN, ts TIMESTAMP NOT NULL, r ARRAY<STRING>, WATERMARK FOR ts AS ts)\n"
    "WITH (type = 'kafka', brokers = 'b:9092', topic = 't', format = 'json');\n";
const std::string sink = "sinks: { k: { input: s } }\n";

TEST(HostileTexts, Expressions) {
  const auto expect = [](const std::string& what, const std::string& text) {
    expect_cheap("parse_expression", what, text);
    std::string quoted;
    for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
    for (const char* end : {"compile_yaml", "format_yaml"}) expect_cheap(end, what, yaml_head + "sinks: { k: { input: s, select: { x: '" + quoted + "' } } }\n");
    expect_cheap("compile_weir", what, weir_head + "CREATE SINK k AS FROM s |> SELECT " + text + " AS x;\n");
  };
  for (const std::size_t count : {60, 190, 5000, 200000}) {
    expect("brackets", times("(", count) + "a" + times(")", count));
    expect("open brackets", times("(", count));
    expect("closing brackets", "a" + times(")", count));
    expect("NOT", times("NOT ", count) + "b");
    expect("signs", times("- ", count) + "a");
    expect("CASE", times("CASE WHEN b THEN ", count) + "a" + times(" END", count));
    expect("calls", times("abs(", count) + "a" + times(")", count));
    expect("arrays", times("array(", count) + "a" + times(")", count));
    expect("elements", "r" + times("[0]", count));
    expect("indexes of indexes", times("r[", count) + "0" + times("]", count));
    expect("types", "CAST(NULL AS " + times("array<", count) + "int" + times(">", count) + ")");
    expect("casts", "a" + times("::bigint", count));
    expect("fields", "a" + times(".b", count));
    expect("paths", "t:a" + times(".b", count));
    expect("unclosed quotes", times("'", count * 2 + 1));
    expect("comments", times("/* ", count) + times("*/", count));
    expect("filters", times("count(a) FILTER (WHERE ", count) + "b" + times(")", count));
  }
  for (const std::size_t count : {1000, 4900, 100000}) {
    expect("sum", "a" + times(" + a", count));
    expect("unlike operators", "a" + times(" + a * a - a", count / 3));
    expect("concatenation", "t" + times(" || t", count));
    expect("AND", "b" + times(" AND b", count));
    expect("OR and AND", "b" + times(" OR b AND NOT b", count / 3));
    expect("comparisons", "a" + times(" = a", count));
    expect("BETWEEN", "a" + times(" BETWEEN a AND a", count / 4));
    expect("IS NULL", "a" + times(" IS NULL", count / 2));
    expect("IN", "a IN (1" + times(", 1", count) + ")");
    expect("unlike IN", "a IN (1" + each(count, [](std::size_t i) { return fmt::format(", {}", i); }) + ")");
    expect("arguments", "concat(t" + times(", t", count) + ")");
    expect("literals", "array('a'" + times(", 'a'", count) + ")");
    expect("branches", "CASE" + times(" WHEN b THEN a", count / 4) + " END");
    expect("number", times("9", count));
    expect("fraction", "0." + times("9", count));
    expect("exponent", "1e" + times("9", count));
    expect("name", times("n", count));
    expect("text", "'" + times("x", count) + "'");
    expect("intervals", "ts" + times(" + INTERVAL 1 DAY", count / 4));
    expect("words", times("a ", count));
    expect("commas", times(",", count));
    expect("LIKE", "t LIKE '" + times("%a", count) + "b'");
    expect("RLIKE", "t RLIKE '" + times("(a*)*", count) + "'");
    expect("repeated repetition", "t RLIKE 'a{1000}{1000}{1000}'");
  }
}

TEST(HostileTexts, ManyOfEverythingInYaml) {
  const auto expect = [](const std::string& what, const std::string& text) {
    for (const char* end : {"compile_yaml", "format_yaml"}) expect_cheap(end, what, text);
  };
  const std::string of_source = yaml_head.substr(0, yaml_head.find("    columns:"));
  for (const std::size_t count : {300, 3000, 40000}) {
    const auto numbered = [&](const std::string& before, const std::string& after) { return each(count, [&](std::size_t i) { return before + std::to_string(i) + after; }); };
    expect("columns", of_source + "    columns:\n" + numbered("      c", ": string\n") + sink);
    expect("columns of unknown types", of_source + "    columns:\n" + numbered("      c", ": strink\n") + sink);
    expect("columns of one name", of_source + "    columns:\n" + times("      c: string\n", count) + sink);
    expect("wide select", yaml_head + "sinks:\n  k:\n    input: s\n    select:\n" + numbered("      c", ": a + 1\n"));
    expect("wide select of unknown columns", yaml_head + "sinks:\n  k:\n    input: s\n    select:\n" + numbered("      c", ": aa\n"));
    expect("steps", yaml_head + "sinks:\n  k:\n    input: s\n    steps:\n" + numbered("      - where: a > ", "\n"));
    expect("steps that extend", yaml_head + "sinks:\n  k:\n    input: s\n    steps:\n" + numbered("      - extend: { c", ": a }\n"));
    expect("sinks", yaml_head + "sinks:\n" + numbered("  k", ": { input: s, select: { a: a } }\n"));
    expect("sinks of unknown inputs", yaml_head + "sinks:\n" + numbered("  k", ": { input: ss }\n"));
    expect("streams", yaml_head + "transforms:\n" + numbered("  x", ": { input: s }\n") + sink);
    expect("streams one behind the other", yaml_head + "transforms:\n  x: { input: s }\n" + each(count, [](std::size_t i) {
             return fmt::format("  x{}: {{ input: x{} }}\n", i, i == 0 ? "" : std::to_string(i - 1));
           }) + fmt::format("sinks: {{ k: {{ input: x{} }} }}\n", count - 1));
    expect("streams in a circle", yaml_head + "transforms:\n" + each(count, [&](std::size_t i) { return fmt::format("  x{}: {{ input: x{} }}\n", i, (i + 1) % count); }) + sink);
    expect("sources", yaml_head + numbered("  s", ": { type: kafka, brokers: b, topic: t, format: json, columns: { a: string } }\n") + sink);
    expect("unknown keys", yaml_head + sink + numbered("k", ": 1\n"));
    expect("unknown options", yaml_head + numbered("    k", ": 1\n") + sink);
    expect("inputs", yaml_head + "sinks: { k: { inputs: [s" + times(", s", count) + "] } }\n");
    expect("unions", yaml_head + "sinks:\n  k:\n    input: s\n    steps:\n" + times("      - union: [s]\n", count));
    expect("joins", yaml_head + "sinks:\n  k:\n    input: s\n    steps:\n" + numbered("      - join: { stream: s, as: j", ", keys: { a: a }, within: 1 h, select: {} }\n"));
    expect("explodes", yaml_head + "sinks:\n  k:\n    input: s\n    steps:\n" + numbered("      - explode: { of: r, as: e", " }\n"));
    expect("properties", yaml_head + "    properties: {" + numbered(" p", ": x,") + " q: x }\n" + sink);
    expect("comments", times("# c\n", count) + yaml_head + sink);
    expect("long texts of tests", yaml_head + sink + "tests: [ { name: t, steps: [ s: [ { a: " + times("9", count * 20) + ", t: '" + times("9", count * 4) + "' } ] ], expect: { k: { rows: 1 } } } ]\n");
    expect("long parameters of reports", yaml_head + sink + "reports: { r: { sql: 'select :p', parameters: { p: " + times("9", count * 20) + " } } }\n");
    expect("variables", yaml_head + "    group: \"" + times("${A}", count) + "\"\n" + sink);
    expect("variables in variables", yaml_head + "    group: \"" + times("${B:-", count) + times("}", count) + "\"\n" + sink);
    expect("unset variables", yaml_head + "    properties: {" + numbered(" p", ": \"${NOWHERE}\",") + " q: x }\n" + sink);
  }
}

// Every step is twice the one before.
TEST(HostileTexts, WhatDoublesItself) {
  const auto expect = [](const std::string& what, const std::string& text) {
    for (const char* end : {"compile_yaml", "format_yaml"}) expect_cheap(end, what, text);
  };
  for (const std::size_t count : {5, 10, 20, 40, 1000}) {
    const auto chain = [&](const std::string& first, auto stream) {
      return yaml_head + "transforms:\n  x0: " + first + "\n" + each(count, [&](std::size_t i) { return fmt::format("  x{}: ", i + 1) + stream(fmt::format("x{}", i)) + "\n"; }) +
             fmt::format("sinks: {{ k: {{ input: x{} }} }}\n", count);
    };
    expect("expressions", chain("{ input: s }", [](const std::string& from) { return "{ input: " + from + ", steps: [ { extend: { t: t || t, a: a + a, b: b AND b } } ] }"; }));
    expect("expressions that are none of the same", chain("{ input: s }", [](const std::string& from) { return "{ input: " + from + ", steps: [ { extend: { a: a * 2 + a, t: \"concat(t, upper(t))\" } } ] }"; }));
    expect("calls", chain("{ input: s }", [](const std::string& from) { return "{ input: " + from + ", steps: [ { extend: { t: \"coalesce(t, t, t, t)\" } } ] }"; }));
    expect("conditions", chain("{ input: s }", [](const std::string& from) { return "{ input: " + from + ", steps: [ { extend: { b: b OR b } }, { where: b } ] }"; }));
    expect("unions", chain("{ input: s }", [](const std::string& from) { return "{ inputs: [" + from + ", " + from + "] }"; }));
    expect("columns", chain("{ input: s, steps: [ { select: { a0: a } } ] }", [n = 0](const std::string& from) mutable {
             std::string more;
             for (std::size_t i = 0, end = std::size_t{1} << std::min(n, 12); i < end; ++i) more += fmt::format("{}b{}_{}: a0", i == 0 ? "" : ", ", n, i);
             ++n;
             return "{ input: " + from + ", steps: [ { extend: { " + more + " } } ] }";
           }).substr(0, 1 << 20));
    expect("joins", chain("{ input: s }", [](const std::string& from) { return "{ input: " + from + ", steps: [ { join: { stream: s, as: j, keys: { a: a }, within: 1 h, select: { a: a + j.a } } } ] }"; }));
    expect("joins with itself", chain("{ input: s }", [](const std::string& from) { return "{ input: " + from + ", steps: [ { join: { stream: " + from + ", as: j, keys: { a: a }, within: 1 h, select: { a: a + j.a } } } ] }"; }));
    expect("groups of groups", chain("{ input: s }", [](const std::string& from) { return "{ input: " + from + ", steps: [ { aggregate: { by: { a: a + a }, select: { n: count(*) } } } ] }"; }));
  }
}

TEST(HostileTexts, Yaml) {
  const auto expect = [](const std::string& what, const std::string& text) {
    for (const char* end : {"compile_yaml", "format_yaml"}) expect_cheap(end, what, text);
  };
  expect("aliases", "a: &a [x, x]\n" + each(60, [](std::size_t i) { return fmt::format("b{}: &b{} [*a, *a]\n", i, i); }));
  for (const std::size_t count : {60, 100, 5000, 500000}) {
    expect("lists of lists", "a: " + times("[", count) + times("]", count));
    expect("open lists", "a: " + times("[", count));
    expect("maps of maps", times("{a: ", count) + times("}", count));
    expect("dashes", times("- ", count) + "a");
    expect("question marks", times("? ", count));
    expect("colons", times("a: ", count));
    expect("quotes", times("\"", count) + times("'", count + 1));
    expect("an open quote", "a: \"" + times("x\n ", count / 3));
    expect("blanks", times(" ", count) + "a: b");
    expect("line breaks", times("\n", count) + yaml_head + sink);
    expect("carriage returns", times("\r", count) + yaml_head + sink);
    expect("documents", times("---\n", count / 4));
    expect("zero bytes", std::string(count, '\0'));
    expect("byte order marks", times("\xEF\xBB\xBF", count / 3));
    expect("a folded text", "a: >\n" + times(" x\n", count / 3));
    expect("a plain text in lines", "a:\n" + times(" x\n", count / 3));
    expect("tags", "a: " + times("! ", count / 2));
    expect("percent", times("%a\n", count / 3));
  }
  std::string steps;
  for (std::size_t depth = 1; depth < 1000; ++depth) steps += std::string(depth, ' ') + "a:\n";
  expect("indentation", "a:\n" + steps);
}

TEST(HostileTexts, Statements) {
  const auto expect = [](const std::string& what, const std::string& text) {
    for (const char* end : {"compile_weir", "format_weir"}) expect_cheap(end, what, text);
  };
  for (const std::size_t count : {300, 2000, 30000}) {
    const auto numbered = [&](const std::string& before, const std::string& after) { return each(count, [&](std::size_t i) { return before + std::to_string(i) + after; }); };
    expect("statements", weir_head + numbered("CREATE STREAM x", " AS FROM s;\n") + "CREATE SINK k AS FROM s;");
    expect("statements of one name", weir_head + times("CREATE STREAM x AS FROM s;\n", count));
    expect("broken statements", weir_head + times("CREATE STREAM AS FROM;\n", count));
    expect("statements without an end", weir_head + times("CREATE STREAM x AS FROM s\n", count));
    expect("half statements", weir_head + times("CREATE\n", count));
    expect("semicolons", times(";", count) + weir_head);
    expect("open quotes", times("CREATE '", count / 50));
    expect("open quotes in lines", times("CREATE SINK a WITH (b = 'c);\n", std::min<std::size_t>(count, 2000)));
    expect("open names", times("CREATE SINK `a\n", std::min<std::size_t>(count, 2000)));
    expect("open dollars", weir_head + "CREATE REPORT r AS $$" + times("$ x ", count));
    expect("open variables", weir_head + times("${a", count));
    expect("variables in variables", weir_head + "CREATE SINK k AS FROM s |> WHERE " + times("${A:-", count) + "b" + times("}", count) + ";");
    expect("open comments", weir_head + times("/* ", count));
    expect("options", weir_head + "CREATE SINK k WITH (key = 'a'" + numbered(", o", " = 1") + ") AS FROM s;");
    expect("columns", "CREATE SOURCE s (a INT" + numbered(", c", " STRING") + ") WITH (type = 'kafka');");
    expect("selected", weir_head + "CREATE SINK k AS FROM s |> SELECT a" + numbered(", a AS c", "") + ";");
    expect("pipes", weir_head + "CREATE SINK k AS FROM s" + times(" |> WHERE b", count) + ";");
    expect("joins", weir_head + "CREATE SINK k AS SELECT s.a FROM s" + numbered(" JOIN s AS j", " ON a = a") + ";");
    expect("groups", weir_head + "CREATE SINK k AS SELECT count(*) AS n FROM s GROUP BY a" + times(", a", count) + ";");
    expect("HAVING", weir_head + "CREATE SINK k AS SELECT count(*) AS n FROM s GROUP BY a HAVING n > 1" + times(" AND count(*) > 1", count / 8) + ";");
    expect("values", weir_head + "CREATE SINK k WITH (l = " + times("[", count) + ") AS FROM s;");
    expect("tests", weir_head + "CREATE TEST t AS INSERT INTO s (a) VALUES (1)" + times(", (1)", count) + ";");
    expect("long texts in hints", weir_head + "CREATE SINK k AS FROM s |> SELECT 'add: [" + times("x", count * 25) + "]';");
    expect("long numbers in tests", weir_head + "CREATE SINK k AS FROM s; CREATE TEST t AS INSERT INTO s (a) VALUES (" + times("9", count * 25) + ") EXPECT k ROWS 0;");
    expect("long times in tests", weir_head + "CREATE SINK k AS FROM s; CREATE TEST t AS ADVANCE 'INTERVAL " + times("9", count * 25) + "' EXPECT k ROWS 0;");
    expect("includes", times("INCLUDE 'a.yaml';\n", count));
    expect("unknown characters", times("\\", count));
    expect("words", times("a ", count));
    expect("keywords", times("CREATE SELECT FROM WHERE ", count / 4));
    expect("bytes that are no text", times("\xff\xfe", count));
  }
}

TEST(HostileTexts, IniFiles) {
  for (const std::size_t count : {300, 30000}) {
    expect_cheap("read_ini", "sections", times("[a]\n", count));
    expect_cheap("read_ini", "keys", each(count, [](std::size_t i) { return fmt::format("k{} = v\n", i); }));
    expect_cheap("read_ini", "one line", times("=", count));
    expect_cheap("read_ini", "brackets", times("[", count));
    expect_cheap("read_ini", "zero bytes", std::string(count, '\0'));
  }
}

}  // namespace
}  // namespace weir::testing
