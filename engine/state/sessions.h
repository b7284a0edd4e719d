// sessions.h — which sessions there are of each key, and how rows that come make them longer, or one of several.
//
// A session is a group whose key ends with its borders (group_key.h): where its first row happened, and the gap after its last one. Sessions of one key
// that touch are one, so those there are lie apart.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/data/hash.h"
#include "engine/state/group_key.h"
#include "engine/state/group_table.h"

namespace weir {

/// One thread.
class Sessions {
 public:
  /// The groups of `table`, which must outlive it, are sessions; add() those that are there already.
  explicit Sessions(GroupTable& table) : table_(table) {}

  /// There is the session of a group with this key.
  void add(std::string_view key);
  /// Roughly.
  std::size_t memory_bytes() const;
  /// No row can touch sessions that end before this time any more. Costs little until a good part of those known can go.
  void forget_before(std::int64_t time);
  /// Takes in the sessions of `from`, such as those of one chunk. A group that somebody knows keeps its key: it is left without rows, in `vanished`,
  /// where its session goes on as another one. So is a group that became part of another.
  void merge(const GroupTable& from, const std::function<bool(std::uint32_t)>& is_known, std::vector<std::uint32_t>& vanished);

 private:
  struct HashOfKey {
    std::size_t operator()(const Hash128& hash) const { return hash.low; }
  };
  using OfKey = std::vector<KeyBorders>;  // in order
  std::uint32_t find(std::string_view by, const KeyBorders& borders);
  std::uint32_t lengthen(std::string_view by, OfKey::iterator first, OfKey::iterator last, const KeyBorders& borders,
                         const std::function<bool(std::uint32_t)>& is_known, std::vector<std::uint32_t>& vanished);

  GroupTable& table_;
  std::unordered_map<Hash128, OfKey, HashOfKey> live_;  // by the key without its borders
  std::size_t known_ = 0;                               // sessions
  std::size_t left_ = 0;                                // of them, when those that closed were last forgotten
  std::string key_;                                     // for reuse
};

/// The borders of the sessions that rows of equal keys form among themselves. `start` and `end` hold the borders of each row alone, and get those of
/// its session, for the rows chosen; these are not NULL.
void join_sessions(std::span<const Column> by, std::span<const std::uint32_t> rows, Column& start, Column& end, std::uint32_t row_count, Arena& arena);

}  // namespace weir
