// answer.cpp — how ranges and texts are written in answers.
#include "dsl/language_server/answer.h"

namespace weir {
namespace {

void write_position(const char* name, const TextPosition& position, JsonWriter& json) {
  json.key(name);
  json.begin_object();
  json.member("line", position.line);
  json.member("character", position.character);
  json.end_object();
}

}  // namespace

void write_range(const TextRange& range, JsonWriter& json) {
  json.begin_object();
  write_position("start", range.start, json);
  write_position("end", range.end, json);
  json.end_object();
}

void write_place(const std::string& uri, const TextRange& range, JsonWriter& json) {
  json.begin_object();
  json.member("uri", uri);
  json.key("range");
  write_range(range, json);
  json.end_object();
}

void write_markdown(const char* name, const std::string& text, JsonWriter& json) {
  json.key(name);
  json.begin_object();
  json.member("kind", "markdown");
  json.member("value", text);
  json.end_object();
}

}  // namespace weir
