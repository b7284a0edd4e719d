// csv_reader.h — takes CSV text apart into records, as RFC 4180 has it.
//
// Lines end in LF or CRLF. A field that begins with a quote ends with one; a quote within is doubled, and separators and line ends within are part of
// the field. In other fields a quote is a character, which the standard leaves open. Empty lines are left out. A byte order mark at the beginning is skipped.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace weir {

struct CsvField {
  std::string_view text;  // without its quotes
  bool is_quoted = false;
  std::uint32_t line = 0, column = 0;  // of its first character, quote included; from 1, in bytes
  std::uint32_t length = 0;            // as it stands in the text, up to the end of that line
};

/// One thread.
class CsvReader {
 public:
  CsvReader(std::shared_ptr<const SourceText> source, char delimiter);
  /// The fields of the next record, good until the next call; false at the end. An error says where.
  Result<bool> next(std::vector<CsvField>& fields);

 private:
  bool skip_empty_lines();
  Status read_quoted(CsvField& field);
  Error error_here(std::string message, std::size_t at) const;
  void end_line();

  const std::shared_ptr<const SourceText> source_;
  const std::string_view text_;
  const char delimiter_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::string unquoted_;  // the fields of the record with a doubled quote in them, one after the other
};

}  // namespace weir
