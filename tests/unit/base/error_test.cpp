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
            "error: unknown column: amout\n --> a.yaml:1:6\n  |\n1 |  né: x\n  |      ^\n");
}

TEST(Error, PutsTheCaretsUnderLettersThatAreTwoColumnsWide) {
  EXPECT_EQ(rendered(place("a: 日本 x", 1, 4, 6)), "error: unknown column: amout\n --> a.yaml:1:4\n  |\n1 | a: 日本 x\n  |    ^^^^\n");
  EXPECT_EQ(rendered(place("日本 xy", 1, 8, 2)), "error: unknown column: amout\n --> a.yaml:1:4\n  |\n1 | 日本 xy\n  |      ^^\n");
}

TEST(Error, GivesACombiningAccentNoColumn) {
  EXPECT_EQ(rendered(place("e\u0301: x", 1, 6, 1)), "error: unknown column: amout\n --> a.yaml:1:5\n  |\n1 | e\u0301: x\n  |    ^\n");
}

TEST(Error, PrintsItsMistakeAndItsNotes) {
  const Location second = place("a: 1\nab: 2", 2, 1, 2), first = place("a: 1\nab: 2", 1, 1, 1);
  EXPECT_EQ(render(Error(ErrorKind::user, "two", second).as("W0203").with_hint("take one").with_note("the first is here", first).with_note("that is all", {})),
            "error[W0203]: two\n --> a.yaml:2:1\n  |\n2 | ab: 2\n  | ^^\n  = help: take one\n"
            "note: the first is here\n --> a.yaml:1:1\n  |\n1 | a: 1\n  | ^\nnote: that is all\n");
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

// Three thousand errors in one line of many kilobytes would print hundreds of megabytes.
TEST(Error, ShowsOfALongLineWhatIsAroundThePlace) {
  const std::string x(1000, 'x');
  EXPECT_EQ(rendered(place("ab" + x, 1, 1, 2)), "error: unknown column: amout\n --> a.yaml:1:1\n  |\n1 | ab" + x.substr(0, 398) + "...\n  | ^^\n");
  EXPECT_EQ(rendered(place(x + "ab", 1, 1001, 2)),
            "error: unknown column: amout\n --> a.yaml:1:1001\n  |\n1 | ..." + x.substr(0, 200) + "ab\n  | " + std::string(203, ' ') + "^^\n");
  EXPECT_EQ(rendered(place(x, 1, 401, 1000)), "error: unknown column: amout\n --> a.yaml:1:401\n  |\n1 | ..." + x.substr(0, 400) + "...\n  | " + std::string(203, ' ') +
                                                  std::string(200, '^') + "\n");
  std::string wide;
  for (int i = 0; i < 400; ++i) wide += "é";
  const std::string shown = wide.substr(0, 200);
  EXPECT_EQ(rendered(place(wide, 1, 401, 2)), "error: unknown column: amout\n --> a.yaml:1:201\n  |\n1 | ..." + shown + shown + "...\n  | " + std::string(103, ' ') + "^\n");
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
