// tested_table.h — rows that came out of a test, and how they differ from what was expected.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/pipeline_test.h"
#include "engine/testing/memory_rows.h"

namespace weir {

struct TestedTable {
  std::string name;              // "sink retail", "rejects", "the ledger"
  Schema schema;
  std::vector<std::size_t> key;  // indexes into schema; may be empty
  std::vector<RowOfValues> rows;
};

struct TestFailure {
  Location where;                    // the expectation, or what else the test says
  std::string message;               // one sentence
  std::vector<std::string> details;  // one line each
};

/// Nothing where the table is as expected.
std::optional<TestFailure> compare(const ExpectedTable& expected, const TestedTable& table);

/// Lines that say how `other` differs, beginning with what stands in `first`; none where both hold the same rows.
std::vector<std::string> differences(const TestedTable& first, const TestedTable& other);

/// "{ id: a, amount: 5.00 }".
std::string row_text(const Schema& schema, const RowOfValues& row);

}  // namespace weir
