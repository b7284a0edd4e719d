// foreign_functions.h — what functions of other databases and languages are called here.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace weir {

struct ForeignFunction {
  std::string_view name;  // in small letters
  std::string_view here;  // a function, or how it is written
};

std::span<const ForeignFunction> foreign_functions();
/// Empty where nothing is known. `name` is in small letters.
std::string_view foreign_function(std::string_view name);

}  // namespace weir
