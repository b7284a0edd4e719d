// variables_test.cpp — where values of ${...} come from, and what they may hold.
#include "dsl/variables.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace weir {
namespace {

Variables known() {
  Variables variables;
  variables.overrides = {{"LEVEL", "override"}, {"kafka.group", "from --set"}};
  variables.environment = {{"LEVEL", "environment"},
                           {"KAFKA_TOPIC", "environment"},
                           {"EMPTY", ""},
                           {"DIR", "/tmp"},
                           {"x_lower", "lower"}};
  variables.ini = {
      {"kafka.topic", "ini"},      {"kafka.brokers", "a:1,b:2"},      {"postgres.url", "postgresql:///x"},
      {"kafka.group", "from ini"}, {"kafka.sasl-mechanism", "PLAIN"}, {"KAFKA.bootstrap.servers", "c:3"},
      {"plain", "no section"}};
  return variables;
}

// The text with its variables, or "error: MESSAGE @LINE:COLUMN+LENGTH".
std::string filled(const std::string& text, bool* is_secret = nullptr) {
  Config config;
  config.value = text;
  config.where = {std::make_shared<const SourceText>(SourceText{"f", text}), 1, 1,
                  static_cast<std::uint32_t>(text.size())};
  Diagnostics diagnostics;
  substitute_variables(config, known(), diagnostics);
  if (is_secret != nullptr) *is_secret = config.holds_secret;
  if (diagnostics.ok()) return config.scalar();
  const Error& error = diagnostics.errors().front();
  return fmt::format("error: {} @{}:{}+{}", error.message(), error.where().line, error.where().column,
                     error.where().length);
}

TEST(Variables, SetWinsOverEnvironmentWinsOverIni) {
  EXPECT_EQ(filled("${LEVEL}"), "override");
  EXPECT_EQ(filled("${KAFKA_TOPIC}"), "environment");
  EXPECT_EQ(filled("${kafka.topic}"), "environment");
  EXPECT_EQ(filled("${kafka.group}"), "from --set");
  EXPECT_EQ(filled("${KAFKA_GROUP}"), "from --set");
  EXPECT_EQ(filled("${postgres.url}"), "postgresql:///x");
}

TEST(Variables, SectionsAndUpperCaseNamesAreOneName) {
  EXPECT_EQ(filled("${KAFKA_BROKERS}"), "a:1,b:2");
  EXPECT_EQ(filled("${kafka.brokers}"), "a:1,b:2");
  EXPECT_EQ(filled("${KAFKA_SASL_MECHANISM}"), "PLAIN");
  EXPECT_EQ(filled("${KAFKA_BOOTSTRAP_SERVERS}"), "c:3");
  EXPECT_EQ(filled("${kafka.bootstrap.servers}"), "c:3");
  EXPECT_EQ(filled("${plain}"), "no section");
  EXPECT_EQ(filled("${x_lower}"), "lower");
}

TEST(Variables, DefaultsCountWhereNothingOrAnEmptyTextIsSet) {
  EXPECT_EQ(filled("${NOT_THERE:-some: default}"), "some: default");
  EXPECT_EQ(filled("${EMPTY:-default}"), "default");
  EXPECT_EQ(filled("${EMPTY}"), "");
  EXPECT_EQ(filled("${NOT_THERE:-}"), "");
  EXPECT_EQ(filled("${A:-${B:-x}}"), "x");
  EXPECT_EQ(filled("${A:-<${KAFKA_TOPIC}>}/y"), "<environment>/y");
  EXPECT_EQ(filled("${LEVEL:-${NOT_THERE}}"), "override");
}

TEST(Variables, OtherDollarSignsAreText) {
  EXPECT_EQ(filled("a $ b $HOME 5$"), "a $ b $HOME 5$");
  EXPECT_EQ(filled("$${LEVEL} ${LEVEL} $$"), "${LEVEL} override $$");
  EXPECT_EQ(filled("${NOT_THERE:-$${x}}"), "${x}");
}

TEST(Variables, ValuesAreNotReadAgain) {
  Config config;
  config.value = std::string("${A}");
  Variables variables;
  variables.environment = {{"A", "${B}"}, {"B", "b"}};
  Diagnostics diagnostics;
  substitute_variables(config, variables, diagnostics);
  EXPECT_EQ(config.scalar(), "${B}");
}

TEST(Variables, ErrorsPointAtTheVariable) {
  EXPECT_EQ(filled("x ${NOT_THERE} y"), "error: NOT_THERE is not set @1:3+12");
  EXPECT_EQ(filled("${A:-${NOT_THERE}}"), "error: NOT_THERE is not set @1:6+12");
  EXPECT_EQ(filled("ab ${LEVEL"), "error: a variable is not closed with '}' @1:4+2");
  EXPECT_EQ(filled("${}"), "error: not the name of a variable: '' @1:1+3");
  EXPECT_EQ(filled("${a b}"), "error: not the name of a variable: 'a b' @1:1+6");
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += "${A:-";
  EXPECT_EQ(filled(deep + std::string(30, '}')).substr(0, 46),
            "error: variables are nested more than 16 deep ");
  EXPECT_EQ(filled(std::string(100'001, '$') + "{").size(), 100'001U);
}

TEST(Variables, FilesAreSecrets) {
  const std::string path =
      std::filesystem::temp_directory_path() / fmt::format("weir-variables-test-{}", ::getpid());
  std::ofstream(path) << "pass word\n";
  bool is_secret = false;
  EXPECT_EQ(filled(fmt::format("user:${{file:{}}}@host", path), &is_secret), "user:pass word@host");
  EXPECT_TRUE(is_secret);
  EXPECT_EQ(filled("${LEVEL}", &is_secret), "override");
  EXPECT_FALSE(is_secret);
  std::ofstream(path, std::ios::trunc) << std::string(70'000, 'x');
  EXPECT_EQ(filled(fmt::format("${{file:{}}}", path)).substr(0, 6), "error:");
  std::filesystem::remove(path);
  EXPECT_EQ(filled("${file:${DIR}/not/there}"),
            "error: cannot read /tmp/not/there: No such file or directory @1:1+24");
  EXPECT_EQ(filled("${file:/tmp}"), "error: cannot read /tmp: Is a directory @1:1+12");
}

class Ini : public testing::Test {
 protected:
  std::string read(const std::string& text) {
    std::ofstream(path_, std::ios::trunc) << text;
    const auto result = read_ini(path_);
    if (!result.ok())
      return fmt::format("error: {} @{}", result.error().message(), result.error().where().line);
    std::string said;
    for (const auto& [key, value] : *result) said += fmt::format("{}=<{}> ", key, value);
    return said;
  }
  void TearDown() override { std::filesystem::remove(path_); }
  std::string path_ =
      std::filesystem::temp_directory_path() / fmt::format("weir-ini-test-{}.ini", ::getpid());
};

TEST_F(Ini, ReadsSectionsKeysAndComments) {
  EXPECT_EQ(
      read("; one\n# two\ntop = 1\r\n[kafka]\nbrokers = a:1,b:2   # behind\nkafka.group.id=g\n[ postgres "
           "]\nurl = postgresql://u:p#1;2@h/d\n"),
      "kafka.brokers=<a:1,b:2> kafka.kafka.group.id=<g> postgres.url=<postgresql://u:p#1;2@h/d> top=<1> ");
  EXPECT_EQ(read("[a]\nx = \"quoted # text \" ; why\ny =\nz: 3\n"), "a.x=<quoted # text > a.y=<> a.z=<3> ");
  EXPECT_EQ(read(""), "");
}

TEST_F(Ini, NamesTheLineOfAMistake) {
  EXPECT_EQ(read("[a]\nx\n"), "error: expected KEY = VALUE @2");
  EXPECT_EQ(read("[a\nx = 1\n"), "error: a section needs a name in brackets @1");
  EXPECT_EQ(read("[a]\nx = 1\nx = 2\n"), "error: a.x is given twice @3");
  EXPECT_EQ(read_ini("/not/there.ini").error().message(),
            "cannot read /not/there.ini: No such file or directory");
}

TEST(Environment, IsTheProcessOwn) {
  ::setenv("WEIR_VARIABLES_TEST", "a=b", 1);
  EXPECT_EQ(process_environment().at("WEIR_VARIABLES_TEST"), "a=b");
  ::unsetenv("WEIR_VARIABLES_TEST");
}

}  // namespace
}  // namespace weir
