// format_test.cpp — files written anew are the same pipeline, in either spelling, and stay as they are when they are written once more.
#include "dsl/format.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "connectors/builtin.h"
#include "dsl/compile.h"

namespace weir {
namespace {

// Plans point into the registry.
const Registry& registry() {
  static const Registry builtin = builtin_registry();
  return builtin;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What explain tells of a text, or what is wrong with it.
std::string facts(const std::string& name, const std::string& text) {
  const Compiled compiled = (name.ends_with(".weir") ? compile_weir : compile_yaml)(name, text, registry(), {});
  std::string wrong;
  for (const Error& error : compiled.diagnostics.errors()) wrong += render(error);
  return compiled.plan == nullptr ? wrong + text : fingerprint(*compiled.plan) + *explain(*compiled.plan, compiled.reports, ExplainFormat::json);
}

std::string formatted(const std::string& name, const std::string& text, Spelling to) { return format_pipeline(name, text, to, registry()); }

class Formatted : public testing::TestWithParam<std::string> {};

TEST_P(Formatted, IsTheSamePipelineThereAndBack) {
  const std::string path = std::string(WEIR_SOURCE_DIR) + "/" + GetParam();
  const std::string text = read(path), meant = facts(path, text);
  const std::string stem = std::filesystem::path(path).replace_extension().string();  // files are found from there
  for (const Spelling to : {Spelling::yaml, Spelling::weir}) {
    const std::string name = stem + (to == Spelling::yaml ? ".yaml" : ".weir"), other_name = stem + (to == Spelling::yaml ? ".weir" : ".yaml");
    const std::string once = formatted(path, text, to);
    ASSERT_EQ(facts(name, once), meant);
    EXPECT_EQ(formatted(name, once, to), once);
    const Spelling other = to == Spelling::yaml ? Spelling::weir : Spelling::yaml;
    const std::string back = formatted(other_name, formatted(name, once, other), to);
    ASSERT_EQ(facts(name, back), meant);
    EXPECT_EQ(back, formatted(name, back, to));
  }
}

std::vector<std::string> files() {
  const std::filesystem::path root(WEIR_SOURCE_DIR);
  std::vector<std::string> names;
  for (const char* folder : {"pipelines", "tests/plans"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const auto ending = entry.path().extension();
      if (ending == ".yaml" || ending == ".weir") names.push_back(entry.path().lexically_relative(root).string());
    }
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Files, Formatted, testing::ValuesIn(files()), [](const auto& case_info) {
  std::string name = case_info.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

const std::string yaml = R"yaml(# a shop
name: shop        # of tea
connections: {store: {dsn: "sqlite:shop.db"}}
emit: final
sources:
  # where orders come from

  # and when
  orders: {type: kafka, brokers: "${BROKERS:-localhost:9092}", topic: "it's", format: json, columns: {id: string not null, n: "int not null check (n > 0)", ts: timestamp not null, off: bigint not null metadata from offset}, watermark: {column: ts, delay: 90 s}, on_error: {to: rejects, stop_above: 10%}}
sinks:
  out:
    input: orders
    where: n > 1 # more than one
    select:
      id: id
      size: >-
        CASE WHEN n > 5 THEN 'large'
             ELSE 'small: #1' END
    key: id, size
# the end
)yaml";

TEST(Format, AColumnMayBeCalledAsASettingIs) {
  const std::string text = R"yaml(name: names

connections:
  store: { dsn: sqlite:names.db }

sources:
  key:
    type: kafka
    brokers: localhost:9092
    topic: t
    format: json
    columns:
      key: string not null
      by: bigint
      columns: bigint
      select: timestamp

transforms:
  select:
    input: key
    steps:
      - select: { key: upper(key), by: by + 1, columns: columns, query: "'a, b'" }
      - extend: { steps: by, key: "concat(key, ',', query)" }

sinks:
  by:
    input: select
    connection: store
    key: [key]
)yaml";
  EXPECT_EQ(formatted("a.yaml", text, Spelling::yaml), text);
  EXPECT_EQ(formatted("a.weir", formatted("a.yaml", text, Spelling::weir), Spelling::yaml), text);
}

TEST(Format, YamlKeepsCommentsAndHasOneLayout) {
  EXPECT_EQ(formatted("a.yaml", yaml, Spelling::yaml), R"yaml(# a shop
name: shop   # of tea
emit: final

connections:
  store: { dsn: sqlite:shop.db }

sources:
  # where orders come from
  #
  # and when
  orders:
    type: kafka
    brokers: ${BROKERS:-localhost:9092}
    topic: it's
    format: json
    columns:
      id: string not null
      n: int not null check (n > 0)
      ts: timestamp not null
      off: bigint not null metadata from offset
    watermark: { column: ts, delay: 90 s }
    on_error: { to: rejects, stop_above: 10% }

sinks:
  out:
    input: orders
    where: n > 1   # more than one
    select:
      id: id
      size: |-
        CASE WHEN n > 5 THEN 'large'
        ELSE 'small: #1' END
    key: [id, size]

# the end
)yaml");
}

TEST(Format, SqlKeepsCommentsAndHasOneLayout) {
  const std::string weir = formatted("a.yaml", yaml, Spelling::weir);
  EXPECT_EQ(weir, R"weir(-- a shop
CREATE PIPELINE shop WITH (emit = 'final');   -- of tea

CREATE CONNECTION store WITH (dsn = 'sqlite:shop.db');

-- where orders come from
--
-- and when
CREATE SOURCE orders (
  id  STRING NOT NULL,
  n   INT NOT NULL CHECK (n > 0),
  ts  TIMESTAMP NOT NULL,
  off BIGINT NOT NULL METADATA FROM 'offset',
  WATERMARK FOR ts AS ts - INTERVAL 90 SECONDS
) WITH (
  type = 'kafka',
  brokers = '${BROKERS:-localhost:9092}',
  topic = 'it''s',
  format = 'json',
  on_error = (to = 'rejects', stop_above = '10%')
);

CREATE SINK out WITH (key = 'id, size') AS
FROM orders
|> WHERE n > 1   -- more than one
|> SELECT id,
          CASE WHEN n > 5 THEN 'large'
          ELSE 'small: #1' END AS size;

-- the end
)weir");
  EXPECT_EQ(formatted("a.weir", weir, Spelling::weir), weir);
}

/// What a file becomes in the other spelling and back, which must mean the same and stay as it is.
void expect_kept(const std::string& name, const std::string& text) {
  const Spelling same = spelling_of(name), other = same == Spelling::yaml ? Spelling::weir : Spelling::yaml;
  const std::string other_name = same == Spelling::yaml ? "a.weir" : "a.yaml", meant = facts(name, text);
  ASSERT_TRUE(meant.find("error[") == std::string::npos) << meant;
  const std::string once = formatted(name, text, same), there = formatted(name, text, other), back = formatted(other_name, there, same);
  EXPECT_EQ(facts(name, once), meant) << once;
  EXPECT_EQ(formatted(name, once, same), once);
  EXPECT_EQ(facts(other_name, there), meant) << there;
  EXPECT_EQ(formatted(other_name, there, other), there);
  EXPECT_EQ(facts(name, back), meant) << back;
}

/// A pipeline whose source says `source` beside the rest, and whose sink says `sink`.
std::string shop(const std::string& source, const std::string& sink) {
  return "name: shop\nconnections: { store: { dsn: \"sqlite:shop.db\" } }\nsources:\n  orders:\n    type: kafka\n    brokers: b:9092\n    topic: t\n    format: json\n" + source +
         "\nsinks:\n  out:\n    input: orders\n" + sink + "\n";
}
const std::string columns = "    columns: { id: string not null, n: int, ts: timestamp not null }";

TEST(Format, TextsInExpressionsMayHaveLines) {
  expect_kept("a.yaml", shop(columns, "    select: { id: id, text: \"concat('a\\n   b\\n\\nc ',\\n  id)\" }"));
  expect_kept("a.yaml", shop(columns, "    where: \"id <> '\\n'\""));
}

TEST(Format, WhatIsEmptyStaysSo) {
  for (const char* section : {"tests: []", "reports: {}", "transforms: {}", "tables: {}", "functions: {}"}) {
    for (const char* comment : {"", "   # nothing yet"}) expect_kept("a.yaml", shop(columns, "") + section + comment + "\n");
  }
  for (const char* test : {"steps: []", "given: {}", "steps: [ { orders: [] } ]", "steps: [ { orders: [ {} ] } ]"})
    expect_kept("a.yaml", shop(columns, "") + "tests:\n  - name: nothing\n    " + test + "   # yet\n    expect: { out: empty }\n");
  for (const char* expected : {"{ out: [] }", "{ out: [ {} ] }", "{ ledger: {} }", "{ ledger: { out: {} } }", "{ rejects: [] }"})
    expect_kept("a.yaml", shop(columns, "") + "tests:\n  - name: nothing\n    expect: " + expected + "\n");
  expect_kept("a.yaml", shop(columns, "    steps: []"));
}

TEST(Format, CommentsInExpressionsEndWhereTheyDid) {
  expect_kept("a.yaml", shop(columns, "    steps:\n      - join: { stream: orders, as: o, keys: { id: \"id -- the same\\n || ''\" }, select: { other: o.id } }"));
  expect_kept("a.yaml", shop("    columns: { id: string not null, n: \"int check (n > 0 -- more\\n OR n < 5)\" }", "    select: { id: id, m: \"n -- it's\\n + 1\" }"));
}

TEST(Format, KeysOfJoinsGetBracketsOnce) {
  for (const char* key : {"concat(id, 'a b')", "NOT(n > 1)", "n\t=\t1", "n%2"})
    expect_kept("a.yaml", shop(columns + "\n    computed: { k: \"" + key + "\" }", std::string("    steps: [ { join: { stream: orders, as: o, keys: { k: \"") + key + "\" }, select: { other: o.id } } } ]"));
}

TEST(Format, ClausesOfColumnsMayHoldQuotesAndBrackets) {
  expect_kept("a.yaml", shop("    columns: { id: \"string not null check (id <> ')') from 'it''s'\", n: \"int check (n < 5) from a.b\", m: \"bigint not   null METADATA from offset\" }", ""));
  expect_kept("a.yaml", shop("    columns: { id: \"string from `a b`\", n: \"int from '\" }", ""));
  expect_kept("a.weir", "CREATE PIPELINE a; CREATE CONNECTION c WITH (dsn = 'sqlite:a.db'); CREATE SOURCE s (d DECIMAL(10,\r\n 2)\r\n NOT NULL) WITH (type = 'kafka', brokers = 'b', topic = 't', format = 'json');"
                        "CREATE SINK o AS FROM s;");
}

TEST(Format, WatermarksMayStandInBracketsAndQuotes) {
  for (const char* watermark : {"(ts)", "(ts) - INTERVAL 1 HOUR", "'`ts` - INTERVAL 1 HOUR'", "\"ts\\t- INTERVAL 1 HOUR\"", "{ column: ts, delay: \"${SPAN:-3 hours}\" }", "{ column: ts, delay: INTERVAL 5 MINUTES }"})
    expect_kept("a.yaml", shop(columns + "\n    watermark: " + watermark, ""));
}

TEST(Format, TextsOfSettingsStayAsTheyAre) {
  for (const char* text : {"\"a\\n  b\\n\"", "\"x$\\ny$\"", "\"  a\\n\\n b \\n\\n\"", "\"a\\rb\"", "'$$'", "a?b", "\"[::1]:9092\""}) {
    expect_kept("a.yaml", shop(columns + "\n    group: " + text, ""));
    expect_kept("a.yaml", shop(columns + "\n    properties: { client.id: \"p\", group.instance.id: " + (std::string(text) == "a?b" ? "\"a?b\"" : text) + " }", ""));
  }
  expect_kept("a.yaml", "description: \"  begins with blanks\\nand goes on\"\n" + shop(columns, ""));
}

// Their SQL stays as it stands, but for blank lines around it; numbers stay numbers, and texts texts.
TEST(Format, ReportsHaveOneLayoutInEitherSpelling) {
  const std::string rest = R"(sources:
  orders: { type: kafka, brokers: "b:1", topic: t, format: json, columns: { id: string not null } }
sinks:
  out: { input: orders, key: [id] }
)";
  const std::string in_yaml = format_pipeline("a.yaml", "name: p\nconnections: { store: { dsn: \"sqlite:a.db\" } }\n" + rest + R"(
reports:   # what is asked
  # of one id
  one:
    sql: "

        select :n, '$$', :t\n          from out   -- all\n\n"
    parameters: { n: 10, t: "10", time: "10:01", off: null, yes: true, no: "false" }   # defaults
    y: n
    chart: bar
  two: { sql: "  select 1 " }
)", Spelling::yaml, builtin_registry());
  EXPECT_THAT(in_yaml, ::testing::HasSubstr(R"(reports:   # what is asked
  # of one id
  one:
    sql: |
      select :n, '$$', :t
                from out   -- all
    parameters: { n: 10, t: "10", time: "10:01", off: null, yes: true, no: "false" }   # defaults
    y: [n]
    chart: bar

  two:
    sql: select 1
)"));
  const std::string weir = format_pipeline("a.yaml", in_yaml, Spelling::weir, builtin_registry());
  EXPECT_THAT(weir, ::testing::HasSubstr(R"(-- what is asked
-- of one id
CREATE REPORT one WITH (
  parameters = (n = 10, t = '10', time = '10:01', off = NULL, yes = true, no = 'false'),   -- defaults
  y = 'n',
  chart = 'bar'
) AS 'select :n, ''$$'', :t
          from out   -- all
';

CREATE REPORT two AS $$ select 1 $$;
)"));
  const std::string back = format_pipeline("a.weir", weir, Spelling::yaml, builtin_registry());
  EXPECT_THAT(back, ::testing::HasSubstr("t: \"10\", time: \"10:01\", off: null, yes: true, no: \"false\" }"));
  const std::string indented = "CREATE REPORT three AS $$\n  select 1\n    from out\n  $$;\n";
  EXPECT_THAT(format_pipeline("a.weir", weir + indented, Spelling::yaml, builtin_registry()), ::testing::HasSubstr("  three:\n    sql: |2\n        select 1\n          from out\n"));
}

TEST(Format, KeysOfTablesMayHaveCommasInTheirNames) {
  expect_kept("a.yaml", shop(columns, "    key: [\"a, b\", id]\n    select: { id: id, \"a, b\": id }"));
}

// What looks like a quote within a text without quotes is none, and what behind it looks like a comment neither.
TEST(Format, TextsWithoutQuotesMayHoldQuotesBehindAColon) {
  expect_kept("a.yaml", shop(columns, "    steps:\n      - extend: { c: length('key:') + n }\n      - extend: { b: 'concat(id /* it''sb, #; */, '''')' }"));
  expect_kept("a.yaml", shop(columns, "    steps:\n      - extend: { \"c\":'length(''# {'')', b: \"concat(id /* it's # */, '')\" } # one"));
}

// A comment between the numbers leaves its blanks and its line's end.
TEST(Format, TypesOfFunctionsMayHoldComments) { EXPECT_EQ(parse_type("DECIMAL(10,  \n 2)"), parse_type("decimal(10, 2)")); }

TEST(Format, CommentsFindAPlaceWhereverTheyStand) {
  const std::string text = shop(columns, "    select:  # one\n      id: concat('it''s', id)  # two it's\n      n: >-   # three\n        n + 1\n      m: \"id || ' # no'\"");
  for (const char* note : {"one", "two it's", "three"}) EXPECT_NE(formatted("a.yaml", text, Spelling::yaml).find(std::string("# ") + note), std::string::npos) << note;
  const std::string weir = formatted("a.yaml", shop(columns, "    steps: [ { aggregate: { by: [id], select: { m: count(*) } } } ]\n    key: [id]\n    on_conflict: update"), Spelling::weir);
  std::string noted = weir;
  noted.replace(noted.find("GROUP BY"), 8, "GROUP -- one\n BY -- two\n");
  noted.replace(noted.find("CREATE PIPELINE shop"), 20, "CREATE PIPELINE shop WITH (state_memory = -- three\n '5 GB' -- four\n)");
  const std::string again = formatted("a.weir", noted, Spelling::weir);
  for (const char* note : {"one", "two", "three", "four"}) EXPECT_NE(again.find(note), std::string::npos) << note << again;
  EXPECT_EQ(formatted("a.weir", again, Spelling::weir), again);
}

}  // namespace
}  // namespace weir
