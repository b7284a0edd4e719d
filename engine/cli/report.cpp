// report.cpp — weir report: asks the database what the reports of a pipeline file ask, and shows what it says.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include "engine/base/log.h"
#include "engine/base/nearest_name.h"
#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/report_text.h"
#include "engine/cli/stop_signals.h"
#include "engine/cli/terminal.h"
#include "engine/report/chart.h"
#include "engine/report/page.h"
#include "engine/report/svg.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds patience{10'000};

enum class ReportFormat { table, json, csv, svg, html };

struct ReportArguments {
  PipelineFile file;
  std::vector<std::string> names;
  ReportFormat format = ReportFormat::table;
  std::string output;
  std::string timeout;
};

/// The reports that the user names, in the order of the names; all of them where none is named.
Result<std::vector<const Report*>> chosen(const ReportArguments& arguments) {
  const std::vector<Report>& all = arguments.file.reports();
  std::vector<const Report*> reports;
  if (all.empty()) return Error{ErrorKind::usage, fmt::format("{} has no reports", arguments.file.path())}.with_hint("write reports: {NAME: {sql: SELECT ...}}, or CREATE REPORT NAME AS $$ SELECT ... $$");
  std::vector<std::string> known;
  for (const Report& report : all) known.push_back(report.name);
  for (const std::string& name : arguments.names) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      const std::string nearest = nearest_name(name, known);
      return Error{ErrorKind::usage, "there is no report " + name}.with_hint(nearest.empty() ? fmt::format("reports are {}", fmt::join(known, ", ")) : fmt::format("did you mean {}?", nearest));
    }
    const Report* report = &all[static_cast<std::size_t>(found - known.begin())];
    if (std::find(reports.begin(), reports.end(), report) == reports.end()) reports.push_back(report);
  }
  for (const Report& report : all) {
    if (arguments.names.empty()) reports.push_back(&report);
  }
  return reports;
}

Status check_format(const ReportArguments& arguments, const std::vector<const Report*>& reports) {
  const bool takes_one = arguments.format == ReportFormat::csv || arguments.format == ReportFormat::svg;
  const char* name = arguments.format == ReportFormat::csv ? "csv" : "svg";
  if (takes_one && reports.size() > 1) {
    return Error{ErrorKind::usage, fmt::format("{} holds one report, and here are {}", name, reports.size())}.with_hint(
        fmt::format("name one: weir report {} {} --format {}", arguments.file.path(), reports.front()->name, name));
  }
  if (arguments.format != ReportFormat::svg || reports.front()->chart != ChartKind::table) return {};
  return Error{ErrorKind::usage, fmt::format("report {} is a table, of which there is no picture", reports.front()->name)}.with_hint("use --format html, or give the report a chart");
}

/// --set may mean a variable of the file, or a parameter.
class ParameterValues {
 public:
  explicit ParameterValues(const std::vector<std::string>& settings) {
    for (const std::string& setting : settings) {
      const auto equals = setting.find('=');
      values_[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
  }

  /// The parameters of a report with these values. An error of usage where one does not fit.
  Result<std::vector<QueryParameter>> of(const Report& report) const {
    std::vector<QueryParameter> parameters = report.statement.parameters;
    for (QueryParameter& parameter : parameters) {
      const auto found = values_.find(parameter.name);
      if (found == values_.end()) continue;
      const bool is_number = parameter.value.kind == QueryValue::Kind::number, is_truth = parameter.value.kind == QueryValue::Kind::truth;
      const std::string& text = found->second;
      if ((is_number && !number_in(text)) || (is_truth && text != "true" && text != "false"))
        return Error{ErrorKind::usage, fmt::format("parameter {} of report {} is {}, and not '{}'", parameter.name, report.name, is_number ? "a number" : "true or false", text)};
      parameter.value = {is_number || is_truth ? parameter.value.kind : QueryValue::Kind::text, text};
    }
    return parameters;
  }

  /// What is neither a parameter of any report nor a variable that the file may have.
  Status check(const ReportArguments& arguments) const {
    std::vector<std::string> known;
    for (const Report& report : arguments.file.reports()) {
      for (const QueryParameter& parameter : report.statement.parameters) known.push_back(parameter.name);
    }
    const std::string text = text_of(arguments.file.path());
    for (const auto& [name, value] : values_) {
      const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
      if (is_known || text.find("${" + name) != std::string::npos || includes(text)) continue;
      const std::string nearest = nearest_name(name, known);
      return Error{ErrorKind::usage, fmt::format("no report has a parameter {}, and the file has no variable of this name", name)}.with_hint(nearest.empty() ? "" : fmt::format("did you mean {}?", nearest));
    }
    return {};
  }

 private:
  static std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // Then variables may stand in other files.
  static bool includes(const std::string& text) { return text.find("include") != std::string::npos || text.find("INCLUDE") != std::string::npos; }

  std::map<std::string, std::string> values_;
};

/// Asks for reports one after the other; those of one database see it as it was at one moment.
class Inquiry {
 public:
  Inquiry(const Plan& plan, std::chrono::milliseconds time) : plan_(plan) { limits_.time = time; }

  ReportAnswer ask(const Report& report, std::vector<QueryParameter> parameters) {
    ReportAnswer answer{&report, std::move(parameters), {}, std::nullopt};
    Result<QueryResult> result = result_of(report, answer.parameters);
    if (!result.ok()) {
      answer.error = std::move(result).error().in("report " + report.name);
      return answer;
    }
    answer.result = std::move(result).value();
    Status good = check_column_names(report, answer.result);
    if (good.ok() && report.chart != ChartKind::table) good = chart_columns(report, answer.result).status();
    if (!good.ok()) answer.error = good.error();
    return answer;
  }

 private:
  Result<QueryResult> result_of(const Report& report, const std::vector<QueryParameter>& parameters) {
    WEIR_ASSIGN(ReadOnlyConnection* const connection, connection_of(report));
    ReadOnlyStatement statement = report.statement;
    statement.parameters = parameters;
    signals_.on_stop([connection] { connection->cancel(); });
    Result<QueryResult> result = connection->run(statement, limits_);
    signals_.on_stop(nullptr);
    return result;
  }

  Result<ReadOnlyConnection*> connection_of(const Report& report) {
    if (signals_.is_stopped()) return Error{ErrorKind::service, "it was cancelled"};
    if (const auto failed = failed_.find(report.connection); failed != failed_.end()) return failed->second;
    auto& open = open_[report.connection];
    if (open == nullptr) {
      const Connection& connection = plan_.connections[report.connection];
      const ReadOnlyStore* store = read_only_store(*connection.definition);
      WEIR_CHECK(store != nullptr, "reports are of stores that answer them");
      auto opened = store->open_read_only(patience);
      if (!opened.ok()) return failed_.emplace(report.connection, std::move(opened).error()).first->second;
      open = std::move(opened).value();
    }
    return open.get();
  }

  const Plan& plan_;
  QueryLimits limits_;
  StopSignals signals_;
  // By index of the plan's connection.
  std::map<std::size_t, std::unique_ptr<ReadOnlyConnection>> open_;
  std::map<std::size_t, Error> failed_;  // to open: it is tried once
};

Result<std::string> text_of(const ReportArguments& arguments, const Plan& plan, const std::vector<ReportAnswer>& answers) {
  switch (arguments.format) {
    case ReportFormat::json: return answers_json(plan.name, answers);
    case ReportFormat::csv: return answer_csv(answers.front().result);
    case ReportFormat::svg: return svg_of(*answers.front().report, answers.front().result);
    case ReportFormat::html: return page_of(plan.name, answers, std::chrono::system_clock::now());
    case ReportFormat::table: break;
  }
  std::string text;
  const std::size_t width = is_terminal(stdout) ? terminal_width() : 100;
  for (const ReportAnswer& answer : answers) text += (text.empty() ? "" : "\n") + report_text(answer, width);
  return text;
}

Status write(const std::string& text, const std::string& path) {
  if (path.empty()) {
    fmt::print("{}", text);
    if (std::fflush(stdout) == 0) return {};
    return Error{ErrorKind::fatal, fmt::format("stdout cannot be written: {}", std::strerror(errno))};
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file.good() ? Status() : Status(Error{ErrorKind::fatal, fmt::format("{} cannot be written: {}", path, std::strerror(errno))});
}

int run_report(ReportArguments& arguments) {
  log::set_level(log::Level::error);
  const std::optional<Duration> time = parse_duration(arguments.timeout);
  if (!time || *time < std::chrono::milliseconds(1) || *time > std::chrono::hours(24))
    return report(Error{ErrorKind::usage, fmt::format("--timeout is a time, at most a day, and not '{}'", arguments.timeout)}.with_hint("write it as 30s or 5m"));
  const auto plan = arguments.file.compile();
  if (plan == nullptr) return arguments.file.exit_code();
  const auto reports = chosen(arguments);
  if (!reports.ok()) return report(reports.error());
  const ParameterValues values(arguments.file.settings());
  for (const Status& status : {check_format(arguments, *reports), values.check(arguments)}) {
    if (!status.ok()) return report(status.error());
  }
  std::vector<std::vector<QueryParameter>> parameters;
  for (const Report* one : *reports) {
    auto of_report = values.of(*one);
    if (!of_report.ok()) return report(of_report.error());
    parameters.push_back(std::move(of_report).value());
  }
  int code = exit_done;
  std::vector<ReportAnswer> answers;
  {
    Inquiry inquiry(*plan, std::chrono::duration_cast<std::chrono::milliseconds>(*time));
    for (std::size_t i = 0; i < reports->size(); ++i) answers.push_back(inquiry.ask(*(*reports)[i], std::move(parameters[i])));
  }
  for (const ReportAnswer& answer : answers) {
    if (answer.error) code = std::max(code, report(*answer.error));
  }
  const bool takes_one = arguments.format == ReportFormat::csv || arguments.format == ReportFormat::svg;
  if (takes_one && code != exit_done) return code;
  if (takes_one && answers.front().result.is_cut) fmt::print(stderr, "warning: the first {} rows of report {}; there are more\n", answers.front().result.rows.size(), answers.front().report->name);
  const auto text = text_of(arguments, *plan, answers);
  if (!text.ok()) return report(text.error());
  const Status written = write(*text, arguments.output);
  return written.ok() ? code : std::max(code, report(written.error()));
}

}  // namespace

CommandBody add_report(CLI::App& app) {
  CLI::App* command = app.add_subcommand("report", "Asks the database what the reports of a pipeline file ask: tables, charts, a page");
  const auto arguments = std::make_shared<ReportArguments>();
  arguments->file.add_options(*command);
  command->add_option("NAME", arguments->names, "Reports of the file; all of them where none is named");
  const std::map<std::string, ReportFormat> formats{
      {"table", ReportFormat::table}, {"json", ReportFormat::json}, {"csv", ReportFormat::csv}, {"svg", ReportFormat::svg}, {"html", ReportFormat::html}};
  command->add_option("--format", arguments->format, "table (default), json, csv (of one report), svg (of one chart) or html (one page with all of them)")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT");
  command->add_option("--output", arguments->output, "Write there, and not to stdout")->type_name("FILE");
  command->add_option("--timeout", arguments->timeout, "How long the database may work on one report")->default_val("30s")->type_name("TIME");
  command->footer(
      "Examples:\n"
      "  weir report pipelines/product_view/product_view.yaml\n"
      "  weir report pipelines/product_view/product_view.yaml top_products --set day=2024-11-01\n"
      "  weir report pipelines/purchase/purchase.yaml --format html --output purchase.html\n\n"
      "--set NAME=VALUE also gives parameters of reports other values. A report reads and changes nothing, and gives at most 100,000 rows.\n"
      "Exit codes: 0 all were answered; 1 the database did not answer one; 78 the file, or the SQL of a report, is wrong.");
  return [arguments] { return run_report(*arguments); };
}

}  // namespace weir
