// postgres_error.h — which kind of error an SQLSTATE is, and so how Weir reacts to it.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.h"

struct pg_result;

namespace weir {

/// service: the server is away, full or shutting down, or a lock did not come; data: one row is wrong; user:
/// login, permission or schema; fatal: anything else. An empty state is a lost connection.
ErrorKind kind_of_sqlstate(std::string_view state);
/// Whether the same transaction may succeed when it is simply run again: deadlock, serialisation failure,
/// lock not available.
bool is_worth_repeating(const Error& error);
/// The error a result carries: message and detail in one sentence, the SQLSTATE as code. `fallback` is the
/// connection's message.
Error error_of_result(const pg_result* result, std::string_view fallback);
/// The error of a connection that could not be made, from libpq's verbose text (which has the SQLSTATE
/// within).
Error error_of_connecting(std::string_view message);

}  // namespace weir
