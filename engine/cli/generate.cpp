// generate.cpp — weir generate: makes events for demos, tests and benchmarks.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>

#include "engine/base/duration.h"
#include "engine/cli/command.h"
#include "engine/cli/event_target.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/share.h"
#include "engine/cli/stop_signals.h"
#include "engine/cli/terminal.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

constexpr std::size_t largest_batch = 1000;
constexpr std::chrono::milliseconds tick{10};
constexpr std::int64_t latest_start = 84'006 * microseconds_per_day;  // 2200-01-01

struct GenerateArguments {
  GeneratorSpec spec;
  std::string name, to = "stdout", duplicates = "0", bad = "0";
  std::string start = "2024-11-01", span, late = "29.5%", too_late = "0.5%", late_by = "55m";
  std::vector<const CLI::Option*> of_late_events;  // options for generators that have them
  EventOptions events;
  double rate = 0;
  std::string file, topic;
  KafkaConnection kafka{.brokers = "localhost:9092"};
  std::vector<std::string> properties;
  std::int32_t partitions = 4;
  bool is_skewed = false;
};

Status read_share(const std::string& text, const char* option, const char* example, double& share) {
  const auto parsed = parse_share(text);
  if (!parsed)
    return Error{ErrorKind::usage, fmt::format("{} wants a share such as {}: {}", option, example, text)};
  share = *parsed;
  return {};
}

Status read_span(const std::string& text, const char* option, Duration& span) {
  const auto parsed = parse_duration(text);
  if (!parsed || *parsed < std::chrono::seconds(1) || *parsed > std::chrono::hours(24 * 365)) {
    return Error{ErrorKind::usage,
                 fmt::format("{} wants a time from 1 s to 365 days such as 55m: {}", option, text)};
  }
  span = *parsed;
  return {};
}

Status complete_table(const GenerateArguments& arguments) {
  const std::vector<std::string>& tables = arguments.spec.tables;
  const std::string& table = arguments.events.table;
  if (table.empty() || std::find(tables.begin(), tables.end(), table) != tables.end()) return {};
  if (tables.empty())
    return Error{ErrorKind::usage, fmt::format("{} has one kind of events: --table is not for it", arguments.name)};
  return Error{ErrorKind::usage, fmt::format("--table wants one of {}: {}", fmt::join(tables, ", "), table)};
}

Status complete_late_events(GenerateArguments& arguments) {
  if (!arguments.spec.has_late_events) {
    for (const CLI::Option* option : arguments.of_late_events) {
      if (option->count() > 0) {
        return Error{ErrorKind::usage, fmt::format("{} has no late events: {} is not for it", arguments.name,
                                                   option->get_name())};
      }
    }
    return {};
  }
  EventOptions& events = arguments.events;
  Duration late_by;
  WEIR_TRY(read_share(arguments.late, "--late", "29.5%", events.late));
  WEIR_TRY(read_share(arguments.too_late, "--too-late", "0.5%", events.too_late));
  WEIR_TRY(read_span(arguments.late_by, "--late-by", late_by));
  if (events.late + events.too_late > 1)
    return Error{ErrorKind::usage, "--late and --too-late are more than all events"};
  events.late_by_seconds = std::chrono::duration_cast<std::chrono::seconds>(late_by).count();
  return {};
}

// Where event time begins and how fast it goes.
Status complete_time(GenerateArguments& arguments) {
  EventOptions& events = arguments.events;
  if (arguments.start == "now") {
    if (arguments.rate <= 0 || !arguments.span.empty())
      return Error{ErrorKind::usage, "--start now follows the clock: it wants --rate, and no --span"};
    events.start_seconds = std::time(nullptr);
    events.step_nanoseconds = std::max<std::int64_t>(1, std::llround(1e9 / arguments.rate));
    return {};
  }
  const auto start = parse_timestamp(arguments.start);
  if (!start || *start < 0 || *start > latest_start) {
    return Error{ErrorKind::usage,
                 "--start wants a time from 1970 to 2200 such as 2024-11-01T08:00:00Z, or now: " +
                     arguments.start};
  }
  events.start_seconds = *start / microseconds_per_second;
  if (arguments.span.empty()) return {};
  if (events.count == 0) return Error{ErrorKind::usage, "--span wants --count: it is the time of all events"};
  Duration span;
  WEIR_TRY(read_span(arguments.span, "--span", span));
  const auto step = std::chrono::nanoseconds(span).count() / static_cast<std::int64_t>(events.count);
  events.step_nanoseconds = std::max<std::int64_t>(1, step);
  return {};
}

Status complete(GenerateArguments& arguments) {
  double bad = 0;
  WEIR_TRY(read_share(arguments.duplicates, "--duplicates", "2%", arguments.events.duplicates));
  WEIR_TRY(read_share(arguments.bad, "--bad", "500ppm", bad));
  arguments.events.bad_per_million = static_cast<std::uint32_t>(bad * 1'000'000 + 0.5);
  if (bad > 0 && !arguments.spec.has_bad_events)
    return Error{ErrorKind::usage, fmt::format("{} has no bad events: --bad is not for it", arguments.name)};
  WEIR_TRY(complete_table(arguments));
  WEIR_TRY(complete_late_events(arguments));
  WEIR_TRY(complete_time(arguments));
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
  if (arguments.is_skewed && arguments.to != "kafka")
    return Error{ErrorKind::usage, "--skew is about partitions: it wants --to kafka"};
  if (arguments.topic.empty()) arguments.topic = arguments.name;
  return {};
}

Result<std::unique_ptr<EventTarget>> open_target(const GenerateArguments& arguments) {
  if (arguments.to == "kafka") {
    return kafka_target(arguments.kafka, arguments.topic, arguments.partitions,
                        arguments.is_skewed ? Spread::halving : Spread::even);
  }
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
  for (const GeneratorSpec& spec : event_generators()) {
    if (spec.name == arguments.name) arguments.spec = spec;
  }
  if (const Status status = complete(arguments); !status.ok()) return report(status.error());
  StopSignals signals;
  const auto target = open_target(arguments);
  if (!target.ok()) return report(target.error());
  const auto generator = arguments.spec.make(arguments.events);
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
  command
      .add_option("--topic", arguments.topic, "Kafka's topic, created where it is missing (default: NAME)")
      ->envname("KAFKA_TOPIC");
  command.add_option("--partitions", arguments.partitions, "Of the topic; events go round them")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  command.add_flag("--skew", arguments.is_skewed, "Each partition gets half as many as the one before it");
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

void add_time_options(CLI::App& command, GenerateArguments& arguments) {
  command
      .add_option("--start", arguments.start,
                  "Where event time begins; now: it follows the clock at --rate events per second")
      ->capture_default_str();
  command.add_option("--span", arguments.span,
                     "Event time from the first to the last of --count events (default: purchase goes on by 6 "
                     "hours in 500,000 events, product_view by 20 ms an event)");
  arguments.of_late_events = {
      command.add_option("--late", arguments.late, "purchase: share of events up to --late-by late")
          ->capture_default_str(),
      command.add_option("--late-by", arguments.late_by, "purchase: how late these are at most")
          ->capture_default_str(),
      command.add_option("--too-late", arguments.too_late, "purchase: share of events 61 to 120 minutes late")
          ->capture_default_str()};
}

}  // namespace

CommandBody add_generate(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("generate", "Makes events: page views, purchases, auctions; repeatable by seed");
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
  command->add_option("--table", arguments->events.table,
                      "nexmark: all (default), person, auction or bid; --count is of all three");
  command->add_option("--to", arguments->to, "stdout (default), file or kafka")
      ->check(CLI::IsMember({"stdout", "file", "kafka"}));
  command->add_option("--file", arguments->file, "Where --to file writes, one event a line");
  add_time_options(*command, *arguments);
  add_kafka_options(*command, *arguments);
  command->footer(
      "Examples:\n"
      "  weir generate product_view --count 1000 --duplicates 2% --bad 500ppm\n"
      "  weir generate product_view --count 1000000 --to kafka --brokers localhost:9092\n"
      "  weir generate purchase --rate 200 --start now --to kafka");
  return [arguments] { return generate(*arguments); };
}

}  // namespace weir
