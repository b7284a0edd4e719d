// rejects.cpp — weir rejects: lists, shows and replays the rows that a pipeline could not take.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/replay.h"
#include "engine/cli/terminal.h"
#include "engine/component/row_keys.h"
#include "engine/data/calendar.h"
#include "engine/plan/stage.h"

namespace weir {
namespace {

constexpr std::int64_t replay_at_once = 10'000;

struct RejectsArguments {
  PipelineFile file;
  RejectFilter filter;
  std::vector<std::string> words;
  bool raw = false;
};

// One line of a payload, fit for a terminal.
std::string excerpt(const std::optional<std::string>& payload, std::size_t width) {
  if (!payload) return "(no value)";
  std::string text = storable_text(*payload);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return cut_to_width(text, width);
}

Status list_rejects(StoreAdministration& administration, const RejectFilter& filter) {
  WEIR_ASSIGN(const auto counts, administration.reject_counts());
  TextTable summary({"source", "sink", "reason", "rows"});
  for (const auto& count : counts)
    summary.add({count.source, count.sink.empty() ? "(all)" : count.sink, count.reason, grouped(count.rows)});
  fmt::print("{}\n", summary.text());
  WEIR_ASSIGN(const auto rejects, administration.rejects(filter));
  TextTable rows({"id", "at", "split", "offset", "part", "sink", "reason", "message", "payload"});
  for (const StoredReject& reject : rejects) {
    const RejectedRow& row = reject.row;
    rows.add({std::to_string(reject.id), reject.at, row.split, std::to_string(row.offset), row.part,
              row.sink.empty() ? "(all)" : row.sink, row.reason, cut_to_width(row.message, 50),
              excerpt(row.payload, 40)});
  }
  fmt::print("{}", rows.text());
  return {};
}

Result<StoredReject> find_reject(StoreAdministration& administration, std::int64_t id) {
  RejectFilter filter;
  filter.id = id;
  WEIR_ASSIGN(auto found, administration.rejects(filter));
  if (found.empty()) return Error{ErrorKind::usage, fmt::format("there is no rejected row {}", id)};
  return std::move(found.front());
}

Status show_reject(StoreAdministration& administration, std::int64_t id, bool raw) {
  WEIR_ASSIGN(const StoredReject reject, find_reject(administration, id));
  const RejectedRow& row = reject.row;
  if (raw) {
    const std::string& payload = row.payload.value_or("");
    std::fwrite(payload.data(), 1, payload.size(), stdout);
    return {};
  }
  fmt::print("id         {}\nrejected   {} in epoch {}\nsource     {}\nsplit      {}\noffset     {}\n",
             reject.id, reject.at, reject.epoch, row.source, row.split, row.offset);
  if (row.timestamp != no_timestamp) fmt::print("timestamp  {}\n", timestamp_to_string(row.timestamp));
  if (!row.part.empty()) fmt::print("part       {} (of the rows made of the record, from 0)\n", row.part);
  fmt::print("sink       {}\nreason     {}\nmessage    {}\n", row.sink.empty() ? "(all)" : row.sink,
             row.reason, row.message);
  if (row.key) fmt::print("key        {}\n", excerpt(row.key, row.key->size()));
  fmt::print("payload    {}\n", row.payload ? fmt::format("{} bytes\n{}", row.payload->size(),
                                                          excerpt(row.payload, row.payload->size()))
                                            : "(no value)");
  return {};
}

bool reads_headers(const Plan& plan) {
  for (const Stage& stage : fuse(plan)) {
    if (stage.needs_headers) return true;
  }
  return false;
}

Status replay_rejects(const Plan& plan, Store& store, StoreAdministration& administration,
                      RejectFilter filter) {
  if (reads_headers(plan)) {
    return Error{ErrorKind::user,
                 "this pipeline uses headers, and rejected rows are stored without them: a replay would not "
                 "be the same row"};
  }
  if (is_stateful(plan)) {
    return Error{ErrorKind::user, "this pipeline has an aggregate: a replay into it is not available in this version"}.with_hint(
        "weir reset FILE --yes and a new run read everything again");
  }
  filter.limit = replay_at_once;
  WEIR_TRY(store.prepare(tables_of(plan), false));
  WEIR_ASSIGN(const auto rejects, administration.rejects(filter));
  WEIR_ASSIGN(const ReplayReport done, replay(plan, store, rejects));
  fmt::print(
      "{} rejects tried: {} settled, {} stay\nrows over all sinks: {} written, {} duplicates, {} filtered\n",
      grouped(done.tried), grouped(done.settled), grouped(done.rejected_again), grouped(done.written),
      grouped(done.duplicates), grouped(done.filtered));
  if (rejects.size() == static_cast<std::size_t>(replay_at_once))
    fmt::print("there may be more: run it again\n");
  return {};
}

enum class Action { list, show, replay };

struct Words {
  Action action = Action::list;
  std::string file;
  std::int64_t id = 0;
};

// ACTION, FILE and ID in any order: an id is a number, an action one of three words.
Result<Words> read_words(const std::vector<std::string>& given) {
  static const std::map<std::string, Action> actions{
      {"ls", Action::list}, {"show", Action::show}, {"replay", Action::replay}};
  Words words;
  for (const std::string& word : given) {
    const auto action = actions.find(word);
    if (action != actions.end()) {
      words.action = action->second;
    } else if (word.find_first_not_of("0123456789") == std::string::npos && word.size() < 19) {
      words.id = std::stoll(word);
    } else if (words.file.empty()) {
      words.file = word;
    } else {
      return Error{ErrorKind::usage, "what is this: " + word}.with_hint(
          "weir rejects ls|show|replay FILE [ID]");
    }
  }
  if (words.file.empty())
    return Error{ErrorKind::usage, "a pipeline file is missing"}.with_hint(
        "weir rejects ls|show|replay FILE [ID]");
  if (words.action == Action::show && words.id == 0) {
    return Error{ErrorKind::usage, "show wants the id of a rejected row"}.with_hint(
        "weir rejects ls shows them");
  }
  return words;
}

Status act(const Plan& plan, const RejectsArguments& arguments, const Words& words) {
  WEIR_ASSIGN(const auto store, open_store(plan));
  WEIR_ASSIGN(const auto administration, store->administration());
  RejectFilter filter = arguments.filter;
  filter.id = words.id;
  switch (words.action) {
    case Action::list:
      return list_rejects(*administration, filter);
    case Action::show:
      return show_reject(*administration, words.id, arguments.raw);
    case Action::replay:
      return replay_rejects(plan, *store, *administration, filter);
  }
  return {};
}

int run(RejectsArguments& arguments) {
  const auto words = read_words(arguments.words);
  if (!words.ok()) return report(words.error());
  arguments.file.set_path(words->file);
  const auto plan = arguments.file.compile();
  if (plan == nullptr) return arguments.file.exit_code();
  const Status status = act(*plan, arguments, *words);
  return status.ok() ? exit_done : report(status.error());
}

}  // namespace

CommandBody add_rejects(CLI::App& app) {
  CLI::App* command = app.add_subcommand("rejects", "Lists, shows and replays rejected rows");
  const auto arguments = std::make_shared<RejectsArguments>();
  command
      ->add_option("WORDS", arguments->words,
                   "ls (default), show or replay; the pipeline file; the ID of one row")
      ->required()
      ->type_name("[ls|show|replay] FILE [ID]");
  arguments->file.add_settings(*command);
  command->add_option("--reason", arguments->filter.reason, "Only rows with this reason, such as not_json");
  command->add_option("--sink", arguments->filter.sink, "Only rows that this sink lost");
  command->add_option("--source", arguments->filter.source, "Only rows of this source");
  command->add_option("--limit", arguments->filter.limit, "How many ls lists")->capture_default_str();
  command->add_flag("--raw", arguments->raw, "show: the payload's bytes alone");
  command->footer(
      "Examples:\n"
      "  weir rejects p.yaml                             counts by reason, and the latest\n"
      "  weir rejects show p.yaml 17                     one row with its payload\n"
      "  weir rejects replay p.yaml --reason wrong_type  runs them through the pipeline as it is now\n\n"
      "A row that passes a replay leaves the rejects in the transaction that writes it.");
  return [arguments] { return run(*arguments); };
}

}  // namespace weir
