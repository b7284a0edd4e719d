// memoised_calls.h — remembers what costly calls gave for the texts they were asked about lately.
#pragma once

#include <atomic>
#include <cstdint>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/expression/call_evaluation.h"
#include "engine/expression/result_cache.h"

namespace weir {

/// Decides whether remembering pays: a window with too few hits is followed by a pause, ever longer ones
/// while nothing changes. Any thread.
class HitRate {
 public:
  /// Whether the next `rows` rows should be looked up.
  bool is_worth_trying(std::uint32_t rows);
  /// True where the cache turned out useless just now and should be dropped.
  bool count(std::uint32_t lookups, std::uint32_t hits);

 private:
  // A window is as long as the cache has entries: a cold cache must have had the time to fill.
  static constexpr std::int64_t window = ResultCache::max_entries;
  static constexpr std::int64_t first_pause = 256 * 1024;
  static constexpr std::int64_t longest_pause = 8 * 1024 * 1024;
  std::atomic<std::int64_t> pause_ = 0;  // rows
  std::atomic<std::int64_t> next_pause_ = first_pause;
  std::atomic<std::int64_t> lookups_ = 0;
  std::atomic<std::int64_t> hits_ = 0;
};

/// All costly calls of one text (the country, region and city of an address, and its hash): a text is looked
/// up once for all of them, and one entry of a bounded cache has all their results. Equal texts of one batch
/// are computed once. Where texts seldom repeat the cache is dropped and tried again later.
class MemoisedCalls {
 public:
  /// Before the first evaluate(). A strict deterministic call whose argument `variable` is the text, and
  /// whose result is not nested; `arguments` holds the literals that the others are, and anything at
  /// `variable`. Returns which call it is.
  std::size_t add(PreparedCall call, std::vector<Column> arguments, std::size_t variable);

  /// One column per call, in the order they were added. Any thread.
  std::vector<Column> evaluate(const Column& texts, std::uint32_t rows, Arena& arena,
                               std::int64_t now_microseconds) const;

 private:
  struct RememberedCall {
    PreparedCall call;
    std::vector<Column> arguments;
    std::size_t variable;
  };
  /// A row whose results must be computed, or are worth being inserted again.
  struct Missed {
    std::uint32_t row;
    std::uint32_t distinct;  // which of the distinct missed texts it has
    std::uint64_t hash;
  };
  /// What one evaluation works on.
  struct Task {
    const Column& texts;
    std::uint32_t rows;
    Arena& arena;
    std::int64_t now_microseconds;
    std::uint64_t generation = 0;
    std::vector<ColumnWriter> writers;  // one per call
    std::vector<Missed> missed;
    std::vector<Missed> aged;
  };

  std::vector<Column> compute_all(const Column& texts, std::uint32_t rows, Arena& arena,
                                  std::int64_t now_microseconds) const;
  std::uint64_t generation(const EvaluationContext& context) const;
  void forget_earlier_than(std::uint64_t generation) const;
  std::uint32_t look_up(Task& task) const;
  void write(std::vector<ColumnWriter>& writers, std::uint32_t row, std::string_view entry) const;
  std::uint32_t compute_missed(Task& task) const;
  std::vector<Column> compute_distinct(const Task& task, std::span<const Missed> firsts) const;
  void remember(const Task& task, std::span<const Missed> firsts, std::span<const Column> results) const;
  static std::vector<Missed> number_distinct(std::vector<Missed>& missed, const Column& texts);

  std::vector<RememberedCall> calls_;
  mutable HitRate hit_rate_;
  mutable std::shared_mutex mutex_;
  mutable ResultCache cache_;  // Guarded by mutex_.
  mutable std::atomic<std::uint64_t> generation_ = 0;  // of what is in the cache; written under mutex_
};

}  // namespace weir
