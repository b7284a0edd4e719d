// demo.cpp — weir demo: the product_view pipeline on embedded parts, from generated events to a table of the
// most viewed products.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdlib>
#include <filesystem>
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
  std::string pipeline, database;
};

/// Produces the events, no faster than they are read, and stops the job when all of them are committed.
class Feeder {
 public:
  static Result<std::shared_ptr<void>> start(EmbeddedBroker& broker, const DemoArguments& arguments,
                                             Job& job) {
    auto feeder = std::make_shared<Feeder>(job, arguments);
    WEIR_ASSIGN(
        feeder->pump_,
        EventPump::start(
            broker, topic, [events = feeder.get()](EventPump::Event& event) { return events->next(event); },
            [&job] { return job.status().read; }, arguments.rate));
    feeder->watcher_ = std::thread([watched = feeder.get()] { watched->watch(); });
    return std::shared_ptr<void>(feeder);
  }
  Feeder(Job& job, const DemoArguments& arguments)
      : job_(job),
        generator_(event_generators().front().make(
            {.count = arguments.count, .seed = arguments.seed, .duplicates = 0.02, .bad_per_million = 500})) {
  }
  ~Feeder() {
    is_closing_ = true;
    if (watcher_.joinable()) watcher_.join();
  }

 private:
  bool next(EventPump::Event& event) {
    if (place_ == batch_.size()) {
      generator_->next(1000, batch_);
      place_ = 0;
    }
    if (place_ == batch_.size()) return false;
    event.value = batch_.event(place_++);
    return true;
  }
  void watch() {
    while (!is_closing_) {
      if (pump_->is_done() && job_.status().committed >= pump_->produced()) return job_.stop();
      std::this_thread::sleep_for(between_looks);
    }
  }

  Job& job_;
  std::unique_ptr<EventGenerator> generator_;
  EventBatch batch_;
  std::size_t place_ = 0;
  std::unique_ptr<EventPump> pump_;
  std::atomic<bool> is_closing_{false};
  std::thread watcher_;
};

// In the working directory, or in the tree whose build/PRESET folder holds this program.
std::string find_pipeline(const std::string& given) {
  if (!given.empty()) return given;
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  for (const auto& folder :
       {std::filesystem::current_path(), program.parent_path().parent_path().parent_path()}) {
    if (std::filesystem::exists(folder / shipped_pipeline, ignored))
      return (folder / shipped_pipeline).string();
  }
  return shipped_pipeline;
}

std::string database_path(const std::string& given) {
  if (!given.empty()) return given;
  return (std::filesystem::temp_directory_path() / fmt::format("weir-demo-{}.db", ::getpid())).string();
}

int show_top_products(const Plan& plan) {
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
  StopSignals signals;
  auto broker = EmbeddedBroker::start();
  if (!broker.ok()) return report(broker.error());
  if (const Status status = (*broker)->create_topic(topic); !status.ok()) return report(status.error());
  const std::string database = database_path(arguments.database);
  PipelineFile file;
  file.set_path(find_pipeline(arguments.pipeline));
  const auto plan = file.compile_with({{"KAFKA_BROKERS", "embedded"},
                                       {"KAFKA_TOPIC", topic},
                                       {"KAFKA_START", "earliest"},
                                       {"POSTGRES_URL", "sqlite:" + database}});
  if (plan == nullptr) return file.exit_code();
  fmt::print(stderr, "{} generated page views -> embedded Kafka broker -> {} -> {}\n",
             grouped(static_cast<std::int64_t>(arguments.count)), file.path(), database);
  const int code =
      run_job(plan, JobOptions{}, signals, [&](Job& job) { return Feeder::start(**broker, arguments, job); });
  return code == exit_done ? show_top_products(*plan) : code;
}

}  // namespace

CommandBody add_demo(CLI::App& app) {
  CLI::App* command = app.add_subcommand("demo", "Runs product_view on embedded parts: no service is needed");
  const auto arguments = std::make_shared<DemoArguments>();
  command->add_option("--count", arguments->count, "How many events")->capture_default_str();
  command->add_option("--rate", arguments->rate, "Events per second; 0: as fast as possible")
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "Of the events")->capture_default_str();
  command->add_option("--pipeline", arguments->pipeline, "Another file than the shipped one");
  command->add_option("--database", arguments->database,
                      "The SQLite file (default: a new one in the temporary folder)");
  command->footer("Example:\n  weir demo --count 1000000 --database demo.db");
  return [arguments] { return demo(*arguments); };
}

}  // namespace weir
