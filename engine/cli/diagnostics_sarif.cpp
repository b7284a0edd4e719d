// diagnostics_sarif.cpp — diagnostics as a log of SARIF 2.1.0 (OASIS), which code hosts and editors read.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/base/excerpt.h"
#include "engine/cli/diagnostic_formats.h"
#include "engine/component/json_writer.h"
#include "engine/plan/error_catalogue.h"

namespace weir {
namespace {

/// A path as a reference of RFC 3986: absolute ones as file:///..., others as they are from the folder of the call.
std::string uri_of(const std::string& path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

class SarifLog {
 public:
  explicit SarifLog(const std::vector<CheckedFile>& files) {
    for (const CheckedFile& file : files) {
      for (const auto* list : {&file.diagnostics.errors(), &file.diagnostics.warnings()}) {
        for (const Error& one : *list) rules_.push_back(one.mistake());
      }
    }
    std::erase(rules_, std::string_view());
    std::sort(rules_.begin(), rules_.end());
    rules_.erase(std::unique(rules_.begin(), rules_.end()), rules_.end());
  }

  std::string text(const std::vector<CheckedFile>& files) && {
    json_.begin_object();
    json_.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_.member("version", "2.1.0");
    json_.key("runs");
    json_.begin_array();
    json_.begin_object();
    add_tool();
    json_.member("columnKind", "unicodeCodePoints");
    json_.key("results");
    json_.begin_array();
    for (const CheckedFile& file : files) {
      for (const Error& error : file.diagnostics.errors()) add_result(error, "error", file.path);
      for (const Error& warning : file.diagnostics.warnings()) add_result(warning, "warning", file.path);
    }
    json_.end_array();
    json_.end_object();
    json_.end_array();
    json_.end_object();
    return std::move(json_).text();
  }

 private:
  void add_message(std::string_view key, std::string_view text) {
    json_.key(key);
    json_.begin_object();
    json_.member("text", text);
    json_.end_object();
  }

  void add_tool() {
    json_.key("tool");
    json_.begin_object();
    json_.key("driver");
    json_.begin_object();
    json_.member("name", "weir");
    json_.key("rules");
    json_.begin_array();
    for (const std::string_view rule : rules_) add_rule(rule);
    json_.end_array();
    json_.end_object();
    json_.end_object();
  }

  void add_rule(std::string_view code) {
    const Mistake* mistake = find_mistake(code);
    json_.begin_object();
    json_.member("id", code);
    if (mistake != nullptr) {
      add_message("shortDescription", mistake->title);
      add_message("fullDescription", mistake->text);
      add_message("help", mistake_text(*mistake));
    }
    json_.key("defaultConfiguration");
    json_.begin_object();
    json_.member("level", is_warning(code) ? "warning" : "error");
    json_.end_object();
    json_.end_object();
  }

  void add_location(const Location& where, const std::string& otherwise) {
    json_.key("physicalLocation");
    json_.begin_object();
    json_.key("artifactLocation");
    json_.begin_object();
    json_.member("uri", uri_of(where.is_known() ? where.source->name : otherwise));
    json_.end_object();
    if (where.is_known()) {
      json_.key("region");
      json_.begin_object();
      json_.member("startLine", std::size_t{where.line});
      json_.member("startColumn", std::size_t{column_in_characters(where)});
      json_.member("endLine", std::size_t{where.line});
      json_.member("endColumn", std::size_t{end_column_in_characters(where)});
      json_.end_object();
    }
    json_.end_object();
  }

  void add_result(const Error& error, const char* level, const std::string& file) {
    json_.begin_object();
    if (!error.mistake().empty()) {
      json_.member("ruleId", error.mistake());
      json_.member("ruleIndex", static_cast<std::size_t>(std::lower_bound(rules_.begin(), rules_.end(), error.mistake()) - rules_.begin()));
    }
    json_.member("level", level);
    add_message("message", error.hint().empty() ? error.message() : fmt::format("{}\nhelp: {}", error.message(), error.hint()));
    json_.key("locations");
    json_.begin_array();
    json_.begin_object();
    add_location(error.where(), file);
    json_.end_object();
    json_.end_array();
    if (!error.notes().empty()) {
      json_.key("relatedLocations");
      json_.begin_array();
      for (const Note& note : error.notes()) {
        json_.begin_object();
        add_location(note.where, file);
        add_message("message", note.text);
        json_.end_object();
      }
      json_.end_array();
    }
    json_.end_object();
  }

  JsonWriter json_;
  std::vector<std::string_view> rules_;  // in order
};

}  // namespace

std::string diagnostics_sarif(const std::vector<CheckedFile>& files) { return SarifLog(files).text(files); }

}  // namespace weir
