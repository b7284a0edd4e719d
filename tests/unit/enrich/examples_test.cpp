// examples_test.cpp — runs every example of every enrichment function, as constants and over a column, beside
// a file geo.bin.
#include <gtest/gtest.h>

#include "tests/unit/enrich/geo_fixture.h"
#include "udf/enrich/enrich.h"

namespace weir::testing {
namespace {

const FunctionRegistry& enrichment() {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry;
    register_enrichment(*made);
    return made;
  }();
  return *registry;
}

class EnrichmentExamples : public ::testing::TestWithParam<const Function*> {};

/// The examples name geo.bin; it lies where the test put it.
std::string beside(const Folder& folder, std::string expression) {
  if (const auto at = expression.find("geo.bin"); at != expression.npos)
    expression.replace(at, 7, folder.path("geo.bin"));
  return expression;
}

TEST_P(EnrichmentExamples, GiveTheirResult) {
  const Folder folder;
  folder.write("geo.bin", example_bin());
  ASSERT_FALSE(GetParam()->examples.empty());
  for (const FunctionExample& example : GetParam()->examples) {
    const std::string expression = beside(folder, example.expression);
    EXPECT_EQ(answer(expression), example.result) << expression;
    // The same with the first text as a column.
    const std::size_t start = expression.find('\'');
    const std::size_t end = expression.find('\'', start + 1);
    if (start == expression.npos || end == expression.npos) continue;
    std::string over_column = expression;
    over_column.replace(start, end - start + 1, "x");
    const std::string text = expression.substr(start + 1, end - start - 1);
    EXPECT_EQ(answers(over_column, {text, "NULL", text}),
              (std::vector<std::string>{example.result, "NULL", example.result}))
        << over_column;
  }
  EXPECT_FALSE(GetParam()->signature.empty());
  EXPECT_TRUE(GetParam()->summary.ends_with('.')) << GetParam()->summary;
}

INSTANTIATE_TEST_SUITE_P(Functions, EnrichmentExamples, ::testing::ValuesIn(enrichment().functions()),
                         [](const auto& one) { return one.param->name; });

}  // namespace
}  // namespace weir::testing
