// state.cpp — weir state show: what a stateful pipeline keeps in weir_state, by step, and how far its event time has come.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/terminal.h"
#include "engine/component/json_writer.h"
#include "engine/data/calendar.h"
#include "engine/runtime/watermarks.h"

namespace weir {
namespace {

struct StateArguments {
  PipelineFile file;
  bool as_json = false;
};

struct Kept {
  std::int64_t rows = 0, bytes = 0, last_epoch = 0;
};
struct Contents {
  std::map<std::string, Kept> by_name;
  std::optional<Watermarks::Closed> closed;  // of sources with event time
};

Result<Contents> read_contents(const Plan& plan) {
  WEIR_ASSIGN(const auto store, open_store(plan));
  WEIR_ASSIGN(const auto administration, store->administration());
  Contents contents;
  Watermarks watermarks(timed_sources(plan));
  const auto count = [&](const StoredState& row) -> Status {
    Kept& kept = contents.by_name[std::string(row.name)];
    ++kept.rows;
    kept.bytes += static_cast<std::int64_t>(row.value.size());
    kept.last_epoch = std::max(kept.last_epoch, row.epoch);
    if (row.name != "(watermarks)") return {};
    WEIR_TRY(watermarks.load(row.value));
    contents.closed = watermarks.closed();
    return {};
  };
  WEIR_TRY(administration->read_state(count));
  return contents;
}

std::string time_text(std::int64_t time) { return time <= no_time ? "none yet" : timestamp_to_string(time); }

std::string as_text(const Contents& contents) {
  TextTable table({"state", "rows", "bytes", "last epoch"});
  for (const auto& [name, kept] : contents.by_name) table.add({name, grouped(kept.rows), grouped(kept.bytes), grouped(kept.last_epoch)});
  std::string text = table.text();
  if (contents.by_name.empty()) text = "nothing is kept\n";
  if (contents.closed)
    text += fmt::format("\nwindows have closed up to {}\nstate has gone up to {}\n", time_text(contents.closed->final), time_text(contents.closed->expired));
  return text;
}

std::string as_json(const Contents& contents) {
  JsonWriter json;
  json.begin_object();
  json.key("state");
  json.begin_array();
  for (const auto& [name, kept] : contents.by_name) {
    json.begin_object();
    json.member("name", name);
    json.member("rows", kept.rows);
    json.member("bytes", kept.bytes);
    json.member("last_epoch", kept.last_epoch);
    json.end_object();
  }
  json.end_array();
  if (contents.closed) {
    json.member("windows_closed_until", time_text(contents.closed->final));
    json.member("state_gone_until", time_text(contents.closed->expired));
  }
  json.end_object();
  return std::move(json).text();
}

int show(StateArguments& arguments) {
  const auto plan = arguments.file.compile();
  if (plan == nullptr) return arguments.file.exit_code();
  const auto contents = read_contents(*plan);
  if (!contents.ok()) return report(contents.error());
  fmt::print("{}", arguments.as_json ? as_json(*contents) : as_text(*contents));
  return exit_done;
}

}  // namespace

CommandBody add_state(CLI::App& app) {
  CLI::App* command = app.add_subcommand("state", "Shows what a stateful pipeline keeps between rows");
  const auto arguments = std::make_shared<StateArguments>();
  CLI::App* shown = command->add_subcommand("show", "Rows and bytes of weir_state by step, and how far event time has come");
  arguments->file.add_options(*shown);
  shown->add_flag("--json", arguments->as_json, "Print JSON");
  command->require_subcommand(1);
  command->footer("Examples:\n  weir state show p.yaml\n  weir state show --json p.yaml\n\nEpochs are those of the state: how many commits have changed it.");
  return [arguments] { return show(*arguments); };
}

}  // namespace weir
