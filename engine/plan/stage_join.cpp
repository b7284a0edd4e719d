// stage_join.cpp — a join of two streams while a plan is fused: what it takes from its inputs, and what reads its rows.
#include "engine/plan/stage_readers.h"

namespace weir {
namespace {

/// Which columns of a join's rows are asked for, by its readers or by its own condition.
std::vector<bool> wanted_columns(const StreamJoinNode& join, Readers& readers, std::size_t count) {
  std::vector<bool> wanted = used_columns(readers, count);
  if (join.condition != nullptr) mark_used_columns(*join.condition, wanted);
  return wanted;
}

/// The fields of the columns from `first` to `last` that are wanted.
std::vector<Field> fields_between(const std::vector<Field>& fields, const std::vector<bool>& wanted, std::size_t first, std::size_t last) {
  std::vector<Field> found;
  for (std::size_t i = first; i < last; ++i) {
    if (wanted[i]) found.push_back(fields[i]);
  }
  return found;
}

/// Where each column stands in block 0.
std::vector<std::size_t> places_of(const std::vector<bool>& wanted) {
  std::vector<std::size_t> places(wanted.size(), 0);
  std::size_t next = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i]) places[i] = next++;
  }
  return places;
}

void place_intakes(const Plan& plan, NodeId node, bool is_joined, const std::vector<bool>& wanted, AllReaders& all) {
  const auto& join = std::get<StreamJoinNode>(plan.nodes[node].operation);
  const NodeId from = is_joined ? join.joined : join.input;
  const std::size_t first = is_joined ? plan.nodes[join.input].schema.fields.size() : 0;
  const std::vector<Field>& fields = plan.nodes[from].schema.fields;
  std::vector<ExpressionPtr> expressions = is_joined ? join.joined_keys : join.keys;
  const auto keys = static_cast<std::ptrdiff_t>(expressions.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (wanted[first + i]) expressions.push_back(make_column(i, fields[i]));
  }
  for (Origin& origin : origins_of(plan, from, std::move(expressions))) {
    const auto begin = origin.expressions.begin();
    all[origin.node].intakes.push_back(
        {0, node, is_joined, std::move(origin.predicate), {begin, begin + keys}, {begin + keys, origin.expressions.end()}, join.bounds.has_value()});
  }
}

}  // namespace

void place_stream_join(const Plan& plan, NodeId node, Readers& readers, AllReaders& all) {
  const auto& join = std::get<StreamJoinNode>(plan.nodes[node].operation);
  const std::vector<Field>& fields = plan.nodes[node].schema.fields;
  const std::vector<bool> wanted = wanted_columns(join, readers, fields.size());
  place_intakes(plan, node, false, wanted, all);
  place_intakes(plan, node, true, wanted, all);
}

std::vector<JoinStage> fuse_joins(const Plan& plan) {
  AllReaders all = readers_of(plan);
  std::vector<JoinStage> stages;
  for (auto& [node, readers] : all) {
    const auto* join = std::get_if<StreamJoinNode>(&plan.nodes[node].operation);
    if (join == nullptr) continue;
    const std::vector<Field>& fields = plan.nodes[node].schema.fields;
    const std::vector<bool> wanted = wanted_columns(*join, readers, fields.size());
    const std::vector<std::size_t> places = places_of(wanted);
    const std::size_t border = plan.nodes[join->input].schema.fields.size();
    JoinStage stage{node, fields_between(fields, wanted, 0, border), fields_between(fields, wanted, border, fields.size()), join->condition, {}};
    if (join->condition != nullptr) {
      std::vector<ExpressionPtr> moved(fields.size());
      for (std::size_t i = 0; i < fields.size(); ++i) moved[i] = make_column(places[i], fields[i]);
      stage.condition = substitute(join->condition, moved);
    }
    move_columns(readers, fields, places);
    stage.rows.scan = node;
    add_block(all, readers, 0, stage.rows);
    stages.push_back(std::move(stage));
  }
  return stages;
}

}  // namespace weir
