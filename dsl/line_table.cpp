// line_table.cpp — where the lines of a source text begin.
#include "dsl/line_table.h"

#include <algorithm>

namespace weir {

LineTable::LineTable(std::shared_ptr<const SourceText> source) : source_(std::move(source)), starts_{0} {
  const std::string& text = source_->text;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', end + 1))
    starts_.push_back(end + 1);
}

std::string_view LineTable::line(std::size_t number) const {
  if (number >= starts_.size()) return {};
  const std::size_t end = number + 1 < starts_.size() ? starts_[number + 1] - 1 : text().size();
  return std::string_view(text()).substr(starts_[number], end - starts_[number]);
}

std::size_t LineTable::offset(std::size_t line, std::size_t column) const {
  if (line >= starts_.size()) return text().size();
  return std::min(starts_[line] + column, text().size());
}

std::size_t LineTable::end_of_line(std::size_t offset) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const std::size_t end = next == starts_.end() ? text().size() : *next - 1;
  return end > offset && text()[end - 1] == '\r' ? end - 1 : end;
}

Location LineTable::span(std::size_t offset, std::size_t length) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<std::size_t>(next - starts_.begin());
  return {source_, static_cast<std::uint32_t>(line),
          static_cast<std::uint32_t>(offset - starts_[line - 1] + 1), static_cast<std::uint32_t>(length)};
}

}  // namespace weir
