// bad_rows.h — spoils a good product_view event in one of the ways that senders do.
#pragma once

#include <cstdint>
#include <string>

namespace weir {

/// In how many ways.
std::size_t bad_row_kinds();
/// Spoils the event that starts at `begin` in `bytes` in way `kind` (modulo the number of ways). Every way
/// makes a row that product_view rejects.
void spoil_event(std::string& bytes, std::size_t begin, std::uint64_t kind);

}  // namespace weir
