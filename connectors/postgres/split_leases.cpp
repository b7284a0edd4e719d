// split_leases.cpp — a lease is the owner's row in weir_member: renewing it touches no row that a commit
// waits for.
#include "connectors/postgres/split_leases.h"

#include <fmt/format.h>

#include "engine/base/log.h"

namespace weir {
namespace {

std::string interval_of(std::chrono::milliseconds lease) {
  return fmt::format("{} milliseconds", lease.count());
}

class PostgresLeases final : public SplitLeases {
 public:
  PostgresLeases(PostgresSettings settings, WeirTables tables, StoreIdentity identity, LentClient client)
      : settings_(std::move(settings)),
        tables_(std::move(tables)),
        identity_(std::move(identity)),
        client_(std::move(client)) {}

  Result<Board> heartbeat(const std::string& source, std::chrono::milliseconds lease) override {
    // What the statement itself writes, its other parts do not see: this owner's row is left out of the question.
    WEIR_ASSIGN(const PostgresResult rows,
                run(fmt::format("{2} SELECT c.split, c.position, c.owner, c.owner NOT IN ('', $2) AND "
                                "coalesce(m.expires_at <= clock_timestamp(), true) "
                                "FROM {0} c LEFT JOIN {1} m ON m.pipeline = c.pipeline AND m.owner = c.owner "
                                "WHERE c.pipeline = $1 AND c.source = $4 "
                                "UNION ALL SELECT NULL, NULL, owner, false FROM {1} WHERE pipeline = $1 AND owner <> $2 AND expires_at > clock_timestamp() "
                                "ORDER BY 1",
                                tables_.name("weir_checkpoint"), tables_.name("weir_member"), renewal()),
                    {identity_.pipeline, identity_.owner, interval_of(lease), source}));
    renewed_ = std::chrono::steady_clock::now();
    Board board;
    board.members.push_back(identity_.owner);
    for (std::size_t i = 0; i < row_count(rows); ++i) {
      if (!field_at(rows, i, 0))
        board.members.push_back(text_at(rows, i, 2));
      else
        board.splits.push_back({text_at(rows, i, 0), text_at(rows, i, 1), text_at(rows, i, 2), truth_at(rows, i, 3)});
    }
    board.first_start = board.splits.empty();
    return board;
  }

  Status add(const std::string& source, std::span<const FirstPosition> splits) override {
    if (splits.empty()) return {};
    std::string values;
    std::vector<std::optional<std::string>> parameters{identity_.pipeline, source, identity_.plan};
    for (const FirstPosition& split : splits) {
      values += fmt::format("{}(${}, ${})", values.empty() ? "" : ", ", parameters.size() + 1, parameters.size() + 2);
      parameters.push_back(split.split);
      parameters.push_back(split.position);
    }
    // Where reading began must outlive a crash of the server: everything from there on is ours to read. Leases need not: a commit looks at
    // its splits' owner itself. ON CONFLICT would wait for whoever is changing a row that is there, so it is for those that come meanwhile.
    return run(fmt::format("WITH safely AS (SELECT set_config('synchronous_commit', 'on', true)) "
                           "INSERT INTO {0} (pipeline, source, split, position, plan) "
                           "SELECT $1, $2, v.split, v.position, $3 FROM safely, (VALUES {1}) AS v (split, position) WHERE NOT EXISTS "
                           "(SELECT 1 FROM {0} c WHERE c.pipeline = $1 AND c.source = $2 AND c.split = v.split) "
                           "ON CONFLICT (pipeline, source, split) DO NOTHING",
                           tables_.name("weir_checkpoint"), values),
               parameters)
        .status();
  }

  Result<std::optional<Position>> claim(const std::string& source, const std::string& split,
                                        const std::string& expected_owner,
                                        std::chrono::milliseconds lease) override {
    if (!renewed_ || std::chrono::steady_clock::now() - *renewed_ > lease / 8) WEIR_TRY(renew(lease));
    const std::vector<std::optional<std::string>> parameters{identity_.owner, identity_.pipeline, source,
                                                             split, expected_owner};
    const std::string sql = fmt::format(
        "UPDATE {} SET owner = $1, updated_at = now() WHERE pipeline = $2 AND source = $3 AND split = $4 AND "
        "owner = $5 RETURNING position",
        tables_.name("weir_checkpoint"));
    Result<PostgresResult> taken = run(sql, parameters);
    // The row stays locked: the owner's transaction does not end by itself, because its process is stopped or
    // cut off.
    if (!taken.ok() && taken.error().code() == "55P03" && !expected_owner.empty()) {
      ended_.clear();
      WEIR_TRY(end_connections_of(expected_owner));
      taken = run(sql, parameters);
    }
    if (!taken.ok()) return std::move(taken).error();
    if (row_count(*taken) == 0) return std::optional<Position>();
    // Nor what it has written of a table may stand in the way: none of it can be committed any more.
    if (!expected_owner.empty() && expected_owner != identity_.owner) WEIR_TRY(end_connections_of(expected_owner));
    return std::optional<Position>(text_at(*taken, 0, 0));
  }

  Status release(const std::string& source, const std::string& split) override {
    return run(fmt::format("UPDATE {} SET owner = '' WHERE pipeline = $1 AND source = $2 AND split = $3 AND "
                           "owner = $4",
                           tables_.name("weir_checkpoint")),
               {identity_.pipeline, source, split, identity_.owner})
        .status();
  }

  Status leave() override {
    renewed_.reset();
    WEIR_TRY(run(fmt::format("UPDATE {} SET owner = '' WHERE pipeline = $1 AND owner = $2",
                             tables_.name("weir_checkpoint")),
                 {identity_.pipeline, identity_.owner}));
    return run(fmt::format("DELETE FROM {} WHERE pipeline = $1 AND owner = $2", tables_.name("weir_member")),
               {identity_.pipeline, identity_.owner})
        .status();
  }

 private:
  Result<PostgresResult> run(const std::string& sql, std::span<const std::optional<std::string>> parameters) {
    if (client_ == nullptr || !client_->is_connected()) {
      WEIR_ASSIGN(std::unique_ptr<PostgresClient> client, PostgresClient::connect(settings_));
      client_.reset(client.release());
    }
    Result<PostgresResult> result = client_->query(sql, parameters);
    if (!result.ok() && result.error().kind() == ErrorKind::service && result.error().code() != "55P03")
      client_.reset();
    return result;
  }
  Result<PostgresResult> run(const std::string& sql,
                             std::initializer_list<std::optional<std::string>> parameters) {
    return run(sql, std::span(parameters.begin(), parameters.size()));
  }

  /// $1: the pipeline, $2: the owner, $3: the lease. Rows of processes that are long gone go too.
  std::string renewal() const {
    return fmt::format("WITH gone AS (DELETE FROM {0} WHERE pipeline = $1 AND owner <> $2 AND expires_at "
                       "< clock_timestamp() - interval '1 day'), "
                       "renewed AS (INSERT INTO {0} (pipeline, owner, expires_at) VALUES ($1, $2, clock_timestamp() "
                       "+ $3::interval) "
                       "ON CONFLICT (pipeline, owner) DO UPDATE SET expires_at = excluded.expires_at)",
                       tables_.name("weir_member"));
  }

  Status renew(std::chrono::milliseconds lease) {
    WEIR_TRY(run(renewal() + " SELECT", {identity_.pipeline, identity_.owner, interval_of(lease)}));
    renewed_ = std::chrono::steady_clock::now();
    return {};
  }

  // Those that are at something: the others hold no locks, and their owner should learn by them that it is fenced. So once is enough, as a rule.
  Status end_connections_of(const std::string& owner) {
    if (owner == ended_) return {};
    auto ended = run("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1 AND "
                           "datname = current_database() AND usename = current_user AND state <> 'idle'",
                           {application_name_of(owner)});
    if (!ended.ok()) return std::move(ended).error();
    ended_ = owner;
    if (text_at(*ended, 0, 0) != "0") log::warning("ended the unfinished transactions of {}, whose splits this process has taken over", owner);
    return {};
  }

  const PostgresSettings settings_;
  const WeirTables tables_;
  const StoreIdentity identity_;
  LentClient client_;
  std::optional<std::chrono::steady_clock::time_point> renewed_;
  std::string ended_;  // whose connections were ended
};

}  // namespace

std::string application_name_of(const std::string& owner) {
  // The server keeps 63 bytes of it.
  return ("weir-" + owner.substr(0, owner.find('@'))).substr(0, 63);
}

std::unique_ptr<SplitLeases> make_postgres_leases(PostgresSettings settings, WeirTables tables,
                                                  StoreIdentity identity,
                                                  LentClient client) {
  return std::make_unique<PostgresLeases>(std::move(settings), std::move(tables), std::move(identity),
                                          std::move(client));
}

}  // namespace weir
