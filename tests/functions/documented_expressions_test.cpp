// documented_expressions_test.cpp — expressions that pages of the docs show with their results: `expression  -- result`.
#include <gtest/gtest.h>

#include <fstream>

#include "evaluation.h"

namespace weir::test {
namespace {

TEST(DocumentedExpressions, GiveTheResultsThatThePageOfTypesShows) {
  std::ifstream page(WEIR_SOURCE_DIR "/docs/types.md");
  ASSERT_TRUE(page.is_open());
  int count = 0;
  for (std::string line; std::getline(page, line);) {
    const auto mark = line.find("  -- ");
    if (mark == std::string::npos) continue;
    const std::string expression = line.substr(0, line.find_last_not_of(' ', mark) + 1);
    EXPECT_EQ(answer(expression), line.substr(mark + 5)) << expression;
    ++count;
  }
  EXPECT_GE(count, 15);
}

}  // namespace
}  // namespace weir::test
