// group_table.h — the states of aggregates by group: of the rows of one chunk, or of all rows so far.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/hash.h"
#include "engine/expression/aggregate.h"
#include "engine/state/group_memory.h"
#include "engine/state/spill_area.h"
#include "engine/state/state_budget.h"

namespace weir {

/// What the groups of one aggregate step are made of. Immutable; outlives its tables.
class GroupShape {
 public:
  GroupShape(std::vector<Type> keys, std::vector<std::shared_ptr<const Aggregate>> aggregates, std::vector<Type> results);
  const std::vector<Type>& keys() const { return keys_; }
  std::size_t size() const { return aggregates_.size(); }
  const Aggregate& aggregate(std::size_t i) const { return *aggregates_[i]; }
  const Type& result(std::size_t i) const { return results_[i]; }
  std::size_t offset(std::size_t i) const { return offsets_[i]; }  // of the state of aggregate i in those of a group
  std::size_t state_bytes() const { return state_bytes_; }         // of a group, a multiple of 16
  bool uses_positions() const;
  /// Whether states may keep things outside the memory they are given.
  bool keeps_outside() const { return keeps_outside_; }

 private:
  std::vector<Type> keys_;
  std::vector<std::shared_ptr<const Aggregate>> aggregates_;
  std::vector<Type> results_;
  std::vector<std::size_t> offsets_;
  std::size_t state_bytes_ = 0;
  bool keeps_outside_ = false;
};

/// Rows to take in, by number; all columns are of one batch. No value of a chosen row is an error.
struct GroupRows {
  std::span<const Column> keys;
  std::span<const std::span<const Column>> arguments;  // of each aggregate
  std::span<const Column* const> filters;              // of each aggregate; null: every row. Rows where it is not true are left out
  std::span<const std::uint32_t> rows;
  std::span<const RowPosition> positions;  // one for each of `rows`; may be empty where no aggregate uses them
};

/// One thread. Groups are numbered from 0 in the order they came; the number of one that was taken out is given to another.
///
/// With a SpillArea, groups that were not used lately can be moved to a local store: their number and the hash of their key stay in memory, and they come
/// back when they are needed. What const functions give out stays where it is until the next spill(). When the store fails, the area knows, and groups
/// that could not be read have no rows: nothing of the table may be kept then.
class GroupTable final : public Spillable {
 public:
  explicit GroupTable(const GroupShape& shape) : shape_(shape) {}
  ~GroupTable() override;
  GroupTable(const GroupTable&) = delete;
  GroupTable& operator=(const GroupTable&) = delete;

  std::size_t size() const { return groups_.size() - free_.size(); }
  /// More than every group's number.
  std::size_t end() const { return groups_.size(); }
  bool holds(std::uint32_t group) const { return groups_[group].is_there; }
  std::string_view key(std::size_t group) const { return key_at(resident(group).memory); }
  /// The hash of its key, without reading it.
  Hash128 key_hash(std::uint32_t group) const;

  void add(const GroupRows& rows, Arena& scratch);
  /// Takes in all rows of `other`, a table of the same shape, none of which is spilled.
  void merge(const GroupTable& other);
  /// Lets `into` take in the rows of group `from` of `other`, a table of the same shape or this one.
  void merge(std::uint32_t into, const GroupTable& other, std::uint32_t from);
  /// Gives the group another key of the same size, which no group has.
  void rename(std::uint32_t group, std::string_view key);
  /// `to`, which has no rows, gets those of `from`, which is left without; their keys are of one size.
  void move_rows(std::uint32_t from, std::uint32_t to);

  /// Groups that took in rows since forget_changes(), each once.
  const std::vector<std::uint32_t>& changed() const { return changed_; }
  void forget_changes();

  /// The keys of these groups as columns, then the results: a result that cannot be computed is an error of its row. Groups that are spilled stay so.
  std::vector<Column> results(std::span<const std::uint32_t> groups, Arena& arena) const;

  /// Takes out an unchanged group.
  void remove(std::uint32_t group);
  /// Lets a group begin anew, without any row.
  void restart(std::uint32_t group);
  /// The number of the group with this key; one without rows is added where there is none.
  std::uint32_t find_or_add(std::string_view key);
  /// Counts the group among those that took in rows.
  void mark_changed(std::uint32_t group);
  /// Puts states, as of this shape, into those of a group; or takes them out: false where one of its aggregates could not, and the group is to begin
  /// anew.
  void merge_states(std::uint32_t group, const char* states);
  bool retract_states(std::uint32_t group, const char* states);
  /// The states of `group`, one after the other as in the shape.
  const char* states(std::uint32_t group) const { return resident(group).memory; }
  std::optional<std::uint32_t> find(std::string_view key) const;
  const GroupShape& shape() const { return shape_; }

  /// Appends what load() makes the group of again.
  void save(std::uint32_t group, std::string& bytes) const;
  /// Adds a saved group that is not there yet, as unchanged, and gives its number. An error where the bytes are no such group.
  Result<std::uint32_t> load(std::string_view bytes);

  /// Lets groups be spilled to `area`, which must outlive the table.
  void use(SpillArea& area) { area_ = &area; }
  std::size_t spilled() const { return spilled_; }
  std::size_t disk_bytes() const { return store_ == nullptr ? 0 : store_->disk_bytes(); }
  /// Roughly; what aggregates keep outside their states is counted as of the latest rows.
  std::size_t memory_bytes() const override;
  std::size_t spillable_bytes() const override { return area_ == nullptr ? 0 : group_bytes(); }
  /// Unchanged groups that no row came to since the last time around.
  Status spill(std::size_t bytes) override;

 private:
  /// Its memory: the states, the size of the key in 32 bits, the key.
  struct ReadGroups;
  struct Group {
    std::uint64_t hash = 0;  // the lower half of that of the key
    union {
      char* memory = nullptr;
      std::uint64_t upper_hash;  // where it is spilled
    };
    std::uint32_t outside = 0;  // bytes that aggregates keep outside
    bool is_there : 1 = false;
    bool is_changed : 1 = false;
    bool is_recent : 1 = false;   // was used since the hand came by
    bool is_spilled : 1 = false;
    bool is_stored : 1 = false;   // the store has something of this number,
    bool is_current : 1 = false;  // and it is what the group is
  };
  /// `hash`: the lower half of that of the key.
  std::uint32_t find_or_add(std::string_view key, std::uint64_t hash);
  std::optional<std::uint32_t> look_up(std::string_view key, std::uint64_t hash, std::size_t& slot) const;
  void grow();
  void link(std::uint32_t group);
  void unlink(std::uint32_t group);
  void measure(std::uint32_t group);
  void add_to(std::size_t aggregate, const GroupRows& rows, std::span<const std::uint32_t> groups, Arena& scratch);

  std::size_t memory_of(std::string_view key) const { return shape_.state_bytes() + sizeof(std::uint32_t) + key.size(); }
  std::string_view key_at(const char* group) const;
  char* key_place(char* group, std::size_t size) const;
  char* make_group(std::string_view key, GroupMemory& memory) const;
  void give_back(char* group, GroupMemory& memory) const;
  std::vector<Column> results_of(std::span<const char* const> groups, Arena& arena) const;
  void save_group(const char* group, std::string& bytes) const;
  Result<std::string_view> take_key(std::string_view& bytes) const;
  Status load_states(std::string_view bytes, char* group) const;
  std::size_t group_bytes() const { return memory_.used_bytes() + outside_bytes_; }

  // Of spilled groups; group_table_spill.cpp.
  const Group& resident(std::size_t group) const {
    const Group& one = groups_[group];
    if (one.is_spilled) [[unlikely]] const_cast<GroupTable*>(this)->bring_back(static_cast<std::uint32_t>(group));
    return one;
  }
  void bring_back(std::uint32_t group);
  char* read_group(std::uint32_t group, GroupMemory& memory) const;
  Status move_out(std::uint32_t group, std::string& scratch);
  void forget_stored(std::uint32_t group);
  std::vector<Column> results_with_spilled(std::span<const std::uint32_t> groups, Arena& arena) const;

  const GroupShape& shape_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> slots_;  // group + 1, or 0; a power of two of them
  std::vector<std::uint32_t> changed_;
  std::vector<std::uint32_t> free_;  // numbers of groups that were taken out
  GroupMemory memory_;
  std::size_t outside_bytes_ = 0;

  SpillArea* area_ = nullptr;  // null: nothing is spilled
  std::unique_ptr<LocalStore> store_;
  std::size_t spilled_ = 0;
  std::uint32_t hand_ = 0;  // the group that spill() looks at next
};

}  // namespace weir
