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
  return compiled.plan == nullptr ? wrong + text : fingerprint(*compiled.plan) + *explain(*compiled.plan, ExplainFormat::json);
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

}  // namespace
}  // namespace weir
