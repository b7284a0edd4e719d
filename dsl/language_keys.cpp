// language_keys.cpp — the one table of the language's own keys.
#include "dsl/language_keys.h"

#include <algorithm>
#include <map>

#include "engine/plan/report.h"

namespace weir {
namespace {

using Keys = std::vector<LanguageKey>;
using K = KeyKind;

const LanguageKey description{"description", K::text, "What it is for, in words; nothing is done with it"};

Keys of_pipeline() {
  return {
      {.name = "name", .kind = K::name, .summary = "The pipeline's name: positions, state and the ledger are stored under it", .is_required = true},
      description,
      {.name = "connections", .kind = K::section, .summary = "Databases, by name", .blocks = {Block::connection}},
      {.name = "sources", .kind = K::section, .summary = "Where rows come from, with their columns", .blocks = {Block::source}, .is_required = true},
      {.name = "tables", .kind = K::section, .summary = "Lookup tables: reference data that joins look into", .blocks = {Block::table}},
      {.name = "transforms", .kind = K::section, .summary = "Streams with names: an input, and steps", .blocks = {Block::stream}},
      {.name = "sinks", .kind = K::section, .summary = "Where rows go, in the order in which they are written", .blocks = {Block::sink}, .is_required = true},
      {.name = "functions", .kind = K::section, .summary = "Functions of the pipeline's own, in Python", .blocks = {Block::function}},
      {.name = "plugins", .kind = K::paths, .summary = "Shared objects with functions, from the folder of the file"},
      {.name = "settings", .kind = K::settings, .summary = "What functions ask for by name, such as geo_database"},
      {.name = "emit", .kind = K::emit, .summary = "When rows of groups are written, for sinks that say nothing else", .default_value = "changes"},
      {.name = "state", .kind = K::path, .summary = "The SQLite file that keeps the books where no sink is a table", .default_value = "NAME.state.db"},
      {.name = "state_memory", .kind = K::size, .summary = "How much memory groups and keys may take; the rest goes to the local disk",
       .default_value = "half of what the process may use"},
      {.name = "state_directory", .kind = K::path, .summary = "Where state goes that does not fit into memory", .default_value = "the folder of temporary files"},
      {.name = "include", .kind = K::paths, .summary = "Other files, YAML or SQL, whose sections belong to this one: paths from the folder of this file"},
      {.name = "reports", .kind = K::section, .summary = "Questions to the tables of sinks: SQL, and a chart of what it gives; asked by weir report", .blocks = {Block::report}},
      {.name = "tests", .kind = K::blocks, .summary = "Rows that come in and what happens meanwhile, and the tables they must give: run by weir test", .blocks = {Block::test}},
  };
}

Keys of_function() {
  return {
      {.name = "language", .kind = K::words, .summary = "What it is written in", .words = {"python"}, .is_required = true},
      {.name = "code", .kind = K::text, .summary = "The whole text of the script; either this or file"},
      {.name = "file", .kind = K::path, .summary = "The script's file, from the folder of the pipeline file; either this or code"},
      {.name = "entry", .kind = K::name, .summary = "Which function of the script is called", .default_value = "the name of the function"},
      {.name = "parameters", .kind = K::types, .summary = "NAME: TYPE, in their order"},
      {.name = "returns", .kind = K::type, .summary = "The type of the result", .is_required = true},
      {.name = "timeout", .kind = K::span, .summary = "How long a batch of rows may take", .default_value = "10 s"},
  };
}

Keys of_connection() {
  return {{.name = "type", .kind = K::connector, .summary = "Which database it is, where the scheme of dsn does not say it"}};
}

Keys of_source() {
  return {
      {.name = "type", .kind = K::connector, .summary = "What the rows are read from", .is_required = true},
      {.name = "format", .kind = K::format, .summary = "How a record is written", .is_required = true},
      {.name = "columns", .kind = K::declared, .summary = "NAME: TYPE [not null] [from FIELD] [metadata from NAME] [check (CONDITION)]", .is_required = true},
      {.name = "computed", .kind = K::computed, .summary = "Columns over the others, NAME: EXPRESSION"},
      {.name = "watermark", .kind = K::expression, .summary = "Which column says when a row happened, and how far out of order rows come: ts - INTERVAL 1 HOUR",
       .blocks = {Block::watermark}},
      {.name = "late", .kind = K::words, .summary = "What becomes of rows later than the watermark allows", .default_value = "keep", .words = {"keep", "drop", "correct"},
       .blocks = {Block::late}},
      {.name = "idle_after", .kind = K::span, .summary = "A split that has no more rows holds no window open after this", .default_value = "60 s"},
      {.name = "max_future", .kind = K::span, .summary = "Rows whose time is further ahead of the clock are rejected", .default_value = "5 min", .words = {"never"}},
      {.name = "close_when_quiet", .kind = K::span, .summary = "Windows close without a later row when none came for so long", .default_value = "never", .words = {"never"}},
      {.name = "on_error", .kind = K::words, .summary = "What becomes of a row that cannot be read or computed", .default_value = "reject", .words = {"reject", "fail", "null"},
       .blocks = {Block::on_error}},
      description,
  };
}

Keys of_watermark() {
  return {{.name = "column", .kind = K::column, .summary = "The timestamp that says when a row happened", .is_required = true},
          {.name = "delay", .kind = K::span, .summary = "How far out of order rows may come", .default_value = "0 s"}};
}

Keys of_late() { return {{.name = "correct", .kind = K::span, .summary = "How far behind the watermark a row still corrects results"}}; }

Keys of_on_error() {
  return {{.name = "to", .kind = K::words, .summary = "Where rejected rows go: the table weir_rejects beside the sinks", .default_value = "rejects", .words = {"rejects"}},
          {.name = "stop_above", .kind = K::share, .summary = "The run stops when more than this share of an epoch is rejected", .default_value = "never"}};
}

Keys of_table() {
  return {
      {.name = "type", .kind = K::connector, .summary = "What it is read from; either this or connection"},
      {.name = "connection", .kind = K::connection, .summary = "The database it is read from; either this or type"},
      {.name = "columns", .kind = K::declared, .summary = "NAME: TYPE [not null] [from FIELD]", .is_required = true},
      {.name = "key", .kind = K::columns, .summary = "The columns that joins look rows up by; each key is there once"},
      {.name = "refresh", .kind = K::span, .summary = "How often it is read again", .default_value = "never"},
      description,
  };
}

Keys of_stream() {
  return {
      {.name = "input", .kind = K::relation, .summary = "The source or stream that is read; a list of them: the rows of all"},
      {.name = "inputs", .kind = K::relations, .summary = "Several sources or streams: the rows of all of them"},
      {.name = "steps", .kind = K::blocks, .summary = "What is done with the rows, one after the other", .blocks = {Block::step}},
      description,
  };
}

Keys of_step() {
  return {
      {.name = "where", .kind = K::expression, .summary = "Keeps the rows for which the condition is true"},
      {.name = "select", .kind = K::named, .summary = "These columns only: NAME: EXPRESSION, or a list of columns to keep"},
      {.name = "extend", .kind = K::computed, .summary = "All columns and these, NAME: EXPRESSION; one of the same name is replaced, a later one may use an earlier one"},
      {.name = "drop", .kind = K::columns, .summary = "All columns but these"},
      {.name = "rename", .kind = K::renaming, .summary = "The same columns, some under other names: OLD: NEW"},
      {.name = "explode", .kind = K::expression, .summary = "A row for each element of an array, entry of a map, or row of a table function", .blocks = {Block::explode}},
      {.name = "dedup", .kind = K::block, .summary = "The first of the rows that are the same", .blocks = {Block::dedup}},
      {.name = "join", .kind = K::block, .summary = "Each row beside the row of a lookup table, or the rows of another stream, that have its key",
       .blocks = {Block::table_join, Block::stream_join}},
      {.name = "aggregate", .kind = K::block, .summary = "One row for each group, and for each window of time", .blocks = {Block::aggregate}},
      {.name = "union", .kind = K::relations, .summary = "Also the rows of other streams, whose columns have the same names and types"},
      {.name = "limit", .kind = K::text, .summary = "The first rows only, to look at: the last step of a sink that is no table"},
      {.name = "emit", .kind = K::emit, .summary = "When rows are written", .is_later = true},
      {.name = "watermark", .kind = K::expression, .summary = "Event time of a stream", .is_later = true},
  };
}

Keys of_explode() {
  return {{.name = "of", .kind = K::expression, .summary = "An array, a map, or a call of a table function", .is_required = true},
          {.name = "as", .kind = K::columns, .summary = "Names for the columns that are made"},
          {.name = "position", .kind = K::name, .summary = "A column for the number of each row made, from 0"},
          {.name = "keep_empty", .kind = K::truth, .summary = "A row of which nothing is made gives one with NULLs", .default_value = "false"}};
}

Keys of_dedup() {
  return {{.name = "key", .kind = K::named, .summary = "What tells rows apart: columns, or NAME: EXPRESSION", .is_required = true},
          {.name = "within", .kind = K::span, .summary = "How far apart, by event time, rows may be and still be the same", .default_value = "however far"}};
}

Keys of_aggregate() {
  return {{.name = "window", .kind = K::expression, .summary = "tumble(ts, size), hop(ts, slide, size), cumulate(ts, step, size) or session(ts, gap)"},
          {.name = "by", .kind = K::named, .summary = "What rows are grouped by: columns, or NAME: EXPRESSION"},
          {.name = "select", .kind = K::named, .summary = "NAME: EXPRESSION with aggregates in it, such as sum(amount)"}};
}

const LanguageKey type_of_join{.name = "type", .kind = K::words, .summary = "inner leaves rows without a match out, left gives them NULLs", .default_value = "inner",
                               .words = {"inner", "left"}};

Keys of_table_join() {
  return {{.name = "table", .kind = K::lookup, .summary = "The lookup table", .is_required = true},
          {.name = "keys", .kind = K::named, .summary = "COLUMN OF THE TABLE: EXPRESSION; left out: columns of the same names"},
          type_of_join,
          {.name = "select", .kind = K::named, .summary = "Columns of the table, or NAME: EXPRESSION over the row and TABLE.COLUMN", .default_value = "all but the key"}};
}

Keys of_stream_join() {
  return {{.name = "stream", .kind = K::relation, .summary = "The other source or stream", .is_required = true},
          {.name = "as", .kind = K::name, .summary = "What its columns are called by: AS.COLUMN", .default_value = "its own name"},
          {.name = "keys", .kind = K::named, .summary = "COLUMN OF THE OTHER STREAM: EXPRESSION", .is_required = true},
          {.name = "within", .kind = K::span, .summary = "How far apart, by event time, the two rows may be; either this or between"},
          {.name = "between", .kind = K::spans, .summary = "From how far before the row to how far after it: [-10 minutes, 4 hours]"},
          type_of_join,
          {.name = "where", .kind = K::expression, .summary = "What else must hold of a pair"},
          {.name = "select", .kind = K::named, .summary = "Columns of the other stream, or NAME: EXPRESSION over the row and STREAM.COLUMN", .default_value = "all but the keys"}};
}

Keys of_sink() {
  return {
      {.name = "input", .kind = K::relation, .summary = "The source or stream that is written; a list of them: the rows of all"},
      {.name = "inputs", .kind = K::relations, .summary = "Several sources or streams: the rows of all of them"},
      {.name = "steps", .kind = K::blocks, .summary = "What is done with the rows first, one step after the other", .blocks = {Block::step}},
      {.name = "where", .kind = K::expression, .summary = "Keeps the rows for which the condition is true; behind the steps"},
      {.name = "select", .kind = K::named, .summary = "The columns that are written; behind steps and where"},
      {.name = "type", .kind = K::connector, .summary = "What it is if not a table of a connection: console, or a database with its dsn here"},
      {.name = "connection", .kind = K::connection, .summary = "The database of its table", .default_value = "the only one there is"},
      {.name = "table", .kind = K::name, .summary = "Its table, made if it is not there; SCHEMA.TABLE too", .default_value = "the name of the sink"},
      {.name = "key", .kind = K::columns, .summary = "The columns of which no two rows have the same values"},
      {.name = "on_conflict", .kind = K::conflict, .summary = "What becomes of a row whose key is there: ignore, update, update newer by COLUMN, or error",
       .default_value = "ignore", .words = {"ignore", "update", "error"}},
      {.name = "references", .kind = K::blocks, .summary = "Foreign keys of its table", .blocks = {Block::reference}},
      {.name = "fill", .kind = K::block, .summary = "Rows that init-db puts into the table, one for each day or step of a range", .blocks = {Block::fill}},
      {.name = "emit", .kind = K::emit, .summary = "When rows of groups are written", .default_value = "changes"},
      description,
  };
}

Keys of_reference() {
  return {{.name = "columns", .kind = K::columns, .summary = "Columns of this table", .is_required = true},
          {.name = "table", .kind = K::name, .summary = "The table they refer to", .is_required = true},
          {.name = "references", .kind = K::columns, .summary = "Columns of that table", .default_value = "its key"}};
}

Keys of_fill() {
  return {{.name = "column", .kind = K::column, .summary = "The column that runs through the range", .is_required = true},
          {.name = "from", .kind = K::text, .summary = "Its first value", .is_required = true},
          {.name = "to", .kind = K::text, .summary = "Its last value", .is_required = true}};
}

Keys of_report() {
  return {{.name = "sql", .kind = K::text, .summary = "One statement that reads, in the words of the database; :NAME stands for a parameter", .is_required = true},
          {.name = "chart", .kind = K::words, .summary = "How the result is drawn", .default_value = "table", .words = chart_names()},
          {.name = "x", .kind = K::name, .summary = "The column of the result that a chart goes along", .default_value = "the first one"},
          {.name = "y", .kind = K::names, .summary = "The columns of the result that are drawn", .default_value = "the numbers behind x"},
          {.name = "connection", .kind = K::connection, .summary = "The database that is asked", .default_value = "that of the tables"},
          {.name = "title", .kind = K::text, .summary = "What stands above it", .default_value = "the name of the report"},
          {.name = "description", .kind = K::text, .summary = "What it shows, in words"},
          {.name = "parameters", .kind = K::settings, .summary = "NAME: DEFAULT, for :NAME in the SQL; weir report --set NAME=VALUE gives another value"}};
}

Keys of_test() {
  return {{.name = "name", .kind = K::text, .summary = "What it shows", .is_required = true},
          description,
          {.name = "start", .kind = K::text, .summary = "What the clock says in the beginning; a day: times such as 10:01 are of it, and the clock begins at its end", .default_value = "2024-01-01"},
          {.name = "given", .kind = K::rows, .summary = "Rows of lookup tables: TABLE: [{COLUMN: VALUE}]; other tables are read as ever"},
          {.name = "steps", .kind = K::blocks, .summary = "What comes in and what happens, one after the other: SOURCE: [{COLUMN: VALUE}], or one of the words below", .blocks = {Block::test_step}},
          {.name = "expect", .kind = K::rows, .summary = "All rows of sinks, rejects, and counts of the ledger, when the pipeline has ended"}};
}

Keys of_test_step() {
  return {{.name = "advance", .kind = K::span, .summary = "The clock goes on"},
          {.name = "idle", .kind = K::relation, .summary = "The broker has no more in this source, or in one partition: SOURCE[0]"},
          {.name = "crash", .kind = K::words, .summary = "The process dies at the next commit, and another takes its place", .words = {"before_commit", "after_commit"}},
          {.name = "restart", .kind = K::truth, .summary = "The process ends and another takes its place"},
          {.name = "expect", .kind = K::rows, .summary = "What stands at this moment"}};
}

Keys made(Block block) {
  switch (block) {
    case Block::pipeline: return of_pipeline();
    case Block::function: return of_function();
    case Block::connection: return of_connection();
    case Block::source: return of_source();
    case Block::watermark: return of_watermark();
    case Block::late: return of_late();
    case Block::on_error: return of_on_error();
    case Block::table: return of_table();
    case Block::stream: return of_stream();
    case Block::step: return of_step();
    case Block::explode: return of_explode();
    case Block::dedup: return of_dedup();
    case Block::aggregate: return of_aggregate();
    case Block::table_join: return of_table_join();
    case Block::stream_join: return of_stream_join();
    case Block::sink: return of_sink();
    case Block::reference: return of_reference();
    case Block::fill: return of_fill();
    case Block::report: return of_report();
    case Block::test: return of_test();
    case Block::test_step: return of_test_step();
  }
  return {};
}

std::vector<std::string> names(Block block, bool is_later) {
  std::vector<std::string> result;
  for (const LanguageKey& key : keys_of(block)) {
    if (key.is_later == is_later) result.push_back(key.name);
  }
  return result;
}

}  // namespace

const std::vector<LanguageKey>& keys_of(Block block) {
  static const std::map<Block, Keys> tables = [] {
    std::map<Block, Keys> all;
    for (const Block one : all_blocks) all.emplace(one, made(one));
    return all;
  }();
  return tables.at(block);
}

const LanguageKey* find_key(Block block, const std::string& name) {
  const Keys& keys = keys_of(block);
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const LanguageKey& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(Block block) { return names(block, false); }

std::vector<std::string> later_names_of(Block block) { return names(block, true); }

const std::vector<std::string>& table_keys_of_sinks() {
  static const std::vector<std::string> keys = {"connection", "table", "on_conflict", "references", "fill"};
  return keys;
}

}  // namespace weir
