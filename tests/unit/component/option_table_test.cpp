// option_table_test.cpp — options: filled in, checked, and complained about with their place.
#include "engine/component/option_table.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

struct Options {
  std::string brokers;
  std::string password;
  std::int64_t rows = 10;
  bool verify = true;
  Duration patience = std::chrono::seconds(5);
  std::string start = "latest";
  std::vector<std::string> topics;
  std::map<std::string, std::string> properties;
};

OptionTable<Options> table() {
  OptionTable<Options> options;
  options.text("brokers", &Options::brokers, "Host and port of each broker", true)
      .text("password", &Options::password, "The password", false, true)
      .integer("rows", &Options::rows, 1, 100, "Rows of a chunk")
      .boolean("verify", &Options::verify, "Whether to verify")
      .duration("patience", &Options::patience, "How long to wait")
      .choice("start", &Options::start, {"latest", "earliest"}, "Where to start")
      .text_list("topics", &Options::topics, "Topics")
      .text_map("properties", &Options::properties, "Properties");
  return options;
}

Config scalar(std::string text) {
  Config config;
  config.value = std::move(text);
  return config;
}
Config list(Config::List items) {
  Config config;
  config.value = std::move(items);
  return config;
}
Config map(Config::Map entries) {
  Config config;
  config.value = std::move(entries);
  return config;
}

// The messages and hints of all errors, a line each.
std::string complaints(const Config& config) {
  Diagnostics diagnostics;
  (void)table().parse(config, diagnostics);
  std::string text;
  for (const Error& error : diagnostics.errors()) {
    text += error.message() + (error.hint().empty() ? "" : " [" + error.hint() + "]") + "\n";
  }
  return text;
}
std::string complaints_with(std::string key, Config value) {
  return complaints(map({{"brokers", scalar("b:1")}, {std::move(key), std::move(value)}}));
}

TEST(OptionTable, FillsTheStruct) {
  Diagnostics diagnostics;
  const Options options = table().parse(map({{"brokers", scalar("a:1,b:2")},
                                             {"rows", scalar("100")},
                                             {"verify", scalar("false")},
                                             {"patience", scalar("250 ms")},
                                             {"start", scalar("earliest")},
                                             {"topics", list({scalar("one"), scalar("two, still two")})},
                                             {"properties", map({{"fetch.min.bytes", scalar("1")}})}}),
                                        diagnostics);
  EXPECT_TRUE(diagnostics.ok());
  EXPECT_EQ(options.brokers, "a:1,b:2");
  EXPECT_EQ(options.rows, 100);
  EXPECT_FALSE(options.verify);
  EXPECT_EQ(options.patience, std::chrono::milliseconds(250));
  EXPECT_EQ(options.start, "earliest");
  EXPECT_EQ(options.topics, (std::vector<std::string>{"one", "two, still two"}));
  EXPECT_EQ(options.properties.at("fetch.min.bytes"), "1");
}

TEST(OptionTable, KeepsDefaults) {
  Diagnostics diagnostics;
  const Options options = table().parse(map({{"brokers", scalar("b:1")}}), diagnostics);
  EXPECT_TRUE(diagnostics.ok());
  EXPECT_EQ(options.rows, 10);
  EXPECT_EQ(options.start, "latest");
  EXPECT_TRUE(options.topics.empty());
}

TEST(OptionTable, SplitsAListGivenAsOneText) {
  Diagnostics diagnostics;
  const Config config = map({{"brokers", scalar("b:1")}, {"topics", scalar("one, two ,,three,")}});
  EXPECT_EQ(table().parse(config, diagnostics).topics, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(OptionTable, ReportsUnknownAndMissingOptions) {
  EXPECT_EQ(complaints(map({{"brokrs", scalar("b:1")}})),
            "unknown option: brokrs [did you mean brokers?]\n"
            "missing option: brokers [Host and port of each broker]\n");
  EXPECT_EQ(complaints_with("zzz", scalar("1")),
            "unknown option: zzz [the options are brokers, password, rows, verify, patience, start, topics, "
            "properties]\n");
  EXPECT_EQ(complaints(Config{}), "missing option: brokers [Host and port of each broker]\n");
  EXPECT_EQ(complaints(scalar("b:1")), "expected a map of options, got 'b:1'\n");
}

TEST(OptionTable, ReportsWrongValues) {
  EXPECT_EQ(complaints_with("rows", scalar("x")), "rows: expected an integer from 1 to 100, got 'x'\n");
  for (const char* bad :
       {"", "0", "101", "1.0", "1e1", "0x1", "1 0", "99999999999999999999", "-1", "++1", "+-1"}) {
    EXPECT_EQ(complaints_with("rows", scalar(bad)),
              "rows: expected an integer from 1 to 100, got '" + std::string(bad) + "'\n");
  }
  EXPECT_EQ(complaints_with("rows", list({})), "rows: expected an integer from 1 to 100, got a list\n");
  EXPECT_EQ(complaints_with("rows", Config{}), "rows: expected an integer from 1 to 100, got nothing\n");
  EXPECT_EQ(complaints_with("verify", scalar("yes")), "verify: expected true or false, got 'yes'\n");
  EXPECT_EQ(
      complaints_with("patience", scalar("5")),
      "patience: expected a duration such as '10 s', got '5' [the units are us, ms, s, min, h and d]\n");
  EXPECT_EQ(complaints_with("start", scalar("earlest")),
            "start: expected one of latest, earliest, got 'earlest' [did you mean earliest?]\n");
  EXPECT_EQ(complaints_with("topics", map({})),
            "topics: expected a list, or texts with commas between, got a map\n");
  EXPECT_EQ(complaints_with("topics", list({list({})})), "topics: expected a list of texts, got a list\n");
  EXPECT_EQ(complaints_with("properties", scalar("x")), "properties: expected a map, got 'x'\n");
  EXPECT_EQ(complaints_with("properties", map({{"a", list({})}})),
            "properties.a: expected a text, got a list\n");
}

TEST(OptionTable, NeverShowsSecrets) {
  Config secret = scalar("hunter2");
  secret.holds_secret = true;
  EXPECT_EQ(complaints_with("rows", secret), "rows: expected an integer from 1 to 100, got a secret value\n");
}

TEST(OptionTable, CutsLongValuesShort) {
  EXPECT_EQ(complaints_with("verify", scalar(std::string(100, 'x'))),
            "verify: expected true or false, got '" + std::string(60, 'x') + "...'\n");
}

TEST(OptionTable, PointsAtKeysAndValues) {
  const auto source = std::make_shared<SourceText>(SourceText{"a.yaml", "brokrs: x\nrows: y\n"});
  Config unknown = scalar("x"), wrong = scalar("y");
  unknown.key_where = {source, 1, 1, 6};
  wrong.where = {source, 2, 7, 1};
  Diagnostics diagnostics;
  (void)table().parse(map({{"brokrs", unknown}, {"rows", wrong}}), diagnostics);
  ASSERT_EQ(diagnostics.errors().size(), 3u);
  EXPECT_EQ(diagnostics.errors()[0].where().length, 6u);
  EXPECT_EQ(diagnostics.errors()[2].where().line, 2u);
}

TEST(OptionTable, DocumentsEveryOption) {
  const auto docs = table().docs();
  ASSERT_EQ(docs.size(), 8u);
  EXPECT_TRUE(docs[0].required);
  EXPECT_TRUE(docs[1].secret);
  EXPECT_EQ(docs[2].default_value, "10");
  EXPECT_EQ(docs[4].default_value, "5 s");
  EXPECT_EQ(docs[5].type, "latest | earliest");
}

}  // namespace
}  // namespace weir
