// nearest_name_test.cpp — suggestions for misspelt names.
#include "engine/base/nearest_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace weir {
namespace {

const std::vector<std::string> options{"brokers", "topic", "start", "security", "id"};

TEST(NearestName, FindsSlipsOfTheKeyboard) {
  EXPECT_EQ(nearest_name("brokrs", options), "brokers");
  EXPECT_EQ(nearest_name("borkers", options), "brokers");
  EXPECT_EQ(nearest_name("topics", options), "topic");
  EXPECT_EQ(nearest_name("TOPIC", options), "topic");
  EXPECT_EQ(nearest_name("is", options), "id");
}

TEST(NearestName, StaysSilentWhereNothingIsNear) {
  EXPECT_EQ(nearest_name("password", options), "");
  EXPECT_EQ(nearest_name("", std::vector<std::string>{"topic"}), "");
  EXPECT_EQ(nearest_name("topic", std::vector<std::string>{}), "");
  EXPECT_EQ(nearest_name("a", std::vector<std::string>{"b", "c"}), "");
  EXPECT_EQ(nearest_name(std::string(300, 'x'), std::vector<std::string>{std::string(301, 'x')}), "");
}

TEST(NearestName, PrefersTheNearest) {
  EXPECT_EQ(nearest_name("amout", std::vector<std::string>{"about", "amount", "a_out"}), "about");
  EXPECT_EQ(nearest_name("amoun", std::vector<std::string>{"about", "amount"}), "amount");
}

}  // namespace
}  // namespace weir
