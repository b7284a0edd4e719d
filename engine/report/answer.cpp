// answer.cpp — results of reports as JSON and CSV.
#include "engine/report/answer.h"

#include <fmt/format.h>

#include <map>

#include "engine/component/json_writer.h"
#include "engine/report/clean_text.h"

namespace weir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// As JSON has numbers: no leading zeros, no NaN.
bool is_json_number(const std::string& text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - first;
  };
  const bool has_zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (has_zero && whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

std::string json_value(const std::optional<std::string>& cell, QueryColumn::Kind kind) {
  if (!cell) return "null";
  if (kind == QueryColumn::Kind::number && is_json_number(*cell)) return *cell;
  if (kind == QueryColumn::Kind::truth && (*cell == "t" || *cell == "f")) return *cell == "t" ? "true" : "false";
  return json_quoted(clean_text(*cell));
}

const char* name_of(QueryColumn::Kind kind) {
  switch (kind) {
    case QueryColumn::Kind::text: return "text";
    case QueryColumn::Kind::number: return "number";
    case QueryColumn::Kind::truth: return "boolean";
    case QueryColumn::Kind::time: return "time";
  }
  return "";
}

std::string json_of(const QueryValue& value) {
  if (value.kind == QueryValue::Kind::null) return "null";
  const bool is_bare = value.kind == QueryValue::Kind::truth || (value.kind == QueryValue::Kind::number && is_json_number(value.text));
  return is_bare ? value.text : json_quoted(clean_text(value.text));
}

// A line for each row: a result has many.
std::string rows_json(const QueryResult& result) {
  std::vector<std::string> names;
  for (const QueryColumn& column : result.columns) names.push_back(json_quoted(clean_text(column.name)));
  std::string text;
  for (const auto& row : result.rows) {
    text += text.empty() ? "\n" : ",\n";
    text += "        {";
    for (std::size_t column = 0; column < row.size(); ++column) text += fmt::format("{}{}: {}", column == 0 ? "" : ", ", names[column], json_value(row[column], result.columns[column].kind));
    text += "}";
  }
  return text.empty() ? "[]" : "[" + text + "\n      ]";
}

std::string answer_json(const ReportAnswer& answer) {
  std::string text = fmt::format("    {{\n      \"name\": {},\n      \"title\": {},\n", json_quoted(answer.report->name), json_quoted(answer.report->title));
  std::string parameters, columns;
  for (const QueryParameter& one : answer.parameters) parameters += fmt::format("{}{}: {}", parameters.empty() ? "" : ", ", json_quoted(one.name), json_of(one.value));
  text += fmt::format("      \"parameters\": {{{}}},\n", parameters);
  if (answer.error) return text + fmt::format("      \"error\": {}\n    }}", json_quoted(clean_text(answer.error->message())));
  for (const QueryColumn& column : answer.result.columns) {
    columns += fmt::format("{}\n        {{\"name\": {}, \"kind\": {}, \"type\": {}}}", columns.empty() ? "" : ",", json_quoted(clean_text(column.name)), json_quoted(name_of(column.kind)),
                           json_quoted(column.type));
  }
  text += fmt::format("      \"columns\": [{}\n      ],\n      \"complete\": {},\n", columns, !answer.result.is_cut);
  return text + fmt::format("      \"rows\": {}\n    }}", rows_json(answer.result));
}

std::string csv_cell(const std::optional<std::string>& cell) {
  if (!cell) return "";
  if (!cell->empty() && cell->find_first_of(",\"\r\n") == std::string::npos && cell->front() != ' ' && cell->back() != ' ') return *cell;
  std::string text = "\"";
  for (const char c : *cell) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

}  // namespace

Status check_column_names(const Report& report, const QueryResult& result) {
  std::map<std::string, std::size_t> names;
  for (const QueryColumn& column : result.columns) {
    if (names[column.name]++ == 0) continue;
    return Error{ErrorKind::user, fmt::format("two columns of report {} are called {}", report.name, column.name), report.statement.place ? report.statement.place(0, report.statement.sql.size()) : report.where}
        .as("W1107")
        .with_hint("give them names of their own with AS");
  }
  return {};
}

std::string answers_json(const std::string& pipeline, const std::vector<ReportAnswer>& answers) {
  std::string text;
  for (const ReportAnswer& answer : answers) text += (text.empty() ? "\n" : ",\n") + answer_json(answer);
  return fmt::format("{{\n  \"pipeline\": {},\n  \"reports\": [{}\n  ]\n}}\n", json_quoted(pipeline), text);
}

std::string answer_csv(const QueryResult& result) {
  std::string text;
  for (std::size_t column = 0; column < result.columns.size(); ++column) text += (column == 0 ? "" : ",") + csv_cell(result.columns[column].name);
  text += "\r\n";
  for (const auto& row : result.rows) {
    for (std::size_t column = 0; column < row.size(); ++column) text += (column == 0 ? "" : ",") + csv_cell(row[column]);
    // A line with nothing in it would be no row.
    text += row.size() == 1 && !row.front() ? "\"\"\r\n" : "\r\n";
  }
  return text;
}

}  // namespace weir
