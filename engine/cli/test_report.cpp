// test_report.cpp — the results of tests as text and as JUnit XML.
#include "engine/cli/test_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "engine/cli/terminal.h"

namespace weir {
namespace {

std::string painted(const char* word, int colour) { return is_terminal(stdout) ? fmt::format("\033[{}m{}\033[0m", colour, word) : word; }

// The sentence with its place, then what differs.
std::string failure_text(const TestFailure& failure) {
  std::string text = render(Error{ErrorKind::user, failure.message, failure.where}, "failed");
  for (const std::string& line : failure.details) text += "  " + line + "\n";
  return text;
}

std::string xml(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r';
    safe += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : is_control ? "?" : std::string(1, c);
  }
  return safe;
}

}  // namespace

void TestReport::begin_file(const std::string& path, std::size_t tests) {
  files_.push_back(path);
  fmt::print("{}: {}\n", path, tests == 0 ? "no tests" : tests == 1 ? "1 test" : fmt::format("{} tests", tests));
}

void TestReport::add(const PipelineTest& test, const TestResult& result, std::chrono::steady_clock::duration time) {
  Outcome outcome{files_.back(), test.name, {}, std::chrono::duration<double>(time).count()};
  for (const TestFailure& failure : result.failures) outcome.failure += failure_text(failure);
  if (!result.passed()) outcome.failure = fmt::format("{}: {} ({})\n", outcome.file, outcome.name, result.way) + outcome.failure;
  fmt::print("  {}  {} ({:.0f} ms)\n", result.passed() ? painted("ok    ", 32) : painted("FAILED", 31), test.name, outcome.seconds * 1000);
  std::fflush(stdout);
  outcomes_.push_back(std::move(outcome));
}

void TestReport::add_coverage(const std::string& path, const std::vector<CoveredPlace>& places) {
  std::map<std::string, std::pair<std::size_t, std::size_t>> kinds;  // reached, of how many
  std::size_t reached = 0;
  std::string missed;
  for (const CoveredPlace& place : places) {
    ++kinds[place.kind].second;
    if (place.rows > 0) {
      ++kinds[place.kind].first;
      ++reached;
      continue;
    }
    const std::string where = place.where.is_known() ? fmt::format("{}:{}:{}: ", place.where.source->name, place.where.line, place.where.column) : "";
    missed += fmt::format("  {}{}\n", where, place.text);
  }
  std::vector<std::string> parts;
  for (const auto& [kind, counts] : kinds) parts.push_back(fmt::format("{} {} of {}", kind, counts.first, counts.second));
  coverage_ += fmt::format("\ncoverage of {}: {:.0f} % ({})\n", path, places.empty() ? 100.0 : 100.0 * static_cast<double>(reached) / static_cast<double>(places.size()),
                           fmt::join(parts, ", "));
  if (!missed.empty()) coverage_ += "no row came to\n" + missed;
}

bool TestReport::has_failed() const {
  return std::any_of(outcomes_.begin(), outcomes_.end(), [](const Outcome& one) { return !one.failure.empty(); });
}

void TestReport::print_summary() const {
  for (const Outcome& outcome : outcomes_) {
    if (!outcome.failure.empty()) fmt::print("\n{}", outcome.failure);
  }
  fmt::print("{}", coverage_);
  const auto failed = static_cast<std::size_t>(std::count_if(outcomes_.begin(), outcomes_.end(), [](const Outcome& one) { return !one.failure.empty(); }));
  double seconds = 0;
  for (const Outcome& outcome : outcomes_) seconds += outcome.seconds;
  fmt::print("\n{} passed, {} failed in {:.2f} s\n", outcomes_.size() - failed, failed, seconds);
}

Status TestReport::write_junit(const std::string& path) const {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const std::string& file : files_) {
    std::string cases;
    std::size_t count = 0, failed = 0;
    double seconds = 0;
    for (const Outcome& outcome : outcomes_) {
      if (outcome.file != file) continue;
      ++count;
      seconds += outcome.seconds;
      cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml(file), xml(outcome.name), outcome.seconds);
      if (outcome.failure.empty()) {
        cases += "/>\n";
        continue;
      }
      ++failed;
      const std::string first = outcome.failure.substr(0, outcome.failure.find('\n'));
      cases += fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", xml(first), xml(outcome.failure));
    }
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.3f}\">\n{}  </testsuite>\n", xml(file), count, failed, seconds, cases);
  }
  std::ofstream out(path, std::ios::binary);
  out << text << "</testsuites>\n";
  out.close();
  if (!out) return Error{ErrorKind::usage, "cannot be written: " + path};
  return {};
}

}  // namespace weir
