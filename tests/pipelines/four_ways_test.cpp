// four_ways_test.cpp — runs every .test file whole, in one-row chunks, with several workers, and stopped and
// resumed after every row, the last two also with the state on disk: tables, ledger and rejects must come out the same (the laws "batch equals
// stream" and "the books balance").
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "connectors/csv/csv.h"
#include "connectors/formats/formats.h"
#include "connectors/sqlite/sqlite.h"
#include "dsl/compile.h"
#include "dsl/format.h"
#include "engine/base/failpoint.h"
#include "engine/runtime/job.h"
#include "engine/testing/scripted_source.h"
#include "tests/pipelines/pipeline_test_file.h"
#include "udf/enrich/enrich.h"

namespace weir::testing {
namespace {

struct Way {
  std::string name;
  JobOptions options;
  bool restarts_after_every_row = false;
};

std::vector<Way> four_ways() {
  JobOptions whole{.until_end = true, .workers = 1, .writers = 1};
  JobOptions rows = whole;
  rows.chunk_rows = 1;
  JobOptions workers = whole;
  workers.chunk_rows = 3;
  workers.workers = 4;
  // All state but what an epoch of one row needs is on disk.
  JobOptions on_disk = rows;
  on_disk.epoch_rows = 1;
  on_disk.state_memory = 1;
  return {{"whole", whole},
          {"one-row chunks", rows},
          {"several workers", workers},
          {"stopped and resumed", rows, true},
          {"with the state on disk", on_disk},
          {"with the state on disk, stopped and resumed", on_disk, true}};
}

class Database {
 public:
  explicit Database(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              ("weir-four-ways-" + std::to_string(::getpid()) + "-" + name + ".db")) {
    remove();
  }
  ~Database() { remove(); }
  std::string dsn() const { return "sqlite:" + path_.string(); }

 private:
  void remove() const {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
      std::filesystem::remove(path_.string() + suffix);
  }
  std::filesystem::path path_;
};

// `registry` must outlive the plan: the plan's calls point at its functions.
std::shared_ptr<const Plan> compile(const PipelineTestFile& file, std::shared_ptr<const Script> script,
                                    const std::string& dsn, Registry& registry) {
  register_builtin_functions(registry.functions);
  register_builtin_aggregates(registry.aggregates);
  register_builtin_tables(registry.tables);
  register_enrichment(registry.functions);
  registry.sources.push_back(scripted_source(std::move(script)));
  registry.stores.push_back(sqlite_store());
  registry.formats.push_back(json_format());
  registry.lookups.push_back(csv_table());
  Variables variables;
  variables.overrides["DB"] = dsn;
  Compiled compiled = compile_yaml(file.path, file.pipeline, registry, variables);
  for (const Error& error : compiled.diagnostics.errors()) ADD_FAILURE() << render(error);
  if (compiled.plan == nullptr) return nullptr;
  // The other spelling is the same plan; where it is given, it is what is run.
  const std::string weir = file.weir.empty() ? format_pipeline(file.path, file.pipeline, Spelling::weir, registry) : file.weir;
  const Compiled other = compile_weir(file.path, weir, registry, variables);
  for (const Error& error : other.diagnostics.errors()) ADD_FAILURE() << render(error) << weir;
  if (other.plan != nullptr) {
    EXPECT_EQ(fingerprint(*other.plan), fingerprint(*compiled.plan));
    EXPECT_EQ(*explain(*other.plan, other.reports, ExplainFormat::text), *explain(*compiled.plan, compiled.reports, ExplainFormat::text));
  }
  return file.weir.empty() ? compiled.plan : other.plan;
}

std::map<std::string, std::vector<ScriptedRecord>> records_of(const PipelineTestFile& file) {
  std::map<std::string, std::vector<ScriptedRecord>> records;
  for (const auto& [split, lines] : file.input) records[split].assign(lines.begin(), lines.end());
  return records;
}

void try_once(const PipelineTestFile& file, const std::shared_ptr<Script>& script, const JobOptions& options,
              const std::string& dsn, Status& status) {
  Registry registry;
  const auto plan = compile(file, script, dsn, registry);
  ASSERT_NE(plan, nullptr);
  auto job = Job::create(plan, options);
  ASSERT_TRUE(job.ok()) << render(job.error());
  status = (*job)->run();
}

void run_once(const PipelineTestFile& file, const std::shared_ptr<Script>& script, const JobOptions& options,
              const std::string& dsn) {
  Status status;
  ASSERT_NO_FATAL_FAILURE(try_once(file, script, options, dsn, status));
  ASSERT_TRUE(status.ok()) << render(status.error());
}

std::vector<std::string> sorted_rows(std::vector<std::vector<std::optional<std::string>>> rows) {
  std::vector<std::string> lines;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    std::string line;
    for (const auto& cell : rows[i]) line += (&cell == &rows[i].front() ? "" : " | ") + cell.value_or("NULL");
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string query_for(const ExpectedTable& table) {
  std::string columns;
  const bool is_ledger = table.name == "ledger";
  for (const std::string& column : table.columns) {
    const bool is_count = is_ledger && column != "sink" && column != "source";
    columns += (columns.empty() ? "" : ", ") + (is_count ? "sum(\"" + column + "\")" : "\"" + column + "\"");
  }
  const std::string from = is_ledger                 ? "weir_ledger"
                           : table.name == "rejects" ? "weir_rejects"
                                                     : "\"" + table.name + "\"";
  return "SELECT " + columns + " FROM " + from + (is_ledger ? " GROUP BY source, sink" : "");
}

void compare(const PipelineTestFile& file, const std::string& dsn) {
  Diagnostics diagnostics;
  const Config options{.value = Config::Map{{"dsn", Config{.value = dsn}}}};
  const auto definition = sqlite_store().parse(options, diagnostics);
  ASSERT_NE(definition, nullptr);
  auto store = definition->open({"test", "reader", ""});
  ASSERT_TRUE(store.ok());
  auto administration = (*store)->administration();
  ASSERT_TRUE(administration.ok()) << render(administration.error());
  for (const ExpectedTable& table : file.tables) {
    auto rows = (*administration)->query(query_for(table));
    ASSERT_TRUE(rows.ok()) << render(rows.error());
    EXPECT_EQ(sorted_rows(std::move(rows).value()), table.rows) << "table " << table.name;
  }
}

class FourWays : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(FourWays, GiveTheSameTables) {
  const PipelineTestFile file = read_test_file(GetParam().string());
  std::size_t longest = 0;
  for (const auto& [split, records] : file.input) longest = std::max(longest, records.size());
  for (const Way& way : four_ways()) {
    SCOPED_TRACE(way.name);
    const Database database(GetParam().stem().string());
    auto script = std::make_shared<Script>();
    script->records = records_of(file);
    for (std::size_t visible = way.restarts_after_every_row ? 1 : longest; visible <= longest; ++visible) {
      script->visible = visible;
      JobOptions options = way.options;
      options.more_to_come = file.is_held && visible < longest;
      ASSERT_NO_FATAL_FAILURE(run_once(file, script, options, database.dsn()));
    }
    ASSERT_NO_FATAL_FAILURE(compare(file, database.dsn()));
  }
}

// The disk fails at some write or read: the run ends with a sentence that says so, and the next one goes on from what was committed.
TEST_P(FourWays, LoseNothingToADiskThatFails) {
  const PipelineTestFile file = read_test_file(GetParam().string());
  const JobOptions on_disk = four_ways()[4].options;
  for (const char* failure : {"spill_write:1:error", "spill_write:4:error", "spill_read:1:error", "spill_read:5:error"}) {
    SCOPED_TRACE(failure);
    const Database database(GetParam().stem().string());
    auto script = std::make_shared<Script>();
    script->records = records_of(file);
    Status status;
    failpoint::arm(failure);
    try_once(file, script, on_disk, database.dsn(), status);
    failpoint::arm("");
    ASSERT_FALSE(HasFatalFailure());
    if (!status.ok()) {
      EXPECT_NE(status.error().message().find("the local store of state cannot be "), std::string::npos) << render(status.error());
    }
    ASSERT_NO_FATAL_FAILURE(run_once(file, script, on_disk, database.dsn()));
    ASSERT_NO_FATAL_FAILURE(compare(file, database.dsn()));
  }
}

std::vector<std::filesystem::path> test_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/tests/pipelines")) {
    if (entry.path().extension() == ".test") files.push_back(entry.path());
  }
  for (const char* page : {"types", "steps", "time", "joins"}) files.emplace_back(std::string(WEIR_SOURCE_DIR "/docs/") + page + ".md");
  for (const auto& entry : std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/docs/language")) {
    const std::string page = entry.path().stem().string();
    const bool is_run_elsewhere = page == "README" || page == "tests" || page == "tutorial";
    if (entry.path().extension() == ".md" && !is_run_elsewhere) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, FourWays, ::testing::ValuesIn(test_files()), [](const auto& file) {
  std::string name = file.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

}  // namespace
}  // namespace weir::testing
