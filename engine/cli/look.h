// look.h — weir run --print: shows rows of a pipeline's sink, stream or source and writes nothing, neither to a database nor to a broker.
#pragma once

#include <string>

#include "engine/cli/pipeline_file.h"
#include "engine/cli/shown_rows.h"
#include "engine/plan/look.h"
#include "engine/runtime/job.h"

namespace weir {

struct LookArguments {
  LookRequest request;
  RowFormat format = RowFormat::table;
  std::string start;  // where sources begin; empty: as the file says
};

/// Of `job`, what the user said of a run. Gives the exit code.
int look(PipelineFile& file, LookArguments arguments, JobOptions job);

/// Runs a plan that look_at() made: until it has its rows, at the end of the sources, or at the first signal. Prints what there is, and how many rows
/// were wrong. Gives the exit code.
int show(const std::shared_ptr<const Plan>& plan, ShownRows& rows, const JobOptions& job);

/// A database for the books of a run that leaves none, in `folder`.
Result<Connection> passing_books(const Registry& registry, const std::string& folder);

}  // namespace weir
