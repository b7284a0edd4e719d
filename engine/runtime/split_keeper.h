// split_keeper.h — decides which splits this process reads: claims, renews and gives up leases kept in the
// sink's database.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/clock.h"
#include "engine/runtime/job.h"
#include "engine/runtime/job_control.h"
#include "engine/runtime/source_loop.h"
#include "engine/runtime/watermarks.h"

namespace weir {

/// With leases, live processes share the splits evenly: each takes free ones up to its fair share and gives
/// up what it has beyond. With a static shard it takes its own splits from whoever has them. The commit's
/// compare-and-set is the fence in both cases. A stateful pipeline is run by one process, which takes all splits; a lease only avoids work that would be thrown away.
class SplitKeeper {
 public:
  struct SourceEntry {
    std::string name;
    Source* source;
    SourceLoop* loop;
  };
  /// `on_claim`, which may be null, is called for each claimed split before it is read; an error counts as one of the claim.
  using OnClaim = std::function<Status(const std::shared_ptr<SplitRun>&)>;
  SplitKeeper(Store& store, std::vector<SourceEntry> sources, const JobOptions& options, std::size_t lanes,
              std::string owner, JobControl& control, const Clock& clock, Watermarks* watermarks, OnClaim on_claim);
  ~SplitKeeper();
  void start();
  /// Any thread. Reads the leases now and marks the splits that are no longer ours; returns when that is
  /// done, or the job is broken.
  void refresh();
  /// Any thread. Gives up reading the splits of these chunks from where they were; they are claimed anew and
  /// read from the stored position.
  void read_again(const std::vector<StagedChunkPtr>& epoch);
  /// Whether every split of every source is read to its end and committed by this process, or belongs to
  /// another live one.
  bool is_finished() const;
  /// Whether all splits there are are read, and all that was read of them is committed.
  bool is_settled() const;
  std::size_t split_count() const;
  /// Ends the thread and gives up all leases. Called after everything in flight is committed.
  void stop();

 private:
  struct Owned {
    std::shared_ptr<SplitRun> run;
    bool is_leaving = false;
  };
  struct SourceState {
    SourceEntry entry;
    std::map<std::string, Owned> owned;              // Guarded by mutex_.
    bool is_settled = false;                         // Guarded by mutex_. Nothing is left to claim.
    std::vector<std::string> splits;                 // the keeper's thread only
    std::chrono::steady_clock::time_point listed{};  // the keeper's thread only
  };

  void run();
  Status round();
  Status check_state();
  Status list_splits(SourceState& state);
  Status share(SourceState& state, std::size_t source);
  Status add_new_splits(SourceState& state, SplitLeases::Board& board);
  void mark_lost(SourceState& state, const SplitLeases::Board& board);
  Status claim(SourceState& state, std::size_t source, const SplitState& split);
  Status give_up_surplus(SourceState& state, std::size_t fair_share);
  Status release_drained(SourceState& state);
  bool is_mine(const std::string& split) const;  // of this shard
  bool is_free(const SplitState& split) const;
  std::size_t quietest_lane() const;  // Requires mutex_.

  Store& store_;
  const JobOptions& options_;
  const std::size_t lanes_;
  const std::string owner_;
  JobControl& control_;
  const Clock& clock_;
  Watermarks* const watermarks_;  // null: the pipeline is stateless; else all splits are ours
  const OnClaim on_claim_;
  std::unique_ptr<SplitLeases> leases_;  // the keeper's thread only
  std::vector<SourceState> sources_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t refreshes_asked_ = 0;  // Guarded by mutex_.
  std::uint64_t refreshes_done_ = 0;   // Guarded by mutex_.
  bool is_stopping_ = false;           // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace weir
