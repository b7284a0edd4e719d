// group_table_spill.cpp — groups on their way to the local store and back.
#include <algorithm>
#include <cstring>

#include "engine/state/group_table.h"

namespace weir {
namespace {

constexpr std::size_t rows_at_once = 1024;  // of results, while spilled groups are read for them

}  // namespace

// The hand goes round over the groups: one that was used since it came by last is passed over once more.
Status GroupTable::spill(std::size_t bytes) {
  if (area_ == nullptr || area_->failure()) return {};
  if (store_ == nullptr) {
    WEIR_ASSIGN(store_, area_->make_store());
  }
  const std::size_t held = group_bytes();
  const std::size_t wanted = held - std::min(held, bytes);
  std::string scratch;
  const std::size_t spilled_before = spilled_;
  for (std::size_t seen = 0; seen < 2 * groups_.size() && group_bytes() > wanted; ++seen) {
    if (hand_ >= groups_.size()) hand_ = 0;
    Group& group = groups_[hand_];
    const bool can_go = group.is_there && !group.is_spilled && !group.is_changed;
    if (can_go && !group.is_recent) WEIR_TRY(move_out(hand_, scratch));
    group.is_recent = false;
    ++hand_;
  }
  area_->count_write(spilled_ - spilled_before);
  return {};
}

Status GroupTable::move_out(std::uint32_t number, std::string& scratch) {
  Group& group = groups_[number];
  if (!group.is_current) {
    scratch.clear();
    save_group(group.memory, scratch);
    WEIR_TRY(store_->put(number, scratch));
  }
  const Hash128 hash = hash_bytes(key_at(group.memory));
  give_back(group.memory, memory_);
  group.upper_hash = hash.high;
  outside_bytes_ -= group.outside;
  group.outside = 0;
  group.is_spilled = group.is_stored = group.is_current = true;
  ++spilled_;
  return {};
}

// A group in `memory` as it was moved out.
char* GroupTable::read_group(std::uint32_t number, GroupMemory& memory) const {
  std::string bytes;
  Status status = store_->get(number, bytes);
  std::string_view rest = bytes;
  if (status.ok()) {
    const Result<std::string_view> key = take_key(rest);
    if (key.ok()) {
      char* group = make_group(*key, memory);
      status = load_states(rest, group);
      if (status.ok()) return group;
      give_back(group, memory);
    } else {
      status = key.error();
    }
  }
  area_->fail(std::move(status).error());
  throw UnreadableState();
}

void GroupTable::bring_back(std::uint32_t number) {
  Group& group = groups_[number];
  group.memory = read_group(number, memory_);
  group.is_spilled = false;
  group.is_recent = true;
  --spilled_;
  if (shape_.keeps_outside()) measure(number);
  area_->count_read(1);
}

void GroupTable::forget_stored(std::uint32_t number) {
  if (Status erased = store_->erase(number, number); !erased.ok()) area_->fail(std::move(erased).error());
}

/// Groups that were read for a moment.
struct GroupTable::ReadGroups {
  ~ReadGroups() {
    for (char* group : groups) table.give_back(group, memory);
  }
  const GroupTable& table;
  GroupMemory& memory;
  std::vector<char*> groups;
};

std::vector<Column> GroupTable::results_with_spilled(std::span<const std::uint32_t> groups, Arena& arena) const {
  std::vector<ColumnWriter> writers;
  const auto count = static_cast<std::uint32_t>(groups.size());
  for (const Type& type : shape_.keys()) writers.emplace_back(type, count, arena);
  for (std::size_t i = 0; i < shape_.size(); ++i) writers.emplace_back(shape_.result(i), count, arena);
  for (std::size_t from = 0; from < groups.size(); from += rows_at_once) {
    const std::span<const std::uint32_t> some = groups.subspan(from, std::min(rows_at_once, groups.size() - from));
    GroupMemory memory;
    std::vector<const char*> places;
    ReadGroups read{*this, memory, {}};
    for (const std::uint32_t group : some) {
      if (groups_[group].is_spilled) read.groups.push_back(read_group(group, memory));
      places.push_back(groups_[group].is_spilled ? read.groups.back() : groups_[group].memory);
    }
    area_->count_read(read.groups.size());
    Arena scratch;
    const std::vector<Column> columns = results_of(places, scratch);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      for (std::uint32_t row = 0; row < some.size(); ++row) writers[c].copy_from(static_cast<std::uint32_t>(from) + row, columns[c], row);
    }
  }
  std::vector<Column> columns;
  for (ColumnWriter& writer : writers) columns.push_back(writer.finish());
  return columns;
}

}  // namespace weir
