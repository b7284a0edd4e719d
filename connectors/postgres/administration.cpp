// administration.cpp — reads and clears the weir_ tables for a person.
#include "connectors/postgres/administration.h"

#include <fmt/format.h>

#include <cstdlib>

namespace weir {
namespace {

using Parameters = std::vector<std::optional<std::string>>;

class PostgresAdministration final : public StoreAdministration {
 public:
  PostgresAdministration(WeirTables tables, StoreIdentity identity, LentClient client)
      : tables_(std::move(tables)), pipeline_(std::move(identity.pipeline)), client_(std::move(client)) {}

  Result<std::vector<StoredReject>> rejects(const RejectFilter& filter) override {
    Parameters parameters{pipeline_};
    std::string where = "pipeline = $1";
    const auto require = [&](const char* column, const std::string& value) {
      if (value.empty()) return;
      parameters.push_back(value);
      where += fmt::format(" AND {} = ${}", column, parameters.size());
    };
    require("reason", filter.reason);
    require("sink", filter.sink);
    require("source", filter.source);
    if (filter.id != 0) require("id", std::to_string(filter.id));
    WEIR_ASSIGN(
        const PostgresResult rows,
        client_->query(
            fmt::format(
                "SELECT id, epoch, rejected_at::text, source, split, \"offset\", sink, part, reason, message, "
                "encode(payload, 'hex'), encode(key, 'hex'), (extract(epoch FROM \"timestamp\") * "
                "1000000)::bigint "
                "FROM {} WHERE {} ORDER BY id LIMIT {}",
                tables_.name("weir_rejects"), where, filter.limit),
            parameters));
    std::vector<StoredReject> found;
    for (std::size_t i = 0; i < row_count(rows); ++i) found.push_back(reject_at(rows, i));
    return found;
  }

  Result<std::vector<RejectCount>> reject_counts() override {
    WEIR_ASSIGN(
        const PostgresResult rows,
        client_->query(fmt::format("SELECT source, sink, reason, count(*) FROM {} WHERE pipeline = $1 "
                                   "GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
                                   tables_.name("weir_rejects")),
                       {pipeline_}));
    std::vector<RejectCount> counts;
    for (std::size_t i = 0; i < row_count(rows); ++i) {
      counts.push_back(
          {text_at(rows, i, 0), text_at(rows, i, 1), text_at(rows, i, 2), number_at(rows, i, 3)});
    }
    return counts;
  }

  Status delete_rejects(std::span<const std::int64_t> ids) override {
    std::string list;
    for (const std::int64_t id : ids) list += fmt::format("{}{}", list.empty() ? "" : ",", id);
    return client_
        ->query(fmt::format("DELETE FROM {} WHERE pipeline = $1 AND id = ANY ($2::bigint[])",
                            tables_.name("weir_rejects")),
                {pipeline_, "{" + list + "}"})
        .status();
  }

  Result<std::vector<LedgerTotals>> ledger() override {
    WEIR_ASSIGN(
        const PostgresResult rows,
        client_->query(
            fmt::format("SELECT source, sink, sum(read), sum(expanded), sum(written), sum(duplicates), sum(filtered), "
                        "sum(absorbed), sum(late), "
                        "sum(rejected), sum(epochs) FROM {} WHERE pipeline = $1 GROUP BY 1, 2 ORDER BY 1, 2",
                        tables_.name("weir_ledger")),
            {pipeline_}));
    std::vector<LedgerTotals> totals;
    for (std::size_t i = 0; i < row_count(rows); ++i) {
      LedgerLine line{text_at(rows, i, 0),   text_at(rows, i, 1),   number_at(rows, i, 2),
                      number_at(rows, i, 3), number_at(rows, i, 4), number_at(rows, i, 5),
                      number_at(rows, i, 6), number_at(rows, i, 7), number_at(rows, i, 8),
                      number_at(rows, i, 9)};
      totals.push_back({std::move(line), number_at(rows, i, 10)});
    }
    return totals;
  }

  Result<std::vector<SplitState>> splits(const std::string& source) override {
    WEIR_ASSIGN(const PostgresResult rows,
                client_->query(
                    fmt::format("SELECT c.split, c.position, c.owner, c.owner <> '' AND "
                                "coalesce(m.expires_at <= clock_timestamp(), true) "
                                "FROM {} c LEFT JOIN {} m ON m.pipeline = c.pipeline AND m.owner = c.owner "
                                "WHERE c.pipeline = $1 AND c.source = $2 ORDER BY c.split",
                                tables_.name("weir_checkpoint"), tables_.name("weir_member")),
                    {pipeline_, source}));
    std::vector<SplitState> states;
    for (std::size_t i = 0; i < row_count(rows); ++i) {
      states.push_back({text_at(rows, i, 0), text_at(rows, i, 1), text_at(rows, i, 2), truth_at(rows, i, 3)});
    }
    return states;
  }

  Status read_state(const std::function<Status(const StoredState&)>& take) override {
    return client_->stream(
        fmt::format("SELECT name, key, value, epoch FROM {} WHERE pipeline = $1", tables_.name("weir_state")),
        {pipeline_}, [&](const PostgresResult& row) -> Status {
          return take({view_at(row, 0, 0), view_at(row, 0, 1), view_at(row, 0, 2), binary_number_at(row, 0, 3)});
        });
  }

  Status reset() override {
    WEIR_TRY(begin_alone());
    for (const char* table :
         {"weir_checkpoint", "weir_state", "weir_ledger", "weir_rejects", "weir_member"}) {
      const Status deleted =
          client_->query(fmt::format("DELETE FROM {} WHERE pipeline = $1", tables_.name(table)), {pipeline_})
              .status();
      if (!deleted.ok()) return roll_back_with(deleted.error());
    }
    return client_->query("COMMIT").status();
  }

  Status set_position(const std::string& source, const std::string& split,
                      const Position& position) override {
    WEIR_TRY(begin_alone());
    const Status changed =
        client_
            ->query(fmt::format("INSERT INTO {} (pipeline, source, split, position) VALUES ($1, $2, $3, $4) "
                                "ON CONFLICT (pipeline, source, split) "
                                "DO UPDATE SET position = excluded.position, owner = '', updated_at = now()",
                                tables_.name("weir_checkpoint")),
                    {pipeline_, source, split, position})
            .status();
    if (!changed.ok()) return roll_back_with(changed.error());
    return client_->query("COMMIT").status();
  }

  Result<std::vector<std::vector<std::optional<std::string>>>> query(const std::string& sql) override {
    WEIR_ASSIGN(const PostgresResult rows, client_->query(sql));
    std::vector<std::vector<std::optional<std::string>>> table(1);
    for (std::size_t c = 0; c < column_count(rows); ++c) table[0].push_back(column_name(rows, c));
    for (std::size_t i = 0; i < row_count(rows); ++i) {
      table.emplace_back();
      for (std::size_t c = 0; c < column_count(rows); ++c) table.back().push_back(field_at(rows, i, c));
    }
    return table;
  }

 private:
  // Locks the members, so that none can come to life before the end of the transaction.
  Status begin_alone() {
    WEIR_TRY(client_->query(
        fmt::format("BEGIN; LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", tables_.name("weir_member"))));
    WEIR_ASSIGN(
        const PostgresResult living,
        client_->query(
            fmt::format(
                "SELECT min(owner), count(*) FROM {} WHERE pipeline = $1 AND expires_at > clock_timestamp()",
                tables_.name("weir_member")),
            {pipeline_}));
    if (number_at(living, 0, 1) == 0) return {};
    return roll_back_with(
        Error{ErrorKind::user, fmt::format("pipeline {} is running: {}", pipeline_, text_at(living, 0, 0))}
            .with_hint("stop it first; a process that was killed counts as running until its lease ends"));
  }

  Error roll_back_with(Error error) {
    client_->roll_back();
    return error;
  }

  static std::optional<std::string> bytes_at(const PostgresResult& rows, std::size_t row,
                                             std::size_t column) {
    const std::optional<std::string> hex = field_at(rows, row, column);
    if (!hex) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex->size(); i += 2)
      bytes += static_cast<char>(std::stoi(hex->substr(i, 2), nullptr, 16));
    return bytes;
  }

  static StoredReject reject_at(const PostgresResult& rows, std::size_t i) {
    RejectedRow row{text_at(rows, i, 3), text_at(rows, i, 4), number_at(rows, i, 5), text_at(rows, i, 6),
                    text_at(rows, i, 7), text_at(rows, i, 8), text_at(rows, i, 9),   bytes_at(rows, i, 10),
                    bytes_at(rows, i, 11)};
    if (field_at(rows, i, 12)) row.timestamp = number_at(rows, i, 12);
    return {number_at(rows, i, 0), number_at(rows, i, 1), text_at(rows, i, 2), std::move(row)};
  }

  const WeirTables tables_;
  const std::string pipeline_;
  LentClient client_;
};

}  // namespace

std::unique_ptr<StoreAdministration> make_postgres_administration(WeirTables tables, StoreIdentity identity,
                                                                  LentClient client) {
  return std::make_unique<PostgresAdministration>(std::move(tables), std::move(identity), std::move(client));
}

}  // namespace weir
