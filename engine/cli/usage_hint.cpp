// usage_hint.cpp — says what was wrong with a command line, and what was probably meant.
#include "engine/cli/usage_hint.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "engine/base/nearest_name.h"

namespace weir {
namespace {

const CLI::App& innermost(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : innermost(*parsed.back());
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(subcommand->get_name());
    for (const std::string& alias : subcommand->get_aliases()) names.push_back(alias);
  }
  return names;
}

std::string option_part(const std::string& argument) { return argument.substr(0, argument.find('=')); }

// The first argument that the innermost command does not know, with the names it could have been.
std::string unknown_argument(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::vector<std::string> options = option_names(app), commands = subcommand_names(app);
  const bool wants_command = !commands.empty();
  for (const std::string& argument : arguments) {
    const bool is_option = argument.rfind("--", 0) == 0;
    if (is_option && std::find(options.begin(), options.end(), option_part(argument)) == options.end()) {
      const std::string nearest = nearest_name(option_part(argument), options);
      return fmt::format("unknown option: {}{}", argument,
                         nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest));
    }
    if (is_option || !wants_command || argument.rfind('-', 0) == 0) continue;
    if (std::find(commands.begin(), commands.end(), argument) != commands.end()) continue;
    const std::string nearest = nearest_name(argument, commands);
    return fmt::format("unknown command: {}{}", argument,
                       nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest));
  }
  return {};
}

}  // namespace

std::string usage_message(const CLI::App& app, const CLI::ParseError& error,
                          const std::vector<std::string>& arguments) {
  const CLI::App& command = innermost(app);
  std::string sentence;
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    sentence = unknown_argument(command, command.get_parent() == nullptr ? arguments : app.remaining(true));
  }
  if (sentence.empty()) sentence = error.what();
  std::string path = command.get_name();
  for (const CLI::App* parent = command.get_parent(); parent != nullptr; parent = parent->get_parent()) {
    path = parent->get_name() + " " + path;
  }
  return fmt::format("error: {}\n  = help: {} --help\n", sentence, path);
}

}  // namespace weir
