// pipeline_test_file.h — reads a .test file, or a page of the docs that shows a whole job: a pipeline, the records of its splits, and the tables that must
// come out.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace weir::testing {

/// Rows of text; the header's names are columns. Sorted by text, because tables have no order.
struct ExpectedTable {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::string> rows;  // cells joined by " | "
};

struct PipelineTestFile {
  std::string path;                                       // the pipeline finds its files beside it
  std::string pipeline;                                   // YAML; ${DB} is the database
  std::string weir;                                       // the same in the language of .weir files, where it is given
  std::map<std::string, std::vector<std::string>> input;  // records by split
  bool is_held = false;                                   // more comes after each stop, and what waits for its time waits on: "== held"
  std::vector<ExpectedTable> tables;                      // "ledger" and "rejects" among them, if given
};

PipelineTestFile read_test_file(const std::string& path);

}  // namespace weir::testing
