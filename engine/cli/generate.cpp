// generate.cpp — weir generate: makes events for demos, tests and benchmarks.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "engine/cli/command.h"
#include "engine/cli/event_target.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/share.h"
#include "engine/cli/stop_signals.h"
#include "engine/cli/terminal.h"

namespace weir {
namespace {

constexpr std::size_t largest_batch = 1000;
constexpr std::chrono::milliseconds tick{10};

struct GenerateArguments {
  std::string name, to = "stdout", duplicates = "0", bad = "0";
  EventOptions events;
  double rate = 0;
  std::string file, topic = "product_view";
  KafkaConnection kafka{.brokers = "localhost:9092"};
  std::vector<std::string> properties;
  std::int32_t partitions = 4;
};

Status complete(GenerateArguments& arguments) {
  const auto duplicates = parse_share(arguments.duplicates), bad = parse_share(arguments.bad);
  if (!duplicates)
    return Error{ErrorKind::usage, "--duplicates wants a share such as 2%: " + arguments.duplicates};
  if (!bad) return Error{ErrorKind::usage, "--bad wants a share such as 500ppm: " + arguments.bad};
  arguments.events.duplicates = *duplicates;
  arguments.events.bad_per_million = static_cast<std::uint32_t>(*bad * 1'000'000 + 0.5);
  for (const std::string& property : arguments.properties) {
    const auto equals = property.find('=');
    if (equals == std::string::npos)
      return Error{ErrorKind::usage, "--property wants NAME=VALUE: " + property};
    arguments.kafka.properties[property.substr(0, equals)] = property.substr(equals + 1);
  }
  // A password on the command line would be seen by every process of the machine.
  if (const char* password = std::getenv("KAFKA_PASSWORD")) arguments.kafka.password = password;
  if (arguments.to == "file" && arguments.file.empty())
    return Error{ErrorKind::usage, "--to file wants --file PATH"};
  return {};
}

Result<std::unique_ptr<EventTarget>> open_target(const GenerateArguments& arguments) {
  if (arguments.to == "kafka") return kafka_target(arguments.kafka, arguments.topic, arguments.partitions);
  return file_target(arguments.to == "file" ? arguments.file : "");
}

// How many events are due now; with no rate, as many as fit a batch.
std::size_t due_events(double rate, std::chrono::steady_clock::time_point start, std::uint64_t made) {
  if (rate <= 0) return largest_batch;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double due = rate * seconds - static_cast<double>(made);
  return due < 1 ? 0 : std::min(largest_batch, static_cast<std::size_t>(due));
}

Result<std::uint64_t> pump(const GenerateArguments& arguments, EventGenerator& generator, EventTarget& target,
                           StopSignals& signals) {
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t made = 0;
  EventBatch batch;
  while (!signals.is_stopped()) {
    const std::size_t due = due_events(arguments.rate, start, made);
    if (due == 0) {
      signals.sleep(tick);
      continue;
    }
    generator.next(due, batch);
    if (batch.size() == 0) break;
    WEIR_TRY(target.write(batch));
    made += batch.size();
    if (arguments.rate > 0 && arguments.to == "stdout") WEIR_TRY(target.finish());
  }
  WEIR_TRY(target.finish());
  return made;
}

int generate(GenerateArguments& arguments) {
  if (const Status status = complete(arguments); !status.ok()) return report(status.error());
  StopSignals signals;
  const auto specs = event_generators();
  const auto spec = std::find_if(specs.begin(), specs.end(),
                                 [&](const GeneratorSpec& one) { return one.name == arguments.name; });
  const auto target = open_target(arguments);
  if (!target.ok()) return report(target.error());
  const auto generator = spec->make(arguments.events);
  const auto start = std::chrono::steady_clock::now();
  const auto made = pump(arguments, *generator, **target, signals);
  if (!made.ok()) return report(made.error());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print(stderr, "{} events in {:.2f} s\n", grouped(static_cast<std::int64_t>(*made)), seconds);
  return exit_done;
}

void add_kafka_options(CLI::App& command, GenerateArguments& arguments) {
  command.add_option("--brokers", arguments.kafka.brokers, "Kafka's addresses")
      ->envname("KAFKA_BROKERS")
      ->capture_default_str();
  command.add_option("--topic", arguments.topic, "Kafka's topic, created where it is missing")
      ->envname("KAFKA_TOPIC")
      ->capture_default_str();
  command.add_option("--partitions", arguments.partitions, "Of the topic; events go round them")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  command.add_option("--security", arguments.kafka.security, "plaintext, ssl, sasl_plaintext or sasl_ssl")
      ->envname("KAFKA_SECURITY");
  command
      .add_option("--sasl-mechanism", arguments.kafka.sasl_mechanism, "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
      ->envname("KAFKA_SASL_MECHANISM");
  command
      .add_option("--username", arguments.kafka.username, "For SASL; the password comes from KAFKA_PASSWORD")
      ->envname("KAFKA_USERNAME");
  command.add_option("--property", arguments.properties, "Any librdkafka property")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

}  // namespace

CommandBody add_generate(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("generate", "Makes events: page views of a shop, repeatable by seed");
  const auto arguments = std::make_shared<GenerateArguments>();
  std::vector<std::string> names;
  for (const GeneratorSpec& spec : event_generators()) names.push_back(spec.name);
  command->add_option("NAME", arguments->name, "What to make")->required()->check(CLI::IsMember(names));
  command
      ->add_option("--count", arguments->events.count,
                   "How many, duplicates and bad rows included; 0: without end")
      ->capture_default_str();
  command->add_option("--rate", arguments->rate, "Events per second; 0: as fast as possible")
      ->capture_default_str();
  command->add_option("--seed", arguments->events.seed, "The same seed makes the same events")
      ->capture_default_str();
  command->add_option("--duplicates", arguments->duplicates, "Share of repeated events: 2%")
      ->capture_default_str();
  command->add_option("--bad", arguments->bad, "Share of events that are wrong: 500ppm")
      ->capture_default_str();
  command->add_option("--to", arguments->to, "stdout (default), file or kafka")
      ->check(CLI::IsMember({"stdout", "file", "kafka"}));
  command->add_option("--file", arguments->file, "Where --to file writes, one event a line");
  add_kafka_options(*command, *arguments);
  command->footer(
      "Examples:\n"
      "  weir generate product_view --count 1000 --duplicates 2% --bad 500ppm\n"
      "  weir generate product_view --count 1000000 --to kafka --brokers localhost:9092");
  return [arguments] { return generate(*arguments); };
}

}  // namespace weir
