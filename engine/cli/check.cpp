// check.cpp — weir check: finds what is wrong with a pipeline file and, if asked, with the services it names.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/runtime/table_keeper.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds patience{10'000};

struct CheckArguments {
  PipelineFile file;
  bool connect = false;
};

// One line per service on stdout; the details of a failure on stderr.
bool print_reached(const std::string& what, const std::string& description, const Status& status) {
  fmt::print("{}  {}: {}\n", status.ok() ? "ok    " : "FAILED", what, description);
  if (!status.ok()) fmt::print(stderr, "{}", render(status.error()));
  return status.ok();
}

int check_services(const Plan& plan) {
  bool is_good = true;
  for (const PlanNode& node : plan.nodes) {
    const auto* scan = std::get_if<ScanNode>(&node.operation);
    if (scan == nullptr) continue;
    is_good = print_reached("source " + scan->source, scan->definition->describe(),
                            scan->definition->check_connect(patience)) &&
              is_good;
  }
  for (const PlanTable& table : plan.tables) {
    std::optional<std::string> version;
    is_good = print_reached("table " + table.shape.table, table.definition->describe(), read_table(table, version).status()) && is_good;
  }
  const Connection& connection = connection_of(plan);
  const std::vector<SinkTable> tables = tables_of(plan);
  is_good = print_reached("connection " + connection.name, connection.definition->describe(),
                          connection.definition->check_connect(tables, patience)) &&
            is_good;
  return is_good ? exit_done : exit_failed;
}

int check(CheckArguments& arguments) {
  const auto plan = arguments.file.compile(true);
  if (plan == nullptr) return arguments.file.exit_code();
  const int code = arguments.connect ? check_services(*plan) : exit_done;
  if (code == exit_done) fmt::print("{}: pipeline {} is fine\n", arguments.file.path(), plan->name);
  return code;
}

}  // namespace

CommandBody add_check(CLI::App& app) {
  CLI::App* command = app.add_subcommand("check", "Finds every error of a pipeline file");
  command->alias("validate")->alias("lint");
  const auto arguments = std::make_shared<CheckArguments>();
  arguments->file.add_options(*command);
  command->add_flag("--connect", arguments->connect,
                    "Also reach the services: login, topics, tables, permissions");
  command->footer("Examples:\n  weir check p.yaml\n  weir check --connect --config prod.ini p.yaml");
  return [arguments] { return check(*arguments); };
}

}  // namespace weir
