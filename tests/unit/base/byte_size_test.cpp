// byte_size_test.cpp — amounts of memory as text, and how much the machine or a control group allows.
#include "engine/base/byte_size.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/base/memory_limit.h"

namespace weir {
namespace {

TEST(ByteSize, UnitsAreOfThousandsUnlessTheySayOtherwise) {
  EXPECT_EQ(parse_byte_size("256 MB"), 256'000'000u);
  EXPECT_EQ(parse_byte_size("1.5gb"), 1'500'000'000u);
  EXPECT_EQ(parse_byte_size(" 64 MiB "), 67'108'864u);
  EXPECT_EQ(parse_byte_size("0 B"), 0u);
  for (const char* wrong : {"", "MB", "12", "-1 MB", "12 MBit", "1e40 TB", "nan MB", "1 MB x"}) EXPECT_FALSE(parse_byte_size(wrong)) << wrong;
}

TEST(ByteSize, PrintsWhatItReads) {
  EXPECT_EQ(format_byte_size(0), "0 B");
  EXPECT_EQ(format_byte_size(999), "999 B");
  EXPECT_EQ(format_byte_size(256'000'000), "256 MB");
  EXPECT_EQ(format_byte_size(1'550'000'000), "1.6 GB");
  EXPECT_EQ(parse_byte_size(format_byte_size(7'200'000'000'000)), 7'200'000'000'000u);
}

class MemoryLimit : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / ("weir-memory-limit-" + std::to_string(::getpid()));
    write("/proc/meminfo", "MemFree: 12 kB\nMemTotal:       1000 kB\n");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root_ / path.substr(1)).parent_path());
    std::ofstream(root_ / path.substr(1)) << text;
  }
  std::size_t limit() const { return available_memory(root_.string()); }

  std::filesystem::path root_;
};

TEST_F(MemoryLimit, IsTheMachinesWhereNoGroupHasOne) {
  EXPECT_EQ(limit(), 1'024'000u);
  write("/proc/self/cgroup", "0::/a\n");
  write("/sys/fs/cgroup/a/memory.max", "max\n");
  EXPECT_EQ(limit(), 1'024'000u);
}

TEST_F(MemoryLimit, IsTheLeastOfTheGroupsOnTheWayUp) {
  write("/proc/self/cgroup", "0::/a/b\n");
  write("/sys/fs/cgroup/a/memory.max", "5000\n");
  write("/sys/fs/cgroup/a/b/memory.max", "7000\n");
  EXPECT_EQ(limit(), 5000u);
}

TEST_F(MemoryLimit, IsFoundInAContainerAndInVersionOne) {
  write("/proc/self/cgroup", "12:cpu,cpuacct:/x\n4:memory:/outside/of/here\n");
  write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "6000\n");
  EXPECT_EQ(limit(), 6000u);
}

TEST(AvailableMemory, IsKnownHere) { EXPECT_GT(available_memory(), std::size_t{64} << 20); }

}  // namespace
}  // namespace weir
