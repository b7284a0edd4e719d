// explain_reports.cpp — the reports of a pipeline, as explain tells them.
#include <fmt/format.h>

#include "engine/component/json_writer.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/explain_facts.h"

namespace weir {
namespace {

std::vector<std::string> names_of(const std::vector<ReportColumn>& columns) {
  std::vector<std::string> names;
  for (const ReportColumn& column : columns) names.push_back(column.name);
  return names;
}

std::string literal(const QueryValue& value) {
  if (value.kind == QueryValue::Kind::null) return "NULL";
  return value.kind == QueryValue::Kind::text ? "'" + value.text + "'" : value.text;
}

void write_value(JsonWriter& json, const QueryValue& value) {
  switch (value.kind) {
    case QueryValue::Kind::null: return json.null();
    case QueryValue::Kind::truth: return json.value(value.text == "true");
    case QueryValue::Kind::text: return json.value(value.text);
    // Digits as they are written.
    case QueryValue::Kind::number: return json.value(value.text);
  }
}

const char* name_of(QueryValue::Kind kind) {
  switch (kind) {
    case QueryValue::Kind::null: return "null";
    case QueryValue::Kind::text: return "text";
    case QueryValue::Kind::number: return "number";
    case QueryValue::Kind::truth: return "boolean";
  }
  return "";
}

void write_parameter(JsonWriter& json, const QueryParameter& parameter) {
  json.begin_object();
  json.member("name", parameter.name);
  json.member("type", name_of(parameter.value.kind));
  json.key("default");
  write_value(json, parameter.value);
  json.end_object();
}

void write_report(JsonWriter& json, const Plan& plan, const Report& report) {
  json.begin_object();
  json.member("name", report.name);
  json.member("title", report.title);
  if (!report.description.empty()) json.member("description", report.description);
  json.member("chart", to_string(report.chart));
  if (report.x) json.member("x", report.x->name);
  if (!report.y.empty()) json.member("y", names_of(report.y));
  json.member("connection", plan.connections[report.connection].name);
  json.key("parameters");
  json.begin_array();
  for (const QueryParameter& parameter : report.statement.parameters) write_parameter(json, parameter);
  json.end_array();
  json.member("sql", report.statement.sql);
  json.end_object();
}

}  // namespace

std::string reports_text(const PlanFacts& facts) {
  std::string text;
  for (const Report& report : facts.reports) {
    const Connection& connection = facts.plan->connections[report.connection];
    text += fmt::format("\nreport {}: {} of connection {} ({})\n", report.name, to_string(report.chart), connection.name, connection.definition->describe());
    if (report.title != report.name) text += fmt::format("  {}\n", report.title);
    std::vector<std::string> parts;
    if (report.x) parts.push_back("x " + report.x->name);
    if (!report.y.empty()) parts.push_back("y " + join(names_of(report.y)));
    if (!parts.empty()) text += fmt::format("  {}\n", join(parts, "; "));
    parts.clear();
    for (const QueryParameter& parameter : report.statement.parameters) parts.push_back(fmt::format("{} = {}", parameter.name, literal(parameter.value)));
    if (!parts.empty()) text += fmt::format("  parameters {}\n", join(parts));
  }
  return text;
}

void write_reports(JsonWriter& json, const PlanFacts& facts) {
  if (facts.reports.empty()) return;
  json.key("reports");
  json.begin_array();
  for (const Report& report : facts.reports) write_report(json, *facts.plan, report);
  json.end_array();
}

const std::vector<std::string>& chart_names() {
  static const std::vector<std::string> names = {"table", "bar", "line", "pie", "number"};
  return names;
}

}  // namespace weir
