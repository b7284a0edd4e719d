// error.cpp — prints an error with the places it points at.
#include "engine/base/error.h"

#include <fmt/format.h>

#include "engine/base/excerpt.h"

namespace weir {
namespace {

std::string shown(const Location& where) {
  if (!where.is_known()) return {};
  return fmt::format(" --> {}:{}:{}\n{}", where.source->name, where.line, column_in_characters(where), excerpt(where));
}

}  // namespace

std::string render(const Error& error, const char* severity) {
  const std::string mistake = error.mistake().empty() ? "" : fmt::format("[{}]", error.mistake());
  std::string text = fmt::format("{}{}: {}\n{}", severity, mistake, error.message(), shown(error.where()));
  if (!error.hint().empty()) text += fmt::format("  = help: {}\n", error.hint());
  for (const Note& note : error.notes()) text += fmt::format("note: {}\n{}", note.text, shown(note.where));
  return text;
}

}  // namespace weir
