// builder.h — the only way to make a plan: checks names, types and keys as it goes and reports every error
// with its place.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/expression/binder.h"
#include "engine/plan/column_history.h"
#include "engine/plan/plan.h"
#include "engine/plan/plan_growth.h"

namespace weir {

/// A failed step reports to the diagnostics and returns nothing; callers go on with the rest of the file, so
/// that all errors are found. One thread.
class PlanBuilder {
 public:
  PlanBuilder(std::string name, const Registry& registry, Diagnostics& diagnostics);

  /// `options`: the source's map without name, type, format, columns, on_error; format options are taken out
  /// too.
  std::optional<NodeId> add_source(const std::string& name, const Location& where,
                                   const std::string& connector, const std::string& format,
                                   const Config& options, std::vector<SourceColumn> columns,
                                   ErrorPolicy on_error);
  /// What a source says of its rows beside their columns.
  struct SourceRules;
  void refine_source(NodeId scan, const SourceRules& rules);
  /// One of the pipeline's settings; reports a name that no function asks for, with the nearest one. Before the streams that use it.
  void add_setting(const std::string& name, const Location& where, const std::string& value);
  /// `options`: the connection's map; `type` is optional where the scheme of `dsn` says it.
  std::optional<std::size_t> add_connection(const std::string& name, const Config& options);
  /// As name_broken_stream().
  void name_broken_connection(const std::string& name) { connections_.emplace(name, std::nullopt); }
  /// The index of a connection by name; reports an unknown name with the nearest one. Silent about a
  /// connection that was itself wrong.
  std::optional<std::size_t> find_connection(const std::string& name, const Location& where);
  /// The index of a connection that sink `sink` has for itself: of equal ones there is one, named after the first of their sinks.
  std::optional<std::size_t> sink_connection(const std::string& sink, const Config& options);
  /// The file that keeps the books where no sink is a table; without it, that is NAME.state.db.
  void set_books(const std::string& path, const Location& where);
  /// `where`: of what says so; a pipeline that remembers nothing is warned of it.
  void set_state_limits(StateLimits limits, const Location& where);
  /// The node of a source or stream by name; reports an unknown name with the nearest one. Silent about a
  /// stream that was itself wrong.
  std::optional<NodeId> find_stream(const std::string& name, const Location& where);
  void name_stream(const std::string& name, NodeId node, const Location& where);
  struct NamedPlace {
    std::string name;
    Location where;
  };
  /// A lookup table; after the connections, before the streams that look into it.
  struct TableRequest {
    std::string name;
    Location where;
    NamedPlace type;                       // where it has no connection
    std::optional<NamedPlace> connection;
    Config options;                        // of the type, or what is asked of the connection
    std::vector<SourceColumn> columns;
    std::vector<NamedPlace> key;
    std::optional<Duration> refresh;
  };
  void add_table(const TableRequest& request);
  /// As name_broken_stream().
  void name_broken_table(const std::string& name, const Location& where);

  /// Whether rows have gone through as many steps as they may; reports it.
  bool refuse_steps(NodeId input, const Location& where);

  /// Says that the steps of stream `name` were wrong and reported, so that streams and sinks which read it
  /// are not called wrong for that.
  void name_broken_stream(const std::string& name, const Location& where);
  const Schema& schema(NodeId node) const;
  /// The columns of a source or stream; null where there is none of that name that is good. Nothing counts as read by it.
  const Schema* schema_of(const std::string& stream) const;

  struct NamedAst {
    std::string name;
    const Ast* expression;
    Location where;
  };
  std::optional<NodeId> filter(NodeId input, const Ast& predicate);
  /// In select and extend, one column may be a call of a table function that makes one column.
  std::optional<NodeId> select(NodeId input, const std::vector<NamedAst>& columns);
  /// Adds columns, or replaces those of the same name. A later one may use an earlier one of the same step.
  std::optional<NodeId> extend(NodeId input, const std::vector<NamedAst>& columns);
  std::optional<NodeId> drop(NodeId input, const std::vector<NamedPlace>& columns);
  struct Renaming {
    NamedPlace from;
    NamedPlace to;
  };
  std::optional<NodeId> rename(NodeId input, const std::vector<Renaming>& renamings);
  /// Rows made of rows. `of`: a call of a table function, or an array or a map. `as` names the columns made; without it they have the names that
  /// the function gives, but the elements of a bare column take its place. A column of an equal name is replaced.
  struct ExplodeRequest {
    const Ast* of;
    std::vector<NamedPlace> as;
    std::optional<NamedPlace> position;  // a column for the number of each row, from 0
    bool keep_empty = false;             // a row of which nothing is made gives one with NULLs
    Location where;
  };
  std::optional<NodeId> explode(NodeId input, const ExplodeRequest& request);
  /// Each row beside the row of a table that has its key.
  struct JoinRequest {
    NamedPlace table;
    std::vector<NamedAst> key;        // by column of the table; empty: columns of the same names
    bool is_left = false;             // rows without a match stay
    std::vector<NamedPlace> columns;  // of the table
    std::vector<NamedAst> select;     // expressions over the stream and TABLE.COLUMN
    Location where;
    bool takes_all = true;            // with no columns and no select: all columns but the key
  };
  std::optional<NodeId> join_table(NodeId input, const JoinRequest& request);
  /// Each row beside those of another stream that have its key.
  struct StreamJoinRequest {
    NodeId joined;
    NamedPlace name;                  // what the columns of the joined stream are called by
    std::vector<NamedAst> keys;       // by column of the joined stream: expressions over the input
    std::optional<StreamJoinNode::Bounds> bounds;
    bool is_left = false;             // rows without a match stay
    const Ast* condition = nullptr;   // over the input and NAME.COLUMN; or null
    std::vector<NamedPlace> columns;  // of the joined stream
    std::vector<NamedAst> select;     // expressions over the input and NAME.COLUMN
    Location where;
    bool takes_all = true;            // with no columns and no select: all columns but the keys
  };
  std::optional<NodeId> join_streams(NodeId input, const StreamJoinRequest& request);
  struct DedupRequest {
    std::vector<NamedAst> key;
    std::optional<Duration> within;
    Location where;
  };
  std::optional<NodeId> dedup(NodeId input, const DedupRequest& request);
  /// One row for each combination of `by`, and for each window: those columns, window_start and window_end, then `select`, in which
  /// aggregates stand anywhere. `window` is a call such as tumble(ts, INTERVAL 5 MINUTES), or null.
  struct AggregateRequest {
    const Ast* window;
    std::vector<NamedAst> by;
    std::vector<NamedAst> select;
    Location where;
  };
  std::optional<NodeId> aggregate(NodeId input, const AggregateRequest& request);
  std::optional<NodeId> unite(const std::vector<NodeId>& inputs, const Location& where);

  struct SourceRules {
    std::vector<NamedAst> checks;    // by column
    std::vector<NamedAst> computed;  // columns over the others
    std::optional<NamedPlace> time_column;
    EventTime time;                  // without the column
  };

  struct SinkRequest {
    std::string name;
    Location where;
    std::size_t connection = 0;  // not of an outlet
    std::shared_ptr<const OutletDefinition> outlet;
    std::string table;
    std::vector<NamedPlace> key;
    OnConflict on_conflict = OnConflict::ignore;
    std::optional<NamedPlace> newer_by;
    std::vector<ForeignKey> references;
    struct FillRequest {
      NamedPlace column;
      std::string from, to;
      Location where;
    };
    std::optional<FillRequest> fill;
    std::optional<Emit> emit;
    std::optional<Location> emit_where;  // where the sink itself says it
    std::optional<std::size_t> limit;    // of an outlet
  };
  /// Where `input` comes fresh from select() and no stream bears its name, that selection belongs to the
  /// sink: the sink then reads the selection's own input, and that is where `fill` finds its column.
  void add_sink(NodeId input, SinkRequest request);

  /// Nothing if any error was reported. Applies no rewrites.
  std::optional<Plan> finish();

 private:
  using BoundCalls = std::map<const CallAst*, ExpressionPtr>;
  Location place_of_source(const std::string& name) const { return places_.at(name); }
  /// W0404: `what` goes by times that rows of a source do not have.
  Error without_watermark(const char* what, const std::string& source, const Location& where) const;
  bool claim_name(const std::string& name, const Location& where);
  std::string describe(NodeId node) const;
  NodeId add_node(Schema schema, PlanOperation operation);
  void refuse_growth(PlanNode& node);
  bool refuse_ways(const Location& where);
  bool refuse_columns(std::size_t count, const Location& where);
  std::optional<std::size_t> find_column(NodeId input, const NamedPlace& column);
  bool check_columns(const std::string& source, const SourceSpec& spec, std::vector<SourceColumn>& columns);
  /// A note on where a column comes from, if that is known.
  Error with_origin(Error error, NodeId node, std::size_t column) const;
  Error with_difference(Error error, NodeId first, NodeId other) const;
  std::optional<NodeId> project_in_order(NodeId input, NodeId first, const Schema& order, const Location& where);
  const StoreSpec* store_of(const std::string& what, const Config& options, const Location& where);
  std::optional<std::size_t> open_connection(const std::string& name, const StoreSpec& spec, const Config& options);
  const SinkNode* first_table() const;
  void place_books();
  void check_table(const SinkNode& sink, const SinkRequest& request);
  void check_one_connection(const SinkRequest& request);
  void check_table_is_free(const SinkRequest& request);
  void warn_of_unused_streams();
  void warn_of_unused_tables();
  std::shared_ptr<const LookupDefinition> define_table(const TableRequest& request);
  bool check_table_columns(const TableRequest& request);
  std::optional<std::size_t> find_table(const NamedPlace& table);
  std::vector<ExpressionPtr> bind_lookup_key(NodeId input, const LookupShape& shape, const JoinRequest& request);
  bool bind_joined(NodeId input, const PlanTable& table, const JoinRequest& request, const std::vector<ExpressionPtr>& cells,
                   Schema& output, std::vector<ExpressionPtr>& expressions);

  /// Whether rows of `node` come from joins of streams alone; nothing where only some do. Up to aggregates.
  std::optional<bool> is_joined(NodeId node) const;
  bool can_join(NodeId input, const StreamJoinRequest& request);
  bool bind_join_keys(NodeId input, const StreamJoinRequest& request, StreamJoinNode& node);
  bool bind_join_condition(NodeId input, const Schema& both, const StreamJoinRequest& request, StreamJoinNode& node);
  bool select_joined(NodeId input, const Schema& both, const StreamJoinRequest& request, Schema& output, std::vector<ExpressionPtr>& expressions);

  const TableFunction* table_function_of(const Ast& ast) const;
  bool report_misplaced(const Ast& ast);
  /// `computed`: calls that are bound apart.
  ExpressionPtr bind_value(const Ast& ast, const Schema& schema, NodeId input, const BoundCalls* computed = nullptr);
  std::vector<ExpressionPtr> bind_call_arguments(const Ast& call, NodeId input);
  std::optional<ExplodeNode> bind_explode(NodeId input, const ExplodeRequest& request);
  /// The aggregate that rows of `node` come from; nothing where there is none.
  std::optional<NodeId> aggregate_above(NodeId node) const;
  void set_event_time(NodeId scan, NodeId last, const NamedPlace& column, EventTime time);
  std::vector<NodeId> scans_below(NodeId node) const;
  bool is_event_time(NodeId node, const ExpressionPtr& expression) const { return event_time_lag(node, expression).has_value(); }
  /// How far behind the watermark rows of `node` may come by an expression over them that is the event time of whatever source they come from; nothing
  /// where it is not.
  std::optional<Duration> event_time_lag(NodeId node, const ExpressionPtr& expression) const;
  std::optional<Duration> event_time_lag(const StreamJoinNode& join, const ExpressionPtr& expression) const;
  /// How far behind the watermark rows of `node` may come by their own time, that of the record that they are made of or of the input's row of a join; nothing
  /// where they may come whenever.
  std::optional<Duration> row_time_lag(NodeId node) const;
  /// How far an event time that event_time_lag() knows may lie before a row's own time.
  Duration event_time_offset(NodeId node, const ExpressionPtr& expression) const;
  bool holds_dedup(NodeId node) const;
  /// A grouping column, or a part of a dedup's key. Null after reporting.
  ExpressionPtr bind_grouping(const NamedAst& key, NodeId input);
  struct WindowedInput {
    NodeId input;
    Window window;
    ExpressionPtr end;    // over the input
    ExpressionPtr start;  // of a session; null: it follows from the end
  };
  std::optional<WindowedInput> bind_window(NodeId input, const Ast& ast);
  std::optional<WindowedInput> bind_session(NodeId input, const CallAst& call, const ExpressionPtr& time, const Location& where);
  ExpressionPtr bind_end(const char* function, NodeId input, const CallAst& call, const ExpressionPtr& time, const Location& where);
  void warn_of_open_windows(NodeId input, const Ast& ast);
  ExpressionPtr bind_window_start(const Window& window, const Schema& columns, const Location& where);
  bool report_ungrouped(const Ast& ast, NodeId input, const AggregateRequest& request);
  bool bind_keys(NodeId input, const AggregateRequest& request, AggregateNode& node, Schema& output);
  BoundCalls bind_aggregate_calls(NodeId input, const NamedAst& column, AggregateNode& node, Schema& output);
  std::optional<AggregateNode::Call> bind_aggregate_call(NodeId input, const CallAst& call, const Location& where);
  void take_out_window_start(std::size_t index, const ExpressionPtr& start, Schema& grouped, std::vector<ExpressionPtr>& expressions);
  bool check_window_names(const std::vector<NamedAst>& names, const AggregateRequest& request);
  bool check_regrouped_input(NodeId input, const Location& where);
  bool check_regrouped_call(NodeId input, const AggregateNode::Call& call, const Location& where);
  bool check_regrouping(const AggregateNode& node);
  std::optional<Window> closing_window_above(NodeId input) const;
  std::optional<ExpressionPtr> time_of_windows(NodeId input, const ExpressionPtr& time, const Window& made);
  ExpressionPtr adopt_window(AggregateNode& node, Schema& keys);
  ExpressionPtr shifted(const ExpressionPtr& time, const char* sign, Duration span);
  ExpressionPtr operation_of(const char* name, const ExpressionPtr& left, const ExpressionPtr& right);
  bool tells_group(NodeId aggregate, std::size_t key, const Expression& expression) const;
  void check_aggregated_sink(NodeId input, const SinkRequest& request, SinkNode& sink);
  void set_emit(NodeId aggregate, const SinkRequest& request, SinkNode& sink);
  void report_changing_key(NodeId input, NodeId aggregate, const SinkRequest& request, const SinkNode& sink);
  /// OVER in columns of select and extend: the node that computes it, and what each call is over its columns. Nothing after reporting.
  struct OverInput {
    NodeId node;
    BoundCalls calls;
  };
  std::optional<OverInput> place_overs(NodeId input, const std::vector<NamedAst>& columns);
  std::optional<OverNode> bind_over(NodeId input, const CallAst& call, const Location& where);
  std::optional<OverNode::Call> bind_over_call(NodeId input, const CallAst& call, const Location& where);
  std::optional<OverNode::Call> bind_over_function(NodeId input, const CallAst& call, const Location& where);
  std::optional<std::int64_t> bind_row_count(NodeId input, const CallAst& call, std::size_t argument, std::int64_t least);
  bool bind_frame(NodeId input, const OverNode& over, const OverAst& ast, OverNode::Call& call, const Location& where);
  ExpressionPtr bind_range(NodeId input, const OverNode& over, const Ast& preceding);
  bool check_distances(NodeId input, const OverNode& over, const OverNode::Call& call, const Location& where);
  bool is_window_of_groups(NodeId input, const ExpressionPtr& expression) const;
  bool goes_on(NodeId input, const OverNode& over) const;
  bool tells_rows_apart(NodeId input, const OverNode& over) const;
  bool check_over(NodeId input, const OverNode& over, const Location& where);
  std::optional<NodeId> extend_at_once(NodeId input, const std::vector<NamedAst>& columns);
  NodeId add_explode(ExplodeNode explode, const std::vector<Field>& made);
  std::vector<Field> made_fields(const ExplodeNode& explode) const;
  bool name_made(const ExplodeRequest& request, const ExplodeNode& explode, std::vector<Field>& made);
  /// What select or extend reads: the input, or the rows that one of the columns makes of it.
  struct ExplodedColumn {
    NodeId node;
    std::optional<std::size_t> column;  // which of the columns it is
  };
  std::optional<ExplodedColumn> explode_column(NodeId input, const std::vector<NamedAst>& columns);

  /// For an expression that was wrong and reported, so that the rest of the file is still checked.
  ExpressionPtr stand_in(const Location& where);
  Scope scope_of(const Schema& schema, NodeId input) const;

  const Registry& registry_;
  Diagnostics& diagnostics_;
  std::map<std::string, std::string> settings_;
  std::vector<std::string> other_functions_;  // see Scope
  bool has_stand_in_ = false;  // then a column without a type says nothing about the file
  Plan plan_;
  ColumnHistory history_;
  PlanGrowth growth_;  // of its nodes
  std::map<std::string, std::optional<NodeId>> streams_;  // nothing: defined, but wrong
  std::map<std::string, Location> places_;                // where each source and stream was defined
  std::map<std::string, std::optional<std::size_t>> connections_;
  std::map<std::string, std::optional<std::size_t>> equal_connections_;  // by their options
  Location state_limits_;                                                 // where they are said
  std::optional<NamedPlace> books_;                                      // as set_books() was given them
  struct TablePlace {
    std::optional<std::size_t> index;  // of Plan::tables; nothing: defined, but wrong
    Location where;
    bool is_read = false;
  };
  std::map<std::string, TablePlace> tables_;
  std::map<std::string, Location> sink_places_;
  std::set<std::string> read_streams_;  // those that some stream or sink takes rows from
};

}  // namespace weir
