// write_order.cpp — the order in which an epoch writes the tables of a connection: referenced ones first.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/plan/stage.h"

namespace weir {
namespace {

/// Sinks of one connection and which of them must be written before which.
struct References {
  std::vector<std::size_t> sinks;            // indexes into Plan::sinks, in file order
  std::vector<std::set<std::size_t>> needs;  // by place in `sinks`: places that come before
  std::vector<bool> is_dimension;            // referenced, and written once per key
};

References collect(const Plan& plan, std::size_t connection) {
  References result;
  for (std::size_t i = 0; i < plan.sinks.size(); ++i) {
    if (plan.sinks[i].connection == connection && plan.sinks[i].outlet == nullptr) result.sinks.push_back(i);
  }
  result.needs.resize(result.sinks.size());
  result.is_dimension.resize(result.sinks.size(), false);
  for (std::size_t place = 0; place < result.sinks.size(); ++place) {
    for (const ForeignKey& reference : plan.sinks[result.sinks[place]].table.references) {
      const auto target = std::find_if(result.sinks.begin(), result.sinks.end(), [&](std::size_t sink) {
        return plan.sinks[sink].table.table == reference.table;
      });
      const auto other = static_cast<std::size_t>(target - result.sinks.begin());
      if (target == result.sinks.end() || other == place) continue;
      result.needs[place].insert(other);
      result.is_dimension[other] = plan.sinks[*target].table.on_conflict == OnConflict::ignore;
    }
  }
  return result;
}

// Every place left has something before it: following that leads into a circle.
Error cycle_error(const Plan& plan, const References& references, const std::vector<bool>& done) {
  std::vector<std::size_t> path;
  std::size_t current = static_cast<std::size_t>(std::find(done.begin(), done.end(), false) - done.begin());
  while (std::find(path.begin(), path.end(), current) == path.end()) {
    path.push_back(current);
    const auto& needs = references.needs[current];
    current = *std::find_if(needs.begin(), needs.end(), [&](std::size_t place) { return !done[place]; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), current));
  path.push_back(current);
  std::vector<std::string> names;
  for (const std::size_t place : path) names.push_back(plan.sinks[references.sinks[place]].table.table);
  Error error = Error{ErrorKind::user, fmt::format("tables refer to each other in a circle: {}", fmt::join(names, " -> ")), plan.sinks[references.sinks[current]].where}
                    .as("W0214")
                    .with_hint("leave one of the references out");
  for (std::size_t i = 1; i + 1 < path.size(); ++i) error = Error(error).with_note(fmt::format("{} refers to {}", names[i], names[i + 1]), plan.sinks[references.sinks[path[i]]].where);
  return error;
}

}  // namespace

Result<std::vector<std::size_t>> write_order(const Plan& plan, std::size_t connection) {
  const References references = collect(plan, connection);
  std::vector<bool> done(references.sinks.size(), false);
  std::vector<std::size_t> order;
  const auto is_ready = [&](std::size_t place) {
    return !done[place] && std::all_of(references.needs[place].begin(), references.needs[place].end(),
                                       [&](std::size_t before) { return done[before]; });
  };
  while (order.size() < references.sinks.size()) {
    std::size_t next = references.sinks.size();
    for (std::size_t place = 0; place < references.sinks.size(); ++place) {
      if (!is_ready(place)) continue;
      if (next == references.sinks.size()) next = place;
      if (!references.is_dimension[place]) continue;
      next = place;
      break;
    }
    if (next == references.sinks.size()) return cycle_error(plan, references, done);
    done[next] = true;
    order.push_back(references.sinks[next]);
  }
  return order;
}

}  // namespace weir
