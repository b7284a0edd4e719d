// plan.h — the typed plan: what a pipeline does, independent of how it was written. Immutable once built.
//
// Nodes form a graph without cycles in topological order; sinks hang on nodes. Only PlanBuilder makes plans.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/duration.h"
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

/// What becomes of a row that comes later than the watermark allows.
enum class LateRows : std::uint8_t { keep, correct, drop };

/// When the rows of a source happened. A split's watermark is the largest event time in it so far less the delay; a row below the watermark of
/// its own split, at its own position, is late.
struct EventTime {
  ExpressionPtr column;  // over the scan's columns; a timestamp
  Duration delay{};
  LateRows late = LateRows::keep;
  std::optional<Duration> correct_for;              // correct: how far behind the watermark rows still count; nothing: however far
  Duration idle_after = std::chrono::seconds(60);   // a split that has no more rows, as its broker says, holds no window open after this
  std::optional<Duration> max_future = std::chrono::minutes(5);  // rows further ahead of the clock are rejected; nothing: none
  std::optional<Duration> close_when_quiet;         // windows close without a later row when none came for so long; nothing: never
  Location where;

  bool keeps_for_ever() const { return late == LateRows::correct && !correct_for; }
  /// How far behind the largest event time a row may lie without being late.
  Duration bound() const { return delay + (late == LateRows::correct && correct_for ? *correct_for : Duration{}); }
};

/// CHECK of a column: rows for which it is false are rejected.
struct SourceCheck {
  ExpressionPtr predicate;  // over the scan's columns
  std::string column;
};

struct ScanNode {
  std::string source;     // name in the pipeline
  std::string connector;  // SourceSpec::name
  std::string format_name;
  std::shared_ptr<const SourceDefinition> definition;
  std::shared_ptr<const Format> format;
  std::vector<SourceColumn> columns;  // schema = these fields
  ErrorPolicy on_error;
  std::vector<SourceCheck> checks{};
  std::optional<EventTime> time{};
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

/// The rows of the input but those that repeat one taken before: equal keys, event times less than `within` apart.
struct DedupNode {
  NodeId input;
  std::vector<ExpressionPtr> keys;
  std::optional<Duration> within;  // nothing: however far apart
};

enum class WindowKind : std::uint8_t { tumble, hop, cumulate, session };

/// The windows that the rows of an aggregate fall into; they are told by their end. A session is made of rows of equal other keys: it begins with
/// the first, goes on while the next one is at most the gap later, and ends the gap after the last.
struct Window {
  WindowKind kind = WindowKind::tumble;
  Duration size{};         // session: the gap
  Duration step{};         // hop: from one start to the next; cumulate: by how much each is longer than the one before; else the size
  std::size_t key = 0;     // which of the aggregate's keys is the end; that of a session stands behind its start
  bool closes = false;     // windows are over the event time of every source the rows come from
  bool has_its_end = false;  // a row that happens at the end is of the window, as of a session
  Duration held_back{};    // how far behind the watermark rows may still come: those of a join wait for each other
};

/// Whether `expression`, over an aggregate's columns, is the start of its windows and tells them as well as their end does.
bool is_start_of(const Window& window, const Expression& expression);

/// Reference data that joins look into.
struct PlanTable {
  LookupShape shape;
  std::shared_ptr<const LookupDefinition> definition;
  std::optional<Duration> refresh;  // how often it is read again; nothing: never
  std::shared_ptr<LookupSlot> slot;          // filled by whoever runs the plan
  std::shared_ptr<const Function> function;  // from its key to its row, as the slot has it
};

/// The rows of the input, each with the row of a table that has its key; those without one are left out or get NULLs.
struct JoinNode {
  NodeId input;
  std::size_t table;  // index into Plan::tables
  std::vector<ExpressionPtr> keys;
  ExpressionPtr has_row;                   // over the input; null: rows without a match stay
  std::vector<ExpressionPtr> expressions;  // over the input, one per column; the table's row is a call of its function
};

/// A row for each pair of rows of two inputs whose keys are equal: the columns of the input, then those of the joined stream. No input is an aggregate.
struct StreamJoinNode {
  NodeId input;
  NodeId joined;
  std::string name;                        // of the joined stream, as expressions call its columns
  std::vector<ExpressionPtr> keys;         // over the input; NULL equals nothing
  std::vector<ExpressionPtr> joined_keys;  // over the joined stream, of the same types
  struct Bounds {
    Duration lower{}, upper{};
  };
  std::optional<Bounds> bounds;  // event time of the joined row less that of the input's, ends included; nothing: however far apart
  ExpressionPtr condition;       // over both; null: all such pairs
  bool is_left = false;          // rows of the input without any come beside NULLs, once no more can come
  Duration lag{};                // how far behind the watermark rows of the input may come,
  Duration joined_lag{};         // and joined ones: 0 but for those of joins. The time of a pair is that of the input's row
};

/// One row for each combination of keys among the rows of the input, which changes as they come: the keys, then the aggregates. The input may be
/// rows of another aggregate: where one of them changes, the old row counts no more.
struct AggregateNode {
  NodeId input;
  std::vector<ExpressionPtr> keys;
  struct Call {
    BoundAggregate bound;
    bool is_distinct = false;
    ExpressionPtr filter;  // null: every row
    bool nullable() const { return filter == nullptr ? bound.nullable : bound.nullable_of_none; }
  };
  std::vector<Call> calls;
  std::optional<Window> window{};
  bool rows_can_go = false;  // later rows may make a group one that there is not: sinks lose its row

  bool has_sessions() const { return window && window->kind == WindowKind::session; }
};

/// Columns computed over the other rows of an aggregate: the columns of the input, then one for each call.
struct OverNode {
  NodeId input;
  std::vector<ExpressionPtr> partition;
  struct Order {
    ExpressionPtr expression;
    bool descending = false;
    bool nulls_first = true;
  };
  std::vector<Order> order;
  enum class Kind : std::uint8_t { aggregate, row_number, rank, dense_rank, percent_rank, cume_dist, ntile, lag, lead, nth_value };
  /// The rows that count, up to the current one: `rows_before` of them before it, or those whose order is no less than `from`. With neither, all
  /// up to the current one and its peers; without an order, all of the partition.
  struct Frame {
    std::optional<std::int64_t> rows_before;
    ExpressionPtr from;  // over the input, of the type of the one ordering; or null
    bool is_bounded() const { return rows_before || from != nullptr; }
  };
  struct Call {
    std::string text;
    Type type;
    bool nullable = true;
    Kind kind = Kind::aggregate;
    std::optional<AggregateNode::Call> aggregate{};  // of the frame
    std::vector<ExpressionPtr> values{};             // lag, lead: the value, then what stands for a row that is not there; nth_value: the value
    std::int64_t number = 0;                         // lag, lead: how many rows away; nth_value: which row of the frame; ntile: how many parts
    Frame frame{};
  };
  std::vector<Call> calls;
  BoundAggregate count;  // count(*), for ranks
};

using PlanOperation = std::variant<ScanNode, FilterNode, ProjectNode, UnionNode, ExplodeNode, DedupNode, JoinNode, StreamJoinNode, AggregateNode, OverNode>;

struct PlanNode {
  std::string name;  // of the stream it belongs to, for explain
  Schema schema;     // what it gives
  PlanOperation operation;
};

/// The nodes that `operation` reads, in order; none for a source.
std::vector<NodeId> inputs_of(const PlanOperation& operation);
/// The aggregate that rows of `node` come from; nothing where there is none.
std::optional<NodeId> aggregate_above(const std::vector<PlanNode>& nodes, NodeId node);
/// The join of two streams that rows of `node` come from; nothing where there is none.
std::optional<NodeId> stream_join_above(const std::vector<PlanNode>& nodes, NodeId node);
/// An expression over the rows of `node`, which come from `aggregate` through steps that make no other rows, as one over the aggregate's own
/// columns; what OVER computes is a NULL there.
ExpressionPtr over_aggregate(const std::vector<PlanNode>& nodes, NodeId node, NodeId aggregate, ExpressionPtr expression);
/// "sum(DISTINCT price) FILTER (WHERE qty > 1)".
std::string print(const AggregateNode::Call& call);

/// Rows that init-db puts into a sink's table: one per day (or step) of a range, as if they had come with
/// `column` set and all else NULL.
struct Fill {
  std::string column;
  Value from;
  Value to;
};

/// When rows of an aggregate are written.
struct Emit {
  enum class Kind : std::uint8_t { changes, final, every };
  Kind kind = Kind::changes;
  Duration interval{};  // every: by the clock on the wall, at its multiples
};

struct SinkNode {
  NodeId input;
  std::size_t connection;  // index into Plan::connections: of its table, and of the books that count its rows
  SinkTable table;
  std::vector<ExpressionPtr> expressions;  // over the input node's schema, one per table column
  std::optional<Fill> fill;
  Location where;
  Emit emit{};
  /// What its rows are given to after the commit; `table` says what they look like. Null: they are written to the connection's table.
  std::shared_ptr<const OutletDefinition> outlet{};
  /// How many rows of each run an outlet is given; nothing: all.
  std::optional<std::size_t> limit{};
};

struct Connection {
  std::string name;
  std::string store_name;  // StoreSpec::name
  std::shared_ptr<const StoreDefinition> definition;
};

/// How much memory what is remembered between rows may take, and where the rest goes.
struct StateLimits {
  std::optional<std::size_t> memory;  // bytes; nothing: half of what the process may use
  std::string directory;              // empty: the system's folder for temporary files
};

struct Plan {
  std::string name;
  std::vector<PlanNode> nodes;
  std::vector<Connection> connections;
  std::vector<PlanTable> tables;
  std::vector<SinkNode> sinks;            // in the order of the file
  std::vector<std::pair<std::string, NodeId>> streams;  // sources and streams by name, and the node that has their rows
  StateLimits state;
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
