// block_pool_test.cpp — blocks go round, whoever had them before; what arenas count is what they have.
#include "engine/data/block_pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "engine/data/arena.h"

namespace weir {
namespace {

TEST(BlockPool, GivesAlignedBlocksOfEverySize) {
  for (const std::size_t bytes : {std::size_t{64}, std::size_t{1000}, ordinary_block_bytes, ordinary_block_bytes + 64}) {
    char* block = take_block(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0u);
    std::memset(block, 7, bytes);
    give_block_back(block, bytes);
  }
}

#ifndef __SANITIZE_ADDRESS__
TEST(BlockPool, GivesABlockThatCameBackToWhoeverAsksNext) {
  char* block = take_block(ordinary_block_bytes);
  char* seen_by_other = nullptr;
  give_block_back(block, ordinary_block_bytes);
  std::thread([&] { seen_by_other = take_block(ordinary_block_bytes); }).join();
  EXPECT_EQ(seen_by_other, block);
  give_block_back(seen_by_other, ordinary_block_bytes);
}

TEST(BlockPool, KeepsTensOfMegabytesAtMost) {
  std::vector<char*> blocks;
  for (int i = 0; i < 2000; ++i) blocks.push_back(take_block(ordinary_block_bytes));
  for (char* block : blocks) give_block_back(block, ordinary_block_bytes);
  EXPECT_LE(kept_blocks() * ordinary_block_bytes, std::size_t{64} << 20);
}
#endif

TEST(BlockPool, ArenasOfAllThreadsWriteIntoBlocksOfTheirOwn) {
  std::vector<std::thread> threads;
  for (char mark = 'a'; mark < 'e'; ++mark) {
    threads.emplace_back([mark] {
      for (int round = 0; round < 200; ++round) {
        Arena arena;
        std::vector<char*> parts;
        for (int i = 0; i < 20; ++i) parts.push_back(static_cast<char*>(arena.allocate(10'000)));
        for (char* part : parts) std::memset(part, mark, 10'000);
        for (const char* part : parts) {
          for (int i = 0; i < 10'000; i += 999) ASSERT_EQ(part[i], mark);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(BlockPool, AnArenaCountsItsOwnBlocksOnly) {
  const std::string foreign(100'000, 'x');
  Arena arena;
  arena.allocate(10);
  const std::size_t one_block = arena.capacity_bytes();
  EXPECT_EQ(one_block, ordinary_block_bytes);
  arena.add_foreign_block(foreign.data(), foreign.size());
  arena.allocate(10);
  EXPECT_EQ(arena.capacity_bytes(), 2 * one_block);
  arena.keep_blocks(1);
  EXPECT_EQ(arena.capacity_bytes(), one_block);
  arena.reset();
  EXPECT_EQ(arena.capacity_bytes(), one_block);
}

}  // namespace
}  // namespace weir
