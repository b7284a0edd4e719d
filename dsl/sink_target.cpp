// sink_target.cpp — finds a sink's outlet or connection by its type, its dsn, or the connection it names.
#include "dsl/sink_target.h"

#include <fmt/format.h>

#include <algorithm>

#include "dsl/foreign_words.h"
#include "engine/base/nearest_name.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

class TargetSearch {
 public:
  TargetSearch(const SinkSyntax& sink, const PipelineSyntax& pipeline, const Registry& registry, PlanBuilder& builder, Diagnostics& diagnostics)
      : sink_(sink), pipeline_(pipeline), registry_(registry), builder_(builder), diagnostics_(diagnostics) {}

  std::optional<SinkTarget> run() {
    const Config* dsn = sink_.options.find("dsn");
    if (!sink_.type) return at(dsn == nullptr ? named_connection() : own_connection(*dsn));
    if (sink_.type->text.empty()) return std::nullopt;
    if (const OutletSpec* outlet = registry_.find_outlet(sink_.type->text)) return to_outlet(*outlet);
    if (const StoreSpec* store = registry_.find_store(sink_.type->text)) return at(own_connection(*store));
    std::vector<std::string> known;
    for (const OutletSpec& spec : registry_.outlets) known.push_back(spec.name);
    for (const StoreSpec& spec : registry_.stores) known.push_back(spec.name);
    diagnostics_.error(unknown("W0206", "type of sink", sink_.type->text, known, sink_.type->where));
    return std::nullopt;
  }

 private:
  const std::string& name() const { return sink_.stream.name.text; }

  static std::optional<SinkTarget> at(std::optional<std::size_t> connection) {
    if (!connection) return std::nullopt;
    return SinkTarget{*connection, nullptr};
  }

  std::optional<SinkTarget> to_outlet(const OutletSpec& spec) {
    const std::size_t errors_before = diagnostics_.errors().size();
    for (const Name& key : sink_.table_keys) {
      diagnostics_.error(Error{ErrorKind::user, fmt::format("sink {} is a {}, which has no {}", name(), spec.name, key.text), key.where}.as("W0614").with_hint(
          key.text == "on_conflict" ? "leave it out: of the rows of an epoch with one key it is given the last" : "leave it out: only tables have one"));
    }
    const Config options = known_options(spec.options, {"input", "steps", "where", "select", "key", "emit"});
    auto definition = spec.parse(options, diagnostics_);
    if (definition == nullptr || diagnostics_.errors().size() != errors_before) return std::nullopt;
    return SinkTarget{0, std::move(definition)};
  }

  std::optional<std::size_t> named_connection() {
    const Location& where = sink_.stream.name.where;
    if (sink_.connection) return builder_.find_connection(sink_.connection->text, sink_.connection->where);
    if (pipeline_.connections.size() == 1) return builder_.find_connection(pipeline_.connections.front().name.text, where);
    diagnostics_.error(Error{ErrorKind::user, fmt::format("sink {} does not say its connection", name()), where}.as("W0601").with_hint(
        pipeline_.connections.empty() ? "add connections: {NAME: {dsn: ...}}, and connection: NAME to the sink" : "add connection: NAME"));
    return std::nullopt;
  }

  std::optional<std::size_t> own_connection(const Config& dsn) {
    const std::string scheme = dsn.is_scalar() ? dsn.scalar().substr(0, dsn.scalar().find(':')) : "";
    const StoreSpec* store = registry_.find_store_by_scheme(scheme);
    if (store != nullptr) return own_connection(*store);
    return builder_.sink_connection(name(), with_place(sink_.options));  // which says what is wrong with the dsn
  }

  std::optional<std::size_t> own_connection(const StoreSpec& store) {
    if (sink_.connection) {
      diagnostics_.error(
          Error{ErrorKind::user, fmt::format("sink {} names a connection and says itself which database it writes to", name()), sink_.connection->where}.as("W0111")
              .with_hint(sink_.options.find("dsn") == nullptr ? "leave type out: the connection has one" : "leave one of connection and dsn out"));
      return std::nullopt;
    }
    const std::size_t errors_before = diagnostics_.errors().size();
    Config options = known_options(store.options, {"input", "steps", "where", "select", "key", "table", "on_conflict", "references", "fill", "emit"});
    if (sink_.type) std::get<Config::Map>(options.value).emplace_back("type", Config{.where = sink_.type->where, .value = sink_.type->text});
    if (diagnostics_.errors().size() != errors_before) return std::nullopt;
    return builder_.sink_connection(name(), options);
  }

  Config with_place(Config options) const {
    options.where = sink_.stream.name.where;
    return options;
  }

  /// The sink's options without those that `docs` does not have, which are reported. `others` are keys that may have been meant too.
  Config known_options(const std::vector<OptionDoc>& docs, std::vector<std::string> others) {
    for (const OptionDoc& doc : docs) others.push_back(doc.name);
    Config options = with_place(sink_.options);
    std::erase_if(std::get<Config::Map>(options.value), [&](const auto& entry) {
      if (std::any_of(docs.begin(), docs.end(), [&](const OptionDoc& doc) { return doc.name == entry.first; })) return false;
      const std::string foreign = key_here(entry.first, others);
      const std::string nearest = foreign.empty() ? nearest_name(entry.first, others) : foreign;
      diagnostics_.error(Error{ErrorKind::user, fmt::format("unknown key of sink {}: {}", name(), entry.first), entry.second.key_where}.as("W0106").with_hint(
          nearest.empty() ? "keys are " + join(others) : fmt::format("did you mean {}?", nearest)));
      return true;
    });
    return options;
  }

  const SinkSyntax& sink_;
  const PipelineSyntax& pipeline_;
  const Registry& registry_;
  PlanBuilder& builder_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<SinkTarget> find_target(const SinkSyntax& sink, const PipelineSyntax& pipeline, const Registry& registry, PlanBuilder& builder,
                                      Diagnostics& diagnostics) {
  return TargetSearch(sink, pipeline, registry, builder, diagnostics).run();
}

}  // namespace weir
