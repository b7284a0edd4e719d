// name.h — a name of a pipeline file with its place.
#pragma once

#include <string>

#include "engine/base/error.h"

namespace weir {

struct Name {
  std::string text;
  Location where;
};

}  // namespace weir
