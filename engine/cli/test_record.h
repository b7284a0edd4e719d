// test_record.h — drafts a test of a pipeline from records of a sample: what comes out becomes what is expected, for a person to review.
#pragma once

#include <string>
#include <vector>

#include "engine/cli/pipeline_file.h"

namespace weir {

struct RecordRequest {
  std::vector<std::string> inputs;  // SOURCE=FILE, a record a line
  std::string name;
  bool writes = false;              // into the pipeline file, not to stdout
};

/// Returns the exit code.
int record_test(PipelineFile& file, const RecordRequest& request);

}  // namespace weir
