// json_values.h — turns one JSON value into one typed value, exactly or not at all.
#pragma once

#include <cstdint>
#include <string_view>

#include "connectors/formats/json_reader.h"
#include "engine/data/decimal.h"
#include "engine/data/type.h"

namespace weir {

enum class ValueFault : std::uint8_t { none, wrong_type, out_of_range };

/// Only numbers written without fraction and exponent are integers.
ValueFault read_integer(const JsonValue& value, std::int64_t low, std::int64_t high, std::int64_t& out);
ValueFault read_double(const JsonValue& value, double& out);
/// From the digits as they were sent; out of range if one of them would be lost.
ValueFault read_decimal(const JsonValue& value, const Type& type, Int128& out);

/// Decodes padded base64 (RFC 4648) into `out`, which has room for text.size() / 4 * 3 bytes. False: it is no
/// base64.
bool decode_base64(std::string_view text, char* out, std::size_t& size);

}  // namespace weir
