// test.cpp — weir test: runs the tests in pipeline files, in memory.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "engine/base/log.h"
#include "engine/base/nearest_name.h"
#include "engine/cli/command.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/test_record.h"
#include "engine/cli/test_report.h"
#include "engine/testing/coverage.h"

namespace weir {
namespace {

struct TestArguments {
  PipelineFile settings;
  std::vector<std::string> files;
  std::string filter, only, junit;
  bool stops_at_failure = false;
  bool covers = false;
  bool records = false;
  RecordRequest recording;
};

bool is_chosen(const PipelineTest& test, const TestArguments& arguments) {
  if (!arguments.only.empty()) return test.name == arguments.only;
  return arguments.filter.empty() || test.name.find(arguments.filter) != std::string::npos;
}

class TestCommand {
 public:
  explicit TestCommand(const TestArguments& arguments) : arguments_(arguments) {}

  int run() {
    log::set_level(log::Level::error);
    for (const std::string& path : arguments_.files) {
      run_file(path);
      if (arguments_.stops_at_failure && report_.has_failed()) break;
    }
    if (!arguments_.only.empty() && report_.count() == 0 && !is_wrong_) return refuse_name();
    report_.print_summary();
    if (!arguments_.junit.empty()) {
      if (const Status written = report_.write_junit(arguments_.junit); !written.ok()) return report(written.error());
    }
    if (is_wrong_) return exit_pipeline_wrong;
    return report_.has_failed() ? exit_failed : exit_done;
  }

 private:
  void run_file(const std::string& path) {
    PipelineFile file;
    file.take_arguments(arguments_.settings);
    file.set_path(path);
    const auto plan = file.compile_for_tests();
    if (plan == nullptr) {
      is_wrong_ = true;
      return;
    }
    report_.begin_file(path, file.tests().size());
    std::optional<Coverage> coverage;
    if (arguments_.covers) coverage.emplace(*plan);
    for (const PipelineTest& test : file.tests()) {
      names_.push_back(test.name);
      if (!is_chosen(test, arguments_)) continue;
      const auto start = std::chrono::steady_clock::now();
      const TestResult result = run_test(*plan, test);
      report_.add(test, result, std::chrono::steady_clock::now() - start);
      if (arguments_.stops_at_failure && !result.passed()) return;
      if (!coverage || !result.passed()) continue;
      if (const Status counted = coverage->add(test); !counted.ok()) fmt::print(stderr, "{}", render(counted.error(), "warning"));
    }
    if (coverage) report_.add_coverage(path, coverage->places());
  }

  int refuse_name() const {
    const std::string nearest = nearest_name(arguments_.only, names_);
    return report(Error{ErrorKind::usage, "there is no test '" + arguments_.only + "'"}.with_hint(nearest.empty() ? "" : "did you mean '" + nearest + "'?"));
  }

  const TestArguments& arguments_;
  TestReport report_;
  std::vector<std::string> names_;
  bool is_wrong_ = false;
};

int record_sample(TestArguments& arguments) {
  if (arguments.files.size() != 1) return report(Error{ErrorKind::usage, "--record wants one pipeline file"});
  log::set_level(log::Level::error);
  arguments.settings.set_path(arguments.files.front());
  return record_test(arguments.settings, arguments.recording);
}

}  // namespace

CommandBody add_test(CLI::App& app) {
  CLI::App* command = app.add_subcommand("test", "Runs the tests in pipeline files, in memory: no service is needed");
  const auto arguments = std::make_shared<TestArguments>();
  command->add_option("FILE", arguments->files, "Pipeline files (.yaml or .weir)")->required();
  auto* filter = command->add_option("--filter", arguments->filter, "Only tests whose names hold this text")->type_name("TEXT");
  command->add_option("--only", arguments->only, "Only the test of this name")->type_name("NAME")->excludes(filter);
  command->add_option("--junit", arguments->junit, "Also writes the results as JUnit XML")->type_name("FILE.xml");
  command->add_flag("--fail-fast", arguments->stops_at_failure, "Stop at the first test that fails");
  command->add_flag("--coverage", arguments->covers, "Also tell which steps, conditions, CASE branches, functions and sinks no row of a passed test came to");
  auto* record = command->add_flag("--record", arguments->records, "Write a test of a sample: its records as rows, and what comes out as what is expected, for review");
  command->add_option("--input", arguments->recording.inputs, "With --record: the records of a source, one a line")->type_name("SOURCE=FILE")->allow_extra_args(false)->needs(record);
  command->add_option("--name", arguments->recording.name, "With --record: what the test is called")->default_val("what the sample gives")->needs(record);
  command->add_flag("--write", arguments->recording.writes, "With --record: into the pipeline file, and not to stdout")->needs(record);
  arguments->settings.add_settings(*command);
  command->footer(
      "Examples:\n"
      "  weir test pipelines/purchase/purchase.yaml\n"
      "  weir test --filter late --junit results.xml pipelines/*/*.yaml\n"
      "  weir test --record pipelines/purchase/purchase.yaml --input purchases=pipelines/purchase/sample.jsonl\n\n"
      "Each test is run as written, in one-row chunks, with several workers, and restarted after every row: the tables must come out the same.\n"
      "Exit codes: 0 all passed, or there were none; 1 a test failed; 78 a file is wrong.");
  return [arguments] { return arguments->records ? record_sample(*arguments) : TestCommand(*arguments).run(); };
}

}  // namespace weir
