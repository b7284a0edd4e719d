// group_spill.cpp — what GroupOperation keeps in memory, and what of that may go to disk.
#include "engine/runtime/group_operation.h"

namespace weir {
namespace {

constexpr std::size_t map_node_bytes = 64;  // of a partition, beside its key and its groups

template <typename T>
std::size_t bytes_of(const std::vector<T>& items) {
  return items.capacity() * sizeof(T);
}

std::size_t text_bytes(const std::string& text) { return sizeof text + (text.capacity() > 15 ? text.capacity() : 0); }

}  // namespace

void GroupOperation::spill_to(SpillArea& area, StateBudget& budget) {
  table_->use(area);
  budget.add(*table_);
  for (Over& over : overs_) {
    over.rows->gone().use(area);
    budget.add(over.rows->gone());
  }
  if (regrouping_ == nullptr) return;
  regrouping_->gone().use(area);
  budget.add(regrouping_->gone());
}

std::size_t GroupOperation::memory_bytes() const {
  std::size_t bytes = bytes_of(is_registered_) + bytes_of(is_vanished_) + bytes_of(loaded_) + bytes_of(changed_);
  if (regrouping_ != nullptr) bytes += regrouping_->memory_bytes();
  for (const Output& output : outputs_)
    bytes += bytes_of(output.dirty) + bytes_of(output.is_dirty) + bytes_of(output.is_written) + bytes_of(output.is_known) + bytes_of(output.emitted);
  if (sessions_ != nullptr) bytes += sessions_->memory_bytes();
  // Not one by one: of sessions, there are as many ends as groups.
  bytes += ends_.size() * (map_node_bytes + sizeof(std::vector<std::uint32_t>)) + table_->size() * sizeof(std::uint32_t);
  for (const Over& over : overs_) {
    // Keys of partitions are much alike in length: the first one stands for all.
    const std::size_t key = over.partitions.empty() ? 0 : text_bytes(over.partitions.begin()->first);
    bytes += over.partition_of.capacity() * key + over.partitions.size() * (map_node_bytes + key) + over.partition_of.size() * sizeof(std::uint32_t);
  }
  return bytes;
}

void GroupOperation::settle_loaded() {
  std::vector<std::uint32_t> groups;
  for (; settled_ < loaded_.size(); ++settled_) {
    const std::uint32_t group = loaded_[settled_].first;
    groups.push_back(group);
    if (sessions_ != nullptr && !is_vanished(group)) sessions_->add(table_->key(group));
  }
  register_groups(groups);
}

StateCounts GroupOperation::counts() const {
  StateCounts counts;
  const auto add = [&](const GroupTable& table) {
    counts.groups += static_cast<std::int64_t>(table.size());
    counts.spilled_groups += static_cast<std::int64_t>(table.spilled());
    counts.disk_bytes += static_cast<std::int64_t>(table.disk_bytes());
  };
  add(*table_);
  for (const Over& over : overs_) add(over.rows->gone());
  if (regrouping_ != nullptr) add(regrouping_->gone());
  return counts;
}

}  // namespace weir
