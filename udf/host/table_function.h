// table_function.h — a plugin's function that makes any number of rows of one.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/expression/function.h"
#include "udf/host/site_states.h"

namespace weir {

/// The rows made of a chunk: those of row i are offsets[i] to offsets[i + 1] of the columns. Lives in the arena it was asked for.
struct MadeRows {
  std::vector<std::uint32_t> offsets;
  std::vector<Column> columns;
  std::vector<RowError> errors;  // of the rows that they were to be made of
};

/// One call site. Any thread may expand.
class TableFunction {
 public:
  /// `declared` has been checked, and outlives the function; `where` begins its errors.
  static Result<std::unique_ptr<TableFunction>> prepare(const weir_function& declared, const CallSite& site, std::string where);

  const std::vector<Field>& columns() const { return columns_; }
  /// An error where the plugin failed, or gave what is no set of rows.
  Result<MadeRows> expand(std::span<const Column> arguments, std::uint32_t rows, Arena& arena) const;

 private:
  TableFunction(const weir_function& declared, std::string where, std::unique_ptr<SiteStates> states);
  Result<MadeRows> call(std::span<const Column> arguments, std::uint32_t rows, Arena& arena) const;

  const weir_function& declared_;
  std::string where_;
  std::vector<Field> columns_;
  std::unique_ptr<SiteStates> states_;
};

}  // namespace weir
