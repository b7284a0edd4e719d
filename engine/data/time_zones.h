// time_zones.h — zones by their names: Europe/Berlin, UTC, +07:00, GMT-3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/time_zone.h"

namespace weir {

/// The folder of this machine's TZif files: the environment's TZDIR, or /usr/share/zoneinfo.
std::string time_zone_folder();

/// Seconds east of UTC where `name` is an offset, as java.time and Spark write it: Z, UTC, +7, +07:00, -0330,
/// +01:02:03, GMT+2, UT-1:30; up to 18 hours. Also Java's EST, MST and HST.
std::optional<std::int32_t> parse_zone_offset(std::string_view name);

/// The zone of that name: an offset, one of Java's short names (PST, JST ...), or a file below `folder`. A
/// sentence with the nearest name where there is none.
Result<TimeZone> find_time_zone(std::string_view name, const std::string& folder);

/// The names of the files below `folder`, sorted; empty where there is no such folder.
std::vector<std::string> time_zone_names(const std::string& folder);

/// The name that Java's short one stands for (PST: America/Los_Angeles), or the name itself.
std::string_view long_zone_name(std::string_view name);
/// The names of long_zone_name that are short.
std::vector<std::string_view> short_zone_names();

}  // namespace weir
