// builder_connection.cpp — adds a connection: its database is told by `type`, by the scheme of `dsn`, or by
// both.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

// "postgresql" of "postgresql:///weir", "sqlite" of "sqlite:weir.db"; empty for "host=db dbname=weir" and
// "weir.db".
std::string scheme_of(const std::string& dsn) {
  const auto end = dsn.find(':');
  if (end == std::string::npos || end < 2) return {};
  const bool is_scheme =
      std::all_of(dsn.begin(), dsn.begin() + static_cast<std::ptrdiff_t>(end),
                  [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.'; });
  return is_scheme ? dsn.substr(0, end) : std::string{};
}

std::vector<std::string> store_names(const Registry& registry) {
  std::vector<std::string> names;
  for (const StoreSpec& spec : registry.stores) names.push_back(spec.name);
  return names;
}

std::vector<std::string> schemes(const Registry& registry) {
  std::vector<std::string> names;
  for (const StoreSpec& spec : registry.stores)
    names.insert(names.end(), spec.schemes.begin(), spec.schemes.end());
  return names;
}

const StoreSpec* store_by_scheme(const Registry& registry, const std::string& connection, const Config* dsn,
                                 const Location& where, Diagnostics& diagnostics) {
  const std::string scheme = dsn != nullptr && dsn->is_scalar() ? scheme_of(dsn->scalar()) : "";
  if (!scheme.empty()) {
    const StoreSpec* found = registry.find_store_by_scheme(scheme);
    if (found == nullptr)
      diagnostics.error(unknown("scheme of a dsn", scheme, schemes(registry), dsn->where));
    return found;
  }
  const std::string message = fmt::format("connection {} does not say which database it is", connection);
  diagnostics.error(Error{ErrorKind::user, message, dsn == nullptr ? where : dsn->where}.with_hint(
      fmt::format("add type: {}", join(store_names(registry), " | "))));
  return nullptr;
}

const StoreSpec* store_by_type(const Registry& registry, const Config& type, const Config* dsn,
                               Diagnostics& diagnostics) {
  const StoreSpec* found = type.is_scalar() ? registry.find_store(type.scalar()) : nullptr;
  if (found == nullptr) {
    const std::string name = type.is_scalar() ? type.scalar() : "(not a name)";
    diagnostics.error(unknown("type of connection", name, store_names(registry), type.where));
    return nullptr;
  }
  const std::string scheme = dsn != nullptr && dsn->is_scalar() ? scheme_of(dsn->scalar()) : "";
  const StoreSpec* by_scheme = scheme.empty() ? nullptr : registry.find_store_by_scheme(scheme);
  if (by_scheme == nullptr || by_scheme == found) return found;
  diagnostics.error(Error{ErrorKind::user,
                          fmt::format("type is {}, but the dsn begins with {}:", found->name, scheme),
                          dsn->where}
                        .with_hint("leave type out: the dsn says it"));
  return nullptr;
}

Config without_type(const Config& options) {
  Config result = options;
  if (!result.is_map()) return result;
  auto& map = std::get<Config::Map>(result.value);
  map.erase(std::remove_if(map.begin(), map.end(), [](const auto& entry) { return entry.first == "type"; }),
            map.end());
  return result;
}

}  // namespace

std::optional<std::size_t> PlanBuilder::add_connection(const std::string& name, const Config& options) {
  const Location& where = options.key_where.is_known() ? options.key_where : options.where;
  if (!connections_.emplace(name, std::nullopt).second) {
    diagnostics_.error(Error{ErrorKind::user, fmt::format("connection {} is defined twice", name), where});
    return std::nullopt;
  }
  const Config* dsn = options.find("dsn");
  const Config* type = options.find("type");
  const StoreSpec* spec = type != nullptr ? store_by_type(registry_, *type, dsn, diagnostics_)
                                          : store_by_scheme(registry_, name, dsn, where, diagnostics_);
  if (spec == nullptr) return std::nullopt;
  const std::size_t errors_before = diagnostics_.errors().size();
  auto definition = spec->parse(without_type(options), diagnostics_);
  if (definition == nullptr || diagnostics_.errors().size() != errors_before) return std::nullopt;
  plan_.connections.push_back(Connection{name, spec->name, std::move(definition)});
  connections_[name] = plan_.connections.size() - 1;
  return connections_[name];
}

}  // namespace weir
