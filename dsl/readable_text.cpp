// readable_text.cpp — refuses files whose bytes are no text.
#include "dsl/readable_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/data/utf8.h"

namespace weir {
namespace {

constexpr std::size_t max_size = 1 << 20;

// Parsers may end a text at the first such character without a word.
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t'; }

}  // namespace

bool is_readable_text(const LineTable& lines, Diagnostics& diagnostics) {
  const std::string& text = lines.text();
  const auto refuse = [&](const char* mistake, std::string message, Location where) {
    diagnostics.error(Error{ErrorKind::user, std::move(message), std::move(where)}.as(mistake));
    return false;
  };
  if (text.size() > max_size) {
    Location file = lines.span(0, 0);
    file.line = 0;
    return refuse("W0004", fmt::format("the file is too long: {} bytes; a pipeline has at most 1 MiB", text.size()), file);
  }
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line(text.data() + start, end - start);
    if (!is_valid_utf8(line)) return refuse("W0003", "this line is not valid UTF-8", lines.span(start, line.size()));
    const auto control = std::find_if(line.begin(), line.end(), is_control);
    if (control != line.end()) {
      const auto at = start + static_cast<std::size_t>(control - line.begin());
      return refuse("W0003", fmt::format("unexpected control character: 0x{:02x}", text[at]), lines.span(at, 1));
    }
    start = end + 1;
  }
  return true;
}

}  // namespace weir
