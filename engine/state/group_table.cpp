// group_table.cpp — an open-addressing table of groups over blocks of states.
#include "engine/state/group_table.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "engine/data/hash.h"
#include "engine/state/group_key.h"

namespace weir {
namespace {

constexpr std::size_t alignment = 16;
constexpr std::size_t smallest_block = 16;  // groups
constexpr std::size_t largest_block = 4096;
constexpr char saved_version = 1;

std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

void append_sized(std::string_view text, std::string& bytes) {
  const auto size = static_cast<std::uint32_t>(text.size());
  bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
  bytes += text;
}

// Nothing where the bytes end before.
std::optional<std::string_view> take_sized(std::string_view& bytes) {
  std::uint32_t size = 0;
  if (bytes.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, bytes.data(), sizeof size);
  bytes.remove_prefix(sizeof size);
  if (bytes.size() < size) return std::nullopt;
  const std::string_view taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

Error damaged() { return Error{ErrorKind::fatal, "a saved group is damaged, or of another pipeline"}; }

}  // namespace

GroupShape::GroupShape(std::vector<Type> keys, std::vector<std::shared_ptr<const Aggregate>> aggregates, std::vector<Type> results)
    : keys_(std::move(keys)), aggregates_(std::move(aggregates)), results_(std::move(results)) {
  for (const auto& aggregate : aggregates_) {
    offsets_.push_back(state_bytes_);
    state_bytes_ += aligned(aggregate->state_bytes());
  }
}

bool GroupShape::uses_positions() const {
  return std::any_of(aggregates_.begin(), aggregates_.end(), [](const auto& aggregate) { return aggregate->uses_positions(); });
}

GroupTable::~GroupTable() {
  for (const Group& group : groups_) {
    if (group.states == nullptr) continue;
    for (std::size_t i = 0; i < shape_.size(); ++i) shape_.aggregate(i).stop(group.states + shape_.offset(i));
  }
}

std::size_t GroupTable::memory_bytes() const {
  std::size_t bytes = groups_.capacity() * sizeof(Group) + slots_.capacity() * sizeof(std::uint32_t);
  bytes += groups_.size() * shape_.state_bytes();
  for (const Group& group : groups_) bytes += group.key.capacity() > 15 ? group.key.capacity() : 0;
  return bytes;
}

char* GroupTable::new_states() {
  if (!free_memory_.empty()) {
    char* memory = free_memory_.back();
    free_memory_.pop_back();
    return memory;
  }
  if (free_states_ == 0) {
    free_states_ = std::clamp(groups_.size(), smallest_block, largest_block);
    blocks_.push_back(std::make_unique<char[]>(free_states_ * std::max(shape_.state_bytes(), alignment)));
  }
  return blocks_.back().get() + --free_states_ * shape_.state_bytes();
}

void GroupTable::grow() {
  slots_.assign(std::max<std::size_t>(32, slots_.size() * 2), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t group = 0; group < groups_.size(); ++group) {
    if (groups_[group].states == nullptr) continue;
    std::size_t slot = groups_[group].hash & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = group + 1;
  }
}

std::uint32_t GroupTable::find_or_add(std::string_view key, std::uint64_t hash) {
  if ((size() + 1) * 4 > slots_.size() * 3) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Group& group = groups_[slots_[slot] - 1];
    if (group.hash == hash && group.key == key) return slots_[slot] - 1;
  }
  char* states = new_states();
  for (std::size_t i = 0; i < shape_.size(); ++i) shape_.aggregate(i).start(states + shape_.offset(i));
  auto number = static_cast<std::uint32_t>(groups_.size());
  if (free_.empty()) {
    groups_.push_back({std::string(key), hash, states});
  } else {
    number = free_.back();
    free_.pop_back();
    groups_[number] = {std::string(key), hash, states};
  }
  slots_[slot] = number + 1;
  return number;
}

std::optional<std::uint32_t> GroupTable::find(std::string_view key) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint64_t hash = hash_bytes(key).low;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Group& group = groups_[slots_[slot] - 1];
    if (group.hash == hash && group.key == key) return slots_[slot] - 1;
  }
  return std::nullopt;
}

void GroupTable::remove(std::uint32_t number) {
  Group& group = groups_[number];
  WEIR_CHECK(group.states != nullptr && !group.is_changed, "a group is taken out once, when it is unchanged");
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = group.hash & mask;
  while (slots_[hole] != number + 1) hole = (hole + 1) & mask;
  // What stands behind the hole moves into it, unless it would stand before its own first place.
  for (std::size_t slot = (hole + 1) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t wanted = groups_[slots_[slot] - 1].hash & mask;
    if (((slot - wanted) & mask) < ((slot - hole) & mask)) continue;
    slots_[hole] = slots_[slot];
    hole = slot;
  }
  slots_[hole] = 0;
  for (std::size_t i = 0; i < shape_.size(); ++i) shape_.aggregate(i).stop(group.states + shape_.offset(i));
  free_memory_.push_back(group.states);
  free_.push_back(number);
  group = {};
}

void GroupTable::restart(std::uint32_t group) {
  char* states = groups_[group].states;
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    shape_.aggregate(i).stop(states + shape_.offset(i));
    shape_.aggregate(i).start(states + shape_.offset(i));
  }
}

std::uint32_t GroupTable::find_or_add(std::string_view key) { return find_or_add(key, hash_bytes(key).low); }

void GroupTable::mark_changed(std::uint32_t group) {
  if (groups_[group].is_changed) return;
  groups_[group].is_changed = true;
  changed_.push_back(group);
}

void GroupTable::forget_changes() {
  for (const std::uint32_t group : changed_) groups_[group].is_changed = false;
  changed_.clear();
}

void GroupTable::add(const GroupRows& rows, Arena& scratch) {
  std::vector<std::uint32_t> groups(rows.rows.size());
  std::string key;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    key.clear();
    append_group_key(rows.keys, rows.rows[i], key);
    groups[i] = find_or_add(key, hash_bytes(key).low);
    mark_changed(groups[i]);
  }
  for (std::size_t i = 0; i < shape_.size(); ++i) add_to(i, rows, groups, scratch);
}

void GroupTable::add_to(std::size_t aggregate, const GroupRows& rows, std::span<const std::uint32_t> groups, Arena& scratch) {
  const Column* filter = rows.filters[aggregate];
  std::vector<void*> states(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::uint32_t row = rows.rows[i];
    const bool is_in = filter == nullptr || (!filter->is_null(row) && filter->bool_at(row));
    states[i] = is_in ? groups_[groups[i]].states + shape_.offset(aggregate) : nullptr;
  }
  std::vector<Column> arguments;
  for (const Column& argument : rows.arguments[aggregate]) arguments.push_back(gather(argument, rows.rows, scratch));
  shape_.aggregate(aggregate).add({arguments, states, rows.positions});
}

void GroupTable::merge(const GroupTable& other) {
  for (const Group& from : other.groups_) {
    if (from.states == nullptr) continue;
    const std::uint32_t group = find_or_add(from.key, from.hash);
    mark_changed(group);
    for (std::size_t i = 0; i < shape_.size(); ++i)
      shape_.aggregate(i).merge(groups_[group].states + shape_.offset(i), from.states + shape_.offset(i));
  }
}

std::vector<Column> GroupTable::results(std::span<const std::uint32_t> groups, Arena& arena) const {
  std::vector<std::string_view> keys;
  for (const std::uint32_t group : groups) keys.push_back(groups_[group].key);
  std::vector<Column> columns = group_key_columns(keys, shape_.keys(), arena);
  std::vector<const void*> states(groups.size());
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    for (std::size_t g = 0; g < groups.size(); ++g) states[g] = groups_[groups[g]].states + shape_.offset(i);
    ColumnWriter writer(shape_.result(i), static_cast<std::uint32_t>(groups.size()), arena);
    shape_.aggregate(i).result(states, writer);
    columns.push_back(writer.finish());
  }
  return columns;
}

void GroupTable::save(std::uint32_t group, std::string& bytes) const {
  bytes += saved_version;
  append_sized(groups_[group].key, bytes);
  std::string state;
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    state.clear();
    shape_.aggregate(i).save(groups_[group].states + shape_.offset(i), state);
    append_sized(state, bytes);
  }
}

Result<std::uint32_t> GroupTable::load(std::string_view bytes) {
  if (bytes.empty() || bytes[0] != saved_version) return damaged();
  bytes.remove_prefix(1);
  const auto key = take_sized(bytes);
  if (!key || !is_group_key(*key, shape_.keys())) return damaged();
  const std::size_t before = size();
  const std::uint32_t group = find_or_add(*key, hash_bytes(*key).low);
  if (size() == before) return damaged();  // it is there twice
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    const auto state = take_sized(bytes);
    if (!state) return damaged();
    WEIR_TRY(shape_.aggregate(i).load(*state, groups_[group].states + shape_.offset(i)));
  }
  if (!bytes.empty()) return damaged();
  return group;
}

}  // namespace weir
