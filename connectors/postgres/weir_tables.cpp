// weir_tables.cpp — definitions of the weir_ tables.
#include "connectors/postgres/weir_tables.h"

#include <fmt/format.h>

namespace weir {
namespace {

constexpr const char* version_mark = "weir tables, version 2";
constexpr const char* version_1_mark = "weir tables, version 1";

// {0} is the schema with its dot, or nothing. What weir_state holds is hashes and numbers for the most part: trying to compress them costs
// Postgres a third of its time. A replay of rejects books rejected < 0: it moves rows that were
// read before.
constexpr const char* definitions = R"(
CREATE TABLE IF NOT EXISTS {0}weir_checkpoint (
  pipeline text NOT NULL, source text NOT NULL, split text NOT NULL,
  position text NOT NULL, epoch bigint NOT NULL DEFAULT 0,
  owner text NOT NULL DEFAULT '', plan text NOT NULL DEFAULT '', updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, source, split)) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS {0}weir_member (
  pipeline text NOT NULL, owner text NOT NULL, expires_at timestamptz NOT NULL,
  PRIMARY KEY (pipeline, owner)) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS {0}weir_state (
  pipeline text NOT NULL, name text NOT NULL, key bytea NOT NULL, value bytea NOT NULL, epoch bigint NOT NULL,
  PRIMARY KEY (pipeline, name, key));
ALTER TABLE {0}weir_state ALTER COLUMN value SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS {0}weir_ledger (
  pipeline text NOT NULL, source text NOT NULL, sink text NOT NULL,
  owner text NOT NULL, writer integer NOT NULL DEFAULT 0, first_epoch bigint NOT NULL, last_epoch bigint NOT NULL, epochs bigint NOT NULL DEFAULT 1,
  read bigint NOT NULL, expanded bigint NOT NULL DEFAULT 0, written bigint NOT NULL, duplicates bigint NOT NULL, filtered bigint NOT NULL,
  absorbed bigint NOT NULL, late bigint NOT NULL, rejected bigint NOT NULL,
  committed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pipeline, owner, writer, first_epoch, source, sink, committed_at),
  CONSTRAINT weir_ledger_balances CHECK (read + expanded = written + duplicates + filtered + absorbed + late + rejected),
  CONSTRAINT weir_ledger_counts CHECK (least(read, expanded, written, duplicates, filtered, absorbed, late) >= 0
    AND (rejected >= 0 OR read = 0 OR owner = '')));
CREATE TABLE IF NOT EXISTS {0}weir_rejects (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pipeline text NOT NULL, source text NOT NULL, split text NOT NULL, "offset" bigint NOT NULL, sink text NOT NULL,
  part text NOT NULL DEFAULT '', reason text NOT NULL, message text NOT NULL, payload bytea, payload_size bigint, payload_sha256 bytea, key bytea,
  "timestamp" timestamptz, epoch bigint NOT NULL, rejected_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT weir_rejects_once UNIQUE (pipeline, source, split, "offset", sink, part));
COMMENT ON TABLE {0}weir_checkpoint IS '{1}';
)";

// Version 1 knew no rows made of rows.
constexpr const char* upgrade_from_1 = R"(
ALTER TABLE {0}weir_ledger ADD COLUMN expanded bigint NOT NULL DEFAULT 0,
  DROP CONSTRAINT weir_ledger_balances, DROP CONSTRAINT weir_ledger_counts,
  ADD CONSTRAINT weir_ledger_balances CHECK (read + expanded = written + duplicates + filtered + absorbed + late + rejected),
  ADD CONSTRAINT weir_ledger_counts CHECK (least(read, expanded, written, duplicates, filtered, absorbed, late) >= 0
    AND (rejected >= 0 OR read = 0 OR owner = ''));
ALTER TABLE {0}weir_rejects ADD COLUMN part text NOT NULL DEFAULT '',
  DROP CONSTRAINT weir_rejects_pipeline_source_split_offset_sink_key,
  ADD CONSTRAINT weir_rejects_once UNIQUE (pipeline, source, split, "offset", sink, part);
COMMENT ON TABLE {0}weir_checkpoint IS '{1}';
)";

constexpr const char* advance_statement = R"(
UPDATE {0}weir_checkpoint SET position = $1, epoch = $2, plan = $3, updated_at = now()
WHERE pipeline = $4 AND source = $5 AND split = $6 AND position = $7 AND owner = $8)";

constexpr const char* book_statement = R"(
INSERT INTO {0}weir_ledger (pipeline, source, sink, owner, writer, first_epoch, last_epoch, read, expanded, written, duplicates,
                            filtered, absorbed, late, rejected)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14))";

constexpr const char* reject_statement = R"(
INSERT INTO {0}weir_rejects (pipeline, source, split, "offset", sink, part, reason, message, payload, payload_size, payload_sha256,
                             key, "timestamp", epoch)
SELECT $1, r.source, r.split, r."offset", r.sink, r.part, r.reason, r.message, r.payload, length(r.payload), sha256(r.payload), r.key, r."timestamp", $12::bigint
FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bytea[], $11::timestamptz[])
  AS r (source, split, "offset", sink, part, reason, message, payload, key, "timestamp")
ON CONFLICT (pipeline, source, split, "offset", sink, part) DO UPDATE SET
  reason = excluded.reason, message = excluded.message, payload = excluded.payload, payload_size = excluded.payload_size,
  payload_sha256 = excluded.payload_sha256, epoch = excluded.epoch, rejected_at = excluded.rejected_at)";

// The sums of finished epochs stay; who wrote them and when exactly is forgotten. Lines of owners that are
// gone are folded after an hour.
constexpr const char* fold_statement = R"(
WITH old AS (
  DELETE FROM {0}weir_ledger
  WHERE pipeline = $1 AND owner <> ''
    AND (owner = $2 AND writer = $3 AND last_epoch < $4 OR owner <> $2 AND committed_at < now() - interval '1 hour')
  RETURNING *)
INSERT INTO {0}weir_ledger AS t (pipeline, source, sink, owner, writer, first_epoch, last_epoch, epochs, read, expanded, written,
                                 duplicates, filtered, absorbed, late, rejected, committed_at)
SELECT pipeline, source, sink, '', 0, 0, 0, sum(epochs), sum(read), sum(expanded), sum(written), sum(duplicates), sum(filtered), sum(absorbed),
       sum(late), sum(rejected), date_trunc('hour', committed_at, 'UTC') AS hour
FROM old GROUP BY pipeline, source, sink, hour ORDER BY pipeline, source, sink, hour
ON CONFLICT (pipeline, owner, writer, first_epoch, source, sink, committed_at) DO UPDATE SET
  epochs = t.epochs + excluded.epochs, read = t.read + excluded.read, expanded = t.expanded + excluded.expanded, written = t.written + excluded.written,
  duplicates = t.duplicates + excluded.duplicates, filtered = t.filtered + excluded.filtered,
  absorbed = t.absorbed + excluded.absorbed, late = t.late + excluded.late, rejected = t.rejected + excluded.rejected)";

}  // namespace

WeirTables::WeirTables(const std::string& schema)
    : schema_(schema), prefix_(schema.empty() ? "" : quote_name(schema) + ".") {
  advance = fmt::format(advance_statement, prefix_);
  book = fmt::format(book_statement, prefix_);
  reject = fmt::format(reject_statement, prefix_);
  settle = fmt::format("DELETE FROM {}weir_rejects WHERE pipeline = $1 AND id = $2", prefix_);
  fold = fmt::format(fold_statement, prefix_);
}

std::string WeirTables::lock() const {
  return "SELECT pg_advisory_xact_lock(hashtextextended('weir tables', 0))";
}

Status WeirTables::create(PostgresClient& client) const {
  if (!schema_.empty()) {
    WEIR_ASSIGN(const PostgresResult found,
                client.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", {schema_}));
    if (row_count(found) == 0) WEIR_TRY(client.query("CREATE SCHEMA " + quote_name(schema_)));
  }
  // Looking first keeps a role without CREATE working once the tables are there.
  WEIR_ASSIGN(const PostgresResult mark,
              client.query("SELECT obj_description(to_regclass($1)), to_regclass($2) IS NOT NULL",
                           {name("weir_checkpoint"), name("weir_rejects")}));
  const std::string found = text_at(mark, 0, 0);
  if (found.empty() || !truth_at(mark, 0, 1))
    return client.query(fmt::format(definitions, prefix_, version_mark)).status();
  if (found == version_mark) return {};
  if (found == version_1_mark) return client.query(fmt::format(upgrade_from_1, prefix_, version_mark)).status();
  return Error{ErrorKind::user,
               fmt::format("the weir_ tables were made by another version of Weir ({}), this one knows {}",
                           found, version_mark)}.as("W0807");
}

}  // namespace weir
