// stream_order.h — in which order streams can be compiled: each after those it reads.
#pragma once

#include <vector>

#include "dsl/syntax.h"

namespace weir {

struct StreamOrder {
  std::vector<const StreamSyntax*> streams;
  std::vector<const StreamSyntax*> stuck;   // in a circle, or behind one
  std::vector<const StreamSyntax*> circle;  // one circle, if anything is stuck
};

/// What a stream reads: its inputs, and what its steps join and unite.
std::vector<Name> read_by(const StreamSyntax& stream);
StreamOrder stream_order(const PipelineSyntax& pipeline);

}  // namespace weir
