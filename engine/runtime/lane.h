// lane.h — one connection that commits epochs of its own splits, on a thread of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/base/clock.h"
#include "engine/runtime/credit.h"
#include "engine/runtime/epoch.h"
#include "engine/runtime/job_control.h"
#include "engine/runtime/job_counters.h"

namespace weir {

/// What a lane needs of its job.
struct LaneContext {
  const Plan& plan;
  const std::vector<Stage>& stages;
  const AllTableKeys& keys;
  const std::vector<std::unique_ptr<Source>>& sources;  // one per stage
  Store& store;
  Outlets& outlets;
  Credit& credit;
  JobControl& control;
  JobCounters& counters;
  const Clock& clock;
  std::function<void()>
      check_ownership;  // reads from the database which splits are still ours and marks the others as lost
  std::function<void(const std::vector<StagedChunkPtr>&)>
      read_again;  // marks the chunks' splits as lost and has them claimed anew
  KeyedState* state;  // null: the pipeline is stateless
  const std::atomic<bool>& has_ended;  // everything that was there has been read and committed
  std::size_t epoch_rows;
  std::chrono::milliseconds retry_pause;
  SinkLimits* limits;
  bool ends;  // the job ends by itself at the end of what was there when it began
};

/// An epoch forms while the one before it commits: whatever has come by then, up to epoch_rows, of one
/// source. While a stateful pipeline catches up, epochs are not shorter than a moment: each writes the groups that changed since the one before, so
/// that many small ones cost more than few large ones. What a chunk gave to the state is taken in meanwhile, so that many chunks take little room.
class Lane {
 public:
  Lane(std::size_t number, LaneContext context, std::vector<std::size_t> write_order);
  ~Lane();
  void start();
  /// Any thread. Chunks of a split may come in any order; they are committed in that of their sequence.
  void put(StagedChunkPtr chunk);
  /// Any thread. Rows that were in the outbox of `split`, or of a stateful pipeline where that is null: given away before anything of the split
  /// is committed that put() brings later.
  void give(std::vector<KeptRows> kept, std::shared_ptr<SplitRun> split);
  /// Any thread. Has the lane look at once whether event time has come further without new rows.
  void poke();
  /// Any thread. Whether nothing waits and nothing is being written.
  bool is_at_rest();
  /// No more chunks will come; the thread ends when those it has are committed, or at once if the job is
  /// broken.
  void close();
  /// Waits for that, after close().
  void join();

 private:
  using Epoch = std::vector<StagedChunkPtr>;
  void run();
  /// Nothing: no more will come. An empty epoch: what is due is to be written without new rows.
  std::optional<Epoch> take();
  bool wait(std::unique_lock<std::mutex>& lock);  // Requires mutex_. False: time to look without new chunks.
  bool has_ready(std::optional<std::size_t> stage = {}) const;  // Requires mutex_. Of one source, or of any.
  Epoch take_turn();                                 // Requires mutex_.
  void let_gather(std::unique_lock<std::mutex>& lock, Epoch& epoch);  // Requires mutex_, which is free meanwhile.
  void take_ready(std::size_t stage, std::size_t most_rows, Epoch& epoch);  // Requires mutex_. Up to so many rows, and those of one more chunk.
  bool is_last(const Epoch& epoch) const;  // of its splits nothing more will come, but what is worked on already
  void absorb(Epoch& epoch, std::size_t from);
  void give_away_kept(std::unique_lock<std::mutex>& lock);  // Requires mutex_, which is free meanwhile.
  void empty_outbox();
  void commit(Epoch epoch, bool is_end = false);
  void commit_while_ours(Epoch& epoch, bool is_end);
  bool settle(const EpochWrite& write, const Epoch& epoch, Result<EpochReport> report);
  static bool has_lost(const Epoch& epoch);
  Result<EpochReport> write_patiently(const EpochWrite& write, const Epoch& epoch);
  bool within_error_policy(const Epoch& epoch);
  bool is_state_sound();
  void make_room();
  void drop_lost(Epoch& epoch);
  void give_back(const StagedChunk& chunk);

  const std::size_t number_;
  LaneContext context_;
  std::unique_ptr<Outbox> outbox_;  // null: the plan has no outlets
  EpochAssembler assembler_;
  std::unique_ptr<EpochWriter> writer_;  // the lane's thread only
  std::int64_t epoch_ = 0;               // the lane's thread only
  std::int64_t policy_rows_ = 0;         // the lane's thread only
  std::int64_t policy_rejected_ = 0;     // the lane's thread only
  std::chrono::steady_clock::time_point gathers_until_{};  // the lane's thread only

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<SplitRun*, std::map<std::uint64_t, StagedChunkPtr>> pending_;  // Guarded by mutex_.
  std::vector<std::pair<KeptRows, std::shared_ptr<SplitRun>>> kept_;      // Guarded by mutex_.
  std::size_t last_stage_ = 0;                                            // Guarded by mutex_.
  bool is_closed_ = false;                                                // Guarded by mutex_.
  bool is_poked_ = false;                                                 // Guarded by mutex_.
  bool is_working_ = false;                                               // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace weir
