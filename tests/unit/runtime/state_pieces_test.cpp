// state_pieces_test.cpp — parts of the state become pieces: small ones are written again, large ones once, and each goes with its time.
#include "engine/runtime/state_pieces.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

struct Collected {
  std::vector<StateRow> rows, gone;
};

Collected collect(StatePieces& pieces, std::int64_t time) {
  Collected made;
  pieces.collect(time, made.rows, made.gone);
  return made;
}

std::string load(StatePieces& pieces, const StateRow& row) {
  const auto bytes = pieces.load({row.name, row.key, row.value, 1});
  EXPECT_TRUE(bytes.ok());
  return std::string(*bytes);
}

TEST(StatePieces, ASmallPieceIsWrittenAgainWithMoreParts) {
  StatePieces pieces("x");
  pieces.add("a", 10);
  Collected first = collect(pieces, 0);
  ASSERT_EQ(first.rows.size(), 1u);
  EXPECT_TRUE(first.rows[0].is_new);
  pieces.add("b", 5);
  Collected second = collect(pieces, 0);
  ASSERT_EQ(second.rows.size(), 1u);
  EXPECT_FALSE(second.rows[0].is_new);
  EXPECT_EQ(second.rows[0].key, first.rows[0].key);
  StatePieces other("x");
  EXPECT_EQ(load(other, second.rows[0]), "ab");
  EXPECT_TRUE(collect(pieces, 0).rows.empty());
}

TEST(StatePieces, ALargePieceIsWrittenOnce) {
  StatePieces pieces("x");
  pieces.add(std::string(5000, 'a'), 10);
  pieces.add("b", 10);
  Collected first = collect(pieces, 0);
  ASSERT_EQ(first.rows.size(), 2u);
  EXPECT_NE(first.rows[0].key, first.rows[1].key);
  pieces.add("c", 10);
  Collected second = collect(pieces, 0);
  ASSERT_EQ(second.rows.size(), 1u);
  EXPECT_EQ(second.rows[0].key, first.rows[1].key);
}

TEST(StatePieces, APieceGoesWhenItsLatestPartIsOver) {
  StatePieces pieces("x");
  pieces.add("a", 10);
  const std::string key = collect(pieces, 0).rows[0].key;
  pieces.add("b", 30);
  collect(pieces, 0);
  EXPECT_TRUE(collect(pieces, 30).gone.empty());
  pieces.add("c", 50);
  const Collected last = collect(pieces, 31);
  ASSERT_EQ(last.gone.size(), 1u);
  EXPECT_EQ(last.gone[0].key, key);
  ASSERT_EQ(last.rows.size(), 1u);
  EXPECT_TRUE(last.rows[0].is_new);
  EXPECT_NE(last.rows[0].key, key);
}

TEST(StatePieces, NumbersGoOnAfterLoading) {
  StatePieces pieces("x");
  pieces.add("a", 10);
  const Collected first = collect(pieces, 0);
  StatePieces other("x");
  load(other, first.rows[0]);
  other.add("b", 20);
  const Collected second = collect(other, 0);
  ASSERT_EQ(second.rows.size(), 1u);
  EXPECT_NE(second.rows[0].key, first.rows[0].key);
  EXPECT_EQ(collect(other, 15).gone.at(0).key, first.rows[0].key);
  EXPECT_FALSE(other.load({"x", "", "", 1}).ok());
}

}  // namespace
}  // namespace weir
