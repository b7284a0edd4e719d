// infer.cpp — weir infer: drafts the columns of a source from a topic or a file, or those of a lookup table from a CSV file.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/share.h"
#include "engine/cli/terminal.h"
#include "engine/infer/draft_text.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds patience{5'000};

struct InferArguments {
  PluginRegistry registry;
  std::string file, brokers, topic, start = "earliest", name, delimiter = ",", tolerate;
  std::vector<std::string> options;
  std::size_t records = 1000;
  Spelling to = Spelling::yaml;
  bool pipeline = false;
};

std::string plain_name(const std::string& text) {
  std::string name;
  for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ? c : '_';
  if (name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0) name = "rows_" + name;
  return name;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// What is secret does not get into a file.
bool is_secret(const SourceSpec& spec, const std::string& option) {
  return std::any_of(spec.options.begin(), spec.options.end(), [&](const OptionDoc& doc) { return doc.name == option && doc.secret; });
}

Result<std::vector<std::pair<std::string, std::string>>> source_options(const InferArguments& arguments) {
  std::vector<std::pair<std::string, std::string>> options = {{"brokers", arguments.brokers}, {"topic", arguments.topic}, {"start", arguments.start}};
  for (const std::string& option : arguments.options) {
    const auto equals = option.find('=');
    if (equals == std::string::npos || equals == 0) return Error{ErrorKind::usage, "--option wants NAME=value: " + option};
    options.emplace_back(option.substr(0, equals), option.substr(equals + 1));
  }
  return options;
}

Result<BlockDraft> draft_table(const InferArguments& arguments) {
  if (arguments.delimiter.size() != 1) return Error{ErrorKind::usage, "--delimiter wants one character: " + arguments.delimiter};
  if (arguments.pipeline) return Error{ErrorKind::usage, "--pipeline is for sources: a CSV file is a lookup table, which joins look into"};
  WEIR_ASSIGN(InferredTable table, infer_csv(arguments.file, arguments.delimiter.front(), arguments.records));
  if (table.key.empty())
    return Error{ErrorKind::user, fmt::format("no columns of {} tell its rows apart, and a lookup table needs a key", arguments.file)}.with_hint(
        "a lookup table has one row for each key: leave out rows that are there twice");
  BlockDraft block{.is_table = true, .name = arguments.name, .columns = std::move(table.columns), .key = std::move(table.key)};
  block.options = {{"type", "csv"}, {"file", arguments.file}};
  if (arguments.delimiter != ",") block.options.emplace_back("delimiter", arguments.delimiter);
  block.notes.push_back(fmt::format("drafted from {} rows of {}", grouped(static_cast<std::int64_t>(table.rows.size())), arguments.file));
  return block;
}

void describe(const Sample& sample, const InferredColumns& inferred, const std::string& from, std::vector<std::string>& notes) {
  notes.push_back(fmt::format("drafted from {} records of {}", grouped(inferred.records), from));
  if (inferred.bad > 0) notes.push_back(fmt::format("{} more are no JSON objects and will be rejected: {}", grouped(inferred.bad), inferred.first_bad));
  if (sample.tombstones > 0) notes.push_back(fmt::format("{} more have no value; tombstones: ignore leaves such records out", grouped(sample.tombstones)));
}

Result<BlockDraft> draft_source(const InferArguments& arguments) {
  DraftRules rules;
  if (!arguments.tolerate.empty()) {
    const auto share = parse_share(arguments.tolerate);
    if (!share) return Error{ErrorKind::usage, "--tolerate wants a share such as 1%: " + arguments.tolerate};
    rules.tolerated = *share;
  }
  BlockDraft block{.name = arguments.name};
  Sample sample;
  if (arguments.file.empty()) {
    WEIR_ASSIGN(const auto options, source_options(arguments));
    const SourceSpec* kafka = arguments.registry.registry().find_source("kafka");
    WEIR_ASSIGN(sample, sample_source(*kafka, options, arguments.records, patience));
    block.options = {{"type", "kafka"}};
    for (const auto& [name, value] : options) block.options.emplace_back(name, is_secret(*kafka, name) ? "${KAFKA_" + upper(name) + "}" : value);
  } else {
    WEIR_ASSIGN(sample, sample_lines(arguments.file, arguments.records));
    block.options = {{"type", "kafka"}, {"brokers", "${KAFKA_BROKERS:-localhost:9092}"}, {"topic", "${KAFKA_TOPIC:-" + arguments.name + "}"}};
  }
  block.options.emplace_back("format", "json");
  const std::string from = arguments.file.empty() ? "topic " + arguments.topic : arguments.file;
  InferredColumns inferred = infer_json(sample, rules, arguments.registry.registry());
  if (inferred.columns.empty()) {
    const std::string why = inferred.bad > 0 ? fmt::format("none of its {} records is a JSON object: {}", grouped(inferred.bad), inferred.first_bad) : "it has no records with fields";
    return Error{ErrorKind::fatal, fmt::format("nothing can be said of {}: {}", from, why)};
  }
  describe(sample, inferred, from, block.notes);
  block.event_time = event_time_of(inferred.columns);
  block.columns = std::move(inferred.columns);
  return block;
}

int infer(InferArguments& arguments) {
  if (arguments.file.empty() == arguments.topic.empty())
    return report(Error{ErrorKind::usage, "say what the rows are in: a FILE, or --brokers and --topic"});
  if (!arguments.topic.empty() && arguments.brokers.empty()) return report(Error{ErrorKind::usage, "--topic wants --brokers too"});
  const std::filesystem::path path(arguments.file);
  if (arguments.name.empty()) arguments.name = plain_name(arguments.file.empty() ? arguments.topic : path.stem().string());
  if (plain_name(arguments.name) != arguments.name) return report(Error{ErrorKind::usage, "--name wants letters, digits and _: " + arguments.name});
  const bool is_csv = path.extension() == ".csv" || path.extension() == ".tsv";
  if (path.extension() == ".tsv" && arguments.delimiter == ",") arguments.delimiter = "\t";
  const auto block = is_csv ? draft_table(arguments) : draft_source(arguments);
  if (!block.ok()) return report(block.error()) == exit_usage ? exit_usage : exit_failed;
  fmt::print("{}", text_of(*block, arguments.to, arguments.pipeline, arguments.registry.registry()));
  return exit_done;
}

}  // namespace

CommandBody add_infer(CLI::App& app) {
  CLI::App* command = app.add_subcommand("infer", "Drafts the columns of a source from a topic or a file of JSON lines, or a lookup table from a CSV file");
  const auto arguments = std::make_shared<InferArguments>();
  command->add_option("FILE", arguments->file, "JSON objects, one a line, or .csv with a header");
  command->add_option("--brokers", arguments->brokers, "Where Kafka is")->type_name("HOST:PORT,...");
  command->add_option("--topic", arguments->topic, "What is read; nothing is committed to the broker");
  command->add_option("--option", arguments->options, "An option of the Kafka source: security=sasl_ssl")->type_name("NAME=VALUE")->allow_extra_args(false);
  command->add_option("--start", arguments->start, "Where in the topic: earliest, latest or an ISO timestamp")->capture_default_str();
  command->add_option("--records", arguments->records, "How many records are looked at")->capture_default_str()->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  command->add_option("--tolerate", arguments->tolerate,
                      "The share of values that may be of another type than the others of their field, and will be rejected (default 0: such a field is json)")
      ->type_name("SHARE");
  command->add_option("--delimiter", arguments->delimiter, "What stands between the fields of a CSV file")->capture_default_str();
  command->add_option("--name", arguments->name, "What the source or table is called (default: as the topic or file)");
  const std::map<std::string, Spelling> spellings{{"yaml", Spelling::yaml}, {"weir", Spelling::weir}};
  command->add_option("--to", arguments->to, "yaml (default) or weir")->transform(CLI::CheckedTransformer(spellings).description(""))->type_name("SPELLING");
  command->add_flag("--pipeline", arguments->pipeline, "A whole pipeline, which shows the rows on the console");
  command->footer(
      "Examples:\n  weir infer events.jsonl\n  weir infer --brokers localhost:9092 --topic orders --to weir\n"
      "  weir infer --brokers localhost:9092 --topic orders --pipeline > orders.yaml && weir run orders.yaml --print --limit 5");
  return [arguments] { return infer(*arguments); };
}

}  // namespace weir
