// compile_test.cpp — what good pipelines become.
#include "dsl/compile.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "connectors/builtin.h"

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
  for (const Error& warning : diagnostics.warnings()) text += render(warning, "warning");
  return text;
}

std::shared_ptr<const Plan> plan_of(const std::string& text, const Variables& variables = {}) {
  const Compiled compiled = compile_yaml("test.yaml", text, registry(), variables);
  EXPECT_NE(compiled.plan, nullptr) << said(compiled.diagnostics);
  return compiled.plan;
}

std::string columns(const Schema& schema) {
  std::string text;
  for (const Field& field : schema.fields) {
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", field.name, to_string(field.type),
                        field.nullable ? "" : " not null");
  }
  return text;
}

std::string outputs(const SinkNode& sink) {
  std::string text;
  for (const ExpressionPtr& expression : sink.expressions)
    text += (text.empty() ? "" : "; ") + print(*expression);
  return text;
}

const std::string head = R"(name: shop
description: page views
connections:
  warehouse: { dsn: "postgresql:///weir" }
sources:
  views:
    type: kafka
    brokers: localhost:9092
    topic: views
    format: json
    columns:
      id: string not null
      seconds: BIGINT NOT NULL
      price: decimal(10, 2)
      label: string from "Product Name"
      position: bigint metadata from offset
      partition: int metadata
)";

TEST(Compile, ReadsColumns) {
  const auto plan = plan_of(head + "sinks: { facts: { input: views, key: id } }\n");
  ASSERT_NE(plan, nullptr);
  EXPECT_EQ(columns(plan->nodes[0].schema),
            "id string not null, seconds bigint not null, price decimal(10,2), label string, position bigint "
            "not null, partition int not null");
  const auto& scan = std::get<ScanNode>(plan->nodes[0].operation);
  EXPECT_EQ(scan.columns[3].decoded.from, "Product Name");
  EXPECT_TRUE(scan.columns[4].decoded.is_metadata);
  EXPECT_EQ(scan.columns[4].decoded.from, "offset");
  EXPECT_EQ(scan.on_error.reaction, OnRowError::reject);
}

TEST(Compile, ReadsErrorPolicies) {
  const auto policy = [](const std::string& text) {
    const auto plan =
        plan_of(head + "    on_error: " + text + "\nsinks: { facts: { input: views, key: id } }\n");
    return plan != nullptr ? std::get<ScanNode>(plan->nodes[0].operation).on_error : ErrorPolicy{};
  };
  EXPECT_EQ(policy("fail").reaction, OnRowError::fail);
  EXPECT_EQ(policy("null").reaction, OnRowError::null);
  EXPECT_EQ(policy("{ to: rejects, stop_above: 10% }").stop_above, 0.1);
  EXPECT_EQ(policy("{ stop_above: 0.25 }").stop_above, 0.25);
}

TEST(Compile, ASinkWithoutSelectTakesEveryColumn) {
  const auto plan = plan_of(head + R"(transforms:
  cheap:
    input: views
    steps:
      - where: price < 10.00
      - drop: [label, position, partition]
      - rename: { seconds: time }
      - extend: { day: to_date(timestamp_seconds(time)) }
sinks:
  facts: { input: cheap, key: [id] }
)");
  ASSERT_NE(plan, nullptr);
  const SinkNode& sink = plan->sinks.front();
  EXPECT_EQ(sink.table.table, "facts");
  EXPECT_EQ(columns(sink.table.schema),
            "id string not null, time bigint not null, price decimal(10,2) not null, day date not null");
}

TEST(Compile, ASinkSelectsAndFilters) {
  const auto plan = plan_of(head + R"(sinks:
  facts:
    input: views
    where: price is not null
    select: { key: id, double_price: price * 2, text: "'it''s'" }
    connection: warehouse
    table: public.facts
    key: [key]
    on_conflict: update newer by double_price
  names:
    input: views
    select: [label, id]
    key: label, id
    on_conflict: error
    references: [{ columns: id, table: public.facts, references: [key] }]
)");
  ASSERT_NE(plan, nullptr);
  const SinkNode& facts = plan->sinks[0];
  EXPECT_EQ(facts.table.table, "public.facts");
  EXPECT_EQ(outputs(facts), "id; price * 2; 'it''s'");
  EXPECT_EQ(facts.table.on_conflict, OnConflict::update_newer);
  EXPECT_EQ(facts.table.newer_by, 1U);
  const SinkNode& names = plan->sinks[1];
  EXPECT_EQ(outputs(names), "label; id");
  EXPECT_EQ(names.table.key, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(names.table.on_conflict, OnConflict::error);
  EXPECT_EQ(names.table.references.front().references, std::vector<std::string>{"key"});
}

TEST(Compile, OnlyWhatStandsBehindAConditionOnGroupsMayLoseRows) {
  const auto plan = plan_of(R"yaml(name: shop
connections: { store: { dsn: "sqlite:shop.db" } }
sources:
  orders: { type: kafka, brokers: b, topic: t, format: json, columns: { id: string not null, n: int, ts: timestamp not null }, watermark: ts - INTERVAL 1 HOUR }
transforms:
  totals: { input: orders, steps: [ { where: n > 0 }, { aggregate: { by: [id], select: { total: sum(n) } } } ] }
  sessions: { input: orders, steps: [ { aggregate: { window: "session(ts, INTERVAL 5 MINUTES)", by: [id], select: { total: sum(n) } } } ] }
sinks:
  rows: { input: orders, connection: store, where: n > 1, key: id, on_conflict: update }
  all: { input: totals, connection: store, key: id, on_conflict: update }
  large: { input: totals, connection: store, where: total > 10, key: id, on_conflict: update }
  visits: { input: sessions, connection: store, key: [id, window_start], on_conflict: update }
)yaml");
  ASSERT_NE(plan, nullptr);
  for (const SinkNode& sink : plan->sinks) EXPECT_EQ(sink.table.rows_can_go, sink.table.sink == "large" || sink.table.sink == "visits") << sink.table.sink;
}

TEST(Compile, StreamsMayStandInAnyOrder) {
  const auto plan = plan_of(head + R"(transforms:
  last: { input: [middle, first] }
  middle: { input: first, steps: [ { where: seconds > 0 } ] }
  first: { input: views, steps: [ { union: views } ] }
sinks:
  facts: { input: last, key: [id] }
)");
  EXPECT_NE(plan, nullptr);
}

TEST(Compile, ReadsFills) {
  const auto plan = plan_of(head + R"(transforms:
  days: { input: views, steps: [ { extend: { at: timestamp_seconds(seconds) } } ] }
sinks:
  dates:
    input: days
    select: { day: to_date(at) }
    key: [day]
    fill: { column: at, from: 2024-01-01, to: 2026-12-31 }
)");
  ASSERT_NE(plan, nullptr);
  ASSERT_TRUE(plan->sinks[0].fill.has_value());
  EXPECT_EQ(plan->sinks[0].fill->column, "at");
  EXPECT_EQ(to_text(plan->sinks[0].fill->to), "2026-12-31 00:00:00");
}

TEST(Compile, PutsVariablesInEverywhere) {
  Variables variables;
  variables.environment = {{"TABLE", "facts_7"}, {"LIMIT", "10"}};
  const auto plan = plan_of(
      head +
          "sinks: { facts: { input: views, table: \"${TABLE}\", where: \"seconds > ${LIMIT}\", key: id } }\n",
      variables);
  ASSERT_NE(plan, nullptr);
  EXPECT_EQ(plan->sinks[0].table.table, "facts_7");
}

TEST(Compile, RefusesOtherFiles) {
  const auto message = [](const std::string& path) {
    return compile_file(path, registry(), {}).diagnostics.errors().front().message();
  };
  EXPECT_EQ(message("/not/there.weir"), "cannot read /not/there.weir: No such file or directory");
  EXPECT_EQ(message("a.txt"), "not the name of a pipeline file: a.txt");
  EXPECT_EQ(message("/not/there.yaml"), "cannot read /not/there.yaml: No such file or directory");
}

TEST(Compile, CompilesTheShippedPipelines) {
  const Compiled compiled = compile_file(
      std::string(WEIR_SOURCE_DIR) + "/pipelines/product_view/product_view.yaml", registry(), {});
  ASSERT_NE(compiled.plan, nullptr) << said(compiled.diagnostics);
  EXPECT_TRUE(compiled.diagnostics.errors().empty());
  // Without a geo database it says what will be NULL, and nothing else.
  ASSERT_EQ(compiled.diagnostics.warnings().size(), 1U) << said(compiled.diagnostics);
  EXPECT_TRUE(compiled.diagnostics.warnings()[0].message().starts_with("the setting geo_database is empty"));
  EXPECT_EQ(compiled.plan->sinks.size(), 5U);
}

}  // namespace
}  // namespace weir
