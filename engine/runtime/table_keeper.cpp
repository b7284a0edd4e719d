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

TableKeeper::TableKeeper(const Plan& plan, JobControl& control) : plan_(plan), control_(control) {
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
  const auto now = Clock::now();
  bool is_kept = false;
  for (Kept& kept : tables_) {
    if (!kept.table->refresh) continue;
    kept.due = now + *kept.table->refresh;
    is_kept = true;
  }
  if (is_kept) thread_ = std::thread([this, changed = std::move(changed)] { keep(changed); });
}

void TableKeeper::stop() {
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

void TableKeeper::keep(const std::function<Status()>& changed) {
  for (;;) {
    auto next = Clock::time_point::max();
    for (const Kept& kept : tables_) {
      if (kept.table->refresh) next = std::min(next, kept.due);
    }
    const auto pause = std::clamp(next - Clock::now(), Clock::duration(std::chrono::milliseconds(1)), Clock::duration(std::chrono::hours(1)));
    if (!control_.sleep_while(JobControl::State::running, std::chrono::ceil<std::chrono::milliseconds>(pause))) return;
    bool is_news = false;
    for (Kept& kept : tables_) {
      if (!kept.table->refresh || Clock::now() < kept.due) continue;
      is_news = read_again(kept) || is_news;
      kept.due = Clock::now() + *kept.table->refresh;
    }
    if (!is_news) continue;
    if (Status status = changed(); !status.ok()) return control_.fail(std::move(status).error());
  }
}

}  // namespace weir
