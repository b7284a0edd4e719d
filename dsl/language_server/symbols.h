// symbols.h — what the names of a pipeline mean, where they stand, and where that is made which they mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dsl/knowledge.h"
#include "dsl/language_server/document.h"

namespace weir {

struct Mention {
  enum class Kind : std::uint8_t { source, table, stream, sink, report, connection, function, column };
  Kind kind;
  std::string name;
  Location where;
  bool is_definition = false;
  // column: of which source, table, stream or sink, before which of its steps; a definition is seen by what comes behind it.
  std::string owner{};
  bool is_of_sink = false;
  std::size_t step = 0;
};

/// An expression of a step, and the columns that it is over.
struct PlacedExpression {
  const Ast* ast;
  const Schema* columns;  // or null: not known
};

/// Made of a file that could be read, at least in part; points into its knowledge, which outlives it.
class Symbols {
 public:
  explicit Symbols(const Knowledge& knowledge);

  const std::vector<Mention>& mentions() const { return mentions_; }
  const std::vector<PlacedExpression>& expressions() const { return expressions_; }
  /// The innermost one around `offset` of the document; null where there is none.
  const Mention* find(const Document& document, std::size_t offset) const;
  std::optional<Location> definition_of(const Mention& mention) const;
  /// What a column is, where its mention stands.
  std::optional<Field> field_of(const Mention& mention) const;
  /// Those that mean the same, the definition among them.
  std::vector<const Mention*> same_as(const Mention& mention) const;

 private:
  void add(Mention::Kind kind, const Name& name, bool is_definition);
  void add_column(const Name& name, const StreamSyntax& stream, std::size_t step, bool is_definition = false);
  void add_source(const SourceSyntax& source);
  void add_table(const TableSyntax& table);
  void add_stream(const StreamSyntax& stream);
  void add_expression(const Ast* ast, const Mention& owner, const Schema* columns);
  void add_step(const StreamSyntax& stream, const Step& step, std::size_t at);
  const std::vector<Schema>* columns_of(const std::string& owner, bool is_of_sink) const;
  Mention::Kind kind_of_relation(const std::string& name) const;
  std::optional<Location> column_of_relation(const std::string& relation, const std::string& name, std::size_t depth) const;
  std::optional<Location> column_before(const StreamSyntax& stream, std::size_t step, std::string name, std::size_t depth) const;
  const StreamSyntax* stream_of(const std::string& name, bool is_sink) const;
  const TableSyntax* table_of(const std::string& name) const;

  const Knowledge& knowledge_;
  bool is_sink_ = false;  // of the stream that is being added
  std::vector<Mention> mentions_;
  std::vector<PlacedExpression> expressions_;
};

}  // namespace weir
