// event_plan.h — decides what each event of a sequence is: its own, a repetition, or a bad row.
//
// Every decision depends on the seed and the event's number alone, so that nothing has to be remembered and
// an event can be made again when a later one repeats it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "connectors/generate/generate.h"

namespace weir {

/// A bijection of 64-bit numbers that looks like chance (splitmix64).
constexpr std::uint64_t scramble(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

/// Of all 64-bit numbers this share (0..1) is below it.
constexpr std::uint64_t bits_of_share(double share) {
  if (share >= 1) return ~std::uint64_t{0};
  return share <= 0 ? 0 : static_cast<std::uint64_t>(share * 18446744073709551616.0);
}

/// A stream of chance for one event.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(scramble(seed)) {}
  std::uint64_t bits() { return state_ = scramble(state_); }
  /// 0 .. limit - 1.
  std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>((bits() >> 32) * limit >> 32);
  }
  /// 0 .. limit - 1, small numbers more often: half of all are below a quarter of the limit.
  std::uint32_t skewed_below(std::uint32_t limit) {
    const std::uint64_t half = bits() >> 33;  // 31 bits
    return static_cast<std::uint32_t>((half * half >> 31) * limit >> 31);
  }
  bool one_in(std::uint32_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

class EventPlan {
 public:
  /// An event repeats one of the `farthest_repetition` before it.
  EventPlan(const EventOptions& options, std::uint64_t farthest_repetition)
      : seed_(scramble(options.seed)),
        farthest_repetition_(farthest_repetition),
        repetition_limit_(bits_of_share(options.duplicates)),
        bad_period_(options.bad_per_million == 0
                        ? 0
                        : (1'000'000 + options.bad_per_million / 2) / options.bad_per_million) {
    bad_period_ = options.bad_per_million == 0 ? 0 : std::max<std::uint64_t>(bad_period_, 1);
  }

  /// The number of the event whose bytes event `number` has: its own, or that of an earlier one.
  std::uint64_t source_of(std::uint64_t number) const {
    const std::uint64_t dice = scramble(seed_ ^ scramble(number));
    if (number == 0 || dice >= repetition_limit_ || is_bad(number)) return number;
    const std::uint64_t distance = 1 + scramble(dice) % std::min(number, farthest_repetition_);
    const std::uint64_t source = source_of(number - distance);
    return is_bad(source) ? number : source;
  }
  bool is_bad(std::uint64_t number) const {
    return bad_period_ != 0 && number % bad_period_ == scramble(seed_ + number / bad_period_) % bad_period_;
  }
  /// How many bad rows come before this one.
  std::uint64_t bad_index(std::uint64_t number) const { return number / bad_period_; }
  Chance chance(std::uint64_t number) const { return Chance(seed_ + 0x2545F4914F6CDD1D * (number + 1)); }
  /// 64 bits that no other event of the sequence has.
  std::uint64_t unique_bits(std::uint64_t number) const { return scramble(seed_ ^ number); }

 private:
  std::uint64_t seed_;
  std::uint64_t farthest_repetition_;
  std::uint64_t repetition_limit_;
  std::uint64_t bad_period_;  // 0: none
};

}  // namespace weir
