// spellings_test.cpp — two texts, one plan: what is shipped in YAML and in SQL, and every pair of texts here, become the same.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "connectors/builtin.h"
#include "dsl/compile.h"

namespace weir {
namespace {

// Plans point into the registry.
const Registry& registry() {
  static const Registry builtin = builtin_registry();
  return builtin;
}

std::string said(const Diagnostics& diagnostics) {
  std::string text;
  for (const Error& error : diagnostics.errors()) text += render(error);
  return text;
}

/// All that explain tells of a plan, and its fingerprint; what is wrong instead of a plan.
std::string facts(const Compiled& compiled) {
  if (compiled.plan == nullptr) return said(compiled.diagnostics);
  const auto text = explain(*compiled.plan, compiled.reports, ExplainFormat::json);
  return fingerprint(*compiled.plan) + "\n" + (text.ok() ? *text : render(text.error()));
}

class ShippedPipeline : public testing::TestWithParam<std::string> {};

TEST_P(ShippedPipeline, IsOnePlanInBothSpellings) {
  const std::string path = std::string(WEIR_SOURCE_DIR) + "/pipelines/" + GetParam();
  const Compiled yaml = compile_file(path + ".yaml", registry(), {});
  const Compiled weir = compile_file(path + ".weir", registry(), {});
  ASSERT_NE(yaml.plan, nullptr) << said(yaml.diagnostics);
  EXPECT_EQ(facts(weir), facts(yaml));
  EXPECT_EQ(weir.diagnostics.warnings().size(), yaml.diagnostics.warnings().size());
}

std::vector<std::string> shipped() {
  const std::filesystem::path folder = std::filesystem::path(WEIR_SOURCE_DIR) / "pipelines";
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().lexically_relative(folder).replace_extension().string());
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Files, ShippedPipeline, testing::ValuesIn(shipped()),
                         [](const auto& case_info) { return std::filesystem::path(case_info.param).filename().string(); });

// What queries read and write, in both spellings.
const std::string yaml_head = R"yaml(name: shop
connections: { store: { dsn: "sqlite:shop.db" } }
sources:
  orders:
    type: kafka
    brokers: localhost:9092
    topic: orders
    format: json
    columns:
      id: string not null
      shop: string not null
      amount: decimal(10,2) not null check (amount > 0)
      lines: array<struct<sku string, quantity int>>
      ts: timestamp not null
      offset_of: bigint not null metadata from offset
      name_of: string from 'product.name'
    computed: { day: "date_format(ts, 'yyyy-MM-dd')" }
    watermark: ts - INTERVAL 1 HOUR
    late: { correct: 1 day }
    idle_after: 60 s
    on_error: { to: rejects, stop_above: 10% }
tables:
  shops: { type: csv, file: shops.csv, columns: { id: string not null, city: string, country: string }, key: [id], refresh: 10 minutes }
)yaml";
const std::string weir_head = R"weir(
CREATE PIPELINE shop;
CREATE CONNECTION store WITH (dsn = 'sqlite:shop.db');
CREATE SOURCE orders (
  id STRING NOT NULL, shop STRING NOT NULL,
  amount DECIMAL(10, 2) NOT NULL CHECK (amount > 0 /* nothing is free */),
  lines ARRAY<STRUCT<sku STRING, quantity INT>>,
  ts TIMESTAMP -- when it was paid
    NOT NULL,
  offset_of BIGINT NOT NULL METADATA FROM 'offset',
  name_of STRING FROM 'product.name',
  day AS date_format(ts, 'yyyy-MM-dd'),
  WATERMARK FOR ts AS ts - INTERVAL 1 HOUR
) WITH (type = 'kafka', brokers = 'localhost:9092', topic = "orders", format = json,
        late = (correct = '1 day'), idle_after = INTERVAL 60 SECONDS, on_error = (to = 'rejects', stop_above = '10%'));
CREATE TABLE shops (id STRING NOT NULL, city STRING, country STRING, PRIMARY KEY (id))
WITH (type = 'csv', file = 'shops.csv', refresh = '10 minutes');
)weir";

/// The last sink of the pipeline: what it says in YAML, and the same behind CREATE SINK out.
void expect_equal(const std::string& yaml, const std::string& weir) {
  const Compiled first = compile_yaml("a.yaml", yaml_head + "sinks:\n  out: " + yaml + "\n", registry(), {});
  const Compiled second = compile_weir("a.weir", weir_head + "CREATE SINK out " + weir + "\n", registry(), {});
  ASSERT_NE(first.plan, nullptr) << said(first.diagnostics);
  EXPECT_EQ(facts(second), facts(first)) << weir;
}

const std::string keyed = "input: orders, key: [id]";

TEST(Spellings, OfStepsOverRows) {
  expect_equal("{ " + keyed + ", where: amount > 5, select: { id: id, twice: amount * 2 } }",
               "WITH (key = 'id') AS FROM orders |> WHERE amount > 5 |> SELECT id, amount * 2 AS twice;");
  expect_equal("{ " + keyed + ", where: amount > 5, select: { id: id, twice: amount * 2 } }", "WITH (key = id) AS SELECT id, amount * 2 AS twice FROM orders WHERE amount > 5");
  expect_equal("{ " + keyed + ", steps: [ { extend: { twice: amount * 2 } }, { drop: [lines, day] }, { rename: { twice: double, shop: place } } ] }",
               "WITH (key = 'id') AS FROM orders |> EXTEND amount * 2 AS twice |> DROP lines, day |> RENAME twice AS double, shop AS place;");
  expect_equal("{ " + keyed + ", steps: [ { extend: { twice: amount * 2 } } ] }", "WITH (key = 'id') AS SELECT *, amount * 2 AS twice FROM orders;");
  expect_equal("{ input: orders, key: [id, n], steps: [ { explode: { of: lines, as: line, position: n, keep_empty: true } }, { select: { id: id, n: n, sku: line.sku } } ] }",
               "WITH (key = 'id, n') AS FROM orders |> EXPLODE lines AS line POSITION n KEEP EMPTY |> SELECT id, n, line.sku;");
  expect_equal("{ input: orders, key: [id], steps: [ { explode: lines } ] }", "WITH (key = 'id') AS FROM orders |> EXPLODE lines;");
  expect_equal("{ input: orders, steps: [ { union: [orders] } ] }", "AS FROM orders |> UNION ALL orders;");
  expect_equal("{ input: orders, steps: [ { dedup: { key: [id, shop], within: 2 hours } } ] }", "AS FROM orders |> DEDUP ON id, shop WITHIN INTERVAL 2 HOURS;");
}

TEST(Spellings, OfAggregates) {
  const std::string sink = "input: orders, key: [shop, window_end], on_conflict: update";
  const std::string with = "WITH (key = 'shop, window_end', on_conflict = 'update') AS ";
  const std::string steps = "{ aggregate: { window: \"tumble(ts, INTERVAL '5' MINUTES)\", by: [shop], select: { total: sum(amount) } } }";
  expect_equal("{ " + sink + ", steps: [ " + steps + " ] }", with + "FROM orders |> AGGREGATE sum(amount) AS total GROUP BY shop, TUMBLE(ts, INTERVAL '5' MINUTES);");
  expect_equal("{ " + sink + ", steps: [ " + steps + " ] }",
               with + "FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' MINUTES)) |> AGGREGATE sum(amount) AS total GROUP BY window_start, window_end, shop;");
  const std::string select_of_total = "{ select: { window_end: window_end, shop: shop, total: total } }";
  const std::string having = "{ where: total > 100 }";
  expect_equal("{ " + sink + ", steps: [ " + steps + ", " + having + ", " + select_of_total + " ] }",
               with + "SELECT window_end, shop, sum(amount) AS total FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' MINUTES)) "
                      "GROUP BY shop, window_start, window_end HAVING total > 100;");
  // Called by the window's name, by its number, and by another name.
  for (const char* select : {"SELECT w.window_end, w.shop, sum(w.amount) AS total FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' MINUTES)) AS w "
                             "GROUP BY w.shop, w.window_start, w.window_end HAVING total > 100;",
                             "SELECT window_end, shop, sum(amount) AS total FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' MINUTES)) GROUP BY 1, 2 HAVING total > 100;"}) {
    expect_equal("{ " + sink + ", steps: [ " + steps + ", " + having + ", " + select_of_total + " ] }", with + select);
  }
  expect_equal("{ input: orders, key: [shop, ended], on_conflict: update, steps: [ " + steps + ", { select: { ended: window_end, shop: shop, total: total } } ] }",
               "WITH (key = 'shop, ended', on_conflict = 'update') AS SELECT window_end AS ended, shop, sum(amount) AS total "
               "FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '5' MINUTES)) GROUP BY shop, ended;");
  const std::string by_city = "input: orders, key: [name], on_conflict: update";
  const std::string named = "{ aggregate: { by: { name: upper(shop) }, select: { n: count(*) } } }";
  for (const char* key : {"upper(shop)", "name", "1", "upper( shop )"}) {
    expect_equal("{ " + by_city + ", steps: [ " + named + " ] }",
                 fmt::format("WITH (key = 'name', on_conflict = 'update') AS SELECT upper(shop) AS name, count(*) AS n FROM orders o GROUP BY {};", key));
  }
  expect_equal("{ " + by_city + ", steps: [ { aggregate: { by: { name: upper(shop) }, select: { n: count(*), having: sum(amount) > 9 } } }, { where: having }, "
                                "{ select: [name, n] } ] }",
               "WITH (key = 'name', on_conflict = 'update') AS SELECT upper(shop) AS name, count(*) AS n FROM orders GROUP BY 1 HAVING sum(amount) > 9;");
}

TEST(Spellings, OfSessionsOfPartitions) {
  const std::string yaml = "{ input: orders, key: [shop, window_end], on_conflict: update, steps: [ "
                           "{ aggregate: { window: \"session(ts, INTERVAL '10' MINUTES)\", by: [shop], select: { total: sum(amount) } } } ] }";
  const std::string with = "WITH (key = 'shop, window_end', on_conflict = 'update') AS ";
  const std::string steps = " |> AGGREGATE sum(amount) AS total GROUP BY shop, window_start, window_end;";
  for (const char* partition : {"PARTITION BY shop", "partition by (`shop`)", "PARTITION -- as Flink has it\n BY shop"}) {
    expect_equal(yaml, with + fmt::format("FROM TABLE(SESSION(TABLE orders {}, DESCRIPTOR(ts), INTERVAL '10' MINUTES))", partition) + steps);
  }
  expect_equal("{ input: orders, key: [shop, id, window_end], on_conflict: update, steps: [ "
               "{ aggregate: { window: \"session(ts, INTERVAL '10' MINUTES)\", by: [shop, id], select: { n: count(*) } } } ] }",
               "WITH (key = 'shop, id, window_end', on_conflict = 'update') AS SELECT o.shop, o.id, o.window_start, o.window_end, count(*) AS n "
               "FROM TABLE(SESSION(TABLE orders PARTITION BY id, shop, DESCRIPTOR(ts), INTERVAL '10' MINUTES)) AS o GROUP BY o.shop, o.id, window_start, o.window_end;");
}

TEST(Spellings, OfJoinsWithTables) {
  expect_equal("{ " + keyed + ", steps: [ { join: { table: shops, keys: { id: shop }, type: left, select: [city] } } ] }",
               "WITH (key = 'id') AS FROM orders |> LEFT JOIN shops ON shops.id = shop SELECT city;");
  expect_equal("{ " + keyed + ", steps: [ { join: { table: shops, keys: { id: upper(shop) }, select: { city: shops.city, where_to: \"concat(shops.city, shop)\" } } } ] }",
               "WITH (key = 'id') AS FROM orders AS o |> INNER JOIN shops AS s ON upper(o.shop) = s.id SELECT city, concat(s.city, o.shop) AS where_to;");
  expect_equal("{ " + keyed + ", steps: [ { join: { table: shops, keys: { id: id } } } ] }", "WITH (key = 'id') AS FROM orders |> JOIN shops USING (id);");
  expect_equal("{ " + keyed + ", steps: [ { join: { table: shops, keys: { id: shop }, select: { shops.city: shops.city, shops.country: shops.country } } }, "
                              "{ where: shops.country = 'NO' }, { select: { id: id, town: shops.city } } ] }",
               "WITH (key = 'id') AS SELECT o.id, s.city AS town FROM orders o JOIN shops s ON s.id = o.shop WHERE s.country = 'NO';");
}

// The example of docs/language.
TEST(Spellings, OfASelectThatHasEverything) {
  expect_equal("{ input: orders, key: [city], on_conflict: update, steps: [ { join: { table: shops, keys: { id: shop }, type: left, select: { shops.city: shops.city } } }, "
               "{ where: amount > 5 }, { aggregate: { by: { city: \"coalesce(shops.city, 'unknown')\" }, select: { orders: count(*), having: count(*) > 10 } } }, { where: having }, "
               "{ select: [city, orders] }, { where: city <> 'nowhere' } ] }",
               "WITH (key = 'city', on_conflict = 'update') AS SELECT coalesce(s.city, 'unknown') AS city, count(*) AS orders FROM orders AS o LEFT JOIN shops AS s ON s.id = o.shop "
               "WHERE o.amount > 5 GROUP BY city HAVING count(*) > 10 |> WHERE city <> 'nowhere';");
}

TEST(Spellings, OfJoinsOfStreamsInASelect) {
  const std::string rest = ", keys: { shop: shop }, select: { later.id: later.id } } }, { select: { id: id, next: later.id } } ] }";
  expect_equal("{ input: orders, steps: [ { join: { stream: orders, as: later, between: [-5 minutes, 1 hour]" + rest,
               "AS SELECT o.id, later.id AS next FROM orders AS o JOIN orders AS later ON later.shop = o.shop WITHIN -INTERVAL 5 MINUTES AND INTERVAL 1 HOUR;");
  expect_equal("{ input: orders, steps: [ { join: { stream: orders, as: later, type: left, within: 1 hour" + rest,
               "AS SELECT o.id, later.id AS next FROM orders o LEFT JOIN orders later ON o.shop = later.shop WITHIN INTERVAL '1' HOUR;");
  expect_equal("{ input: orders, steps: [ { join: { stream: orders, as: later, where: \"(later.ts BETWEEN ts AND ts + INTERVAL '1' HOUR)\", keys: { shop: shop }, select: { later.id: later.id, later.ts: later.ts } } }, "
               "{ select: { id: id, next: later.id, at: later.ts } } ] }",
               "AS SELECT o.id, later.id AS next, later.ts AS at FROM orders o JOIN orders later ON o.shop = later.shop AND later.ts BETWEEN o.ts AND o.ts + INTERVAL '1' HOUR;");
}

TEST(Spellings, OfJoinsThatAddNothing) {
  expect_equal("{ input: orders, steps: [ { join: { stream: orders, as: later, within: 1 hour, keys: { shop: shop }, select: {} } } ] }",
               "AS FROM orders |> JOIN orders AS later ON later.shop = shop WITHIN INTERVAL 1 HOUR SELECT ();");
  expect_equal("{ input: orders, steps: [ { join: { table: shops, keys: { id: shop }, select: [] } }, { select: { id: id } } ] }", "AS SELECT o.id FROM orders o JOIN shops ON shops.id = o.shop;");
}

TEST(Spellings, GroupsByAnItemHoweverItIsWritten) {
  expect_equal("{ input: orders, key: [name], on_conflict: update, steps: [ { aggregate: { by: { name: Upper( shop ) }, select: { n: count(*) } } } ] }",
               "WITH (key = 'name', on_conflict = 'update') AS SELECT Upper( shop ) AS name, count(*) AS n FROM orders GROUP BY upper(shop /* in capitals */);");
}

TEST(Spellings, NamesMayBeKeywords) {
  const std::string weir = R"weir(create pipeline `stream`; create connection `table` with (dsn = 'sqlite:a.db');
    create source "source" (key string not null, `group` string, window string, table string, stream string, select string, "from" string)
    with (type = 'kafka', brokers = 'b:9', topic = 't', format = 'json');
    create sink sink with (key = 'key') as from source |> select key, group, window, table as stream, stream as select, "from", coalesce(select, "from") as where)weir";
  const std::string yaml = R"yaml(name: stream
connections: { table: { dsn: "sqlite:a.db" } }
sources:
  source: { type: kafka, brokers: "b:9", topic: t, format: json, columns: { key: string not null, group: string, window: string, table: string, stream: string, select: string, from: string } }
sinks:
  sink: { input: source, key: [key], select: { key: key, group: group, window: window, stream: table, select: stream, from: from, where: "coalesce(select, `from`)" } }
)yaml";
  EXPECT_EQ(facts(compile_weir("a.weir", weir, registry(), {})), facts(compile_yaml("a.yaml", yaml, registry(), {})));
}

TEST(Spellings, VariablesStandInTextsAndForExpressions) {
  Variables variables;
  variables.environment = {{"LIMIT", "5 + 1"}, {"TABLE", "sold"}, {"SHOP", "Oslo"}};
  const Compiled yaml = compile_yaml("a.yaml", yaml_head + "sinks: { out: { input: orders, key: id, table: \"${TABLE}_now\", where: \"amount > ${LIMIT} AND shop = '${SHOP}'\" } }\n", registry(), variables);
  const Compiled weir = compile_weir("a.weir", weir_head + "CREATE SINK out WITH (key = id, table = '${TABLE}_now') AS FROM orders |> WHERE amount > ${LIMIT} AND shop = '${SHOP}';", registry(), variables);
  EXPECT_EQ(facts(weir), facts(yaml));
}

// What a hostile or broken file says is an error, in time and without end of memory.
TEST(Spellings, BoundsWhatAFileMayAskFor) {
  const auto says = [](const std::string& text, const std::string& message) {
    const Compiled compiled = compile_weir("a.weir", text, registry(), {});
    const auto& errors = compiled.diagnostics.errors();
    return std::any_of(errors.begin(), errors.end(), [&](const Error& error) { return error.message().starts_with(message); });
  };
  const auto times = [](const std::string& text, int count) {
    std::string result;
    for (int i = 0; i < count; ++i) result += text;
    return result;
  };
  EXPECT_TRUE(says("CREATE STREAM s AS FROM a |> WHERE " + times("(", 5000) + "1" + times(")", 5000), "the statement is nested too deeply: more than 200 levels"));
  EXPECT_TRUE(says("CREATE STREAM s AS FROM a |> WHERE t:a" + times(".b[0]", 250), "the statement is nested too deeply: more than 200 levels"));
  EXPECT_FALSE(says("CREATE STREAM s AS FROM a |> WHERE 1" + times(" + t:a.b['c'].d", 250), "the statement is nested too deeply"));
  EXPECT_TRUE(says("CREATE CONNECTION c WITH (a = " + times("[", 5000), "the statement is nested too deeply: more than 200 levels"));
  EXPECT_TRUE(says("CREATE SOURCE s (a " + times("array<", 5000) + "int", "the statement is nested too deeply: more than 200 levels"));
  EXPECT_TRUE(says("CREATE STREAM s AS FROM a |> DROP x" + times(", x", 15000), "the statement is too long: more than 20000 words and signs"));
  EXPECT_TRUE(says(times(" ", 1 << 20) + " ", "the file is too long: 1048577 bytes; a pipeline has at most 1 MiB"));
  EXPECT_TRUE(says(std::string("CREATE \xff PIPELINE a;"), "this line is not valid UTF-8"));
  EXPECT_TRUE(says(times("CREATE '", 301), "this text is not closed"));
  EXPECT_TRUE(says(weir_head + "CREATE SINK out AS FROM orders |> SELECT id, length(id) AS a" + times(" |> EXTEND a + a AS a", 20) + ";", "this would compute more than 100000 calls for a row"));
  EXPECT_FALSE(says(weir_head + "CREATE SINK out AS FROM orders |> SELECT id, length(id) AS a" + times(" |> EXTEND a + 1 AS a", 60) + ";", "this would compute"));
  EXPECT_TRUE(says(weir_head + "CREATE SINK out AS FROM orders |> UNION orders" + times(", orders", 1100) + ";", "rows would come here by more than 1000 ways"));
  EXPECT_TRUE(says(weir_head + "CREATE SINK out AS FROM orders" + times(" |> WHERE id > ''", 1100) + ";", "rows would go through more than 1000 steps behind each other"));
  EXPECT_FALSE(says(weir_head + "CREATE SINK out AS FROM orders" + times(" |> WHERE id > ''", 990) + ";", "rows would go through"));
  std::string many;
  for (int i = 0; i < 4100; ++i) many += fmt::format(", id AS c{}", i);
  EXPECT_TRUE(says(weir_head + "CREATE SINK out AS FROM orders |> SELECT id" + many + ";", "rows have at most 4000 columns, and these would have 4101"));
}

// Texts that are nearly right: parts of a good one left out, doubled or put elsewhere.
TEST(Spellings, SurvivesWhatIsNearlyRight) {
  const std::string good = weir_head + "CREATE STREAM s AS FROM orders |> EXPLODE lines AS line |> DEDUP ON id WITHIN INTERVAL 1 HOUR;\n"
                                       "CREATE SINK out WITH (key = 'shop', on_conflict = 'update') AS SELECT shop, sum(amount) AS total FROM s JOIN shops ON shops.id = shop "
                                       "WHERE amount > ${LIMIT:-1} GROUP BY shop HAVING count(*) > 1;\n";
  std::mt19937 random(7);
  const auto below = [&](std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random); };
  for (int round = 0; round < 1500; ++round) {
    std::string text = good;
    for (std::size_t change = 0; change <= below(3); ++change) {
      const std::string part = good.substr(below(good.size()), below(20));
      const std::size_t at = below(text.size());
      below(2) == 0 ? text.insert(at, part) : text.replace(at, below(20), part);
    }
    const Compiled compiled = compile_weir("a.weir", text, registry(), {});
    EXPECT_EQ(compiled.plan == nullptr, !compiled.diagnostics.ok()) << text;
  }
}

}  // namespace
}  // namespace weir
