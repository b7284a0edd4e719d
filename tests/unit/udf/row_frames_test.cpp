// row_frames_test.cpp — what comes back from a worker is read only as far as it is sound.
#include "udf/python/row_frames.h"

#include <gtest/gtest.h>

#include "columns.h"

namespace weir::test {
namespace {

using Rows = std::vector<std::string>;

// Two texts, then an error.
std::string text_answer() {
  std::string frame{"\0\0\2", 3};
  for (const std::uint32_t length : {2u, 0u, 0u}) append_number(frame, length);
  frame += "ab";
  append_text(frame, std::string("code\0why", 8));
  return frame;
}

TEST(RowFrames, AnAnswerIsReadRowByRow) {
  Arena arena;
  const auto column = read_answer(text_answer(), string_type, 3, "here", arena);
  ASSERT_TRUE(column.ok());
  EXPECT_EQ(shown(*column), (Rows{"ab", "", "!code: here: why"}));
}

TEST(RowFrames, AnAnswerThatIsCutShortAnywhereIsRefused) {
  const std::string whole = text_answer();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Arena arena;
    EXPECT_FALSE(read_answer(whole.substr(0, size), string_type, 3, "here", arena).ok()) << size;
  }
  Arena arena;
  EXPECT_FALSE(read_answer(whole + "x", string_type, 3, "here", arena).ok());
}

TEST(RowFrames, ALengthBeyondTheAnswerIsRefused) {
  std::string frame(1, '\0');
  append_number(frame, 0xFFFFFFFFu);
  frame += "ab";
  Arena arena;
  EXPECT_EQ(read_answer(frame, string_type, 1, "here", arena).error().message(), "the worker's answer is not of the expected length");
}

TEST(RowFrames, NumbersAreReadInTheirWidth) {
  Arena arena;
  std::string frame{"\0\1", 2};
  const std::int64_t numbers[] = {-5, 0};
  frame.append(reinterpret_cast<const char*>(numbers), sizeof numbers);
  EXPECT_EQ(shown(*read_answer(frame, int64_type, 2, "here", arena)), (Rows{"-5", "NULL"}));
  EXPECT_EQ(shown(*read_answer(std::string("\0\0\1\0", 4), boolean_type, 2, "here", arena)), (Rows{"true", "false"}));
}

TEST(RowFrames, AValueThatDoesNotFitIsAnErrorOfItsRow) {
  const auto read_text = [](std::string_view text, const Type& type) {
    std::string frame(1, '\0');
    append_text(frame, text);
    Arena arena;
    return shown(*read_answer(frame, type, 1, "here", arena)).front();
  };
  EXPECT_EQ(read_text("1234.5", decimal_type(5, 2)), "!udf_bad_result: here: the result does not fit decimal(5,2)");
  EXPECT_EQ(read_text("12.5", decimal_type(5, 2)), "12.50");
  EXPECT_EQ(read_text("\xFF", string_type), "!udf_bad_result: here: the result is not valid UTF-8");
  EXPECT_EQ(read_text("{", json_type), "!udf_bad_result: here: the result is not valid JSON");
}

TEST(RowFrames, ARequestHoldsValidityAndValues) {
  Arena arena;
  const std::vector<Column> arguments{texts_column({"ab", std::nullopt}, arena)};
  std::string expected;
  append_number(expected, 2);
  expected += std::string("\1\0", 2);
  append_number(expected, 2);
  append_number(expected, 0);
  expected += "ab";
  EXPECT_EQ(request_frame(arguments, 2), expected);
}

}  // namespace
}  // namespace weir::test
