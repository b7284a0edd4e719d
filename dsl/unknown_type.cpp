// unknown_type.cpp — what to say of a text that is no type.
#include "dsl/unknown_type.h"

#include <fmt/format.h>

#include "engine/base/nearest_name.h"
#include "engine/data/type.h"

namespace weir {

Error unknown_type(const std::string& text, const Location& where) {
  const std::string name = text.substr(0, text.find_first_of("( "));
  if (const auto known = parse_type(name); known && name != text) {
    const char* hint = known->kind == TypeKind::decimal
                           ? "write decimal(PRECISION, SCALE): a precision from 1 to 38, a scale not above it"
                           : "this type takes no arguments";
    return Error{ErrorKind::user, fmt::format("not a type: {}", text), where}.with_hint(hint);
  }
  const std::string nearest = nearest_name(name, type_names());
  const std::string hint = nearest.empty() ? "types are bool, int, bigint, double, decimal(p,s), string, "
                                             "bytes, date, timestamp, interval and json"
                                           : fmt::format("did you mean {}?", nearest);
  return Error{ErrorKind::user, fmt::format("unknown type: {}", text), where}.with_hint(hint);
}

}  // namespace weir
