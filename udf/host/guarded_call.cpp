// guarded_call.cpp — one call into a plugin: what it reports, and what it throws although it must not.
#include "udf/host/guarded_call.h"

#include <fmt/format.h>

#include "engine/data/utf8.h"
#include "udf/host/result_column.h"

namespace weir {
namespace {

// Messages become rows of weir_rejects.
std::string as_message(const char* text) {
  if (text == nullptr || *text == '\0') return "the plugin did not say why";
  return is_valid_utf8(text) ? std::string(text) : "the plugin's message is not valid UTF-8";
}

std::string as_code(const char* code) {
  return code == nullptr || *code == '\0' || !is_valid_utf8(code) ? udf_error_code : code;
}

}  // namespace

GuardedCall::GuardedCall(std::uint32_t rows) : rows_(rows) {
  call_.struct_size = sizeof(call_);
  call_.host = this;
  call_.row_error = note_row_error;
  call_.fail = note_failure;
}

void GuardedCall::note_row_error(const weir_call* call, std::int64_t row, const char* code, const char* message) {
  auto* self = static_cast<GuardedCall*>(call->host);
  if (row < 0 || row >= self->rows_) {
    if (self->failure_.empty())
      self->failure_ = fmt::format("reported an error of row {}, but there are {} rows", row, self->rows_);
    return;
  }
  self->row_errors_.push_back({static_cast<std::uint32_t>(row), as_code(code), as_message(message)});
}

void GuardedCall::note_failure(const weir_call* call, const char* message) {
  auto* self = static_cast<GuardedCall*>(call->host);
  if (self->failure_.empty()) self->failure_ = as_message(message);
}

Status GuardedCall::outcome(int status) {
  if (status == 0 && failure_.empty()) return {};
  std::string message = failure_.empty() ? fmt::format("failed with status {} and did not say why", status) : failure_;
  return Error{ErrorKind::data, std::move(message)}.with_code(udf_error_code);
}

Status GuardedCall::thrown(const char* what) {
  return Error{ErrorKind::data, "threw an exception: " + as_message(what)}.with_code(udf_exception_code);
}

}  // namespace weir
