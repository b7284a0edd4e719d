// diagnostics_json.cpp — diagnostics as lines of JSON.
#include <fmt/format.h>

#include "engine/base/excerpt.h"
#include "engine/cli/diagnostic_formats.h"
#include "engine/component/json_writer.h"

namespace weir {
namespace {

std::string text_or_null(std::string_view text) { return text.empty() ? "null" : json_quoted(text); }

std::string place_of(const Location& where, const std::string& otherwise) {
  if (!where.is_known()) return fmt::format(R"("file":{},"line":null,"column":null,"end_line":null,"end_column":null)", text_or_null(otherwise));
  return fmt::format(R"("file":{},"line":{},"column":{},"end_line":{},"end_column":{})", json_quoted(where.source->name), where.line, column_in_characters(where),
                     where.line, end_column_in_characters(where));
}

std::string line_of(const Error& error, const char* severity, const std::string& file) {
  std::string notes;
  for (const Note& note : error.notes())
    notes += fmt::format(R"({}{{"message":{},{}}})", notes.empty() ? "" : ",", json_quoted(note.text), place_of(note.where, ""));
  return fmt::format(R"({{"code":{},"severity":"{}","message":{},"hint":{},{},"notes":[{}]}})"
                     "\n",
                     text_or_null(error.mistake()), severity, json_quoted(error.message()), text_or_null(error.hint()), place_of(error.where(), file), notes);
}

}  // namespace

std::string diagnostics_json(const CheckedFile& file) {
  std::string lines;
  for (const Error& error : file.diagnostics.errors()) lines += line_of(error, "error", file.path);
  for (const Error& warning : file.diagnostics.warnings()) lines += line_of(warning, "warning", file.path);
  return lines;
}

}  // namespace weir
