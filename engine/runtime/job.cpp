// job.cpp — puts the parts of a running job together and takes them apart in the right order.
#include "engine/runtime/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

#include "engine/base/log.h"
#include "engine/runtime/flow.h"
#include "engine/runtime/keyed_state.h"
#include "engine/runtime/lane.h"
#include "engine/runtime/outlets.h"
#include "engine/runtime/process_identity.h"
#include "engine/runtime/split_keeper.h"
#include "engine/runtime/stage_runner.h"
#include "engine/runtime/state_ownership.h"
#include "engine/runtime/table_keeper.h"

namespace weir {
namespace {

constexpr std::size_t seen_keys_per_generation = 390'000;  // three quarters of 2^19 slots of 16 bytes
constexpr std::chrono::milliseconds between_looks{10};
constexpr std::chrono::milliseconds between_looks_for_end{2};
constexpr std::chrono::milliseconds between_idle_looks{200};

// Where no sink takes rows as they come, a chunk is small once its rows are in groups, and next to nothing once these are in the state.
std::size_t most_in_flight(const Plan& plan, const JobOptions& options) {
  const std::vector<Stage> stages = fuse(plan);
  const bool has_rows = std::any_of(stages.begin(), stages.end(), [](const Stage& stage) { return !stage.branches.empty(); });
  return has_rows ? options.memory_bytes : options.memory_bytes / 2;
}

class StreamJob final : public Job {
 public:
  StreamJob(std::shared_ptr<const Plan> plan, JobOptions options, const Clock& clock)
      : plan_(std::move(plan)),
        options_(options),
        clock_(clock),
        owner_(make_owner()),
        credit_(most_in_flight(*plan_, options)),
        counters_(*plan_),
        limits_(*plan_) {}

  Status open();
  Status run() override;
  void stop() override { control_.drain(); }
  void finish() override {
    has_ended_ = !options_.more_to_come;
    control_.drain();
  }
  JobStatus status() const override;
  void look_at_clock() override;
  bool is_at_rest() const override;

 private:
  Status open_sources();
  Status open_store();
  Status open_stages();
  Result<bool> open_state();
  Status load_state(Position position);
  void open_lanes(const std::vector<std::size_t>& order);
  Status give_kept(const std::shared_ptr<SplitRun>& split);
  SplitKeeper::OnClaim on_claim();
  std::size_t lane_count() const {
    // All of an epoch's state is committed at once.
    return state_ != nullptr ? 1 : std::max<std::size_t>(1, std::min(options_.writers, store_->useful_writers()));
  }
  FlowBodies bodies();
  void recharge(StagedChunk& chunk);
  void look_for_idle_splits();
  bool find_idle_splits();
  void wait_for_end();
  void drain();

  const std::shared_ptr<const Plan> plan_;
  const JobOptions options_;
  const Clock& clock_;
  const std::string owner_;
  JobControl control_;
  Credit credit_;
  JobCounters counters_;
  SinkLimits limits_;

  mutable std::mutex
      parts_mutex_;  // taken to make or take apart the parts that others look at: sources_, lanes_ and keeper_

  // In the order of construction: what comes later uses what comes before, and is destroyed first.
  std::unique_ptr<Store> store_;
  std::unique_ptr<Outlets> outlets_;
  std::vector<Stage> stages_;
  AllTableKeys keys_;
  std::unique_ptr<KeyedState> state_;                  // null: the pipeline is stateless
  TableKeeper tables_{*plan_, control_, clock_};
  std::vector<std::unique_ptr<StageRunner>> runners_;  // one per stage
  std::vector<std::unique_ptr<Source>> sources_;       // one per stage
  std::unique_ptr<Sequencer> sequencer_;               // null: nothing needs an order
  std::atomic<bool> has_ended_ = false;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::unique_ptr<Flow> flow_;
  std::vector<std::unique_ptr<SourceLoop>> loops_;  // one per stage
  std::chrono::steady_clock::time_point last_look_{};
  std::unique_ptr<SplitKeeper> keeper_;
};

// Sources first: they connect in the background, while the store looks at its tables.
Status StreamJob::open() {
  WEIR_TRY(open_sources());
  WEIR_TRY(open_store());
  WEIR_TRY(open_stages());
  WEIR_ASSIGN(outlets_, Outlets::open(*plan_));
  return {};
}

Status StreamJob::open_store() {
  const Connection& connection = plan_->connections[plan_->sinks.front().connection];
  WEIR_ASSIGN(store_, connection.definition->open({plan_->name, owner_, fingerprint(*plan_)}));
  store_->connect_ahead();
  std::vector<SinkTable> tables;
  WEIR_ASSIGN(const std::vector<std::size_t> order, write_order(*plan_, plan_->sinks.front().connection));
  for (const std::size_t sink : order) tables.push_back(plan_->sinks[sink].table);
  if (Status status = store_->prepare(tables, options_.create_tables); !status.ok()) {
    return std::move(status).error().in("connection " + connection.name);
  }
  return {};
}

Status StreamJob::open_sources() {
  stages_ = fuse(*plan_);
  for (const Stage& stage : stages_) {
    const auto& scan = std::get<ScanNode>(plan_->nodes[stage.scan].operation);
    SourceContext context{.pipeline = plan_->name,
                          .source = scan.source,
                          .chunk_rows = options_.chunk_rows,
                          .chunk_bytes = options_.chunk_bytes,
                          .memory_bytes = options_.source_memory_bytes / stages_.size(),
                          .needs_headers = stage.needs_headers,
                          .ends = options_.until_end};
    auto source = scan.definition->open(context);
    if (!source.ok()) return std::move(source).error().in("source " + scan.source);
    sources_.push_back(std::move(source).value());
  }
  return {};
}

Status StreamJob::open_stages() {
  StateLimits limits = plan_->state;
  if (options_.state_memory) limits.memory = options_.state_memory;
  if (!options_.state_directory.empty()) limits.directory = options_.state_directory;
  WEIR_ASSIGN(state_, KeyedState::make(*plan_, *store_, clock_, limits));
  if (state_ != nullptr && options_.shard)
    return Error{ErrorKind::usage, "a stateful pipeline is run by one process: it cannot be sharded"};
  for (const SinkNode& sink : plan_->sinks) {
    const bool is_useful = sink.table.on_conflict == OnConflict::ignore && !sink.table.key.empty();
    keys_.emplace_back();
    if (!is_useful) continue;
    keys_.back().seen = std::make_unique<SeenKeys>(seen_keys_per_generation);
    keys_.back().pending = std::make_unique<PendingKeys>(lane_count());
  }
  WEIR_TRY(tables_.read_all());
  if (state_ != nullptr) WEIR_TRY(state_->compile_joins(*store_, keys_));
  for (const Stage& stage : stages_) {
    WEIR_ASSIGN(auto runner, StageRunner::make(*plan_, stage, *store_, keys_, clock_));
    runners_.push_back(std::move(runner));
  }
  return {};
}

// What a process that died has perhaps not given away.
Status StreamJob::give_kept(const std::shared_ptr<SplitRun>& split) {
  WEIR_ASSIGN(const auto administration, store_->administration());
  WEIR_ASSIGN(std::vector<KeptRows> kept, read_outbox(*plan_, *administration, split.get()));
  lanes_[split == nullptr ? 0 : split->lane]->give(std::move(kept), split);
  return {};
}

SplitKeeper::OnClaim StreamJob::on_claim() {
  if (state_ != nullptr || !has_outlets(*plan_)) return nullptr;
  return [this](const std::shared_ptr<SplitRun>& split) { return give_kept(split); };
}

void StreamJob::open_lanes(const std::vector<std::size_t>& order) {
  for (std::size_t lane = 0; lane < lane_count(); ++lane) {
    LaneContext context{*plan_,
                        stages_,
                        keys_,
                        sources_,
                        *store_,
                        *outlets_,
                        credit_,
                        control_,
                        counters_,
                        clock_,
                        [this] { keeper_->refresh(); },
                        [this](const std::vector<StagedChunkPtr>& epoch) { keeper_->read_again(epoch); },
                        state_.get(),
                        has_ended_,
                        // Groups that change often are written once an epoch: the more rows, the less there is to write.
                        options_.epoch_rows * (state_ == nullptr ? 1 : 4),
                        options_.retry_pause,
                        &limits_,
                        options_.until_end};
    lanes_.push_back(std::make_unique<Lane>(lane, std::move(context), order));
  }
}

Status StreamJob::load_state(Position position) {
  WEIR_ASSIGN(const auto administration, store_->administration());
  return state_->load(*administration, std::move(position));
}

// The state of this pipeline, as it was last committed. False where the job ends before it had it.
Result<bool> StreamJob::open_state() {
  WEIR_ASSIGN(std::optional<Position> position, own_state(*store_, owner_, options_.lease, !options_.until_end, control_));
  if (!position) return false;
  if (Status loaded = load_state(*std::move(position)); !loaded.ok()) {
    // Whoever comes next need not wait for the lease to run out.
    if (auto leases = store_->leases(); leases.ok() && !(*leases)->leave().ok()) log::debug("the lease could not be given up");
    return std::move(loaded).error();
  }
  const StateCounts counts = state_->counts();
  counters_.set_state(counts);
  if (counts.spilled_groups > 0)
    log::info("restored {} groups, {} of them on disk", counts.groups, counts.spilled_groups);
  else if (counts.groups > 0)
    log::info("restored {} groups", counts.groups);
  if (counts.spilled_rows > 0)
    log::info("restored {} rows that wait to be joined, {} of them on disk", counts.joined_rows, counts.spilled_rows);
  else if (counts.joined_rows > 0)
    log::info("restored {} rows that wait to be joined", counts.joined_rows);
  return true;
}

Status StreamJob::run() {
  if (state_ != nullptr) {
    WEIR_ASSIGN(const bool has_state, open_state());
    if (!has_state) return {};
  }
  WEIR_ASSIGN(const std::vector<std::size_t> order, write_order(*plan_, plan_->sinks.front().connection));
  open_lanes(order);
  // The state's owner has all splits.
  if (state_ != nullptr && has_outlets(*plan_)) WEIR_TRY(give_kept(nullptr));
  const std::size_t workers =
      options_.workers != 0 ? options_.workers : std::max(1u, std::thread::hardware_concurrency());
  flow_ = std::make_unique<Flow>(workers, bodies());
  std::vector<SplitKeeper::SourceEntry> entries;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const std::string& name = std::get<ScanNode>(plan_->nodes[stages_[i].scan].operation).source;
    loops_.push_back(
        std::make_unique<SourceLoop>(*sources_[i], name, options_.until_end, credit_, control_, counters_,
                                     [this](StagedChunkPtr chunk) { flow_->put(std::move(chunk)); }));
    entries.push_back({name, sources_[i].get(), loops_[i].get()});
  }
  auto keeper = std::make_unique<SplitKeeper>(*store_, std::move(entries), options_, lanes_.size(), owner_,
                                              control_, clock_, state_ == nullptr ? nullptr : &state_->watermarks(), on_claim());
  {
    const std::scoped_lock lock(parts_mutex_);
    keeper_ = std::move(keeper);
  }
  for (const auto& lane : lanes_) lane->start();
  for (const auto& loop : loops_) loop->start();
  keeper_->start();
  tables_.start([this]() -> Status {
    for (const auto& runner : runners_) WEIR_TRY(runner->renew());
    return state_ == nullptr ? Status{} : state_->renew();
  });
  wait_for_end();
  drain();
  if (auto failure = control_.failure()) return std::move(*failure);
  return {};
}

FlowBodies StreamJob::bodies() {
  FlowBodies bodies;
  const auto needs_order = [](const Stage& stage) {
    return stage.is_timed || std::any_of(stage.expansions.begin(), stage.expansions.end(), [](const Expansion& one) { return one.dedup != nullptr; });
  };
  bodies.deliver = [this](StagedChunkPtr chunk) { lanes_[chunk->split->lane]->put(std::move(chunk)); };
  if (std::none_of(stages_.begin(), stages_.end(), needs_order)) {
    bodies.work = [this](StagedChunk& chunk) {
      runners_[chunk.split->source]->run(chunk);
      recharge(chunk);
    };
    return bodies;
  }
  sequencer_ = std::make_unique<Sequencer>(stages_, state_->watermarks(), state_->dedups(), clock_);
  bodies.work = [this](StagedChunk& chunk) { runners_[chunk.split->source]->run(chunk); };
  bodies.sequence = [this](StagedChunk* chunk, const std::function<void(StagedChunk*)>& pass) { sequencer_->put(chunk, pass); };
  bodies.finish = [this](StagedChunk& chunk) {
    runners_[chunk.split->source]->finish(chunk);
    recharge(chunk);
  };
  return bodies;
}

// Before a chunk is worked on, what it will take is a guess; afterwards it is known.
void StreamJob::recharge(StagedChunk& chunk) {
  const std::size_t guessed = chunk.charged_bytes;
  chunk.charged_bytes = chunk.memory_bytes();
  credit_.take(chunk.charged_bytes);
  credit_.give_back(guessed);
}

void StreamJob::wait_for_end() {
  while (control_.sleep_while(JobControl::State::running, options_.until_end ? between_looks_for_end : between_looks)) {
    if (options_.until_end && keeper_->is_finished()) finish();
    if (limits_.are_reached()) control_.drain();
    // A job that ends by itself writes at its end what idle splits would only hold back.
    if (!options_.until_end && state_ != nullptr) look_for_idle_splits();
  }
}

void StreamJob::look_for_idle_splits() {
  const auto now = clock_.steady();
  if (state_->watermarks().is_empty() || now - last_look_ < between_idle_looks) return;
  last_look_ = now;
  if (find_idle_splits()) lanes_.front()->poke();
}

bool StreamJob::find_idle_splits() {
  bool is_news = false;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const std::string& name = std::get<ScanNode>(plan_->nodes[stages_[i].scan].operation).source;
    // Of a source that is not reached, nobody knows whether it has more.
    if (!state_->watermarks().knows(name) || !sources_[i]->health().empty()) continue;
    std::set<std::string> at_end;
    for (const SplitLag& split : sources_[i]->lag()) {
      if (split.rows == 0) at_end.insert(split.split);
    }
    is_news = state_->watermarks().rest(name, at_end, clock_.steady()) || is_news;
  }
  return is_news;
}

void StreamJob::look_at_clock() {
  const std::scoped_lock lock(parts_mutex_);
  if (keeper_ == nullptr || lanes_.empty() || state_ == nullptr) return tables_.look();
  find_idle_splits();
  tables_.look();
  lanes_.front()->poke();
}

bool StreamJob::is_at_rest() const {
  const std::scoped_lock lock(parts_mutex_);
  return keeper_ != nullptr && keeper_->is_settled() && tables_.is_at_rest() &&
         std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->is_at_rest(); });
}

// Sources stop first; then what they had read runs through the graph and is committed; then the leases are
// given up.
void StreamJob::drain() {
  tables_.stop();
  for (const auto& loop : loops_) loop->join();
  flow_->wait_until_empty();
  for (const auto& lane : lanes_) lane->close();
  for (const auto& lane : lanes_) lane->join();
  keeper_->stop();  // it may give a lane something yet, which then stays in the outbox
  const std::scoped_lock lock(parts_mutex_);
  lanes_.clear();
  loops_.clear();
  sources_.clear();
}

JobStatus StreamJob::status() const {
  JobStatus status;
  counters_.fill(status);
  status.health = control_.health();
  const std::scoped_lock lock(parts_mutex_);
  if (keeper_ == nullptr) return status;
  status.splits = keeper_->split_count();
  std::int64_t lag = 0;
  for (const auto& source : sources_) {
    for (const SplitLag& split : source->lag()) {
      if (split.rows < 0 || lag < 0)
        lag = -1;
      else
        lag += split.rows;
    }
    if (const std::string health = source->health(); !health.empty())
      status.health += (status.health.empty() ? "" : "; ") + health;
  }
  status.lag = lag;
  return status;
}

Status check_one_connection(const Plan& plan) {
  if (plan.sinks.empty()) return Error{ErrorKind::user, "the pipeline has no sink: nothing would be written"};
  for (const SinkNode& sink : plan.sinks) {
    if (sink.connection == plan.sinks.front().connection) continue;
    return Error{ErrorKind::user,
                 fmt::format("sinks {} and {} use different connections; all sinks of a pipeline commit in "
                             "one transaction, so they share one connection",
                             plan.sinks.front().table.sink, sink.table.sink),
                 sink.where};
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Job>> Job::create(std::shared_ptr<const Plan> plan, JobOptions options,
                                         const Clock& clock) {
  WEIR_TRY(check_one_connection(*plan));
  auto job = std::make_unique<StreamJob>(std::move(plan), options, clock);
  WEIR_TRY(job->open());
  return std::unique_ptr<Job>(std::move(job));
}

}  // namespace weir
