// purchase.h — generates purchases in a cosmetics shop, many of which arrive late.
#pragma once

#include "connectors/generate/generate.h"

namespace weir {

GeneratorSpec purchase_generator();

}  // namespace weir
