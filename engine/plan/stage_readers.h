// stage_readers.h — while a plan is fused: what reads the rows of each node that makes or holds rows.
#pragma once

#include <map>
#include <vector>

#include "engine/plan/stage.h"

namespace weir {

/// What reads the rows of such a node. Expressions are over that node's columns.
struct Readers {
  std::vector<Branch> branches;
  struct Made {
    NodeId explode;
    Expansion expansion;
  };
  std::vector<Made> expansions;
  std::vector<Gathering> gatherings;
  std::vector<Intake> intakes;
  struct Computed {
    NodeId node;
    OverBlock over;
  };
  std::vector<Computed> overs;
};
/// Of every scan, explode, join of streams and aggregate that reaches a sink.
using AllReaders = std::map<NodeId, Readers>;

/// Where rows come from, with a predicate and expressions over that node's columns.
struct Origin {
  NodeId node;
  ExpressionPtr predicate;
  std::vector<ExpressionPtr> expressions;
};

AllReaders readers_of(const Plan& plan);
std::vector<Origin> origins_of(const Plan& plan, NodeId node, std::vector<ExpressionPtr> expressions);
/// Which of a node's `count` columns its readers use.
std::vector<bool> used_columns(Readers& readers, std::size_t count);
/// Column i becomes number places[i]; columns that nobody reads are never asked for.
void move_columns(Readers& readers, const std::vector<Field>& fields, const std::vector<std::size_t>& places);
/// Adds what reads the rows of a block, and of those made of them, to the stage.
void add_block(const AllReaders& all, const Readers& readers, std::size_t block, Stage& stage);

/// Makes `readers` of a join of two streams readers of the rows that it carries, and the join a reader of where the rows of its inputs come from.
void place_stream_join(const Plan& plan, NodeId node, Readers& readers, AllReaders& all);

}  // namespace weir
