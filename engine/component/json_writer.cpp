// json_writer.cpp — writes indented JSON text, keys in the order they are given.
#include "engine/component/json_writer.h"

#include <fmt/format.h>

namespace weir {

std::string json_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        quoted += "\\\"";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\t':
        quoted += "\\t";
        break;
      case '\r':
        quoted += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          quoted += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        else
          quoted += c;
    }
  }
  return quoted + "\"";
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_values_.empty()) return;
  if (has_values_.back()) text_ += ",";
  has_values_.back() = true;
  text_ += "\n" + std::string(has_values_.size() * 2, ' ');
}

void JsonWriter::put(std::string_view text) {
  separate();
  text_ += text;
}

void JsonWriter::begin(char bracket) {
  separate();
  text_ += bracket;
  has_values_.push_back(false);
}

void JsonWriter::end(char bracket) {
  const bool had_values = has_values_.back();
  has_values_.pop_back();
  if (had_values) text_ += "\n" + std::string(has_values_.size() * 2, ' ');
  text_ += bracket;
}

void JsonWriter::key(std::string_view name) {
  separate();
  text_ += json_quoted(name) + ": ";
  after_key_ = true;
}

void JsonWriter::member(std::string_view name, const std::vector<std::string>& list) {
  key(name);
  begin_array();
  for (const std::string& one : list) value(one);
  end_array();
}

}  // namespace weir
