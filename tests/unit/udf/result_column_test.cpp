// result_column_test.cpp — what a plugin gives is taken over only if it is sound.
#include "udf/host/result_column.h"

#include <gtest/gtest.h>

#include "columns.h"

namespace weir::test {
namespace {

// A result whose buffers live in the test. Counts its releases.
struct Given {
  explicit Given(const char* format, std::int64_t length) {
    column.format = format;
    column.array.length = length;
    column.array.n_buffers = 3;
    column.array.buffers = buffers;
    column.array.private_data = &released;
    column.array.release = [](ArrowArray* array) {
      ++*static_cast<int*>(array->private_data);
      array->release = nullptr;
    };
  }
  weir_column column{};
  const void* buffers[4] = {};
  int released = 0;
};

struct Numbers : Given {
  explicit Numbers(std::vector<std::int64_t> numbers)
      : Given("l", static_cast<std::int64_t>(numbers.size())), values(std::move(numbers)) {
    column.array.n_buffers = 2;
    buffers[1] = values.data();
  }
  std::vector<std::int64_t> values;
};

struct Texts : Given {
  Texts(std::string text, std::vector<std::int32_t> ends)
      : Given("u", static_cast<std::int64_t>(ends.size()) - 1), bytes(std::move(text)), offsets(std::move(ends)) {
    buffers[1] = offsets.data();
    buffers[2] = bytes.data();
  }
  std::string bytes;
  std::vector<std::int32_t> offsets;
};

std::string refused(const Given& given, const Type& type, std::uint32_t rows) {
  Arena arena;
  const auto column = take_result(given.column, type, rows, arena);
  return column.ok() ? "taken" : column.error().message();
}

std::vector<std::string> taken(const Given& given, const Type& type, std::uint32_t rows) {
  Arena arena;
  const auto column = take_result(given.column, type, rows, arena);
  return column.ok() ? shown(*column) : std::vector<std::string>{column.error().message()};
}

using Rows = std::vector<std::string>;

TEST(ResultColumn, TakesNumbersWithNulls) {
  Numbers numbers({7, 8, 9});
  const std::uint8_t validity = 0b101;
  numbers.buffers[0] = &validity;
  numbers.column.array.null_count = 1;
  EXPECT_EQ(taken(numbers, int64_type, 3), (Rows{"7", "NULL", "9"}));
  numbers.column.array.null_count = -1;
  EXPECT_EQ(taken(numbers, int64_type, 3), (Rows{"7", "NULL", "9"}));
}

TEST(ResultColumn, TakesASliceFromItsOffset) {
  Numbers numbers({1, 2, 3, 4});
  const std::uint8_t validity = 0b1011;
  numbers.buffers[0] = &validity;
  numbers.column.array = {2, 1, 2, 2, 0, numbers.buffers, nullptr, nullptr, numbers.column.array.release, &numbers.released};
  EXPECT_EQ(taken(numbers, int64_type, 2), (Rows{"NULL", "4"}));
}

TEST(ResultColumn, TakesTextsByOffsetsOfBothWidthsAndByViews) {
  const std::string longer = "a text of more than twelve bytes";
  EXPECT_EQ(taken(Texts("ab" + longer, {0, 2, 2, static_cast<std::int32_t>(2 + longer.size())}), string_type, 3),
            (Rows{"ab", "", longer}));
  Given wide("U", 1);
  const std::vector<std::int64_t> offsets{0, 2};
  wide.buffers[1] = offsets.data();
  wide.buffers[2] = "ab";
  EXPECT_EQ(taken(wide, string_type, 1), (Rows{"ab"}));
  Arena arena;
  const std::vector<View> views{arena.copy("short"), arena.copy(longer)};
  Given viewed("vu", 2);
  const auto size = static_cast<std::int64_t>(arena.block_size(0));
  viewed.column.array.n_buffers = 4;
  viewed.buffers[1] = views.data();
  viewed.buffers[2] = arena.block_base(0);
  viewed.buffers[3] = &size;
  EXPECT_EQ(taken(viewed, string_type, 2), (Rows{"short", longer}));
}

TEST(ResultColumn, TakesNoRows) {
  EXPECT_EQ(taken(Numbers({}), int64_type, 0), Rows{});
  EXPECT_EQ(taken(Texts("", {0}), string_type, 0), Rows{});
}

TEST(ResultColumn, RefusesAWrongShape) {
  EXPECT_EQ(refused(Numbers({1, 2}), int64_type, 3), "the result has 2 rows, expected 3");
  EXPECT_EQ(refused(Numbers({1}), float64_type, 1), "the result has format l, expected g for the type double");
  EXPECT_EQ(refused(Numbers({1}), string_type, 1), "the result has format l, expected u, U or vu for the type string");
  Numbers numbers({1});
  numbers.column.array.n_buffers = 1;
  EXPECT_EQ(refused(numbers, int64_type, 1), "the result has 1 buffers, expected 2");
  numbers.column.array.n_buffers = 2;
  numbers.buffers[1] = nullptr;
  EXPECT_EQ(refused(numbers, int64_type, 1), "the result has no values");
  Numbers offset({1});
  offset.column.array.offset = -1;
  EXPECT_EQ(refused(offset, int64_type, 1), "the result begins at offset -1");
  Numbers children({1});
  children.column.array.n_children = 1;
  EXPECT_EQ(refused(children, int64_type, 1), "the result has children or a dictionary");
  Numbers released({1});
  released.column.array.release = nullptr;
  EXPECT_EQ(refused(released, int64_type, 1), "the result was not given");
  Numbers formless({1});
  formless.column.format = nullptr;
  EXPECT_EQ(refused(formless, int64_type, 1), "the result has no format");
}

TEST(ResultColumn, RefusesAWrongCountOfNulls) {
  Numbers numbers({1, 2});
  numbers.column.array.null_count = 1;
  EXPECT_EQ(refused(numbers, int64_type, 2), "the result counts 1 NULLs but says nowhere which");
  const std::uint8_t validity = 0b01;
  numbers.buffers[0] = &validity;
  numbers.column.array.null_count = 2;
  EXPECT_EQ(refused(numbers, int64_type, 2), "the result counts 2 NULLs, but 1 rows are NULL");
}

TEST(ResultColumn, RefusesOffsetsAndViewsThatPointElsewhere) {
  EXPECT_EQ(refused(Texts("abc", {0, 2, 1}), string_type, 2), "the result has offsets that do not ascend, at row 1");
  EXPECT_EQ(refused(Texts("abc", {-1, 2}), string_type, 1), "the result begins at offset -1");
  Texts without_bytes("abc", {0, 3});
  without_bytes.buffers[2] = nullptr;
  EXPECT_EQ(refused(without_bytes, string_type, 1), "the result has no bytes");
  View wild;
  wild.length = 40;
  wild.outside.block = 0;
  wild.outside.offset = 5;
  const std::int64_t size = 44;
  const std::string block(44, 'x');
  Given viewed("vu", 1);
  viewed.column.array.n_buffers = 4;
  viewed.buffers[1] = &wild;
  viewed.buffers[2] = block.data();
  viewed.buffers[3] = &size;
  EXPECT_EQ(refused(viewed, string_type, 1), "the result has a view that points out of its buffers, at row 0");
  wild.length = -1;
  EXPECT_EQ(refused(viewed, string_type, 1), "the result has a view that points out of its buffers, at row 0");
}

TEST(ResultColumn, AWrongValueIsAnErrorOfItsRow) {
  EXPECT_EQ(taken(Texts("a\xFF" "b", {0, 1, 2, 3}), string_type, 3),
            (Rows{"a", "!udf_bad_result: the result is not valid UTF-8", "b"}));
  EXPECT_EQ(taken(Texts("{}{", {0, 2, 3}), json_type, 2), (Rows{"{}", "!udf_bad_result: the result is not valid JSON"}));
  const std::vector<Int128> numbers{999, 1000, -1000};
  Given decimals("d:3,1", 3);
  decimals.column.array.n_buffers = 2;
  decimals.buffers[1] = numbers.data();
  EXPECT_EQ(taken(decimals, decimal_type(3, 1), 3), (Rows{"99.9", "!udf_bad_result: the result has more than 3 digits",
                                                          "!udf_bad_result: the result has more than 3 digits"}));
}

TEST(ResultColumn, ASlotReleasesWhatWasGivenOnce) {
  Numbers numbers({1});
  {
    ResultSlot slot;
    slot.column = numbers.column;
  }
  EXPECT_EQ(numbers.released, 1);
}

TEST(ResultColumn, TheFirstErrorOfARowCounts) {
  Arena arena;
  Column column = *take_result(Numbers({1, 2}).column, int64_type, 2, arena);
  add_errors(column, {{1, "first", "a"}}, arena);
  add_errors(column, {{1, "second", "b"}, {0, "third", "c"}}, arena);
  EXPECT_EQ(shown(column), (Rows{"!third: c", "!first: a"}));
}

}  // namespace
}  // namespace weir::test
