// pipeline_file.cpp — the arguments that every command on a pipeline file takes, and the compiled plan they
// lead to.
#include "engine/cli/pipeline_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "dsl/compile.h"
#include "engine/cli/command.h"
#include "engine/plan/stage.h"

namespace weir {
namespace {

std::string errors_in_words(std::size_t count) {
  return count == 1 ? "1 error" : fmt::format("{} errors", count);
}

}  // namespace

int report(const Error& error) {
  fmt::print(stderr, "{}", render(error));
  if (error.kind() == ErrorKind::user) return exit_pipeline_wrong;
  return error.kind() == ErrorKind::usage ? exit_usage : exit_failed;
}

void PipelineFile::add_options(CLI::App& command, bool is_required) {
  command.add_option("FILE", path_, "The pipeline file (.yaml or .weir)")->required(is_required);
  add_settings(command);
}

void PipelineFile::add_settings(CLI::App& command) {
  command
      .add_option("--set", settings_,
                  "Sets a variable, before environment and --config: NAME=value or section.key=value")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--config", config_path_, "Reads variables from an INI file; the environment wins over it")
      ->type_name("FILE.ini");
  registry_.add_option(command);
}

void PipelineFile::take_arguments(const PipelineFile& other) {
  settings_ = other.settings_;
  config_path_ = other.config_path_;
  registry_.name(other.registry_.files());
}

std::optional<Variables> PipelineFile::variables() {
  Variables variables;
  variables.environment = process_environment();
  variables.are_for_tests = is_for_tests_;
  for (const std::string& setting : settings_) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      exit_code_ = report(Error{ErrorKind::usage, "--set wants NAME=value: " + setting});
      return std::nullopt;
    }
    variables.overrides[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  if (!config_path_.empty()) {
    auto ini = read_ini(config_path_);
    if (!ini.ok()) {
      report(ini.error());
      exit_code_ = exit_pipeline_wrong;
      return std::nullopt;
    }
    variables.ini = std::move(ini).value();
  }
  return variables;
}

bool PipelineFile::is_part() const { return is_part_of_pipeline(path_, registry_.registry()); }

std::optional<Compiled> PipelineFile::diagnose() {
  const std::optional<Variables> given = variables();
  if (!given) return std::nullopt;
  if (const std::vector<Error> errors = registry_.load_named(); !errors.empty()) {
    for (const Error& error : errors) exit_code_ = report(error);
    return std::nullopt;
  }
  Compiled compiled = compile_file(path_, registry_.registry(), *given);
  if (compiled.plan == nullptr) exit_code_ = exit_pipeline_wrong;
  return compiled;
}

std::optional<Compiled> PipelineFile::diagnose_part() {
  const std::optional<Variables> given = variables();
  if (!given) return std::nullopt;
  Compiled part = weir::check_part(path_, registry_.registry(), *given);
  if (!part.diagnostics.ok()) exit_code_ = exit_pipeline_wrong;
  return part;
}

bool PipelineFile::check_part() {
  const std::optional<Compiled> part = diagnose_part();
  if (part && !part->diagnostics.ok()) print_errors(part->diagnostics);
  return part && part->diagnostics.ok();
}

void PipelineFile::print_errors(const Diagnostics& diagnostics) const {
  for (const Error& error : diagnostics.errors()) fmt::print(stderr, "{}\n", render(error));
  fmt::print(stderr, "{}: {}\n", path_, errors_in_words(diagnostics.errors().size()));
}

std::shared_ptr<const Plan> PipelineFile::compile(bool show_warnings) {
  std::optional<Compiled> compiled = diagnose();
  if (!compiled) return nullptr;
  tests_ = std::move(compiled->tests);
  reports_ = std::move(compiled->reports);
  if (show_warnings) {
    for (const Error& warning : compiled->diagnostics.warnings()) fmt::print(stderr, "{}\n", render(warning, "warning"));
  }
  if (compiled->plan == nullptr) print_errors(compiled->diagnostics);
  return compiled->plan;
}

std::shared_ptr<const Plan> PipelineFile::compile_for_tests() {
  is_for_tests_ = true;
  return compile();
}

std::shared_ptr<const Plan> PipelineFile::compile_with(
    const std::vector<std::pair<std::string, std::string>>& settings) {
  for (const auto& [name, value] : settings) settings_.push_back(name + "=" + value);
  return compile();
}

const Connection& connection_of(const Plan& plan) { return plan.connections[plan.sinks.front().connection]; }

std::vector<SinkTable> tables_of(const Plan& plan) {
  std::vector<SinkTable> tables;
  const auto order = write_order(plan, plan.sinks.front().connection);
  WEIR_CHECK(order.ok(), "the plan builder has checked the write order");
  for (const std::size_t sink : *order) tables.push_back(plan.sinks[sink].table);
  return tables;
}

Result<std::unique_ptr<Store>> open_store(const Plan& plan) {
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  const std::string owner = fmt::format("command@{}/{}", host, getpid());
  auto store = connection_of(plan).definition->open({plan.name, owner, fingerprint(plan)});
  if (!store.ok()) return std::move(store).error().in("connection " + connection_of(plan).name);
  return store;
}

}  // namespace weir
