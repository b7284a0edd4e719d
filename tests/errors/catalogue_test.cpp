// catalogue_test.cpp — the catalogue of errors: every example does what is said of it, and every code that the sources give is in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "connectors/builtin.h"
#include "dsl/compile.h"
#include "engine/plan/error_catalogue.h"

namespace weir {

void PrintTo(const Mistake& mistake, std::ostream* stream) { *stream << mistake.code; }

namespace {

Compiled compiled(ExampleKind kind, std::string_view example) {
  const std::string name = example_name(kind), text = example_file(kind, example);
  const auto compile = name.ends_with(".weir") ? compile_weir : compile_yaml;
  return compile(name, text, builtin_registry(), Variables{});
}

std::set<std::string> codes_of(const Diagnostics& diagnostics) {
  std::set<std::string> codes;
  for (const Error& error : diagnostics.errors()) codes.emplace(error.mistake());
  for (const Error& warning : diagnostics.warnings()) codes.emplace(warning.mistake());
  return codes;
}

std::string said(const Compiled& compiled) {
  std::string text;
  for (const Error& error : compiled.diagnostics.errors()) text += render(error);
  for (const Error& warning : compiled.diagnostics.warnings()) text += render(warning, "warning");
  return text;
}

std::vector<Mistake> with_examples() {
  std::vector<Mistake> result;
  std::copy_if(error_catalogue().begin(), error_catalogue().end(), std::back_inserter(result), [](const Mistake& one) { return one.kind != ExampleKind::none; });
  return result;
}

class Example : public testing::TestWithParam<Mistake> {};

TEST_P(Example, GivesItsCodeWhereItIsWrong) {
  const Compiled wrong = compiled(GetParam().kind, GetParam().wrong);
  EXPECT_TRUE(codes_of(wrong.diagnostics).contains(std::string(GetParam().code))) << said(wrong);
  EXPECT_EQ(wrong.plan != nullptr, is_warning(GetParam().code)) << said(wrong);
}

TEST_P(Example, CompilesWhereItIsRight) {
  const Compiled right = compiled(GetParam().kind, GetParam().right);
  EXPECT_NE(right.plan, nullptr) << said(right);
  EXPECT_FALSE(codes_of(right.diagnostics).contains(std::string(GetParam().code))) << said(right);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, Example, testing::ValuesIn(with_examples()), [](const auto& case_info) { return std::string(case_info.param.code); });

/// Codes that are given anywhere in the sources, in quotes; the catalogue itself is left out.
std::set<std::string> given_codes() {
  const std::filesystem::path root = WEIR_SOURCE_DIR;
  const std::regex code("\"(W[0-9]{4})\"");
  std::set<std::string> codes;
  for (const char* folder : {"dsl", "engine", "connectors", "udf"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string path = entry.path().string();
      const bool is_code = path.ends_with(".cpp") || (path.ends_with(".h") && !path.ends_with("error.h") && !path.ends_with("error_catalogue.h"));
      if (!is_code || path.find("/mistakes/") != std::string::npos) continue;
      std::ifstream file(path);
      std::ostringstream text;
      text << file.rdbuf();
      const std::string content = text.str();
      for (auto found = std::sregex_iterator(content.begin(), content.end(), code); found != std::sregex_iterator(); ++found) codes.insert((*found)[1].str());
    }
  }
  return codes;
}

TEST(Catalogue, HoldsTheCodesThatTheSourcesGiveAndNoOthers) {
  std::set<std::string> known;
  for (const Mistake& one : error_catalogue()) known.emplace(one.code);
  const std::set<std::string> given = given_codes();
  std::vector<std::string> differing;
  std::set_symmetric_difference(given.begin(), given.end(), known.begin(), known.end(), std::back_inserter(differing));
  EXPECT_EQ(differing, std::vector<std::string>());
}

TEST(Catalogue, IsInTheOrderOfItsCodes) {
  const auto& all = error_catalogue();
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Mistake& a, const Mistake& b) { return a.code < b.code; }));
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end(), [](const Mistake& a, const Mistake& b) { return a.code == b.code; }), all.end());
}

TEST(Catalogue, SaysMoreThanTheMessageOfEachMistake) {
  for (const Mistake& one : error_catalogue()) {
    EXPECT_GT(one.text.size(), 100u) << one.code;
    EXPECT_EQ(one.text.back(), '.') << one.code;
    EXPECT_NE(mistake_text(one).find(one.code), std::string::npos);
  }
}

TEST(Catalogue, FindsACodeInAnyCase) {
  ASSERT_NE(find_mistake("w0201"), nullptr);
  EXPECT_EQ(find_mistake("w0201")->code, "W0201");
  EXPECT_EQ(find_mistake("W020"), nullptr);
  EXPECT_EQ(find_mistake(""), nullptr);
}

}  // namespace
}  // namespace weir
