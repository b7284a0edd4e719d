// loose_regex.h — regexes without the upper bounds of their long repetitions, which are what makes them slow.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// `[^;]{1,100}` becomes a hundred copies in an automaton and a state for each count; `[^;]{1,}` is one. The
/// loose regex matches whatever the original does, and finds the same match with the same groups where what
/// it finds is not longer than `bound` bytes: no repetition in it can have had too many rounds, and the ways
/// that both can go are preferred in the same order.
struct LooseRegex {
  /// Of an original without long repetitions.
  static constexpr std::size_t no_bound = static_cast<std::size_t>(-1);

  std::string text;
  std::size_t bound = no_bound;  // the smallest of those left out
};

/// Only repetitions of one character (a class, a dot) lose their bound: a round of these is never empty.
LooseRegex loosen(std::string_view regex);

}  // namespace weir
