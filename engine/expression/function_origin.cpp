// function_origin.cpp — keeps the origin in the overload's `prepare`, which is of a type of its own then.
#include "engine/expression/function_origin.h"

#include <utility>

namespace weir {
namespace {

struct PrepareOfOrigin {
  std::string origin;
  decltype(Overload::prepare) prepare;

  Result<std::unique_ptr<Kernel>> operator()(const CallSite& site) const { return prepare(site); }
};

}  // namespace

Overload with_origin(Overload overload, std::string origin) {
  overload.prepare = PrepareOfOrigin{std::move(origin), std::move(overload.prepare)};
  return overload;
}

std::string_view origin_of(const Overload& overload) {
  const auto* const marked = overload.prepare.target<PrepareOfOrigin>();
  return marked == nullptr ? std::string_view() : std::string_view(marked->origin);
}

}  // namespace weir
