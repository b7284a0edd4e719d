// include_test.cpp — pipelines in several files, of either spelling.
#include "dsl/include.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "connectors/builtin.h"
#include "dsl/format.h"

namespace weir {
namespace {

using ::testing::HasSubstr;

constexpr const char* shop_weir = R"(CREATE CONNECTION store WITH (dsn = 'sqlite:shop.db');
CREATE SOURCE orders (id STRING NOT NULL, shop STRING, ts TIMESTAMP NOT NULL, WATERMARK FOR ts AS ts)
WITH (type = 'kafka', brokers = '${BROKERS:-localhost:9092}', topic = 'orders', format = 'json');
)";
constexpr const char* shop_yaml = R"(connections: { store: { dsn: "sqlite:shop.db" } }
sources:
  orders: { type: kafka, brokers: "${BROKERS:-localhost:9092}", topic: orders, format: json, columns: { id: string not null, shop: string, ts: timestamp not null }, watermark: ts }
)";

class Include : public ::testing::Test {
 protected:
  Include() {
    folder = std::filesystem::path(::testing::TempDir()) / ("include_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~Include() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  Compiled compile(const std::string& name) { return compile_file((folder / name).string(), registry, variables); }
  /// Everything that is wrong, with paths from the folder.
  std::string wrong(const std::string& name) {
    const Compiled compiled = compile(name);
    std::string text;
    for (const Error& error : compiled.diagnostics.errors()) text += render(error) + "\n";
    const std::string prefix = folder.string() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) text.erase(at, prefix.size());
    return text;
  }
  std::string facts(const std::string& name) {
    const Compiled compiled = compile(name);
    EXPECT_NE(compiled.plan, nullptr) << wrong(name);
    return compiled.plan == nullptr ? "" : *explain(*compiled.plan, compiled.reports, ExplainFormat::json);
  }

  std::filesystem::path folder;
  Registry registry = builtin_registry();
  Variables variables;
};

TEST_F(Include, IsAsIfTheSectionsStoodThere) {
  write("shop.weir", shop_weir);
  write("parts/shop.yaml", shop_yaml);
  const std::string rest = "transforms: { big: { input: orders, steps: [ where: \"shop <> 'x'\" ] } }\nsinks: { out: { input: big, key: [id] } }\n";
  const std::string rest_weir = "CREATE STREAM big AS FROM orders |> WHERE shop <> 'x';\nCREATE SINK out WITH (key = 'id') AS FROM big;\n";
  write("whole.yaml", "name: p\n" + std::string(shop_yaml) + rest);
  write("a.yaml", "name: p\ninclude: shop.weir\n" + rest);
  write("b.yaml", "name: p\n" + rest + "include: [parts/shop.yaml]\n");
  write("a.weir", "CREATE PIPELINE p;\nINCLUDE 'shop.weir';\n" + rest_weir);
  write("b.weir", rest_weir + "include 'parts/shop.yaml';\nCREATE PIPELINE p;\n");
  const std::string whole = facts("whole.yaml");
  for (const char* name : {"a.yaml", "b.yaml", "a.weir", "b.weir"}) EXPECT_EQ(facts(name), whole) << name;
}

TEST_F(Include, KnowsStreamsOfAllFilesWhereOneIsJoined) {
  write("shop.weir", shop_weir);
  write("clicks.weir", "INCLUDE 'shop.weir';\nCREATE SOURCE clicks (id STRING, at TIMESTAMP, WATERMARK FOR at AS at) WITH (type = 'kafka', brokers = 'b', topic = 'clicks', format = 'json');\n"
                       "CREATE STREAM met AS FROM orders |> JOIN clicked AS c ON c.id = id WITHIN INTERVAL 1 HOUR SELECT at;\n");
  write("p.weir", "CREATE PIPELINE p;\nINCLUDE 'clicks.weir';\nINCLUDE './shop.weir';\nCREATE STREAM clicked AS FROM clicks;\n"
                  "CREATE SINK out AS FROM orders |> JOIN clicks AS k ON k.id = id WITHIN INTERVAL 1 HOUR SELECT k.at AS at;\nCREATE SINK met AS FROM met;\n");
  EXPECT_THAT(facts("p.weir"), HasSubstr("join c by id = id within 1 h"));
}

TEST_F(Include, PointsAtThePlaceInTheFileThatIsWrong) {
  write("shop.weir", std::string(shop_weir) + "CREATE STREAM wrong AS FROM orders |> EXTEND uper(shop) AS s;\nCREATE STREAM worse AS FROM orders |>;\n");
  write("p.yaml", "name: p\ninclude: [shop.weir]\nsinks: { out: { input: wrong, key: [id] }, none: { input: order } }\n");
  const std::string text = wrong("p.yaml");
  EXPECT_THAT(text, HasSubstr(" --> shop.weir:4:46\n"));
  EXPECT_THAT(text, HasSubstr("did you mean upper?"));
  EXPECT_THAT(text, HasSubstr(" --> shop.weir:5:"));
  EXPECT_THAT(text, HasSubstr(" --> p.yaml:3:"));
}

TEST_F(Include, RefusesWhatTwoFilesDefineAndNamesBothPlaces) {
  write("shop.yaml", shop_yaml);
  write("p.yaml", "name: p\ninclude: [shop.yaml]\nconnections:\n  store: { dsn: \"sqlite:other.db\" }\nsinks: { out: { input: orders, key: [id] } }\n");
  EXPECT_THAT(wrong("p.yaml"), HasSubstr("error[W0211]: store of connections is defined twice\n --> p.yaml:4:3\n"));
  EXPECT_THAT(wrong("p.yaml"), HasSubstr("note: the first one stands here\n --> shop.yaml:1:16"));
  write("q.yaml", "include: [r.yaml]\nname: q\nsinks: { out: { input: orders, key: [id] } }\n");
  write("r.yaml", "name: r\n" + std::string(shop_yaml));
  EXPECT_THAT(wrong("q.yaml"), HasSubstr("error[W0013]: name is said twice\n --> q.yaml:2:1"));
  EXPECT_THAT(wrong("q.yaml"), HasSubstr("note: the first one stands here\n --> r.yaml:1:1"));
}

TEST_F(Include, TakesReportsAndPointsIntoTheirSql) {
  write("shop.weir", shop_weir);
  write("reports.weir", "CREATE REPORT days AS $$\nselect day\nfrom out\nwhere day = :dya\n$$;\n");
  const std::string head = "name: p\ninclude: [shop.weir, reports.weir]\nsinks: { out: { input: orders, key: [id] } }\n";
  write("p.yaml", head + "reports:\n  days: { sql: select 1 }\n");
  EXPECT_THAT(wrong("p.yaml"), HasSubstr("error[W0211]: days of reports is defined twice\n --> p.yaml:5:3\n"));
  write("q.yaml", head);
  EXPECT_THAT(wrong("q.yaml"), HasSubstr("error[W1103]: report days has no parameter dya\n --> reports.weir:4:13\n"));
  write("reports.weir", "CREATE REPORT days AS 'select 1';\n");
  ASSERT_EQ(compile("q.yaml").reports.size(), 1U);
}

TEST_F(Include, TakesAFileOnceThatSeveralInclude) {
  write("shop.yaml", shop_yaml);
  write("sub/a.weir", "INCLUDE '../shop.yaml';\nCREATE STREAM a AS FROM orders;\n");
  write("b.weir", "INCLUDE 'sub/../shop.yaml';\nINCLUDE 'sub/a.weir';\nCREATE STREAM b AS FROM a;\n");
  write("p.weir", "CREATE PIPELINE p;\nINCLUDE 'sub/a.weir';\nINCLUDE 'b.weir';\nCREATE SINK out WITH (key = 'id') AS FROM b;\n");
  facts("p.weir");
}

TEST_F(Include, ReportsCirclesAndWhatIsNotThere) {
  write("p.yaml", "name: p\ninclude: [a.weir]\nsinks: { out: { input: orders } }\n");
  write("a.weir", "INCLUDE 'b.yaml';\n");
  write("b.yaml", "include: [a.weir]\n");
  EXPECT_THAT(wrong("p.yaml"), HasSubstr("files include each other in a circle: a.weir includes b.yaml includes a.weir\n --> b.yaml:1:11"));
  write("b.yaml", "include: [b.yaml]\n");
  EXPECT_THAT(wrong("p.yaml"), HasSubstr("in a circle: b.yaml includes b.yaml"));
  write("b.yaml", "include: [nowhere.yaml]\n");
  EXPECT_THAT(wrong("p.yaml"), HasSubstr("error[W0001]: cannot read nowhere.yaml: No such file or directory\n --> b.yaml:1:11"));
  write("b.yaml", "include: [list.txt]\n");
  EXPECT_THAT(wrong("p.yaml"), HasSubstr("error[W0002]: not the name of a pipeline file: list.txt"));
  write("b.yaml", "include: { a: b }\n");
  EXPECT_THAT(wrong("p.yaml"), HasSubstr("include: expected a list of files"));
  write("b.yaml", "include: [[x.yaml]]\n");
  EXPECT_THAT(wrong("p.yaml"), HasSubstr("include: expected the path of a file"));
}

TEST_F(Include, HasLimits) {
  std::string files;
  for (int i = 0; i < 65; ++i) {
    write("f" + std::to_string(i) + ".yaml", "settings: {}\n");
    files += (i == 0 ? "f" : ", f") + std::to_string(i) + ".yaml";
  }
  write("many.yaml", "name: p\ninclude: [" + files + "]\n" + shop_yaml + "sinks: { out: { input: orders, key: [id] } }\n");
  EXPECT_THAT(wrong("many.yaml"), HasSubstr("a pipeline includes at most 64 files"));
  files.clear();
  for (int i = 0; i < 5; ++i) {
    write("g" + std::to_string(i) + ".yaml", "settings: {}\n#" + std::string(1'000'000, 'x') + "\n");
    files += (i == 0 ? "g" : ", g") + std::to_string(i) + ".yaml";
  }
  write("large.yaml", "name: p\ninclude: [" + files + "]\n" + shop_yaml + "sinks: { out: { input: orders, key: [id] } }\n");
  EXPECT_THAT(wrong("large.yaml"), HasSubstr("have more than 4 MiB"));
  write("deep0.yaml", "include: [deep1.yaml]\n");
  for (int i = 1; i < 70; ++i) write("deep" + std::to_string(i) + ".yaml", "include: [deep" + std::to_string(i + 1) + ".yaml]\n");
  write("deep.yaml", "name: p\ninclude: [deep0.yaml]\n" + std::string(shop_yaml) + "sinks: { out: { input: orders, key: [id] } }\n");
  EXPECT_THAT(wrong("deep.yaml"), HasSubstr("a pipeline includes at most 64 files"));
}

TEST_F(Include, FindsFilesFromTheFolderOfTheFileThatNamesThem) {
  write("shared/shops.csv", "id,city\n1,Oslo\n");
  write("shared/tables.weir", "CREATE TABLE shops (id STRING NOT NULL, city STRING, PRIMARY KEY (id)) WITH (type = 'csv', file = 'shops.csv');\n"
                              "CREATE FUNCTION f (a BIGINT) RETURNS BIGINT LANGUAGE PYTHON WITH (file = 'f.py');\n");
  write("shared/f.py", "def f(a):\n    return a\n");
  write("p.weir", "CREATE PIPELINE p;\nINCLUDE 'shared/tables.weir';\n" + std::string(shop_weir) +
                      "CREATE SINK out WITH (key = 'id') AS FROM orders |> LEFT JOIN shops ON shops.id = shop;\n");
  std::vector<std::string> scripts;
  registry.define_function = [&](const ScriptFunction& script) {
    scripts.push_back(script.file + ":\n" + script.code);
    return Status();
  };
  const Compiled compiled = compile("p.weir");
  ASSERT_NE(compiled.plan, nullptr) << wrong("p.weir");
  LookupBuilder rows(compiled.plan->tables[0].shape);
  EXPECT_TRUE(compiled.plan->tables[0].definition->read(rows).ok());
  ASSERT_EQ(scripts.size(), 1u);
  EXPECT_EQ(scripts[0], (folder / "shared/f.py").string() + ":\ndef f(a):\n    return a\n");
}

TEST_F(Include, FillsInVariables) {
  write("env/test.weir", shop_weir);
  write("p.weir", "CREATE PIPELINE p;\nINCLUDE 'env/${STAGE}.weir';\nCREATE SINK out AS FROM orders |> JOIN orders AS o ON o.id = id WITHIN INTERVAL 1 HOUR SELECT o.ts AS other;\n");
  variables.environment = {{"STAGE", "test"}, {"BROKERS", "far:1"}};
  EXPECT_THAT(facts("p.weir"), HasSubstr("far:1"));
  variables.environment.clear();
  EXPECT_THAT(wrong("p.weir"), HasSubstr("STAGE"));
}

TEST_F(Include, StaysWhereAFileIsWrittenAnew) {
  write("shop.weir", shop_weir);
  const std::string yaml = "name: p\ninclude: [shop.weir]   # the shop\n\nsinks:\n  out: { input: orders, key: [id] }\n";
  write("p.yaml", yaml);
  const std::string there = format_pipeline((folder / "p.yaml").string(), yaml, Spelling::weir, registry);
  EXPECT_THAT(there, HasSubstr("INCLUDE 'shop.weir';"));
  EXPECT_THAT(there, HasSubstr("the shop"));
  write("p.weir", there);
  EXPECT_EQ(facts("p.weir"), facts("p.yaml"));
  const std::string back = format_pipeline((folder / "p.weir").string(), there, Spelling::yaml, registry);
  EXPECT_THAT(back, HasSubstr("include: [shop.weir]"));
  write("back.yaml", back);
  EXPECT_EQ(facts("back.yaml"), facts("p.yaml"));
  EXPECT_EQ(format_pipeline((folder / "p.weir").string(), there, Spelling::weir, registry), there);
}

TEST_F(Include, IsCheckedByItselfAsFarAsThatGoes) {
  write("shop.weir", std::string(shop_weir) + "CREATE STREAM s AS FROM of_another_file |> WHERE id <> '';\n");
  EXPECT_TRUE(is_part_of_pipeline((folder / "shop.weir").string(), registry));
  EXPECT_TRUE(check_part((folder / "shop.weir").string(), registry, variables).diagnostics.ok());
  write("wrong.yaml", "transforms: { s: { input: x, steps: [ wehre: a ] } }\n");
  EXPECT_TRUE(is_part_of_pipeline((folder / "wrong.yaml").string(), registry));
  EXPECT_FALSE(check_part((folder / "wrong.yaml").string(), registry, variables).diagnostics.ok());
  write("p.yaml", "name: p\ninclude: [shop.weir]\n");
  EXPECT_FALSE(is_part_of_pipeline((folder / "p.yaml").string(), registry));
}

}  // namespace
}  // namespace weir
