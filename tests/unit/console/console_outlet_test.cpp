// console_outlet_test.cpp — writes to a pipe: whole epochs, and what a closed one says.
#include "connectors/console/console_outlet.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "connectors/console/console.h"
#include "tests/unit/console/console_rows.h"

namespace weir::testing {
namespace {

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe(ends), 0); }
  ~Pipe() {
    close_reader();
    ::close(ends[1]);
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  int ends[2] = {-1, -1};
};

std::vector<std::vector<Value>> long_rows() {
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 5000; ++i) rows.push_back({text(std::string(100, static_cast<char>('a' + i % 26)))});
  return rows;
}

TEST(ConsoleOutlet, WritesATable) {
  Pipe pipe;
  const ConsoleRows rows({"n"}, {{bigint(1)}});
  const auto outlet = make_console_outlet({}, pipe.ends[1]);
  ASSERT_TRUE(outlet->write(rows.table, rows.references).ok());
  char buffer[200];
  const ssize_t size = ::read(pipe.ends[0], buffer, sizeof buffer);
  EXPECT_EQ(std::string(buffer, static_cast<std::size_t>(size)), "screen: 1 row\nn\n-\n1\n\n");
}

TEST(ConsoleOutlet, WritesAllOfWhatAFullPipeTakesInParts) {
  for (const int flags : {0, O_NONBLOCK}) {
    Pipe pipe;
    ASSERT_EQ(::fcntl(pipe.ends[1], F_SETFL, flags), 0);
    const ConsoleRows rows({"t"}, long_rows(), {.format = "json"});
    std::string read;
    std::thread reader([&] {
      char buffer[1000];
      while (read.size() < rows.shown().size()) {
        const ssize_t size = ::read(pipe.ends[0], buffer, sizeof buffer);
        if (size <= 0) return;
        read.append(buffer, static_cast<std::size_t>(size));
      }
    });
    const Status written = make_console_outlet({.format = "json"}, pipe.ends[1])->write(rows.table, rows.references);
    reader.join();
    EXPECT_TRUE(written.ok());
    EXPECT_EQ(read, rows.shown());
  }
}

TEST(ConsoleOutlet, SaysThatNobodyReads) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.close_reader();
  const ConsoleRows rows({"n"}, {{bigint(1)}});
  const Status written = make_console_outlet({}, pipe.ends[1])->write(rows.table, rows.references);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().kind(), ErrorKind::fatal);
  EXPECT_EQ(written.error().message(), "nobody reads what is written to stdout any more (the pipe is closed)");
}

TEST(ConsoleOutlet, WaitsForAFullDisk) {
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  const ConsoleRows rows({"n"}, {{bigint(1)}});
  const Status written = make_console_outlet({}, full)->write(rows.table, rows.references);
  ::close(full);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().kind(), ErrorKind::service);
  EXPECT_EQ(written.error().message(), "stdout cannot be written: No space left on device");
}

Config options(Config::Map map) { return Config{.value = std::move(map)}; }
Config scalar(std::string text) { return Config{.value = std::move(text)}; }

TEST(ConsoleOptions, HaveDefaultsAndLimits) {
  Diagnostics diagnostics;
  const auto plain = console_outlet().parse(options({}), diagnostics);
  ASSERT_NE(plain, nullptr);
  EXPECT_EQ(plain->describe(), "console (table, at most 20 rows of an epoch)");
  EXPECT_TRUE(plain->writes_to_stdout());
  const auto json = console_outlet().parse(options({{"format", scalar("json")}}), diagnostics);
  EXPECT_EQ(json->describe(), "console (json)");
  EXPECT_NE(json->fingerprint(), plain->fingerprint());
  const auto wide = console_outlet().parse(options({{"width", scalar("0")}, {"rows", scalar("3")}}), diagnostics);
  EXPECT_EQ(wide->fingerprint(), plain->fingerprint()) << "how much is shown decides no result";
  EXPECT_TRUE(diagnostics.ok());
  EXPECT_EQ(console_outlet().parse(options({{"rows", scalar("0")}}), diagnostics), nullptr);
  EXPECT_EQ(console_outlet().parse(options({{"format", scalar("jsno")}}), diagnostics), nullptr);
  EXPECT_EQ(console_outlet().parse(options({{"format", scalar("json")}, {"rows", scalar("5")}}), diagnostics), nullptr);
  ASSERT_EQ(diagnostics.errors().size(), 3u);
  EXPECT_EQ(diagnostics.errors()[1].hint(), "did you mean json?");
  EXPECT_EQ(diagnostics.errors()[2].message(), "rows is an option of tables, but the format is json");
}

}  // namespace
}  // namespace weir::testing
