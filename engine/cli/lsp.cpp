// lsp.cpp — weir lsp: the language server, over stdin and stdout.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>

#include "dsl/language_server/message_stream.h"
#include "dsl/language_server/server.h"
#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/plugin_registry.h"

namespace weir {
namespace {

struct ServerArguments {
  std::string config_path;
  PluginRegistry plugins;
};

bool has_input() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return poll(&input, 1, 0) > 0;
}

/// Whether there was more; waits for it.
bool read_more(MessageStream& stream) {
  std::array<char, 64 << 10> bytes{};
  ssize_t count = 0;
  do count = read(STDIN_FILENO, bytes.data(), bytes.size());
  while (count < 0 && errno == EINTR);
  if (count > 0) stream.add({bytes.data(), static_cast<std::size_t>(count)});
  return count > 0;
}

Status take_messages(MessageStream& stream, LanguageServer& server) {
  for (;;) {
    WEIR_ASSIGN(const std::optional<std::string> message, stream.next());
    if (!message) return {};
    server.receive(*message);
  }
}

bool send(LanguageServer& server) {
  for (const std::string& message : server.take_messages()) {
    const std::string text = framed(message);
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t count = write(STDOUT_FILENO, text.data() + sent, text.size() - sent);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
  }
  return true;
}

// What has come is read before anything is worked on: a request may have been cancelled, a text changed again.
int serve(LanguageServer& server) {
  MessageStream stream;
  bool is_open = true;
  while (!server.exit_code()) {
    if (is_open && (!server.has_work() || has_input())) is_open = read_more(stream);
    if (Status status = take_messages(stream, server); !status.ok()) return report(Error{ErrorKind::fatal, status.error().message()}.with_hint(status.error().hint()));
    const bool has_work = server.has_work();
    if (has_work) server.work();
    if (!send(server)) return exit_failed;
    if (!is_open && !has_work) return report(Error{ErrorKind::fatal, "the input ended without exit"});
  }
  return *server.exit_code();
}

int run(ServerArguments& arguments) {
  Variables variables;
  variables.environment = process_environment();
  if (!arguments.config_path.empty()) {
    auto ini = read_ini(arguments.config_path);
    if (!ini.ok()) return report(ini.error());
    variables.ini = std::move(ini).value();
  }
  const std::vector<Error> errors = arguments.plugins.load_named();
  for (const Error& error : errors) fmt::print(stderr, "{}", render(error));
  if (!errors.empty()) return exit_pipeline_wrong;
  // Each file may add functions of its own to one.
  const auto make_registry = [&]() -> std::shared_ptr<const Registry> {
    auto registry = std::make_shared<PluginRegistry>();
    for (const Error& error : registry->load_all(arguments.plugins.files())) fmt::print(stderr, "{}", render(error));
    return {registry, &registry->registry()};
  };
  LanguageServer server(make_registry, std::move(variables));
  return serve(server);
}

}  // namespace

CommandBody add_lsp(CLI::App& app) {
  CLI::App* command = app.add_subcommand("lsp", "Serves editors: the Language Server Protocol over stdin and stdout");
  const auto arguments = std::make_shared<ServerArguments>();
  command->add_option("--config", arguments->config_path, "Reads variables from an INI file; the environment wins over it")->type_name("FILE.ini");
  arguments->plugins.add_option(*command);
  command->footer("Example, for Neovim:\n  vim.lsp.config.weir = { cmd = { 'weir', 'lsp' }, filetypes = { 'weir', 'yaml' } }\nSee docs/editors.md.");
  return [arguments] { return run(*arguments); };
}

}  // namespace weir
