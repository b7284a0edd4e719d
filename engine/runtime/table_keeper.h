// table_keeper.h — reads the lookup tables of a plan: at the start, and again whenever it is time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/clock.h"
#include "engine/plan/plan.h"
#include "engine/runtime/job_control.h"

namespace weir {

/// Reads a table and fills its slot. Returns whether it changed; `version`, of the last time it was read, is brought up to date.
Result<bool> read_table(const PlanTable& table, std::optional<std::string>& version);

/// Fills the slots of all tables of `plan`. For those who run a plan once.
Status read_tables(const Plan& plan);

/// The slots are the keeper's from start() to stop(). What it cannot read again stays as it was, and the job's health says so.
class TableKeeper {
 public:
  /// References must outlive the keeper.
  TableKeeper(const Plan& plan, JobControl& control, const Clock& clock);
  ~TableKeeper() { stop(); }
  Status read_all();
  /// `changed` is called, by the keeper's thread, after tables have changed; an error of it ends the job.
  void start(std::function<Status()> changed);
  void stop();
  /// Any thread. Has the keeper look at once whether a table is due.
  void look();
  /// Any thread. Whether it has looked, since it was last asked to.
  bool is_at_rest() const;

 private:
  struct Kept {
    const PlanTable* table;
    std::optional<std::string> version{};
    std::chrono::steady_clock::time_point due{};
    std::string failure{};  // why it could not be read again the last time
  };
  void keep(const std::function<Status()>& changed);
  bool wait();  // False: the keeper stops.
  bool read_again(Kept& kept);

  const Plan& plan_;
  JobControl& control_;
  const Clock& clock_;
  std::vector<Kept> tables_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_kept_ = false;      // Guarded by mutex_. The thread is there.
  bool is_stopping_ = false;  // Guarded by mutex_.
  bool is_asked_ = false;     // Guarded by mutex_.
  bool is_looking_ = false;   // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace weir
