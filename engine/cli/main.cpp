// main.cpp — the weir command: the list of its subcommands, and what becomes of wrong usage.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "engine/base/failpoint.h"
#include "engine/cli/command.h"
#include "engine/cli/usage_hint.h"

namespace {

constexpr const char* description =
    "weir runs streaming pipelines: Kafka in, typed SQL expressions, Postgres or SQLite tables out, exactly "
    "once.";
constexpr const char* examples =
    "Examples:\n"
    "  weir demo                                        the product_view pipeline on embedded parts\n"
    "  weir check pipelines/product_view/product_view.yaml\n"
    "  weir run --until-end pipelines/product_view/product_view.yaml\n\n"
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 78 the pipeline file is wrong.";

struct Subcommand {
  CLI::App* app;
  weir::CommandBody body;
};

std::vector<Subcommand> add_subcommands(CLI::App& app) {
  std::vector<Subcommand> result;
  for (const auto add : {weir::add_run, weir::add_check, weir::add_test, weir::add_explain, weir::add_fmt, weir::add_init_db,
                         weir::add_generate, weir::add_rejects, weir::add_account, weir::add_report, weir::add_state, weir::add_reset,
                         weir::add_list, weir::add_infer, weir::add_repl,
                         weir::add_schema, weir::add_lsp, weir::add_completion, weir::add_plugin, weir::add_demo, weir::add_version}) {
    weir::CommandBody body = add(app);
    result.push_back({app.get_subcommands({}).back(), std::move(body)});
  }
  return result;
}

int run(int argc, char** argv) {
  CLI::App app{description, "weir"};
  app.footer(examples);
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "Print this help and exit");
  const std::vector<Subcommand> subcommands = add_subcommands(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return weir::exit_done;
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}",
               weir::usage_message(app, error, std::vector<std::string>(argv + 1, argv + argc)));
    return weir::exit_usage;
  }
  for (const Subcommand& subcommand : subcommands) {
    if (subcommand.app->parsed()) return subcommand.body();
  }
  return weir::exit_usage;
}

// Where one of the standard streams is closed, the next file or socket would take its number, and get what is printed. Writing to what is put
// there fails, as it should.
void hold_standard_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (fcntl(stream, F_GETFD) >= 0 || errno != EBADF) continue;
    if (open("/dev/null", O_RDONLY) != stream) std::abort();
  }
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  // A closed pipe or socket is told by the failing write.
  std::signal(SIGPIPE, SIG_IGN);
  weir::failpoint::arm_from_environment();
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return weir::exit_failed;
  }
}
