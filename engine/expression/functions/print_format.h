// print_format.h — formats of format_string: Java's %[argument$][flags][width][.precision]conversion, taken
// apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace weir {

struct PrintItem {
  static constexpr int none = -1;

  std::string text;     // stands for itself, before what is printed
  char conversion = 0;  // one of s d x o f e g c b; 0: nothing is printed behind the text
  std::uint32_t argument = 0;
  int width = none;
  int precision = none;
  bool is_upper = false;
  bool is_left = false;          // -
  bool is_alternate = false;     // #
  bool has_plus = false;         // +
  bool has_blank = false;        // a blank before positive numbers
  bool is_zero_padded = false;   // 0
  bool has_groups = false;       // ,
  bool has_parentheses = false;  // (
  bool is_number() const { return std::string_view("dxofeg").find(conversion) != std::string_view::npos; }
};

struct PrintFormat {
  std::vector<PrintItem> items;
  std::uint32_t argument_count = 0;  // how many arguments the items name

  /// A sentence where the text is no such format.
  static Result<PrintFormat> compile(std::string_view text);
};

}  // namespace weir
