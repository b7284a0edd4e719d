// repl_session.h — what weir repl knows between two lines: the pipeline it looks into, sample rows, and what was defined since.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dsl/compile.h"
#include "engine/infer/column_draft.h"

namespace weir {

/// One thread.
class ReplSession {
 public:
  explicit ReplSession(Variables variables, std::vector<std::string> plugins) : variables_(std::move(variables)), plugins_(std::move(plugins)) {}

  /// A pipeline, or a part of one: its streams, tables and functions can be used from now on. False after printing what is wrong with it.
  bool load_pipeline(const std::string& path);
  /// Sample rows, JSON lines or CSV: `rows`, or those of source `source` of the pipeline.
  Status load_rows(const std::string& path, const std::string& source);
  /// An expression, a query or a definition (CREATE STREAM, ...), without the semicolon. Prints what comes of it; errors point into `text`. Whether it
  /// went well.
  bool run(const std::string& text);
  /// The columns of a source or stream, or of all of them.
  bool print_columns(const std::string& name);
  /// Functions whose name or summary has `text` in it.
  void print_functions(const std::string& text) const;
  void set_limit(std::size_t rows) { limit_ = rows; }

 private:
  struct Compilation;
  enum class Kind { expression, query, definition };
  static Kind kind_of(const std::string& text);
  /// The pipeline of the session, and where the text of the user begins in it.
  struct Composed {
    std::string text;
    std::uint32_t first_line = 1;
  };
  Composed compose(const std::string& definition, const std::string& query_head, const std::string& query, const std::string& query_tail) const;
  std::unique_ptr<Compilation> compile(const Composed& composed) const;
  bool report(const Compilation& compilation, const Composed& composed, const std::string& text) const;
  bool run_expression(const std::string& text);
  bool run_query(const std::string& head, const std::string& text, const std::string& tail);
  bool define(const std::string& text);
  bool show(const Compilation& compilation);
  bool is_only_source(const Plan& plan, const std::string& source) const;

  using Records = std::shared_ptr<const std::vector<std::string>>;

  Variables variables_;
  std::vector<std::string> plugins_;
  std::string pipeline_;                     // its path; empty: none
  bool is_part_ = true;                      // it has no name of its own
  std::vector<ColumnDraft> columns_;         // of the sample `rows`; empty: there is none
  std::map<std::string, Records> records_;   // by source
  std::vector<std::string> definitions_;
  std::string last_query_;                   // which a line that begins with |> goes on with
  std::size_t limit_ = 20;
};

}  // namespace weir
