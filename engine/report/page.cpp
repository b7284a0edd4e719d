// page.cpp — writes reports as a page.
#include "engine/report/page.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/data/calendar.h"
#include "engine/report/chart.h"
#include "engine/report/clean_text.h"
#include "engine/report/svg.h"

namespace weir {
namespace {

constexpr const char* page_style =
    ":root{color-scheme:light dark}\n"
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:60rem;background:#fff;color:#1a1a1a}\n"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin:0}\n"
    "section{margin:1.5rem 0;padding:1rem;border:1px solid #ddd;border-radius:8px;break-inside:avoid}\n"
    "p{margin:.3rem 0}.quiet{color:#5a5a5a;font-size:.9rem}.failed{border-left:4px solid #c0392b;padding-left:.6rem}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0;font-size:.9rem}\n"
    "caption{text-align:left}th,td{padding:.2rem .7rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}\n"
    ".right{text-align:right;font-variant-numeric:tabular-nums}.null{color:#777}\n"
    "nav a,summary{color:inherit}summary{cursor:pointer}\n"
    "@media screen and (prefers-color-scheme:dark){body{background:#161616;color:#eee}section{border-color:#3a3a3a}th,td{border-color:#3a3a3a}.quiet,.null{color:#b0b0b0}}\n"
    "@media print{body{max-width:none;padding:0}section{border:0;padding:0}nav{display:none}}\n";

constexpr std::size_t most_open_rows = 30;  // of a table below a chart

std::string parameters_of(const ReportAnswer& answer) {
  std::string text;
  for (const QueryParameter& one : answer.parameters) text += (text.empty() ? "" : ", ") + one.name + " = " + (one.value.kind == QueryValue::Kind::null ? "NULL" : one.value.text);
  return text.empty() ? "" : "<p class=\"quiet\">" + xml_text(text) + "</p>\n";
}

std::string table_of(const ReportAnswer& answer) {
  const QueryResult& result = answer.result;
  std::vector<const char*> classes;
  std::string text = "<div class=\"wide\"><table>\n<thead><tr>";
  for (const QueryColumn& column : result.columns) {
    classes.push_back(column.kind == QueryColumn::Kind::number ? " class=\"right\"" : "");
    text += fmt::format("<th scope=\"col\"{}>{}</th>", classes.back(), xml_text(column.name));
  }
  text += "</tr></thead>\n<tbody>\n";
  const std::size_t shown = std::min(result.rows.size(), most_page_rows);
  for (std::size_t row = 0; row < shown; ++row) {
    text += "<tr>";
    for (std::size_t column = 0; column < result.columns.size(); ++column) {
      const auto& cell = result.rows[row][column];
      text += cell ? fmt::format("<td{}>{}</td>", classes[column], xml_text(*cell)) : std::string("<td class=\"null\">NULL</td>");
    }
    text += "</tr>\n";
  }
  text += "</tbody>\n</table></div>\n";
  if (result.rows.empty()) return "<p>no rows</p>\n";
  if (result.is_cut) return text + fmt::format("<p class=\"quiet\">The first {} of more than {} rows.</p>\n", shown, result.rows.size());
  return shown == result.rows.size() ? text : text + fmt::format("<p class=\"quiet\">The first {} of {} rows.</p>\n", shown, result.rows.size());
}

// The data stand beneath the picture, for who cannot see it.
std::string body_of(const ReportAnswer& answer, const std::string& id) {
  if (answer.error) return "<p class=\"failed\">" + xml_text(answer.error->message()) + "</p>\n";
  if (answer.report->chart == ChartKind::table) return table_of(answer);
  const Result<Chart> chart = make_chart(*answer.report, answer.result);
  if (!chart.ok()) return "<p class=\"failed\">" + xml_text(chart.error().message()) + "</p>\n" + table_of(answer);
  const std::string picture = svg_element(*answer.report, answer.result, *chart, id);
  if (answer.result.rows.empty()) return picture;
  const char* state = answer.result.rows.size() <= most_open_rows ? " open=\"open\"" : "";
  return picture + "<details" + state + "><summary>The data</summary>\n" + table_of(answer) + "</details>\n";
}

}  // namespace

std::string page_of(const std::string& pipeline, const std::vector<ReportAnswer>& answers, std::chrono::system_clock::time_point made_at) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(made_at.time_since_epoch()).count();
  std::string links, sections;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const ReportAnswer& answer = answers[i];
    const std::string id = fmt::format("report-{}", i + 1), title = xml_text(answer.report->title);
    links += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", id, title);
    sections += fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-heading\">\n<h2 id=\"{0}-heading\">{1}</h2>\n", id, title);
    if (!answer.report->description.empty()) sections += "<p>" + xml_text(answer.report->description) + "</p>\n";
    sections += parameters_of(answer) + body_of(answer, id) + "</section>\n";
  }
  const std::string name = xml_text(pipeline);
  std::string text = "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n";
  text += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n";
  text += fmt::format("<title>{}: reports</title>\n<style>\n{}{}</style>\n</head>\n<body>\n<header><h1>{}: reports</h1>\n", name, page_style, svg_style(), name);
  text += fmt::format("<p class=\"quiet\">As of {} UTC</p></header>\n", timestamp_to_string(seconds * microseconds_per_second));
  if (answers.size() > 1) text += "<nav aria-label=\"Reports\"><ul>\n" + links + "</ul></nav>\n";
  return text + "<main>\n" + sections + "</main>\n</body>\n</html>\n";
}

}  // namespace weir
