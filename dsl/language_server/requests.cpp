// requests.cpp — the answers of the server that are about a place of a document.
#include <fmt/format.h>

#include <algorithm>

#include "dsl/language_server/answer.h"
#include "dsl/language_server/completion.h"
#include "dsl/language_server/hover.h"
#include "dsl/language_server/outline.h"
#include "dsl/language_server/server.h"
#include "dsl/language_server/symbols.h"

namespace weir {
namespace {

constexpr int invalid_params = -32602, request_failed = -32803;

void write_location(const Document& document, const Location& where, JsonWriter& json) {
  if (where.source->name == document.path()) return write_place(document.uri(), document.range_of(document.span_of(where)), json);
  const Document other(uri_of_path(where.source->name), where.source->text, 0, PositionEncoding::utf16);
  write_place(other.uri(), other.range_of(other.span_of(where)), json);
}

bool is_plain_name(const std::string& text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// Where a name stands, also in front of the dot of a column: shops.city. In the order of the text.
std::vector<TextSpan> places_of(const Mention& mention, const Symbols& symbols, const Document& document) {
  std::vector<TextSpan> places;
  const auto add = [&](TextSpan place) {
    const bool is_new = std::none_of(places.begin(), places.end(), [&](const TextSpan& one) { return one.start == place.start; });
    if (is_new) places.push_back(place);
  };
  for (const Mention* one : symbols.same_as(mention)) {
    if (one->where.source->name == document.path()) add(document.span_of(one->where));
  }
  const std::string qualifier = mention.name + ".";
  for (const Mention& column : symbols.mentions()) {
    if (column.kind != Mention::Kind::column || column.where.length == 0 || column.where.source->name != document.path()) continue;
    const TextSpan span = document.span_of(column.where);
    if (document.text().compare(span.start, qualifier.size(), qualifier) == 0) add({span.start, span.start + mention.name.size()});
  }
  std::sort(places.begin(), places.end(), [](const TextSpan& a, const TextSpan& b) { return a.start < b.start; });
  return places;
}

std::string with_name(const std::string& text, const std::vector<TextSpan>& places, const std::string& name) {
  std::string result;
  std::size_t at = 0;
  for (const TextSpan& place : places) {
    result += text.substr(at, place.start - at) + name;
    at = place.end;
  }
  return result + text.substr(at);
}

}  // namespace

LanguageServer::Outcome LanguageServer::hover(const Json& params, JsonWriter& json) {
  Open* open = find(params);
  if (open == nullptr) return Failure{invalid_params, "the document is not open"};
  const Analysis& analysis = analysis_of(*open);
  const std::optional<Hover> found = hover_at(open->document, analysis, Symbols(analysis.knowledge), offset_in(*open, params), variables_);
  if (!found) {
    json.null();
    return std::nullopt;
  }
  json.begin_object();
  write_markdown("contents", found->text, json);
  json.key("range");
  write_range(open->document.range_of(found->span), json);
  json.end_object();
  return std::nullopt;
}

// Of a text that is being written and cannot be read as it is, what stands around the cursor is left out.
LanguageServer::Outcome LanguageServer::complete(const Json& params, JsonWriter& json) {
  Open* open = find(params);
  if (open == nullptr) return Failure{invalid_params, "the document is not open"};
  const Document& document = open->document;
  const std::size_t offset = offset_in(*open, params);
  const Place place = place_in(document, offset);
  std::shared_ptr<const Analysis> analysis;
  const bool is_read_whole = document.spelling() == Spelling::weir && place.healed != document.text();
  if (!is_read_whole) {
    analysis_of(*open);
    analysis = open->analysis;
  }
  if (analysis == nullptr || !analysis->knowledge.syntax || !columns_at(place, analysis->knowledge).own) {
    std::shared_ptr<const Analysis> healed = analyse_text(document, place.healed);
    if (healed->knowledge.syntax) analysis = std::move(healed);
  }
  if ((analysis == nullptr || !analysis->knowledge.syntax) && open->last_read != nullptr) analysis = open->last_read;
  if (analysis == nullptr) {
    analysis_of(*open);
    analysis = open->analysis;
  }
  const ColumnsAtPlace columns = columns_at(place, analysis->knowledge);
  write_completion({document, offset, place, analysis->knowledge, columns, *analysis->registry, takes_snippets_}, json);
  return std::nullopt;
}

LanguageServer::Outcome LanguageServer::define(const Json& params, JsonWriter& json) {
  Open* open = find(params);
  if (open == nullptr) return Failure{invalid_params, "the document is not open"};
  const Symbols symbols(analysis_of(*open).knowledge);
  const Mention* mention = symbols.find(open->document, offset_in(*open, params));
  const std::optional<Location> made = mention == nullptr ? std::nullopt : symbols.definition_of(*mention);
  if (made) {
    write_location(open->document, *made, json);
  } else {
    json.null();
  }
  return std::nullopt;
}

LanguageServer::Outcome LanguageServer::refer(const Json& params, JsonWriter& json) {
  Open* open = find(params);
  if (open == nullptr) return Failure{invalid_params, "the document is not open"};
  const Symbols symbols(analysis_of(*open).knowledge);
  const Mention* mention = symbols.find(open->document, offset_in(*open, params));
  const bool has_declaration = params["context"]["includeDeclaration"].truth_or(true);
  json.begin_array();
  if (mention != nullptr) {
    for (const Mention* one : symbols.same_as(*mention)) {
      if (has_declaration || !one->is_definition) write_location(open->document, one->where, json);
    }
  }
  json.end_array();
  return std::nullopt;
}

// Columns are names of a database's tables and of fields of records too: those are nobody's to change here. What would make the file wrong is not done.
LanguageServer::Outcome LanguageServer::rename(const Json& params, JsonWriter& json) {
  Open* open = find(params);
  if (open == nullptr) return Failure{invalid_params, "the document is not open"};
  const std::string name = params["newName"].text_or("");
  if (!is_plain_name(name)) return Failure{invalid_params, fmt::format("not a name: '{}': use letters, digits and _, with a letter first", name)};
  const Document& document = open->document;
  const Analysis& analysis = analysis_of(*open);
  const Symbols symbols(analysis.knowledge);
  const Mention* mention = symbols.find(document, offset_in(*open, params));
  if (mention == nullptr || mention->kind == Mention::Kind::column) return Failure{request_failed, "only sources, streams, sinks, tables, connections and functions can be renamed"};
  for (const Mention& other : symbols.mentions()) {
    if (other.is_definition && other.kind != Mention::Kind::column && other.name == name) return Failure{request_failed, fmt::format("the name {} is already taken", name)};
  }
  const std::vector<TextSpan> places = places_of(*mention, symbols, document);
  const std::size_t errors = analysis.compiled.diagnostics.errors().size();
  const std::shared_ptr<const Analysis> renamed = analyse_text(document, with_name(document.text(), places, name));
  if (renamed->compiled.diagnostics.errors().size() > errors)
    return Failure{request_failed, fmt::format("with this name the file would be wrong: {}", renamed->compiled.diagnostics.errors().front().message())};
  json.begin_object();
  json.key("changes");
  json.begin_object();
  json.key(document.uri());
  json.begin_array();
  for (const TextSpan& place : places) {
    json.begin_object();
    json.key("range");
    write_range(document.range_of(place), json);
    json.member("newText", name);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_object();
  return std::nullopt;
}

LanguageServer::Outcome LanguageServer::list_symbols(const Json& params, JsonWriter& json) {
  Open* open = find(params);
  if (open == nullptr) return Failure{invalid_params, "the document is not open"};
  write_outline(open->document, analysis_of(*open), json);
  return std::nullopt;
}

}  // namespace weir
