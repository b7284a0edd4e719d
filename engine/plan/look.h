// look.h — a plan that only shows what a sink, a stream or a source of another plan gets: it writes no table and has no books of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/plan/plan.h"

namespace weir {

struct LookRequest {
  std::string name;       // of a sink, a stream or a source, in this order; empty: every sink
  std::size_t rows = 10;  // that are shown of each
  bool at_end = false;    // rows of groups once, at the end, as they are then; else whenever they change, and the first of these
};

/// Makes what rows of `name` are given to.
using MakeOutlet = std::function<std::shared_ptr<const OutletDefinition>(const std::string& name)>;

/// The part of `plan` that what is looked at needs: other sources, streams and lookup tables are not in it, and its sources do not hear of commits.
/// `books`: a database that nobody needs later. A usage error, with the nearest name, where there is no such name.
Result<Plan> look_at(const Plan& plan, const LookRequest& request, Connection books, const MakeOutlet& make_outlet);

}  // namespace weir
