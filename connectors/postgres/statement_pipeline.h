// statement_pipeline.h — many small statements in one round trip.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "connectors/postgres/postgres_client.h"

namespace weir {

/// What became of the statements of a pipeline.
struct PipelineReport {
  std::vector<std::int64_t> affected;  // of each statement up to the first that failed
  std::string last_tag;                // the server's word for the last statement, e.g. COMMIT
  std::optional<Error> error;          // of the statement affected.size(); those after it did not run
};

/// Statements are prepared once per connection. Nothing else may use the client until run() has returned. One
/// thread.
class StatementPipeline {
 public:
  explicit StatementPipeline(PostgresClient& client) : client_(client) {}
  /// Queues a statement; parameters are copied.
  Status add(const std::string& sql, std::span<const PostgresParameter> parameters = {});
  /// Sends the rest without waiting for replies: what follows in the caller happens after the server has been
  /// told everything.
  Status send();
  /// Waits for all replies. A lost connection is an error of the result itself.
  Result<PipelineReport> run();
  bool is_empty() const { return sent_.empty(); }

 private:
  struct Sent {
    PreparedStatement* prepares;
  };  // null: an execution
  Status start();

  PostgresClient& client_;
  std::vector<Sent> sent_;
  bool is_complete_ = false;
  std::size_t unsent_bytes_ = 0;
  // Parameters of one statement, kept to save allocations.
  std::vector<const char*> values_;
  std::vector<int> sizes_;
  std::vector<int> formats_;
};

}  // namespace weir
