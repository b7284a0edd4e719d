// zone_argument.cpp — finds the zones that calls name.
#include "engine/expression/functions/zone_argument.h"

#include <fmt/format.h>

#include "engine/data/time_zones.h"

namespace weir {

ZoneTable::ZoneTable() {
  const std::string folder = time_zone_folder();
  std::vector<std::string> names = time_zone_names(folder);
  for (const std::string_view name : short_zone_names()) names.emplace_back(name);
  for (std::string& name : names) {
    Result<TimeZone> zone = find_time_zone(name, folder);
    if (zone.ok()) zones_.emplace(std::move(name), std::move(zone).value());
  }
}

const ZoneTable& ZoneTable::all() {
  static const ZoneTable table;
  return table;
}

const TimeZone* ZoneTable::find(std::string_view name) const {
  const auto found = zones_.find(name);
  return found == zones_.end() ? nullptr : &found->second;
}

const TimeZone* ZoneMemory::keep_offset(std::int32_t seconds) {
  if (seconds == offset_seconds_) return &offset_zone_;
  offset_seconds_ = seconds;
  offset_zone_ = TimeZone(seconds);
  utc_zone_ = nullptr;
  local_zone_ = nullptr;
  return &offset_zone_;
}

Result<ZoneArgument> ZoneArgument::of(const CallSite& site, std::size_t index) {
  ZoneArgument argument;
  if (const std::string* name = constant_text(site, index)) {
    WEIR_ASSIGN(TimeZone zone, find_time_zone(*name, time_zone_folder()));
    argument.literal_ = std::make_shared<const TimeZone>(std::move(zone));
  } else {
    argument.table_ = &ZoneTable::all();
  }
  return argument;
}

const TimeZone* ZoneArgument::look_up(ZoneMemory& memory, RowOutput& output, std::string_view name) const {
  if (const auto offset = parse_zone_offset(name)) return memory.keep_offset(*offset);
  const TimeZone* zone = table_->find(name);
  if (zone == nullptr)
    output.error("bad_time_zone", fmt::format("unknown time zone: {}", name.substr(0, 100)));
  return zone;
}

}  // namespace weir
