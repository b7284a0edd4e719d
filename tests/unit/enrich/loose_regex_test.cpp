// loose_regex_test.cpp — which repetitions lose their bound, and that no match changes by it.
#include "udf/enrich/loose_regex.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>

namespace weir {
namespace {

void expect_loose(const std::string& regex, const std::string& text, std::size_t bound) {
  const LooseRegex loose = loosen(regex);
  EXPECT_EQ(loose.text, text) << regex;
  EXPECT_EQ(loose.bound, bound) << regex;
}

TEST(LooseRegex, LeavesOutTheBoundsOfLongRepetitionsOfOneCharacter) {
  expect_loose("a.{0,200}b", "a.{0,}b", 200);
  expect_loose("; {0,2}([^;/]{1,100}?) Build.{0,50}", "; {0,2}([^;/]{1,}?) Build.{0,}", 50);
  expect_loose(R"(\w{1,64}\d{2,80})", R"(\w{1,}\d{2,})", 64);
  expect_loose("[]a-z]{1,99}[^]]{1,98}", "[]a-z]{1,}[^]]{1,}", 98);
  expect_loose(R"([[:alpha:]\]]{1,99})", R"([[:alpha:]\]]{1,})", 99);
}

TEST(LooseRegex, LeavesEverythingElseAsItIs) {
  for (const char* regex :
       {"", "abc", ".{0,49}", ".{60}", ".{60,}", "(?:a|){0,60}", R"(\b{0,60})", R"(a\{1,60})", "a{1,60}",
        "[.{1,60}]", R"(\.{1,60})", ".{1,1001}", ".{1,60", ".{,60}", "[", "[a", "\\", R"(\Q.{1,60}\E)",
        "{1,60}", "^{1,60}"})
    expect_loose(regex, regex, LooseRegex::no_bound);
}

/// What the two regexes match in `text`, all groups: equal where the loose one's match is within the bound,
/// and where it has none.
void expect_same_match(const re2::RE2& exact, const re2::RE2& loose, std::size_t bound,
                       const std::string& text) {
  re2::StringPiece of_exact[3];
  re2::StringPiece of_loose[3];
  const bool is_match = exact.Match(text, 0, text.size(), re2::RE2::UNANCHORED, of_exact, 3);
  const bool is_loose_match = loose.Match(text, 0, text.size(), re2::RE2::UNANCHORED, of_loose, 3);
  EXPECT_TRUE(is_loose_match || !is_match) << exact.pattern() << " in " << text;
  if (!is_loose_match || of_loose[0].size() > bound) return;
  ASSERT_TRUE(is_match) << exact.pattern() << " in " << text;
  for (int group = 0; group < 3; ++group) {
    EXPECT_EQ(of_loose[group].data(), of_exact[group].data()) << exact.pattern() << " in " << text;
    EXPECT_EQ(of_loose[group].size(), of_exact[group].size()) << exact.pattern() << " in " << text;
  }
}

TEST(LooseRegex, FindsTheSameMatchUpToItsBound) {
  std::mt19937_64 random(3);
  const std::vector<std::string> pieces = {".{0,50}", ".{1,60}?", "[^;]{2,50}", "[ab]{0,55}?", "a", ";",
                                           "b?",      "(?:a|b;)*", "$",         "^",           "\\b"};
  const auto sequence = [&] {
    std::string made;
    const std::size_t length = 1 + random() % 3;
    for (std::size_t i = 0; i < length; ++i) made += pieces[random() % pieces.size()];
    return made;
  };
  for (int round = 0; round < 300; ++round) {
    const std::string regex =
        sequence() + "(" + sequence() + ")" + sequence() + "(" + sequence() + "|" + sequence() + ")";
    const LooseRegex loosened = loosen(regex);
    const re2::RE2 exact(regex);
    const re2::RE2 loose(loosened.text);
    ASSERT_TRUE(exact.ok() && loose.ok()) << regex;
    for (int i = 0; i < 20; ++i) {
      std::string text;
      for (std::size_t length = random() % 140; length > 0; --length) text += "aaab; "[random() % 6];
      expect_same_match(exact, loose, loosened.bound, text);
    }
  }
}

}  // namespace
}  // namespace weir
