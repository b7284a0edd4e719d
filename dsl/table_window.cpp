// table_window.cpp — the window of one of Flink's table functions, until the aggregate comes that it belongs to.
#include "dsl/table_window.h"

#include <fmt/format.h>

#include <set>

#include "WeirParser.h"
#include "dsl/column_words.h"
#include "dsl/expression_text.h"
#include "dsl/weir_columns.h"

namespace weir {

using Parser = weir_grammar::WeirParser;

TableWindow::TableWindow(antlr4::ParserRuleContext* context, const WeirText& text) {
  auto* call = dynamic_cast<Parser::WindowCallContext*>(context);
  function_ = lower_case_word(call->IDENTIFIER()->getText());
  std::string window = fmt::format("{}({}", call->IDENTIFIER()->getText(), text.written(call->name()));
  for (auto* argument : call->expression()) window += ", " + text.written(argument);
  window_ = WeirText::scalar(without_comments(window + ")"), text.place(call));
  if (auto* partition = call->partitionOfTable()) {
    for (auto* name : partition->name()) partition_.push_back(WeirText::name(name));
    partition_where_ = text.place(partition);
  }
}

void TableWindow::check(const WindowGroups& groups, WeirText& text) const {
  if (!is_window_function(function_)) return;  // which the aggregate reports
  // Several windows of cumulate begin together.
  if (!groups.has_end && (!groups.has_start || function_ == "cumulate")) {
    text.refuse("W0411", window_.where, "these rows have windows, and are not grouped by them", "add window_start, window_end to GROUP BY");
  } else if (function_ == "session") {
    check_sessions(groups, text);
  } else if (!partition_.empty()) {
    text.refuse("W0423", partition_where_, fmt::format("windows of {} are the same for all rows, and are not partitioned", function_), "leave PARTITION BY out: GROUP BY tells groups apart");
  }
}

void TableWindow::check_sessions(const WindowGroups& groups, WeirText& text) const {
  const std::set<std::string> columns(groups.columns.begin(), groups.columns.end());
  if (columns == std::set<std::string>(partition_.begin(), partition_.end()) && !groups.has_expressions) return;
  const std::string grouped = groups.has_expressions ? "an expression" : columns.empty() ? "nothing else" : fmt::format("{}", fmt::join(columns, ", "));
  const std::string by_groups = "GROUP BY ..., SESSION(time, INTERVAL '10' MINUTES), whose sessions are those of each group";
  if (!partition_.empty()) {
    text.refuse("W0423", partition_where_, fmt::format("sessions are told apart by {}, and groups by {}", fmt::join(partition_, ", "), grouped),
                groups.has_expressions || columns.empty() ? "group by the columns of PARTITION BY, or write " + by_groups : fmt::format("write PARTITION BY {}", grouped));
    return;
  }
  text.warn("W0910", window_.where, fmt::format("these sessions are of each group, which is told apart by {}; Flink's would be of all rows", grouped),
            groups.has_expressions ? "write " + by_groups : fmt::format("write TABLE ... PARTITION BY {}, which says so", grouped));
}

}  // namespace weir
