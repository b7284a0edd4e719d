// time_zones.cpp — reads offsets, and finds the files of zones.
#include "engine/data/time_zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "engine/base/nearest_name.h"

namespace weir {
namespace {

constexpr std::int32_t most_hours = 18;

/// https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/time/ZoneId.html#SHORT_IDS, without EST,
/// MST and HST, which are offsets.
constexpr std::array<std::pair<std::string_view, std::string_view>, 25> short_names{
    {{"ACT", "Australia/Darwin"},
     {"AET", "Australia/Sydney"},
     {"AGT", "America/Argentina/Buenos_Aires"},
     {"ART", "Africa/Cairo"},
     {"AST", "America/Anchorage"},
     {"BET", "America/Sao_Paulo"},
     {"BST", "Asia/Dhaka"},
     {"CAT", "Africa/Harare"},
     {"CNT", "America/St_Johns"},
     {"CST", "America/Chicago"},
     {"CTT", "Asia/Shanghai"},
     {"EAT", "Africa/Addis_Ababa"},
     {"ECT", "Europe/Paris"},
     {"IET", "America/Indiana/Indianapolis"},
     {"IST", "Asia/Kolkata"},
     {"JST", "Asia/Tokyo"},
     {"MIT", "Pacific/Apia"},
     {"NET", "Asia/Yerevan"},
     {"NST", "Pacific/Auckland"},
     {"PLT", "Asia/Karachi"},
     {"PNT", "America/Phoenix"},
     {"PRT", "America/Puerto_Rico"},
     {"PST", "America/Los_Angeles"},
     {"SST", "Pacific/Guadalcanal"},
     {"VST", "Asia/Ho_Chi_Minh"}}};

/// Two digits, or one where nothing but a colon or the end comes after it.
bool take_two_digits(std::string_view& text, bool may_be_one, std::int32_t& number) {
  const auto is_digit = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
  };
  if (!is_digit(0)) return false;
  const bool is_one = !is_digit(1);
  if (is_one && !may_be_one) return false;
  number = is_one ? text[0] - '0' : (text[0] - '0') * 10 + (text[1] - '0');
  text.remove_prefix(is_one ? 1 : 2);
  return true;
}

/// ±h, ±hh, ±hh:mm, ±hhmm, ±hh:mm:ss or ±hhmmss; Spark also takes one digit before a colon and as the last
/// minutes.
std::optional<std::int32_t> parse_signed_offset(std::string_view text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const bool is_west = text.front() == '-';
  text.remove_prefix(1);
  std::int32_t hours = 0;
  std::array<std::int32_t, 2> rest{};  // minutes and seconds
  if (!take_two_digits(text, true, hours)) return std::nullopt;
  const bool has_colons = text.starts_with(':');
  for (std::size_t i = 0; i < rest.size() && !text.empty(); ++i) {
    if (has_colons && text.front() != ':') return std::nullopt;
    if (has_colons) text.remove_prefix(1);
    const bool may_be_one = has_colons && i == 0 && text.size() == 1;
    if (!take_two_digits(text, may_be_one, rest[i]) || rest[i] > 59) return std::nullopt;
  }
  const std::int32_t seconds = hours * 3600 + rest[0] * 60 + rest[1];
  if (!text.empty() || seconds > most_hours * 3600) return std::nullopt;
  return is_west ? -seconds : seconds;
}

bool is_name_of_file(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '+' || c == '-';
  };
  return !name.empty() && name.front() != '/' && std::all_of(name.begin(), name.end(), is_allowed);
}

/// Nothing where there is no such file.
std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

bool begins_as_zone(const std::filesystem::path& path) {
  std::array<char, 4> start{};
  std::ifstream(path, std::ios::binary).read(start.data(), start.size());
  return std::string_view(start.data(), start.size()) == "TZif";
}

Error unknown_zone(std::string_view name, const std::string& folder) {
  const std::vector<std::string> names = time_zone_names(folder);
  if (names.empty()) {
    return Error{
        ErrorKind::user,
        fmt::format("unknown time zone: {} (there are no time zone files in {}; Debian's package is tzdata)",
                    name, folder)};
  }
  const std::string nearest = nearest_name(name, names);
  return Error{ErrorKind::user,
               fmt::format("unknown time zone: {} ({})", name,
                           nearest.empty() ? "zones are named as Europe/Berlin, or by an offset as +07:00"
                                           : fmt::format("did you mean {}?", nearest))};
}

}  // namespace

std::string time_zone_folder() {
  const char* chosen = std::getenv("TZDIR");
  return chosen == nullptr || *chosen == '\0' ? "/usr/share/zoneinfo" : chosen;
}

std::optional<std::int32_t> parse_zone_offset(std::string_view name) {
  if (name == "Z" || name == "UTC" || name == "GMT" || name == "UT") return 0;
  if (name == "EST") return -5 * 3600;
  if (name == "MST") return -7 * 3600;
  if (name == "HST") return -10 * 3600;
  for (const std::string_view prefix : {"UTC", "GMT", "UT"}) {
    if (name.starts_with(prefix)) return parse_signed_offset(name.substr(prefix.size()));
  }
  return parse_signed_offset(name);
}

std::string_view long_zone_name(std::string_view name) {
  for (const auto& [known, meaning] : short_names) {
    if (known == name) return meaning;
  }
  return name;
}

std::vector<std::string_view> short_zone_names() {
  std::vector<std::string_view> names;
  for (const auto& [known, meaning] : short_names) names.push_back(known);
  return names;
}

Result<TimeZone> find_time_zone(std::string_view name, const std::string& folder) {
  if (const auto offset = parse_zone_offset(name)) return TimeZone(*offset);
  const std::string_view meant = long_zone_name(name);
  const auto bytes = is_name_of_file(meant) ? read_file(std::filesystem::path(folder) / meant) : std::nullopt;
  if (!bytes.has_value() || !bytes->starts_with("TZif")) return unknown_zone(name, folder);
  Result<TimeZone> zone = TimeZone::parse(*bytes);
  if (!zone.ok()) return std::move(zone).error().in(fmt::format("{}/{}", folder, meant));
  return zone;
}

std::vector<std::string> time_zone_names(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code failure;
  fs::recursive_directory_iterator at(folder, failure);
  for (; failure == std::error_code{} && at != fs::recursive_directory_iterator(); at.increment(failure)) {
    const std::string name = at->path().lexically_relative(folder).generic_string();
    if (name == "posix" || name == "right") {  // the same again, and with leap seconds
      at.disable_recursion_pending();
    } else if (at->is_regular_file(failure) && name != "localtime" && name != "posixrules" &&
               is_name_of_file(name) && begins_as_zone(at->path())) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace weir
