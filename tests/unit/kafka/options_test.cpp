// options_test.cpp — the options of the Kafka source and what they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/kafka/kafka.h"
#include "connectors/kafka/kafka_options.h"

namespace weir {
namespace {

using testing::HasSubstr;

Config scalar(const std::string& text) {
  Config config;
  config.value = text;
  return config;
}

Config map_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  Config::Map map;
  for (const auto& [name, value] : entries) map.emplace_back(name, scalar(value));
  Config config;
  config.value = std::move(map);
  return config;
}

struct Parsed {
  KafkaOptions options;
  std::vector<std::string> errors;
  std::vector<std::string> hints;
};

Parsed parse(const std::vector<std::pair<std::string, std::string>>& entries,
             const std::vector<std::pair<std::string, std::string>>& properties = {}) {
  Config config = map_of(entries);
  if (!properties.empty()) std::get<Config::Map>(config.value).emplace_back("properties", map_of(properties));
  Diagnostics diagnostics;
  Parsed parsed;
  parsed.options = parse_kafka_options(config, diagnostics);
  for (const Error& error : diagnostics.errors()) {
    parsed.errors.push_back(error.message());
    parsed.hints.push_back(error.hint());
  }
  return parsed;
}

std::string only_error(const Parsed& parsed) {
  EXPECT_EQ(parsed.errors.size(), 1U) << testing::PrintToString(parsed.errors);
  return parsed.errors.empty() ? "" : parsed.errors[0];
}

TEST(KafkaOptions, EmptyTextMeansNotGiven) {
  const Parsed parsed = parse({{"brokers", "localhost:9092"},
                               {"topic", "views"},
                               {"start", ""},
                               {"security", ""},
                               {"sasl_mechanism", ""},
                               {"username", ""},
                               {"password", ""},
                               {"group", ""}});
  EXPECT_TRUE(parsed.errors.empty()) << testing::PrintToString(parsed.errors);
  EXPECT_EQ(parsed.options.start.kind, KafkaStart::Kind::latest);
  EXPECT_EQ(group_name(parsed.options, "product_view"), "weir-product_view");
}

TEST(KafkaOptions, SecurityAndMechanismComeInAnyCase) {
  const Parsed parsed = parse({{"brokers", "b:1"},
                               {"topic", "t"},
                               {"security", "SASL_PLAINTEXT"},
                               {"sasl_mechanism", "scram-sha-256"},
                               {"username", "u"},
                               {"password", "p"}});
  EXPECT_TRUE(parsed.errors.empty()) << testing::PrintToString(parsed.errors);
  EXPECT_EQ(parsed.options.security, "sasl_plaintext");
  EXPECT_EQ(parsed.options.sasl_mechanism, "SCRAM-SHA-256");
}

TEST(KafkaOptions, StartIsAWordOrATime) {
  EXPECT_EQ(parse({{"brokers", "b:1"}, {"topic", "t"}, {"start", "Earliest"}}).options.start.kind,
            KafkaStart::Kind::earliest);
  const Parsed parsed = parse({{"brokers", "b:1"}, {"topic", "t"}, {"start", "2024-11-01T00:00:00Z"}});
  EXPECT_EQ(parsed.options.start.kind, KafkaStart::Kind::timestamp);
  EXPECT_EQ(parsed.options.start.milliseconds, 1'730'419'200'000);
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}, {"topic", "t"}, {"start", "yesterday"}})),
              HasSubstr("yesterday is no place to start"));
}

TEST(KafkaOptions, TopicsAreNamedOnce) {
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}})), HasSubstr("a topic is missing"));
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}, {"topic", "a"}, {"topics", "b,c"}})),
              HasSubstr("both given"));
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}, {"topic", "^a.*"}})), HasSubstr("no topic's name"));
  EXPECT_EQ(parse({{"brokers", "b:1"}, {"topics", "c, b, c"}}).options.topics,
            (std::vector<std::string>{"b", "c"}));
}

TEST(KafkaOptions, BrokersAreRequired) {
  EXPECT_THAT(only_error(parse({{"topic", "t"}})), HasSubstr("brokers"));
  EXPECT_THAT(only_error(parse({{"topic", "t"}, {"brokers", ""}})), HasSubstr("brokers is empty"));
}

TEST(KafkaOptions, ANameWithoutLoginIsAnError) {
  const Parsed parsed = parse({{"brokers", "b:1"}, {"topic", "t"}, {"username", "u"}, {"password", "p"}});
  EXPECT_THAT(only_error(parsed), HasSubstr("security: plaintext does not log in"));
  EXPECT_EQ(parsed.hints.at(0), "did you mean security: sasl_plaintext?");
  EXPECT_THAT(
      only_error(parse({{"brokers", "b:1"}, {"topic", "t"}, {"security", "sasl_ssl"}, {"username", "u"}})),
      HasSubstr("needs a password"));
}

TEST(KafkaOptions, AWrongChoiceSuggestsTheNearest) {
  const Parsed parsed = parse({{"brokers", "b:1"}, {"topic", "t"}, {"security", "plaintxt"}});
  EXPECT_THAT(only_error(parsed), HasSubstr("plaintxt is none of plaintext, ssl"));
  EXPECT_EQ(parsed.hints.at(0), "did you mean plaintext?");
}

TEST(KafkaOptions, PropertiesAreTriedOnLibrdkafka) {
  const Parsed good = parse({{"brokers", "b:1"}, {"topic", "t"}},
                            {{"socket.keepalive.enable", "true"}, {"fetch.wait.max.ms", "10"}});
  EXPECT_TRUE(good.errors.empty()) << testing::PrintToString(good.errors);
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}, {"topic", "t"}}, {{"fetch.wait.mx.ms", "10"}})),
              HasSubstr("no property fetch.wait.mx.ms"));
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}, {"topic", "t"}}, {{"fetch.wait.max.ms", "soon"}})),
              HasSubstr("fetch.wait.max.ms"));
}

TEST(KafkaOptions, PropertiesThatWeirOwnsAreRefusedWithTheReason) {
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}, {"topic", "t"}}, {{"auto.offset.reset", "latest"}})),
              HasSubstr("must stop the pipeline"));
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}, {"topic", "t"}}, {{"enable.auto.commit", "true"}})),
              HasSubstr("committed with the rows"));
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}, {"topic", "t"}}, {{"group.id", "g"}})),
              HasSubstr("`group`"));
}

TEST(KafkaOptions, TheSameThingTwiceIsAnError) {
  const Parsed parsed =
      parse({{"brokers", "b:1"}, {"topic", "t"}, {"security", "ssl"}}, {{"security.protocol", "ssl"}});
  EXPECT_THAT(only_error(parsed), HasSubstr("say the same"));
}

TEST(KafkaOptions, NoPasswordInTextsForPeople) {
  Config config = map_of({{"brokers", "b:1"},
                          {"topic", "views"},
                          {"security", "sasl_ssl"},
                          {"username", "u"},
                          {"password", "hunter2"}});
  Diagnostics diagnostics;
  const auto definition = kafka_source().parse(config, diagnostics);
  ASSERT_NE(definition, nullptr);
  EXPECT_EQ(definition->describe(), "kafka topic views at b:1");
  EXPECT_EQ(definition->fingerprint(), "kafka views");
  EXPECT_THAT(only_error(parse({{"brokers", "b:1"}, {"topic", "t"}}, {{"sasl.passwords", "hunter2"}})),
              testing::Not(HasSubstr("hunter2")));
}

TEST(KafkaOptions, ReadsOnlyWhatIsCommittedAndNeverJumps) {
  KafkaOptions options;
  options.brokers = "b:1";
  options.topics = {"t"};
  const auto properties = consumer_properties(options, "p", 32 << 20);
  ASSERT_TRUE(properties.ok());
  const std::map<std::string, std::string> set(properties->begin(), properties->end());
  EXPECT_EQ(set.at("auto.offset.reset"), "error");
  EXPECT_EQ(set.at("enable.auto.commit"), "false");
  EXPECT_EQ(set.at("isolation.level"), "read_committed");
  EXPECT_EQ(set.at("check.crcs"), "true");
}

}  // namespace
}  // namespace weir
