// report.cpp — what is wrong with a document, as an editor shows it.
#include "dsl/language_server/report.h"

#include <algorithm>

#include "dsl/language_server/answer.h"

namespace weir {
namespace {

enum class Severity : std::uint8_t { error = 1, warning = 2, information = 3 };

class DiagnosticsText {
 public:
  DiagnosticsText(const Document& document, const Analysis& analysis, JsonWriter& json) : document_(document), analysis_(analysis), json_(json) {}

  void run() {
    json_.begin_object();
    json_.member("uri", document_.uri());
    json_.member("version", document_.version());
    json_.key("diagnostics");
    json_.begin_array();
    for (const Error& error : analysis_.compiled.diagnostics.errors()) add(error, is_of_a_variable(error) ? Severity::information : Severity::error);
    for (const Error& warning : analysis_.compiled.diagnostics.warnings()) add(warning, Severity::warning);
    json_.end_array();
    json_.end_object();
  }

 private:
  bool is_elsewhere(const Location& where) const { return where.is_known() && where.source->name != document_.path(); }

  void add(const Error& error, Severity severity) {
    const Location& where = error.where();
    json_.begin_object();
    json_.key("range");
    write_range(document_.range_of(document_.span_of(is_elsewhere(where) ? Location{} : where)), json_);
    json_.member("severity", static_cast<std::int64_t>(severity));
    if (!error.mistake().empty()) json_.member("code", error.mistake());
    json_.member("source", "weir");
    json_.member("message", error.hint().empty() ? error.message() : error.message() + "\n" + error.hint());
    std::vector<Note> related = error.notes();
    std::erase_if(related, [](const Note& note) { return !note.where.is_known(); });
    if (is_elsewhere(where)) related.insert(related.begin(), {"in this file", where});
    if (!related.empty()) {
      json_.key("relatedInformation");
      json_.begin_array();
      for (const Note& note : related) add_related(note.where, note.text);
      json_.end_array();
    }
    json_.end_object();
  }

  void add_related(const Location& where, const std::string& message) {
    json_.begin_object();
    json_.key("location");
    if (is_elsewhere(where)) {
      const Document other(uri_of_path(where.source->name), where.source->text, 0, PositionEncoding::utf16);
      write_place(other.uri(), other.range_of(other.span_of(where)), json_);
    } else {
      write_place(document_.uri(), document_.range_of(document_.span_of(where)), json_);
    }
    json_.member("message", message);
    json_.end_object();
  }

  const Document& document_;
  const Analysis& analysis_;
  JsonWriter& json_;
};

}  // namespace

bool is_of_a_variable(const Error& error) { return error.mistake() == "W0016" || error.mistake() == "W0017"; }

void write_diagnostics(const Document& document, const Analysis& analysis, JsonWriter& json) { DiagnosticsText(document, analysis, json).run(); }

}  // namespace weir
