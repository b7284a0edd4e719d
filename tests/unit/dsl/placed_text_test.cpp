// placed_text_test.cpp — texts that the file writes otherwise than YAML would.
#include "dsl/placed_text.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

PlacedText placed(const std::string& text, const std::string& file, std::uint32_t column) {
  return PlacedText(text, {std::make_shared<const SourceText>(SourceText{"a.yaml", file}), 1, column, 0});
}

TEST(PlacedText, FollowsAQuoteThatStandsTwice) {
  EXPECT_EQ(placed("a'b", "'a''b'", 2).span(2, 2).column, 5u);
}

// Behind what looks like the beginning of a quoted text, a quote that stands there once is none that YAML wrote: the search for it went round for ever.
TEST(PlacedText, GoesOnWhereAQuoteStandsOnceBehindAnother) {
  EXPECT_EQ(placed("a'b", "'a'b", 2).span(0, 0).column, 2u);
  EXPECT_EQ(placed("a\"b", "\"a\"b", 2).span(0, 0).column, 2u);
  EXPECT_EQ(placed("x 'key:'", "'x 'key:'", 2).span(0, 0).column, 2u);
}

}  // namespace
}  // namespace weir
