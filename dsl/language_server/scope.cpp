// scope.cpp — the columns that there are at a place of a pipeline.
#include "dsl/language_server/scope.h"

#include <algorithm>

namespace weir {
namespace {

std::optional<Schema> at_step(const std::map<std::string, std::vector<Schema>>& known, const Place& place) {
  const auto found = known.find(place.entry);
  if (found == known.end() || found->second.empty()) return std::nullopt;
  if (!place.step) return found->second.back();
  return *place.step < found->second.size() ? std::optional(found->second[*place.step]) : std::nullopt;
}

std::optional<Schema> own_columns(const Place& place, const Knowledge& knowledge) {
  if (place.section == "transforms") return at_step(knowledge.streams, place);
  if (place.section == "sinks") return at_step(knowledge.sinks, place);
  return columns_of(knowledge, place.entry);
}

// As declared: all that is known of a source that is wrong elsewhere, and of lookup tables.
template <typename Relations>
std::optional<Schema> declared_columns(const Relations& relations, const std::string& name) {
  const auto found = std::find_if(relations.begin(), relations.end(), [&](const auto& one) { return one.name.text == name; });
  if (found == relations.end() || found->columns.empty()) return std::nullopt;
  Schema schema;
  for (const SourceColumn& column : found->columns) schema.fields.push_back(column.decoded.field);
  return schema;
}

}  // namespace

std::optional<Schema> columns_of(const Knowledge& knowledge, const std::string& relation) {
  if (const auto known = knowledge.sources.find(relation); known != knowledge.sources.end()) return known->second;
  if (const auto stream = knowledge.streams.find(relation); stream != knowledge.streams.end() && !stream->second.empty()) return stream->second.back();
  if (!knowledge.syntax) return std::nullopt;
  const std::optional<Schema> source = declared_columns(knowledge.syntax->sources, relation);
  return source ? source : declared_columns(knowledge.syntax->tables, relation);
}

ColumnsAtPlace columns_at(const Place& place, const Knowledge& knowledge) {
  ColumnsAtPlace result;
  if (!place.is_plain_select) result.own = own_columns(place, knowledge);
  for (const auto& [called, relation] : place.relations) {
    const std::optional<Schema> columns = relation.empty() ? result.own : columns_of(knowledge, relation);
    if (columns) result.relations.emplace_back(called, *columns);
  }
  // The columns of the first relation of a SELECT go without its name, and so do the others where they are told apart: the compiler says where not.
  if (place.is_plain_select && !result.relations.empty()) result.own = result.relations.front().second;
  return result;
}

}  // namespace weir
