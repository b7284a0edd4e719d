// state_budget_test.cpp — who moves out how much when state takes more memory than it may.
#include "engine/state/state_budget.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

struct Part : Spillable {
  Part(std::size_t all, std::size_t can_go) : bytes(all), spillable(can_go) {}
  std::size_t memory_bytes() const override { return bytes; }
  std::size_t spillable_bytes() const override { return spillable; }
  Status spill(std::size_t wanted) override {
    if (is_broken) return Error{ErrorKind::fatal, "the disk is full"};
    wanted = std::min(wanted, spillable);
    asked = wanted;
    bytes -= wanted;
    spillable -= wanted;
    return {};
  }
  std::size_t bytes, spillable, asked = 0;
  bool is_broken = false;
};

TEST(StateBudget, AsksForNothingWithinTheLimit) {
  Part part(700, 700);
  StateBudget budget(1000);
  budget.add(part);
  EXPECT_FALSE(budget.is_passed(300));
  EXPECT_TRUE(budget.is_passed(301));
  EXPECT_TRUE(budget.settle(300).ok());
  EXPECT_EQ(part.asked, 0u);
  EXPECT_EQ(budget.memory_bytes(), 1000u);
}

TEST(StateBudget, EachPartGivesItsShareAndSomeRoomIsMade) {
  Part large(3000, 3000), small(1000, 1000), fixed(200, 0);
  StateBudget budget(4000);
  for (Part* part : {&large, &small, &fixed}) budget.add(*part);
  EXPECT_TRUE(budget.settle(300).ok());
  EXPECT_LE(budget.memory_bytes(), 3500u);
  EXPECT_GE(budget.memory_bytes(), 3480u);
  EXPECT_NEAR(static_cast<double>(large.asked), 750, 2);
  EXPECT_NEAR(static_cast<double>(small.asked), 250, 2);
  EXPECT_EQ(fixed.asked, 0u);
}

TEST(StateBudget, WhatMustStayIsNoFailure) {
  Part part(5000, 100);
  StateBudget budget(1000);
  budget.add(part);
  EXPECT_TRUE(budget.settle(0).ok());
  EXPECT_EQ(budget.memory_bytes(), 4900u);
}

TEST(StateBudget, ADiskThatFailsIsToldOn) {
  Part part(5000, 5000);
  part.is_broken = true;
  StateBudget budget(1000);
  budget.add(part);
  const Status status = budget.settle(0);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "the disk is full");
}

}  // namespace
}  // namespace weir
