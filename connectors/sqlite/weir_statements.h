// weir_statements.h — the weir_ tables of an SQLite file and the statements on them.
#pragma once

namespace weir::sqlite_tables {

// Times are microseconds or milliseconds where they are compared, and text where people read them. A replay
// of rejects books rejected < 0: it moves rows that were read before.
inline constexpr const char* definitions = R"(
CREATE TABLE IF NOT EXISTS weir_checkpoint (
  pipeline TEXT NOT NULL, source TEXT NOT NULL, split TEXT NOT NULL, position TEXT NOT NULL, epoch INTEGER NOT NULL DEFAULT 0,
  owner TEXT NOT NULL DEFAULT '', plan TEXT NOT NULL DEFAULT '', updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')),
  PRIMARY KEY (pipeline, source, split)) STRICT;
CREATE TABLE IF NOT EXISTS weir_member (
  pipeline TEXT NOT NULL, owner TEXT NOT NULL, expires_at INTEGER NOT NULL,
  PRIMARY KEY (pipeline, owner)) STRICT;
CREATE TABLE IF NOT EXISTS weir_state (
  pipeline TEXT NOT NULL, name TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, epoch INTEGER NOT NULL,
  PRIMARY KEY (pipeline, name, key)) STRICT;
CREATE TABLE IF NOT EXISTS weir_ledger (
  pipeline TEXT NOT NULL, source TEXT NOT NULL, sink TEXT NOT NULL,
  owner TEXT NOT NULL, first_epoch INTEGER NOT NULL, last_epoch INTEGER NOT NULL, epochs INTEGER NOT NULL DEFAULT 1,
  read INTEGER NOT NULL, expanded INTEGER NOT NULL DEFAULT 0, written INTEGER NOT NULL, duplicates INTEGER NOT NULL, filtered INTEGER NOT NULL,
  absorbed INTEGER NOT NULL, late INTEGER NOT NULL, rejected INTEGER NOT NULL,
  committed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')),
  PRIMARY KEY (pipeline, owner, first_epoch, source, sink, committed_at),
  CONSTRAINT weir_ledger_balances CHECK (read + expanded = written + duplicates + filtered + absorbed + late + rejected),
  CONSTRAINT weir_ledger_counts CHECK (min(read, expanded, written, duplicates, filtered, absorbed, late) >= 0
    AND (rejected >= 0 OR read = 0 OR owner = ''))) STRICT;
CREATE TABLE IF NOT EXISTS weir_rejects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pipeline TEXT NOT NULL, source TEXT NOT NULL, split TEXT NOT NULL, "offset" INTEGER NOT NULL, sink TEXT NOT NULL,
  part TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL, message TEXT NOT NULL, payload BLOB, payload_size INTEGER, key BLOB,
  "timestamp" INTEGER, epoch INTEGER NOT NULL, rejected_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')),
  UNIQUE (pipeline, source, split, "offset", sink, part)) STRICT;
)";

// Version 1 knew no rows made of rows. Around the definitions above: SQLite cannot change a CHECK.
inline constexpr const char* put_version_1_aside = R"(
ALTER TABLE weir_ledger RENAME TO weir_ledger_1; ALTER TABLE weir_rejects RENAME TO weir_rejects_1;
)";
inline constexpr const char* take_version_1_over = R"(
INSERT INTO weir_ledger (pipeline, source, sink, owner, first_epoch, last_epoch, epochs, read, written, duplicates, filtered, absorbed, late,
                         rejected, committed_at)
SELECT pipeline, source, sink, owner, first_epoch, last_epoch, epochs, read, written, duplicates, filtered, absorbed, late, rejected,
       committed_at FROM weir_ledger_1;
INSERT INTO weir_rejects (id, pipeline, source, split, "offset", sink, reason, message, payload, payload_size, key, "timestamp", epoch,
                          rejected_at)
SELECT id, pipeline, source, split, "offset", sink, reason, message, payload, payload_size, key, "timestamp", epoch, rejected_at
FROM weir_rejects_1;
DROP TABLE weir_ledger_1; DROP TABLE weir_rejects_1;
)";
inline constexpr int version = 2;  // PRAGMA user_version of a file with these tables

// Parameters in order: position, epoch, plan, pipeline, source, split, from, owner.
inline constexpr const char* advance = R"(
UPDATE weir_checkpoint SET position = ?, epoch = ?, plan = ?, updated_at = strftime('%Y-%m-%d %H:%M:%fZ')
WHERE pipeline = ? AND source = ? AND split = ? AND position = ? AND owner = ?)";

// pipeline, source, sink, owner, first epoch, last epoch, then the counts.
inline constexpr const char* book = R"(
INSERT INTO weir_ledger (pipeline, source, sink, owner, first_epoch, last_epoch, read, expanded, written, duplicates, filtered,
                         absorbed, late, rejected)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";

// pipeline, source, split, offset, sink, part, reason, message, payload, payload size, key, timestamp, epoch.
inline constexpr const char* reject = R"(
INSERT INTO weir_rejects (pipeline, source, split, "offset", sink, part, reason, message, payload, payload_size, key, "timestamp",
                          epoch)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (pipeline, source, split, "offset", sink, part) DO UPDATE SET
  reason = excluded.reason, message = excluded.message, payload = excluded.payload, payload_size = excluded.payload_size,
  epoch = excluded.epoch, rejected_at = excluded.rejected_at)";

// pipeline, id.
inline constexpr const char* settle = "DELETE FROM weir_rejects WHERE pipeline = ? AND id = ?";

// Both with pipeline, owner, first epoch to keep: lines of finished epochs become one per source, sink and
// hour, then they go. Lines of owners that are gone follow after an hour.
inline constexpr const char* fold = R"(
INSERT INTO weir_ledger AS t (pipeline, source, sink, owner, first_epoch, last_epoch, epochs, read, expanded, written, duplicates, filtered,
                              absorbed, late, rejected, committed_at)
SELECT pipeline, source, sink, '', 0, 0, sum(epochs), sum(read), sum(expanded), sum(written), sum(duplicates), sum(filtered), sum(absorbed),
       sum(late), sum(rejected), substr(committed_at, 1, 13) || ':00:00.000Z' AS hour
FROM weir_ledger
WHERE pipeline = ?1 AND owner <> ''
  AND ((owner = ?2 AND last_epoch < ?3) OR (owner <> ?2 AND committed_at < strftime('%Y-%m-%d %H:%M:%fZ', 'now', '-1 hour')))
GROUP BY pipeline, source, sink, hour
ON CONFLICT (pipeline, owner, first_epoch, source, sink, committed_at) DO UPDATE SET
  epochs = t.epochs + excluded.epochs, read = t.read + excluded.read, expanded = t.expanded + excluded.expanded, written = t.written + excluded.written,
  duplicates = t.duplicates + excluded.duplicates, filtered = t.filtered + excluded.filtered,
  absorbed = t.absorbed + excluded.absorbed, late = t.late + excluded.late, rejected = t.rejected + excluded.rejected)";
inline constexpr const char* forget_folded = R"(
DELETE FROM weir_ledger
WHERE pipeline = ?1 AND owner <> ''
  AND ((owner = ?2 AND last_epoch < ?3) OR (owner <> ?2 AND committed_at < strftime('%Y-%m-%d %H:%M:%fZ', 'now', '-1 hour'))))";

}  // namespace weir::sqlite_tables
