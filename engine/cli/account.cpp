// account.cpp — weir account: the books of a pipeline, whether they balance, and how far each split has been
// read.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/terminal.h"
#include "engine/component/json_writer.h"

namespace weir {
namespace {

struct AccountArguments {
  PipelineFile file;
  bool as_json = false;
};

struct SourcePositions {
  std::string source;
  std::vector<SplitState> splits;
};
struct Books {
  std::vector<LedgerTotals> ledger;
  std::vector<SourcePositions> positions;
};

bool is_balanced(const LedgerLine& line) {
  return line.read + line.expanded ==
         line.written + line.duplicates + line.filtered + line.absorbed + line.late + line.rejected;
}

bool is_balanced(const Books& books) {
  return std::all_of(books.ledger.begin(), books.ledger.end(),
                     [](const LedgerTotals& totals) { return is_balanced(totals.line); });
}

Result<Books> read_books(const Plan& plan) {
  WEIR_ASSIGN(const auto store, open_store(plan));
  WEIR_ASSIGN(const auto administration, store->administration());
  Books books;
  WEIR_ASSIGN(books.ledger, administration->ledger());
  for (const PlanNode& node : plan.nodes) {
    const auto* scan = std::get_if<ScanNode>(&node.operation);
    if (scan == nullptr) continue;
    WEIR_ASSIGN(auto splits, administration->splits(scan->source));
    books.positions.push_back({scan->source, std::move(splits)});
  }
  return books;
}

std::string as_text(const Books& books) {
  TextTable ledger({"source", "sink", "read", "expanded", "written", "duplicates", "filtered", "absorbed", "late",
                    "rejected", "balanced"});
  for (const LedgerTotals& totals : books.ledger) {
    const LedgerLine& line = totals.line;
    ledger.add({line.source, line.sink, grouped(line.read), grouped(line.expanded), grouped(line.written), grouped(line.duplicates),
                grouped(line.filtered), grouped(line.absorbed), grouped(line.late), grouped(line.rejected),
                is_balanced(line) ? "yes" : "NO"});
  }
  TextTable positions({"source", "split", "position", "owner"});
  for (const SourcePositions& source : books.positions) {
    for (const SplitState& split : source.splits) {
      const std::string owner =
          split.owner.empty() ? "-" : split.owner + (split.is_expired ? " (expired)" : "");
      positions.add({source.source, split.split, split.position, owner});
    }
  }
  return fmt::format("{}\n{}\n{}\n", ledger.text(), positions.text(),
                     is_balanced(books) ? "the books balance" : "THE BOOKS DO NOT BALANCE");
}

void write_line(JsonWriter& json, const LedgerTotals& totals) {
  const LedgerLine& line = totals.line;
  json.begin_object();
  json.member("source", line.source);
  json.member("sink", line.sink);
  json.member("read", line.read);
  json.member("expanded", line.expanded);
  json.member("written", line.written);
  json.member("duplicates", line.duplicates);
  json.member("filtered", line.filtered);
  json.member("absorbed", line.absorbed);
  json.member("late", line.late);
  json.member("rejected", line.rejected);
  json.member("epochs", totals.epochs);
  json.end_object();
}

std::string as_json(const Books& books) {
  JsonWriter json;
  json.begin_object();
  json.member("balanced", is_balanced(books));
  json.key("ledger");
  json.begin_array();
  for (const LedgerTotals& totals : books.ledger) write_line(json, totals);
  json.end_array();
  json.key("positions");
  json.begin_array();
  for (const SourcePositions& source : books.positions) {
    for (const SplitState& split : source.splits) {
      json.begin_object();
      json.member("source", source.source);
      json.member("split", split.split);
      json.member("position", split.position);
      json.member("owner", split.owner);
      json.end_object();
    }
  }
  json.end_array();
  json.end_object();
  return std::move(json).text();
}

int account(AccountArguments& arguments) {
  const auto plan = arguments.file.compile();
  if (plan == nullptr) return arguments.file.exit_code();
  const auto books = read_books(*plan);
  if (!books.ok()) return report(books.error());
  fmt::print("{}", arguments.as_json ? as_json(*books) : as_text(*books));
  return is_balanced(*books) ? exit_done : exit_failed;
}

}  // namespace

CommandBody add_account(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("account", "Shows the ledger, whether it balances, and the stored positions");
  const auto arguments = std::make_shared<AccountArguments>();
  arguments->file.add_options(*command);
  command->add_flag("--json", arguments->as_json, "Print JSON");
  command->footer(
      "Examples:\n  weir account p.yaml\n\nread + expanded = written + duplicates + filtered + absorbed + late + "
      "rejected, for each sink. Exit code 1 if not.");
  return [arguments] { return account(*arguments); };
}

}  // namespace weir
