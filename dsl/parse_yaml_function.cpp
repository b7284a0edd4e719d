// parse_yaml_function.cpp — the YAML front end: functions of the pipeline's own.
#include <fmt/format.h>

#include "dsl/parse_yaml.h"
#include "engine/base/duration.h"

namespace weir {
namespace {

std::optional<Type> read_type(const Config& config, const std::string& what, YamlReader& reader) {
  const std::optional<std::string> text = reader.text(config, what);
  if (!text) return std::nullopt;
  const std::optional<Type> type = parse_type(*text);
  if (type && type->kind != TypeKind::interval) return type;
  reader.report("W0207", config, fmt::format("{} has a type that scripts do not have: {}", what, *text));
  return std::nullopt;
}

void read_parameters(const Config& config, const std::string& what, FunctionSyntax& function, YamlReader& reader) {
  if (!reader.expect_map(config, "parameters of " + what, "write NAME: type")) return;
  for (const auto& [name, type] : std::get<Config::Map>(config.value)) {
    if (const auto read = read_type(type, fmt::format("parameter {} of {}", name, what), reader))
      function.script.parameters.push_back({name, *read, true});
  }
}

void read_timeout(const Config& config, const std::string& what, FunctionSyntax& function, YamlReader& reader) {
  const std::optional<std::string> text = reader.text(config, "timeout of " + what);
  if (!text) return;
  const std::optional<Duration> timeout = parse_duration(*text);
  if (timeout && *timeout >= std::chrono::milliseconds(1)) {
    function.script.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(*timeout);
  } else {
    reader.report("W0122", config, fmt::format("timeout of {} is a time, such as 10s: {}", what, *text));
  }
}

}  // namespace

FunctionSyntax read_function(const Name& name, const Config& config, YamlReader& reader) {
  const std::string what = "function " + name.text;
  reader.check_keys(config, what, Block::function);
  FunctionSyntax function;
  function.name = name;
  ScriptFunction& script = function.script;
  script.name = name.text;
  const auto text = [&](const char* key, std::string otherwise) {
    const Config* found = config.find(key);
    return found == nullptr ? std::move(otherwise) : reader.text(*found, fmt::format("{} of {}", key, what)).value_or("");
  };
  script.language = text("language", "");
  script.file = text("file", "");
  script.code = text("code", "");
  script.entry = text("entry", name.text);
  if (script.language != "python") reader.report("W0107", name.where, fmt::format("{} needs language: python", what));
  if (script.file.empty() == script.code.empty()) reader.report("W0111", name.where, fmt::format("{} needs one of file and code", what));
  if (const Config* parameters = config.find("parameters")) read_parameters(*parameters, what, function, reader);
  if (const Config* timeout = config.find("timeout")) read_timeout(*timeout, what, function, reader);
  const Config* returns = config.find("returns");
  if (returns == nullptr) {
    reader.report("W0107", name.where, fmt::format("{} does not say what it returns", what), "add returns: TYPE");
  } else if (const auto type = read_type(*returns, "result of " + what, reader)) {
    script.result = *type;
  }
  return function;
}

}  // namespace weir
