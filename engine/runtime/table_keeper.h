// table_keeper.h — reads the lookup tables of a plan: at the start, and again whenever it is time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

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
  TableKeeper(const Plan& plan, JobControl& control);
  ~TableKeeper() { stop(); }
  Status read_all();
  /// `changed` is called, by the keeper's thread, after tables have changed; an error of it ends the job.
  void start(std::function<Status()> changed);
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Kept {
    const PlanTable* table;
    std::optional<std::string> version{};
    Clock::time_point due{};
    std::string failure{};  // why it could not be read again the last time
  };
  void keep(const std::function<Status()>& changed);
  bool read_again(Kept& kept);

  const Plan& plan_;
  JobControl& control_;
  std::vector<Kept> tables_;
  std::thread thread_;
};

}  // namespace weir
