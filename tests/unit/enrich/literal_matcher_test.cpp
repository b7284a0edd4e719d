// literal_matcher_test.cpp — finds exactly the literals that are there.
#include "udf/enrich/literal_matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<int> found(const LiteralMatcher& matcher, std::string_view text, LiteralMatcher::Search& search) {
  matcher.find(text, search);
  std::vector<int> sorted = search.found();
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

TEST(LiteralMatcher, FindsOverlappingLiteralsInAnyCase) {
  const LiteralMatcher matcher({"he", "she", "his", "hers", "e"});
  LiteralMatcher::Search search;
  EXPECT_THAT(found(matcher, "uSHErs", search), ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(found(matcher, "xyz", search), IsEmpty());
  EXPECT_THAT(found(matcher, "", search), IsEmpty());
  EXPECT_THAT(found(matcher, "hi-s his", search), ElementsAre(2));
}

TEST(LiteralMatcher, FoldsTheTwoForeignCharactersThatAreAsciiLettersInAnyCase) {
  const LiteralMatcher matcher({"kindle", "silk"});
  LiteralMatcher::Search search;
  EXPECT_THAT(found(matcher, "\u212Aindle", search), ElementsAre(0));
  EXPECT_THAT(found(matcher, "\u017Fil\u212A", search), ElementsAre(1));
  EXPECT_THAT(found(matcher, "\u00E9kindl\u00E9", search), IsEmpty());
}

TEST(LiteralMatcher, CountsALiteralThatIsNotAsciiAsFound) {
  const LiteralMatcher matcher({"abc", "\u00E9t\u00E9"});
  LiteralMatcher::Search search;
  EXPECT_THAT(found(matcher, "zzz", search), ElementsAre(1));
  EXPECT_THAT(found(matcher, "ABC", search), ElementsAre(0, 1));
}

TEST(LiteralMatcher, FindsWhatALoopFindsInRandomTexts) {
  std::mt19937_64 random(5);
  const auto text_of = [&](std::size_t length) {
    std::string text;
    while (text.size() < length) text += "abC/"[random() % 4];
    return text;
  };
  const auto lower = [](std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    return text;
  };
  for (int round = 0; round < 200; ++round) {
    std::set<std::string> distinct;
    for (int i = 0; i < 20; ++i) distinct.insert(lower(text_of(1 + random() % 6)));
    const std::vector<std::string> literals(distinct.begin(), distinct.end());
    const LiteralMatcher matcher(literals);
    LiteralMatcher::Search search;
    for (int i = 0; i < 20; ++i) {
      const std::string text = text_of(random() % 40);
      std::vector<int> expected;
      for (std::size_t n = 0; n < literals.size(); ++n) {
        if (lower(text).find(literals[n]) != std::string::npos) expected.push_back(static_cast<int>(n));
      }
      ASSERT_EQ(found(matcher, text, search), expected) << text;
    }
  }
}

}  // namespace
}  // namespace weir
