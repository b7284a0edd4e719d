// random_steps.h — steps of every kind over the columns of a stream, and what columns come out of them.
#pragma once

#include <set>

#include "tests/roundtrip/random_expression.h"
#include "tests/roundtrip/random_pipeline.h"

namespace weir::testing {

/// A source, stream or table as far as steps go.
struct KnownStream {
  enum class Rows { plain, expanded, joined, groups };  // behind explode, behind a join with a stream, of an aggregate
  std::string name;
  std::vector<KnownColumn> columns;
  std::vector<std::string> key;  // of groups, or of a sink
  bool has_time = false;         // its column ts is the event time
  bool is_windowed = false;
  bool is_without_duplicates = false;
  Rows rows = Rows::plain;
  std::size_t number = 0;  // of the source

  bool has_groups() const { return rows == Rows::groups; }
  bool is_plain() const { return rows == Rows::plain; }
};

/// A name that no column has.
std::string fresh_column(const std::vector<KnownColumn>& columns, Draw& draw);

class RandomSteps {
 public:
  /// `streams` and `table` are what may be joined; the table has no columns where there is none.
  RandomSteps(Draw& draw, KnownStream from, const std::vector<KnownStream>& streams, const KnownStream& table)
      : draw_(draw), stream_(std::move(from)), streams_(streams), table_(table) {}

  Setting list(std::size_t count, bool ends_in_groups);
  std::string condition() { return expressions().of(Kind::truth); }
  /// The `select` of a sink with a table; result().key is then its key, empty where it has none.
  Setting sink_columns();
  const KnownStream& result() const { return stream_; }

 private:
  RandomExpression expressions() { return RandomExpression(draw_, stream_.columns); }
  void add_row_step(Setting& steps);
  Setting select();
  Setting extend();
  Setting drop();
  Setting rename();
  bool add_explode(Setting& steps);
  Setting dedup();
  Setting join_table();
  bool add_stream_join(Setting& steps);
  Setting aggregate();
  Setting over();
  std::string drawn_duration();
  std::vector<std::size_t> droppable() const;

  Draw& draw_;
  KnownStream stream_;
  const std::vector<KnownStream>& streams_;
  const KnownStream& table_;
};

}  // namespace weir::testing
