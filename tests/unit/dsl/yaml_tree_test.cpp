// yaml_tree_test.cpp — which YAML is read, where its parts are said to stand, and what hostile files do.
#include "dsl/yaml_tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace weir {
namespace {

std::string shown(const Config& config) {
  const std::string place =
      fmt::format("@{}:{}+{}", config.where.line, config.where.column, config.where.length);
  std::string text;
  if (const auto* map = std::get_if<Config::Map>(&config.value)) {
    for (const auto& [key, value] : *map)
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key, shown(value));
    return "{" + text + "}";
  }
  if (const auto* list = std::get_if<Config::List>(&config.value)) {
    for (const Config& item : *list) text += (text.empty() ? "" : ", ") + shown(item);
    return "[" + text + "]";
  }
  if (!config.is_scalar()) return "nothing" + place;
  return (config.is_quoted ? "'" + config.scalar() + "'" : config.scalar()) + place;
}

std::string loaded(const std::string& text) {
  Diagnostics diagnostics;
  const auto config = load_yaml(std::make_shared<const SourceText>(SourceText{"f", text}), diagnostics);
  EXPECT_EQ(config.has_value(), diagnostics.ok());
  return config ? shown(*config) : "error: " + diagnostics.errors().front().message();
}

TEST(YamlTree, PlacesScalarsAtTheirFirstCharacter) {
  EXPECT_EQ(loaded("a: b\n"), "{a: b@1:4+1}");
  EXPECT_EQ(loaded("a: 'it''s' # no\n"), "{a: 'it's'@1:5+5}");
  EXPECT_EQ(loaded("a: \"x\\\"y\"\n"), "{a: 'x\"y'@1:5+4}");
  EXPECT_EQ(loaded("ä: {ö: ü}\n"), "{ä: {ö: ü@1:10+2}}");
  EXPECT_EQ(loaded("a: |\n  one\n    two\n"), "{a: 'one\n  two\n'@2:3+3}");
  EXPECT_EQ(loaded("a: >-\n\n  one\n  two\n"), "{a: '\none two'@3:3+3}");
  EXPECT_EQ(loaded("a: one\n  two\n"), "{a: one two@1:4+3}");
  EXPECT_EQ(loaded("- a\n- [b, c]\n"), "[a@1:3+1, [b@2:4+1, c@2:7+1]]");
  EXPECT_EQ(loaded("a: 1\r\nb: 2\r\n"), "{a: 1@1:4+1, b: 2@2:4+1}");
}

TEST(YamlTree, TellsEmptyValuesFromWrittenNulls) {
  EXPECT_EQ(loaded("a:\nb: null\nc: ~\nd: ''\n"),
            "{a: nothing@2:1+0, b: nothing@2:4+4, c: nothing@3:4+1, d: ''@4:5+0}");
}

TEST(YamlTree, KeepsScalarsAsWritten) {
  EXPECT_EQ(loaded("a: 012\nb: no\nc: 1e3\nd: 2024-01-01\n"),
            "{a: 012@1:4+3, b: no@2:4+2, c: 1e3@3:4+3, d: 2024-01-01@4:4+10}");
}

TEST(YamlTree, RefusesWhatCouldGrow) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 60; ++i) bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}]\n", i, i - 1);
  EXPECT_EQ(loaded(bomb), "error: YAML anchors are not used in pipelines: &a0");
  EXPECT_EQ(loaded("&x\n- *x"), "error: YAML anchors are not used in pipelines: &x");
  EXPECT_EQ(loaded("a: " + std::string(100'000, '[')).substr(0, 6), "error:");
  EXPECT_EQ(loaded(std::string(100'000, '{')).substr(0, 6), "error:");
  std::string stairs;
  for (int i = 0; i < 500; ++i) stairs += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(loaded(stairs), "error: the file is nested more than 64 levels deep");
  EXPECT_EQ(loaded("a: " + std::string(1 << 20, 'x')),
            "error: the file is too long: 1048579 bytes; a pipeline has at most 1 MiB");
}

TEST(YamlTree, RefusesBytesThatEndTextsEarly) {
  EXPECT_EQ(loaded("a: b\x04\nc: d\n"), "error: unexpected control character: 0x04");
  EXPECT_EQ(loaded(std::string("a: b\0c\n", 7)), "error: unexpected control character: 0x00");
  EXPECT_EQ(loaded("a: \xff\n"), "error: this line is not valid UTF-8");
  EXPECT_EQ(loaded("a:\n\tb: c\n"), "error: YAML has no tabs before the first character of a line");
}

TEST(YamlTree, ReadsABigFileQuickly) {
  std::string text;
  for (int i = 0; text.size() < 1'000'000; ++i) text += fmt::format("- key{}: 'value {}'\n", i, i);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(loaded(text).front(), '[');
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(YamlTree, SurvivesGarbage) {
  const std::vector<std::string> words = {
      "a",      "b: ", ": ",    "- ",    "[",    "]",    "{",        "}",    ",",  "\n", "\n  ",
      "\n    ", "'",   "\"",    "|\n",   ">\n",  "# c",  "&a",       "*a",   "!t", "?",  "%",
      "@",      "`",   "---\n", "...\n", "null", "<<: ", "\xc3\xa4", "\xff", "\\"};
  std::mt19937 random(3);
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    const std::size_t length = random() % 30;
    for (std::size_t i = 0; i < length; ++i) text += words[random() % words.size()];
    loaded(text);
  }
}

}  // namespace
}  // namespace weir
