// init_db.cpp — weir init-db: creates missing tables and fills those that the pipeline says to fill, such as
// a table of dates.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "engine/cli/command.h"
#include "engine/cli/fill.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/terminal.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

struct InitArguments {
  PipelineFile file;
  std::string from, to;
};

Status override_bound(const char* option, const std::string& text, Value& bound) {
  if (text.empty()) return {};
  const auto days = parse_date(text);
  if (!days) return Error{ErrorKind::usage, fmt::format("{} wants a date like 2024-11-01: {}", option, text)};
  if (bound.type.kind == TypeKind::date)
    bound.data = *days;
  else
    bound.data = *days * microseconds_per_day;
  return {};
}

std::string day_text(const Value& bound) { return to_text(bound).substr(0, 10); }

Status initialise(const Plan& plan, const InitArguments& arguments) {
  WEIR_ASSIGN(const auto store, open_store(plan));
  const std::vector<SinkTable> tables = tables_of(plan);
  WEIR_TRY(store->prepare(tables, true));
  fmt::print("{}: {} tables are there\n", connection_of(plan).definition->describe(), tables.size());
  WEIR_ASSIGN(const auto writer, store->writer(0));
  for (const SinkNode& sink : plan.sinks) {
    if (!sink.fill) continue;
    Fill fill = *sink.fill;
    WEIR_TRY(override_bound("--from", arguments.from, fill.from));
    WEIR_TRY(override_bound("--to", arguments.to, fill.to));
    WEIR_ASSIGN(const FillReport filled,
                fill_table(sink, plan.nodes[sink.input].schema, fill, *store, *writer));
    fmt::print("{}: {} days from {} to {}, {} rows are new\n", sink.table.table, grouped(filled.days),
               day_text(fill.from), day_text(fill.to), grouped(filled.written));
  }
  return {};
}

int init_db(InitArguments& arguments) {
  const auto plan = arguments.file.compile();
  if (plan == nullptr) return arguments.file.exit_code();
  const Status status = initialise(*plan, arguments);
  return status.ok() ? exit_done : report(status.error());
}

}  // namespace

CommandBody add_init_db(CLI::App& app) {
  CLI::App* command = app.add_subcommand("init-db", "Creates missing tables and fills tables of dates");
  const auto arguments = std::make_shared<InitArguments>();
  arguments->file.add_options(*command);
  command->add_option("--from", arguments->from, "First day to fill, instead of the file's")
      ->type_name("DATE");
  command->add_option("--to", arguments->to, "Last day to fill, instead of the file's")->type_name("DATE");
  command->footer(
      "Examples:\n  weir init-db p.yaml\n  weir init-db --from 2024-01-01 --to 2026-12-31 p.yaml\n\n"
      "What is there stays as it is; it may be run again.");
  return [arguments] { return init_db(*arguments); };
}

}  // namespace weir
