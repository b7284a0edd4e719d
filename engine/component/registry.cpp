// registry.cpp — finds what a pipeline names.
#include "engine/component/registry.h"

#include <algorithm>

namespace weir {
namespace {

template <typename Spec>
const Spec* find_by_name(const std::vector<Spec>& specs, const std::string& name) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

}  // namespace

const SourceSpec* Registry::find_source(const std::string& name) const { return find_by_name(sources, name); }
const StoreSpec* Registry::find_store(const std::string& name) const { return find_by_name(stores, name); }
const FormatSpec* Registry::find_format(const std::string& name) const { return find_by_name(formats, name); }
const OutletSpec* Registry::find_outlet(const std::string& name) const { return find_by_name(outlets, name); }

const StoreSpec* Registry::find_file_store() const {
  const auto found = std::find_if(stores.begin(), stores.end(), [](const StoreSpec& spec) { return !spec.file_dsn.empty(); });
  return found == stores.end() ? nullptr : &*found;
}

const LookupSpec* Registry::find_lookup(const std::string& name) const { return find_by_name(lookups, name); }

const StoreSpec* Registry::find_store_by_scheme(const std::string& scheme) const {
  const auto found = std::find_if(stores.begin(), stores.end(), [&](const StoreSpec& spec) {
    return std::find(spec.schemes.begin(), spec.schemes.end(), scheme) != spec.schemes.end();
  });
  return found == stores.end() ? nullptr : &*found;
}

}  // namespace weir
