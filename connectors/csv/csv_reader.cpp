// csv_reader.cpp — one pass over the text; only fields with a doubled quote are copied.
#include "connectors/csv/csv_reader.h"

#include <algorithm>

namespace weir {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(std::shared_ptr<const SourceText> source, char delimiter)
    : source_(std::move(source)), text_(source_->text), delimiter_(delimiter) {
  if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

Error CsvReader::error_here(std::string message, std::size_t at) const {
  return Error{ErrorKind::user, std::move(message), Location{source_, line_, static_cast<std::uint32_t>(at - line_start_ + 1), 1}};
}

// At a line feed, or at the carriage return before one.
void CsvReader::end_line() {
  at_ += text_[at_] == '\r' ? 2 : 1;
  line_start_ = at_;
  ++line_;
}

bool CsvReader::skip_empty_lines() {
  while (at_ < text_.size() && (text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n")) end_line();
  return at_ < text_.size();
}

// Behind the closing quote afterwards. The text is one piece of the file, or a copy where quotes in it are doubled.
Status CsvReader::read_quoted(CsvField& field) {
  const std::size_t opening = at_++, opening_line_start = line_start_;
  const std::uint32_t opening_line = line_;
  const std::size_t copied_from = unquoted_.size();
  std::size_t piece = at_;
  bool is_copied = false;
  for (;; ++at_) {
    if (at_ == text_.size()) {
      line_ = opening_line;
      line_start_ = opening_line_start;
      return error_here("the quote that opens here is never closed", opening);
    }
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    }
    if (text_[at_] != '"') continue;
    const bool is_doubled = at_ + 1 < text_.size() && text_[at_ + 1] == '"';
    if (is_doubled || is_copied) unquoted_.append(text_.substr(piece, at_ - piece + (is_doubled ? 1 : 0)));
    if (!is_doubled) break;
    is_copied = true;
    piece = ++at_ + 1;
  }
  // A copy is told by its place: the texts move while the record is read.
  field.is_quoted = true;
  field.text = is_copied ? std::string_view(nullptr, 0) : text_.substr(piece, at_ - piece);
  field.length = is_copied ? static_cast<std::uint32_t>(unquoted_.size() - copied_from) : 0;
  ++at_;
  const bool is_end = at_ == text_.size() || text_[at_] == delimiter_ || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
  if (is_end) return {};
  return error_here("text behind the quote that closes a field", at_).with_hint("a quote within a quoted field is doubled: \"\"");
}

Result<bool> CsvReader::next(std::vector<CsvField>& fields) {
  fields.clear();
  unquoted_.clear();
  if (!skip_empty_lines()) return false;
  for (;;) {
    CsvField field;
    field.line = line_;
    field.column = static_cast<std::uint32_t>(at_ - line_start_ + 1);
    if (at_ < text_.size() && text_[at_] == '"') {
      WEIR_TRY(read_quoted(field));
    } else {
      const std::size_t start = at_;
      while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n') ++at_;
      const bool ends_with_return = at_ < text_.size() && text_[at_] == '\n' && at_ > start && text_[at_ - 1] == '\r';
      if (ends_with_return) --at_;
      field.text = text_.substr(start, at_ - start);
    }
    fields.push_back(field);
    if (at_ == text_.size()) break;
    if (text_[at_] != delimiter_) {
      end_line();
      break;
    }
    ++at_;
  }
  std::size_t copied = 0;
  for (CsvField& field : fields) {
    if (field.is_quoted && field.text.data() == nullptr) {
      field.text = std::string_view(unquoted_).substr(copied, field.length);
      copied += field.length;
    }
    const std::string_view on_line = field.text.substr(0, field.text.find('\n'));
    field.length = static_cast<std::uint32_t>(on_line.size() + (field.is_quoted ? 1 : 0));
  }
  return true;
}

}  // namespace weir
