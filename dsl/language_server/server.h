// server.h — the Language Server Protocol, version 3.17, for pipeline files: messages in, messages out.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/language_server/analysis.h"
#include "dsl/language_server/json_tree.h"
#include "engine/component/json_writer.h"

namespace weir {

/// One thread. Messages that have come wait in a queue, so that a request which is cancelled meanwhile is not worked on, and a text that changes again is
/// compiled once.
class LanguageServer {
 public:
  LanguageServer(RegistryMaker make_registry, Variables variables) : make_registry_(std::move(make_registry)), variables_(std::move(variables)) {}

  /// Takes a message, without its header.
  void receive(std::string_view message);
  bool has_work() const { return !queue_.empty() || !changed_.empty(); }
  /// Works on the next message, or where none waits, on the next document that has changed.
  void work();
  /// What is to be sent.
  std::vector<std::string> take_messages() { return std::exchange(outgoing_, {}); }

  /// Whether the client said exit: 0 where it had said shutdown before.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  struct Open {
    Document document;
    std::shared_ptr<const Analysis> analysis{};   // of this version, or null
    std::shared_ptr<const Analysis> last_read{};  // of the last version that could be read
  };
  struct Failure {
    int code;
    std::string message;
  };
  using Outcome = std::optional<Failure>;
  using Answer = Outcome (LanguageServer::*)(const Json& params, JsonWriter& json);
  using Notice = void (LanguageServer::*)(const Json& params);
  static const std::map<std::string, Answer, std::less<>>& answers();
  static const std::map<std::string, Notice, std::less<>>& notices();

  void request(const Json& id, const std::string& method, const Json& params);
  void fail(const Json& id, const Failure& failure);
  void notify(const char* method, const std::function<void(JsonWriter&)>& write_params);

  Outcome initialize(const Json& params, JsonWriter& json);
  Outcome shut_down(const Json& params, JsonWriter& json);
  Outcome format(const Json& params, JsonWriter& json);
  Outcome hover(const Json& params, JsonWriter& json);
  Outcome complete(const Json& params, JsonWriter& json);
  Outcome define(const Json& params, JsonWriter& json);
  Outcome refer(const Json& params, JsonWriter& json);
  Outcome rename(const Json& params, JsonWriter& json);
  Outcome list_symbols(const Json& params, JsonWriter& json);

  void open(const Json& params);
  void change(const Json& params);
  void close(const Json& params);
  void save(const Json& params);
  void ignore(const Json&) {}
  void exit(const Json&) { exit_code_ = is_shut_down_ ? 0 : 1; }

  /// Null after nothing: the document is not open.
  Open* find(const Json& params);
  const Analysis& analysis_of(Open& open);
  std::shared_ptr<const Analysis> analyse_text(const Document& document, const std::string& text);
  std::size_t offset_in(const Open& open, const Json& params) const;
  void publish(Open& open);

  const RegistryMaker make_registry_;
  const Variables variables_;
  std::shared_ptr<const Registry> spare_registry_;  // of a file that added nothing to it
  PositionEncoding encoding_ = PositionEncoding::utf16;
  bool takes_snippets_ = false;
  bool is_initialized_ = false;
  bool is_shut_down_ = false;
  std::optional<int> exit_code_;
  std::map<std::string, Open> documents_;   // by address
  std::set<std::string> changed_;           // to be compiled, and what is wrong with them said
  std::deque<Json> queue_;
  std::set<std::string> cancelled_;         // ids, as they are written
  std::vector<std::string> outgoing_;
};

}  // namespace weir
