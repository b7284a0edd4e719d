// outline.cpp — what a document is made of.
#include "dsl/language_server/outline.h"

#include "dsl/language_server/answer.h"
#include "dsl/language_server/symbols.h"

namespace weir {
namespace {

// The protocol's numbers for kinds of symbols.
std::int64_t number_of(Mention::Kind kind) {
  switch (kind) {
    case Mention::Kind::source:
      return 11;  // interface
    case Mention::Kind::table:
      return 23;  // struct
    case Mention::Kind::stream:
      return 2;   // module
    case Mention::Kind::sink:
      return 5;   // class
    case Mention::Kind::report:
      return 24;  // event
    case Mention::Kind::connection:
      return 19;  // object
    case Mention::Kind::function:
      return 12;
    case Mention::Kind::column:
      return 8;   // field
  }
  return 13;
}

const char* word_for(Mention::Kind kind) {
  switch (kind) {
    case Mention::Kind::source: return "source";
    case Mention::Kind::table: return "table";
    case Mention::Kind::stream: return "stream";
    case Mention::Kind::sink: return "sink";
    case Mention::Kind::report: return "report";
    case Mention::Kind::connection: return "connection";
    case Mention::Kind::function: return "function";
    case Mention::Kind::column: return "column";
  }
  return "";
}

void begin(const Document& document, const Mention& mention, const std::string& detail, JsonWriter& json) {
  json.begin_object();
  json.member("name", mention.name);
  json.member("detail", detail);
  json.member("kind", number_of(mention.kind));
  const TextRange range = document.range_of(document.span_of(mention.where));
  json.key("range");
  write_range(range, json);
  json.key("selectionRange");
  write_range(range, json);
}

}  // namespace

void write_outline(const Document& document, const Analysis& analysis, JsonWriter& json) {
  const Symbols symbols(analysis.knowledge);
  const auto is_here = [&](const Mention& mention) { return mention.is_definition && mention.where.length > 0 && mention.where.source->name == document.path(); };
  json.begin_array();
  for (const Mention& mention : symbols.mentions()) {
    if (!is_here(mention) || mention.kind == Mention::Kind::column) continue;
    begin(document, mention, word_for(mention.kind), json);
    json.key("children");
    json.begin_array();
    for (const Mention& column : symbols.mentions()) {
      const bool is_its = column.kind == Mention::Kind::column && column.owner == mention.name && column.is_of_sink == (mention.kind == Mention::Kind::sink);
      if (!is_here(column) || !is_its) continue;
      const std::optional<Field> field = symbols.field_of(column);
      begin(document, column, field ? to_string(field->type) : "", json);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

}  // namespace weir
