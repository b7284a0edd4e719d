// join_rows.cpp — the earliest rows go to disk, in the order of their keys.
#include "engine/state/join_rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace weir {
namespace {

// New rows mostly match others of their time: a quarter stays.
constexpr std::size_t kept_share = 4;

}  // namespace

bool JoinRows::set_matched(Place place) {
  if ((place & on_disk) != 0) return spilled_->set_matched(place & ~on_disk);
  return !std::exchange(table_.row(static_cast<std::uint32_t>(place)).is_matched, true);
}

void JoinRows::set_matched(std::span<const std::uint64_t> serials) {
  table_.for_each([&](std::uint32_t row) {
    if (std::binary_search(serials.begin(), serials.end(), table_.row(row).serial)) table_.row(row).is_matched = true;
  });
  if (spilled_) spilled_->set_matched(serials);
}

std::size_t JoinRows::unmatched_count() const {
  std::size_t count = spilled_ ? spilled_->unmatched_count() : 0;
  table_.for_each([&](std::uint32_t row) { count += table_.row(row).is_matched ? 0 : 1; });
  return count;
}

Status JoinRows::spill(std::size_t bytes) {
  if (area_ == nullptr || area_->failure() || table_.size() == 0) return {};
  if (!spilled_) spilled_.emplace(*area_, tells_due_);
  std::vector<std::uint32_t> numbers;
  table_.for_each([&](std::uint32_t row) { numbers.push_back(row); });
  const double share = static_cast<double>(bytes) / static_cast<double>(spillable_bytes());
  const std::size_t asked = std::min(numbers.size(), static_cast<std::size_t>(share * static_cast<double>(numbers.size())) + 1);
  const std::size_t going = std::max(asked, numbers.size() - numbers.size() / kept_share);
  const auto first = numbers.begin(), middle = first + static_cast<std::ptrdiff_t>(going);
  std::nth_element(first, middle == numbers.end() ? middle - 1 : middle, numbers.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tuple(table_.row(a).time, table_.row(a).serial) < std::tuple(table_.row(b).time, table_.row(b).serial);
  });
  std::sort(first, middle, [&](std::uint32_t a, std::uint32_t b) { return SpilledRows::precedes(row_at(a), row_at(b)); });
  WEIR_TRY(spilled_->add(going, [&](std::size_t i) { return row_at(numbers[i]); }));
  keep_only(std::span(numbers).subspan(going));
  return {};
}

void JoinRows::keep_only(std::span<const std::uint32_t> numbers) {
  JoinTable kept;
  for (const std::uint32_t number : numbers) {
    const WaitingRow row = row_at(number);
    JoinTable::Row& added = kept.row(kept.add(row.key, row.time, row.values));
    added.serial = row.serial;
    added.is_matched = row.is_matched;
  }
  table_ = std::move(kept);
}

}  // namespace weir
