// plan.h — the typed plan: what a pipeline does, independent of how it was written. Immutable once built.
//
// Nodes form a graph without cycles in topological order; sinks hang on nodes. Only PlanBuilder makes plans.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/component/registry.h"
#include "engine/expression/aggregate.h"
#include "engine/expression/expression.h"
#include "engine/expression/table_function.h"

namespace weir {

using NodeId = std::size_t;

enum class OnRowError : std::uint8_t { reject, fail, null };

struct ErrorPolicy {
  OnRowError reaction = OnRowError::reject;
  /// The run stops when more than this share of an epoch of at least 1000 rows is rejected; nothing: never.
  std::optional<double> stop_above;
};

/// One column of a source as declared.
struct SourceColumn {
  DecodedColumn decoded;
  Location where;
};

struct ScanNode {
  std::string source;     // name in the pipeline
  std::string connector;  // SourceSpec::name
  std::string format_name;
  std::shared_ptr<const SourceDefinition> definition;
  std::shared_ptr<const Format> format;
  std::vector<SourceColumn> columns;  // schema = these fields
  ErrorPolicy on_error;
};
struct FilterNode {
  NodeId input;
  ExpressionPtr predicate;
};
/// select, extend, drop and rename all become a projection: one expression per output column.
struct ProjectNode {
  NodeId input;
  std::vector<ExpressionPtr> expressions;
};
/// Rows of all inputs; schemas are equal.
struct UnionNode {
  std::vector<NodeId> inputs;
};

/// Any number of rows for each row of the input: its columns, then those that the call makes.
struct ExplodeNode {
  NodeId input;
  BoundTableFunction call;
  bool keeps_empty = false;   // a row of which nothing is made gives one with NULLs
  bool numbers_rows = false;  // the first column made is the row's number, from 0
};

/// One row for each combination of keys among the rows of the input, which changes as they come: the keys, then the aggregates.
struct AggregateNode {
  NodeId input;
  std::vector<ExpressionPtr> keys;
  struct Call {
    BoundAggregate bound;
    bool is_distinct = false;
    ExpressionPtr filter;  // null: every row
  };
  std::vector<Call> calls;
};

using PlanOperation = std::variant<ScanNode, FilterNode, ProjectNode, UnionNode, ExplodeNode, AggregateNode>;

struct PlanNode {
  std::string name;  // of the stream it belongs to, for explain
  Schema schema;     // what it gives
  PlanOperation operation;
};

/// The nodes that `operation` reads, in order; none for a source.
std::vector<NodeId> inputs_of(const PlanOperation& operation);
/// "sum(DISTINCT price) FILTER (WHERE qty > 1)".
std::string print(const AggregateNode::Call& call);

/// Rows that init-db puts into a sink's table: one per day (or step) of a range, as if they had come with
/// `column` set and all else NULL.
struct Fill {
  std::string column;
  Value from;
  Value to;
};

struct SinkNode {
  NodeId input;
  std::size_t connection;  // index into Plan::connections: of its table, and of the books that count its rows
  SinkTable table;
  std::vector<ExpressionPtr> expressions;  // over the input node's schema, one per table column
  std::optional<Fill> fill;
  Location where;
  /// What its rows are given to after the commit; `table` says what they look like. Null: they are written to the connection's table.
  std::shared_ptr<const OutletDefinition> outlet{};
};

struct Connection {
  std::string name;
  std::string store_name;  // StoreSpec::name
  std::shared_ptr<const StoreDefinition> definition;
};

struct Plan {
  std::string name;
  std::vector<PlanNode> nodes;
  std::vector<Connection> connections;
  std::vector<SinkNode> sinks;            // in the order of the file
  const Function* conjunction = nullptr;  // the registry's `and`, with which fuse() joins filters
};

/// Whether anything is remembered between rows: then one process runs all of the pipeline.
bool is_stateful(const Plan& plan);

/// A hash of what decides results: sources, columns, expressions, sinks, keys; not of names of files,
/// settings, passwords or layout. 16 hex digits.
std::string fingerprint(const Plan& plan);

enum class ExplainFormat : std::uint8_t { text, json, dot };
/// The plan, the fused stages it becomes, used columns, shared expressions and the guarantee of each sink.
Result<std::string> explain(const Plan& plan, ExplainFormat format);

}  // namespace weir
