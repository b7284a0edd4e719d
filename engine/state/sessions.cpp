// sessions.cpp — sessions that touch, found by the order of their borders.
#include "engine/state/sessions.h"

#include <algorithm>
#include <tuple>

#include "engine/base/check.h"

namespace weir {
namespace {

constexpr std::size_t fewest_forgotten = 1024;

std::string_view by_of(std::string_view key) { return key.substr(0, key.size() - borders_size); }

// The first session that does not end before this time.
template <typename Sessions>
auto first_from(Sessions& sessions, std::int64_t time) {
  return std::lower_bound(sessions.begin(), sessions.end(), time, [](const KeyBorders& one, std::int64_t at) { return one.end < at; });
}

}  // namespace

void Sessions::add(std::string_view key) {
  OfKey& sessions = live_[hash_bytes(by_of(key))];
  const KeyBorders borders = borders_of(key);
  sessions.insert(first_from(sessions, borders.start), borders);
  ++known_;
}

std::size_t Sessions::memory_bytes() const {
  constexpr std::size_t node_bytes = 64;  // with its place among the buckets
  return live_.size() * node_bytes + known_ * sizeof(KeyBorders);
}

void Sessions::forget_before(std::int64_t time) {
  if (known_ < std::max(2 * left_, fewest_forgotten)) return;
  for (auto of_key = live_.begin(); of_key != live_.end();) {
    OfKey& sessions = of_key->second;
    const auto first = first_from(sessions, time);
    known_ -= static_cast<std::size_t>(first - sessions.begin());
    sessions.erase(sessions.begin(), first);
    of_key = sessions.empty() ? live_.erase(of_key) : std::next(of_key);
  }
  left_ = known_;
}

std::uint32_t Sessions::find(std::string_view by, const KeyBorders& borders) {
  key_.assign(by);
  append_borders(borders, key_);
  const auto group = table_.find(key_);
  WEIR_CHECK(group, "a session that is there has a group");
  return *group;
}

void Sessions::merge(const GroupTable& from, const std::function<bool(std::uint32_t)>& is_known, std::vector<std::uint32_t>& vanished) {
  for (std::uint32_t group = 0; group < from.end(); ++group) {
    if (!from.holds(group)) continue;
    const std::string_view key = from.key(group), by = by_of(key);
    KeyBorders borders = borders_of(key);
    OfKey& sessions = live_[hash_bytes(by)];
    const auto first = first_from(sessions, borders.start);
    auto last = first;
    while (last != sessions.end() && last->start <= borders.end) ++last;
    if (first == last) {
      sessions.insert(first, borders);
      ++known_;
      table_.merge(table_.find_or_add(key), from, group);
      continue;
    }
    borders = {std::min(borders.start, first->start), std::max(borders.end, std::prev(last)->end)};
    const bool is_inside = last - first == 1 && borders.start == first->start && borders.end == first->end;
    const std::uint32_t into = is_inside ? find(by, borders) : lengthen(by, first, last, borders, is_known, vanished);
    table_.merge(into, from, group);
    *first = borders;
    known_ -= static_cast<std::size_t>(last - first) - 1;
    sessions.erase(std::next(first), last);
  }
}

// Makes the sessions from `first` to `last` one, with these borders.
std::uint32_t Sessions::lengthen(std::string_view by, OfKey::iterator first, OfKey::iterator last, const KeyBorders& borders,
                                 const std::function<bool(std::uint32_t)>& is_known, std::vector<std::uint32_t>& vanished) {
  std::vector<std::uint32_t> parts;
  for (; first != last; ++first) parts.push_back(find(by, *first));
  // One that nobody knows yet takes the new key.
  const auto unknown = std::find_if(parts.begin(), parts.end(), [&](std::uint32_t group) { return !is_known(group); });
  std::iter_swap(parts.begin(), unknown == parts.end() ? parts.begin() : unknown);
  std::uint32_t whole = parts.front();
  key_.assign(by);
  append_borders(borders, key_);
  if (!is_known(whole)) {
    table_.rename(whole, key_);
  } else {
    whole = table_.find_or_add(key_);
    table_.move_rows(parts.front(), whole);
    vanished.push_back(parts.front());
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    table_.merge(whole, table_, parts[i]);
    vanished.push_back(parts[i]);
  }
  return whole;
}

void join_sessions(std::span<const Column> by, std::span<const std::uint32_t> rows, Column& start, Column& end, std::uint32_t row_count, Arena& arena) {
  struct Place {
    Hash128 key;
    std::int64_t start, end;
    std::uint32_t row;
  };
  std::vector<Place> places;
  places.reserve(rows.size());
  GroupKeyWriter keys(by);
  for (const std::uint32_t row : rows) {
    places.push_back({hash_bytes(keys.write(row)), start.at<std::int64_t>(row), end.at<std::int64_t>(row), row});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return std::tie(a.key, a.start) < std::tie(b.key, b.start); });
  ColumnWriter starts(start.type, row_count, arena), ends(end.type, row_count, arena);
  for (std::size_t from = 0, to = 0; from < places.size(); from = to) {
    std::int64_t last = places[from].end;
    for (++to; to < places.size() && places[to].key == places[from].key && places[to].start <= last; ++to) last = std::max(last, places[to].end);
    for (std::size_t i = from; i < to; ++i) {
      starts.set(places[i].row, places[from].start);
      ends.set(places[i].row, last);
    }
  }
  start = starts.finish();
  end = ends.finish();
}

}  // namespace weir
