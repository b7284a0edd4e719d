// seen_row.cpp — packs keys and times.
#include "engine/state/seen_row.h"

#include <cstring>

#include "engine/base/window_time.h"

namespace weir {

static_assert(sizeof(SeenRow) == 16);

SeenRow::SeenRow(const Hash128& key, std::int64_t time) : first_(key.low), second_(key.high << time_bits) {
  second_ |= static_cast<std::uint64_t>(floor_to(time, 1000) / 1000) & ((std::uint64_t{1} << time_bits) - 1);
  if (is_empty()) first_ = 1;
}

std::int64_t SeenRow::after(const SeenRow& other) const {
  // The difference of two numbers of 40 bits, with its sign.
  return static_cast<std::int64_t>((second_ - other.second_) << (64 - time_bits)) >> (64 - time_bits);
}

void append_seen(std::span<const SeenRow> rows, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(rows.data()), rows.size_bytes());
}

Status read_seen(std::string_view bytes, std::vector<SeenRow>& rows) {
  if (bytes.size() % sizeof(SeenRow) != 0) return Error{ErrorKind::fatal, "the saved keys of a dedup are damaged"};
  const std::size_t before = rows.size();
  rows.resize(before + bytes.size() / sizeof(SeenRow));
  if (!bytes.empty()) std::memcpy(rows.data() + before, bytes.data(), bytes.size());
  return {};
}

}  // namespace weir
