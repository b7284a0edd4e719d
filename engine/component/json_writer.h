// json_writer.h — writes indented JSON text, keys in the order they are given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// `"text"` with what JSON wants escaped.
std::string json_quoted(std::string_view text);

/// Call begin/end in pairs; inside an object give key() before each value.
class JsonWriter {
 public:
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }
  void key(std::string_view name);
  void value(std::string_view text) { put(json_quoted(text)); }
  void value(const char* text) { put(json_quoted(text)); }
  void value(bool flag) { put(flag ? "true" : "false"); }
  void value(std::size_t number) { put(std::to_string(number)); }
  void value(std::int64_t number) { put(std::to_string(number)); }
  void null() { put("null"); }
  template <typename T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }
  void member(std::string_view name, const std::vector<std::string>& list);
  /// The text so far, ending in a newline.
  std::string text() && { return std::move(text_) + "\n"; }

 private:
  void begin(char bracket);
  void end(char bracket);
  void put(std::string_view text);
  void separate();

  std::string text_;
  std::vector<bool> has_values_;  // by depth
  bool after_key_ = false;
};

}  // namespace weir
