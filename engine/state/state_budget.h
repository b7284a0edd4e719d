// state_budget.h — how much memory the state of a pipeline may take, shared by all that keep some.
//
// A table that can move part of itself to a LocalStore is Spillable and is added to the budget; it counts what it holds, and moves out what was not used
// lately when it is told to. All of that happens on one thread, between epochs: while an epoch is put together, what is in memory stays there.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/base/error.h"

namespace weir {

class Spillable {
 public:
  virtual ~Spillable() = default;
  /// All that it holds in memory.
  virtual std::size_t memory_bytes() const = 0;
  /// What of that could be moved out.
  virtual std::size_t spillable_bytes() const = 0;
  /// Moves out about so many bytes, or all that it can.
  virtual Status spill(std::size_t bytes) = 0;
};

/// One thread.
class StateBudget {
 public:
  explicit StateBudget(std::size_t limit) : limit_(limit) {}
  /// `part` must outlive the budget.
  void add(Spillable& part) { parts_.push_back(&part); }

  /// Has the parts move out what is beyond the limit, and somewhat more, so that not every epoch has to. `elsewhere`: bytes of state that cannot be moved.
  /// What must stay in memory may be more than the limit: then that is said once, and the job goes on.
  Status settle(std::size_t elsewhere);
  std::size_t limit() const { return limit_; }
  /// Whether settle() would move something out now.
  bool is_passed(std::size_t elsewhere) const { return add_up(elsewhere) > limit_; }
  /// As of the latest settle().
  std::size_t memory_bytes() const { return held_; }

 private:
  std::size_t add_up(std::size_t elsewhere) const;
  void warn(std::size_t elsewhere);

  const std::size_t limit_;
  std::vector<Spillable*> parts_;
  std::size_t held_ = 0;
  std::size_t warned_ = 0;  // what was held when it was said last
};

}  // namespace weir
