// local_store_test.cpp — a local store beside a plain map, and what it says when the disk fails.
#include "engine/state/local_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <limits>
#include <map>
#include <random>

#include "engine/state/spill_area.h"

namespace weir {
namespace {

std::string folder() { return std::filesystem::temp_directory_path().string(); }

std::size_t files_of_ours() {
  std::size_t count = 0;
  const std::string start = "weir-state-" + std::to_string(::getpid()) + "-";
  for (const auto& entry : std::filesystem::directory_iterator(folder())) count += entry.path().filename().string().starts_with(start) ? 1 : 0;
  return count;
}

TEST(LocalStore, GivesWhatAMapGives) {
  std::mt19937_64 random(5);
  auto store = LocalStore::create(folder());
  ASSERT_TRUE(store.ok()) << render(store.error());
  std::map<std::uint64_t, std::string> kept;
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t key = random() % 5000;
    if (random() % 3 == 0) {
      bytes.assign(random() % 400, static_cast<char>(random()));
      ASSERT_TRUE((*store)->put(key, bytes).ok());
      kept[key] = bytes;
    } else if (random() % 10 == 0) {
      ASSERT_TRUE((*store)->erase(key, key + 3).ok());
      kept.erase(kept.lower_bound(key), kept.upper_bound(key + 3));
    } else {
      const auto found = kept.find(key);
      ASSERT_EQ((*store)->get(key, bytes).ok(), found != kept.end());
      if (found != kept.end()) {
        ASSERT_EQ(bytes, found->second);
      }
    }
  }
}

TEST(LocalStore, TakesAnyKeyAndEmptyAndLongValues) {
  auto store = LocalStore::create(folder());
  ASSERT_TRUE(store.ok());
  const std::string all("\0\xff", 2), large(3'000'000, 'x');
  std::string bytes = "before";
  ASSERT_TRUE((*store)->put(std::numeric_limits<std::uint64_t>::max(), all).ok());
  ASSERT_TRUE((*store)->put(0, "").ok());
  ASSERT_TRUE((*store)->put(1, large).ok());
  ASSERT_TRUE((*store)->get(std::numeric_limits<std::uint64_t>::max(), bytes).ok());
  EXPECT_EQ(bytes, all);
  ASSERT_TRUE((*store)->get(0, bytes).ok());
  EXPECT_EQ(bytes, "");
  ASSERT_TRUE((*store)->get(1, bytes).ok());
  EXPECT_EQ(bytes, large);
  EXPECT_GT((*store)->disk_bytes(), large.size());
}

TEST(LocalStore, LeavesNoFileEvenWhileItIsOpen) {
  auto first = LocalStore::create(folder()), second = LocalStore::create(folder());
  ASSERT_TRUE(first.ok() && second.ok());
  for (std::uint64_t key = 0; key < 100'000; ++key) ASSERT_TRUE((*first)->put(key, std::string(200, 'x')).ok());
  EXPECT_EQ(files_of_ours(), 0u);
}

TEST(LocalStore, AFolderThatIsNotThereIsAClearError) {
  const auto store = LocalStore::create("/nonexistent/folder");
  ASSERT_FALSE(store.ok());
  EXPECT_NE(store.error().message().find("the local store of state cannot be made in /nonexistent/folder"), std::string::npos) << store.error().message();
  EXPECT_NE(store.error().hint().find("state_directory"), std::string::npos);
}

TEST(SpillArea, MakesItsFolderAndSaysWhenItCannot) {
  const std::string made = folder() + "/weir-spill-test-" + std::to_string(::getpid()) + "/a/b";
  EXPECT_TRUE(SpillArea(made).make_store().ok());
  std::filesystem::remove_all(std::filesystem::path(made).parent_path().parent_path());
  const auto refused = SpillArea("/proc/no/such/folder").make_store();
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message().find("/proc/no/such/folder"), std::string::npos) << refused.error().message();
}

// A full disk: the kernel refuses to let the file grow. In a process of its own, since the limit is the process's.
TEST(LocalStoreDeathTest, AFullDiskIsAClearError) {
  const auto fill = [] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4'000'000, 4'000'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto store = LocalStore::create(folder());
    for (std::uint64_t key = 0; key < 1'000'000; ++key) {
      const Status status = (*store)->put(key, std::string(200, 'x'));
      if (status.ok()) continue;
      std::fprintf(stderr, "%s", render(status.error()).c_str());
      std::_Exit(7);
    }
    std::_Exit(0);
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(fill(), ::testing::ExitedWithCode(7), "the local store of state cannot be written in .*state_directory");
}

}  // namespace
}  // namespace weir
