// over_frames.h — which rows the calls of OVER look at, and the bytes that put rows in order.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/plan/plan.h"
#include "engine/runtime/kept_rows.h"

namespace weir {

/// lag, lead, nth_value, and those of is_share().
bool looks_around(const OverNode::Call& call);
/// What goes by the number of rows of the partition: percent_rank, cume_dist, ntile.
bool is_share(const OverNode::Call& call);
/// Whether a row's value depends on rows that come after it and its peers.
bool needs_later_rows(const OverNode::Call& call);
/// The rows of groups that are gone that the call looks back at; nothing: none, or it goes on from states.
std::optional<KeptRange> kept_range(const OverNode::Call& call);

/// Values as bytes that are in the order asked for.
std::string order_key(const OverNode& over, std::span<const Column> order, std::uint32_t row);

}  // namespace weir
