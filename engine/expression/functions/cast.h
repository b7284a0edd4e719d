// cast.h — the parts of CAST, by what is converted into what; each gives null where it has no such
// conversion.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/expression/functions/kernels.h"

namespace weir {

/// What happens to a value that cannot be converted: CAST gives a row error, TRY_CAST gives NULL.
class CastFailure {
 public:
  CastFailure(const Type& to, bool is_try) : type_name_(to_string(to)), is_try_(is_try) {}
  /// `value` cannot be read as the type at all.
  void not_readable(RowOutput& out, std::string_view value) const;
  /// `value` is out of the type's range.
  void too_large(RowOutput& out, std::string_view value) const;

 private:
  std::string type_name_;
  bool is_try_;
};

struct CastRequest {
  Type from;
  Type to;
  bool is_try;
  CastFailure failure() const { return {to, is_try}; }
};

std::unique_ptr<Kernel> cast_number_to_number(const CastRequest& request);  // boolean, too
std::unique_ptr<Kernel> cast_time(const CastRequest& request);  // date, timestamp, numbers as seconds
std::unique_ptr<Kernel> cast_to_text(
    const CastRequest& request);  // anything to string; text-like to text-like
std::unique_ptr<Kernel> cast_from_text(const CastRequest& request);  // string and json to the rest
std::unique_ptr<Kernel> cast_nested(const CastRequest& request);     // nested ones to string and json, and from them

/// The body of any CAST; null where there is no such conversion.
std::unique_ptr<Kernel> make_cast(const CastRequest& request);

/// All values of a column cast, also of one that is constant or the child of another: an error stays with its row.
Column cast_column(const Kernel& cast, const Column& column, EvaluationContext& context);

/// Whether there are bytes in the type, which JSON cannot say.
bool holds_bytes(const Type& type);

/// Without blanks and control characters at either end, as Spark reads numbers and dates.
std::string_view trimmed(std::string_view text);

}  // namespace weir
