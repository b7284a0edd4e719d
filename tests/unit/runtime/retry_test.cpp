// retry_test.cpp — pauses grow, and the log is not filled with one sentence.
#include "engine/runtime/retry.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

using namespace std::chrono_literals;

TEST(Retry, PausesDoubleUpToTheLongest) {
  Retry retry(100ms, 500ms);
  const std::chrono::steady_clock::time_point now{};
  for (const auto expected : {100ms, 200ms, 400ms, 500ms, 500ms})
    EXPECT_EQ(retry.failed("down", now).time, expected);
  retry.worked();
  EXPECT_EQ(retry.failed("down", now).time, 100ms);
}

TEST(Retry, AReasonIsNewsOnceThenEveryHalfMinute) {
  Retry retry(100ms, 500ms);
  std::chrono::steady_clock::time_point now{1h};
  EXPECT_TRUE(retry.failed("down", now).is_news);
  EXPECT_FALSE(retry.failed("down", now + 29s).is_news);
  EXPECT_TRUE(retry.failed("login refused", now + 29s).is_news);
  EXPECT_FALSE(retry.failed("login refused", now + 30s).is_news);
  EXPECT_TRUE(retry.failed("login refused", now + 59s).is_news);
  retry.worked();
  EXPECT_TRUE(retry.failed("login refused", now + 60s).is_news);
}

}  // namespace
}  // namespace weir
