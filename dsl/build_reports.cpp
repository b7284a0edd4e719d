// build_reports.cpp — checks the reports of a pipeline.
#include "dsl/build_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "dsl/placed_text.h"
#include "engine/base/nearest_name.h"
#include "engine/component/sql_outline.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

constexpr std::size_t most_unknown = 20;  // names that are told

// What is understood where nobody says which database it is.
constexpr SqlSpelling usual_spelling{.has_dollar_quotes = true, .has_escape_strings = true, .nests_comments = true, .has_bracket_names = false, .parameter_signs = "$"};

class ReportBuilder {
 public:
  ReportBuilder(const PipelineSyntax& pipeline, const Plan* plan, Diagnostics& diagnostics) : pipeline_(pipeline), plan_(plan), diagnostics_(diagnostics) {}

  Report build(const ReportSyntax& syntax) {
    Report report;
    report.name = syntax.name.text;
    report.where = syntax.name.where;
    report.title = syntax.title.empty() ? syntax.name.text : syntax.title;
    report.description = syntax.description;
    report.chart = syntax.chart;
    take_columns(syntax, report);
    SqlSpelling spelling = usual_spelling;
    if (plan_ != nullptr) {
      if (const std::optional<std::size_t> connection = find_connection(syntax)) {
        report.connection = *connection;
        if (const ReadOnlyStore* store = answering(syntax, *connection)) spelling = store->spelling();
      }
    }
    if (!syntax.sql.empty()) take_sql(syntax, spelling, report.statement);
    return report;
  }

 private:
  void refuse(const char* mistake, const Location& where, std::string message, std::string hint) {
    diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(std::move(hint)));
  }

  void take_columns(const ReportSyntax& syntax, Report& report) {
    if (syntax.x) report.x = ReportColumn{syntax.x->text, syntax.x->where};
    for (const Name& column : syntax.y) report.y.push_back({column.text, column.where});
    const std::string what = "report " + syntax.name.text;
    const bool is_table = syntax.chart == ChartKind::table, is_number = syntax.chart == ChartKind::number;
    if (syntax.x && (is_table || is_number))
      refuse("W1104", syntax.x->where, fmt::format("{} is drawn as a {}, which has no x", what, to_string(syntax.chart)), is_table ? "add chart: bar, or leave x out" : "leave x out: y says which number is shown");
    if (!syntax.y.empty() && is_table) refuse("W1104", syntax.y.front().where, fmt::format("{} is drawn as a table, which has no y", what), "add chart: bar, or leave y out");
    if (syntax.y.size() > 1 && (is_number || syntax.chart == ChartKind::pie))
      refuse("W1104", syntax.y[1].where, fmt::format("{} is drawn as a {}, which shows one column", what, to_string(syntax.chart)), "keep one of y");
    std::set<std::string> names;
    if (syntax.x) names.insert(syntax.x->text);
    for (const Name& column : syntax.y) {
      if (!names.insert(column.text).second) refuse("W1104", column.where, fmt::format("{} draws column {} twice", what, column.text), "name each column once among x and y");
    }
  }

  std::optional<std::size_t> find_connection(const ReportSyntax& syntax) {
    std::vector<std::string> known;
    for (const Connection& connection : plan_->connections) known.push_back(connection.name);
    if (syntax.connection) {
      const auto found = std::find(known.begin(), known.end(), syntax.connection->text);
      if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
      diagnostics_.error(unknown("W0204", "connection", syntax.connection->text, known, syntax.connection->where));
      return std::nullopt;
    }
    std::set<std::size_t> of_tables;
    for (const SinkNode& sink : plan_->sinks) {
      if (sink.outlet == nullptr) of_tables.insert(sink.connection);
    }
    if (of_tables.empty() && pipeline_.connections.size() == 1) of_tables.insert(0);
    if (of_tables.size() == 1) return *of_tables.begin();
    std::vector<std::string> choices;
    for (const std::size_t one : of_tables) choices.push_back(plan_->connections[one].name);
    for (const ConnectionSyntax& one : pipeline_.connections) {
      if (of_tables.empty()) choices.push_back(one.name.text);
    }
    refuse("W1105", syntax.name.where, fmt::format("report {} does not say which database it asks", syntax.name.text),
           choices.empty() ? "no sink of the pipeline is a table: add connections: {NAME: {dsn: ...}}, and connection: NAME to the report" : "add connection: " + join(choices, " | "));
    return std::nullopt;
  }

  const ReadOnlyStore* answering(const ReportSyntax& syntax, std::size_t index) {
    const Connection& connection = plan_->connections[index];
    const ReadOnlyStore* store = read_only_store(*connection.definition);
    if (store == nullptr)
      refuse("W1105", syntax.connection ? syntax.connection->where : syntax.name.where, fmt::format("connection {} is of type {}, which answers no reports", connection.name, connection.store_name),
             "name a connection to a database");
    return store;
  }

  void take_sql(const ReportSyntax& syntax, const SqlSpelling& spelling, ReadOnlyStatement& statement) {
    const auto placed = std::make_shared<const PlacedText>(syntax.sql, syntax.sql_where);
    statement.sql = syntax.sql;
    statement.place = [placed](std::size_t offset, std::size_t length) { return placed->bytes(offset, length); };
    const SqlOutline outline = outline_of_sql(syntax.sql, spelling);
    if (!check_shape(syntax, outline, statement)) return;
    for (const ReportParameterSyntax& parameter : syntax.parameters) statement.parameters.push_back({parameter.name.text, parameter.value});
    if (!syntax.has_wrong_parameters) take_mentions(syntax, outline, statement);
  }

  bool check_shape(const ReportSyntax& syntax, const SqlOutline& outline, const ReadOnlyStatement& statement) {
    const std::string what = "the SQL of report " + syntax.name.text;
    const auto place = [&](const SqlOutline::Part& part) { return statement.place(part.offset, part.length); };
    const bool reads = outline.first_word == "SELECT" || outline.first_word == "WITH" || outline.first_word == "VALUES";
    if (outline.unclosed) {
      refuse("W1102", place(outline.unclosed->part), fmt::format("{} has {} that is not closed", what, outline.unclosed->what), "it goes on to the end of the SQL");
    } else if (!reads) {
      refuse("W1102", place(outline.first), fmt::format("{} does not begin with SELECT, WITH or VALUES", what), "a report reads: it is one statement, and changes nothing");
    } else if (outline.second_statement) {
      refuse("W1102", place(*outline.second_statement), what + " has a second statement", "make a report of it: each has one statement");
    } else if (outline.foreign) {
      refuse("W1103", place(*outline.foreign), what + " has a parameter without a name", "declare one under parameters, with a default value, and write :NAME");
    } else {
      return true;
    }
    return false;
  }

  // Each unknown name is told once, and not more of them than anybody reads.
  void take_mentions(const ReportSyntax& syntax, const SqlOutline& outline, ReadOnlyStatement& statement) {
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < statement.parameters.size(); ++i) known.emplace(statement.parameters[i].name, i);
    std::set<std::string> used, unknown;
    for (const SqlOutline::Mention& mention : outline.mentions) {
      const auto found = known.find(mention.name);
      if (found != known.end()) {
        used.insert(mention.name);
        statement.placeholders.push_back({mention.part.offset, mention.part.length, found->second});
      } else if (unknown.size() < most_unknown && unknown.insert(mention.name).second) {
        refuse_mention(syntax, mention, statement);
      }
    }
    std::size_t unused = 0;
    for (const ReportParameterSyntax& parameter : syntax.parameters) {
      if (used.count(parameter.name.text) == 0 && ++unused <= most_unknown)
        refuse("W1103", parameter.name.where, fmt::format("the SQL of report {} does not use parameter {}", syntax.name.text, parameter.name.text), fmt::format("write :{} in the SQL, or leave it out", parameter.name.text));
    }
  }

  void refuse_mention(const ReportSyntax& syntax, const SqlOutline::Mention& mention, const ReadOnlyStatement& statement) {
    std::vector<std::string> names;
    for (const QueryParameter& parameter : statement.parameters) names.push_back(parameter.name);
    const std::string nearest = nearest_name(mention.name, names);
    refuse("W1103", statement.place(mention.part.offset, mention.part.length), fmt::format("report {} has no parameter {}", syntax.name.text, mention.name),
           nearest.empty() ? std::string("declare it under parameters, with a default value; where a colon means something else, put a blank behind it") : fmt::format("did you mean :{}?", nearest));
  }

  const PipelineSyntax& pipeline_;
  const Plan* plan_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<Report> build_reports(const PipelineSyntax& pipeline, const Plan* plan, Diagnostics& diagnostics) {
  std::vector<Report> reports;
  ReportBuilder builder(pipeline, plan, diagnostics);
  for (const ReportSyntax& report : pipeline.reports) reports.push_back(builder.build(report));
  return reports;
}

}  // namespace weir
