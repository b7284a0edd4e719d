// infer_test.cpp — what is drafted of samples, and that every draft compiles and reads its own sample.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "connectors/builtin.h"
#include "dsl/compile.h"
#include "engine/component/json_writer.h"
#include "engine/infer/draft_text.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Infer : public ::testing::Test {
 protected:
  InferredColumns infer(std::vector<std::string> records, const DraftRules& rules = {}) { return infer_json({std::move(records), 0}, rules, registry); }

  std::vector<std::string> drafted(std::vector<std::string> records, const DraftRules& rules = {}) {
    std::vector<std::string> lines;
    for (const ColumnDraft& column : infer(std::move(records), rules).columns) {
      lines.push_back(column.field.name + " " + to_string(column.field.type) + (column.field.nullable ? "" : " not null") + (column.doubt.empty() ? "" : " # " + column.doubt));
    }
    return lines;
  }

  /// A pipeline of the draft, read in both spellings, decodes every record but the bad ones.
  void expect_read(const std::vector<std::string>& records) {
    const InferredColumns inferred = infer(records);
    ASSERT_FALSE(inferred.columns.empty());
    const BlockDraft block{.name = "rows", .options = {{"type", "kafka"}, {"brokers", "localhost:9092"}, {"topic", "rows"}, {"format", "json"}}, .columns = inferred.columns,
                           .event_time = event_time_of(inferred.columns), .notes = {"of a\ttest"}};
    for (const Spelling spelling : {Spelling::yaml, Spelling::weir}) {
      const std::string text = text_of(block, spelling, true, registry);
      const Compiled compiled = spelling == Spelling::yaml ? compile_yaml("rows.yaml", text, registry, {}) : compile_weir("rows.weir", text, registry, {});
      for (const Error& error : compiled.diagnostics.errors()) ADD_FAILURE() << render(error) << text;
      ASSERT_NE(compiled.plan, nullptr);
      EXPECT_EQ(rejects(*compiled.plan, records), static_cast<std::size_t>(inferred.bad)) << text;
    }
  }

  static std::size_t rejects(const Plan& plan, const std::vector<std::string>& records) {
    const auto& scan = std::get<ScanNode>(plan.nodes.front().operation);
    std::vector<DecodedColumn> columns;
    for (const SourceColumn& column : scan.columns) columns.push_back(column.decoded);
    RawChunk chunk;
    for (const std::string& text : records) {
      char* bytes = static_cast<char*>(chunk.arena.allocate(text.size() + 64, 1));
      std::memset(bytes, 0, text.size() + 64);
      std::memcpy(bytes, text.data(), text.size());
      Record record;
      record.value = bytes;
      record.value_size = static_cast<std::uint32_t>(text.size());
      record.value_block = chunk.arena.current_block();
      chunk.records.push_back(record);
    }
    const auto decoder = scan.format->decoder(columns, OnBadValue::reject);
    return decoder->decode(chunk).rejected.size();
  }

  Registry registry = builtin_registry();
};

TEST_F(Infer, ChoosesExactTypes) {
  EXPECT_THAT(drafted({R"({"id":"a","n":1,"price":12.5,"rate":0.125,"ok":true,"at":"2024-11-01T10:00:00Z","day":"2024-11-01"})",
                       R"({"id":"b","n":-9,"price":7,"rate":1e-3,"ok":false,"at":"2024-11-01 10:00:00.5","day":"2024-02-29"})"}),
              ElementsAre("id string not null", "n bigint not null", "price decimal(10,2) not null", "rate double not null", "ok bool not null", "at timestamp not null",
                          "day date not null"));
}

TEST_F(Infer, TellsWhatMayBeNull) {
  EXPECT_THAT(drafted({R"({"a":1,"b":null,"c":1,"d":null})", R"({"a":2,"b":"x","d":null})", R"({"a":3,"b":"y","c":null,"d":null})"}),
              ElementsAre("a bigint not null", "b string # 1 of 3 have none", "c bigint # 2 of 3 have none", "d string # never has a value"));
}

TEST_F(Infer, SaysWhatTextsHide) {
  EXPECT_THAT(drafted({R"({"a":"12.50","b":"17","c":"true","d":"","e":"","f":"007"})", R"({"a":"3","b":"-2","c":"false","d":"2024-11-01T10:00:00Z","e":"","f":"12"})"}),
              ElementsAre("a string not null # all are numbers: try_cast(... AS decimal(10,2))", "b string not null # all are whole numbers: try_cast(... AS bigint)",
                          "c string not null # all are true or false: try_cast(... AS boolean)",
                          "d string not null # 1 of 2 are empty, the others are timestamps: try_cast(... AS timestamp)", "e string not null # all are empty", "f string not null"));
  EXPECT_THAT(drafted({R"({"time_stamp":1730419200,"n":1730419200,"created_at":1730419200123})"}),
              ElementsAre("time_stamp bigint not null # seconds since 1970: timestamp_seconds(...)", "n bigint not null",
                          "created_at bigint not null # milliseconds since 1970: timestamp_millis(...)"));
}

TEST_F(Infer, NestsWhatIsNested) {
  EXPECT_THAT(drafted({R"({"o":{"a":1,"b":"x"},"l":[1,2],"s":[{"sku":"tea","qty":1}],"e":[],"m":[1,"x"],"k":{"a b":1}})", R"({"o":{"a":2},"l":[],"s":[],"e":[],"m":[],"k":{}})"}),
              ElementsAre("o struct<a bigint not null, b string> not null", "l array<bigint> not null", "s array<struct<sku string not null, qty bigint not null>> not null",
                          "e array<string> not null # all are empty: the type of the elements is a guess", "m json not null", "k json not null"));
}

TEST_F(Infer, MakesJsonOfWhatIsMixedUnlessToldToTolerateIt) {
  const std::vector<std::string> records = {R"({"n":1})", R"({"n":2})", R"({"n":3})", R"({"n":"four"})"};
  EXPECT_THAT(drafted(records), ElementsAre("n json not null # 3 of 4 are numbers, 1 texts"));
  EXPECT_THAT(drafted(records, {.tolerated = 0.25}), ElementsAre("n bigint not null # 3 of 4 are numbers, 1 texts: the others will be rejected"));
  EXPECT_THAT(drafted(records, {.tolerated = 0.2}), ElementsAre("n json not null # 3 of 4 are numbers, 1 texts"));
}

TEST_F(Infer, KeepsNamesThatNoColumnCanHave) {
  const InferredColumns inferred = infer({R"({"a b":1,"a_b":2,"":3,"7up":4,"it's":5,"A_B":6,"é\n":7,"select":8})"});
  std::vector<std::string> names;
  for (const ColumnDraft& column : inferred.columns) names.push_back(column.field.name);
  EXPECT_THAT(names, ElementsAre("a_b", "a_b_2", "field_", "field_7up", "it_s", "A_B_3", "___", "select"));
  expect_read({R"({"a b":1,"a_b":2,"":3,"7up":4,"it's":5,"A_B":6,"select":8,"x # y: z":9})"});
}

TEST_F(Infer, CountsWhatIsNoJsonObject) {
  const InferredColumns inferred = infer({R"({"a":1})", "[1]", "no", R"({"a":1,"a":2})", R"({"a":2})"});
  EXPECT_EQ(inferred.records, 2);
  EXPECT_EQ(inferred.bad, 3);
  EXPECT_THAT(inferred.first_bad, HasSubstr("object"));
}

TEST_F(Infer, FindsTheColumnOfTheTime) {
  EXPECT_EQ(event_time_of(infer({R"({"updated":"2024-11-01T10:00:00Z","ts":"2024-11-01T10:00:00Z"})"}).columns), "ts");
  EXPECT_EQ(event_time_of(infer({R"({"birth":"2024-11-01T10:00:00Z"})"}).columns), "birth");
  EXPECT_EQ(event_time_of(infer({R"({"a":"2024-11-01T10:00:00Z","b":"2024-11-01T10:00:00Z"})"}).columns), "");
}

/// Objects of a few fields whose values are mostly alike.
class RandomRecords {
 public:
  explicit RandomRecords(unsigned seed) : random_(seed) {
    for (std::size_t i = 0; i < 1 + below(8); ++i) kinds_.push_back(below(14));
  }
  std::string next() {
    std::string text = "{";
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      if (below(12) == 0) continue;
      text += (text.size() > 1 ? "," : "") + json_quoted(name(i)) + ":" + value(below(30) == 0 ? below(14) : kinds_[i], 0);
    }
    return text + "}";
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  static std::string name(std::size_t i) {
    static const std::vector<std::string> names = {"id", "price", "ts", "total amount", "created-at", "Größe", "x'y", "from"};
    return names[i % names.size()] + (i < names.size() ? "" : std::to_string(i));
  }
  std::string value(std::size_t kind, std::size_t depth) {
    const std::string digits = std::to_string(random_());
    switch (depth > 3 ? kind % 9 : kind) {
      case 0: return "null";
      case 1: return below(2) == 0 ? "true" : "false";
      case 2: return std::to_string(static_cast<int>(below(2000)) - 1000);
      case 3: return digits + digits + digits + (below(9) == 0 ? digits + digits : "");
      case 4: return std::to_string(below(100000)) + "." + std::to_string(below(10)) + std::to_string(below(10));
      case 5: return std::to_string(below(10)) + (below(5) == 0 ? "e-30" : "." + digits + digits);
      case 6: return below(8) == 0 ? "\"\"" : "\"2024-1" + std::to_string(below(3)) + "-0" + std::to_string(1 + below(9)) + "T10:0" + std::to_string(below(10)) + ":00Z\"";
      case 7: return "\"2024-0" + std::to_string(1 + below(9)) + "-1" + std::to_string(below(10)) + "\"";
      case 8: return json_quoted(below(6) == 0 ? "\x7f \u20ac \" \\ \n" : "text " + digits);
      case 9: return "[]";
      case 10:
      case 11: {
        std::string list = "[";
        const std::size_t element = below(5) == 0 ? below(14) : 2 + kind % 3;
        for (std::size_t i = 0; i < below(4); ++i) list += (list.size() > 1 ? ", " : "") + value(element, depth + 1);
        return list + "]";
      }
      default: {
        std::string object = "{";
        for (const char* key : {"a", "b", "price"}) {
          if (below(6) != 0) object += (object.size() > 1 ? "," : "") + json_quoted(below(40) == 0 ? "odd name" : key) + " : " + value(below(4) == 0 ? below(14) : 4 + kind % 5, depth + 1);
        }
        return below(30) == 0 ? "{}" : object + "}";
      }
    }
  }

  std::mt19937 random_;
  std::vector<std::size_t> kinds_;
};

TEST_F(Infer, ReadsItsOwnSampleWhateverItHolds) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    RandomRecords generator(seed);
    std::vector<std::string> records;
    for (int i = 0; i < 40; ++i) records.push_back(generator.next());
    records.push_back(R"({"id":"last"})");
    expect_read(records);
    if (HasFailure()) {
      ADD_FAILURE() << "seed " << seed;
      return;
    }
  }
}

std::filesystem::path shared_data() { return std::filesystem::path(WEIR_SOURCE_DIR).parent_path() / "shared/data"; }

TEST_F(Infer, ReadsTheSamplesOfTheShops) {
  if (!std::filesystem::exists(shared_data() / "samples")) GTEST_SKIP() << "the shared data does not come along with a clone";
  for (const char* name : {"product_view.jsonl", "purchase.jsonl"}) {
    const auto sample = sample_lines((shared_data() / "samples" / name).string(), 100'000);
    ASSERT_TRUE(sample.ok());
    expect_read(sample->records);
  }
}

class InferCsv : public Infer {
 protected:
  std::string file(const std::string& text) {
    const std::string path = ::testing::TempDir() + "infer_test.csv";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  /// A pipeline with the table reads the file.
  void expect_table(const std::string& path) {
    const auto table = infer_csv(path, ',', 100'000);
    ASSERT_TRUE(table.ok()) << path << ": " << table.error().message();
    ASSERT_FALSE(table->key.empty()) << path;
    const BlockDraft block{.is_table = true, .name = "looked_up", .options = {{"type", "csv"}, {"file", path}}, .columns = table->columns, .key = table->key};
    const std::string text = "name: t\nconnections: { c: { dsn: 'sqlite:t.db' } }\n"
                             "sources: { s: { type: kafka, brokers: b, topic: t, format: json, columns: { id: int } } }\n" +
                             text_of(block, Spelling::yaml, false, registry) + "sinks: { o: { input: s } }\n";
    const Compiled compiled = compile_yaml("rows.yaml", text, registry, {});
    for (const Error& error : compiled.diagnostics.errors()) ADD_FAILURE() << render(error) << text;
    ASSERT_NE(compiled.plan, nullptr);
    LookupBuilder rows(compiled.plan->tables[0].shape);
    const Status read = compiled.plan->tables[0].definition->read(rows);
    ASSERT_TRUE(read.ok()) << path << ": " << render(read.error());
    const auto finished = rows.finish();
    ASSERT_TRUE(finished.ok()) << path << ": " << render(finished.error());
    EXPECT_EQ((*finished)->row_count(), table->rows.size());
  }
};

TEST_F(InferCsv, ChoosesTypesAndAKey) {
  const auto table = infer_csv(file("city,id,rate,since,open,note\nOslo,1,1.50,2024-01-01,true,\nOslo,2,12,2024-01-02,false,\"\"\nRome,3,-1,2024-01-03,true,x\n"), ',', 100);
  ASSERT_TRUE(table.ok());
  std::vector<std::string> columns;
  for (const ColumnDraft& column : table->columns) columns.push_back(column.field.name + " " + to_string(column.field.type) + (column.field.nullable ? "" : " not null"));
  EXPECT_THAT(columns, ElementsAre("city string not null", "id bigint not null", "rate decimal(10,2) not null", "since date not null", "open bool not null", "note string"));
  EXPECT_THAT(table->key, ElementsAre("id"));
  EXPECT_THAT(infer_csv(file("a,b\n1,1\n1,2\n2,1\n2,2\n"), ',', 100)->key, ElementsAre("a", "b"));
  EXPECT_THAT(infer_csv(file("a,b\n1,1\n1,1\n"), ',', 100)->key, IsEmpty());
}

TEST_F(InferCsv, SaysWhichRowIsTooShort) {
  const auto table = infer_csv(file("a,b\n1,2\n3\n"), ',', 100);
  ASSERT_FALSE(table.ok());
  EXPECT_THAT(table.error().message(), HasSubstr("row 2 of"));
}

TEST_F(InferCsv, ReadsTheFilesOfTheConformanceSuite) {
  if (!std::filesystem::exists(shared_data() / "csv/csvs")) GTEST_SKIP() << "the shared data does not come along with a clone";
  for (const auto& entry : std::filesystem::directory_iterator(shared_data() / "csv/csvs")) expect_table(entry.path().string());
}

}  // namespace
}  // namespace weir
