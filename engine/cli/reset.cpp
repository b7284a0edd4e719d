// reset.cpp — weir reset: makes a pipeline forget how far it has read, or sets a position by hand.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"

namespace weir {
namespace {

struct ResetArguments {
  PipelineFile file;
  bool is_sure = false;
  std::string source;
  std::vector<std::string> positions;
};

std::vector<std::string> source_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const PlanNode& node : plan.nodes) {
    if (const auto* scan = std::get_if<ScanNode>(&node.operation)) names.push_back(scan->source);
  }
  return names;
}

Result<std::string> pick_source(const Plan& plan, const std::string& wanted) {
  const std::vector<std::string> names = source_names(plan);
  if (wanted.empty() && names.size() == 1) return names.front();
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return wanted;
  return Error{ErrorKind::usage, fmt::format("--source wants one of: {}", fmt::join(names, ", "))};
}

Status set_positions(StoreAdministration& administration, const std::string& source,
                     const std::vector<std::string>& positions) {
  for (const std::string& text : positions) {
    const auto equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0)
      return Error{ErrorKind::usage, "--position wants SPLIT=POSITION: " + text};
    const std::string split = text.substr(0, equals), position = text.substr(equals + 1);
    WEIR_TRY(administration.set_position(source, split, position));
    fmt::print("{} {} goes on from {}\n", source, split, position);
  }
  return {};
}

Status reset_plan(const Plan& plan, const ResetArguments& arguments) {
  WEIR_ASSIGN(const auto store, open_store(plan));
  WEIR_ASSIGN(const auto administration, store->administration());
  if (!arguments.positions.empty()) {
    if (is_stateful(plan)) {
      return Error{ErrorKind::user, "this pipeline has an aggregate, whose state fits the stored positions only"}.with_hint(
          "weir reset FILE --yes without --position forgets both");
    }
    WEIR_ASSIGN(const std::string source, pick_source(plan, arguments.source));
    return set_positions(*administration, source, arguments.positions);
  }
  WEIR_TRY(administration->reset());
  fmt::print("pipeline {} is reset: positions, ledger and rejects are gone, the tables of its sinks stay\n",
             plan.name);
  return {};
}

int reset(ResetArguments& arguments) {
  const auto plan = arguments.file.compile();
  if (plan == nullptr) return arguments.file.exit_code();
  if (!arguments.is_sure) {
    return report(Error{ErrorKind::usage, "reset forgets what cannot be found again"}.with_hint(
        "add --yes if you mean it"));
  }
  const Status status = reset_plan(*plan, arguments);
  return status.ok() ? exit_done : report(status.error());
}

}  // namespace

CommandBody add_reset(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("reset", "Forgets positions, ledger and rejects, or sets a position");
  const auto arguments = std::make_shared<ResetArguments>();
  arguments->file.add_options(*command);
  command->add_flag("--yes", arguments->is_sure, "Say that you mean it");
  command->add_option("--source", arguments->source,
                      "Whose position to set, where there are several sources");
  command
      ->add_option("--position", arguments->positions,
                   "Set the stored position of a split instead, as `weir account` shows it")
      ->type_name("SPLIT=POSITION")
      ->allow_extra_args(false);
  command->footer(
      "Examples:\n  weir reset --yes p.yaml\n  weir reset --yes --position product_view/0=1200 p.yaml\n\n"
      "Refuses while a process runs the pipeline.");
  return [arguments] { return reset(*arguments); };
}

}  // namespace weir
