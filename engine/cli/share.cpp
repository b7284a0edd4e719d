// share.cpp — shares as users write them: "2%", "500ppm", "0.02".
#include "engine/cli/share.h"

#include <charconv>

namespace weir {

std::optional<double> parse_share(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  if (unit == "%")
    number /= 100;
  else if (unit == "ppm")
    number /= 1'000'000;
  else if (!unit.empty())
    return std::nullopt;
  if (!(number >= 0 && number <= 1)) return std::nullopt;
  return number;
}

}  // namespace weir
