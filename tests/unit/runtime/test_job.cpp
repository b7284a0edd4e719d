// test_job.cpp — the oracle is a loop over the script.
#include "tests/unit/runtime/test_job.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/doubles/lines_format.h"

namespace weir::testing {
namespace {

SinkNode sink_on(NodeId input, const std::string& name) {
  SinkNode sink;
  sink.input = input;
  sink.connection = 0;
  sink.table = {.sink = name,
                .table = name,
                .schema = {{{"key", string_type, false}, {"value", string_type, true}}},
                .key = {0},
                .on_conflict = OnConflict::ignore};
  sink.expressions = {make_column(0, sink.table.schema.fields[0]),
                      make_column(1, sink.table.schema.fields[1])};
  return sink;
}

ExpressionPtr value_is_not_skip(const FunctionRegistry& functions) {
  Ast literal{LiteralAst{Value{string_type, std::string("skip")}}, {}};
  Ast name{NameAst{{"value"}}, {}};
  CallAst call{"<>", {}};
  call.arguments.push_back(std::make_unique<Ast>(std::move(name)));
  call.arguments.push_back(std::make_unique<Ast>(std::move(literal)));
  const Schema schema{{{"key", string_type, false}, {"value", string_type, true}}};
  Diagnostics diagnostics;
  ExpressionPtr bound = bind(Ast{std::move(call), {}}, Scope{&schema, "lines"}, functions, diagnostics);
  EXPECT_NE(bound, nullptr);
  return bound;
}

// Functions must outlive every plan that names them.
const FunctionRegistry& functions() {
  static const auto registry = [] {
    auto filled = std::make_unique<FunctionRegistry>();
    register_builtin_functions(*filled);
    return filled;
  }();
  return *registry;
}

}  // namespace

std::shared_ptr<const Plan> lines_plan(std::shared_ptr<const Script> script,
                                       std::shared_ptr<MemoryDatabase> database, ErrorPolicy on_error) {
  auto plan = std::make_shared<Plan>();
  plan->name = "lines";
  Diagnostics diagnostics;
  ScanNode scan;
  scan.source = "lines";
  scan.connector = "scripted";
  scan.definition = scripted_source(std::move(script)).parse(Config{}, diagnostics);
  scan.format = lines_format();
  scan.columns = {{{{"key", string_type, false}, "key"}, {}}, {{{"value", string_type, true}, "value"}, {}}};
  scan.on_error = on_error;
  const Schema schema{{{"key", string_type, false}, {"value", string_type, true}}};
  plan->nodes.push_back({"lines", schema, scan});
  plan->nodes.push_back({"filtered", schema, FilterNode{0, value_is_not_skip(functions())}});
  plan->connections.push_back({"memory", "memory", memory_store(std::move(database))});
  plan->sinks = {sink_on(0, "all"), sink_on(1, "some")};
  return plan;
}

Script random_script(unsigned seed, std::size_t splits, std::size_t records) {
  std::minstd_rand random{seed};
  Script script;
  for (std::size_t split = 0; split < splits; ++split) {
    auto& lines = script.records["lines/" + std::to_string(split)];
    for (std::size_t i = 0; i < records; ++i) {
      const unsigned key = random() % 40;
      const std::string value = key % 5 == 0 ? "skip" : "v" + std::to_string(key);
      lines.emplace_back(random() % 20 == 0 ? "bad" : "k" + std::to_string(key) + " " + value);
    }
  }
  return script;
}

void expect_exactly(const Script& script, MemoryDatabase& database) {
  std::set<std::string> all, some, bad;
  std::int64_t read = 0, filtered = 0;
  for (const auto& [split, lines] : script.records) {
    for (std::size_t i = 0; i < lines.size(); ++i, ++read) {
      const std::string& line = *lines[i].value;
      const auto blank = line.find(' ');
      if (blank == std::string::npos) {
        bad.insert(split + " " + std::to_string(i));
        continue;
      }
      const std::string row = line.substr(0, blank) + "|" + line.substr(blank + 1) + "|";
      all.insert(row);
      if (line.substr(blank + 1) == "skip")
        ++filtered;
      else
        some.insert(row);
    }
  }
  const std::scoped_lock lock(database.mutex);
  const auto rows_of = [&](const std::string& table) {
    const std::vector<std::string> rows = database.tables[table].texts();
    return std::set<std::string>(rows.begin(), rows.end());
  };
  EXPECT_EQ(rows_of("all"), all);
  EXPECT_EQ(rows_of("some"), some);
  std::map<std::string, LedgerLine> totals;
  for (const LedgerLine& line : database.ledger) {
    EXPECT_EQ(line.read,
              line.written + line.duplicates + line.filtered + line.absorbed + line.late + line.rejected)
        << line.sink;
    LedgerLine& total = totals[line.sink];
    total.read += line.read;
    total.written += line.written;
    total.filtered += line.filtered;
    total.rejected += line.rejected;
  }
  EXPECT_EQ(totals["all"].read, read);
  EXPECT_EQ(totals["all"].written, static_cast<std::int64_t>(all.size()));
  EXPECT_EQ(totals["some"].read, read);
  EXPECT_EQ(totals["some"].filtered, filtered);
  EXPECT_EQ(totals["some"].rejected, static_cast<std::int64_t>(bad.size()));
  std::multiset<std::string> rejects;
  for (const RejectedRow& row : database.rejects)
    rejects.insert(row.split + " " + std::to_string(row.offset));
  EXPECT_EQ(rejects, std::multiset<std::string>(bad.begin(), bad.end()));
}

}  // namespace weir::testing
