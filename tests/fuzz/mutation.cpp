// mutation.cpp — texts that are nearly what they were.
#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <cctype>

namespace weir::testing {
namespace {

constexpr std::size_t longest = 64 << 10;

const std::vector<std::string> dictionary = {
    "CREATE ", "PIPELINE ", "SOURCE ", "SINK ", "STREAM ", "TABLE ", "WITH (", "AS FROM ", "|> ", "SELECT ", "WHERE ", "GROUP BY ", "JOIN ", " ON ", "USING (", "WITHIN ", "EXPLODE ", "AGGREGATE ", "UNION ", "OVER (",
    "PARTITION BY ", "ORDER BY ", "ROWS BETWEEN ", "UNBOUNDED PRECEDING", "CASE WHEN ", " THEN ", " ELSE ", " END", "CAST(", "TRY_CAST(", " AS ", "INTERVAL 1 DAY", "INTERVAL '", "DATE '2024-02-30'", "TIMESTAMP '", "BETWEEN ",
    " AND ", " OR ", "NOT ", " IN (", " LIKE '", " RLIKE '(", "IS NOT DISTINCT FROM ", "array<", "struct<a ", "map<string, ", "decimal(38, 39)", "::", ":a.b[0]", "[", "]", "(", ")", "{", "}", "'", "\"", "`", "$$", "${", "${A}", "${A:-",
    "${file:/dev/null}", "$${", "--", "/*", "*/", "#", " # ", ": ", "- ", "? ", "|", ">-\n", "|-\n  ", "&a ", "*a", "!!str ", "<<: ", "---\n", "...\n", "%YAML 1.1\n", "\n", "\r\n", "\t", "  ", ";", ",", "sources:\n", "sinks:\n",
    "columns: {", "steps:\n", "input: ", "watermark: ", "not null", " check (", " from ", " metadata", "key: [", "select: ", "emit: final", "99999999999999999999", "-1", "0", "1e999", "0x", "X'0'", ".5.", std::string(1, '\0'), "\xff", "\xc3",
    "\xEF\xBB\xBF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x80\xA8", "\xC2\x85", "\x7f", "\x1b[0m"};

struct Span {
  std::size_t start, size;
};

/// A word, a sign, a line, or some bytes.
Span part_of(const std::string& text, Draw& draw) {
  if (text.empty()) return {0, 0};
  const std::size_t at = draw.below(text.size());
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  switch (draw.below(4)) {
    case 0: {
      const std::size_t start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
      return {start, std::min(text.find('\n', at), text.size() - 1) + 1 - start};
    }
    case 1: return {at, std::min(draw.between(1, 40), text.size() - at)};
    default: {
      std::size_t start = at, end = at + 1;
      while (is_word(text[at]) && start > 0 && is_word(text[start - 1])) --start;
      while (is_word(text[at]) && end < text.size() && is_word(text[end])) ++end;
      return {start, end - start};
    }
  }
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count && result.size() < longest; ++i) result += text;
  return result;
}

void change(std::string& text, const std::vector<std::string>& texts, Draw& draw) {
  const Span part = part_of(text, draw);
  const std::string own = text.substr(part.start, part.size);
  switch (draw.below(11)) {
    case 0: text.erase(part.start, part.size); return;
    case 1: text.insert(part.start, own); return;
    case 2: text.replace(part.start, part.size, draw.one_of(dictionary)); return;
    case 3: text.insert(part.start, draw.one_of(dictionary)); return;
    case 4: {
      const std::string& other = draw.one_of(texts);
      const Span from = part_of(other, draw);
      text.replace(part.start, draw.chance(50) ? part.size : 0, other.substr(from.start, from.size));
      return;
    }
    case 5: {
      const Span second = part_of(text, draw);
      const std::string there = text.substr(second.start, second.size);
      const bool is_apart = second.start >= part.start + part.size || part.start >= second.start + second.size;
      if (!is_apart) return;
      text.replace(std::max(part.start, second.start), part.start > second.start ? part.size : second.size, part.start > second.start ? there : own);
      text.replace(std::min(part.start, second.start), part.start < second.start ? part.size : second.size, part.start < second.start ? there : own);
      return;
    }
    case 6: {
      const std::string open = draw.word({"(", "[", "{ a: ", "NOT ", "- ", "CASE WHEN ", "array(", "array<", "\n  - "});
      const std::string close = open == "(" || open == "array(" ? ")" : open == "[" ? "]" : open == "{ a: " ? " }" : open == "array<" ? ">" : "";
      const std::size_t depth = draw.chance(80) ? draw.between(1, 30) : draw.between(100, 3000);
      text.replace(part.start, part.size, repeated(open, depth) + own + repeated(close, depth));
      return;
    }
    case 7: text.insert(part.start, repeated(own, draw.chance(80) ? draw.between(2, 20) : draw.between(100, 5000))); return;
    case 8: text.insert(part.start, 1, static_cast<char>(draw.below(256))); return;
    case 9: text.resize(draw.below(text.size() + 1)); return;
    default:
      if (draw.chance(90)) return;
      for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) text.insert(at, "\r");
  }
}

}  // namespace

std::string mutated(const std::vector<std::string>& texts, Draw& draw) {
  std::string text = draw.one_of(texts);
  for (std::size_t i = 0, changes = draw.between(1, 6); i < changes && text.size() < longest; ++i) change(text, texts, draw);
  if (text.size() > longest) text.resize(longest);
  return text;
}

}  // namespace weir::testing
