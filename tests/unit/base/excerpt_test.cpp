// excerpt_test.cpp — columns of places in long lines, in whatever order they are asked for.
#include "engine/base/excerpt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace weir {
namespace {

std::uint32_t counted_anew(const std::string& text, std::uint32_t column) {
  std::uint32_t characters = 1;
  for (std::size_t i = 1; i < column; ++i) characters += (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 ? 1 : 0;
  return characters;
}

TEST(Excerpt, ColumnsAreTheSameInEveryOrder) {
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    std::string line;
    std::vector<std::uint32_t> columns;
    while (line.size() < 600) {
      columns.push_back(static_cast<std::uint32_t>(line.size() + 1));
      line += std::vector<std::string>{"a", "é", "漢", "😀", " "}[random() % 5];
    }
    const auto source = std::make_shared<const SourceText>(SourceText{"a.yaml", line + "\n" + line});
    std::shuffle(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(columns.size() / 2), random);
    for (const std::uint32_t column : columns) {
      const auto of_line = static_cast<std::uint32_t>(random() % 8 == 0 ? 2 : 1);
      EXPECT_EQ(column_in_characters({source, of_line, column, 1}), counted_anew(line, column));
    }
  }
}

TEST(Excerpt, ManyPlacesInOneLongLineAreFoundInOneGoThroughIt) {
  const std::string line(1 << 20, 'x');
  const auto source = std::make_shared<const SourceText>(SourceText{"a.yaml", line});
  for (std::uint32_t column = 1; column <= line.size(); column += 7) ASSERT_EQ(column_in_characters({source, 1, column, 1}), column);
}

}  // namespace
}  // namespace weir
