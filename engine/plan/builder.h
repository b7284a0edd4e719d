// builder.h — the only way to make a plan: checks names, types and keys as it goes and reports every error with its place.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/expression/ast.h"
#include "engine/plan/plan.h"

namespace weir {

/// A failed step reports to the diagnostics and returns nothing; callers go on with the rest of the file, so that all errors are found.
/// One thread.
class PlanBuilder {
 public:
  PlanBuilder(std::string name, const Registry& registry, Diagnostics& diagnostics);

  /// `options`: the source's map without name, type, format, columns, on_error; format options are taken out too.
  std::optional<NodeId> add_source(const std::string& name, const Location& where, const std::string& connector, const std::string& format,
                                   const Config& options, std::vector<SourceColumn> columns, ErrorPolicy on_error);
  std::optional<std::size_t> add_connection(const std::string& name, const Config& options);
  /// The node of a source or stream by name; reports an unknown name with the nearest one.
  std::optional<NodeId> find_stream(const std::string& name, const Location& where);
  void name_stream(const std::string& name, NodeId node, const Location& where);
  const Schema& schema(NodeId node) const;

  struct NamedAst { std::string name; const Ast* expression; Location where; };
  std::optional<NodeId> filter(NodeId input, const Ast& predicate);
  std::optional<NodeId> select(NodeId input, const std::vector<NamedAst>& columns);
  /// Adds columns, or replaces those of the same name. A later one may use an earlier one of the same step.
  std::optional<NodeId> extend(NodeId input, const std::vector<NamedAst>& columns);
  struct NamedPlace { std::string name; Location where; };
  std::optional<NodeId> drop(NodeId input, const std::vector<NamedPlace>& columns);
  struct Renaming { NamedPlace from; NamedPlace to; };
  std::optional<NodeId> rename(NodeId input, const std::vector<Renaming>& renamings);
  std::optional<NodeId> unite(const std::vector<NodeId>& inputs, const Location& where);

  struct SinkRequest {
    std::string name;
    Location where;
    std::size_t connection = 0;
    std::string table;
    std::vector<NamedPlace> key;
    OnConflict on_conflict = OnConflict::ignore;
    std::optional<NamedPlace> newer_by;
    std::vector<ForeignKey> references;
    struct FillRequest { NamedPlace column; std::string from, to; Location where; };
    std::optional<FillRequest> fill;
  };
  void add_sink(NodeId input, SinkRequest request);

  /// Nothing if any error was reported. Applies no rewrites.
  std::optional<Plan> finish();

 private:
  const Registry& registry_;
  Diagnostics& diagnostics_;
  Plan plan_;
  std::map<std::string, NodeId> streams_;
  std::map<std::string, Location> places_;   // where each name was defined
};

}  // namespace weir
