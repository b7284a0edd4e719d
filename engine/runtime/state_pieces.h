// state_pieces.h — what grows with the rows and goes with their time, kept in weir_state in pieces that are written once.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/component/store.h"
#include "engine/runtime/state_rows.h"

namespace weir {

/// Parts come in epoch by epoch; each goes into a piece, a row of weir_state that is written anew only while it is small. A piece goes as a whole. One thread.
class StatePieces {
 public:
  explicit StatePieces(std::string name) : name_(std::move(name)) {}
  /// Of its rows in weir_state.
  const std::string& name() const { return name_; }

  /// A part for the next collect(). Nobody needs it once all that happened at `latest` or before is over.
  void add(std::string part, std::int64_t latest);
  /// Appends the pieces that are to be written, and those to go: what happened before `time` is over.
  void collect(std::int64_t time, std::vector<StateRow>& rows, std::vector<StateRow>& gone);
  /// A stored piece: its parts, one after the other. The view is into the row.
  Result<std::string_view> load(const StoredState& row);

 private:
  struct Part {
    std::string bytes;
    std::int64_t latest;
  };
  void save_open(bool is_new, std::vector<StateRow>& rows);

  std::string name_;
  std::vector<Part> added_;
  std::set<std::pair<std::int64_t, std::int64_t>> pieces_;  // latest time, number
  std::int64_t next_ = 0;
  // The piece that the next part goes into.
  bool is_open_ = false;
  std::int64_t open_number_ = 0;
  std::int64_t open_latest_ = 0;
  std::string open_bytes_;
};

}  // namespace weir
