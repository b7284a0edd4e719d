// builder_source.cpp — adds a source: its connector, its format, whose options stand beside each other, and
// its columns.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/functions/cast.h"
#include "engine/plan/builder.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

bool has_option(const std::vector<OptionDoc>& docs, const std::string& name) {
  return std::any_of(docs.begin(), docs.end(), [&](const OptionDoc& doc) { return doc.name == name; });
}

struct SplitOptions {
  Config source, format;
};

// Keys that neither knows are reported here, because the nearest name may be an option of either.
SplitOptions split_options(const Config& options, const SourceSpec& source, const FormatSpec& format,
                           Diagnostics& diagnostics) {
  SplitOptions result{options, options};
  Config::Map source_map, format_map;
  if (options.is_map()) {
    for (const auto& [key, value] : std::get<Config::Map>(options.value)) {
      const bool is_source = has_option(source.options, key), is_format = has_option(format.options, key);
      if (is_source) source_map.emplace_back(key, value);
      if (is_format) format_map.emplace_back(key, value);
      if (is_source || is_format) continue;
      std::vector<std::string> known = source_keys();
      for (const OptionDoc& doc : source.options) known.push_back(doc.name);
      for (const OptionDoc& doc : format.options) known.push_back(doc.name);
      diagnostics.error(
          unknown("W0701", fmt::format("option of a {} source", source.name), key, known, value.key_where));
    }
  }
  result.source.value = std::move(source_map);
  result.format.value = std::move(format_map);
  return result;
}

template <typename Spec>
std::vector<std::string> names_of(const std::vector<Spec>& specs) {
  std::vector<std::string> names;
  for (const Spec& spec : specs) names.push_back(spec.name);
  return names;
}

const FormatSpec* find_format(const Registry& registry, const std::string& source, const std::string& format,
                              const Location& where, Diagnostics& diagnostics) {
  if (const FormatSpec* spec = registry.find_format(format)) return spec;
  if (!format.empty()) {
    diagnostics.error(unknown("W0206", "format", format, names_of(registry.formats), where));
    return nullptr;
  }
  diagnostics.error(
      Error{ErrorKind::user, fmt::format("source {} does not say its format", source), where}.as("W0107").with_hint(
          "add format: " + join(names_of(registry.formats), " | ")));
  return nullptr;
}

// A metadata column comes as the source gives it: its type and whether it can be NULL are not the pipeline's
// to choose.
bool check_metadata(SourceColumn& column, const SourceSpec& spec, Diagnostics& diagnostics) {
  const std::string& from = column.decoded.from;
  const auto given = std::find_if(spec.metadata.begin(), spec.metadata.end(),
                                  [&](const MetadataColumn& one) { return one.name == from; });
  if (given == spec.metadata.end()) {
    diagnostics.error(unknown("W0209", fmt::format("metadata column of {}", spec.name), from, names_of(spec.metadata),
                              column.where));
    return false;
  }
  Field& field = column.decoded.field;
  if (field.type != given->type) {
    diagnostics.error(Error{
        ErrorKind::user,
        fmt::format("metadata column {} is {}, not {}", from, to_string(given->type), to_string(field.type)),
        column.where}.as("W0315")
                          .with_hint("declare it so and cast it in a later step"));
    return false;
  }
  if (!field.nullable && given->nullable) {
    diagnostics.error(
        Error{ErrorKind::user, fmt::format("metadata column {} can be NULL", from), column.where}.as("W0316").with_hint(
            "leave out NOT NULL and filter with where"));
    return false;
  }
  field.nullable = given->nullable;
  return true;
}

}  // namespace

bool PlanBuilder::check_columns(const std::string& source, const SourceSpec& spec,
                                std::vector<SourceColumn>& columns) {
  bool is_good = true;
  std::map<std::string, Location> seen;
  for (SourceColumn& column : columns) {
    const std::string& name = column.decoded.field.name;
    const auto [first, is_new] = seen.emplace(name, column.where);
    if (!is_new) {
      const std::string message = fmt::format("source {} has column {} twice", source, name);
      diagnostics_.error(
          Error{ErrorKind::user, message, column.where}.as("W0212").with_note("the first one is here", first->second));
    }
    is_good = is_good && is_new;
    const Type& type = column.decoded.field.type;
    if (type.is_nested() && holds_bytes(type)) {
      diagnostics_.error(Error{ErrorKind::user, fmt::format("column {}: bytes cannot stand within {}", name, to_string(type)), column.where}.as("W0315")
                             .with_hint("declare them as string; unbase64(text) gives bytes"));
      is_good = false;
    }
    if (column.decoded.is_metadata) is_good = check_metadata(column, spec, diagnostics_) && is_good;
  }
  return is_good;
}

std::optional<NodeId> PlanBuilder::add_source(const std::string& name, const Location& where,
                                              const std::string& connector, const std::string& format,
                                              const Config& options, std::vector<SourceColumn> columns,
                                              ErrorPolicy on_error) {
  if (!claim_name(name, where)) return std::nullopt;
  streams_[name] = std::nullopt;
  if (refuse_columns(columns.size(), where)) return std::nullopt;
  const SourceSpec* source_spec = registry_.find_source(connector);
  if (source_spec == nullptr) {
    diagnostics_.error(unknown("W0206", "type of source", connector, names_of(registry_.sources), where));
  }
  const FormatSpec* format_spec = find_format(registry_, name, format, where, diagnostics_);
  std::shared_ptr<const SourceDefinition> definition;
  std::shared_ptr<const Format> parsed_format;
  if (source_spec != nullptr && format_spec != nullptr) {
    SplitOptions split = split_options(options, *source_spec, *format_spec, diagnostics_);
    definition = source_spec->parse(split.source, diagnostics_);
    parsed_format = format_spec->parse(split.format, diagnostics_);
    check_columns(name, *source_spec, columns);
  }
  // A source with wrong options keeps its columns, so that errors further down are found in the same run;
  // finish() gives no plan.
  Schema schema;
  for (const SourceColumn& column : columns) schema.fields.push_back(column.decoded.field);
  const NodeId node =
      add_node(std::move(schema),
               ScanNode{name, connector, format_spec != nullptr ? format_spec->name : format,
                        std::move(definition), std::move(parsed_format), std::move(columns), on_error});
  plan_.nodes[node].name = name;
  streams_[name] = node;
  return node;
}

}  // namespace weir
