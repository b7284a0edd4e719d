// table_window.h — the window of one of Flink's table functions, until the aggregate comes that it belongs to.
#pragma once

#include <string>
#include <vector>

#include "dsl/weir_text.h"

namespace weir {

/// What GROUP BY says where rows come from a table function. Names are those of columns of the stream.
struct WindowGroups {
  bool has_start = false;
  bool has_end = false;
  std::vector<std::string> columns;
  bool has_expressions = false;  // keys that are no columns
};

/// TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTES) is the window tumble(ts, INTERVAL '5' MINUTES) of the aggregate that follows. Flink gives each
/// row its window first and groups then; where that is not the same, it is reported.
class TableWindow {
 public:
  /// `call`: context of the grammar's rule windowCall.
  TableWindow(antlr4::ParserRuleContext* call, const WeirText& text);

  /// As the aggregate has it.
  const Config& config() const { return window_; }
  /// Reports what would give other groups than in Flink.
  void check(const WindowGroups& groups, WeirText& text) const;

 private:
  void check_sessions(const WindowGroups& groups, WeirText& text) const;

  Config window_;
  std::string function_;  // in small letters
  std::vector<std::string> partition_;
  Location partition_where_;
};

}  // namespace weir
