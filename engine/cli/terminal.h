// terminal.h — what people see: whether there is a terminal, how wide it is, numbers and tables as text.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace weir {

bool is_terminal(std::FILE* stream);
/// Columns of the terminal at stderr; 80 where it cannot be asked.
std::size_t terminal_width();
/// 1,234,567.
std::string grouped(std::int64_t number);
/// `text` cut to `width` columns (UTF-8 sequences count as one).
std::string cut_to_width(const std::string& text, std::size_t width);

/// A table with a header, columns as wide as they need to be; numbers to the right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// Header and rows as StoreAdministration::query gives them; NULL is shown as a dash.
std::string table_text(const std::vector<std::vector<std::optional<std::string>>>& rows);

/// Bytes of memory this process uses now, and at most so far; -1 where the system does not tell.
struct MemoryUse {
  std::int64_t now = -1, peak = -1;
};
MemoryUse memory_use();
std::string megabytes(std::int64_t bytes);

}  // namespace weir
