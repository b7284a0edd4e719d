// run.cpp — weir run: runs a pipeline until it is stopped, or until everything there has been committed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "engine/base/byte_size.h"
#include "engine/base/duration.h"
#include "engine/cli/command.h"
#include "engine/cli/look.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/run_job.h"

namespace weir {
namespace {

struct RunArguments {
  PipelineFile file;
  JobOptions job;
  std::string shard, lease, state_memory;
  bool no_create = false;
  CLI::Option* print = nullptr;
  LookArguments look;
};

bool is_pipeline_file(const std::string& text) { return text.ends_with(".yaml") || text.ends_with(".yml") || text.ends_with(".weir"); }

constexpr std::size_t least_state_memory = 1'000'000;

std::optional<std::size_t> parse_count(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<Shard> parse_shard(const std::string& text) {
  const auto slash = text.find('/');
  const auto index = parse_count(std::string_view(text).substr(0, slash));
  const auto count =
      slash == std::string::npos ? std::nullopt : parse_count(std::string_view(text).substr(slash + 1));
  if (!index || !count || *index >= *count) {
    return Error{ErrorKind::usage, "--shard wants INDEX/COUNT, INDEX from 0 to COUNT - 1: " + text}.with_hint(
        "of two processes, one runs "
        "with 0/2, the other with 1/2");
  }
  return Shard{*index, *count};
}

Status complete(RunArguments& arguments) {
  if (!arguments.shard.empty()) {
    WEIR_ASSIGN(arguments.job.shard, parse_shard(arguments.shard));
  }
  if (!arguments.lease.empty()) {
    const auto lease = parse_duration(arguments.lease);
    if (!lease || *lease < std::chrono::seconds(1))
      return Error{ErrorKind::usage, "--lease wants a time of at least 1 s: " + arguments.lease};
    arguments.job.lease = std::chrono::duration_cast<std::chrono::milliseconds>(*lease);
  }
  if (!arguments.state_memory.empty()) {
    arguments.job.state_memory = parse_byte_size(arguments.state_memory);
    if (!arguments.job.state_memory || *arguments.job.state_memory < least_state_memory) {
      return Error{ErrorKind::usage, fmt::format("--state-memory wants an amount of memory of at least {}: {}", format_byte_size(least_state_memory),
                                                 arguments.state_memory)}
          .with_hint("write it as 256MB or '2 GB'");
    }
  }
  arguments.job.create_tables = !arguments.no_create;
  return {};
}

int run(RunArguments& arguments) {
  // In `run --print FILE` the file is not the name of a sink.
  if (arguments.file.path().empty() && is_pipeline_file(arguments.look.request.name)) arguments.file.set_path(std::exchange(arguments.look.request.name, {}));
  if (arguments.file.path().empty()) return report(Error{ErrorKind::usage, "FILE is required"}.with_hint("weir run --help tells more"));
  if (const Status status = complete(arguments); !status.ok()) return report(status.error());
  if (arguments.print->count() > 0) return look(arguments.file, arguments.look, arguments.job);
  const auto plan = arguments.file.compile(true);
  if (plan == nullptr) return arguments.file.exit_code();
  StopSignals signals;
  return run_job(plan, arguments.job, signals);
}

void add_look(CLI::App& command, RunArguments& arguments) {
  arguments.print = command
                        .add_option("--print", arguments.look.request.name,
                                    "Show rows of this sink, stream or source (default: of all sinks) and write nothing: no table, no position, nothing at the broker")
                        ->type_name("[NAME]")
                        ->expected(0, 1);
  for (const char* other : {"--more-to-come", "--shard", "--writers", "--lease", "--no-create"}) arguments.print->excludes(other);
  command.add_option("--limit", arguments.look.request.rows, "With --print: end after so many rows (default 10)")
      ->type_name("ROWS")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->needs(arguments.print);
  const std::map<std::string, RowFormat> formats{{"table", RowFormat::table}, {"json", RowFormat::json}, {"csv", RowFormat::csv}};
  command.add_option("--format", arguments.look.format, "With --print: table (default), json or csv")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT")
      ->needs(arguments.print);
  command.add_option("--start", arguments.look.start, "With --print: where sources begin, whatever the file says: earliest, latest or an ISO timestamp")
      ->type_name("PLACE")
      ->needs(arguments.print);
}

}  // namespace

CommandBody add_run(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "Runs a pipeline until it is stopped");
  const auto arguments = std::make_shared<RunArguments>();
  arguments->file.add_options(*command, false);
  command->add_flag("--until-end", arguments->job.until_end,
                    "Stop when everything that was there at the start has been committed");
  command->add_flag("--more-to-come", arguments->job.more_to_come,
                    "With --until-end: another run goes on, so what waits for its time (emit: final, left joins) waits for that")
      ->needs("--until-end");
  command
      ->add_option("--shard", arguments->shard,
                   "Read only splits of this share, without leases: 0/2 and 1/2 for two processes")
      ->type_name("INDEX/COUNT");
  command
      ->add_option("--workers", arguments->job.workers, "Threads that decode and evaluate; 0: one per core")
      ->capture_default_str();
  command->add_option("--writers", arguments->job.writers, "Connections that commit, each its own splits")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command
      ->add_option("--lease", arguments->lease, "How long a silent process keeps its splits (default 10 s)")
      ->type_name("DURATION");
  command
      ->add_option("--state-memory", arguments->state_memory,
                   "What groups and keys may take of memory, such as 256MB; the rest goes to disk (default: state_memory of the file, or half of what there is)")
      ->type_name("SIZE");
  command
      ->add_option("--state-directory", arguments->job.state_directory,
                   "Where state goes that does not fit into memory (default: state_directory of the file, or that of temporary files)")
      ->type_name("FOLDER");
  command->add_flag("--no-create", arguments->no_create, "Do not create missing tables");
  add_look(*command, *arguments);
  command->footer(
      "Examples:\n"
      "  weir run pipelines/product_view/product_view.yaml\n"
      "  weir run --until-end --set KAFKA_START=earliest pipelines/product_view/product_view.yaml\n"
      "  weir run pipelines/product_view/product_view.yaml --print enriched --limit 5 --start earliest\n\n"
      "SIGTERM or Ctrl-C commits what has been read and ends with 0; a second one ends at once.");
  return [arguments] { return run(*arguments); };
}

}  // namespace weir
