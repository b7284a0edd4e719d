// print_format.cpp — takes formats of format_string apart.
#include "engine/expression/functions/print_format.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

constexpr int most_width = 10'000;
constexpr std::string_view conversions = "sdxXofeEgGcb";

class FormatReader {
 public:
  explicit FormatReader(std::string_view text) : text_(text) {}

  Result<PrintFormat> read() {
    PrintFormat format;
    PrintItem item;
    while (position_ < text_.size()) {
      const char c = text_[position_++];
      if (c != '%') {
        item.text += c;
        continue;
      }
      start_ = position_ - 1;
      WEIR_TRY(read_item(item));
      if (item.conversion == 0) continue;
      format.argument_count = std::max(format.argument_count, item.argument + 1);
      format.items.push_back(std::exchange(item, PrintItem{}));
    }
    format.items.push_back(std::move(item));
    return format;
  }

 private:
  char next() const { return position_ < text_.size() ? text_[position_] : '\0'; }

  Error bad(std::string_view reason) const {
    return Error{ErrorKind::user,
                 fmt::format("bad format: {} ({})",
                             text_.substr(start_, std::max<std::size_t>(position_ - start_, 2)), reason)};
  }

  int read_number() {
    int number = 0;
    while (next() >= '0' && next() <= '9')
      number = std::min(number * 10 + (text_[position_++] - '0'), most_width + 1);
    return number;
  }

  Status read_item(PrintItem& item) {
    const std::size_t numbers_start = position_;
    if (next() >= '1' && next() <= '9') {  // an argument's place, or a width
      const int place = read_number();
      if (next() == '$') {
        ++position_;
        return read_rest(item, place - 1);
      }
      position_ = numbers_start;
    }
    return read_rest(item, PrintItem::none);
  }

  Status read_rest(PrintItem& item, int place) {
    while (take_flag(item)) {
    }
    if (next() >= '1' && next() <= '9') item.width = read_number();
    if (next() == '.') {
      ++position_;
      if (next() < '0' || next() > '9') return bad("a point is followed by a number");
      item.precision = read_number();
    }
    const char conversion = next();
    if (conversion != '\0') ++position_;
    if (conversion == '%' || conversion == 'n') return take_sign(item, conversion);
    if (conversion == '\0' || conversions.find(conversion) == conversions.npos)
      return bad("conversions are %s %d %x %X %o %f %e %E %g %G %c %b %n and %%");
    item.is_upper = conversion >= 'A' && conversion <= 'Z';
    item.conversion = item.is_upper ? static_cast<char>(conversion | 0x20) : conversion;
    item.argument = static_cast<std::uint32_t>(place == PrintItem::none ? next_argument_++ : place);
    return check(item);
  }

  bool take_flag(PrintItem& item) {
    switch (next()) {
      case '-':
        item.is_left = true;
        break;
      case '#':
        item.is_alternate = true;
        break;
      case '+':
        item.has_plus = true;
        break;
      case ' ':
        item.has_blank = true;
        break;
      case '0':
        item.is_zero_padded = true;
        break;
      case ',':
        item.has_groups = true;
        break;
      case '(':
        item.has_parentheses = true;
        break;
      default:
        return false;
    }
    ++position_;
    return true;
  }

  /// %% and %n are text.
  Status take_sign(PrintItem& item, char conversion) {
    if (item.precision != PrintItem::none || item.width != PrintItem::none)
      return bad("%% and %n have no width");
    PrintItem plain;
    plain.text = std::move(item.text) + (conversion == 'n' ? '\n' : '%');
    item = std::move(plain);
    return {};
  }

  Status check(const PrintItem& item) const {
    if (item.width > most_width || item.precision > most_width) return bad("that is too wide");
    if ((item.is_left || item.is_zero_padded) && item.width == PrintItem::none)
      return bad("- and 0 need a width");
    if ((item.is_left && item.is_zero_padded) || (item.has_plus && item.has_blank))
      return bad("these flags exclude each other");
    const bool is_whole =
        item.conversion == 'd' || item.conversion == 'x' || item.conversion == 'o' || item.conversion == 'c';
    if (is_whole && item.precision != PrintItem::none)
      return bad("whole numbers and characters have no precision");
    const bool has_sign = item.has_plus || item.has_blank || item.has_parentheses;
    const bool is_signed =
        item.conversion == 'd' || item.conversion == 'f' || item.conversion == 'e' || item.conversion == 'g';
    if ((has_sign && !is_signed) || (item.is_zero_padded && !item.is_number()))
      return bad("this flag is for numbers");
    if (item.has_groups && (!is_signed || item.conversion == 'e')) return bad("a comma is for %d, %f and %g");
    if (item.is_alternate && std::string_view("xofe").find(item.conversion) == std::string_view::npos)
      return bad("# is for %x, %o, %f and %e");
    return {};
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t start_ = 0;
  int next_argument_ = 0;
};

}  // namespace

Result<PrintFormat> PrintFormat::compile(std::string_view text) { return FormatReader(text).read(); }

}  // namespace weir
