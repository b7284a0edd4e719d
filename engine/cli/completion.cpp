// completion.cpp — weir completion: what shells may complete, written out of the commands and options that there are.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "engine/cli/command.h"

namespace weir {
namespace {

/// One that is typed, by its first long name.
struct OptionWords {
  std::string name;
  std::string summary;
  std::vector<std::string> values;  // the words that it takes; none: anything
  bool takes_value = false;
};

struct CommandWords {
  std::string name;
  std::string summary;
  std::vector<OptionWords> options;
  std::vector<std::string> words;  // that may stand first: of a positional argument, or commands of its own
};

// "TEXT:{yaml,weir}": CLI11 tells what it checks for in the name of the type.
std::vector<std::string> values_of(const CLI::Option& option) {
  std::vector<std::string> values;
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{'), close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return values;
  for (std::string_view rest = std::string_view(type).substr(open + 1, close - open - 1); !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    values.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return values;
}

void add_options(const CLI::App& app, CommandWords& command) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty()) {
      for (std::string& value : values_of(*option)) command.words.push_back(std::move(value));
      continue;
    }
    const bool is_known = std::any_of(command.options.begin(), command.options.end(), [&](const OptionWords& one) { return one.name == option->get_lnames().front(); });
    if (!is_known)
      command.options.push_back({option->get_lnames().front(), option->get_description(), values_of(*option), option->get_items_expected_max() > 0});
  }
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<CommandWords> all_commands(const CLI::App& app) {
  std::vector<CommandWords> commands;
  for (const CLI::App* one : commands_of(app)) {
    CommandWords command{one->get_name(), one->get_description(), {}, {}};
    add_options(*one, command);
    for (const CLI::App* inner : commands_of(*one)) {
      command.words.push_back(inner->get_name());
      add_options(*inner, command);
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

std::string in_words(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::vector<std::string> names_of(const std::vector<CommandWords>& commands) {
  std::vector<std::string> names;
  for (const CommandWords& command : commands) names.push_back(command.name);
  return names;
}

// In single quotes, for any of the shells.
std::string in_quotes(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

std::string bash_script(const std::vector<CommandWords>& commands) {
  std::string text =
      "# For bash: eval \"$(weir completion bash)\"\n"
      "_weir() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command='' words='' i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case \"$command $before\" in\n";
  for (const CommandWords& command : commands) {
    for (const OptionWords& option : command.options) {
      if (!option.values.empty())
        text += fmt::format("    '{} --{}') COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n", command.name, option.name, in_words(option.values));
    }
  }
  text += fmt::format("  esac\n  case $command in\n    '') words='{}' ;;\n", in_words(names_of(commands)));
  for (const CommandWords& command : commands) {
    std::string words = in_words(command.words);
    for (const OptionWords& option : command.options) words += fmt::format("{}--{}", words.empty() ? "" : " ", option.name);
    text += fmt::format("    {}) words='{}' ;;\n", command.name, words);
  }
  return text +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  [[ $word == -* || -z $command ]] || COMPREPLY+=($(compgen -f -- \"$word\"))\n"
         "}\n"
         "complete -o filenames -F _weir weir\n";
}

// What _arguments and _describe take for a colon.
std::string without_colons(std::string text) {
  std::string result;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_option(const OptionWords& option) {
  std::string text = fmt::format("--{}[{}]", option.name, without_colons(option.summary));
  if (!option.values.empty()) {
    text += fmt::format(":{}:({})", option.name, in_words(option.values));
  } else if (option.takes_value) {
    text += fmt::format(":{}:_files", option.name);
  }
  return in_quotes(text);
}

std::string zsh_script(const std::vector<CommandWords>& commands) {
  std::string text =
      "#compdef weir\n"
      "# For zsh: weir completion zsh > a folder of $fpath/_weir, or eval \"$(weir completion zsh)\" behind compinit\n"
      "_weir() {\n"
      "  local -a commands\n"
      "  commands=(\n";
  for (const CommandWords& command : commands) text += fmt::format("    {}\n", in_quotes(command.name + ":" + without_colons(command.summary)));
  text +=
      "  )\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=${words[2]}\n"
      "  shift words\n"
      "  ((CURRENT--))\n"
      "  case $command in\n";
  for (const CommandWords& command : commands) {
    text += fmt::format("    {})\n      _arguments", command.name);
    for (const OptionWords& option : command.options) text += " \\\n        " + zsh_option(option);
    if (!command.words.empty()) text += fmt::format(" \\\n        '1:word:({})'", in_words(command.words));
    text += " \\\n        '*:file:_files'\n      ;;\n";
  }
  return text +
         "  esac\n"
         "}\n"
         "if [[ ${funcstack[1]} == _weir ]]; then _weir \"$@\"; else compdef _weir weir; fi\n";
}

std::string fish_script(const std::vector<CommandWords>& commands) {
  std::string text = "# For fish: weir completion fish > ~/.config/fish/completions/weir.fish\n";
  for (const CommandWords& command : commands) text += fmt::format("complete -c weir -f -n __fish_use_subcommand -a {} -d {}\n", command.name, in_quotes(command.summary));
  for (const CommandWords& command : commands) {
    const std::string condition = fmt::format("complete -c weir -n '__fish_seen_subcommand_from {}'", command.name);
    if (!command.words.empty()) text += fmt::format("{} -a '{}'\n", condition, in_words(command.words));
    for (const OptionWords& option : command.options) {
      text += fmt::format("{} -l {} -d {}", condition, option.name, in_quotes(option.summary));
      if (!option.values.empty()) text += fmt::format(" -x -a '{}'", in_words(option.values));
      if (option.values.empty() && option.takes_value) text += " -r";
      text += "\n";
    }
  }
  return text;
}

}  // namespace

CommandBody add_completion(CLI::App& app) {
  CLI::App* command = app.add_subcommand("completion", "Prints what makes a shell complete weir's commands and options");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Examples:\n  eval \"$(weir completion bash)\"\n  weir completion fish > ~/.config/fish/completions/weir.fish");
  return [&app, shell] {
    const std::vector<CommandWords> commands = all_commands(app);
    fmt::print("{}", *shell == "bash" ? bash_script(commands) : *shell == "zsh" ? zsh_script(commands) : fish_script(commands));
    return exit_done;
  };
}

}  // namespace weir
