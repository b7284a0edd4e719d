// windows.cpp — the windows that a time lies in, where there are several: hop and cumulate.
#include "engine/base/window_time.h"
#include "engine/expression/functions/date_range.h"
#include "engine/expression/functions/window_times.h"
#include "engine/expression/table_function.h"
#include "engine/expression/tables/table_families.h"

namespace weir {
namespace {

constexpr std::int64_t most_windows = 10'000;  // of one row

struct Windows {
  std::int64_t first_end;
  std::int64_t count;
};

/// Windows of one size that begin at every multiple of `slide`: the ends of those with the time in them, and the size before each the start.
struct Hop {
  std::int64_t slide, size;
  Windows of(std::int64_t time) const {
    const std::int64_t last_start = floor_to(time, slide);
    const std::int64_t count = last_start + size <= time ? 0 : (last_start + size - time - 1) / slide + 1;
    return {last_start - (count - 1) * slide + size, count};
  }
  std::int64_t step() const { return slide; }
  std::int64_t start(std::int64_t, std::int64_t end) const { return end - size; }
};

/// Windows that begin at every multiple of `size`, and of those with the same start each is a step longer.
struct Cumulate {
  std::int64_t slide, size;
  Windows of(std::int64_t time) const {
    const std::int64_t start = floor_to(time, size), first = floor_to(time - start, slide) + slide;
    return {start + first, (size - first) / slide + 1};
  }
  std::int64_t step() const { return slide; }
  std::int64_t start(std::int64_t time, std::int64_t) const { return floor_to(time, size); }
};

template <typename Kind>
class WindowBody final : public TableBody {
 public:
  explicit WindowBody(Kind kind) : kind_(kind) {}

  MadeRows expand(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& times = arguments[0];
    MadeRows made;
    made.offsets.push_back(0);
    std::vector<std::int64_t> starts, ends;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!times.is_null(row)) add(times.at<std::int64_t>(row), row, starts, ends, made);
      made.offsets.push_back(static_cast<std::uint32_t>(ends.size()));
    }
    for (const std::vector<std::int64_t>* values : {&starts, &ends}) {
      ColumnWriter writer(timestamp_type, static_cast<std::uint32_t>(values->size()), context.arena);
      for (std::uint32_t i = 0; i < values->size(); ++i) writer.set(i, (*values)[i]);
      made.columns.push_back(writer.finish());
    }
    return made;
  }

 private:
  void add(std::int64_t time, std::uint32_t row, std::vector<std::int64_t>& starts, std::vector<std::int64_t>& ends, MadeRows& made) const {
    const Windows windows = kind_.of(time);
    for (std::int64_t i = 0; i < windows.count; ++i) {
      const std::int64_t end = windows.first_end + i * kind_.step(), start = kind_.start(time, end);
      if (!is_in_timestamp_range(start) || !is_in_timestamp_range(end)) {
        made.errors.push_back({row, "overflow", "the window reaches out of the range of timestamp"});
        return;
      }
      starts.push_back(start);
      ends.push_back(end);
    }
  }

  Kind kind_;
};

TableBodyResult prepare_hop(const CallSite& site) {
  WEIR_ASSIGN(const std::int64_t slide, window_span(site, 1, "hop", "slide"));
  WEIR_ASSIGN(const std::int64_t size, window_span(site, 2, "hop", "size"));
  if (size / slide > most_windows)
    return Error{ErrorKind::user, fmt::format("hop puts every row into {} windows, and {} is the most", size / slide, most_windows)};
  return std::unique_ptr<TableBody>(std::make_unique<WindowBody<Hop>>(Hop{slide, size}));
}

TableBodyResult prepare_cumulate(const CallSite& site) {
  WEIR_ASSIGN(const std::int64_t step, window_span(site, 1, "cumulate", "step"));
  WEIR_ASSIGN(const std::int64_t size, window_span(site, 2, "cumulate", "size"));
  if (size % step != 0) return Error{ErrorKind::user, "the size of cumulate is no multiple of its step"};
  if (size / step > most_windows)
    return Error{ErrorKind::user, fmt::format("cumulate makes {} windows of one size, and {} is the most", size / step, most_windows)};
  return std::unique_ptr<TableBody>(std::make_unique<WindowBody<Cumulate>>(Cumulate{step, size}));
}

TableFunction window_function(const char* name, const char* signature, const char* summary, std::vector<TableExample> examples,
                              TableBodyResult (*prepare)(const CallSite&)) {
  TableFunction function;
  function.declaration.name = name;
  function.declaration.family = "table";
  function.declaration.signature = signature;
  function.declaration.summary = summary;
  Overload overload;
  overload.parameters = {"timestamp", "interval", "interval"};
  overload.result = [](const CallSite&) -> Result<Type> {
    return struct_type({{"window_start", timestamp_type, false}, {"window_end", timestamp_type, false}});
  };
  function.declaration.overloads = {std::move(overload)};
  function.examples = std::move(examples);
  function.prepare = prepare;
  return function;
}

}  // namespace

void register_windows(TableFunctionRegistry& registry) {
  const auto add = [&](TableFunction function) { WEIR_CHECK(registry.add(std::move(function)).ok(), "names of table functions are distinct"); };
  add(window_function("hop", "hop(time timestamp, slide interval, size interval) -> rows (window_start timestamp, window_end timestamp)",
                      "A row for each window that a time lies in: windows of one size that begin one slide after another.",
                      {{"hop(TIMESTAMP '2024-11-01 10:03:20', INTERVAL 5 MINUTES, INTERVAL 10 MINUTES)",
                        "2024-11-01 09:55:00, 2024-11-01 10:05:00; 2024-11-01 10:00:00, 2024-11-01 10:10:00"}},
                      prepare_hop));
  add(window_function("cumulate", "cumulate(time timestamp, step interval, size interval) -> rows (window_start timestamp, window_end timestamp)",
                      "A row for each window that a time lies in: windows that begin where those of the full size do, each a step longer than the one before.",
                      {{"cumulate(TIMESTAMP '2024-11-01 10:31:00', INTERVAL 20 MINUTES, INTERVAL 1 HOUR)",
                        "2024-11-01 10:00:00, 2024-11-01 10:40:00; 2024-11-01 10:00:00, 2024-11-01 11:00:00"}},
                      prepare_cumulate));
}

}  // namespace weir
