// measured_plugin.cpp — the plugin that plugin_bench measures: functions that Weir has, too.
#include <weir_udf.hpp>

#include <string>

namespace {

using namespace weir::udf;

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

}  // namespace

WEIR_PLUGIN("measured", "1.0.0", plugin) {
  plugin.scalar("plugin_scaled", [](double value) { return value * 1.5 + 2; }).parameters({"value"}).summary("Like value * 1.5 + 2.");
  plugin
      .batch("plugin_batch_scaled",
             [](Results<double>& results, Values<double> values) {
               for (std::size_t row = 0; row < values.size(); ++row) results.add(values[row] * 1.5 + 2);
             })
      .parameters({"value"})
      .summary("Like value * 1.5 + 2.");
  plugin.scalar("plugin_upper", [](std::string_view text) { return upper(text); }).parameters({"text"}).summary("Like upper.");
  plugin.scalar("plugin_upper_remembered", [](std::string_view text) { return upper(text); })
      .parameters({"text"})
      .summary("Like upper, for texts that come again.")
      .expensive();
}
