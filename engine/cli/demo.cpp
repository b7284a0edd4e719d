// demo.cpp — weir demo: the product_view pipeline on embedded parts, from generated events to a table of the
// most viewed products.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "connectors/generate/generate.h"
#include "connectors/kafka/embedded_broker.h"
#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/run_job.h"
#include "engine/cli/terminal.h"

namespace weir {
namespace {

constexpr const char* topic = "product_view";
constexpr const char* shipped_pipeline = "pipelines/product_view/product_view.yaml";
constexpr std::chrono::milliseconds between_looks{20};
constexpr const char* top_products =
    "SELECT f.product_key AS product, max(p.name) AS name, count(*) AS views FROM fact_sales f "
    "LEFT JOIN dim_product p ON p.product_key = f.product_key GROUP BY f.product_key ORDER BY views DESC, "
    "product LIMIT 10";

struct DemoArguments {
  std::uint64_t count = 200'000;
  std::int64_t rate = 0;
  std::uint64_t seed = 1;
  std::int32_t partitions = 4;
  std::string pipeline, database, events;
};

/// Gives the next event; false: there are no more.
using NextEvent = std::function<bool(std::string& event)>;

NextEvent generated_events(const DemoArguments& arguments) {
  struct State {
    std::unique_ptr<EventGenerator> generator;
    EventBatch batch;
    std::size_t place = 0;
  };
  const auto state = std::make_shared<State>();
  state->generator = event_generators().front().make(
      {.count = arguments.count, .seed = arguments.seed, .duplicates = 0.02, .bad_per_million = 500});
  return [state](std::string& event) {
    if (state->place == state->batch.size()) {
      state->generator->next(1000, state->batch);
      state->place = 0;
    }
    if (state->place == state->batch.size()) return false;
    event = state->batch.event(state->place++);
    return true;
  };
}

Result<NextEvent> open_events(const DemoArguments& arguments) {
  if (arguments.events.empty()) return generated_events(arguments);
  const auto file = std::make_shared<std::ifstream>(arguments.events, std::ios::binary);
  if (!*file) return Error{ErrorKind::usage, "cannot read " + arguments.events};
  return NextEvent([file](std::string& event) { return static_cast<bool>(std::getline(*file, event)); });
}

/// Produces the events, no faster than they are read, and stops the job when all of them are committed.
class Feeder {
 public:
  static Result<std::shared_ptr<void>> start(EmbeddedBroker& broker, NextEvent events, std::int64_t rate,
                                             Job& job) {
    auto feeder = std::make_shared<Feeder>(job);
    const auto next = [events = std::move(events)](EventPump::Event& event) { return events(event.value); };
    WEIR_ASSIGN(feeder->pump_,
                EventPump::start(broker, topic, next, [&job] { return job.status().read; }, rate));
    feeder->watcher_ = std::thread([watched = feeder.get()] { watched->watch(); });
    return std::shared_ptr<void>(feeder);
  }
  explicit Feeder(Job& job) : job_(job) {}
  ~Feeder() {
    is_closing_ = true;
    if (watcher_.joinable()) watcher_.join();
  }

 private:
  void watch() {
    while (!is_closing_) {
      if (pump_->is_done() && job_.status().committed >= pump_->produced()) return job_.finish();
      std::this_thread::sleep_for(between_looks);
    }
  }

  Job& job_;
  std::unique_ptr<EventPump> pump_;
  std::atomic<bool> is_closing_{false};
  std::thread watcher_;
};

// In the working directory, in the tree whose build/PRESET folder holds this program, or where it is installed.
std::string find_pipeline(const std::string& given) {
  if (!given.empty()) return given;
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  for (const auto& folder :
       {std::filesystem::current_path(), program.parent_path().parent_path().parent_path(),
        program.parent_path().parent_path() / "share" / "weir"}) {
    if (std::filesystem::exists(folder / shipped_pipeline, ignored))
      return (folder / shipped_pipeline).string();
  }
  return shipped_pipeline;
}

/// The SQLite file: the one asked for, which stays, or one in the temporary folder, which goes with this
/// object.
class DemoDatabase {
 public:
  explicit DemoDatabase(const std::string& given) : path_(given), is_temporary_(given.empty()) {
    if (is_temporary_) {
      path_ = (std::filesystem::temp_directory_path() / fmt::format("weir-demo-{}.db", getpid())).string();
    }
  }
  ~DemoDatabase() {
    std::error_code ignored;
    for (const char* ending : {"", "-wal", "-shm"}) {
      if (is_temporary_) std::filesystem::remove(path_ + ending, ignored);
    }
  }
  DemoDatabase(const DemoDatabase&) = delete;
  DemoDatabase& operator=(const DemoDatabase&) = delete;
  const std::string& path() const { return path_; }
  bool is_temporary() const { return is_temporary_; }

 private:
  std::string path_;
  bool is_temporary_;
};

// Another pipeline may have other tables, or none.
bool has_table(const Plan& plan, const std::string& name = "") {
  return std::any_of(plan.sinks.begin(), plan.sinks.end(),
                     [&](const SinkNode& sink) { return sink.outlet == nullptr && (name.empty() || sink.table.table == name); });
}

int show_top_products(const Plan& plan) {
  if (!has_table(plan, "fact_sales")) return exit_done;
  const auto query = [&]() -> Result<std::vector<std::vector<std::optional<std::string>>>> {
    WEIR_ASSIGN(const auto store, open_store(plan));
    WEIR_ASSIGN(const auto administration, store->administration());
    return administration->query(top_products);
  };
  const auto rows = query();
  if (!rows.ok()) return report(rows.error());
  fmt::print("\nThe 10 most viewed products:\n\n{}", table_text(*rows));
  return exit_done;
}

int demo(const DemoArguments& arguments) {
  std::error_code ignored;
  if (std::filesystem::exists(arguments.database, ignored)) {
    return report(
        Error{ErrorKind::usage, "--database wants a new file; this one exists: " + arguments.database});
  }
  const DemoDatabase database(arguments.database);
  StopSignals signals;
  auto events = open_events(arguments);
  if (!events.ok()) return report(events.error());
  auto broker = EmbeddedBroker::start(arguments.partitions);
  if (!broker.ok()) return report(broker.error());
  if (const Status status = (*broker)->create_topic(topic); !status.ok()) return report(status.error());
  PipelineFile file;
  file.set_path(find_pipeline(arguments.pipeline));
  const auto plan = file.compile_with({{"KAFKA_BROKERS", "embedded"},
                                       {"KAFKA_TOPIC", topic},
                                       {"KAFKA_START", "earliest"},
                                       {"POSTGRES_URL", "sqlite:" + database.path()}});
  if (plan == nullptr) return file.exit_code();
  const std::string what = arguments.events.empty()
                               ? grouped(static_cast<std::int64_t>(arguments.count)) + " generated page views"
                               : arguments.events;
  fmt::print(stderr, "{} -> embedded Kafka broker -> {} -> {}\n", what, file.path(), database.path());
  const int code = run_job(plan, JobOptions{}, signals,
                           [&](Job& job) { return Feeder::start(**broker, *events, arguments.rate, job); });
  if (code != exit_done || signals.is_stopped() || !has_table(*plan)) return code;
  const int shown = show_top_products(*plan);
  fmt::print("\n{}\n", database.is_temporary()
                           ? "The tables were temporary; weir demo --database demo.db keeps them."
                           : "The tables are in " + database.path() + ".");
  if (const char* geo = std::getenv("GEO_DATABASE"); arguments.pipeline.empty() && (geo == nullptr || *geo == '\0')) {
    fmt::print(
        "dim_location has no countries and cities: that takes a geo database, which is free but does not come along. "
        "pipelines/product_view/README.md says where to get one; then: GEO_DATABASE=FILE weir demo\n");
  }
  return shown;
}

}  // namespace

CommandBody add_demo(CLI::App& app) {
  CLI::App* command = app.add_subcommand("demo", "Runs product_view on embedded parts: no service is needed");
  const auto arguments = std::make_shared<DemoArguments>();
  command->add_option("--count", arguments->count, "How many events")->capture_default_str();
  command->add_option("--rate", arguments->rate, "Events per second; 0: as fast as possible")
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "Of the events")->capture_default_str();
  command->add_option("--events", arguments->events,
                      "A file of events, one a line, instead of generated ones");
  command->add_option("--partitions", arguments->partitions, "Of the embedded topic")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command->add_option("--pipeline", arguments->pipeline, "Another file than the shipped one");
  command->add_option("--database", arguments->database,
                      "A new SQLite file that stays (default: a temporary one)");
  command->footer("Example:\n  weir demo --count 1000000 --database demo.db");
  return [arguments] { return demo(*arguments); };
}

}  // namespace weir
