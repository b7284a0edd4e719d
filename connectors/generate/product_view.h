// product_view.h — generates page views of a jewellery shop.
#pragma once

#include "connectors/generate/generate.h"

namespace weir {

GeneratorSpec product_view_generator();

}  // namespace weir
