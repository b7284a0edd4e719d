// zone_argument.h — the time zone of a call: a literal, found when the pipeline is checked, or a column,
// whose rows may name any zone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/data/time_zone.h"
#include "engine/expression/functions/kernels.h"

namespace weir {

/// All zones of this machine. Immutable.
class ZoneTable {
 public:
  /// Read when first asked for: some six hundred files. Any thread.
  static const ZoneTable& all();
  /// Null where there is none of that name; offsets have no entry.
  const TimeZone* find(std::string_view name) const;

 private:
  ZoneTable();
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  std::unordered_map<std::string, TimeZone, Hash, std::equal_to<>> zones_;
};

/// The zone of the latest rows and the span of time around them: in a stream the next row is mostly in the
/// same. One evaluation, one thread.
class ZoneMemory {
 public:
  std::int64_t to_local(const TimeZone& zone, std::int64_t utc) {
    if (&zone != utc_zone_ || !utc_span_.holds(utc)) {
      utc_zone_ = &zone;
      utc_span_ = zone.span_of_utc(utc);
    }
    return utc + utc_span_.offset;
  }
  std::int64_t to_utc(const TimeZone& zone, std::int64_t local) {
    if (&zone != local_zone_ || !local_span_.holds(local)) {
      local_zone_ = &zone;
      local_span_ = zone.span_of_local(local);
    }
    return local - local_span_.offset;
  }

 private:
  friend class ZoneArgument;
  /// A zone that is an offset and stands in no table.
  const TimeZone* keep_offset(std::int32_t seconds);

  TimeZone::Span utc_span_{};
  TimeZone::Span local_span_{};
  const TimeZone* utc_zone_ = nullptr;
  const TimeZone* local_zone_ = nullptr;
  std::int32_t offset_seconds_ = 0;
  TimeZone offset_zone_{0};
};

/// Made when the call is prepared; then any thread.
class ZoneArgument {
 public:
  /// Of argument `index`, a string; an error sentence where it is a literal that names no zone.
  static Result<ZoneArgument> of(const CallSite& site, std::size_t index);
  /// The zone of a row, whose argument is `name`; null after an error was put.
  const TimeZone* at(ZoneMemory& memory, RowOutput& output, std::string_view name) const {
    return literal_ != nullptr ? literal_.get() : look_up(memory, output, name);
  }

 private:
  const TimeZone* look_up(ZoneMemory& memory, RowOutput& output, std::string_view name) const;

  std::shared_ptr<const TimeZone> literal_;
  const ZoneTable* table_ = nullptr;  // where there is no literal
};

/// date_trunc(unit, time, zone) of timestamps; date_arithmetic.cpp registers it.
Overload date_trunc_in_zone();
/// make_timestamp(..., zone); date_fields.cpp registers it.
Overload make_timestamp_in_zone();

}  // namespace weir
