// join_state.cpp — the rows of a join as they are saved: those that came in an epoch beside one another, and which of the earlier ones have matched.
#include <algorithm>
#include <cstring>

#include "engine/runtime/join_operation.h"

namespace weir {
namespace {

constexpr std::size_t largest_part = 1 << 20;  // bytes; an epoch may have more rows than one value of a database should hold

/// Before the values of each row.
struct SavedRow {
  Hash128 key;
  std::int64_t time;
  std::uint32_t size;
  std::uint32_t is_matched;
};
static_assert(sizeof(SavedRow) == 32);

/// Before the rows of a part, whose serials follow one another.
struct SavedPart {
  std::uint64_t first_serial;
  std::uint64_t rows;
};

template <typename T>
void append_raw(const T& value, std::string& bytes) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }

template <typename T>
bool take_raw(std::string_view& bytes, T& value) {
  if (bytes.size() < sizeof value) return false;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return true;
}

Error damaged() { return Error{ErrorKind::fatal, "the saved rows of a join are damaged, or of another pipeline"}; }

}  // namespace

void JoinOperation::collect(std::vector<StateRow>& rows, std::vector<StateRow>& gone) {
  save_rows(input_);
  save_rows(joined_);
  save_marks();
  input_.pieces.collect(input_limit(time_), rows, gone);
  joined_.pieces.collect(joined_limit(time_), rows, gone);
  matched_.collect(input_limit(time_), rows, gone);
}

// Those that are there yet: a row may come and go in one epoch.
void JoinOperation::save_rows(Side& side) {
  std::string part;
  std::int64_t latest = no_time;
  SavedPart head{next_serial_, 0};
  const auto save_part = [&] {
    if (head.rows == 0) return;
    std::memcpy(part.data(), &head, sizeof head);
    side.pieces.add(std::exchange(part, std::string()), latest);
    head = {next_serial_, 0};
    latest = no_time;
  };
  for (const std::uint32_t number : side.added) {
    JoinTable& table = side.rows.table();
    if (!table.holds(number)) continue;
    JoinTable::Row& row = table.row(number);
    if (part.empty()) append_raw(head, part);
    row.serial = next_serial_++;
    ++head.rows;
    latest = std::max(latest, row.time);
    append_raw(SavedRow{buckets_.place(table.key(number), buckets_.of(row.time)), row.time, row.size, row.is_matched ? 1u : 0u}, part);
    part += table.values(number);
    if (part.size() >= largest_part) save_part();
  }
  save_part();
  side.added.clear();
}

void JoinOperation::save_marks() {
  std::string part;
  std::int64_t latest = no_time;
  for (const Mark& mark : marks_) {
    if (mark.time < input_limit(time_)) continue;  // the row has gone
    append_raw(mark.serial, part);
    latest = std::max(latest, mark.time);
  }
  if (!part.empty()) matched_.add(std::move(part), latest);
  marks_.clear();
}

bool JoinOperation::owns(std::string_view name) const {
  return name == input_.pieces.name() || name == joined_.pieces.name() || name == matched_.name();
}

Status JoinOperation::load(const StoredState& row) {
  StatePieces& pieces = row.name == input_.pieces.name() ? input_.pieces : row.name == joined_.pieces.name() ? joined_.pieces : matched_;
  WEIR_ASSIGN(const std::string_view bytes, pieces.load(row));
  if (&pieces == &matched_) return load_marks(bytes);
  return load_rows(&pieces == &input_.pieces ? input_ : joined_, bytes);
}

Status JoinOperation::load_rows(Side& side, std::string_view bytes) {
  while (!bytes.empty()) {
    SavedPart head{};
    if (!take_raw(bytes, head)) return damaged();
    for (std::uint64_t i = 0; i < head.rows; ++i) {
      SavedRow saved{};
      if (!take_raw(bytes, saved) || bytes.size() < saved.size || !is_row_of(bytes.substr(0, saved.size), side.types)) return damaged();
      JoinTable& table = side.rows.table();
      const std::uint32_t number = table.add(buckets_.place(saved.key, buckets_.of(saved.time)), saved.time, bytes.substr(0, saved.size));
      bytes.remove_prefix(saved.size);
      table.row(number).serial = head.first_serial + i;
      table.row(number).is_matched = saved.is_matched != 0;
    }
    next_serial_ = std::max(next_serial_, head.first_serial + head.rows);
  }
  return {};
}

Status JoinOperation::load_marks(std::string_view bytes) {
  for (std::uint64_t serial = 0; !bytes.empty();) {
    if (!take_raw(bytes, serial)) return damaged();
    loaded_marks_.push_back(serial);
    next_serial_ = std::max(next_serial_, serial + 1);
  }
  return {};
}

void JoinOperation::start(std::int64_t time) {
  std::sort(loaded_marks_.begin(), loaded_marks_.end());
  input_.rows.set_matched(loaded_marks_);
  loaded_marks_ = {};
  waiting_ = node_.is_left ? input_.rows.unmatched_count() : 0;
  time_ = time;
  forget(time, false);
}

}  // namespace weir
