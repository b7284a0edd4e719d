// retry.h — how long to wait before the next attempt, and whether the reason is worth another line in the log.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace weir {

/// Attempts at one thing that a service refuses. Pauses double from `first` to `longest`. A reason is news the first time, when it
/// changes, and again every `repeat_after`. One thread.
class Retry {
 public:
  static constexpr std::chrono::seconds repeat_after{30};
  struct Pause {
    std::chrono::milliseconds time;
    bool is_news;
  };

  Retry(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest), next_(first) {}
  Pause failed(std::string_view reason, std::chrono::steady_clock::time_point now);
  /// The next failure is news and starts with the first pause.
  void worked();

 private:
  std::chrono::milliseconds first_, longest_, next_;
  std::string reason_;
  std::chrono::steady_clock::time_point said_{};
};

}  // namespace weir
