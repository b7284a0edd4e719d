// check.cpp — weir check: finds what is wrong with pipeline files and, if asked, with the services they name.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "dsl/compile.h"
#include "engine/cli/command.h"
#include "engine/cli/diagnostic_formats.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/report_check.h"
#include "engine/runtime/table_keeper.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds patience{10'000};

enum class CheckFormat { text, json, sarif };

struct CheckArguments {
  std::vector<std::string> paths;
  PipelineFile settings;
  bool connect = false;
  CheckFormat format = CheckFormat::text;
};

/// What a service says, as a mistake of the catalogue: by its own code, or by SQLSTATE.
Error service_error(Error error) {
  if (!error.mistake().empty()) return error;
  if (error.code().starts_with("28")) return std::move(error).as("W0802");
  if (error.code() == "42501") return std::move(error).as("W0804");
  if (error.code() == "3D000") return std::move(error).as("W0801");
  return std::move(error).as("W0809");
}

Error table_error(Error error) {
  if (error.mistake().empty() && error.kind() != ErrorKind::service && error.code().empty()) return std::move(error).as("W0810");
  return service_error(std::move(error));
}

/// Asks the services of one plan, one after the other.
class ServiceCheck {
 public:
  explicit ServiceCheck(CheckFormat format) : is_text_(format == CheckFormat::text) {}

  void check(const Plan& plan, const std::vector<Report>& reports) {
    for (const PlanNode& node : plan.nodes) {
      const auto* scan = std::get_if<ScanNode>(&node.operation);
      if (scan == nullptr) continue;
      Status status = scan->definition->check_connect(patience);
      add("source " + scan->source, scan->definition->describe(), status.ok() ? std::nullopt : std::optional(service_error(std::move(status).error())));
    }
    for (const PlanTable& table : plan.tables) {
      std::optional<std::string> version;
      Status status = read_table(table, version).status();
      add("table " + table.shape.table, table.definition->describe(), status.ok() ? std::nullopt : std::optional(table_error(std::move(status).error())));
    }
    const Connection& connection = connection_of(plan);
    Status status = connection.definition->check_connect(tables_of(plan), patience);
    const bool is_there = status.ok();
    add("connection " + connection.name, connection.definition->describe(), status.ok() ? std::nullopt : std::optional(service_error(std::move(status).error())));
    if (is_there) check_reports(plan, reports);
  }

  /// What failed, with the service's name in front.
  const Diagnostics& failures() const { return failures_; }

 private:
  void check_reports(const Plan& plan, const std::vector<Report>& reports) {
    ReportCheck check(plan, patience);
    for (const Report& report : reports) {
      const std::string what = "report " + report.name;
      const Status status = check.check(report);
      if (!status.ok() && check.is_for_later(status.error())) {
        if (is_text_) fmt::print("later   {}: {}, which weir run makes when it starts\n", what, status.error().message());
      } else {
        add(what, fmt::format("{} of {}", to_string(report.chart), plan.connections[report.connection].definition->describe()), status.ok() ? std::nullopt : std::optional(service_error(status.error())));
      }
    }
  }

  // One line per service on stdout; the details of a failure on stderr.
  void add(const std::string& what, const std::string& description, std::optional<Error> error) {
    if (is_text_) {
      fmt::print("{}  {}: {}\n", error ? "FAILED" : "ok    ", what, description);
      if (error) fmt::print(stderr, "{}", render(*error));
    }
    if (error) failures_.error(std::move(*error).in(what));
  }

  bool is_text_;
  Diagnostics failures_;
};

void print_text(const CheckedFile& file) {
  for (const Error& warning : file.diagnostics.warnings()) fmt::print(stderr, "{}\n", render(warning, "warning"));
  for (const Error& error : file.diagnostics.errors()) fmt::print(stderr, "{}\n", render(error));
  const std::size_t count = file.diagnostics.errors().size();
  if (count != 0) fmt::print(stderr, "{}: {} error{}\n", file.path, count, count == 1 ? "" : "s");
}

/// The exit code; what was found is added to `checked`.
int check_file(const std::string& path, const CheckArguments& arguments, std::vector<CheckedFile>& checked) {
  PipelineFile file;
  file.take_arguments(arguments.settings);
  file.set_path(path);
  std::optional<Compiled> compiled = file.diagnose();
  // What has a plan is no part: files are read twice only where that could be what is wrong.
  const bool is_part = compiled && compiled->plan == nullptr && !arguments.connect && file.is_part();
  if (is_part) compiled = file.diagnose_part();
  if (!compiled) return file.exit_code();
  checked.push_back({path, std::move(compiled->diagnostics)});
  if (arguments.format == CheckFormat::text) print_text(checked.back());
  if (is_part && checked.back().diagnostics.ok()) {
    if (arguments.format == CheckFormat::text) fmt::print("{}: a part of a pipeline, fine by itself; check the files that include it\n", path);
    return exit_done;
  }
  if (compiled->plan == nullptr) return file.exit_code();
  if (arguments.connect) {
    ServiceCheck services(arguments.format);
    services.check(*compiled->plan, compiled->reports);
    for (const Error& failure : services.failures().errors()) checked.back().diagnostics.error(failure);
    if (!services.failures().ok()) return exit_failed;
  }
  if (arguments.format == CheckFormat::text) fmt::print("{}: pipeline {} is fine\n", path, compiled->plan->name);
  return exit_done;
}

int check(const CheckArguments& arguments) {
  std::vector<CheckedFile> checked;
  int code = exit_done;
  for (const std::string& path : arguments.paths) {
    const int of_file = check_file(path, arguments, checked);
    if (of_file == exit_usage) return of_file;
    code = std::max(code, of_file);
    if (arguments.format == CheckFormat::json && !checked.empty() && checked.back().path == path) fmt::print("{}", diagnostics_json(checked.back()));
  }
  if (arguments.format == CheckFormat::sarif) fmt::print("{}", diagnostics_sarif(checked));
  return code;
}

}  // namespace

CommandBody add_check(CLI::App& app) {
  CLI::App* command = app.add_subcommand("check", "Finds every error of pipeline files");
  command->alias("validate")->alias("lint");
  const auto arguments = std::make_shared<CheckArguments>();
  command->add_option("FILE", arguments->paths, "Pipeline files (.yaml or .weir)")->required();
  arguments->settings.add_settings(*command);
  command->add_flag("--connect", arguments->connect,
                    "Also reach the services: login, topics, tables, permissions, the SQL of reports");
  const std::map<std::string, CheckFormat> formats{{"text", CheckFormat::text}, {"json", CheckFormat::json}, {"sarif", CheckFormat::sarif}};
  command->add_option("--format", arguments->format, "text (default), json (a line for each error and warning) or sarif (2.1.0)")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT");
  command->footer(
      "Examples:\n  weir check p.yaml\n  weir check --connect --config prod.ini p.yaml\n  weir check --format sarif pipelines/*.yaml > weir.sarif\n"
      "`weir explain CODE` says more about the code of an error.");
  return [arguments] { return check(*arguments); };
}

}  // namespace weir
