// site_states.cpp — the states that a plugin keeps for one call in a pipeline.
#include "udf/host/site_states.h"

#include "udf/host/argument_arrays.h"
#include "udf/host/guarded_call.h"

namespace weir {

ShownSite::ShownSite(const CallSite& call) {
  for (const Type& type : call.types) names.push_back(to_string(type));
  for (const std::string& name : names) types.push_back(name.c_str());
  for (const Value* constant : call.constants) {
    if (constant == nullptr) {
      constants.push_back(nullptr);
      continue;
    }
    const Column column = constant_column(*constant, 1, arena);
    constants.push_back(*show_arguments({&column, 1}, 1, arena));
  }
  site = {sizeof(weir_call_site), static_cast<std::uint32_t>(types.size()), types.data(), constants.data()};
}

Result<std::unique_ptr<SiteStates>> SiteStates::prepare(const weir_function& function, const CallSite& site) {
  std::unique_ptr<SiteStates> states(new SiteStates(function, site));
  if (function.prepare == nullptr) return states;
  WEIR_ASSIGN(void* const first, states->make());
  if (states->is_shared()) {
    states->shared_ = first;
  } else {
    states->idle_.push_back(first);
  }
  return states;
}

SiteStates::~SiteStates() {
  if (function_.prepare == nullptr) return;
  if (is_shared() && shared_ != nullptr) function_.drop(shared_);
  for (void* state : idle_) function_.drop(state);
}

Result<void*> SiteStates::make() {
  void* state = nullptr;
  GuardedCall call(1);
  WEIR_TRY(call.run([&](const weir_call* weir) { return function_.prepare(&function_, &site_.site, &state, weir); }));
  return state;
}

Result<void*> SiteStates::borrow() {
  if (is_shared()) return shared_;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      void* const state = idle_.back();
      idle_.pop_back();
      return state;
    }
  }
  return make();
}

void SiteStates::give_back(void* state) {
  if (is_shared()) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back(state);
}

}  // namespace weir
