// lineage_print.cpp — lineage as people read it, and under stable keys for other programs.
#include <fmt/format.h>

#include <algorithm>

#include "engine/component/json_writer.h"
#include "engine/plan/builder_messages.h"
#include "engine/plan/explain_facts.h"
#include "engine/plan/lineage.h"

namespace weir {
namespace {

/// What is said of a column, wherever it is from.
struct Origin {
  const std::string& owner;
  const std::string& column;
  const std::string& field;  // its name in the record, or where the table is read from
  bool is_metadata;
};

Origin origin_of(const Plan& plan, const OriginColumn& column) {
  if (column.is_of_table) {
    const LookupShape& shape = plan.tables[column.owner].shape;
    return {shape.table, shape.columns[column.column].field.name, shape.columns[column.column].from, false};
  }
  const auto& scan = std::get<ScanNode>(plan.nodes[column.owner].operation);
  const DecodedColumn& decoded = scan.columns[column.column].decoded;
  return {scan.source, decoded.field.name, decoded.from, decoded.is_metadata};
}

std::string name_of(const Plan& plan, const OriginColumn& column) {
  const Origin origin = origin_of(plan, column);
  return origin.owner + "." + origin.column;
}

const char* word_of(Influence influence) {
  switch (influence) {
    case Influence::identity:
      return "as it is";
    case Influence::transformation:
      return "transformed";
    case Influence::aggregation:
      return "aggregated";
    case Influence::conditional:
      return "condition";
    case Influence::filter:
      return "filter";
    case Influence::join:
      return "join";
    case Influence::group_by:
      return "group by";
    case Influence::window:
      return "over";
    case Influence::sort:
      return "newest";
    case Influence::dedup:
      return "dedup";
    case Influence::explode:
      return "explode";
  }
  WEIR_CHECK(false, "every influence has a word");
}

/// The words of OpenLineage's columnLineage facet; what it has none for stands in the same style.
const char* subtype_of(Influence influence) {
  switch (influence) {
    case Influence::identity:
      return "IDENTITY";
    case Influence::transformation:
      return "TRANSFORMATION";
    case Influence::aggregation:
      return "AGGREGATION";
    case Influence::conditional:
      return "CONDITIONAL";
    case Influence::filter:
      return "FILTER";
    case Influence::join:
      return "JOIN";
    case Influence::group_by:
      return "GROUP_BY";
    case Influence::window:
      return "WINDOW";
    case Influence::sort:
      return "SORT";
    case Influence::dedup:
      return "DEDUP";
    case Influence::explode:
      return "EXPLODE";
  }
  WEIR_CHECK(false, "every influence has a subtype");
}

/// "orders.price, orders.quantity (aggregated); orders.shop (join)", of those that give a value or those that do not.
std::string list_of(const Plan& plan, const Origins& origins, bool of_values) {
  std::map<Influence, std::vector<std::string>> by_influence;
  for (const auto& [column, influences] : origins) {
    for (const Influence influence : influences) {
      if (gives_value(influence) == of_values) by_influence[influence].push_back(name_of(plan, column));
    }
  }
  std::vector<std::string> groups;
  for (const auto& [influence, names] : by_influence)
    groups.push_back(join(names) + (influence == Influence::identity ? "" : fmt::format(" ({})", word_of(influence))));
  return join(groups, "; ");
}

std::string column_line(const Plan& plan, const ColumnLineage& column, std::size_t width) {
  const std::string values = list_of(plan, column.origins, true), others = list_of(plan, column.origins, false);
  std::string text = fmt::format("  {:<{}}  <- {}", column.name, width, values.empty() ? column.constant : values);
  if (!others.empty()) text += (values.empty() ? " by " : "; by ") + others;
  return text + "\n";
}

std::string target_of(const Plan& plan, const SinkNode& sink) {
  if (sink.outlet != nullptr) return sink.outlet->describe();
  return fmt::format("table {} of connection {}", sink.table.table, plan.connections[sink.connection].name);
}

void write_origins(JsonWriter& json, const Plan& plan, const char* key, const Origins& origins) {
  json.key(key);
  json.begin_array();
  for (const auto& [column, influences] : origins) {
    const Origin origin = origin_of(plan, column);
    json.begin_object();
    json.member("kind", column.is_of_table ? "table" : "source");
    json.member("name", origin.owner);
    json.member("column", origin.column);
    json.member("field", origin.field);
    if (origin.is_metadata) json.member("is_metadata", true);
    json.key("transformations");
    json.begin_array();
    for (const Influence influence : influences) {
      json.begin_object();
      json.member("type", gives_value(influence) ? "DIRECT" : "INDIRECT");
      json.member("subtype", subtype_of(influence));
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_sink(JsonWriter& json, const Plan& plan, const SinkLineage& lineage) {
  const SinkNode& sink = plan.sinks[lineage.sink];
  json.begin_object();
  json.member("name", sink.table.sink);
  if (sink.outlet == nullptr) {
    json.member("connection", plan.connections[sink.connection].name);
    json.member("table", sink.table.table);
  } else {
    json.member("outlet", sink.outlet->describe());
  }
  json.key("columns");
  json.begin_array();
  for (const ColumnLineage& column : lineage.columns) {
    json.begin_object();
    json.member("name", column.name);
    if (!column.constant.empty()) json.member("expression", column.constant);
    write_origins(json, plan, "inputs", column.origins);
    json.end_object();
  }
  json.end_array();
  write_origins(json, plan, "rows", lineage.rows);
  json.end_object();
}

}  // namespace

std::string lineage_text(const Plan& plan, const std::vector<SinkLineage>& sinks) {
  std::string text;
  for (const SinkLineage& one : sinks) {
    const SinkNode& sink = plan.sinks[one.sink];
    if (!text.empty()) text += "\n";
    text += fmt::format("sink {}: {}\n", sink.table.sink, target_of(plan, sink));
    std::size_t width = 0;
    for (const ColumnLineage& column : one.columns) width = std::max(width, column.name.size());
    for (const ColumnLineage& column : one.columns) text += column_line(plan, column, width);
    if (!one.rows.empty()) text += fmt::format("  which rows there are: {}\n", list_of(plan, one.rows, false));
  }
  return text;
}

std::string lineage_json(const Plan& plan, const std::vector<SinkLineage>& sinks) {
  JsonWriter json;
  json.begin_object();
  json.member("pipeline", plan.name);
  json.member("fingerprint", fingerprint(plan));
  json.key("sinks");
  json.begin_array();
  for (const SinkLineage& sink : sinks) write_sink(json, plan, sink);
  json.end_array();
  json.end_object();
  return std::move(json).text();
}

}  // namespace weir
