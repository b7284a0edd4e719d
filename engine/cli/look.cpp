// look.cpp — runs the part of a plan that is looked at, with books in a temporary folder.
#include "engine/cli/look.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/log.h"
#include "engine/cli/command.h"
#include "engine/cli/progress.h"
#include "engine/cli/stop_signals.h"
#include "engine/cli/temporary_folder.h"
#include "engine/cli/terminal.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds patience{10'000};

// Nobody who looks wants to wait for a service that is not there.
Status reach_sources(const Plan& plan) {
  for (const PlanNode& node : plan.nodes) {
    const auto* scan = std::get_if<ScanNode>(&node.operation);
    if (scan == nullptr) continue;
    if (Status reached = scan->definition->check_connect(patience); !reached.ok()) return std::move(reached).error().in("source " + scan->source);
  }
  return {};
}

// What has no `start` would read from where it always does, and nobody would know.
Status check_start(const Plan& plan, const Registry& registry, const std::string& start) {
  for (const PlanNode& node : plan.nodes) {
    const auto* scan = std::get_if<ScanNode>(&node.operation);
    if (scan == nullptr || start.empty()) continue;
    const std::vector<OptionDoc>& options = registry.find_source(scan->connector)->options;
    if (std::none_of(options.begin(), options.end(), [](const OptionDoc& option) { return option.name == "start"; }))
      return Error{ErrorKind::usage, fmt::format("--start is not for source {}: {} has no such option", scan->source, scan->connector)};
  }
  return {};
}

// How many rows were wrong, and why.
Status tell_of_rejects(const Plan& plan) {
  const Connection& books = plan.connections.front();
  WEIR_ASSIGN(const auto store, books.definition->open({plan.name, "look", fingerprint(plan)}));
  WEIR_ASSIGN(const auto administration, store->administration());
  RejectFilter one;
  one.limit = 1;
  WEIR_ASSIGN(const std::vector<StoredReject> first, administration->rejects(one));
  if (first.empty()) return {};
  WEIR_ASSIGN(const auto counts, administration->reject_counts());
  std::int64_t all = 0;
  for (const auto& count : counts) all += count.rows;
  const RejectedRow& row = first.front().row;
  fmt::print(stderr, "{} rejected; one of {} offset {}: {}: {}\n", all == 1 ? "1 row was" : grouped(all) + " rows were", row.split, row.offset, row.reason, row.message);
  return {};
}

}  // namespace

Result<Connection> passing_books(const Registry& registry, const std::string& folder) {
  const StoreSpec* spec = registry.find_file_store();
  WEIR_CHECK(spec != nullptr, "a store that is a file is built in");
  Config dsn;
  dsn.value = spec->file_dsn + folder + "/books.db";
  Config options;
  options.value = Config::Map{{"dsn", dsn}};
  Diagnostics diagnostics;
  std::shared_ptr<const StoreDefinition> definition = spec->parse(options, diagnostics);
  if (definition == nullptr) return diagnostics.errors().front();
  return Connection{"books", spec->name, std::move(definition)};
}

int show(const std::shared_ptr<const Plan>& plan, ShownRows& rows, const JobOptions& options) {
  StopSignals signals;
  auto created = Job::create(plan, options);
  if (!created.ok()) return report(created.error());
  const std::unique_ptr<Job> job = std::move(created).value();
  signals.on_stop([&job] { job->stop(); });
  Status status;
  {
    const Progress progress(*job, system_clock(), !is_terminal(stdout));
    status = job->run();
  }
  signals.on_stop(nullptr);
  rows.print_tables(*plan);
  if (const Status told = tell_of_rejects(*plan); !told.ok()) return report(told.error());
  return status.ok() ? exit_done : report(status.error());
}

int look(PipelineFile& file, LookArguments arguments, JobOptions job) {
  log::set_level(log::Level::warning);  // where reading begins is said in the command
  if (!arguments.start.empty()) file.set_source_option("start", arguments.start);
  const auto plan = file.compile(true);
  if (plan == nullptr) return file.exit_code();
  const bool is_one = !arguments.request.name.empty() || plan->sinks.size() == 1;
  if (arguments.format == RowFormat::csv && !is_one)
    return report(Error{ErrorKind::usage, "csv has the columns of one sink or stream, and the pipeline has several sinks: say which, --print NAME"});
  auto folder = TemporaryFolder::make();
  if (!folder.ok()) return report(folder.error());
  auto books = passing_books(file.registry(), folder->path());
  if (!books.ok()) return report(books.error());
  ShownRows rows(arguments.format, is_one);
  arguments.request.at_end = job.until_end;
  auto looked = look_at(*plan, arguments.request, std::move(books).value(), [&](const std::string& name) { return rows.outlet(name); });
  if (!looked.ok()) return report(looked.error());
  if (const Status started = check_start(*looked, file.registry(), arguments.start); !started.ok()) return report(started.error());
  if (const Status reached = reach_sources(*looked); !reached.ok()) return report(reached.error());
  if (!job.until_end && is_terminal(stderr)) fmt::print(stderr, "waiting for rows; Ctrl-C shows those that have come\n");
  // In the order in which they come, as far as there is one.
  job.writers = 1;
  return show(std::make_shared<const Plan>(std::move(looked).value()), rows, job);
}

}  // namespace weir
