// syntax.h — the one syntax tree of a pipeline: what YAML and DSL both say, every name and expression with
// its place.
//
// Front ends build it and report what they cannot read; compile.cpp walks it into a plan. Where something was
// reported, the tree says so
// (`is_broken`, a null expression), so that nothing that depends on it is called wrong for that.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dsl/name.h"
#include "dsl/report_syntax.h"
#include "dsl/test_syntax.h"
#include "engine/component/config.h"
#include "engine/component/registry.h"
#include "engine/expression/ast.h"
#include "engine/plan/plan.h"

namespace weir {

struct NamedExpression {
  Name name;
  AstPtr expression;
};

struct WhereStep {
  AstPtr predicate;
};
struct SelectStep {
  std::vector<NamedExpression> columns;
};
struct ExtendStep {
  std::vector<NamedExpression> columns;
};
struct DropStep {
  std::vector<Name> columns;
};
struct RenameStep {
  std::vector<std::pair<Name, Name>> columns;
};  // from, to
struct ExplodeStep {
  AstPtr of;
  std::vector<Name> as;
  std::optional<Name> position;
  bool keep_empty = false;
};
struct DedupStep {
  std::vector<NamedExpression> key;
  std::optional<Duration> within;
  Location where;
};
struct AggregateStep {
  AstPtr window;  // or null
  std::vector<NamedExpression> by;
  std::vector<NamedExpression> columns;
  Location where;
};
struct JoinStep {
  Name table;
  std::vector<NamedExpression> keys;    // by column of the table
  bool is_left = false;
  bool has_select = false;              // says what is added: nothing, where the next two are empty
  std::vector<Name> columns;            // of the table
  std::vector<NamedExpression> select;
  Location where;
};
struct StreamJoinStep {
  Name stream;
  Name as;                              // what its columns are called by: its own name where none is given
  std::vector<NamedExpression> keys;    // by column of the joined stream
  std::optional<StreamJoinNode::Bounds> bounds;
  bool is_left = false;
  AstPtr condition;                     // or null
  bool has_select = false;              // as in JoinStep
  std::vector<Name> columns;            // of the joined stream
  std::vector<NamedExpression> select;
  Location where;
};
struct UnionStep {
  std::vector<Name> streams;
};
/// Only the first rows: of what is shown, and behind all other steps but those that choose columns.
struct LimitStep {
  std::size_t rows;
  Location where;
};
using Step = std::variant<WhereStep, SelectStep, ExtendStep, DropStep, RenameStep, ExplodeStep, DedupStep, JoinStep, StreamJoinStep, AggregateStep, UnionStep, LimitStep>;

/// A column, less a delay; and what follows from it.
struct TimeSyntax {
  Name column;
  EventTime rules;  // without the column
};

struct CheckSyntax {
  Name column;
  AstPtr predicate;
};

struct SourceSyntax {
  Name name;
  Name connector;
  Name format;     // empty text: not given
  Config options;  // all keys that are not the language's own
  std::vector<SourceColumn> columns;
  std::vector<CheckSyntax> checks;
  std::vector<NamedExpression> computed;
  std::optional<TimeSyntax> time;
  ErrorPolicy on_error;
  bool is_broken = false;
};

/// A named stream, or the stream of a sink: its inputs united, then its steps. A broken one has the steps
/// before the first wrong one.
struct StreamSyntax {
  Name name;
  std::vector<Name> inputs;
  std::vector<Step> steps;
  Location where;
  bool is_broken = false;
};

struct FillSyntax {
  Name column;
  std::string from, to;
  Location where;
};

struct SinkSyntax {
  StreamSyntax stream;             // what is written; its name is the sink's
  std::optional<Name> type;        // an outlet, or the store of its table; not given: a table; empty text: it could not be read
  Config options;                  // where it has a type or a dsn: all keys that are not the language's own
  std::vector<Name> table_keys;    // those of the language's own that only a table has, as they stand there
  std::optional<Name> connection;  // not given: the only one there is
  std::string table;
  std::vector<Name> key;
  OnConflict on_conflict = OnConflict::ignore;
  std::optional<Name> newer_by;
  std::vector<ForeignKey> references;
  std::optional<FillSyntax> fill;
  std::optional<Emit> emit;
  Location emit_where;
};

struct ConnectionSyntax {
  Name name;
  Config options;
  bool is_broken = false;
};

struct TableSyntax {
  Name name;
  std::optional<Name> type;        // either this
  std::optional<Name> connection;  // or this
  Config options;                  // all keys that are not the language's own
  std::vector<SourceColumn> columns;
  std::vector<Name> key;
  std::optional<Duration> refresh;
  bool is_broken = false;
};

struct SettingSyntax {
  Name name;
  std::string value;
};

struct FunctionSyntax {
  Name name;
  ScriptFunction script;  // `file` as written, from the folder of the pipeline file; its text is not read yet
};

struct PipelineSyntax {
  Name name;
  std::optional<Name> state;  // the file that keeps the books where no sink is a table
  StateLimits state_limits;
  Location state_limits_where;  // of the first of them; not known: none is said
  std::optional<Emit> emit;  // of every sink of groups that says nothing else
  std::vector<SettingSyntax> settings;
  std::vector<Name> plugins;  // paths of shared objects, from the file's folder
  std::vector<FunctionSyntax> functions;
  std::vector<ConnectionSyntax> connections;
  std::vector<SourceSyntax> sources;
  std::vector<TableSyntax> tables;
  std::vector<StreamSyntax> streams;
  std::vector<SinkSyntax> sinks;
  std::vector<ReportSyntax> reports;
  std::vector<TestSyntax> tests;
  bool is_broken = false;  // parts of it could not be read at all: what seems to be missing may be among them
};

}  // namespace weir
