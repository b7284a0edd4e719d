// memoised_calls.cpp — looks a batch of texts up at once, computes the rest, and gives up where that does not
// pay.
#include "engine/expression/memoised_calls.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

namespace weir {
namespace {

constexpr std::uint32_t group_rows = 32;

// An entry holds the length of each call's result, and then their bytes.
using Length = std::uint16_t;
constexpr Length null_length = 0xFFFF;

template <typename T>
void write_fixed(ColumnWriter& writer, std::uint32_t row, const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  writer.set(row, value);
}

void write_value(ColumnWriter& writer, const Type& type, std::uint32_t row, std::string_view bytes) {
  if (type.is_text_like()) return writer.set_text(row, bytes);
  switch (type.width()) {
    case 0:
      return writer.set_bool(row, bytes[0] != 0);
    case 4:
      return write_fixed<std::int32_t>(writer, row, bytes.data());
    case 8:
      return write_fixed<std::int64_t>(writer, row, bytes.data());
    default:
      return write_fixed<Int128>(writer, row, bytes.data());
  }
}

void append_value(std::string& out, const Column& column, std::uint32_t row) {
  if (column.type.is_text_like()) {
    out += column.text_at(row);
  } else if (column.type.width() == 0) {
    out += static_cast<char>(column.bool_at(row));
  } else {
    const std::size_t width = column.type.width();
    out.append(static_cast<const char*>(column.values) + (row & column.row_mask) * width, width);
  }
}

bool is_error(const Column& column, std::uint32_t row) {
  return column.errors != nullptr && column.errors->find(row & column.row_mask) != nullptr;
}

/// Overwrites `entry`. Errors are not remembered, nor is what a cache does not keep: false.
bool make_entry(std::string& entry, std::span<const Column> results, std::uint32_t row) {
  entry.assign(results.size() * sizeof(Length), '\0');
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::size_t start = entry.size();
    const bool is_null = results[i].is_null(row);
    if (is_null && is_error(results[i], row)) return false;
    if (!is_null) append_value(entry, results[i], row);
    if (entry.size() > ResultCache::max_text) return false;
    const Length length = is_null ? null_length : static_cast<Length>(entry.size() - start);
    std::memcpy(entry.data() + i * sizeof(Length), &length, sizeof(Length));
  }
  return true;
}

}  // namespace

bool HitRate::is_worth_trying(std::uint32_t rows) {
  if (pause_.load(std::memory_order_relaxed) <= 0) return true;
  pause_.fetch_sub(rows, std::memory_order_relaxed);
  return false;
}

bool HitRate::count(std::uint32_t lookups, std::uint32_t hits) {
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

std::size_t MemoisedCalls::add(PreparedCall call, std::vector<Column> arguments, std::size_t variable) {
  calls_.push_back({std::move(call), std::move(arguments), variable});
  return calls_.size() - 1;
}

std::vector<Column> MemoisedCalls::evaluate(const Column& texts, std::uint32_t rows, Arena& arena,
                                            std::int64_t now_microseconds) const {
  if (texts.is_constant() || !hit_rate_.is_worth_trying(rows))
    return compute_all(texts, rows, arena, now_microseconds);
  Task task{.texts = texts, .rows = rows, .arena = arena, .now_microseconds = now_microseconds};
  task.generation = generation({rows, arena, now_microseconds});
  forget_earlier_than(task.generation);
  for (const RememberedCall& call : calls_)
    task.writers.emplace_back(call.call.type(), rows, arena, texts.validity == nullptr);
  const std::uint32_t looked_up = look_up(task);
  const std::uint32_t computed = task.missed.empty() && task.aged.empty() ? 0 : compute_missed(task);
  if (hit_rate_.count(looked_up, looked_up - computed)) {
    const std::unique_lock lock(mutex_);
    cache_.clear();
  }
  std::vector<Column> results;
  for (ColumnWriter& writer : task.writers)
    results.push_back(combine_strictly(writer.finish(), {&texts, 1}, rows, arena));
  return results;
}

std::vector<Column> MemoisedCalls::compute_all(const Column& texts, std::uint32_t rows, Arena& arena,
                                               std::int64_t now_microseconds) const {
  std::vector<Column> results;
  for (const RememberedCall& call : calls_) {
    std::vector<Column> arguments = call.arguments;
    for (Column& argument : arguments) argument.size = rows;
    arguments[call.variable] = texts;
    results.push_back(call.call.evaluate(arguments, rows, arena, now_microseconds));
  }
  return results;
}

/// Each call's only grows, so that their sum changes when one does.
std::uint64_t MemoisedCalls::generation(const EvaluationContext& context) const {
  std::uint64_t sum = 0;
  for (const RememberedCall& call : calls_) sum += call.call.generation(context);
  return sum;
}

void MemoisedCalls::forget_earlier_than(std::uint64_t generation) const {
  if (generation_.load(std::memory_order_relaxed) == generation) return;
  const std::unique_lock lock(mutex_);
  if (generation_.exchange(generation, std::memory_order_relaxed) != generation) cache_.clear();
}

/// Writes what is known. Returns how many rows have a text.
std::uint32_t MemoisedCalls::look_up(Task& task) const {
  std::array<std::uint64_t, group_rows> hashes;
  std::array<std::string_view, group_rows> group;
  std::uint32_t looked_up = 0;
  const std::shared_lock lock(mutex_);
  for (std::uint32_t start = 0; start < task.rows; start += group_rows) {
    const std::uint32_t end = std::min(task.rows, start + group_rows);
    // Everything a group will touch is asked for before the first of it is needed.
    for (std::uint32_t row = start; row < end; ++row) {
      const std::string_view text = group[row - start] = task.texts.text_at(row);
      const std::uint64_t hash = task.texts.is_null(row) ? 0 : hash_of_text(text);
      hashes[row - start] = hash;
      cache_.prefetch(hash);
    }
    for (std::uint32_t row = start; row < end; ++row) cache_.prefetch_entry(hashes[row - start]);
    for (std::uint32_t row = start; row < end; ++row) {
      const std::uint64_t hash = hashes[row - start];
      if (hash == 0) continue;
      ++looked_up;
      const auto found = cache_.find(hash, group[row - start]);
      if (found) write(task.writers, row, found->result.bytes);
      if (!found) task.missed.push_back({row, 0, hash});
      if (found && found->is_old) task.aged.push_back({row, 0, hash});
    }
  }
  return looked_up;
}

void MemoisedCalls::write(std::vector<ColumnWriter>& writers, std::uint32_t row,
                          std::string_view entry) const {
  const char* bytes = entry.data() + calls_.size() * sizeof(Length);
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    Length length;
    std::memcpy(&length, entry.data() + i * sizeof(Length), sizeof(Length));
    if (length == null_length) {
      writers[i].set_null(row);
      continue;
    }
    write_value(writers[i], calls_[i].call.type(), row, {bytes, length});
    bytes += length;
  }
}

/// Computes each distinct missed text once, writes the results and remembers them. Returns how many there
/// were.
std::uint32_t MemoisedCalls::compute_missed(Task& task) const {
  const std::vector<Missed> firsts = number_distinct(task.missed, task.texts);
  const std::vector<Column> results = compute_distinct(task, firsts);
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    for (const Missed& miss : task.missed) task.writers[i].copy_from(miss.row, results[i], miss.distinct);
  }
  remember(task, firsts, results);
  return static_cast<std::uint32_t>(firsts.size());
}

/// Numbers the distinct texts among the missed rows of a batch. Returns the first row of each.
std::vector<MemoisedCalls::Missed> MemoisedCalls::number_distinct(std::vector<Missed>& missed,
                                                                  const Column& texts) {
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

std::vector<Column> MemoisedCalls::compute_distinct(const Task& task, std::span<const Missed> firsts) const {
  const auto count = static_cast<std::uint32_t>(firsts.size());
  auto* views = task.arena.allocate_array<View>(count);
  for (std::uint32_t i = 0; i < count; ++i) views[i] = task.texts.at<View>(firsts[i].row);
  Column distinct = task.texts;
  distinct.size = count;
  distinct.validity = nullptr;
  distinct.errors = nullptr;
  distinct.values = views;
  return compute_all(distinct, count, task.arena, task.now_microseconds);
}

void MemoisedCalls::remember(const Task& task, std::span<const Missed> firsts,
                             std::span<const Column> results) const {
  // A busy cache is left alone: what is not remembered now will be missed again and come back.
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock() || generation_.load(std::memory_order_relaxed) != task.generation) return;
  for (const Missed& old : task.aged) {
    const std::string_view text = task.texts.text_at(old.row);
    if (const auto found = cache_.find(old.hash, text); found && found->is_old)
      cache_.insert(old.hash, text, found->result);
  }
  std::string entry;
  for (std::uint32_t i = 0; i < firsts.size(); ++i) {
    if (make_entry(entry, results, i))
      cache_.insert(firsts[i].hash, task.texts.text_at(firsts[i].row), {entry, false});
  }
}

}  // namespace weir
