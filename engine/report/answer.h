// answer.h — what the database said to a report, as JSON and CSV.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/report.h"

namespace weir {

/// A report with the values that its parameters had, and its result or what went wrong.
struct ReportAnswer {
  const Report* report;
  std::vector<QueryParameter> parameters;
  QueryResult result;
  std::optional<Error> error;
};

/// Whether two columns have one name, so that programs could not tell them apart (W1107).
Status check_column_names(const Report& report, const QueryResult& result);

/// One object: `pipeline`, and `reports`, each with its columns and rows. Numbers have the digits that the database gave them.
std::string answers_json(const std::string& pipeline, const std::vector<ReportAnswer>& answers);
/// RFC 4180 with a header: NULL is nothing, an empty text is "".
std::string answer_csv(const QueryResult& result);

}  // namespace weir
