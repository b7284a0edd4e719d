// guarded_call.h — one call into a plugin: what it reports, and what it throws although it must not.
#pragma once

#include <exception>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/column.h"
#include "udf/weir_udf.h"

namespace weir {

/// One thread. Row errors outside 0 .. rows - 1 make the call fail.
class GuardedCall {
 public:
  explicit GuardedCall(std::uint32_t rows);
  GuardedCall(const GuardedCall&) = delete;
  GuardedCall& operator=(const GuardedCall&) = delete;

  /// Calls `body(const weir_call*)`, which returns the plugin's status. The error's code is udf_error or udf_exception.
  template <typename Body>
  Status run(Body&& body) {
    try {
      return outcome(body(&call_));
    } catch (const std::exception& exception) {
      return thrown(exception.what());
    } catch (...) {
      return thrown(nullptr);
    }
  }
  std::vector<RowError> take_row_errors() { return std::move(row_errors_); }

 private:
  static void note_row_error(const weir_call* call, std::int64_t row, const char* code, const char* message);
  static void note_failure(const weir_call* call, const char* message);
  Status outcome(int status);
  Status thrown(const char* what);

  std::uint32_t rows_;
  weir_call call_{};
  std::vector<RowError> row_errors_;
  std::string failure_;
};

}  // namespace weir
