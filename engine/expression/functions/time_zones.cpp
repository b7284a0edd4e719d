// time_zones.cpp — times in zones: from_utc_timestamp, to_utc_timestamp, convert_timezone; date_trunc and
// make_timestamp with a zone.
#include <fmt/format.h>

#include "engine/data/calendar.h"
#include "engine/expression/functions/civil_time.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/date_unit.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/zone_argument.h"

namespace weir {
namespace {

constexpr const char* family = "date and time";

void put_time(RowOutput& output, const char* function, std::int64_t time) {
  if (is_in_timestamp_range(time)) return output.set(time);
  output.error("overflow", fmt::format("{}: the time would lie outside the years 1 to 9999", function));
}

KernelResult prepare_from_utc(const CallSite& site) {
  WEIR_ASSIGN(const ZoneArgument zones, ZoneArgument::of(site, 1));
  return make_kernel(
      site.result, [zones](ZoneMemory& memory, RowOutput& output, std::int64_t time, std::string_view name) {
        const TimeZone* zone = zones.at(memory, output, name);
        if (zone != nullptr) put_time(output, "from_utc_timestamp", memory.to_local(*zone, time));
      });
}

KernelResult prepare_to_utc(const CallSite& site) {
  WEIR_ASSIGN(const ZoneArgument zones, ZoneArgument::of(site, 1));
  return make_kernel(
      site.result, [zones](ZoneMemory& memory, RowOutput& output, std::int64_t time, std::string_view name) {
        const TimeZone* zone = zones.at(memory, output, name);
        if (zone != nullptr) put_time(output, "to_utc_timestamp", memory.to_utc(*zone, time));
      });
}

struct TwoZones {
  ZoneMemory from;
  ZoneMemory to;
};

KernelResult prepare_convert(const CallSite& site) {
  WEIR_ASSIGN(const ZoneArgument sources, ZoneArgument::of(site, 0));
  WEIR_ASSIGN(const ZoneArgument targets, ZoneArgument::of(site, 1));
  return make_kernel(
      site.result, [sources, targets](TwoZones& memory, RowOutput& output, std::string_view from,
                                      std::string_view to, std::int64_t time) {
        const TimeZone* source = sources.at(memory.from, output, from);
        const TimeZone* target = source == nullptr ? nullptr : targets.at(memory.to, output, to);
        if (target == nullptr) return;
        put_time(output, "convert_timezone", memory.to.to_local(*target, memory.from.to_utc(*source, time)));
      });
}

KernelResult prepare_convert_from_utc(const CallSite& site) {
  WEIR_ASSIGN(const ZoneArgument zones, ZoneArgument::of(site, 0));
  return make_kernel(
      site.result, [zones](ZoneMemory& memory, RowOutput& output, std::string_view name, std::int64_t time) {
        const TimeZone* zone = zones.at(memory, output, name);
        if (zone != nullptr) put_time(output, "convert_timezone", memory.to_local(*zone, time));
      });
}

std::string bad_unit(std::string_view unit) {
  return fmt::format("date_trunc: unknown unit: {} ({})", unit, date_unit_names);
}

/// Days and longer units begin when the day does there; shorter ones keep the offset of the time, so that of
/// the hour that comes twice in autumn each is cut off by itself.
std::int64_t truncate_in_zone(ZoneMemory& memory, const TimeZone& zone, DateUnit unit, std::int64_t time) {
  const std::int64_t local = memory.to_local(zone, time);
  const std::int64_t start = truncate_time(unit, local);
  return unit > DateUnit::day ? time - (local - start) : memory.to_utc(zone, start);
}

KernelResult prepare_trunc(const CallSite& site) {
  WEIR_ASSIGN(const ZoneArgument zones, ZoneArgument::of(site, 2));
  std::optional<DateUnit> literal;
  if (const std::string* name = constant_text(site, 0)) {
    literal = parse_date_unit(*name);
    if (!literal.has_value()) return call_error(bad_unit(*name));
  }
  return make_kernel(
      site.result, [zones, literal](ZoneMemory& memory, RowOutput& output, std::string_view unit_name,
                                    std::int64_t time, std::string_view zone_name) {
        const std::optional<DateUnit> unit = literal.has_value() ? literal : parse_date_unit(unit_name);
        if (!unit.has_value()) return output.error("bad_argument", bad_unit(unit_name));
        const TimeZone* zone = zones.at(memory, output, zone_name);
        if (zone != nullptr) put_time(output, "date_trunc", truncate_in_zone(memory, *zone, *unit, time));
      });
}

KernelResult prepare_make(const CallSite& site) {
  WEIR_ASSIGN(const ZoneArgument zones, ZoneArgument::of(site, 6));
  return make_kernel(site.result, [zones, scale = site.types[5].scale](
                                      ZoneMemory& memory, RowOutput& output, std::int64_t year,
                                      std::int64_t month, std::int64_t day, std::int64_t hour,
                                      std::int64_t minute, Int128 second, std::string_view name) {
    const CivilTime civil{year, month, day, hour, minute, rescale(second, scale, 6).value_or(-1)};
    const std::optional<std::int64_t> local = civil.timestamp();
    if (!local.has_value()) return output.error("bad_timestamp", civil.no_such_time());
    const TimeZone* zone = zones.at(memory, output, name);
    if (zone != nullptr) put_time(output, "make_timestamp", memory.to_utc(*zone, *local));
  });
}

}  // namespace

Overload date_trunc_in_zone() {
  return prepared({"string", "timestamp", "string"}, timestamp_type, prepare_trunc);
}

Overload make_timestamp_in_zone() {
  return prepared({"bigint", "bigint", "bigint", "bigint", "bigint", "decimal", "string"}, timestamp_type,
                  prepare_make);
}

void register_time_zones(FunctionRegistry& registry) {
  add(registry,
      {.name = "from_utc_timestamp",
       .family = family,
       .signature = "from_utc_timestamp(time timestamp, zone string) -> timestamp",
       .summary = "What clocks in a zone (Europe/Berlin, +07:00 ...) show at a time in UTC.",
       .examples = {{"from_utc_timestamp(TIMESTAMP '2016-08-31 00:00:00', 'Asia/Seoul')",
                     "2016-08-31 09:00:00"},
                    {"from_utc_timestamp(TIMESTAMP '2024-07-01 12:00:00', 'America/New_York')",
                     "2024-07-01 08:00:00"},
                    {"from_utc_timestamp(TIMESTAMP '2024-07-01 12:00:00', '-03:30')", "2024-07-01 08:30:00"}},
       .overloads = {prepared({"timestamp", "string"}, timestamp_type, prepare_from_utc)}});
  add(registry,
      {.name = "to_utc_timestamp",
       .family = family,
       .signature = "to_utc_timestamp(time timestamp, zone string) -> timestamp",
       .summary = "The time in UTC at which clocks in a zone show a time: the first of two such, and after a "
                  "gap as much later as it is long.",
       .examples =
           {{"to_utc_timestamp(TIMESTAMP '2016-08-31 00:00:00', 'Asia/Seoul')", "2016-08-30 15:00:00"},
            {"to_utc_timestamp(TIMESTAMP '2024-10-27 02:30:00', 'Europe/Berlin')", "2024-10-27 00:30:00"},
            {"to_utc_timestamp(TIMESTAMP '2024-03-31 02:30:00', 'Europe/Berlin')", "2024-03-31 01:30:00"}},
       .overloads = {prepared({"timestamp", "string"}, timestamp_type, prepare_to_utc)}});
  add(registry,
      {.name = "convert_timezone",
       .family = family,
       .signature = "convert_timezone([from string, ]to string, time timestamp) -> timestamp",
       .summary =
           "What clocks in one zone show when those in another (in UTC, if none is given) show a time.",
       .examples =
           {{"convert_timezone('Europe/Brussels', 'America/Los_Angeles', TIMESTAMP '2021-12-06 00:00:00')",
             "2021-12-05 15:00:00"},
            {"convert_timezone('Europe/Brussels', TIMESTAMP '2021-12-05 15:00:00')", "2021-12-05 16:00:00"}},
       .overloads = {prepared({"string", "string", "timestamp"}, timestamp_type, prepare_convert),
                     prepared({"string", "timestamp"}, timestamp_type, prepare_convert_from_utc)}});
  add(registry, {.name = "current_timezone",
                 .family = family,
                 .signature = "current_timezone() -> string",
                 .summary = "The zone of timestamps without one: always UTC.",
                 .examples = {{"current_timezone()", "UTC"}},
                 .overloads = {prepared({}, string_type, [](const CallSite& site) -> KernelResult {
                   return make_kernel(site.result, [](RowOutput& output) { output.text("UTC"); });
                 })}});
}

}  // namespace weir
