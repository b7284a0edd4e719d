// arena_test.cpp — the memory of a chunk.
#include "engine/data/arena.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace weir {
namespace {

TEST(Arena, KeepsTextsOfEveryLength) {
  Arena arena(256);
  std::vector<std::pair<std::string, View>> kept;
  for (std::size_t length = 0; length < 600; ++length) {
    std::string text(length, static_cast<char>('a' + length % 26));
    kept.emplace_back(text, arena.copy(text));
  }
  for (const auto& [text, view] : kept) {
    EXPECT_EQ(arena.text(view), text);
    EXPECT_EQ(view.is_inline(), text.size() <= 12);
  }
}

TEST(Arena, PadsInlineViewsWithZerosAsArrowAsks) {
  const View view = Arena::inline_view("abc");
  EXPECT_EQ(std::string(view.inlined, 12), std::string("abc") + std::string(9, '\0'));
  Arena arena;
  EXPECT_EQ(std::string(arena.copy("abcdefghijklmnop").outside.prefix, 4), "abcd");
}

TEST(Arena, AlignsAndNeverOverlaps) {
  Arena arena(512);
  std::mt19937 random(7);
  std::vector<std::pair<char*, std::size_t>> pieces;
  for (int i = 0; i < 2000; ++i) {
    const std::size_t alignment = std::size_t{1} << (random() % 7);
    const std::size_t size = random() % 700;
    char* piece = static_cast<char*>(arena.allocate(size, alignment));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece) % alignment, 0u);
    std::fill_n(piece, size, static_cast<char>(i));
    pieces.emplace_back(piece, size);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto [piece, size] = pieces[i];
    EXPECT_TRUE(std::all_of(piece, piece + size, [&](char c) { return c == static_cast<char>(i); }));
  }
}

TEST(Arena, HasReadableBytesAfterEveryBlock) {
  Arena arena(64);
  for (const std::size_t size : {64u, 100u, 5000u}) {
    const char* piece = static_cast<const char*>(arena.allocate(size, 1));
    volatile char sink = 0;
    for (std::size_t i = 0; i < 64; ++i) sink = piece[size + i];  // AddressSanitizer looks on
    (void)sink;
  }
}

TEST(Arena, MakesViewsOfBytesThatLieInABlock) {
  Arena arena(1024);
  char* bytes = static_cast<char*>(arena.allocate(40, 1));
  const std::size_t block = arena.current_block();
  std::memcpy(bytes, "0123456789012345678901234567890123456789", 40);
  arena.allocate(5000, 8);  // another block becomes the current one
  EXPECT_EQ(arena.text(arena.view_in(block, bytes + 5, 20)), "56789012345678901234");
  const View short_view = arena.view_in(block, bytes + 5, 3);
  EXPECT_EQ(arena.text(short_view), "567");
}

TEST(Arena, KeepsOneOrdinaryBlockWhenReset) {
  Arena arena(1024);
  arena.allocate(5000, 8);
  void* ordinary = arena.allocate(10, 8);
  arena.allocate(1020, 8);
  EXPECT_EQ(arena.block_count(), 3u);
  arena.reset();
  EXPECT_EQ(arena.block_count(), 1u);
  EXPECT_EQ(arena.allocate(8, 8), ordinary);
  EXPECT_LT(arena.capacity_bytes(), 1200u);
  EXPECT_EQ(arena.text(arena.copy("after the reset all is well")), "after the reset all is well");
}

TEST(Arena, MayBeResetWhenEmptyOrWithoutAnOrdinaryBlock) {
  Arena arena(64);
  arena.reset();
  EXPECT_EQ(arena.block_count(), 0u);
  arena.allocate(1000, 8);
  arena.reset();
  EXPECT_EQ(arena.block_count(), 0u);
  EXPECT_EQ(arena.text(arena.copy("longer than twelve bytes")), "longer than twelve bytes");
}

TEST(Arena, TakesNothingAlongWhenMoved) {
  Arena from(64);
  const View view = from.copy("longer than twelve bytes");
  Arena to = std::move(from);
  EXPECT_EQ(to.text(view), "longer than twelve bytes");
  const View other =
      from.copy("the arena left behind works too");  // NOLINT: its state after a move is defined
  EXPECT_EQ(from.text(other), "the arena left behind works too");
  EXPECT_EQ(to.text(view), "longer than twelve bytes");
}

TEST(Arena, PointsIntoForeignBlocks) {
  const std::string foreign = "bytes that somebody else owns";
  Arena arena(1024);
  const View before = arena.copy("a text from before the foreign block");
  const std::size_t block = arena.add_foreign_block(foreign.data(), foreign.size());
  const View view = arena.view_in(block, foreign.data() + 6, 23);
  const View after = arena.copy("a text from after the foreign block");
  EXPECT_EQ(arena.text(before), "a text from before the foreign block");
  EXPECT_EQ(arena.text(view), "that somebody else owns");
  EXPECT_EQ(arena.text(view).data(), foreign.data() + 6);
  EXPECT_EQ(arena.text(after), "a text from after the foreign block");
}

}  // namespace
}  // namespace weir
