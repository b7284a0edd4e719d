// row_frames.h — columns as the bytes that go to a worker, and what comes back.
//
// A frame is a 32-bit length and that many bytes, all in the machine's byte order. To the worker: the number of rows, then for each argument a byte per row
// (1: there is a value) and the values: numbers as they are, a bool as a byte, everything else as 32-bit lengths and then the bytes (decimals as text).
// From the worker: a byte per row (0 value, 1 NULL, 2 error), the values in the same way, and for each error its length, code, a zero byte and sentence.
#pragma once

#include <span>
#include <string>

#include "engine/base/error.h"
#include "engine/data/column.h"

namespace weir {

/// "decimal" for every decimal: the kind of value, as the worker knows it.
std::string kind_name(const Type& type);
void append_number(std::string& frame, std::uint32_t number);
/// Length and bytes.
void append_text(std::string& frame, std::string_view text);

std::string request_frame(std::span<const Column> arguments, std::uint32_t rows);
/// An error where the bytes are no answer for so many rows; a wrong value is an error of its row. `where` begins the rows' errors.
Result<Column> read_answer(std::string_view frame, const Type& type, std::uint32_t rows, const std::string& where, Arena& arena);

}  // namespace weir
