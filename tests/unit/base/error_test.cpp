// error_test.cpp — errors as values, and how they are printed.
#include "engine/base/error.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

Location place(std::string text, std::uint32_t line, std::uint32_t column, std::uint32_t length) {
  return {std::make_shared<SourceText>(SourceText{"a.yaml", std::move(text)}), line, column, length};
}

std::string rendered(Location where, std::string hint = {}) {
  return render(Error(ErrorKind::user, "unknown column: amout", std::move(where)).with_hint(std::move(hint)));
}

TEST(Error, PrintsLineCaretAndHint) {
  EXPECT_EQ(rendered(place("one\nselect amout from x\nthree", 2, 8, 5), "did you mean amount?"),
            "error: unknown column: amout\n"
            " --> a.yaml:2:8\n"
            "  |\n"
            "2 | select amout from x\n"
            "  |        ^^^^^\n"
            "  = help: did you mean amount?\n");
}

TEST(Error, PrintsWithoutAPlace) {
  EXPECT_EQ(rendered({}), "error: unknown column: amout\n");
  EXPECT_EQ(render(Error(ErrorKind::user, "late"), "warning"), "warning: late\n");
}

TEST(Error, MarksTheWholeLineWhereNoLengthIsGiven) {
  EXPECT_EQ(rendered(place("abc: def", 1, 1, 0)),
            "error: unknown column: amout\n --> a.yaml:1:1\n  |\n1 | abc: def\n  | ^^^^^^^^\n");
}

TEST(Error, PutsTheCaretUnderTheRightLetterAfterWideBytesAndTabs) {
  EXPECT_EQ(rendered(place("\tné: x", 1, 7, 1)),
            "error: unknown column: amout\n --> a.yaml:1:7\n  |\n1 |  né: x\n  |      ^\n");
}

TEST(Error, CopesWithPlacesOutsideTheText) {
  EXPECT_EQ(rendered(place("short", 1, 40, 3)),
            "error: unknown column: amout\n --> a.yaml:1:40\n  |\n1 | short\n  |      ^\n");
  EXPECT_EQ(rendered(place("short", 9, 1, 3)),
            "error: unknown column: amout\n --> a.yaml:9:1\n  |\n9 | \n  | ^\n");
  EXPECT_EQ(rendered(place("", 1, 1, 0)),
            "error: unknown column: amout\n --> a.yaml:1:1\n  |\n1 | \n  | ^\n");
}

TEST(Error, CutsASpanAtTheEndOfItsLine) {
  EXPECT_EQ(rendered(place("ab\r\ncd", 1, 2, 50)),
            "error: unknown column: amout\n --> a.yaml:1:2\n  |\n1 | ab\n  |  ^\n");
}

TEST(Error, AlignsLineNumbersOfAnyLength) {
  EXPECT_EQ(rendered(place(std::string(99, '\n') + "x", 100, 1, 1)),
            "error: unknown column: amout\n --> a.yaml:100:1\n    |\n100 | x\n    | ^\n");
}

TEST(Error, GathersContextOnItsWayUp) {
  const Error error = Error(ErrorKind::service, "refused").with_code("08001").in("source views");
  EXPECT_EQ(error.message(), "source views: refused");
  EXPECT_EQ(error.code(), "08001");
  EXPECT_EQ(error.kind(), ErrorKind::service);
}

Result<int> half(int number) {
  if (number % 2 != 0) return Error(ErrorKind::data, "odd");
  return number / 2;
}
Result<int> quarter(int number) {
  WEIR_ASSIGN(const int once, half(number));
  WEIR_ASSIGN(const int twice, half(once));
  return twice;
}
Status check_quarter(int number) {
  WEIR_TRY(quarter(number));
  return {};
}

TEST(Result, IsPassedOnByTheMacros) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error().message(), "odd");
  EXPECT_TRUE(check_quarter(8).ok());
  EXPECT_EQ(check_quarter(7).error().message(), "odd");
}

TEST(ResultDeathTest, StopsWhereAValueIsTakenFromAFailure) {
  EXPECT_DEATH((void)quarter(1).value(), "value\\(\\) is asked only of a good result");
}

}  // namespace
}  // namespace weir
