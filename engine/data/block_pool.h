// block_pool.h — where arenas get their blocks from: ordinary ones go round between all threads.
//
// Chunks go from thread to thread, and each takes a few blocks. Through the heap they would lie between everything else there, and what they leave
// would be of no use to others: the process grows to twice what it holds.
#pragma once

#include <cstddef>

namespace weir {

/// Blocks of this size are kept for the next who asks, up to some tens of megabytes; others come from the heap and go back to it.
inline constexpr std::size_t ordinary_block_bytes = 64 * 1024;

/// At least `bytes` of memory that begins at a multiple of 64. Any thread.
char* take_block(std::size_t bytes);
/// Requires a block of take_block(), taken with this size.
void give_block_back(char* block, std::size_t bytes);
/// How many are kept now.
std::size_t kept_blocks();

}  // namespace weir
