// hostile_reports_test.cpp — reports that are long, wide or many: each is refused or compiled within a second.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/fuzz/front_end.h"

namespace weir::testing {
namespace {

void expect_cheap(const std::string& name, const std::string& what, const std::string& text) {
  for (const FrontEnd& one : front_ends()) {
    if (name != one.name) continue;
    const Cost cost = cost_of(one, text);
    EXPECT_FALSE(is_too_much(cost, text)) << fmt::format("{} of {}, {} bytes: {:.2f} s, {} MiB", name, what, text.size(), cost.seconds, cost.bytes >> 20);
    return;
  }
  std::abort();
}

template <typename Make>
std::string each(std::size_t count, Make make) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += make(i);
  return result;
}

const std::string head = "CREATE PIPELINE a;\nCREATE CONNECTION c WITH (dsn = 'sqlite:a.db');\nCREATE SOURCE s (a BIGINT NOT NULL) WITH (type = 'kafka', brokers = 'b:9092', topic = 't', format = 'json');\n"
                         "CREATE SINK k WITH (key = 'a') AS FROM s;\n";

void expect_report(const std::string& what, const std::string& options, const std::string& sql) {
  const std::string text = head + "CREATE REPORT r " + options + " AS $$ " + sql + " $$;\n";
  for (const char* end : {"compile_weir", "format_weir"}) expect_cheap(end, what, text);
}

TEST(HostileReports, OfOneStatement) {
  for (const std::size_t count : {1000, 20'000, 90'000}) {
    expect_report("unknown parameters", "", "select " + each(count, [](std::size_t i) { return fmt::format(":p{},", i); }));
    expect_report("one unknown parameter", "", "select " + each(count, [](std::size_t) { return std::string(":p\n, "); }));
    expect_report("one parameter", "WITH (parameters = (p = 1))", "select " + each(count, [](std::size_t) { return std::string(":p, "); }));
    expect_report("comments", "", "select 1 " + each(count, [](std::size_t) { return std::string("/*"); }) + each(count, [](std::size_t) { return std::string("*/"); }));
    expect_report("quotes", "", "select " + each(count, [](std::size_t) { return std::string("'"); }));
    expect_report("dollars", "", "select " + each(count, [](std::size_t) { return std::string("$a"); }));
    expect_report("statements", "", each(count, [](std::size_t) { return std::string("select 1;"); }));
    expect_report("names of y", "WITH (chart = 'bar', y = '" + each(count, [](std::size_t i) { return fmt::format("c{},", i % 10); }) + "')", "select 1");
  }
}

TEST(HostileReports, Many) {
  for (const std::size_t count : {100, 4000}) {
    expect_cheap("compile_weir", "reports", head + each(count, [](std::size_t i) { return fmt::format("CREATE REPORT r{} AS $$ select :a $$;\n", i); }));
    const std::string parameters = each(count, [](std::size_t i) { return fmt::format("{}p{} = {}", i == 0 ? "" : ", ", i, i); });
    expect_report("parameters", "WITH (parameters = (" + parameters + "))", "select " + each(count, [](std::size_t i) { return fmt::format(":p{} + ", i); }) + "1");
    expect_report("parameters that nobody uses", "WITH (parameters = (" + parameters + "))", "select 1");
  }
}

}  // namespace
}  // namespace weir::testing
