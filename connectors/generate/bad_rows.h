// bad_rows.h — spoils good events in the ways that senders do.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace weir {

/// Makes a good event wrong in one way, without a line feed.
using Spoil = void (*)(std::string& event);

/// Every way makes a row that the shipped pipeline of that name rejects.
std::span<const Spoil> bad_product_views();
std::span<const Spoil> bad_purchases();

/// Spoils the event that starts at `begin` in `bytes` in way `kind` (modulo the number of ways).
void spoil_event(std::string& bytes, std::size_t begin, std::span<const Spoil> ways, std::uint64_t kind);

}  // namespace weir
