// server.cpp — the Language Server Protocol: who may say what when, and which answer it gets.
#include "dsl/language_server/server.h"

#include <fmt/format.h>

#include <algorithm>

#include "dsl/format.h"
#include "dsl/language_server/answer.h"
#include "dsl/language_server/report.h"

namespace weir {
namespace {

// What the protocol calls them.
constexpr int parse_error = -32700, invalid_request = -32600, unknown_method = -32601, invalid_params = -32602, not_initialized = -32002,
              request_cancelled = -32800, request_failed = -32803;

std::string written(const Json& id) {
  if (const std::int64_t* number = id.integer()) return std::to_string(*number);
  return id.text() != nullptr ? json_quoted(*id.text()) : "null";
}

void write_id(const Json& id, JsonWriter& json) {
  json.key("id");
  if (const std::int64_t* number = id.integer()) {
    json.value(*number);
  } else if (const std::string* text = id.text()) {
    json.value(*text);
  } else {
    json.null();
  }
}

TextPosition position_of(const Json& json) {
  const auto count = [](std::int64_t number) { return static_cast<std::size_t>(std::max<std::int64_t>(number, 0)); };
  return {count(json["line"].integer_or(0)), count(json["character"].integer_or(0))};
}

bool holds(const Json& list, std::string_view word) {
  if (list.array() == nullptr) return false;
  for (const Json& one : *list.array()) {
    if (one.text() != nullptr && *one.text() == word) return true;
  }
  return false;
}

}  // namespace

const std::map<std::string, LanguageServer::Answer, std::less<>>& LanguageServer::answers() {
  static const std::map<std::string, Answer, std::less<>> table = {
      {"initialize", &LanguageServer::initialize},
      {"shutdown", &LanguageServer::shut_down},
      {"textDocument/formatting", &LanguageServer::format},
      {"textDocument/hover", &LanguageServer::hover},
      {"textDocument/completion", &LanguageServer::complete},
      {"textDocument/definition", &LanguageServer::define},
      {"textDocument/references", &LanguageServer::refer},
      {"textDocument/rename", &LanguageServer::rename},
      {"textDocument/documentSymbol", &LanguageServer::list_symbols},
  };
  return table;
}

const std::map<std::string, LanguageServer::Notice, std::less<>>& LanguageServer::notices() {
  static const std::map<std::string, Notice, std::less<>> table = {
      {"initialized", &LanguageServer::ignore},          {"exit", &LanguageServer::exit},
      {"textDocument/didOpen", &LanguageServer::open},   {"textDocument/didChange", &LanguageServer::change},
      {"textDocument/didClose", &LanguageServer::close}, {"textDocument/didSave", &LanguageServer::save},
  };
  return table;
}

void LanguageServer::receive(std::string_view message) {
  std::optional<Json> json = parse_json(message);
  if (!json) return fail(Json{}, {parse_error, "the message is not JSON"});
  const std::string* method = (*json)["method"].text();
  if (method == nullptr) {
    const bool is_response = json->is_object() && (!(*json)["result"].is_null() || !(*json)["error"].is_null());
    if (!is_response) fail((*json)["id"], {invalid_request, "the message has no method"});
    return;
  }
  if (*method == "$/cancelRequest") {
    cancelled_.insert(written((*json)["params"]["id"]));
    return;
  }
  queue_.push_back(*std::move(json));
}

void LanguageServer::work() {
  if (queue_.empty()) {
    const std::string uri = *changed_.begin();
    changed_.erase(changed_.begin());
    if (const auto found = documents_.find(uri); found != documents_.end()) publish(found->second);
    return;
  }
  const Json message = std::move(queue_.front());
  queue_.pop_front();
  const std::string& method = *message["method"].text();
  const Json& id = message["id"];
  if (!id.is_null()) return request(id, method, message["params"]);
  const auto found = notices().find(method);
  const bool is_heard = found != notices().end() && (is_initialized_ || method == "exit");
  if (is_heard && (!is_shut_down_ || method == "exit")) (this->*found->second)(message["params"]);
}

void LanguageServer::request(const Json& id, const std::string& method, const Json& params) {
  if (cancelled_.erase(written(id)) != 0) return fail(id, {request_cancelled, "cancelled"});
  if (is_shut_down_) return fail(id, {invalid_request, "the server has been shut down"});
  if (!is_initialized_ && method != "initialize") return fail(id, {not_initialized, "initialize comes first"});
  if (is_initialized_ && method == "initialize") return fail(id, {invalid_request, "the server is initialized already"});
  const auto found = answers().find(method);
  if (found == answers().end()) return fail(id, {unknown_method, fmt::format("unknown method: {}", method)});
  JsonWriter json;
  json.begin_object();
  json.member("jsonrpc", "2.0");
  write_id(id, json);
  json.key("result");
  if (const Outcome failure = (this->*found->second)(params, json)) return fail(id, *failure);
  json.end_object();
  outgoing_.push_back(std::move(json).text());
}

void LanguageServer::fail(const Json& id, const Failure& failure) {
  JsonWriter json;
  json.begin_object();
  json.member("jsonrpc", "2.0");
  write_id(id, json);
  json.key("error");
  json.begin_object();
  json.member("code", static_cast<std::int64_t>(failure.code));
  json.member("message", failure.message);
  json.end_object();
  json.end_object();
  outgoing_.push_back(std::move(json).text());
}

void LanguageServer::notify(const char* method, const std::function<void(JsonWriter&)>& write_params) {
  JsonWriter json;
  json.begin_object();
  json.member("jsonrpc", "2.0");
  json.member("method", method);
  json.key("params");
  write_params(json);
  json.end_object();
  outgoing_.push_back(std::move(json).text());
}

LanguageServer::Outcome LanguageServer::initialize(const Json& params, JsonWriter& json) {
  const Json& encodings = params["capabilities"]["general"]["positionEncodings"];
  encoding_ = holds(encodings, "utf-8") ? PositionEncoding::utf8 : PositionEncoding::utf16;
  takes_snippets_ = params["capabilities"]["textDocument"]["completion"]["completionItem"]["snippetSupport"].truth_or(false);
  is_initialized_ = true;
  json.begin_object();
  json.key("capabilities");
  json.begin_object();
  json.member("positionEncoding", encoding_ == PositionEncoding::utf8 ? "utf-8" : "utf-16");
  json.key("textDocumentSync");
  json.begin_object();
  json.member("openClose", true);
  json.member("change", std::int64_t{2});  // edits by range
  json.member("save", true);
  json.end_object();
  for (const char* name : {"hoverProvider", "definitionProvider", "referencesProvider", "renameProvider", "documentFormattingProvider", "documentSymbolProvider"})
    json.member(name, true);
  json.key("completionProvider");
  json.begin_object();
  json.member("triggerCharacters", std::vector<std::string>{".", "(", ">", "="});
  json.end_object();
  json.end_object();
  json.key("serverInfo");
  json.begin_object();
  json.member("name", "weir");
  json.end_object();
  json.end_object();
  return std::nullopt;
}

LanguageServer::Outcome LanguageServer::shut_down(const Json&, JsonWriter& json) {
  is_shut_down_ = true;
  json.null();
  return std::nullopt;
}

LanguageServer::Open* LanguageServer::find(const Json& params) {
  const auto found = documents_.find(params["textDocument"]["uri"].text_or(""));
  return found == documents_.end() ? nullptr : &found->second;
}

void LanguageServer::open(const Json& params) {
  const Json& item = params["textDocument"];
  const std::string uri = item["uri"].text_or("");
  documents_.insert_or_assign(uri, Open{Document(uri, item["text"].text_or(""), item["version"].integer_or(0), encoding_)});
  changed_.insert(uri);
}

void LanguageServer::change(const Json& params) {
  Open* open = find(params);
  const Json::Array* changes = params["contentChanges"].array();
  if (open == nullptr || changes == nullptr) return;
  for (const Json& one : *changes) {
    const Json& range = one["range"];
    if (range.is_null()) {
      open->document.replace(one["text"].text_or(""));
    } else {
      open->document.replace({position_of(range["start"]), position_of(range["end"])}, one["text"].text_or(""));
    }
  }
  open->document.set_version(params["textDocument"]["version"].integer_or(open->document.version() + 1));
  open->analysis = nullptr;
  changed_.insert(open->document.uri());
}

void LanguageServer::close(const Json& params) {
  Open* open = find(params);
  if (open == nullptr) return;
  const std::string uri = open->document.uri();
  documents_.erase(uri);
  changed_.erase(uri);
  notify("textDocument/publishDiagnostics", [&](JsonWriter& json) {
    json.begin_object();
    json.member("uri", uri);
    json.key("diagnostics");
    json.begin_array();
    json.end_array();
    json.end_object();
  });
}

// Other files may have changed meanwhile: a plugin, a secret, a part that is included.
void LanguageServer::save(const Json& params) {
  Open* open = find(params);
  if (open == nullptr) return;
  open->analysis = nullptr;
  changed_.insert(open->document.uri());
}

std::shared_ptr<const Analysis> LanguageServer::analyse_text(const Document& document, const std::string& text) {
  const auto make = [&] { return spare_registry_ != nullptr ? std::exchange(spare_registry_, nullptr) : make_registry_(); };
  std::shared_ptr<const Analysis> analysis = analyse(document, text, make, variables_);
  const std::optional<PipelineSyntax>& syntax = analysis->knowledge.syntax;
  if (!syntax || (syntax->plugins.empty() && syntax->functions.empty())) spare_registry_ = analysis->registry;
  return analysis;
}

const Analysis& LanguageServer::analysis_of(Open& open) {
  if (open.analysis != nullptr) return *open.analysis;
  open.analysis = analyse_text(open.document, open.document.text());
  const std::optional<PipelineSyntax>& syntax = open.analysis->knowledge.syntax;
  if (syntax && !syntax->is_broken) open.last_read = open.analysis;
  return *open.analysis;
}

void LanguageServer::publish(Open& open) {
  const Analysis& analysis = analysis_of(open);
  notify("textDocument/publishDiagnostics", [&](JsonWriter& json) { write_diagnostics(open.document, analysis, json); });
}

std::size_t LanguageServer::offset_in(const Open& open, const Json& params) const { return open.document.offset_of(position_of(params["position"])); }

LanguageServer::Outcome LanguageServer::format(const Json& params, JsonWriter& json) {
  Open* open = find(params);
  if (open == nullptr) return Failure{invalid_params, "the document is not open"};
  const Document& document = open->document;
  const Analysis& analysis = analysis_of(*open);
  const std::vector<Error>& errors = analysis.compiled.diagnostics.errors();
  const bool is_good = std::all_of(errors.begin(), errors.end(), is_of_a_variable);
  const bool is_whole = analysis.knowledge.syntax && !analysis.knowledge.syntax->is_broken;
  if (!is_good || !is_whole) return Failure{request_failed, "a file with errors is not written anew"};
  const std::string formatted = format_pipeline(document.path(), document.text(), document.spelling(), *analysis.registry);
  json.begin_array();
  if (formatted != document.text()) {
    json.begin_object();
    json.key("range");
    write_range(document.range_of({0, document.text().size()}), json);
    json.member("newText", formatted);
    json.end_object();
  }
  json.end_array();
  return std::nullopt;
}

}  // namespace weir
