// draft_text.h — drafted columns as a part of a pipeline file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dsl/settings_tree.h"
#include "engine/infer/sample.h"

namespace weir {

/// A source or a lookup table as it will stand in a file.
struct BlockDraft {
  bool is_table = false;
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;  // type, topic, file, ...
  std::vector<ColumnDraft> columns;
  std::vector<std::string> key;        // of a table
  std::string event_time;              // a column that may be the watermark's; empty: none
  std::vector<std::string> notes;      // about the sample, above the block
};

/// `is_pipeline`: a whole one that shows the rows of a source on the console; else the block alone.
std::string text_of(const BlockDraft& block, Spelling spelling, bool is_pipeline, const Registry& registry);

}  // namespace weir
