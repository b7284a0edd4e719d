// time_buckets_test.cpp — where the rows of a key are found by their time.
#include "engine/state/time_buckets.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(TimeBuckets, TimesOfOneStretchShareABucketAlsoBeforeTheEpoch) {
  const TimeBuckets buckets(10);
  EXPECT_EQ(buckets.of(0), buckets.of(9));
  EXPECT_EQ(buckets.of(10), buckets.of(9) + 1);
  EXPECT_EQ(buckets.of(-1), buckets.of(0) - 1);
  EXPECT_EQ(buckets.of(-10), buckets.of(-1));
}

TEST(TimeBuckets, APlaceGivesTheKeyAgain) {
  const TimeBuckets buckets(1'000'000);
  const Hash128 key = hash_bytes("key");
  for (const std::int64_t time : {std::int64_t{0}, std::int64_t{-5}, std::int64_t{1'730'000'000'000'000}}) {
    const Hash128 place = buckets.place(key, buckets.of(time));
    EXPECT_EQ(buckets.place(place, buckets.of(time)), key);
    EXPECT_NE(place, buckets.place(key, buckets.of(time) + 1));
  }
}

TEST(TimeBuckets, WithoutASizeThereIsOne) {
  const TimeBuckets buckets;
  EXPECT_EQ(buckets.of(no_time), buckets.of(1'730'000'000'000'000));
  EXPECT_EQ(buckets.place(hash_bytes("key"), 0), hash_bytes("key"));
}

}  // namespace
}  // namespace weir
