// draft_text.cpp — writes YAML, which the formatter lays out or turns into a .weir file.
#include "engine/infer/draft_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "dsl/format.h"
#include "engine/component/json_writer.h"

namespace weir {
namespace {

// In words that a comment can hold.
std::string on_one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

bool is_word(const std::string& text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 && std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string quoted_field(const std::string& name) {
  std::string text = "'";
  for (const char c : name) text.append(c == '\'' ? 2 : 1, c);
  return text + "'";
}

std::string spec_of(const ColumnDraft& column) {
  std::string spec = to_string(column.field.type) + (column.field.nullable ? "" : " not null");
  if (column.from != column.field.name) spec += " from " + (is_word(column.from) ? column.from : quoted_field(column.from));
  return spec;
}

std::string yaml_of(const BlockDraft& block, bool is_pipeline) {
  std::string text;
  if (is_pipeline) text += fmt::format("name: {}\n", block.name);
  for (const std::string& note : block.notes) text += "# " + on_one_line(note) + "\n";
  text += fmt::format("{}:\n  {}:\n", block.is_table ? "tables" : "sources", block.name);
  for (const auto& [name, value] : block.options) text += fmt::format("    {}: {}\n", name, json_quoted(value));
  text += "    columns:\n";
  for (const ColumnDraft& column : block.columns) {
    text += fmt::format("      {}: {}", column.field.name, json_quoted(spec_of(column)));
    text += column.doubt.empty() ? "\n" : "   # " + on_one_line(column.doubt) + "\n";
  }
  if (!block.key.empty()) text += fmt::format("    key: [{}]\n", fmt::join(block.key, ", "));
  if (is_pipeline) text += fmt::format("sinks:\n  screen:\n    input: {}\n    type: console\n", block.name);
  return text;
}

}  // namespace

std::string text_of(const BlockDraft& block, Spelling spelling, bool is_pipeline, const Registry& registry) {
  std::string text = format_pipeline("draft.yaml", yaml_of(block, is_pipeline), spelling, registry);
  if (block.event_time.empty()) return text;
  const char* comment = spelling == Spelling::yaml ? "#" : "--";
  const std::string rule = spelling == Spelling::yaml ? fmt::format("watermark: {} - INTERVAL 1 HOUR", block.event_time)
                                                      : fmt::format("WATERMARK FOR {0} AS {0} - INTERVAL 1 HOUR", block.event_time);
  return fmt::format("{} {} may say when rows happened; windows want {}, with how far out of order rows come\n{}", comment, block.event_time, rule, text);
}

}  // namespace weir
