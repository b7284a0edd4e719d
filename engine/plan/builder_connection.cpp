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

const StoreSpec* store_by_scheme(const Registry& registry, const std::string& what, const Config* dsn,
                                 const Location& where, Diagnostics& diagnostics) {
  const std::string scheme = dsn != nullptr && dsn->is_scalar() ? scheme_of(dsn->scalar()) : "";
  if (!scheme.empty()) {
    const StoreSpec* found = registry.find_store_by_scheme(scheme);
    if (found == nullptr)
      diagnostics.error(unknown("W0206", "scheme of a dsn", scheme, schemes(registry), dsn->where));
    return found;
  }
  const std::string message = fmt::format("{} does not say which database it is", what);
  diagnostics.error(Error{ErrorKind::user, message, dsn == nullptr ? where : dsn->where}.as("W0601").with_hint(
      fmt::format("add type: {}", join(store_names(registry), " | "))));
  return nullptr;
}

const StoreSpec* store_by_type(const Registry& registry, const Config& type, const Config* dsn,
                               Diagnostics& diagnostics) {
  const StoreSpec* found = type.is_scalar() ? registry.find_store(type.scalar()) : nullptr;
  if (found == nullptr) {
    const std::string name = type.is_scalar() ? type.scalar() : "(not a name)";
    diagnostics.error(unknown("W0206", "type of connection", name, store_names(registry), type.where));
    return nullptr;
  }
  const std::string scheme = dsn != nullptr && dsn->is_scalar() ? scheme_of(dsn->scalar()) : "";
  const StoreSpec* by_scheme = scheme.empty() ? nullptr : registry.find_store_by_scheme(scheme);
  if (by_scheme == nullptr || by_scheme == found) return found;
  diagnostics.error(Error{ErrorKind::user,
                          fmt::format("type is {}, but the dsn begins with {}:", found->name, scheme),
                          dsn->where}.as("W0618")
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

// Equal options give equal texts, in whatever order they stand.
std::string text_of(const Config& config) {
  if (config.is_scalar()) return fmt::format("'{}:{}'", config.scalar().size(), config.scalar());
  std::vector<std::string> parts;
  if (const auto* list = std::get_if<Config::List>(&config.value)) {
    for (const Config& one : *list) parts.push_back(text_of(one));
    return "[" + join(parts) + "]";
  }
  if (const auto* map = std::get_if<Config::Map>(&config.value)) {
    for (const auto& [key, value] : *map) parts.push_back(fmt::format("{}:{} {}", key.size(), key, text_of(value)));
    std::sort(parts.begin(), parts.end());
  }
  return "{" + join(parts) + "}";
}

}  // namespace

const StoreSpec* PlanBuilder::store_of(const std::string& what, const Config& options, const Location& where) {
  const Config* dsn = options.find("dsn");
  const Config* type = options.find("type");
  return type != nullptr ? store_by_type(registry_, *type, dsn, diagnostics_)
                         : store_by_scheme(registry_, what, dsn, where, diagnostics_);
}

std::optional<std::size_t> PlanBuilder::open_connection(const std::string& name, const StoreSpec& spec, const Config& options) {
  const std::size_t errors_before = diagnostics_.errors().size();
  auto definition = spec.parse(options, diagnostics_);
  if (definition == nullptr || diagnostics_.errors().size() != errors_before) return std::nullopt;
  plan_.connections.push_back(Connection{name, spec.name, std::move(definition)});
  return plan_.connections.size() - 1;
}

std::optional<std::size_t> PlanBuilder::add_connection(const std::string& name, const Config& options) {
  const Location& where = options.key_where.is_known() ? options.key_where : options.where;
  if (!connections_.emplace(name, std::nullopt).second) {
    diagnostics_.error(Error{ErrorKind::user, fmt::format("connection {} is defined twice", name), where}.as("W0211"));
    return std::nullopt;
  }
  const StoreSpec* spec = store_of("connection " + name, options, where);
  if (spec == nullptr) return std::nullopt;
  const Config settings = without_type(options);
  connections_[name] = open_connection(name, *spec, settings);
  equal_connections_.emplace(spec->name + text_of(settings), connections_[name]);
  return connections_[name];
}

std::optional<std::size_t> PlanBuilder::sink_connection(const std::string& sink, const Config& options) {
  const StoreSpec* spec = store_of("sink " + sink, options, options.where);
  if (spec == nullptr) return std::nullopt;
  const Config settings = without_type(options);
  const auto [found, is_new] = equal_connections_.emplace(spec->name + text_of(settings), std::nullopt);
  if (is_new) found->second = open_connection(sink, *spec, settings);
  return found->second;
}

void PlanBuilder::set_state_limits(StateLimits limits, const Location& where) {
  plan_.state = std::move(limits);
  state_limits_ = where;
}

void PlanBuilder::set_books(const std::string& path, const Location& where) { books_ = NamedPlace{path, where}; }

// Where there is a table, the books are in its database; outlets are counted there too.
void PlanBuilder::place_books() {
  const SinkNode* table = first_table();
  std::optional<std::size_t> books;
  if (table != nullptr) {
    books = table->connection;
    if (books_) {
      diagnostics_.error(Error{ErrorKind::user, fmt::format("state is for pipelines that write no table, but sink {} writes one", table->table.sink), books_->where}.as("W0615")
                             .with_hint("leave it out: positions and ledger are in the database of the tables"));
    }
  } else if (const StoreSpec* file = registry_.find_file_store()) {
    const NamedPlace place = books_.value_or(NamedPlace{plan_.name + ".state.db", {}});
    const Config dsn{.where = place.where, .value = file->file_dsn + place.name};
    books = open_connection("state", *file, Config{.where = place.where, .value = Config::Map{{"dsn", dsn}}});
  } else {
    diagnostics_.error(Error{ErrorKind::user, "no sink is a table, and there is no store here that keeps positions and ledger in a file"}.as("W0615"));
  }
  for (SinkNode& sink : plan_.sinks) {
    if (sink.outlet != nullptr) sink.connection = books.value_or(0);
  }
}

}  // namespace weir
