// site_states.h — the states that a plugin keeps for one call in a pipeline.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/expression/function.h"
#include "udf/weir_udf.h"

namespace weir {

/// Of a call that is being compiled: types and constants as a plugin sees them.
struct ShownSite {
  explicit ShownSite(const CallSite& site);
  ShownSite(const ShownSite&) = delete;
  ShownSite& operator=(const ShownSite&) = delete;

  Arena arena{1024};
  std::vector<std::string> names;
  std::vector<const char*> types;
  std::vector<const ArrowArray*> constants;
  weir_call_site site{};
};

/// Lends states to evaluating threads, making one where all are lent; a thread-safe function has one for all. Any thread.
class SiteStates {
 public:
  /// Makes the first state, so that what is wrong with the call is known before any row comes.
  static Result<std::unique_ptr<SiteStates>> prepare(const weir_function& function, const CallSite& site);
  ~SiteStates();
  SiteStates(const SiteStates&) = delete;
  SiteStates& operator=(const SiteStates&) = delete;

  Result<void*> borrow();
  void give_back(void* state);

 private:
  SiteStates(const weir_function& function, const CallSite& site) : function_(function), site_(site) {}
  Result<void*> make();
  bool is_shared() const { return function_.prepare == nullptr || (function_.flags & WEIR_THREAD_SAFE) != 0; }

  const weir_function& function_;
  ShownSite site_;
  void* shared_ = nullptr;
  std::mutex mutex_;
  std::vector<void*> idle_;  // Guarded by mutex_.
};

}  // namespace weir
