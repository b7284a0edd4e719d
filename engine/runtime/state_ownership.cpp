// state_ownership.cpp — one claim, repeated until it succeeds.
#include "engine/runtime/state_ownership.h"

#include <algorithm>

#include "engine/base/log.h"
#include "engine/runtime/keyed_state.h"
#include "engine/runtime/process_identity.h"

namespace weir {
namespace {

/// What stands in the way: the owner of the state, or nothing once it is ours.
struct Attempt {
  std::optional<Position> position;
  std::string owner;
};

Result<Attempt> attempt(SplitLeases& leases, const std::string& owner, std::chrono::milliseconds lease) {
  const SplitLeases::FirstPosition first{state_split, first_state_position};
  WEIR_TRY(leases.add(state_source, std::span(&first, 1)));
  WEIR_ASSIGN(const SplitLeases::Board board, leases.heartbeat(state_source, lease));
  for (const SplitState& split : board.splits) {
    const bool is_free = split.owner.empty() || split.is_expired || split.owner == owner || is_surely_dead(split.owner);
    if (!is_free) return Attempt{std::nullopt, split.owner};
    WEIR_ASSIGN(std::optional<Position> position, leases.claim(state_source, split.split, split.owner, lease));
    return Attempt{std::move(position), split.owner};
  }
  return Error{ErrorKind::service, "the state's split was not stored"};
}

}  // namespace

Result<std::optional<Position>> own_state(Store& store, const std::string& owner, std::chrono::milliseconds lease, bool patient,
                                          JobControl& control) {
  std::unique_ptr<SplitLeases> leases;
  bool has_told = false;
  while (control.is_running()) {
    if (leases == nullptr) {
      WEIR_ASSIGN(leases, store.leases());
    }
    WEIR_ASSIGN(Attempt made, attempt(*leases, owner, lease));
    if (made.position) return std::move(made.position);
    if (!patient) {
      log::info("this pipeline is run by {}", made.owner);
      break;
    }
    if (!has_told) log::info("this pipeline is run by {}; waiting to take over when that ends", made.owner);
    has_told = true;
    control.sleep_while(JobControl::State::running, std::min<std::chrono::milliseconds>(lease / 4, std::chrono::seconds(1)));
  }
  if (leases != nullptr) {
    const Status left = leases->leave();
    if (!left.ok()) log::debug("the lease could not be given up; it will run out by itself");
  }
  return std::optional<Position>();
}

}  // namespace weir
