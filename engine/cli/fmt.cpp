// fmt.cpp — weir fmt: writes a pipeline file in the one layout that Weir knows, or in the other spelling.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "dsl/format.h"
#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"

namespace weir {
namespace {

struct FormatArguments {
  PipelineFile file;
  std::string to;
  bool write = false;
  bool check = false;
};

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

int write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file ? exit_done : report(Error{ErrorKind::fatal, fmt::format("cannot write {}", path)});
}

int format(FormatArguments& arguments) {
  const std::string path = arguments.file.path();
  const bool is_good = arguments.file.is_part() ? arguments.file.check_part() : arguments.file.compile() != nullptr;
  if (!is_good) return arguments.file.exit_code();
  const Spelling to = arguments.to.empty() ? spelling_of(path) : arguments.to == "yaml" ? Spelling::yaml : Spelling::weir;
  const bool is_translated = to != spelling_of(path);
  if (is_translated && (arguments.write || arguments.check))
    return report(Error{ErrorKind::usage, "--write and --check are for a file in its own spelling; --to another prints it"});
  const std::string text = read(path);
  const std::string formatted = format_pipeline(path, text, to, arguments.file.registry(), {.environment = process_environment()});
  if (arguments.check) {
    if (formatted == text) return exit_done;
    fmt::print("{}: weir fmt --write would change it\n", path);
    return exit_failed;
  }
  if (arguments.write) return formatted == text ? exit_done : write_file(path, formatted);
  fmt::print("{}", formatted);
  return exit_done;
}

}  // namespace

CommandBody add_fmt(CLI::App& app) {
  CLI::App* command = app.add_subcommand("fmt", "Writes a pipeline file in one layout, or in the other spelling");
  const auto arguments = std::make_shared<FormatArguments>();
  arguments->file.add_options(*command);
  command->add_option("--to", arguments->to, "Print it in YAML or in SQL; default: as the file is")->check(CLI::IsMember({"yaml", "weir"}));
  command->add_flag("--write", arguments->write, "Write the file anew instead of printing it");
  command->add_flag("--check", arguments->check, "Only say whether it would change (exit 1)");
  command->footer("Examples:\n  weir fmt --write p.weir\n  weir fmt --to weir p.yaml > p.weir");
  return [arguments] { return format(*arguments); };
}

}  // namespace weir
