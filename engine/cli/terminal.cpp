// terminal.cpp — what people see: whether there is a terminal, how wide it is, numbers and tables as text.
#include "engine/cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>

namespace weir {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

bool is_number(const std::string& text) {
  const bool has_digit =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return has_digit && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || c == ',' || c == '.' || c == '-';
         });
}

}  // namespace

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::ptrdiff_t first = digits[0] == '-' ? 1 : 0;
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > first; place -= 3) {
    digits.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return digits;
}

std::string cut_to_width(const std::string& text, std::size_t width) {
  std::size_t columns = 0, end = 0;
  while (end < text.size() && (columns < width || is_continuation(text[end]))) {
    if (!is_continuation(text[end])) ++columns;
    ++end;
  }
  return text.substr(0, end);
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths;
  std::vector<bool> is_numeric(rows_.front().size(), rows_.size() > 1);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    widths.resize(std::max(widths.size(), rows_[r].size()), 0);
    for (std::size_t c = 0; c < rows_[r].size(); ++c) {
      widths[c] = std::max(widths[c], width_of(rows_[r][c]));
      if (r > 0 && c < is_numeric.size() && !is_number(rows_[r][c]) && rows_[r][c] != "-")
        is_numeric[c] = false;
    }
  }
  std::string result;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string gap(widths[c] - width_of(row[c]), ' ');
      line += (c == 0 ? "" : "  ") + (is_numeric[c] ? gap + row[c] : row[c] + gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + "\n";
  }
  return result;
}

std::string table_text(const std::vector<std::vector<std::optional<std::string>>>& rows) {
  if (rows.empty()) return {};
  const auto plain = [](const std::vector<std::optional<std::string>>& row) {
    std::vector<std::string> texts;
    for (const auto& cell : row) texts.push_back(cell.value_or("-"));
    return texts;
  };
  TextTable table(plain(rows.front()));
  for (std::size_t i = 1; i < rows.size(); ++i) table.add(plain(rows[i]));
  return table.text();
}

MemoryUse memory_use() {
  MemoryUse use;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) use.now = std::stoll(line.substr(6)) * 1024;
    if (line.rfind("VmHWM:", 0) == 0) use.peak = std::stoll(line.substr(6)) * 1024;
  }
  return use;
}

std::string megabytes(std::int64_t bytes) {
  return bytes < 0 ? "? MB" : fmt::format("{} MB", bytes / 1'000'000);
}

}  // namespace weir
