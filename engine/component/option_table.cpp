// option_table.cpp — reads the values of options and says what is wrong with them.
#include "engine/component/option_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "engine/base/nearest_name.h"

namespace weir::option_parsing {
namespace {

std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 60;
  return text.size() <= longest ? std::string(text) : std::string(text.substr(0, longest)) + "...";
}

// What stands there, for messages; secrets are never shown.
std::string shown(const Config& config) {
  if (config.is_list()) return "a list";
  if (config.is_map()) return "a map";
  if (!config.is_scalar()) return "nothing";
  return config.holds_secret ? "a secret value" : "'" + excerpt(config.scalar()) + "'";
}

void report(const Config& config, const OptionDoc& doc, const std::string& expected, Diagnostics& diagnostics,
            std::string hint = {}) {
  const std::string got = doc.secret && config.is_scalar() ? "a secret value" : shown(config);
  diagnostics.error(
      Error(ErrorKind::user, fmt::format("{}: expected {}, got {}", doc.name, expected, got), config.where).as("W0702")
          .with_hint(std::move(hint)));
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = text.find(',');
    const std::string_view part = trim(text.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

void report_unknown(const std::string& key, const Config& value, const std::vector<OptionDoc>& docs,
                    Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const OptionDoc& doc : docs) names.push_back(doc.name);
  const std::string nearest = nearest_name(key, names);
  std::string hint = "this takes no options";
  if (!nearest.empty()) {
    hint = fmt::format("did you mean {}?", nearest);
  } else if (!names.empty()) {
    hint = fmt::format("the options are {}", fmt::join(names, ", "));
  }
  const Location& where = value.key_where.is_known() ? value.key_where : value.where;
  diagnostics.error(Error(ErrorKind::user, "unknown option: " + key, where).as("W0701").with_hint(std::move(hint)));
}

}  // namespace

std::optional<std::string> text(const Config& config, const OptionDoc& doc, Diagnostics& diagnostics) {
  if (config.is_scalar()) return config.scalar();
  report(config, doc, "a text", diagnostics);
  return std::nullopt;
}

std::optional<std::int64_t> integer(const Config& config, const OptionDoc& doc, std::int64_t low,
                                    std::int64_t high, Diagnostics& diagnostics) {
  if (config.is_scalar()) {
    const auto number = parse_integer(trim(config.scalar()));
    if (number && *number >= low && *number <= high) return number;
  }
  report(config, doc, fmt::format("an integer from {} to {}", low, high), diagnostics);
  return std::nullopt;
}

std::optional<bool> boolean(const Config& config, const OptionDoc& doc, Diagnostics& diagnostics) {
  if (config.is_scalar()) {
    if (trim(config.scalar()) == "true") return true;
    if (trim(config.scalar()) == "false") return false;
  }
  report(config, doc, "true or false", diagnostics);
  return std::nullopt;
}

std::optional<Duration> duration(const Config& config, const OptionDoc& doc, Diagnostics& diagnostics) {
  if (config.is_scalar()) {
    if (const auto parsed = parse_duration(config.scalar())) return parsed;
  }
  report(config, doc, "a duration such as '10 s'", diagnostics, "the units are us, ms, s, min, h and d");
  return std::nullopt;
}

std::optional<std::string> choice(const Config& config, const OptionDoc& doc,
                                  const std::vector<std::string>& choices, Diagnostics& diagnostics) {
  if (config.is_scalar() && std::find(choices.begin(), choices.end(), config.scalar()) != choices.end()) {
    return config.scalar();
  }
  const std::string nearest = config.is_scalar() ? nearest_name(config.scalar(), choices) : std::string();
  report(config, doc, fmt::format("one of {}", fmt::join(choices, ", ")), diagnostics,
         nearest.empty() ? std::string() : fmt::format("did you mean {}?", nearest));
  return std::nullopt;
}

std::optional<std::vector<std::string>> text_list(const Config& config, const OptionDoc& doc,
                                                  Diagnostics& diagnostics) {
  if (config.is_scalar()) return split_at_commas(config.scalar());
  if (!config.is_list()) {
    report(config, doc, "a list, or texts with commas between", diagnostics);
    return std::nullopt;
  }
  std::vector<std::string> items;
  bool good = true;
  for (const Config& item : std::get<Config::List>(config.value)) {
    if (item.is_scalar()) {
      items.push_back(item.scalar());
    } else {
      report(item, doc, "a list of texts", diagnostics);
      good = false;
    }
  }
  if (!good) return std::nullopt;
  return items;
}

std::optional<std::map<std::string, std::string>> text_map(const Config& config, const OptionDoc& doc,
                                                           Diagnostics& diagnostics) {
  if (!config.is_map()) {
    report(config, doc, "a map", diagnostics);
    return std::nullopt;
  }
  std::map<std::string, std::string> entries;
  bool good = true;
  for (const auto& [key, value] : std::get<Config::Map>(config.value)) {
    if (value.is_scalar()) {
      entries[key] = value.scalar();
    } else {
      OptionDoc entry = doc;
      entry.name += "." + key;
      report(value, entry, "a text", diagnostics);
      good = false;
    }
  }
  if (!good) return std::nullopt;
  return entries;
}

void check_keys(const Config& config, const std::vector<OptionDoc>& docs, Diagnostics& diagnostics) {
  const auto* map = std::get_if<Config::Map>(&config.value);
  const bool is_empty = std::holds_alternative<std::monostate>(config.value);
  if (map == nullptr && !is_empty) {
    diagnostics.error(
        Error(ErrorKind::user, "expected a map of options, got " + shown(config), config.where).as("W0108"));
    return;
  }
  if (map != nullptr) {
    for (const auto& [key, value] : *map) {
      const bool is_known =
          std::any_of(docs.begin(), docs.end(), [&](const OptionDoc& doc) { return doc.name == key; });
      if (!is_known) report_unknown(key, value, docs, diagnostics);
    }
  }
  for (const OptionDoc& doc : docs) {
    if (!doc.required || config.find(doc.name) != nullptr) continue;
    diagnostics.error(
        Error(ErrorKind::user, "missing option: " + doc.name, config.where).as("W0703").with_hint(doc.summary));
  }
}

}  // namespace weir::option_parsing
