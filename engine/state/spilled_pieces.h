// spilled_pieces.h — pieces of a table on disk, one made after the other: how many there may be, and which are merged then.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace weir {

/// With more of them, each look at all of them costs too much.
inline constexpr std::size_t most_pieces = 12;

/// The first of the two neighbours that have the fewest rows together: so each row is written again a number of times that grows with the logarithm of
/// how many there are. Requires two pieces.
template <typename Piece, typename RowsOf>
std::size_t smallest_neighbours(const std::vector<Piece>& pieces, const RowsOf& rows) {
  std::size_t first = 0;
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    if (rows(pieces[i]) + rows(pieces[i + 1]) < rows(pieces[first]) + rows(pieces[first + 1])) first = i;
  }
  return first;
}

/// Puts `merged` in place of the piece `first` and the next one.
template <typename Piece>
void replace_two(std::vector<Piece>& pieces, std::size_t first, Piece merged) {
  pieces[first] = std::move(merged);
  pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(first) + 1);
}

}  // namespace weir
