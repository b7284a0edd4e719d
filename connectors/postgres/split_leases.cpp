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
    WEIR_TRY(renew(lease));
    WEIR_ASSIGN(const PostgresResult rows,
                run(fmt::format("SELECT c.split, c.position, c.owner, c.owner <> '' AND "
                                "coalesce(m.expires_at <= clock_timestamp(), true) "
                                "FROM {} c LEFT JOIN {} m ON m.pipeline = c.pipeline AND m.owner = c.owner "
                                "WHERE c.pipeline = $1 AND c.source = $2 ORDER BY c.split",
                                tables_.name("weir_checkpoint"), tables_.name("weir_member")),
                    {identity_.pipeline, source}));
    WEIR_ASSIGN(
        const PostgresResult members,
        run(fmt::format("SELECT owner FROM {} WHERE pipeline = $1 AND expires_at > clock_timestamp()",
                        tables_.name("weir_member")),
            {identity_.pipeline}));
    Board board;
    for (std::size_t i = 0; i < row_count(rows); ++i) {
      board.splits.push_back(
          {text_at(rows, i, 0), text_at(rows, i, 1), text_at(rows, i, 2), truth_at(rows, i, 3)});
    }
    for (std::size_t i = 0; i < row_count(members); ++i) board.members.push_back(text_at(members, i, 0));
    board.first_start = board.splits.empty();
    return board;
  }

  Status add(const std::string& source, std::span<const FirstPosition> splits) override {
    if (splits.empty()) return {};
    std::string values;
    std::vector<std::optional<std::string>> parameters{identity_.pipeline, source, identity_.plan};
    for (const FirstPosition& split : splits) {
      values += fmt::format("{}($1, $2, ${}, ${}, $3)", values.empty() ? "" : ", ", parameters.size() + 1,
                            parameters.size() + 2);
      parameters.push_back(split.split);
      parameters.push_back(split.position);
    }
    // Where reading began must outlive a crash of the server: everything from there on is ours to read. Leases need not: a commit looks at
    // its splits' owner itself.
    WEIR_TRY(run("SET synchronous_commit = on", {}));
    WEIR_TRY(run(fmt::format("INSERT INTO {} (pipeline, source, split, position, plan) VALUES {} ON CONFLICT "
                             "(pipeline, source, split) DO NOTHING",
                             tables_.name("weir_checkpoint"), values),
                 parameters));
    return run("SET synchronous_commit = off", {}).status();
  }

  Result<std::optional<Position>> claim(const std::string& source, const std::string& split,
                                        const std::string& expected_owner,
                                        std::chrono::milliseconds lease) override {
    WEIR_TRY(renew(lease));
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
      WEIR_TRY(end_connections_of(expected_owner));
      taken = run(sql, parameters);
    }
    if (!taken.ok()) return std::move(taken).error();
    if (row_count(*taken) == 0) return std::optional<Position>();
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

  Status renew(std::chrono::milliseconds lease) {
    return run(fmt::format("WITH gone AS (DELETE FROM {0} WHERE pipeline = $1 AND owner <> $2 AND expires_at "
                           "< clock_timestamp() - interval '1 day') "
                           "INSERT INTO {0} (pipeline, owner, expires_at) VALUES ($1, $2, clock_timestamp() "
                           "+ $3::interval) "
                           "ON CONFLICT (pipeline, owner) DO UPDATE SET expires_at = excluded.expires_at",
                           tables_.name("weir_member")),
               {identity_.pipeline, identity_.owner, interval_of(lease)})
        .status();
  }

  Status end_connections_of(const std::string& owner) {
    log::warning("ending the connections of {}, which holds a split but does not finish its transaction",
                 owner);
    return run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND "
               "datname = current_database() "
               "AND pid <> pg_backend_pid()",
               {application_name_of(owner)})
        .status();
  }

  const PostgresSettings settings_;
  const WeirTables tables_;
  const StoreIdentity identity_;
  LentClient client_;
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
