// answer.h — how ranges and texts are written in answers.
#pragma once

#include <string>

#include "dsl/language_server/document.h"
#include "engine/component/json_writer.h"

namespace weir {

void write_range(const TextRange& range, JsonWriter& json);
/// {uri, range}.
void write_place(const std::string& uri, const TextRange& range, JsonWriter& json);
/// A member `name` with Markdown.
void write_markdown(const char* name, const std::string& text, JsonWriter& json);

}  // namespace weir
