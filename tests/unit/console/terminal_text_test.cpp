// terminal_text_test.cpp — what becomes of characters that a terminal would obey, and how wide the others are.
#include "connectors/console/terminal_text.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

std::string shown(std::string_view text, std::size_t widest = 0) {
  std::string out;
  append_terminal_text(text, widest, out);
  return out;
}

std::size_t width_of(std::string_view text, std::size_t widest = 0) {
  std::string out;
  return append_terminal_text(text, widest, out);
}

TEST(TerminalText, LeavesPlainTextAsItIs) {
  for (const char* text : {"", "plain text \\ \"quoted\"", "Zoë", "東京", "e\u0301", "\U0001F600"}) EXPECT_EQ(shown(text), text);
}

TEST(TerminalText, WritesControlCharactersOut) {
  EXPECT_EQ(shown(std::string_view("\0\a\b\t\n\v\f\r\x1b\x7f", 10)), "\\x00\\x07\\x08\\t\\n\\x0b\\x0c\\r\\x1b\\x7f");
  EXPECT_EQ(shown("\u0080\u009b\u009f"), "\\u0080\\u009b\\u009f");
}

TEST(TerminalText, WritesOutWhatTurnsTheDirectionOrEndsALine) {
  EXPECT_EQ(shown("a\u202eb\u2066c\u200fd\u2028e\ufeff"), "a\\u202eb\\u2066c\\u200fd\\u2028e\\ufeff");
  EXPECT_EQ(shown("\U000E0041"), "\\U000e0041");
}

TEST(TerminalText, WritesOutBytesThatAreNotUtf8) {
  EXPECT_EQ(shown("\xff"), "\\xff");
  EXPECT_EQ(shown("a\xC3"), "a\\xc3");
  EXPECT_EQ(shown("\xC0\x80"), "\\xc0\\x80");
  EXPECT_EQ(shown("\xED\xA0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(shown("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(TerminalText, CountsColumns) {
  EXPECT_EQ(width_of("abc"), 3u);
  EXPECT_EQ(width_of("Zoë"), 3u);
  EXPECT_EQ(width_of("東京"), 4u);
  EXPECT_EQ(width_of("e\u0301"), 1u);
  EXPECT_EQ(width_of("\U0001F600"), 2u);
  EXPECT_EQ(width_of("\n\x1b"), 6u);
}

TEST(TerminalText, CutsWithAnEllipsisThatFits) {
  EXPECT_EQ(shown("abcd", 4), "abcd");
  EXPECT_EQ(shown("abcde", 4), "abc…");
  EXPECT_EQ(width_of("abcde", 4), 4u);
  EXPECT_EQ(shown("東京都", 5), "東京…");
  EXPECT_EQ(shown("東京都", 4), "東…");
  EXPECT_EQ(width_of("東京都", 4), 3u);
  EXPECT_EQ(shown("ab\x1b", 5), "ab…") << "an escape is not cut in two";
  EXPECT_EQ(shown("abcde\u0301", 5), "abcde\u0301");
  EXPECT_EQ(shown("ab", 1), "…");
}

TEST(TerminalText, AppendsToWhatIsThere) {
  std::string out = "before ";
  EXPECT_EQ(append_terminal_text("abcde", 3, out), 3u);
  EXPECT_EQ(out, "before ab…");
}

TEST(JsonSafe, TouchesWhatIsBehindTheStartOnly) {
  std::string out = "\n[\"a\",\n\"\u009b\"]";
  make_json_safe(out, 1);
  EXPECT_EQ(out, "\n[\"a\", \"\\u009b\"]");
}

}  // namespace
}  // namespace weir
