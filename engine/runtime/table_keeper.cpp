// table_keeper.cpp — one thread that looks whether tables have changed.
#include "engine/runtime/table_keeper.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/log.h"

namespace weir {

Result<bool> read_table(const PlanTable& table, std::optional<std::string>& version) {
  // Asked for before the rows are read: what changes meanwhile is read again the next time.
  WEIR_ASSIGN(std::optional<std::string> now, table.definition->version());
  const auto& before = table.slot->table;
  if (before != nullptr && now && now == version) return false;
  LookupBuilder rows(table.shape);
  if (Status read = table.definition->read(rows); !read.ok()) return std::move(read).error();
  WEIR_ASSIGN(std::shared_ptr<const LookupTable> after, rows.finish());
  version = std::move(now);
  if (before != nullptr && before->content() == after->content()) return false;
  table.slot->table = std::move(after);
  return true;
}

Status read_tables(const Plan& plan) {
  for (const PlanTable& table : plan.tables) {
    std::optional<std::string> version;
    Result<bool> read = read_table(table, version);
    if (!read.ok()) return std::move(read).error().in("table " + table.shape.table);
  }
  return {};
}

TableKeeper::TableKeeper(const Plan& plan, JobControl& control, const Clock& clock) : plan_(plan), control_(control), clock_(clock) {
  for (const PlanTable& table : plan.tables) tables_.push_back({&table});
}

Status TableKeeper::read_all() {
  for (Kept& kept : tables_) {
    Result<bool> read = read_table(*kept.table, kept.version);
    if (!read.ok()) return std::move(read).error().in("table " + kept.table->shape.table);
    const LookupTable& table = *kept.table->slot->table;
    log::info("table {}: {} rows, {} KiB", kept.table->shape.table, table.row_count(), (table.memory_bytes() + 1023) / 1024);
  }
  return {};
}

void TableKeeper::start(std::function<Status()> changed) {
  const auto now = clock_.steady();
  bool is_kept = false;
  for (Kept& kept : tables_) {
    if (!kept.table->refresh) continue;
    kept.due = now + *kept.table->refresh;
    is_kept = true;
  }
  if (!is_kept) return;
  {
    const std::scoped_lock lock(mutex_);
    is_kept_ = is_looking_ = true;
  }
  thread_ = std::thread([this, changed = std::move(changed)] { keep(changed); });
}

void TableKeeper::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  // A plan that is not run has no tables.
  for (const PlanTable& table : plan_.tables) table.slot->table = nullptr;
}

bool TableKeeper::read_again(Kept& kept) {
  const std::string part = "table " + kept.table->shape.table;
  Result<bool> read = read_table(*kept.table, kept.version);
  if (!read.ok()) {
    const std::string failure = render(read.error());
    if (failure != kept.failure) log::warning("{} could not be read again, and stays as it was: {}", part, failure);
    control_.set_health(part, read.error().message());
    kept.failure = failure;
    return false;
  }
  if (!kept.failure.empty()) control_.set_health(part, "");
  kept.failure.clear();
  if (*read) log::info("{} has changed: {} rows", part, kept.table->slot->table->row_count());
  return *read;
}

void TableKeeper::look() {
  const std::scoped_lock lock(mutex_);
  if (!is_kept_) return;
  is_asked_ = true;
  changed_.notify_all();
}

bool TableKeeper::is_at_rest() const {
  const std::scoped_lock lock(mutex_);
  return !is_asked_ && !is_looking_;
}

bool TableKeeper::wait() {
  auto next = std::chrono::steady_clock::time_point::max();
  for (const Kept& kept : tables_) {
    if (kept.table->refresh) next = std::min(next, kept.due);
  }
  using std::chrono::milliseconds;
  const auto pause = std::clamp<std::chrono::steady_clock::duration>(next - clock_.steady(), milliseconds(1), std::chrono::hours(1));
  std::unique_lock lock(mutex_);
  is_looking_ = false;
  changed_.wait_for(lock, pause, [&] { return is_stopping_ || is_asked_; });
  is_looking_ = true;
  is_asked_ = false;
  return !is_stopping_;
}

void TableKeeper::keep(const std::function<Status()>& changed) {
  while (wait()) {
    bool is_news = false;
    for (Kept& kept : tables_) {
      if (!kept.table->refresh || clock_.steady() < kept.due) continue;
      is_news = read_again(kept) || is_news;
      kept.due = clock_.steady() + *kept.table->refresh;
    }
    if (!is_news) continue;
    if (Status status = changed(); !status.ok()) return control_.fail(std::move(status).error());
  }
}

}  // namespace weir
