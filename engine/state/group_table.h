// group_table.h — the states of aggregates by group: of the rows of one chunk, or of all rows so far.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/expression/aggregate.h"

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

 private:
  std::vector<Type> keys_;
  std::vector<std::shared_ptr<const Aggregate>> aggregates_;
  std::vector<Type> results_;
  std::vector<std::size_t> offsets_;
  std::size_t state_bytes_ = 0;
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
class GroupTable {
 public:
  explicit GroupTable(const GroupShape& shape) : shape_(shape) {}
  ~GroupTable();
  GroupTable(const GroupTable&) = delete;
  GroupTable& operator=(const GroupTable&) = delete;

  std::size_t size() const { return groups_.size() - free_.size(); }
  /// More than every group's number.
  std::size_t end() const { return groups_.size(); }
  bool holds(std::uint32_t group) const { return groups_[group].states != nullptr; }
  std::string_view key(std::size_t group) const { return groups_[group].key; }
  /// Roughly, for bounds on memory: what aggregates keep outside their states is not counted.
  std::size_t memory_bytes() const;

  void add(const GroupRows& rows, Arena& scratch);
  /// Takes in all rows of `other`, a table of the same shape.
  void merge(const GroupTable& other);

  /// Groups that took in rows since forget_changes(), each once.
  const std::vector<std::uint32_t>& changed() const { return changed_; }
  void forget_changes();

  /// The keys of these groups as columns, then the results: a result that cannot be computed is an error of its row.
  std::vector<Column> results(std::span<const std::uint32_t> groups, Arena& arena) const;

  /// Takes out an unchanged group.
  void remove(std::uint32_t group);
  /// Lets a group begin anew, without any row.
  void restart(std::uint32_t group);
  /// The number of the group with this key; one without rows is added where there is none.
  std::uint32_t find_or_add(std::string_view key);
  /// The states of `group`, one after the other as in the shape.
  const char* states(std::uint32_t group) const { return groups_[group].states; }
  std::optional<std::uint32_t> find(std::string_view key) const;
  const GroupShape& shape() const { return shape_; }

  /// Appends what load() makes the group of again.
  void save(std::uint32_t group, std::string& bytes) const;
  /// Adds a saved group that is not there yet, as unchanged, and gives its number. An error where the bytes are no such group.
  Result<std::uint32_t> load(std::string_view bytes);

 private:
  struct Group {
    std::string key;
    std::uint64_t hash = 0;
    char* states = nullptr;  // null: taken out
    bool is_changed = false;
  };
  std::uint32_t find_or_add(std::string_view key, std::uint64_t hash);
  char* new_states();
  void grow();
  void mark_changed(std::uint32_t group);
  void add_to(std::size_t aggregate, const GroupRows& rows, std::span<const std::uint32_t> groups, Arena& scratch);

  const GroupShape& shape_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> slots_;  // group + 1, or 0; a power of two of them
  std::vector<std::uint32_t> changed_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t free_states_ = 0;  // in the last block
  std::vector<std::uint32_t> free_;  // numbers of groups that were taken out,
  std::vector<char*> free_memory_;   // and where their states were
};

}  // namespace weir
