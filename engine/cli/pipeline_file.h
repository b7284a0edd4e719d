// pipeline_file.h — the arguments that every command on a pipeline file takes, and the compiled plan they
// lead to.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dsl/compile.h"
#include "engine/cli/plugin_registry.h"
#include "engine/plan/pipeline_test.h"

namespace CLI {
class App;
}

namespace weir {

struct Compiled;

/// FILE, --set, --config and --plugin. The registry must outlive the plan, so it lives here.
class PipelineFile {
 public:
  void add_options(CLI::App& command, bool is_required = true);
  /// --set and --config alone; the path comes from set_path().
  void add_settings(CLI::App& command);
  /// Compiles the file, or reports what is wrong on stderr and returns null; the command then ends with
  /// exit_code(). Warnings are printed if `show_warnings`.
  std::shared_ptr<const Plan> compile(bool show_warnings = false);
  /// As compile, but what is wrong with the file is not printed, and comes with it. Nothing after reporting wrong usage.
  std::optional<Compiled> diagnose();
  /// For another file of the same command line.
  void take_arguments(const PipelineFile& other);
  /// As compile, for tests alone: variables that only say where a service is need no value.
  std::shared_ptr<const Plan> compile_for_tests();
  /// As compile, with --set overrides of the caller's own.
  std::shared_ptr<const Plan> compile_with(const std::vector<std::pair<std::string, std::string>>& settings);
  /// Of the file that was compiled last.
  const std::vector<PipelineTest>& tests() const { return tests_; }
  const std::vector<Report>& reports() const { return reports_; }
  /// Before compile(): gives every source of the file that has such an option this value of it.
  void set_source_option(const std::string& name, const std::string& value) { registry_.set_source_option(name, value); }
  /// Whether the file has no name and no sinks, and so is a part of other pipelines; then diagnose_part() tells what is wrong with it by itself.
  bool is_part() const;
  std::optional<Compiled> diagnose_part();
  /// The same, printing what is wrong as compile() does: whether nothing is.
  bool check_part();
  /// Where the file's variables find their values; nothing after reporting.
  std::optional<Variables> variables();
  /// --set, as given.
  const std::vector<std::string>& settings() const { return settings_; }
  const std::vector<std::string>& plugins() const { return registry_.files(); }
  int exit_code() const { return exit_code_; }
  const Registry& registry() const { return registry_.registry(); }
  const std::string& path() const { return path_; }
  void set_path(std::string path) { path_ = std::move(path); }

 private:
  void print_errors(const Diagnostics& diagnostics) const;

  std::string path_;
  std::vector<std::string> settings_;
  std::string config_path_;
  bool is_for_tests_ = false;
  std::vector<PipelineTest> tests_;
  std::vector<Report> reports_;
  PluginRegistry registry_;
  int exit_code_ = 0;
};

/// The one connection of a plan's tables, or the one that keeps its books.
const Connection& connection_of(const Plan& plan);
/// Its tables in the order they are written.
std::vector<SinkTable> tables_of(const Plan& plan);
/// The database of the plan's sinks, opened for a command rather than a run.
Result<std::unique_ptr<Store>> open_store(const Plan& plan);

/// Prints the error on stderr and says which exit code it asks for.
int report(const Error& error);

}  // namespace weir
