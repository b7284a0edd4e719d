// variables.cpp — puts the values of ${...} into a tree of settings.
#include "dsl/variables.h"

#include <fmt/format.h>

#include <algorithm>

#include "dsl/placed_text.h"
#include "dsl/text_file.h"
#include "engine/base/nearest_name.h"

extern char** environ;

namespace weir {
namespace {

constexpr std::size_t max_secret_size = 64 * 1024;
constexpr std::size_t max_nesting = 16;

// "kafka.sasl-mechanism" and KAFKA_SASL_MECHANISM are one name.
std::string canonical(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    const bool is_lower = c >= 'a' && c <= 'z';
    const bool is_other = !is_lower && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9');
    if (is_lower) c = static_cast<char>(c - 32);
    if (is_other) c = '_';
  }
  return result;
}

const std::string* find_in(const std::map<std::string, std::string>& values, const std::string& name) {
  if (const auto exact = values.find(name); exact != values.end()) return &exact->second;
  const std::string wanted = canonical(name);
  const auto found = std::find_if(values.begin(), values.end(),
                                  [&](const auto& entry) { return canonical(entry.first) == wanted; });
  return found == values.end() ? nullptr : &found->second;
}

// The environment is full of other programs' variables: only the two exact spellings count.
const std::string* find_in_environment(const std::map<std::string, std::string>& values,
                                       const std::string& name) {
  auto found = values.find(name);
  if (found == values.end()) found = values.find(canonical(name));
  return found == values.end() ? nullptr : &found->second;
}

struct FoundValue {
  const std::string* text;  // null: there is none
  const char* origin;
};

FoundValue find_value(const Variables& variables, const std::string& name) {
  if (const std::string* value = find_in(variables.overrides, name)) return {value, "is set by --set"};
  if (const std::string* value = find_in_environment(variables.environment, name)) return {value, "is set in the environment"};
  return {find_in(variables.ini, name), "is set in the file of --config"};
}

std::string how_to_set(const Variables& variables, const std::string& name) {
  std::vector<std::string> known;
  for (const auto* values : {&variables.overrides, &variables.ini}) {
    for (const auto& [key, value] : *values) known.push_back(key);
  }
  for (const auto& [key, value] : variables.environment) known.push_back(key);
  const std::string nearest = nearest_name(name, known);
  const std::string meant = nearest.empty() ? "" : fmt::format("did you mean {}? Else ", nearest);
  return fmt::format("{}set the environment variable {}, give --set {}=..., or write a default: ${{{}:-...}}",
                     meant, canonical(name), name, name);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

// One scalar. Offsets are bytes of its text.
class Substitution {
 public:
  Substitution(const Config& config, const Variables& variables, Diagnostics& diagnostics)
      : config_(config), variables_(variables), diagnostics_(diagnostics) {}

  std::string run() { return expand(config_.scalar(), 0, 0); }
  bool holds_secret() const { return holds_secret_; }
  const std::vector<std::string>& origins() const { return origins_; }

 private:
  std::string expand(std::string_view text, std::size_t offset, std::size_t depth) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
      if (text.compare(at, 3, "$${") == 0) {
        result += "${";
        at += 3;
      } else if (text.compare(at, 2, "${") == 0) {
        const std::size_t end = closing_brace(text, at);
        if (end == std::string_view::npos) {
          report("W0015", "a variable is not closed with '}'",
                 "write ${NAME} or ${NAME:-default}, and $${ for a literal ${", offset + at, 2);
          return result;
        }
        result += value_of(text.substr(at + 2, end - at - 2), offset + at, depth);
        at = end + 1;
      } else {
        result += text[at++];
      }
    }
    return result;
  }

  // `inner` is what stands between the braces, `offset` is where `${` stands.
  std::string value_of(std::string_view inner, std::size_t offset, std::size_t depth) {
    if (depth >= max_nesting) {
      report("W0004", fmt::format("variables are nested more than {} deep", max_nesting), "", offset, 2);
      return "";
    }
    constexpr std::string_view file = "file:";
    if (inner.substr(0, file.size()) == file) {
      return secret(expand(inner.substr(file.size()), offset + 2 + file.size(), depth + 1), offset,
                    inner.size() + 3);
    }
    const std::size_t sign = inner.find(":-");
    const std::string name(inner.substr(0, sign));
    if (!is_name(name)) {
      report("W0015", fmt::format("not the name of a variable: '{}'", name),
             "write ${NAME}, ${section.key} or ${NAME:-default}", offset, inner.size() + 3);
      return "";
    }
    const FoundValue value = find_value(variables_, name);
    if (value.text != nullptr && (!value.text->empty() || sign == std::string_view::npos)) {
      origins_.push_back(fmt::format("{} {}", name, value.origin));
      return *value.text;
    }
    origins_.push_back(fmt::format("{} is {}, so its default stands here", name, value.text == nullptr ? "not set" : "empty"));
    if (sign != std::string_view::npos)
      return expand(inner.substr(sign + 2), offset + 2 + sign + 2, depth + 1);
    report("W0016", fmt::format("{} is not set", name), how_to_set(variables_, name), offset, inner.size() + 3);
    return "";
  }

  std::string secret(const std::string& path, std::size_t offset, std::size_t length) {
    holds_secret_ = true;
    Result<std::string> read = read_text_file(path, max_secret_size);
    if (!read.ok()) {
      report("W0017", read.error().message(), "", offset, length);
      return "";
    }
    std::string text = *std::move(read);
    if (!text.empty() && text.back() == '\n') text.pop_back();
    if (!text.empty() && text.back() == '\r') text.pop_back();
    return text;
  }

  void report(const char* mistake, std::string message, std::string hint, std::size_t offset, std::size_t length) {
    const PlacedText text(config_.scalar(), config_.where);
    diagnostics_.error(
        Error{ErrorKind::user, std::move(message), text.bytes(offset, length)}.as(mistake).with_hint(std::move(hint)));
  }

  const Config& config_;
  const Variables& variables_;
  Diagnostics& diagnostics_;
  bool holds_secret_ = false;
  std::vector<std::string> origins_;
};

}  // namespace

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto sign = text.find('=');
    if (sign != std::string_view::npos) result.emplace(text.substr(0, sign), text.substr(sign + 1));
  }
  return result;
}

std::optional<std::string> variable_value(const Variables& variables, const std::string& name) {
  const std::string* value = find_value(variables, name).text;
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::size_t closing_brace(std::string_view text, std::size_t start) {
  std::size_t depth = 0;
  for (std::size_t at = start; at < text.size(); ++at) {
    if (text.compare(at, 3, "$${") == 0) {
      at += 2;
    } else if (text.compare(at, 2, "${") == 0) {
      ++depth;
      ++at;
    } else if (text[at] == '}' && --depth == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

namespace {

// The tree is at most 64 levels deep.
void substitute(Config& config, const Variables& variables, FilledVariables& filled,
                Diagnostics& diagnostics) {
  if (auto* list = std::get_if<Config::List>(&config.value)) {
    for (Config& item : *list) substitute(item, variables, filled, diagnostics);
  } else if (auto* map = std::get_if<Config::Map>(&config.value)) {
    for (auto& [key, value] : *map) substitute(value, variables, filled, diagnostics);
  } else if (config.is_scalar() && config.scalar().find("${") != std::string::npos) {
    const std::size_t errors_before = diagnostics.errors().size();
    Substitution substitution(config, variables, diagnostics);
    std::string text = substitution.run();
    config.value = std::move(text);
    config.holds_secret = config.holds_secret || substitution.holds_secret();
    if (diagnostics.errors().size() != errors_before) {
      filled.failed.push_back(config.where);
    } else {
      for (const std::string& origin : substitution.origins()) filled.origins.push_back({origin, config.where});
    }
  }
}

}  // namespace

FilledVariables substitute_variables(Config& config, const Variables& variables, Diagnostics& diagnostics) {
  FilledVariables filled;
  substitute(config, variables, filled, diagnostics);
  return filled;
}

}  // namespace weir
