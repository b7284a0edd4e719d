// command.h — what a subcommand is: its options, described to CLI11, and the body that runs once they are
// parsed.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace weir {

/// Exit codes of the weir command.
inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_pipeline_wrong = 78;

/// Runs on the main thread, no other thread being there yet; the result is the exit code.
using CommandBody = std::function<int()>;

// Each adds one subcommand to `app`, in the file named after it. `program` is how weir was called (argv[0]).
CommandBody add_run(CLI::App& app);
CommandBody add_test(CLI::App& app);
CommandBody add_check(CLI::App& app);
CommandBody add_explain(CLI::App& app);
CommandBody add_fmt(CLI::App& app);
CommandBody add_list(CLI::App& app);
CommandBody add_init_db(CLI::App& app);
CommandBody add_generate(CLI::App& app);
CommandBody add_rejects(CLI::App& app);
CommandBody add_account(CLI::App& app);
CommandBody add_report(CLI::App& app);
CommandBody add_state(CLI::App& app);
CommandBody add_reset(CLI::App& app);
CommandBody add_version(CLI::App& app);
CommandBody add_demo(CLI::App& app);
CommandBody add_plugin(CLI::App& app);
CommandBody add_schema(CLI::App& app);
CommandBody add_lsp(CLI::App& app);
CommandBody add_completion(CLI::App& app);
CommandBody add_infer(CLI::App& app);
CommandBody add_repl(CLI::App& app);

}  // namespace weir
