// split_keeper.cpp — one round: list splits, beat, see what was lost, claim what is free, give up what is too
// much.
#include "engine/runtime/split_keeper.h"

#include <algorithm>
#include <charconv>

#include "engine/base/log.h"
#include "engine/runtime/keyed_state.h"
#include "engine/runtime/retry.h"
#include "engine/runtime/process_identity.h"

namespace weir {
namespace {

constexpr std::chrono::seconds between_listings{30};  // new partitions are found within this time
constexpr std::chrono::milliseconds between_rounds_at_start{100};
constexpr std::chrono::milliseconds first_pause{250};
constexpr std::chrono::milliseconds longest_pause{10'000};

// "product_view/3" is number 3; a name without a number counts by its hash.
std::size_t number_of(const std::string& split) {
  const auto slash = split.rfind('/');
  std::size_t number = 0;
  if (slash != std::string::npos) {
    const char* end = split.data() + split.size();
    if (std::from_chars(split.data() + slash + 1, end, number).ptr == end) return number;
  }
  return std::hash<std::string>{}(split);
}

}  // namespace

SplitKeeper::SplitKeeper(Store& store, std::vector<SourceEntry> sources, const JobOptions& options,
                         std::size_t lanes, std::string owner, JobControl& control, const Clock& clock,
                         Watermarks* watermarks, OnClaim on_claim)
    : store_(store),
      options_(options),
      lanes_(lanes),
      owner_(std::move(owner)),
      control_(control),
      clock_(clock),
      watermarks_(watermarks),
      on_claim_(std::move(on_claim)) {
  for (SourceEntry& entry : sources) {
    SourceState state;
    state.entry = std::move(entry);
    sources_.push_back(std::move(state));
  }
}

SplitKeeper::~SplitKeeper() { stop(); }

void SplitKeeper::start() {
  thread_ = std::thread([this] { run(); });
}

void SplitKeeper::run() {
  Retry retry(first_pause, longest_pause);
  for (;;) {
    std::uint64_t asked = 0;
    {
      const std::scoped_lock lock(mutex_);
      if (is_stopping_) break;
      asked = refreshes_asked_;
    }
    const Status status = round();
    std::chrono::milliseconds pause = options_.lease / 4;
    if (status.ok()) {
      control_.set_health("leases", "");
      retry.worked();
    } else if (status.error().kind() == ErrorKind::service) {
      const Retry::Pause next = retry.failed(status.error().message(), clock_.steady());
      if (next.is_news) log::warning("{}; trying again", status.error().message());
      control_.set_health("leases", status.error().message());
      leases_.reset();
      pause = std::min(pause, next.time);
    } else {
      control_.fail(Error(status.error()));
    }
    std::unique_lock lock(mutex_);
    if (status.ok()) refreshes_done_ = asked;
    const bool is_settled =
        std::all_of(sources_.begin(), sources_.end(), [](const SourceState& s) { return s.is_settled; });
    if (status.ok() && !is_settled) pause = std::min(pause, between_rounds_at_start);
    changed_.notify_all();
    if (control_.is_broken()) pause = std::chrono::milliseconds(50);
    changed_.wait_for(lock, pause, [&] { return is_stopping_ || refreshes_asked_ != asked; });
  }
  if (leases_ != nullptr && !leases_->leave().ok())
    log::debug("the leases could not be given up; they will run out by themselves");
}

void SplitKeeper::refresh() {
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = ++refreshes_asked_;
  changed_.notify_all();
  while (refreshes_done_ < ticket && !is_stopping_ && !control_.is_broken()) {
    changed_.wait_for(lock, std::chrono::milliseconds(50));
  }
}

void SplitKeeper::read_again(const std::vector<StagedChunkPtr>& epoch) {
  const std::scoped_lock lock(mutex_);
  for (const StagedChunkPtr& chunk : epoch) {
    SourceState& state = sources_[chunk->split->source];
    chunk->split->is_lost = true;
    const auto owned = state.owned.find(chunk->split->split);
    if (owned == state.owned.end() || owned->second.run != chunk->split) continue;
    log::warning(
        "source {}: split {} stands at another position than this process thought; reading goes on from "
        "there",
        state.entry.name, owned->first);
    state.entry.loop->remove(owned->second.run);
    state.owned.erase(owned);
    state.is_settled = false;
  }
  ++refreshes_asked_;
  changed_.notify_all();
}

void SplitKeeper::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool SplitKeeper::is_finished() const {
  const std::scoped_lock lock(mutex_);
  return std::all_of(sources_.begin(), sources_.end(), [](const SourceState& state) {
    return state.is_settled && std::all_of(state.owned.begin(), state.owned.end(), [](const auto& owned) {
             // Order matters: rows of a split that is at its end are counted in flight before the end is
             // told.
             return owned.second.run->is_at_end && owned.second.run->in_flight <= 1;
           });
  });
}

bool SplitKeeper::is_settled() const {
  const std::scoped_lock lock(mutex_);
  return std::all_of(sources_.begin(), sources_.end(), [](const SourceState& state) {
    return state.is_settled && std::all_of(state.owned.begin(), state.owned.end(), [](const auto& owned) { return owned.second.run->in_flight <= 1; });
  });
}

std::size_t SplitKeeper::split_count() const {
  const std::scoped_lock lock(mutex_);
  std::size_t count = 0;
  for (const SourceState& state : sources_) count += state.owned.size();
  return count;
}

Status SplitKeeper::round() {
  if (leases_ == nullptr) {
    WEIR_ASSIGN(leases_, store_.leases());
  }
  if (watermarks_ != nullptr) WEIR_TRY(check_state());
  // One source's trouble must not let the leases of the others run out.
  Status first;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    Status status = share(sources_[i], i);
    if (status.ok() || (!first.ok() && status.error().kind() == ErrorKind::service)) continue;
    first = std::move(status).error().in("source " + sources_[i].entry.name);
  }
  return first;
}

// Splits without the state are of no use: what it holds now is another process's to go on from.
Status SplitKeeper::check_state() {
  WEIR_ASSIGN(const SplitLeases::Board board, leases_->heartbeat(state_source, options_.lease));
  for (const SplitState& split : board.splits) {
    if (split.owner == owner_) return {};
    return Error{ErrorKind::fatal, "this pipeline is run by another process now: " + (split.owner.empty() ? "nobody yet" : split.owner)};
  }
  return Error{ErrorKind::fatal, "the state of this pipeline is not stored any more"};
}

Status SplitKeeper::list_splits(SourceState& state) {
  if (!state.splits.empty() && clock_.steady() - state.listed < between_listings) return {};
  auto splits = state.entry.source->list_splits();
  // With splits already known, a broker that does not answer is no reason to let leases run out.
  if (!splits.ok() && !state.splits.empty() && splits.error().kind() == ErrorKind::service) {
    state.listed = clock_.steady();
    return {};
  }
  WEIR_ASSIGN(state.splits, std::move(splits));
  state.listed = clock_.steady();
  return {};
}

Status SplitKeeper::share(SourceState& state, std::size_t source) {
  WEIR_TRY(list_splits(state));
  WEIR_ASSIGN(SplitLeases::Board board, leases_->heartbeat(state.entry.name, options_.lease));
  mark_lost(state, board);
  WEIR_TRY(release_drained(state));
  // A job that ends takes on nothing new; it only keeps what it is committing.
  if (!control_.is_running()) return {};
  WEIR_TRY(add_new_splits(state, board));
  if (watermarks_ != nullptr) {
    // Before any of them is read: no window closes before its last split has had a say.
    std::vector<std::string> splits;
    for (const SplitState& split : board.splits) splits.push_back(split.split);
    watermarks_->join(state.entry.name, splits, clock_.steady());
  }
  // A process of this machine that was killed counts no longer, though its lease has not run out.
  const auto members =
      std::max<std::size_t>(1, static_cast<std::size_t>(std::count_if(
                                   board.members.begin(), board.members.end(),
                                   [](const std::string& member) { return !is_surely_dead(member); })));
  const std::size_t fair_share =
      options_.shard || watermarks_ != nullptr ? board.splits.size() : (board.splits.size() + members - 1) / members;
  WEIR_TRY(give_up_surplus(state, fair_share));
  bool is_settled = !board.splits.empty();
  for (const SplitState& split : board.splits) {
    std::size_t owned = 0;
    {
      const std::scoped_lock lock(mutex_);
      if (state.owned.contains(split.split)) continue;
      owned = state.owned.size();
    }
    const bool is_wanted = options_.shard ? is_mine(split.split) : is_free(split);
    if (!is_wanted) continue;
    if (owned < fair_share) WEIR_TRY(claim(state, source, split));
    const std::scoped_lock lock(mutex_);
    is_settled = is_settled && state.owned.contains(split.split);
  }
  const std::scoped_lock lock(mutex_);
  state.is_settled = is_settled;
  return {};
}

bool SplitKeeper::is_mine(const std::string& split) const {
  return number_of(split) % options_.shard->count == options_.shard->index;
}

bool SplitKeeper::is_free(const SplitState& split) const {
  return split.owner.empty() || split.is_expired || split.owner == owner_ || is_surely_dead(split.owner);
}

Status SplitKeeper::add_new_splits(SourceState& state, SplitLeases::Board& board) {
  std::vector<SplitLeases::FirstPosition> added;
  for (const std::string& split : state.splits) {
    const bool is_known = std::any_of(board.splits.begin(), board.splits.end(),
                                      [&](const SplitState& s) { return s.split == split; });
    if (is_known) continue;
    WEIR_ASSIGN(Position position, state.entry.source->start_position(split, !board.first_start));
    log::info("source {}: split {} is new and starts at {}", state.entry.name, split, position);
    added.push_back({split, std::move(position)});
  }
  if (added.empty()) return {};
  WEIR_TRY(leases_->add(state.entry.name, added));
  WEIR_ASSIGN(board, leases_->heartbeat(state.entry.name, options_.lease));
  return {};
}

void SplitKeeper::mark_lost(SourceState& state, const SplitLeases::Board& board) {
  const std::scoped_lock lock(mutex_);
  for (auto owned = state.owned.begin(); owned != state.owned.end();) {
    const auto known = std::find_if(board.splits.begin(), board.splits.end(),
                                    [&](const SplitState& s) { return s.split == owned->first; });
    if (known != board.splits.end() && known->owner == owner_) {
      ++owned;
      continue;
    }
    log::warning("source {}: split {} belongs to another process now", state.entry.name, owned->first);
    owned->second.run->is_lost = true;
    state.entry.loop->remove(owned->second.run);
    owned = state.owned.erase(owned);
  }
}

Status SplitKeeper::claim(SourceState& state, std::size_t source, const SplitState& split) {
  WEIR_ASSIGN(std::optional<Position> position,
              leases_->claim(state.entry.name, split.split, split.owner, options_.lease));
  if (!position) return {};
  auto run = std::make_shared<SplitRun>();
  run->source = source;
  run->source_name = state.entry.name;
  run->split = split.split;
  run->in_flight =
      1;  // while its source reads it; SourceLoop takes this one back when it has stopped reading
  {
    const std::scoped_lock lock(mutex_);
    run->lane = quietest_lane();
  }
  if (on_claim_ != nullptr) WEIR_TRY(on_claim_(run));
  {
    const std::scoped_lock lock(mutex_);
    state.owned[split.split] = {run};
  }
  log::info("source {}: reading split {} from {}", state.entry.name, split.split, *position);
  state.entry.loop->add(std::move(run), std::move(*position));
  return {};
}

std::size_t SplitKeeper::quietest_lane() const {
  std::vector<std::size_t> load(lanes_, 0);
  for (const SourceState& state : sources_) {
    for (const auto& [name, owned] : state.owned) ++load[owned.run->lane];
  }
  return static_cast<std::size_t>(std::min_element(load.begin(), load.end()) - load.begin());
}

// The split stays ours until what is in flight is committed: see release_drained.
Status SplitKeeper::give_up_surplus(SourceState& state, std::size_t fair_share) {
  const std::scoped_lock lock(mutex_);
  std::size_t staying = 0;
  for (auto& [name, owned] : state.owned) {
    if (owned.is_leaving || ++staying <= fair_share) continue;
    owned.is_leaving = true;
    state.entry.loop->remove(owned.run);
  }
  return {};
}

Status SplitKeeper::release_drained(SourceState& state) {
  std::vector<std::string> drained;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, owned] : state.owned) {
      if (owned.is_leaving && owned.run->in_flight == 0) drained.push_back(name);
    }
  }
  for (const std::string& split : drained) {
    WEIR_TRY(leases_->release(state.entry.name, split));
    log::info("source {}: split {} given up to another process", state.entry.name, split);
    const std::scoped_lock lock(mutex_);
    state.owned.erase(split);
  }
  return {};
}

}  // namespace weir
