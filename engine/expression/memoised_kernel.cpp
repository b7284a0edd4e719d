// memoised_kernel.cpp — looks a batch of texts up at once, computes the rest, and gives up where that does
// not pay.
#include "engine/expression/memoised_kernel.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <shared_mutex>

#include "engine/expression/result_cache.h"

namespace weir {
namespace {

/// Decides whether remembering pays: a window with too few hits is followed by a pause, ever longer ones
/// while nothing changes.
class HitRate {
 public:
  /// Whether the next `rows` rows should be looked up.
  bool is_worth_trying(std::uint32_t rows) {
    if (pause_.load(std::memory_order_relaxed) <= 0) return true;
    pause_.fetch_sub(rows, std::memory_order_relaxed);
    return false;
  }

  /// True where the cache turned out useless just now and should be dropped.
  bool count(std::uint32_t lookups, std::uint32_t hits) {
    hits_.fetch_add(hits, std::memory_order_relaxed);
    const std::int64_t seen = lookups_.fetch_add(lookups, std::memory_order_relaxed) + lookups;
    if (seen < window || seen - lookups >= window) return false;
    const std::int64_t hit = hits_.exchange(0, std::memory_order_relaxed);
    lookups_.store(0, std::memory_order_relaxed);
    if (hit * 5 >= seen) {
      next_pause_.store(first_pause, std::memory_order_relaxed);
      return false;
    }
    const std::int64_t pause = next_pause_.load(std::memory_order_relaxed);
    next_pause_.store(std::min(pause * 2, longest_pause), std::memory_order_relaxed);
    pause_.store(pause, std::memory_order_relaxed);
    return true;
  }

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

/// A row whose result must be computed, or is worth being inserted again.
struct Missed {
  std::uint32_t row;
  std::uint32_t distinct;  // which of the distinct missed texts it has
  std::uint64_t hash;
};

/// Numbers the distinct texts among the missed rows of a batch. Returns the first row of each.
std::vector<Missed> number_distinct(std::vector<Missed>& missed, const Column& texts) {
  std::size_t capacity = 16;
  while (capacity < 2 * missed.size()) capacity *= 2;
  std::vector<std::uint32_t> table(capacity, ~0u);
  std::vector<Missed> firsts;
  for (Missed& miss : missed) {
    std::size_t i = miss.hash & (capacity - 1);
    const std::string_view text = texts.text_at(miss.row);
    while (table[i] != ~0u) {
      const Missed& first = firsts[table[i]];
      if (first.hash == miss.hash && texts.text_at(first.row) == text) break;
      i = (i + 1) & (capacity - 1);
    }
    if (table[i] == ~0u) {
      table[i] = static_cast<std::uint32_t>(firsts.size());
      firsts.push_back(miss);
    }
    miss.distinct = table[i];
  }
  return firsts;
}

class MemoisedKernel final : public Kernel {
 public:
  MemoisedKernel(std::unique_ptr<Kernel> inner, std::size_t variable, Type result)
      : inner_(std::move(inner)), variable_(variable), result_(result) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& texts = arguments[variable_];
    if (texts.is_constant() || !hit_rate_.is_worth_trying(context.rows))
      return inner_->evaluate(arguments, context);
    const std::uint64_t generation = inner_->generation(context);
    forget_earlier_than(generation);
    ColumnWriter writer(result_, context.rows, context.arena, texts.validity == nullptr);
    std::vector<Missed> missed;
    std::vector<Missed> aged;
    const std::uint32_t looked_up = look_up(texts, context.rows, writer, missed, aged);
    std::size_t computed = 0;
    if (!missed.empty() || !aged.empty()) computed = compute(arguments, context, writer, missed, aged, generation);
    const auto hits = looked_up - static_cast<std::uint32_t>(computed);
    if (hit_rate_.count(looked_up, hits)) {
      const std::unique_lock lock(mutex_);
      cache_.clear();
    }
    return writer.finish();
  }

 private:
  static constexpr std::uint32_t group_rows = 32;

  void forget_earlier_than(std::uint64_t generation) const {
    if (generation_.load(std::memory_order_relaxed) == generation) return;
    const std::unique_lock lock(mutex_);
    if (generation_.exchange(generation, std::memory_order_relaxed) != generation) cache_.clear();
  }

  /// Writes what is known. Returns how many rows have a text.
  std::uint32_t look_up(const Column& texts, std::uint32_t rows, ColumnWriter& writer,
                        std::vector<Missed>& missed, std::vector<Missed>& aged) const {
    std::array<std::uint64_t, group_rows> hashes;
    std::array<std::string_view, group_rows> group;
    std::uint32_t looked_up = 0;
    const std::shared_lock lock(mutex_);
    for (std::uint32_t start = 0; start < rows; start += group_rows) {
      const std::uint32_t end = std::min(rows, start + group_rows);
      // Everything a group will touch is asked for before the first of it is needed.
      for (std::uint32_t row = start; row < end; ++row) {
        const std::string_view text = group[row - start] = texts.text_at(row);
        const std::uint64_t hash = texts.is_null(row) ? 0 : hash_of_text(text);
        hashes[row - start] = hash;
        cache_.prefetch(hash);
      }
      for (std::uint32_t row = start; row < end; ++row) cache_.prefetch_entry(hashes[row - start]);
      for (std::uint32_t row = start; row < end; ++row) {
        const std::uint64_t hash = hashes[row - start];
        if (hash == 0) continue;
        ++looked_up;
        const auto found = cache_.find(hash, group[row - start]);
        if (found) write(writer, row, found->result);
        if (!found) missed.push_back({row, 0, hash});
        if (found && found->is_old) aged.push_back({row, 0, hash});
      }
    }
    return looked_up;
  }

  void write(ColumnWriter& writer, std::uint32_t row, const CachedResult& result) const {
    if (result.is_null) return writer.set_null(row);
    const char* bytes = result.bytes.data();
    switch (result_.width()) {
      case 0:
        return writer.set_bool(row, *bytes != 0);
      case 4:
        return write_fixed<std::int32_t>(writer, row, bytes);
      case 8:
        return write_fixed<std::int64_t>(writer, row, bytes);
      default:
        break;
    }
    if (!result_.is_text_like()) return write_fixed<Int128>(writer, row, bytes);
    writer.set_text(row, result.bytes);
  }

  template <typename T>
  static void write_fixed(ColumnWriter& writer, std::uint32_t row, const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    writer.set(row, value);
  }

  /// Computes each distinct missed text once, writes the results and remembers them. Returns how many there
  /// were.
  std::size_t compute(std::span<const Column> arguments, EvaluationContext& context, ColumnWriter& writer,
                      std::vector<Missed>& missed, const std::vector<Missed>& aged,
                      std::uint64_t generation) const {
    const Column& texts = arguments[variable_];
    const std::vector<Missed> firsts = number_distinct(missed, texts);
    const Column results = compute_distinct(arguments, context, firsts);
    for (const Missed& miss : missed) writer.copy_from(miss.row, results, miss.distinct);
    // A busy cache is left alone: what is not remembered now will be missed again and come back.
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock() || generation_.load(std::memory_order_relaxed) != generation) return firsts.size();
    for (const Missed& old : aged) {
      const std::string_view text = texts.text_at(old.row);
      if (const auto found = cache_.find(old.hash, text); found && found->is_old)
        cache_.insert(old.hash, text, found->result);
    }
    for (std::uint32_t i = 0; i < firsts.size(); ++i) {
      remember(texts.text_at(firsts[i].row), firsts[i].hash, results, i);
    }
    return firsts.size();
  }

  Column compute_distinct(std::span<const Column> arguments, EvaluationContext& context,
                          const std::vector<Missed>& firsts) const {
    const auto count = static_cast<std::uint32_t>(firsts.size());
    std::vector<Column> selected(arguments.begin(), arguments.end());
    auto* views = context.arena.allocate_array<View>(count);
    for (std::uint32_t i = 0; i < count; ++i) views[i] = arguments[variable_].at<View>(firsts[i].row);
    for (Column& column : selected) column.size = count;
    Column& variable = selected[variable_];
    variable.validity = nullptr;
    variable.errors = nullptr;
    variable.values = views;
    EvaluationContext inner_context{count, context.arena, context.now_microseconds};
    return inner_->evaluate(selected, inner_context);
  }

  void remember(std::string_view text, std::uint64_t hash, const Column& results, std::uint32_t row) const {
    if (results.is_null(row)) {
      const bool is_error =
          results.errors != nullptr && results.errors->find(row & results.row_mask) != nullptr;
      if (!is_error) cache_.insert(hash, text, {{}, true});
      return;
    }
    const std::size_t width = result_.width();
    if (result_.is_text_like()) return cache_.insert(hash, text, {results.text_at(row), false});
    const char flag = width == 0 && results.bool_at(row) ? 1 : 0;
    const char* bytes =
        width == 0 ? &flag : static_cast<const char*>(results.values) + (row & results.row_mask) * width;
    cache_.insert(hash, text, {{bytes, width == 0 ? 1 : width}, false});
  }

  std::unique_ptr<Kernel> inner_;
  std::size_t variable_;
  Type result_;
  mutable HitRate hit_rate_;
  mutable std::shared_mutex mutex_;
  mutable ResultCache cache_;  // Guarded by mutex_.
  mutable std::atomic<std::uint64_t> generation_ = 0;  // of what is in the cache; written under mutex_
};

}  // namespace

std::unique_ptr<Kernel> memoise(std::unique_ptr<Kernel> inner, std::size_t variable, Type result) {
  return std::make_unique<MemoisedKernel>(std::move(inner), variable, result);
}

}  // namespace weir
