// double_text.h — the text of a double as Spark's CAST(x AS string) gives it.
#pragma once

#include <string>

namespace weir {

/// The shortest digits that read back to the same double: "1.0", "0.001", "1.0E-4", "1.0E7", "-0.0", "NaN",
/// "Infinity".
std::string double_to_string(double value);

}  // namespace weir
