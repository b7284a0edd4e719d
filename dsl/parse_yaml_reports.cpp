// parse_yaml_reports.cpp — an entry of the section `reports`.
#include <fmt/format.h>

#include <algorithm>

#include "dsl/parse_yaml.h"
#include "dsl/placed_text.h"
#include "dsl/short_match.h"
#include "engine/base/nearest_name.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

constexpr const char* sql_example = "write sql: SELECT ... FROM ...";
constexpr const char* parameters_example = "write parameters: {NAME: DEFAULT}";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_parameter_name(const std::string& text) {
  static const std::regex name("[A-Za-z_][A-Za-z0-9_]*");
  return matches(text, name);
}

QueryValue::Kind kind_of(const Config& value) {
  static const std::regex number(R"([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?)");
  if (!value.is_scalar()) return QueryValue::Kind::null;
  if (value.is_quoted) return QueryValue::Kind::text;
  if (value.scalar() == "true" || value.scalar() == "false") return QueryValue::Kind::truth;
  return matches(value.scalar(), number) ? QueryValue::Kind::number : QueryValue::Kind::text;
}

class ReportReader {
 public:
  ReportReader(const Name& name, YamlReader& reader) : what_("report " + name.text), reader_(reader) { report_.name = name; }

  ReportSyntax read(const Config& config) {
    reader_.check_keys(config, what_, Block::report);
    read_sql(config);
    report_.chart_where = report_.name.where;
    if (const Config* chart = config.find("chart")) read_chart(*chart);
    if (const Config* x = config.find("x")) report_.x = reader_.name(*x, "x of " + what_);
    if (const Config* y = config.find("y")) report_.y = reader_.names(*y, "y of " + what_);
    if (const Config* connection = config.find("connection")) report_.connection = reader_.name(*connection, "connection of " + what_);
    if (const Config* title = config.find("title")) report_.title = reader_.text(*title, "title of " + what_).value_or("");
    if (const Config* description = config.find("description")) report_.description = reader_.text(*description, "description of " + what_).value_or("");
    if (const Config* parameters = config.find("parameters")) read_parameters(*parameters);
    return std::move(report_);
  }

 private:
  void read_sql(const Config& config) {
    const Config* sql = config.find("sql");
    if (sql == nullptr) return reader_.report("W1101", report_.name.where, what_ + " asks nothing", sql_example);
    if (sql->is_map() || sql->is_list()) return reader_.report("W0108", *sql, fmt::format("sql of {}: expected a text, got a {}", what_, sql->is_map() ? "map" : "list"), sql_example);
    const std::string text = sql->is_scalar() ? sql->scalar() : "";
    std::size_t first = 0, end = text.size();
    while (first < end && is_blank(text[first])) ++first;
    while (end > first && is_blank(text[end - 1])) --end;
    if (first == end) return reader_.report("W1101", *sql, what_ + " asks nothing: its SQL is empty", sql_example);
    report_.sql = text.substr(first, end - first);
    report_.sql_where = PlacedText(text, sql->where).bytes(first, 1);
  }

  void read_chart(const Config& config) {
    const std::optional<Name> name = reader_.name(config, "chart of " + what_);
    if (!name) return;
    report_.chart_where = name->where;
    std::string word = name->text;
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::find(chart_names().begin(), chart_names().end(), word);
    if (found != chart_names().end()) {
      report_.chart = static_cast<ChartKind>(found - chart_names().begin());
      return;
    }
    const std::string nearest = nearest_name(word, chart_names());
    reader_.report("W0110", name->where, fmt::format("unknown chart of {}: {}", what_, name->text),
                   nearest.empty() ? "charts are " + join(chart_names()) : fmt::format("did you mean {}?", nearest));
  }

  void read_parameters(const Config& config) {
    const std::size_t errors_before = reader_.diagnostics().errors().size();
    read_values(config);
    report_.has_wrong_parameters = reader_.diagnostics().errors().size() != errors_before;
  }

  void read_values(const Config& config) {
    if (!reader_.expect_map(config, "parameters of " + what_, parameters_example)) return;
    for (const auto& [key, value] : std::get<Config::Map>(config.value)) {
      if (!is_parameter_name(key)) {
        reader_.report("W1103", value.key_where, fmt::format("not a name for a parameter: '{}'", key), "use letters, digits and _, with a letter first: the SQL has it as :NAME");
      } else if (value.is_map() || value.is_list()) {
        reader_.report("W0108", value, fmt::format("parameter {} of {}: expected one value, got a {}", key, what_, value.is_map() ? "map" : "list"), parameters_example);
      } else {
        report_.parameters.push_back({{key, value.key_where}, {kind_of(value), value.is_scalar() ? value.scalar() : ""}});
      }
    }
  }

  const std::string what_;
  YamlReader& reader_;
  ReportSyntax report_;
};

}  // namespace

ReportSyntax read_report(const Name& name, const Config& config, YamlReader& reader) { return ReportReader(name, reader).read(config); }

}  // namespace weir
