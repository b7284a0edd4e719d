// error_catalogue_text.cpp — the catalogue for people, for programs and for docs/reference/errors.md.
#include <fmt/format.h>

#include "engine/component/json_writer.h"
#include "engine/plan/error_catalogue.h"

namespace weir {
namespace {

constexpr std::size_t widest = 100;

bool is_yaml(ExampleKind kind) { return kind == ExampleKind::sections || kind == ExampleKind::yaml; }

std::string wrapped(std::string_view text) {
  std::string result;
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (width != 0 && width + 1 + end > widest) {
      result += '\n';
      width = 0;
    }
    if (width != 0) {
      result += ' ';
      ++width;
    }
    result += text.substr(0, end);
    width += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string indented(std::string_view text) {
  std::string result = "  ";
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "  ";
  }
  return result;
}

const char* severity_of(const Mistake& mistake) { return is_warning(mistake.code) ? "warning" : "error"; }

const char* family_of(std::string_view code) {
  constexpr const char* families[] = {"Text, YAML and variables", "Statements, sections and keys", "Names and references", "Types and expressions",
                                      "Time, windows, aggregates and OVER", "Joins and unions", "Sinks and tables", "Connectors, options and plugins",
                                      "Services", "Warnings"};
  return families[static_cast<std::size_t>(code[2] - '0')];
}

std::string page_of(const Mistake& mistake) {
  std::string page = fmt::format("### {}: {}\n{}\n", mistake.code, mistake.title, mistake.text);
  if (mistake.kind == ExampleKind::none) return page;
  const char* language = is_yaml(mistake.kind) ? "yaml" : "sql";
  return page + fmt::format("\nWrong:\n```{0}\n{1}\n```\nRight:\n```{0}\n{2}\n```\n", language, mistake.wrong, mistake.right);
}

// What examples that are no whole file stand in.
std::string frames() {
  return "Examples that are steps are the query of a sink, and examples that are statements are a part of this file:\n```sql\n" +
         example_file(ExampleKind::statements, "-- the example") + "```\nSections of YAML stand below these:\n```yaml\n" + example_file(ExampleKind::sections, "# the example") + "```\n";
}

void add_to(JsonWriter& json, const Mistake& mistake) {
  json.begin_object();
  json.member("code", mistake.code);
  json.member("severity", severity_of(mistake));
  json.member("title", mistake.title);
  json.member("text", mistake.text);
  if (mistake.kind != ExampleKind::none) {
    json.member("language", is_yaml(mistake.kind) ? "yaml" : "weir");
    json.member("wrong", mistake.wrong);
    json.member("right", mistake.right);
    json.member("right_file", example_file(mistake.kind, mistake.right));
  }
  json.end_object();
}

}  // namespace

std::string mistake_text(const Mistake& mistake) {
  std::string text = fmt::format("{}[{}]: {}\n\n{}\n", severity_of(mistake), mistake.code, mistake.title, wrapped(mistake.text));
  if (mistake.kind == ExampleKind::none) return text;
  return text + fmt::format("\nWrong:\n\n{}\n\nRight:\n\n{}\n", indented(mistake.wrong), indented(mistake.right));
}

std::string mistake_json(const Mistake& mistake) {
  JsonWriter json;
  add_to(json, mistake);
  return std::move(json).text();
}

std::string mistakes_text() {
  std::string lines;
  for (const Mistake& one : error_catalogue()) lines += fmt::format("{}  {}\n", one.code, one.title);
  return lines;
}

std::string mistakes_json() {
  JsonWriter json;
  json.begin_array();
  for (const Mistake& one : error_catalogue()) add_to(json, one);
  json.end_array();
  return std::move(json).text();
}

std::string mistakes_markdown() {
  std::string page =
      "# Errors and warnings\n"
      "Every error that Weir finds in a pipeline file has a code, which stands for one kind of mistake and is never given to another. `weir explain W0201` prints what is "
      "said here. Written by `weir list errors --format markdown`; every wrong example is a test that gives its code, every right one a test that compiles.\n\n" +
      frames();
  std::string_view family;
  for (const Mistake& mistake : error_catalogue()) {
    if (family != family_of(mistake.code)) {
      family = family_of(mistake.code);
      page += fmt::format("\n## {}\n", family);
    }
    page += "\n" + page_of(mistake);
  }
  return page;
}

}  // namespace weir
