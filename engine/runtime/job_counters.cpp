// job_counters.cpp — adds up committed epochs.
#include "engine/runtime/job_counters.h"

#include <algorithm>

namespace weir {

JobCounters::JobCounters(const Plan& plan) {
  for (const SinkNode& sink : plan.sinks) totals_.sinks.push_back({sink.table.sink});
}

void JobCounters::add_epoch(const EpochWrite& write, std::span<const OutletWrite> outlets, const EpochReport& report,
                            std::int64_t rows, std::int64_t wall_microseconds) {
  const std::scoped_lock lock(mutex_);
  ++totals_.epochs;
  totals_.committed += rows;
  totals_.rejected += static_cast<std::int64_t>(write.rejected.size());
  totals_.last_commit_microseconds = wall_microseconds;
  const auto counts_of = [&](const std::string& sink) -> SinkCounts& {
    return *std::find_if(totals_.sinks.begin(), totals_.sinks.end(),
                         [&](const SinkCounts& c) { return c.sink == sink; });
  };
  for (const LedgerLine& line : write.ledger) {
    SinkCounts& counts = counts_of(line.sink);
    counts.duplicates += line.duplicates;
    counts.filtered += line.filtered;
    counts.absorbed += line.absorbed;
    counts.late += line.late;
    counts.rejected += line.rejected;
  }
  for (const OutletWrite& outlet : outlets) totals_.sinks[outlet.sink].written += static_cast<std::int64_t>(outlet.rows.size());
  for (std::size_t t = 0; t < write.tables.size(); ++t) {
    const std::string& sink = write.tables[t].table->sink;
    const bool is_a_sinks = std::any_of(totals_.sinks.begin(), totals_.sinks.end(), [&](const SinkCounts& c) { return c.sink == sink; });
    if (!is_a_sinks || write.tables[t].is_removal) continue;  // the state's, or rows that go
    SinkCounts& counts = counts_of(write.tables[t].table->sink);
    counts.written += report.tables[t].written;
    counts.duplicates += report.tables[t].duplicates;
    counts.rejected += report.tables[t].refused;
    totals_.rejected += report.tables[t].refused;
  }
}

void JobCounters::set_state(const StateCounts& counts) {
  const std::scoped_lock lock(mutex_);
  totals_.state = counts;
}

void JobCounters::fill(JobStatus& status) const {
  const std::scoped_lock lock(mutex_);
  const std::int64_t rows_read = read.load();
  status = totals_;
  status.read = rows_read;
}

}  // namespace weir
