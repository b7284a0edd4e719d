// sample.h — the records that a draft is made of: lines of a file, or what a source gives; nobody hears that they were read.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/component/registry.h"
#include "engine/infer/column_draft.h"

namespace weir {

struct Sample {
  std::vector<std::string> records;
  std::int64_t tombstones = 0;  // records without a value
};

/// The first `most` lines of a file that are not blank.
Result<Sample> sample_lines(const std::string& path, std::size_t most);
/// The first `most` records of a source: of all its splits alike, until `patience` has passed without one. `options` are those of a source in a
/// pipeline file.
Result<Sample> sample_source(const SourceSpec& spec, const std::vector<std::pair<std::string, std::string>>& options, std::size_t most,
                             std::chrono::milliseconds patience);

/// What a sample of JSON says: each of its records but the bad ones is read by a source of these columns, as long as nothing is tolerated.
struct InferredColumns {
  std::vector<ColumnDraft> columns;
  std::int64_t records = 0;  // good ones
  std::int64_t bad = 0;      // no JSON objects
  std::string first_bad;     // why
};
InferredColumns infer_json(const Sample& sample, const DraftRules& rules, const Registry& registry);

/// What the first `most` rows of a CSV file with a header say: columns, and those that tell its rows apart; an error where it is no CSV.
struct InferredTable {
  std::vector<ColumnDraft> columns;
  std::vector<std::string> key;                // empty: two rows are the same, or differ in what is NULL
  std::vector<std::vector<std::string>> rows;  // texts; NULL is what is empty and not in quotes
  std::vector<std::vector<bool>> nulls;
};
Result<InferredTable> infer_csv(const std::string& path, char delimiter, std::size_t most);

}  // namespace weir
