// seen_row.cpp — packs keys and times.
#include "engine/state/seen_row.h"

#include <cstring>

namespace weir {

static_assert(sizeof(SeenRow) == 16);

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
