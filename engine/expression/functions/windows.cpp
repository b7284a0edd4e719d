// windows.cpp — where the window of a time begins and ends.
#include "engine/base/window_time.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/window_times.h"

namespace weir {
namespace {

constexpr const char* family = "date and time";

void set_time(RowOutput& output, std::int64_t microseconds) {
  if (is_in_timestamp_range(microseconds)) return output.set(microseconds);
  output.error("overflow", "the window reaches out of the range of timestamp");
}

Overload border(bool is_end) {
  return prepared({"timestamp", "interval"}, timestamp_type, [is_end](const CallSite& site) -> KernelResult {
    WEIR_ASSIGN(const std::int64_t size, window_span(site, 1, "tumble", "size"));
    return make_kernel(timestamp_type, [size, is_end](RowOutput& output, std::int64_t time, Interval) {
      set_time(output, floor_to(time, size) + (is_end ? size : 0));
    });
  });
}

}  // namespace

void register_windows(FunctionRegistry& registry) {
  add(registry, {.name = "tumble_start",
                 .family = family,
                 .signature = "tumble_start(time timestamp, size interval) -> timestamp",
                 .summary = "The start of the window that a time lies in: windows of one size, one after the other since 1970-01-01 00:00:00 UTC.",
                 .examples = {{"tumble_start(TIMESTAMP '2024-11-01 10:03:20', INTERVAL 5 MINUTES)", "2024-11-01 10:00:00"},
                              {"tumble_start(TIMESTAMP '1969-12-31 23:59:59', INTERVAL 1 HOUR)", "1969-12-31 23:00:00"}},
                 .overloads = {border(false)}});
  add(registry, {.name = "tumble_end",
                 .family = family,
                 .signature = "tumble_end(time timestamp, size interval) -> timestamp",
                 .summary = "The end of the window that a time lies in, which is the start of the next one.",
                 .examples = {{"tumble_end(TIMESTAMP '2024-11-01 10:03:20', INTERVAL 5 MINUTES)", "2024-11-01 10:05:00"},
                              {"tumble_end(TIMESTAMP '2024-11-01 10:05:00', INTERVAL 5 MINUTES)", "2024-11-01 10:10:00"}},
                 .overloads = {border(true)}});
}

}  // namespace weir
