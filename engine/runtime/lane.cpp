// lane.cpp — takes what has gathered, commits it, retries while the database is away.
#include "engine/runtime/lane.h"

#include <algorithm>
#include <functional>
#include <random>
#include <utility>

#include "engine/base/failpoint.h"
#include "engine/base/log.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds longest_pause{10'000};
constexpr std::chrono::seconds drain_patience{10};
constexpr std::chrono::seconds longest_wait{1};  // the clock on the wall may be set
constexpr std::size_t many_rows = 4'000;              // an epoch of so many is of a pipeline that catches up,
constexpr std::chrono::milliseconds shortest_epoch{200};  // and then the next one begins this much later,
constexpr std::chrono::milliseconds between_chunks{40};   // unless no rows came for so long

// Several lanes and processes that lost the same database should not come back in step.
std::chrono::milliseconds jittered(std::chrono::milliseconds pause) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return pause / 2 + std::chrono::milliseconds(
                         static_cast<std::int64_t>(random() % static_cast<unsigned>(pause.count() / 2 + 1)));
}

std::size_t rows_of(const std::vector<StagedChunkPtr>& chunks) {
  std::size_t rows = 0;
  for (const StagedChunkPtr& chunk : chunks) rows += static_cast<std::size_t>(chunk->row_count());
  return rows;
}

}  // namespace

Lane::Lane(std::size_t number, LaneContext context, std::vector<std::size_t> write_order)
    : number_(number),
      context_(std::move(context)),
      outbox_(has_outlets(context_.plan) ? std::make_unique<Outbox>(context_.plan, context_.store) : nullptr),
      assembler_(number, context_.plan, context_.stages, std::move(write_order), context_.keys, context_.state, outbox_.get(), context_.limits) {}

Lane::~Lane() {
  close();
  join();
}

void Lane::join() {
  if (thread_.joinable()) thread_.join();
}

void Lane::start() {
  thread_ = std::thread([this] { run(); });
}

void Lane::put(StagedChunkPtr chunk) {
  {
    const std::scoped_lock lock(mutex_);
    auto& of_split = pending_[chunk->split.get()];
    of_split.emplace(chunk->sequence, std::move(chunk));
  }
  changed_.notify_one();
}

void Lane::give(std::vector<KeptRows> kept, std::shared_ptr<SplitRun> split) {
  {
    const std::scoped_lock lock(mutex_);
    for (KeptRows& rows : kept) kept_.emplace_back(std::move(rows), split);
  }
  changed_.notify_one();
}

void Lane::close() {
  {
    const std::scoped_lock lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
}

void Lane::poke() {
  {
    const std::scoped_lock lock(mutex_);
    is_poked_ = true;
  }
  changed_.notify_one();
}

bool Lane::is_at_rest() {
  const std::scoped_lock lock(mutex_);
  return !is_working_ && !is_poked_ && kept_.empty() && pending_.empty();
}

void Lane::run() {
  while (std::optional<Epoch> epoch = take()) {
    if (context_.control.is_broken()) {
      for (const StagedChunkPtr& chunk : *epoch) give_back(*chunk);
      continue;
    }
    commit(*std::move(epoch));
  }
  if (context_.state != nullptr && context_.has_ended && !context_.control.is_broken() && context_.state->has_unwritten()) commit({}, true);
  empty_outbox();
}

void Lane::give_away_kept(std::unique_lock<std::mutex>& lock) {
  const std::vector<std::pair<KeptRows, std::shared_ptr<SplitRun>>> kept = std::exchange(kept_, {});
  lock.unlock();
  for (const auto& [rows, split] : kept) {
    outbox_->found(rows, split);
    if (rows.rows.rows.empty() || context_.control.is_broken()) continue;
    OutletWrite write{rows.sink, {}};
    for (std::uint32_t i = 0; i < rows.rows.rows.size(); ++i) write.rows.push_back({&rows.rows, i, 0});
    log::info("sink {}: {} rows of the last commit come again", context_.plan.sinks[rows.sink].table.sink, write.rows.size());
    Status given = context_.outlets.write_patiently({&write, 1}, context_.control, context_.clock, context_.retry_pause);
    if (!given.ok()) context_.control.fail(std::move(given).error());
  }
  lock.lock();
}

// All of it has been given away. Where that cannot be stored, the rows come again: no reason to fail.
void Lane::empty_outbox() {
  if (outbox_ == nullptr || context_.control.is_broken()) return;
  const EncodedRows& gone = outbox_->forget(++epoch_).gone;
  if (gone.rows.empty()) return;
  EpochWrite write;
  write.epoch = epoch_;
  TableWrite& table = write.tables.emplace_back(TableWrite{&outbox_->state_key_table(), no_ledger_line, {}, false});
  table.is_removal = true;
  for (std::uint32_t i = 0; i < gone.rows.size(); ++i) table.rows.push_back({&gone, i, 0});
  std::sort(table.rows.begin(), table.rows.end(),
            [&](const RowReference& a, const RowReference& b) { return gone.key_of(gone.rows[a.index]) < gone.key_of(gone.rows[b.index]); });
  const auto commit_once = [&]() -> Status {
    if (writer_ == nullptr) {
      WEIR_ASSIGN(writer_, context_.store.writer(number_));
    }
    return writer_->commit(write).status();
  };
  const Status emptied = commit_once();
  if (!emptied.ok()) log::warning("the latest rows of sinks that are no tables will come again: {}", emptied.error().message());
}

bool Lane::has_ready(std::optional<std::size_t> stage) const {
  return std::any_of(pending_.begin(), pending_.end(), [&](const auto& entry) {
    const auto& [split, chunks] = entry;
    return (!stage || split->source == *stage) && !chunks.empty() && chunks.begin()->first == split->next_committed;
  });
}

// An epoch is of one source, so that its ledger has one line per sink; sources take turns.
Lane::Epoch Lane::take_turn() {
  Epoch epoch;
  for (std::size_t turn = 1; turn <= context_.stages.size() && epoch.empty(); ++turn) {
    const std::size_t stage = (last_stage_ + turn) % context_.stages.size();
    take_ready(stage, context_.epoch_rows, epoch);
    if (!epoch.empty()) last_stage_ = stage;
  }
  return epoch;
}

// Not where nothing more comes: then everybody would wait for nothing.
void Lane::let_gather(std::unique_lock<std::mutex>& lock, Epoch& epoch) {
  const std::size_t stage = last_stage_;
  std::size_t absorbed = 0;
  for (auto now = std::chrono::steady_clock::now(); now < gathers_until_; now = std::chrono::steady_clock::now()) {
    lock.unlock();
    absorb(epoch, std::exchange(absorbed, epoch.size()));
    lock.lock();
    const auto is_enough = [&] { return is_closed_ || !kept_.empty() || context_.control.is_broken(); };
    const auto has_more = [&] { return has_ready(stage); };
    if (!has_more() && !is_last(epoch)) changed_.wait_until(lock, std::min(gathers_until_, now + between_chunks), [&] { return is_enough() || has_more(); });
    const std::size_t rows = rows_of(epoch);
    if (is_enough() || !has_more() || rows >= context_.epoch_rows || context_.state->is_too_much()) break;
    take_ready(stage, context_.epoch_rows - rows, epoch);
  }
  std::stable_sort(epoch.begin(), epoch.end(), [](const StagedChunkPtr& a, const StagedChunkPtr& b) { return std::less<>()(a->split.get(), b->split.get()); });
}

bool Lane::is_last(const Epoch& epoch) const {
  return context_.ends && std::all_of(epoch.begin(), epoch.end(), [](const StagedChunkPtr& chunk) { return chunk->split->is_at_end.load(); });
}

// What fails here is found when the epoch is to be committed.
void Lane::absorb(Epoch& epoch, std::size_t from) {
  try {
    for (std::size_t i = from; i < epoch.size(); ++i) {
      StagedChunk& chunk = *epoch[i];
      if (chunk.split->is_lost) continue;
      assembler_.absorb(chunk.split->source, chunk);
      const std::size_t charged = std::exchange(chunk.charged_bytes, std::min(chunk.charged_bytes, chunk.memory_bytes()));
      context_.credit.give_back(charged - chunk.charged_bytes);
    }
  } catch (const UnreadableState&) {
    is_state_sound();  // it is not, and that is said
  }
}

// What waits in the state becomes due by the clock on the wall.
bool Lane::wait(std::unique_lock<std::mutex>& lock) {
  const auto has_work = [&] { return has_ready() || is_closed_ || is_poked_ || !kept_.empty(); };
  const std::optional<std::int64_t> due = context_.state == nullptr ? std::nullopt : context_.state->due();
  is_working_ = due && *due <= context_.clock.wall_microseconds();
  if (!due) {
    changed_.wait(lock, has_work);
    return true;
  }
  const auto pause = std::chrono::microseconds(std::max<std::int64_t>(0, *due - context_.clock.wall_microseconds()));
  return changed_.wait_for(lock, std::min<std::chrono::microseconds>(pause, longest_wait), has_work);
}

std::optional<Lane::Epoch> Lane::take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const bool is_awake = wait(lock);
    is_working_ = true;
    if (!kept_.empty()) {
      give_away_kept(lock);
      continue;
    }
    Epoch epoch = take_turn();
    if (!epoch.empty()) {
      let_gather(lock, epoch);
      gathers_until_ = context_.state != nullptr && rows_of(epoch) >= many_rows ? std::chrono::steady_clock::now() + shortest_epoch
                                                                               : std::chrono::steady_clock::time_point{};
      return epoch;
    }
    if (is_closed_) return std::nullopt;
    const bool is_poked = std::exchange(is_poked_, false);
    if (context_.state == nullptr) continue;
    const std::optional<std::int64_t> due = context_.state->due();
    const bool is_due = !is_awake && due && *due <= context_.clock.wall_microseconds();
    if (is_due || (is_poked && context_.state->has_unwritten())) return epoch;
  }
}

void Lane::take_ready(std::size_t stage, std::size_t most_rows, Epoch& epoch) {
  std::size_t rows = 0;
  for (auto entry = pending_.begin(); entry != pending_.end() && rows < most_rows;) {
    SplitRun& split = *entry->first;
    auto& chunks = entry->second;
    std::uint64_t next = split.next_committed;
    while (split.source == stage && !chunks.empty() && chunks.begin()->first == next &&
           rows < most_rows) {
      rows += static_cast<std::size_t>(chunks.begin()->second->row_count());
      epoch.push_back(std::move(chunks.begin()->second));
      chunks.erase(chunks.begin());
      ++next;
    }
    split.next_committed = next;
    entry = chunks.empty() ? pending_.erase(entry) : std::next(entry);
  }
}

void Lane::commit(Epoch epoch, bool is_end) {
  try {
    commit_while_ours(epoch, is_end);
  } catch (const UnreadableState&) {
    is_state_sound();  // it is not, and that is said
  }
  for (const StagedChunkPtr& chunk : epoch) give_back(*chunk);
}

void Lane::commit_while_ours(Epoch& epoch, bool is_end) {
  const bool is_of_chunks = !epoch.empty();
  for (;;) {
    drop_lost(epoch);
    if (epoch.empty() && is_of_chunks) return;
    const std::size_t stage = is_of_chunks ? epoch.front()->split->source : 0;
    const EpochWrite& write = assembler_.assemble(++epoch_, stage, epoch, is_end);
    if (!is_state_sound()) break;
    if (is_of_chunks && !within_error_policy(epoch)) break;
    if (settle(write, epoch, write_patiently(write, epoch))) break;
    const std::size_t before = epoch.size();
    context_.check_ownership();
    drop_lost(epoch);
    // Ours still, and yet at another position: what is stored counts, so reading begins anew from there.
    if (epoch.size() == before) context_.read_again(epoch);
  }
}

// Whether the epoch is done with: committed, or given up with the whole job.
bool Lane::settle(const EpochWrite& write, const Epoch& epoch, Result<EpochReport> report) {
  if (report.ok()) {
    assembler_.committed(*report);
    context_.counters.add_epoch(write, assembler_.outlets(), *report, static_cast<std::int64_t>(rows_of(epoch)), context_.clock.wall_microseconds());
    for (const SplitAdvance& advance : write.advances) {
      if (advance.source != state_source)
        context_.sources[epoch.front()->split->source]->committed(advance.split, advance.to);
    }
    failpoint::here("before_outlets");
    Status given = context_.outlets.write_patiently(assembler_.outlets(), context_.control, context_.clock, context_.retry_pause);
    if (!given.ok()) context_.control.fail(std::move(given).error());
    failpoint::here("after_outlets");
    make_room();
    return true;
  }
  if (report.error().kind() != ErrorKind::fenced) {
    context_.control.fail(std::move(report).error());
    return true;
  }
  // The state holds rows now that are not committed, and another process may have gone on from the state before.
  if (context_.state != nullptr) {
    context_.control.fail(Error{ErrorKind::fatal, "this pipeline is run by another process now: " + report.error().message()});
    return true;
  }
  log::warning("{}; asking the database which splits are still ours", report.error().message());
  return false;
}

// What the local store could not give back is not in the epoch.
bool Lane::is_state_sound() {
  std::optional<Error> failure = context_.state == nullptr ? std::nullopt : context_.state->failure();
  if (failure) context_.control.fail(*failure);
  return !failure;
}

void Lane::make_room() {
  if (context_.state == nullptr) return;
  if (Status made = context_.state->make_room(); !made.ok()) context_.control.fail(std::move(made).error());
  context_.counters.set_state(context_.state->counts());
}

void Lane::drop_lost(Epoch& epoch) {
  std::erase_if(epoch, [&](const StagedChunkPtr& chunk) {
    // What is in the state already must be committed, or the job fails.
    if (!chunk->split->is_lost || chunk->is_absorbed) return false;
    give_back(*chunk);
    return true;
  });
}

bool Lane::has_lost(const Epoch& epoch) {
  return std::any_of(epoch.begin(), epoch.end(),
                     [](const StagedChunkPtr& chunk) { return chunk->split->is_lost.load(); });
}

Result<EpochReport> Lane::write_patiently(const EpochWrite& write, const Epoch& epoch) {
  const std::string part = "commit";
  std::chrono::milliseconds pause = context_.retry_pause;
  std::optional<std::chrono::steady_clock::time_point> drain_deadline;
  for (;;) {
    Status failed;
    // A split that was lost and came back is read anew: its old chunks must not be committed beside the new
    // ones.
    if (has_lost(epoch)) return Error{ErrorKind::fenced, "a split was taken over while its epoch waited"};
    if (writer_ == nullptr) {
      auto writer = context_.store.writer(number_);
      if (writer.ok())
        writer_ = std::move(writer).value();
      else
        failed = std::move(writer).error();
    }
    if (writer_ != nullptr) {
      Result<EpochReport> report = writer_->commit(write);
      if (report.ok()) context_.control.set_health(part, "");
      if (report.ok() || report.error().kind() != ErrorKind::service) return report;
      failed = std::move(report).error();
    }
    if (failed.error().kind() != ErrorKind::service) return std::move(failed).error();
    log::warning("epoch {} of writer {} is not committed yet: {}; trying again in {} ms", write.epoch,
                 number_, failed.error().message(), pause.count());
    context_.control.set_health(part, failed.error().message());
    const auto now = context_.clock.steady();
    const JobControl::State state = context_.control.state();
    if (state == JobControl::State::draining && !drain_deadline) drain_deadline = now + drain_patience;
    if (state == JobControl::State::broken || (drain_deadline && now > *drain_deadline))
      return std::move(failed).error();
    context_.control.sleep_while(state, jittered(pause));
    pause = std::min(pause * 2, longest_pause);
  }
}

bool Lane::within_error_policy(const Epoch& epoch) {
  const auto& scan =
      std::get<ScanNode>(context_.plan.nodes[context_.stages[epoch.front()->split->source].scan].operation);
  const auto rejected = static_cast<std::int64_t>(assembler_.rejected_rows());
  if (scan.on_error.reaction == OnRowError::fail && rejected > 0) {
    context_.control.fail(
        Error{ErrorKind::fatal, fmt::format("source {}: a row is wrong and on_error is fail: {}", scan.source,
                                            assembler_.first_reject())});
    return false;
  }
  policy_rows_ += static_cast<std::int64_t>(rows_of(epoch));
  policy_rejected_ += rejected;
  if (!scan.on_error.stop_above || policy_rows_ < 1000) return true;
  const double share = static_cast<double>(policy_rejected_) / static_cast<double>(policy_rows_);
  const bool is_too_much = share > *scan.on_error.stop_above;
  if (is_too_much) {
    context_.control.fail(
        Error{ErrorKind::fatal, fmt::format("source {}: {} of the latest {} rows would be rejected, more "
                                            "than stop_above ({:g}%) allows; the first: {}",
                                            scan.source, policy_rejected_, policy_rows_,
                                            *scan.on_error.stop_above * 100, assembler_.first_reject())});
  }
  policy_rows_ = 0;
  policy_rejected_ = 0;
  return !is_too_much;
}

void Lane::give_back(const StagedChunk& chunk) {
  context_.credit.give_back(chunk.charged_bytes);
  --chunk.split->in_flight;
}

}  // namespace weir
