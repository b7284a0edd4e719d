// byte_size.cpp — reads and prints amounts of memory.
#include "engine/base/byte_size.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "engine/base/unit_names.h"

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  double bytes;
};
constexpr std::array<Unit, 9> units{
    {{"b", 1}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"kib", 1024.0}, {"mib", 1048576.0}, {"gib", 1073741824.0}, {"tib", 1099511627776.0}}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<std::size_t> parse_byte_size(std::string_view text) {
  text = trimmed(text);
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || !(number >= 0)) return std::nullopt;
  std::string unit(trimmed({end, static_cast<std::size_t>(text.data() + text.size() - end)}));
  std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const Unit& known : units) {
    if (known.name == unit && number * known.bytes < 9e18) return static_cast<std::size_t>(number * known.bytes);
  }
  return std::nullopt;
}

std::vector<std::string> byte_size_units() {
  std::vector<std::string> names;
  for (const Unit& unit : units) names.emplace_back(unit.name);
  return names;
}

std::string format_byte_size(std::size_t bytes) {
  const Unit* unit = units.data();
  while (unit->name != "tb" && static_cast<double>(bytes) >= unit[1].bytes) ++unit;
  std::string name(unit->name);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string number = fmt::format("{:.1f}", static_cast<double>(bytes) / unit->bytes);
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  return number + " " + name;
}

}  // namespace weir
