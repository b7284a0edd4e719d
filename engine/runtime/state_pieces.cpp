// state_pieces.cpp — parts are put together until they make a piece worth a row.
#include "engine/runtime/state_pieces.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr std::size_t small_piece = 4096;  // bytes; a smaller one is written again with more parts

std::string number_bytes(std::int64_t number) { return std::string(reinterpret_cast<const char*>(&number), sizeof number); }

}  // namespace

void StatePieces::add(std::string part, std::int64_t latest) { added_.push_back({std::move(part), latest}); }

void StatePieces::collect(std::int64_t time, std::vector<StateRow>& rows, std::vector<StateRow>& gone) {
  while (!pieces_.empty() && pieces_.begin()->first < time) {
    const std::int64_t number = pieces_.begin()->second;
    gone.push_back({name_, number_bytes(number), ""});
    is_open_ = is_open_ && number != open_number_;
    pieces_.erase(pieces_.begin());
  }
  bool is_new = false, is_changed = false;
  for (Part& part : added_) {
    if (!is_open_) {
      is_open_ = is_new = true;
      open_number_ = next_++;
      open_latest_ = part.latest;
      open_bytes_.clear();
      pieces_.emplace(open_latest_, open_number_);
    }
    open_bytes_ += part.bytes;
    is_changed = true;
    if (part.latest > open_latest_) {
      pieces_.erase({open_latest_, open_number_});
      open_latest_ = part.latest;
      pieces_.emplace(open_latest_, open_number_);
    }
    if (open_bytes_.size() < small_piece) continue;
    save_open(is_new, rows);
    is_open_ = is_new = is_changed = false;
    open_bytes_ = std::string();
  }
  if (is_changed) save_open(is_new, rows);
  added_.clear();
}

void StatePieces::save_open(bool is_new, std::vector<StateRow>& rows) {
  rows.push_back({name_, number_bytes(open_number_), number_bytes(open_latest_) + open_bytes_, is_new});
}

Result<std::string_view> StatePieces::load(const StoredState& row) {
  std::int64_t number = 0, latest = 0;
  if (row.key.size() != sizeof number || row.value.size() < sizeof latest) return Error{ErrorKind::fatal, "a saved piece of the state is damaged"};
  std::memcpy(&number, row.key.data(), sizeof number);
  std::memcpy(&latest, row.value.data(), sizeof latest);
  pieces_.emplace(latest, number);
  next_ = std::max(next_, number + 1);
  return row.value.substr(sizeof latest);
}

}  // namespace weir
