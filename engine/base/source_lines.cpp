// source_lines.cpp — where the lines of a source text begin.
#include "engine/base/source_lines.h"

#include <algorithm>
#include <vector>

namespace weir {
namespace {

struct KnownLines {
  std::weak_ptr<const SourceText> source;
  std::vector<std::size_t> starts;
};

// A file with an error in each line asks for each: looking from its beginning every time would take their square.
const std::vector<std::size_t>& starts_of(const std::shared_ptr<const SourceText>& source) {
  thread_local KnownLines known;
  if (known.source.lock() == source) return known.starts;
  known.source = source;
  known.starts.assign(1, 0);
  const std::string& text = source->text;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', end + 1)) known.starts.push_back(end + 1);
  return known.starts;
}

}  // namespace

std::size_t offset_of_line(const std::shared_ptr<const SourceText>& source, std::uint32_t line) {
  const std::vector<std::size_t>& starts = starts_of(source);
  if (line <= 1) return 0;
  return line <= starts.size() ? starts[line - 1] : source->text.size();
}

std::size_t end_of_line_at(const std::shared_ptr<const SourceText>& source, std::size_t offset) {
  const std::vector<std::size_t>& starts = starts_of(source);
  const auto next = std::upper_bound(starts.begin(), starts.end(), offset);
  return next == starts.end() ? source->text.size() : *next - 1;
}

std::string_view line_of(const Location& where) {
  const std::size_t start = offset_of_line(where.source, where.line);
  return std::string_view(where.source->text).substr(start, end_of_line_at(where.source, start) - start);
}

}  // namespace weir
