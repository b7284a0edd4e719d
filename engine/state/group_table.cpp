// group_table.cpp — an open-addressing table of groups, each with its states and its key in one piece of memory.
#include "engine/state/group_table.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "engine/data/hash.h"
#include "engine/state/group_key.h"

namespace weir {
namespace {

constexpr std::size_t alignment = 16;
constexpr char saved_version = 1;

std::size_t aligned(std::size_t bytes, std::size_t to) { return (bytes + to - 1) / to * to; }

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
    const std::size_t bytes = aggregate->state_bytes();
    // The size of a type is a multiple of its alignment.
    state_bytes_ = aligned(state_bytes_, bytes % alignment == 0 ? alignment : sizeof(std::max_align_t) / 2);
    offsets_.push_back(state_bytes_);
    state_bytes_ += aligned(bytes, sizeof(std::max_align_t) / 2);
    keeps_outside_ = keeps_outside_ || aggregate->keeps_outside();
  }
}

bool GroupShape::uses_positions() const {
  return std::any_of(aggregates_.begin(), aggregates_.end(), [](const auto& aggregate) { return aggregate->uses_positions(); });
}

GroupTable::~GroupTable() {
  for (const Group& group : groups_) {
    if (group.is_there && !group.is_spilled) give_back(group.memory, memory_);
  }
}

std::size_t GroupTable::memory_bytes() const {
  const std::size_t index = groups_.capacity() * sizeof(Group) + (slots_.capacity() + changed_.capacity() + free_.capacity()) * sizeof(std::uint32_t);
  return index + group_bytes() + (store_ == nullptr ? 0 : store_->memory_bytes());
}

std::string_view GroupTable::key_at(const char* group) const {
  std::uint32_t size = 0;
  const char* place = group + shape_.state_bytes();
  std::memcpy(&size, place, sizeof size);
  return {place + sizeof size, size};
}

// The states of no rows, and the key.
char* GroupTable::make_group(std::string_view key, GroupMemory& memory) const {
  char* group = memory.take(memory_of(key));
  for (std::size_t i = 0; i < shape_.size(); ++i) shape_.aggregate(i).start(group + shape_.offset(i));
  const auto size = static_cast<std::uint32_t>(key.size());
  std::memcpy(group + shape_.state_bytes(), &size, sizeof size);
  if (size != 0) std::memcpy(group + shape_.state_bytes() + sizeof size, key.data(), size);
  return group;
}

void GroupTable::give_back(char* group, GroupMemory& memory) const {
  const std::size_t bytes = memory_of(key_at(group));
  for (std::size_t i = 0; i < shape_.size(); ++i) shape_.aggregate(i).stop(group + shape_.offset(i));
  memory.give_back(group, bytes);
}

void GroupTable::grow() {
  slots_.assign(std::max<std::size_t>(32, slots_.size() * 2), 0);
  for (std::uint32_t group = 0; group < groups_.size(); ++group) {
    if (groups_[group].is_there) link(group);
  }
}

void GroupTable::link(std::uint32_t group) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = groups_[group].hash & mask;
  while (slots_[slot] != 0) slot = (slot + 1) & mask;
  slots_[slot] = group + 1;
}

void GroupTable::unlink(std::uint32_t group) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = groups_[group].hash & mask;
  while (slots_[hole] != group + 1) hole = (hole + 1) & mask;
  // What stands behind the hole moves into it, unless it would stand before its own first place.
  for (std::size_t slot = (hole + 1) & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t wanted = groups_[slots_[slot] - 1].hash & mask;
    if (((slot - wanted) & mask) < ((slot - hole) & mask)) continue;
    slots_[hole] = slots_[slot];
    hole = slot;
  }
  slots_[hole] = 0;
}

// `slot`: where the group is, or would be.
std::optional<std::uint32_t> GroupTable::look_up(std::string_view key, std::uint64_t hash, std::size_t& slot) const {
  const std::size_t mask = slots_.size() - 1;
  for (slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Group& group = groups_[slots_[slot] - 1];
    if (group.hash != hash) continue;
    if (group.is_spilled ? group.upper_hash == hash_bytes(key).high : key_at(group.memory) == key) return slots_[slot] - 1;
  }
  return std::nullopt;
}

std::uint32_t GroupTable::find_or_add(std::string_view key, std::uint64_t hash) {
  if ((size() + 1) * 4 > slots_.size() * 3) grow();
  std::size_t slot = 0;
  if (const auto found = look_up(key, hash, slot)) {
    if (groups_[*found].is_spilled) bring_back(*found);
    return *found;
  }
  auto number = static_cast<std::uint32_t>(groups_.size());
  if (free_.empty()) {
    groups_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
  }
  Group& group = groups_[number];
  group.hash = hash;
  group.memory = make_group(key, memory_);
  group.is_there = true;
  slots_[slot] = number + 1;
  return number;
}

std::optional<std::uint32_t> GroupTable::find(std::string_view key) const {
  std::size_t slot = 0;
  return slots_.empty() ? std::nullopt : look_up(key, hash_bytes(key).low, slot);
}

Hash128 GroupTable::key_hash(std::uint32_t number) const {
  const Group& group = groups_[number];
  return group.is_spilled ? Hash128{group.hash, group.upper_hash} : hash_bytes(key_at(group.memory));
}

void GroupTable::remove(std::uint32_t number) {
  Group& group = groups_[number];
  WEIR_CHECK(group.is_there && !group.is_changed, "a group is taken out once, when it is unchanged");
  unlink(number);
  outside_bytes_ -= group.outside;
  if (group.is_spilled)
    --spilled_;
  else
    give_back(group.memory, memory_);
  if (group.is_stored) forget_stored(number);
  group = Group();
  free_.push_back(number);
}

void GroupTable::restart(std::uint32_t number) {
  resident(number);
  Group& group = groups_[number];
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    shape_.aggregate(i).stop(group.memory + shape_.offset(i));
    shape_.aggregate(i).start(group.memory + shape_.offset(i));
  }
  group.is_current = false;
  if (shape_.keeps_outside()) measure(number);
}

std::uint32_t GroupTable::find_or_add(std::string_view key) { return find_or_add(key, hash_bytes(key).low); }

void GroupTable::mark_changed(std::uint32_t number) {
  Group& group = groups_[number];
  group.is_recent = true;
  group.is_current = false;
  if (group.is_changed) return;
  group.is_changed = true;
  changed_.push_back(number);
}

void GroupTable::merge_states(std::uint32_t number, const char* states) {
  resident(number);
  mark_changed(number);
  for (std::size_t i = 0; i < shape_.size(); ++i) shape_.aggregate(i).merge(groups_[number].memory + shape_.offset(i), states + shape_.offset(i));
  if (shape_.keeps_outside()) measure(number);
}

bool GroupTable::retract_states(std::uint32_t number, const char* states) {
  resident(number);
  mark_changed(number);
  bool is_done = true;
  for (std::size_t i = 0; i < shape_.size() && is_done; ++i)
    is_done = shape_.aggregate(i).retract(groups_[number].memory + shape_.offset(i), states + shape_.offset(i));
  if (shape_.keeps_outside()) measure(number);
  return is_done;
}

// What its aggregates keep outside, after they took in rows.
void GroupTable::measure(std::uint32_t number) {
  Group& group = groups_[number];
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < shape_.size(); ++i) bytes += shape_.aggregate(i).outside_bytes(group.memory + shape_.offset(i));
  outside_bytes_ -= group.outside;
  group.outside = static_cast<std::uint32_t>(std::min<std::size_t>(bytes, ~std::uint32_t{0}));
  outside_bytes_ += group.outside;
}

void GroupTable::forget_changes() {
  for (const std::uint32_t group : changed_) groups_[group].is_changed = false;
  changed_.clear();
}

void GroupTable::add(const GroupRows& rows, Arena& scratch) {
  std::vector<std::uint32_t> groups(rows.rows.size());
  GroupKeyWriter keys(rows.keys);
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const std::string_view key = keys.write(rows.rows[i]);
    groups[i] = find_or_add(key, hash_bytes(key).low);
    mark_changed(groups[i]);
  }
  for (std::size_t i = 0; i < shape_.size(); ++i) add_to(i, rows, groups, scratch);
  if (!shape_.keeps_outside()) return;
  for (const std::uint32_t group : groups) measure(group);
}

void GroupTable::add_to(std::size_t aggregate, const GroupRows& rows, std::span<const std::uint32_t> groups, Arena& scratch) {
  const Column* filter = rows.filters[aggregate];
  std::vector<void*> states(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::uint32_t row = rows.rows[i];
    const bool is_in = filter == nullptr || (!filter->is_null(row) && filter->bool_at(row));
    states[i] = is_in ? groups_[groups[i]].memory + shape_.offset(aggregate) : nullptr;
  }
  std::vector<Column> arguments;
  for (const Column& argument : rows.arguments[aggregate]) arguments.push_back(gather(argument, rows.rows, scratch));
  shape_.aggregate(aggregate).add({arguments, states, rows.positions});
}

void GroupTable::merge(const GroupTable& other) {
  for (std::uint32_t group = 0; group < other.groups_.size(); ++group) {
    const Group& from = other.groups_[group];
    if (from.is_there) merge(find_or_add(other.key_at(from.memory), from.hash), other, group);
  }
}

void GroupTable::merge(std::uint32_t into, const GroupTable& other, std::uint32_t from) {
  merge_states(into, other.resident(from).memory);
}

char* GroupTable::key_place(char* group, std::size_t size) const {
  WEIR_CHECK(key_at(group).size() == size, "a key takes the place of one of its size");
  return group + shape_.state_bytes() + sizeof(std::uint32_t);
}

void GroupTable::rename(std::uint32_t number, std::string_view key) {
  resident(number);
  Group& group = groups_[number];
  unlink(number);
  std::memcpy(key_place(group.memory, key.size()), key.data(), key.size());
  group.hash = hash_bytes(key).low;
  group.is_current = false;
  link(number);
}

void GroupTable::move_rows(std::uint32_t from, std::uint32_t to) {
  const std::size_t size = key(to).size();
  resident(from);
  Group &source = groups_[from], &target = groups_[to];
  char* place = key_place(source.memory, size);
  std::swap_ranges(place, place + size, key_place(target.memory, size));
  std::swap(source.memory, target.memory);
  std::swap(source.outside, target.outside);
  source.is_current = false;
  mark_changed(to);
}

std::vector<Column> GroupTable::results(std::span<const std::uint32_t> groups, Arena& arena) const {
  if (spilled_ != 0) return results_with_spilled(groups, arena);
  std::vector<const char*> memory;
  for (const std::uint32_t group : groups) memory.push_back(groups_[group].memory);
  return results_of(memory, arena);
}

std::vector<Column> GroupTable::results_of(std::span<const char* const> groups, Arena& arena) const {
  std::vector<std::string_view> keys;
  for (const char* group : groups) keys.push_back(key_at(group));
  std::vector<Column> columns = group_key_columns(keys, shape_.keys(), arena);
  std::vector<const void*> states(groups.size());
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    for (std::size_t g = 0; g < groups.size(); ++g) states[g] = groups[g] + shape_.offset(i);
    ColumnWriter writer(shape_.result(i), static_cast<std::uint32_t>(groups.size()), arena);
    shape_.aggregate(i).result(states, writer);
    columns.push_back(writer.finish());
  }
  return columns;
}

void GroupTable::save(std::uint32_t group, std::string& bytes) const { save_group(resident(group).memory, bytes); }

void GroupTable::save_group(const char* group, std::string& bytes) const {
  bytes += saved_version;
  append_sized(key_at(group), bytes);
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    const std::size_t before = bytes.size();
    append_sized({}, bytes);
    shape_.aggregate(i).save(group + shape_.offset(i), bytes);
    const auto size = static_cast<std::uint32_t>(bytes.size() - before - sizeof(std::uint32_t));
    std::memcpy(bytes.data() + before, &size, sizeof size);
  }
}

// `bytes`: what save_group() wrote after the key.
Status GroupTable::load_states(std::string_view bytes, char* group) const {
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    const auto state = take_sized(bytes);
    if (!state) return damaged();
    WEIR_TRY(shape_.aggregate(i).load(*state, group + shape_.offset(i)));
  }
  if (!bytes.empty()) return damaged();
  return {};
}

Result<std::uint32_t> GroupTable::load(std::string_view bytes) {
  WEIR_ASSIGN(const std::string_view key, take_key(bytes));
  const std::size_t before = size();
  const std::uint32_t group = find_or_add(key, hash_bytes(key).low);
  if (size() == before) return damaged();  // it is there twice
  WEIR_TRY(load_states(bytes, groups_[group].memory));
  if (shape_.keeps_outside()) measure(group);
  return group;
}

// Takes the version and the key off saved bytes.
Result<std::string_view> GroupTable::take_key(std::string_view& bytes) const {
  if (bytes.empty() || bytes[0] != saved_version) return damaged();
  bytes.remove_prefix(1);
  const auto key = take_sized(bytes);
  if (!key || !is_group_key(*key, shape_.keys())) return damaged();
  return *key;
}

}  // namespace weir
