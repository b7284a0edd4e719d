// watermarks.h — how far the event time of each split has come, and so which rows are late and which windows closed.
//
// A row is late by the watermark of its own split at its own position: that depends on the data alone. Windows close at the minimum over the
// splits that are live. A split is idle while its source has no more rows for it and none came for idle_after: it holds no window open then, and
// when it wakes, what lies before the windows that closed meanwhile is late.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/window_time.h"
#include "engine/plan/plan.h"

namespace weir {

/// The sources of a plan that windows, or dedups within a time, take rows from.
std::map<std::string, EventTime> timed_sources(const Plan& plan);

/// Any thread. Times are microseconds UTC; sources are told by their names in the pipeline.
class Watermarks {
 public:
  using Clock = std::chrono::steady_clock;
  /// Of the sources whose rows something goes by the time of: one that is only written as it is holds no window open.
  explicit Watermarks(std::map<std::string, EventTime> rules) : rules_(std::move(rules)) {}
  /// Whether rows of this source go by the time; the other methods ignore sources that don't.
  bool knows(const std::string& source) const { return rules_.contains(source); }
  bool is_empty() const { return rules_.empty(); }

  /// The splits of a source, those that are there already among them. Windows stay open until every source has told its splits.
  void join(const std::string& source, const std::vector<std::string>& splits, Clock::time_point now);

  /// Rows of a split are about to be judged: the latest time before them, and the time below which none of them counts, whatever came before.
  /// Called in the order of the split; the split is live from now on.
  struct Pass {
    std::int64_t latest = no_time;
    std::int64_t floor = no_time;
    std::int64_t bound = 0;  // a row is late below latest - bound
    bool is_never_late = false;
    std::int64_t expired = no_time;  // neither these nor any rows that are judged later and count happened before this
  };
  Pass enter(const std::string& source, const std::string& split, std::int64_t latest_of_rows, Clock::time_point now);
  /// Rows of a split up to this latest time are being committed.
  void commit(const std::string& source, const std::string& split, std::int64_t latest);
  /// Says which splits have nothing more to read: those of them that were quiet long enough become idle. Whether anything closes by that.
  bool rest(const std::string& source, const std::set<std::string>& at_end, Clock::time_point now);

  struct Closed {
    std::int64_t final = no_time;    // windows that end by then are final
    std::int64_t expired = no_time;  // no row before this comes any more: what is kept for such rows can go
    bool is_quiet = false;           // no row came for so long that windows are to be written as if they were final
  };
  /// As far as is committed; never goes back.
  Closed close();
  Closed closed() const;

  /// What load() goes on from.
  std::string save() const;
  Status load(std::string_view bytes);

 private:
  struct Split {
    std::int64_t entered = no_time;    // latest time judged
    std::int64_t committed = no_time;  // latest time committed
    std::int64_t floor = no_time;
    bool is_idle = false;
    bool is_here = false;              // told by join() since the start
    Clock::time_point last{};
  };
  bool is_ready() const;  // Requires mutex_.
  void expire_judged();   // Requires mutex_.
  void raise_floor(Split& split) const;  // Requires mutex_.

  const std::map<std::string, EventTime> rules_;
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, Split>> splits_;  // by source. Guarded by mutex_.
  std::set<std::string> joined_;                                // Guarded by mutex_.
  Closed closed_;                                               // Guarded by mutex_.
  std::int64_t judged_ = no_time;                               // Guarded by mutex_. As closed_.expired, but as far as rows are judged.
  bool is_quiet_ = false;                                       // Guarded by mutex_.
};

}  // namespace weir
