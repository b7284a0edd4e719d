// memoised_kernel.h — remembers the results of a costly kernel for the texts it was asked about lately.
#pragma once

#include <memory>

#include "engine/expression/function.h"

namespace weir {

/// `inner` is the kernel of a strict deterministic call whose argument `variable` is text and whose other
/// arguments are literals. Results are remembered across batches and threads in a bounded cache, and equal
/// texts of one batch are computed once. Where texts seldom repeat the cache is dropped and tried again
/// later.
std::unique_ptr<Kernel> memoise(std::unique_ptr<Kernel> inner, std::size_t variable, Type result);

}  // namespace weir
