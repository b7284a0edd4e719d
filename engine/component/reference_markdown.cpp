// reference_markdown.cpp — the reference pages of connectors and formats.
#include <fmt/format.h>

#include <cctype>

#include "engine/component/reference.h"
#include "engine/component/store_lookup.h"

namespace weir {
namespace {

// A pipe would end the cell.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? "\\|" : std::string(1, c);
  return escaped;
}

// Summaries are written as notes; on a page they are sentences.
std::string sentence(std::string text) {
  if (text.empty()) return text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (text.back() != '.') text += '.';
  return text;
}

std::string options_table(const std::vector<OptionDoc>& options) {
  if (options.empty()) return "It has no options.\n\n";
  std::string text = "| option | type | default | |\n|---|---|---|---|\n";
  for (const OptionDoc& option : options) {
    const std::string fallback = option.required                ? "required"
                                 : option.default_value.empty() ? ""
                                                                : "`" + option.default_value + "`";
    const std::string secret = option.secret ? " Never printed." : "";
    text += fmt::format("| `{}` | {} | {} | {}{} |\n", option.name, cell(option.type), cell(fallback),
                        cell(sentence(option.summary)), secret);
  }
  return text + "\n";
}

std::string metadata_table(const std::vector<MetadataColumn>& columns) {
  if (columns.empty()) return {};
  std::string text = "Metadata columns:\n\n| column | type | |\n|---|---|---|\n";
  for (const MetadataColumn& column : columns) {
    text += fmt::format("| `{}` | {}{} | {} |\n", column.name, to_string(column.type),
                        column.nullable ? "" : " not null", cell(sentence(column.summary)));
  }
  return text + "\n";
}

std::string schemes_sentence(const StoreSpec& spec) {
  std::string schemes;
  for (const std::string& scheme : spec.schemes) schemes += (schemes.empty() ? "`" : ", `") + scheme + ":`";
  return schemes.empty()
             ? ""
             : fmt::format("Told by `type: {}`, or by a dsn that begins with {}.\n\n", spec.name, schemes);
}

}  // namespace

std::string connectors_markdown(const Registry& registry) {
  std::string text =
      "# Connectors\n\nWritten by `weir list connectors --format markdown`; do not edit.\n\n"
      "## Sources\n\nThe options of a source's format (see formats.md) stand beside its own.\n\n";
  for (const SourceSpec& spec : registry.sources) {
    text += fmt::format("### {}\n\n{}\n\n{}{}", spec.name, sentence(spec.summary),
                        options_table(spec.options), metadata_table(spec.metadata));
  }
  text +=
      "## Connections\n\nA connection holds the tables of a pipeline's sinks, and with them its positions, "
      "ledger and rejects.\n\n";
  for (const StoreSpec& spec : registry.stores) {
    text += fmt::format("### {}\n\n{}\n\n{}{}", spec.name, sentence(spec.summary), schemes_sentence(spec),
                        options_table(spec.options));
  }
  text +=
      "## Sinks\n\nA sink is a table of a connection, unless its `type` is one of these. What they write is no part of the transaction: they "
      "are fed after the commit, at least once (docs/guarantees.md). The options stand in the sink, beside `input`, `select`, `key` and the like.\n\n";
  for (const OutletSpec& spec : registry.outlets) {
    text += fmt::format("### {}\n\n{}\n\n{}", spec.name, sentence(spec.summary), options_table(spec.options));
  }
  text += "## Tables\n\nA lookup table (`tables`) has `columns`, a `key`, and a `refresh` time if it is to be read again. The options of its type stand beside them.\n\n";
  for (const LookupSpec& spec : registry.lookups)
    text += fmt::format("### {}\n\n{}\n\n{}", spec.name, sentence(spec.summary), options_table(spec.options));
  text += fmt::format("### of a connection\n\nRows of a database: `connection: NAME` in place of a type.\n\n{}", options_table(store_lookup_options()));
  text.pop_back();
  return text;
}

std::string formats_markdown(const Registry& registry) {
  std::string text =
      "# Formats\n\nWritten by `weir list formats --format markdown`; do not edit.\n\n"
      "What `format:` of a source may say. The options stand beside it.\n\n";
  for (const FormatSpec& spec : registry.formats) {
    text += fmt::format("## {}\n\n{}\n\n{}", spec.name, sentence(spec.summary), options_table(spec.options));
  }
  text.pop_back();
  return text;
}

}  // namespace weir
