// console.cpp — options of the console.
#include "connectors/console/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include "connectors/console/console_outlet.h"

namespace weir {
namespace {

constexpr std::int64_t most = 1'000'000;

OptionTable<ConsoleOptions> option_table() {
  OptionTable<ConsoleOptions> table;
  table.choice("format", &ConsoleOptions::format, {"table", "json"}, "a table for each epoch, or a JSON object on a line for each row");
  table.integer("rows", &ConsoleOptions::rows, 1, most, "how many rows of an epoch a table shows; the rest is counted below it");
  table.integer("width", &ConsoleOptions::width, 0, most, "how wide a cell of a table may be; a longer text is cut; 0: as wide as it is");
  return table;
}

class ConsoleDefinition final : public OutletDefinition {
 public:
  explicit ConsoleDefinition(ConsoleOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<Outlet>> open() const override { return make_console_outlet(options_, STDOUT_FILENO); }
  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override { return make_console_encoder(table, options_); }
  std::string describe() const override {
    return options_.is_json() ? "console (json)" : fmt::format("console (table, at most {} rows of an epoch)", options_.rows);
  }
  std::string fingerprint() const override { return "console " + options_.format; }
  std::size_t most_rows() const override { return options_.is_json() ? ~std::size_t{0} : static_cast<std::size_t>(options_.rows); }
  void check_table(const SinkTable&, const Location&, Diagnostics&) const override {}  // every row can be shown
  bool writes_to_stdout() const override { return true; }

 private:
  const ConsoleOptions options_;
};

// Of a table only: they would say nothing of lines.
void check_options(const Config& config, const ConsoleOptions& options, Diagnostics& diagnostics) {
  for (const char* name : {"rows", "width"}) {
    const Config* given = config.find(name);
    if (given == nullptr || !options.is_json()) continue;
    diagnostics.error(Error{ErrorKind::user, fmt::format("{} is an option of tables, but the format is json", name), given->key_where}.as("W0704").with_hint(
        "leave it out: every row is a line"));
  }
}

}  // namespace

OutletSpec console_outlet() {
  OutletSpec spec;
  spec.name = "console";
  spec.summary = "Shows rows on stdout, epoch by epoch.";
  spec.options = option_table().docs();
  spec.parse = [](const Config& config, Diagnostics& diagnostics) -> std::shared_ptr<const OutletDefinition> {
    const std::size_t before = diagnostics.errors().size();
    ConsoleOptions options = option_table().parse(config, diagnostics);
    check_options(config, options, diagnostics);
    if (diagnostics.errors().size() != before) return nullptr;
    return std::make_shared<ConsoleDefinition>(std::move(options));
  };
  return spec;
}

}  // namespace weir
