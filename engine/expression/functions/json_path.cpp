// json_path.cpp — compiles JSON paths and walks over JSON text along them.
#include "engine/expression/functions/json_path.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/expression/functions/json_walker.h"
#include "engine/expression/json_text.h"

namespace weir {
namespace {

Error bad_path(std::string_view path, std::string_view reason) {
  return Error{ErrorKind::user,
               fmt::format("bad JSON path: {} ({}; a path looks like $.a[0]['b c'])", path, reason)};
}

}  // namespace

bool is_json_name(std::string_view quoted, std::string_view name) {
  const std::string_view inner = quoted.substr(1, quoted.size() < 2 ? 0 : quoted.size() - 2);
  if (inner.find('\\') == inner.npos) return inner == name;
  std::string unescaped;
  append_unescaped_json(quoted, unescaped);
  return unescaped == name;
}

namespace {

/// Moves from the start of an object to that of the value of a member.
bool enter_member(JsonWalker& walker, std::string_view name) {
  if (!walker.take('{')) return false;
  while (walker.next() == '"') {
    const bool is_found = is_json_name(walker.take_string(), name);
    if (!walker.take(':')) return false;
    if (is_found) return true;
    walker.take_value();
    if (!walker.take(',')) return false;
  }
  return false;
}

/// Moves from the start of an array to that of an element.
bool enter_element(JsonWalker& walker, std::size_t index) {
  if (!walker.take('[')) return false;
  for (; index > 0; --index) {
    if (walker.take_value().empty() || !walker.take(',')) return false;
  }
  return walker.next() != ']';
}

}  // namespace

Result<JsonPath> JsonPath::compile(std::string_view text) {
  JsonPath path;
  if (text.empty() || text.front() != '$') return bad_path(text, "it must begin with $");
  for (std::size_t i = 1; i < text.size();) {
    Step step;
    std::size_t end = text.npos;
    if (text[i] == '.') {
      end = std::min(text.find_first_of(".[", i + 1), text.size());
      step.name = text.substr(i + 1, end - i - 1);
      if (step.name.empty()) return bad_path(text, "a name is missing");
      if (step.name == "*") return bad_path(text, "* stands in brackets, for the elements of an array");
    } else if (text[i] == '[' && (text.substr(i + 1, 1) == "'" || text.substr(i + 1, 1) == "\"")) {
      const std::size_t closing = text.find(std::string{text[i + 1], ']'}, i + 2);
      if (closing == text.npos) return bad_path(text, "a bracket is not closed");
      step.name = text.substr(i + 2, closing - i - 2);
      end = closing + 2;
    } else if (text.substr(i, 3) == "[*]") {
      step.kind = Kind::any_element;
      end = i + 3;
    } else if (text[i] == '[') {
      const char* last = text.data() + text.size();
      const auto read = std::from_chars(text.data() + i + 1, last, step.index);
      if (read.ec != std::errc() || read.ptr == last || *read.ptr != ']')
        return bad_path(text, "an index or a quoted name must stand in brackets");
      step.kind = Kind::index;
      end = static_cast<std::size_t>(read.ptr - text.data()) + 1;
    } else {
      return bad_path(text, "steps are .name, ['name'], [0] and [*]");
    }
    path.has_wildcard_ = path.has_wildcard_ || step.kind == Kind::any_element;
    path.steps_.push_back(std::move(step));
    i = end;
  }
  return path;
}

std::optional<std::string_view> JsonPath::find(std::string_view json) const {
  JsonWalker walker(json);
  for (const Step& step : steps_) {
    const bool is_there =
        step.kind == Kind::name ? enter_member(walker, step.name) : enter_element(walker, step.index);
    if (!is_there) return std::nullopt;
  }
  const std::string_view value = walker.take_value();
  if (value.empty()) return std::nullopt;
  return value;
}

std::optional<std::int32_t> json_array_length(std::string_view json) {
  JsonWalker walker(json);
  if (!walker.take('[')) return std::nullopt;
  std::int32_t count = 0;
  while (walker.next() != ']' && walker.next() != '\0') {
    walker.take_value();
    ++count;
    if (!walker.take(',')) break;
  }
  return count;
}

}  // namespace weir
