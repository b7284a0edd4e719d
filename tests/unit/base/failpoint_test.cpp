// failpoint_test.cpp — places that fail on request.
#include "engine/base/failpoint.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

namespace weir::failpoint {
namespace {

class Failpoint : public testing::Test {
 protected:
  ~Failpoint() override { arm(""); }
};

TEST_F(Failpoint, DoesNothingUnlessArmed) {
  arm("");
  EXPECT_FALSE(is_armed);
  EXPECT_EQ(here("commit"), Outcome::none);
}

TEST_F(Failpoint, ActsAtTheStatedPassageOnly) {
  arm("commit:2:error,send:1:cut");
  EXPECT_EQ(here("commit"), Outcome::none);
  EXPECT_EQ(here("commit"), Outcome::error);
  EXPECT_EQ(here("commit"), Outcome::none);
  EXPECT_EQ(here("send"), Outcome::cut);
  EXPECT_EQ(here("other"), Outcome::none);
}

TEST_F(Failpoint, ActsAtEveryPassage) {
  arm("commit:*:error");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(here("commit"), Outcome::error);
}

TEST_F(Failpoint, Waits) {
  arm("commit:1:delay_30");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(here("commit"), Outcome::none);
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(30));
}

TEST_F(Failpoint, ArmsNothingOnAMalformedValue) {
  for (const char* text :
       {"commit", "commit:1", "commit:x:kill", "commit:0:kill", "commit:-1:kill", "commit:1x:kill", ":1:kill",
        "commit:1:", "commit:1:explode", "commit:1:delay_x", "commit:1:delay_", "good:1:error,bad"}) {
    arm(text);
    EXPECT_FALSE(is_armed) << text;
  }
}

TEST_F(Failpoint, ReadsTheEnvironment) {
  ::setenv("WEIR_FP", "commit:1:cut", 1);
  arm_from_environment();
  ::unsetenv("WEIR_FP");
  EXPECT_EQ(here("commit"), Outcome::cut);
}

using FailpointDeathTest = Failpoint;
TEST_F(FailpointDeathTest, Kills) {
  EXPECT_EXIT(
      {
        arm("commit:1:kill");
        here("commit");
      },
      testing::KilledBySignal(9), "");
}

}  // namespace
}  // namespace weir::failpoint
