// nested_json.h — JSON text to values of any type and back: for the JSON format, from_json, to_json and CAST.
#pragma once

#include <string>
#include <string_view>

#include "engine/data/column.h"

namespace weir {

enum class JsonMisfit : std::uint8_t { none, wrong_type, out_of_range };

/// Appends one row to `out`, or nothing where the value does not fit the type. `json` is one valid JSON value, without blanks around it.
/// Numbers are taken exactly from their digits: int and bigint have no fraction and no exponent, a decimal loses no digit. Dates, timestamps
/// and intervals are strings, bytes are none of JSON's types. Of a struct's fields missing ones are NULL, others are overlooked, and the
/// first of equal names counts; null fits where the field may be NULL.
JsonMisfit append_json(std::string_view json, ColumnBuilder& out);

/// Appends the JSON of one row, as Spark's to_json: NULL fields of structs are left out, dates and times are strings, map keys too. A NULL row
/// is null. Where `out` has grown beyond 16 MB (max_made_text) the rest is left out: the caller refuses such texts.
void append_as_json(const Column& column, std::uint32_t row, std::string& out);

/// A string with its quotes.
void append_json_string(std::string_view text, std::string& out);

}  // namespace weir
