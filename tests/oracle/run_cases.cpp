// run_cases.cpp — runs generated cases, each in several ways in this process, and prints what is in the database afterwards.
//
// Usage: run_cases FILE FOLDER. FILE has a case a line, FOLDER is where the databases are while they are needed; README.md describes cases and answers.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#if __has_include("connectors/csv/csv.h")
#include "connectors/csv/csv.h"
#endif
#include "connectors/formats/formats.h"
#include "connectors/sqlite/sqlite.h"
#include "dsl/compile.h"
#include "dsl/format.h"
#include "engine/base/failpoint.h"
#include "engine/component/json_writer.h"
#include "engine/runtime/job.h"
#include "tests/oracle/case_file.h"
#include "tests/oracle/mortal_store.h"
#include "tests/oracle/played_source.h"

namespace weir::testing {
namespace {

constexpr std::size_t most_runs = 1000;  // of one way: a case that dies forever is told, not waited for

class Database {
 public:
  explicit Database(const std::filesystem::path& folder) : path_(folder / fmt::format("weir-oracle-{}.db", ::getpid())) { remove(); }
  ~Database() { remove(); }
  std::string dsn() const { return "sqlite:" + path_.string(); }

 private:
  void remove() const {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path_.string() + suffix);
  }
  std::filesystem::path path_;
};

/// The files of a case, for as long as it is run.
class Files {
 public:
  Files(const std::filesystem::path& folder, const std::map<std::string, std::string>& files) : path_(folder / fmt::format("weir-oracle-{}", ::getpid())) {
    if (!files.empty()) std::filesystem::create_directories(path_);
    for (const auto& [name, text] : files) std::ofstream(path_ / name, std::ios::binary) << text;
  }
  ~Files() { std::filesystem::remove_all(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// What the runs of a case have in common. The registry outlives the plans: their calls point at its functions.
struct Bench {
  Registry registry;
  std::map<std::string, std::shared_ptr<Play>> plays;
  std::shared_ptr<Death> death = std::make_shared<Death>();
  Files files;

  Bench(const GeneratedCase& given, const std::filesystem::path& folder) : files(folder, given.files) {
    register_builtin_functions(registry.functions);
    register_builtin_aggregates(registry.aggregates);
    register_builtin_tables(registry.tables);
    registry.stores.push_back(mortal_store(sqlite_store(), death));
    registry.formats.push_back(json_format());
#if __has_include("connectors/csv/csv.h")
    registry.lookups.push_back(csv_table());
#endif
    for (const auto& [type, records] : given.records) {
      const auto play = std::make_shared<Play>();
      play->records = records;
      plays[type] = play;
      registry.sources.push_back(played_source(type, play));
    }
  }
};

/// Two texts, one plan: the pipeline translated into the language of .weir files, and back. A translation that is another plan is an error.
void hold_to_translation(const std::string& text, Compiled& compiled, const Registry& registry, const Variables& variables) {
  const std::string weir = format_pipeline("case.yaml", text, Spelling::weir, registry);
  const Compiled there = compile_weir("case.weir", weir, registry, variables);
  const Compiled back = there.plan == nullptr ? Compiled{} : compile_yaml("case.yaml", format_pipeline("case.weir", weir, Spelling::yaml, registry), registry, variables);
  const std::string meant = fingerprint(*compiled.plan);
  if (back.plan != nullptr && fingerprint(*there.plan) == meant && fingerprint(*back.plan) == meant) return;
  std::string message = "its translation is another pipeline:\n" + weir;
  for (const Diagnostics* said : {&there.diagnostics, &back.diagnostics}) {
    for (const Error& error : said->errors()) message += render(error);
  }
  compiled.diagnostics.error(Error{ErrorKind::fatal, std::move(message)});
  compiled.plan = nullptr;
}

Compiled compile(const GeneratedCase& given, const Bench& bench, const std::string& dsn) {
  Variables variables;
  variables.overrides["DB"] = dsn;
  variables.overrides["FILES"] = bench.files.path();
  Compiled compiled = compile_yaml("case.yaml", given.pipeline, bench.registry, variables);
  if (compiled.plan != nullptr) hold_to_translation(given.pipeline, compiled, bench.registry, variables);
  return compiled;
}

Status run_once(const std::shared_ptr<const Plan>& plan, const CaseWay& way, std::size_t run, bool is_last) {
  const std::size_t workers = way.workers.empty() ? 1 : way.workers[run % way.workers.size()];
  JobOptions options{.until_end = true, .workers = workers, .writers = way.writers, .chunk_rows = way.chunk_rows};
  options.epoch_rows = way.epoch_rows;
  options.more_to_come = way.more_to_come && !is_last;
  if (way.state_memory != 0) options.state_memory = way.state_memory;
  options.retry_pause = std::chrono::milliseconds(1);
  WEIR_ASSIGN(const auto job, Job::create(plan, options));
  return job->run();
}

using Rows = std::vector<std::vector<std::optional<std::string>>>;

std::string print_rows(Rows rows) {
  std::sort(rows.begin() + 1, rows.end());
  std::string text = "[";
  for (const auto& row : rows) {
    text += &row == &rows.front() ? "[" : ",[";
    for (const auto& cell : row) text += (&cell == &row.front() ? "" : ",") + (cell ? json_quoted(*cell) : "null");
    text += "]";
  }
  return text + "]";
}

/// {"name": [header, row, ...], ...}
Result<std::string> look(const GeneratedCase& given, const std::string& dsn) {
  Diagnostics diagnostics;
  const auto definition = sqlite_store().parse(Config{.value = Config::Map{{"dsn", Config{.value = dsn}}}}, diagnostics);
  WEIR_CHECK(definition != nullptr, "the path of a database makes a dsn");
  WEIR_ASSIGN(const auto store, definition->open({"case", "reader", ""}));
  WEIR_ASSIGN(const auto administration, store->administration());
  std::string text = "{";
  for (const auto& [name, sql] : given.queries) {
    auto rows = administration->query(sql);
    if (!rows.ok()) return std::move(rows).error().in(name);
    text += (text.size() == 1 ? "" : ",") + json_quoted(name) + ":" + print_rows(std::move(rows).value());
  }
  return text + "}";
}

/// All runs of one way: a stretch of the records, and again where the run died on it, then the next stretch. `glimpses` are what dead runs left behind.
Status run_way(const GeneratedCase& given, const CaseWay& way, Bench& bench, const std::shared_ptr<const Plan>& plan, const std::string& dsn,
               std::vector<std::string>& glimpses) {
  std::vector<std::size_t> stops = way.stops;
  if (stops.empty() || stops.back() != 1000) stops.push_back(1000);
  std::size_t runs = 0, next_death = 0;
  failpoint::arm(way.failpoints);
  for (const std::size_t stop : stops) {
    do {
      if (++runs > most_runs) return Error{ErrorKind::fatal, "the runs never end"};
      const bool dies = next_death < way.deaths.size();
      *bench.death = dies ? Death{way.deaths[next_death].commit, way.deaths[next_death].is_after} : Death{};
      for (const auto& [type, play] : bench.plays) {
        play->visible_share = stop;
        play->seed = way.seed == 0 ? 0 : way.seed + runs;
      }
      Status status = run_once(plan, way, runs, stop == 1000);
      if (!status.ok() && !bench.death->has_come) return status;
      if (!bench.death->has_come) continue;
      if (++next_death > 1 || !way.looks_after_death) continue;
      WEIR_ASSIGN(std::string left, look(given, dsn));
      glimpses.push_back(std::move(left));
    } while (bench.death->has_come);
  }
  return {};
}

/// What one way gave: "tables":{...} or "error":"...".
std::string outcome(const GeneratedCase& given, const CaseWay& way, Bench& bench, const std::filesystem::path& folder, std::vector<std::string>& glimpses) {
  const Database database(folder);
  const Compiled compiled = compile(given, bench, database.dsn());
  Status status = run_way(given, way, bench, compiled.plan, database.dsn(), glimpses);
  if (!status.ok()) return "\"error\":" + json_quoted(render(status.error()));
  auto tables = look(given, database.dsn());
  return tables.ok() ? "\"tables\":" + std::move(tables).value() : "\"error\":" + json_quoted(render(tables.error()));
}

std::string errors_of(const Compiled& compiled) {
  std::string text;
  for (const Error& error : compiled.diagnostics.errors()) text += render(error);
  return text;
}

/// The ways that gave the same are told together.
std::string answer(const GeneratedCase& given, const std::filesystem::path& folder) {
  Bench bench(given, folder);
  const Compiled compiled = compile(given, bench, Database(folder).dsn());
  const std::string head = "{\"name\":" + json_quoted(given.name);
  if (compiled.plan == nullptr) return head + ",\"refused\":" + json_quoted(errors_of(compiled)) + "}";
  std::vector<std::pair<std::string, std::string>> outcomes;  // what was given, by which ways
  std::vector<std::string> glimpses;
  for (const CaseWay& way : given.ways) {
    const std::string given_now = outcome(given, way, bench, folder, glimpses);
    const auto same = std::find_if(outcomes.begin(), outcomes.end(), [&](const auto& known) { return known.first == given_now; });
    if (same == outcomes.end()) outcomes.emplace_back(given_now, json_quoted(way.name));
    else same->second += "," + json_quoted(way.name);
  }
  std::string text = head + ",\"outcomes\":[";
  for (const auto& [what, ways] : outcomes) text += (text.back() == '[' ? "" : ",") + fmt::format("{{\"ways\":[{}],{}}}", ways, what);
  return text + fmt::format("],\"glimpses\":[{}]}}", fmt::join(glimpses, ","));
}

}  // namespace
}  // namespace weir::testing

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: run_cases FILE FOLDER\n";
    return 2;
  }
  std::ifstream cases(arguments[1]);
  if (!cases) {
    std::cerr << "cannot read " << arguments[1] << "\n";
    return 2;
  }
  while (const auto given = weir::testing::read_case(cases)) std::cout << weir::testing::answer(*given, arguments[2]) << std::endl;
  return 0;
}
