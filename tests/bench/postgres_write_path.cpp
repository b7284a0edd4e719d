// postgres_write_path.cpp — measures the ways by which keyed rows get into Postgres and out of it
// (docs/decisions/postgres_write_path.md).
//   postgres_write_path DSN [writes|removals|both [ROWS [ROUNDS]]]   prints one line per way and batch size: rows per
//   second, and the program's own CPU time
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <numeric>
#include <random>

#include "connectors/postgres/binary_encoder.h"
#include "connectors/postgres/copy_rows.h"
#include "connectors/postgres/statement_pipeline.h"
#include "connectors/postgres/table_sql.h"
#include "connectors/postgres/table_writer.h"

namespace weir {
namespace {

using Seconds = std::chrono::duration<double>;

template <typename T>
T need(Result<T> result) {
  if (result.ok()) return std::move(result).value();
  fmt::print(stderr, "{}\n", result.error().message());
  std::exit(1);
}
void need(Status status) {
  if (status.ok()) return;
  fmt::print(stderr, "{}\n", status.error().message());
  std::exit(1);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Eight texts, a number, a time and a json document beside a key of 64 hex digits: about 350 bytes, as a fact
// row of product_view.
SinkTable fact_table() {
  SinkTable table;
  table.sink = table.table = "write_path_fact";
  table.schema.fields.push_back({"sales_key", string_type, false});
  for (const char* name :
       {"full_date", "full_time", "ip_key", "user_agent_key", "product_key", "referrer", "email", "device"}) {
    table.schema.fields.push_back({name, string_type, true});
  }
  table.schema.fields.push_back({"store", int64_type, true});
  table.schema.fields.push_back({"viewed_at", timestamp_type, true});
  table.schema.fields.push_back({"option", json_type, true});
  table.key = {0};
  return table;
}

std::string hex_of(std::uint64_t seed) {
  std::string text;
  for (int i = 0; i < 4; ++i) {
    seed = (seed ^ (seed >> 31)) * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(i);
    text += fmt::format("{:016x}", seed ^ (seed >> 29));
  }
  return text;
}

/// A batch in key order, with the memory behind it.
struct RowBatch {
  EncodedRows encoded;
  std::vector<RowReference> rows;
};

std::vector<Column> make_columns(const SinkTable& table, std::uint64_t first, std::size_t count,
                                 Arena& arena) {
  std::vector<ColumnWriter> writers;
  for (const Field& field : table.schema.fields)
    writers.emplace_back(field.type, static_cast<std::uint32_t>(count), arena);
  for (std::uint32_t r = 0; r < count; ++r) {
    const std::uint64_t number = first + r;
    writers[0].set_text(r, hex_of(number));
    if (writers.size() == 1) continue;  // a removal
    writers[1].set_text(r, "2024-11-01");
    writers[2].set_text(r, "12:34:56");
    writers[3].set_text(r, hex_of(number % 5000));
    writers[4].set_text(r, hex_of(number % 300));
    writers[5].set_text(r, fmt::format("{}", 100'000 + number % 2000));
    writers[6].set_text(r, "shop.example.com");
    writers[7].set_text(r, fmt::format("somebody{}@example.com", number % 9000));
    writers[8].set_text(r, hex_of(number % 9000).substr(0, 32));
    writers[9].set(r, static_cast<std::int64_t>(number % 90));
    writers[10].set(r, static_cast<std::int64_t>(1'700'000'000'000'000 + number));
    writers[11].set_text(
        r, R"([{"option_label":"alloy","option_id":"332084","value_label":"","value_id":"3279318"}])");
  }
  std::vector<Column> columns;
  for (ColumnWriter& writer : writers) columns.push_back(writer.finish());
  return columns;
}

RowBatch make_batch(const SinkTable& table, std::uint64_t first, std::size_t count) {
  Arena arena;
  const std::vector<Column> columns = make_columns(table, first, count, arena);
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  RowBatch batch;
  const auto encoder = make_postgres_encoder(table, {});
  encoder->encode_keys(columns, numbers, numbers, batch.encoded);
  encoder->encode_values(columns, numbers, batch.encoded);
  return batch;
}

void sort_rows(RowBatch& batch) {
  for (std::uint32_t i = 0; i < batch.encoded.rows.size(); ++i) batch.rows.push_back({&batch.encoded, i, 0});
  std::sort(batch.rows.begin(), batch.rows.end(), [](const RowReference& a, const RowReference& b) {
    return a.rows->key_of(a.rows->rows[a.index]) < b.rows->key_of(b.rows->rows[b.index]);
  });
}

std::uint32_t big_endian_at(const char* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof(value));
  return __builtin_bswap32(value);
}
void append_big_endian(std::uint32_t value, std::string& out) {
  value = __builtin_bswap32(value);
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// One binary array per column, gathered from the encoded rows.
std::vector<std::string> arrays_of(const SinkTable& table, Rows rows) {
  std::vector<std::string> arrays;
  for (const Field& field : table.schema.fields) {
    const std::uint32_t oid = field.type == int64_type       ? 20
                              : field.type == timestamp_type ? 1184
                              : field.type == json_type      ? 3802
                                                             : 25;
    std::string array;
    for (const std::uint32_t word : {1u, 1u, oid, static_cast<std::uint32_t>(rows.size()), 1u})
      append_big_endian(word, array);
    arrays.push_back(std::move(array));
  }
  for (const RowReference& reference : rows) {
    const EncodedRow& row = reference.rows->rows[reference.index];
    const char* at = reference.rows->bytes.data() + row.offset + 2;
    for (std::string& array : arrays) {
      const std::uint32_t size = big_endian_at(at);
      const std::size_t bytes = 4 + (size == ~0u ? 0 : size);
      array.append(at, bytes);
      at += bytes;
    }
  }
  return arrays;
}

std::string unnest_sql(const SinkTable& table) {
  std::string columns, arrays;
  for (std::size_t i = 0; i < table.schema.fields.size(); ++i) {
    const Field& field = table.schema.fields[i];
    const char* type = field.type == int64_type       ? "bigint"
                       : field.type == timestamp_type ? "timestamptz"
                       : field.type == json_type      ? "jsonb"
                                                      : "text";
    columns += fmt::format("{}{}", i == 0 ? "" : ", ", quote_name(field.name));
    arrays += fmt::format("{}${}::{}[]", i == 0 ? "" : ", ", i + 1, type);
  }
  return fmt::format("INSERT INTO {} ({}) SELECT * FROM unnest({}) ON CONFLICT (\"sales_key\") DO NOTHING",
                     quote_table(table.table), columns, arrays);
}

/// One way of writing a batch, in a transaction of its own.
struct Way {
  const char* name;
  std::function<void(PostgresClient&, const PostgresTableSql&, Rows)> write;
  std::size_t largest = ~std::size_t{0};
};

void run_pipeline(StatementPipeline& pipeline) {
  const PipelineReport report = need(pipeline.run());
  if (report.error) need(Status(*report.error));
}

std::vector<Way> ways(const SinkTable& table) {
  const std::string unnest = unnest_sql(table);
  return {
      {"COPY into the table, no savepoint",
       [](PostgresClient& client, const PostgresTableSql& sql, Rows rows) {
         need(copy_rows(client, "BEGIN; " + sql.copy_table + "; COMMIT", rows));
       }},
      {"COPY into the table in a savepoint",
       [](PostgresClient& client, const PostgresTableSql& sql, Rows rows) {
         if (need(copy_straight(client, "BEGIN; ", sql, rows))) {
           need(client.query("COMMIT"));
           return;
         }
         need(write_through_stage(client, "", sql, rows));
         need(client.query("COMMIT"));
       }},
      {"COPY to staging, INSERT … SELECT",
       [](PostgresClient& client, const PostgresTableSql& sql, Rows rows) {
         need(write_through_stage(client, "BEGIN; ", sql, rows));
         need(client.query("COMMIT"));
       }},
      {"the same with ORDER BY key",
       [](PostgresClient& client, const PostgresTableSql& sql, Rows rows) {
         PostgresTableSql ordered = sql;
         ordered.apply_stage.insert(ordered.apply_stage.find(" ON CONFLICT"),
                                     " ORDER BY \"sales_key\" COLLATE \"C\"");
         need(write_through_stage(client, "BEGIN; ", ordered, rows));
         need(client.query("COMMIT"));
       }},
      {"UNNEST of binary arrays, prepared",
       [table, unnest](PostgresClient& client, const PostgresTableSql&, Rows rows) {
         const std::vector<std::string> arrays = arrays_of(table, rows);
         std::vector<PostgresParameter> parameters;
         for (const std::string& array : arrays)
           parameters.push_back({array.data(), static_cast<int>(array.size()), true});
         StatementPipeline pipeline(client);
         need(pipeline.add("BEGIN"));
         need(pipeline.add(unnest, parameters));
         need(pipeline.add("COMMIT"));
         run_pipeline(pipeline);
       }},
      {"single INSERTs, pipelined",
       [](PostgresClient& client, const PostgresTableSql& sql, Rows rows) {
         StatementPipeline pipeline(client);
         need(pipeline.add("BEGIN"));
         need(queue_rows(pipeline, sql, rows));
         need(pipeline.add("COMMIT"));
         run_pipeline(pipeline);
       },
       20'000},
  };
}

/// Seconds and CPU seconds of one run over `batches`.
struct Figure {
  double seconds;
  double cpu;
};

Figure measure(PostgresClient& client, const SinkTable& table, const PostgresTableSql& sql, const Way& way,
               const std::vector<RowBatch>& batches) {
  need(client.query("TRUNCATE " + quote_table(table.table) + "; CHECKPOINT"));
  const double cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  for (const RowBatch& batch : batches) way.write(client, sql, batch.rows);
  return {Seconds(std::chrono::steady_clock::now() - start).count(), cpu_seconds() - cpu};
}

std::vector<RowBatch> make_batches(const SinkTable& table, std::size_t batch_rows, std::size_t rows,
                                   bool half_known) {
  std::vector<RowBatch> batches;
  const std::size_t step = half_known ? std::max<std::size_t>(batch_rows / 2, 1) : batch_rows;
  for (std::size_t i = 0; i * batch_rows < rows; ++i)
    batches.push_back(make_batch(table, i * step, batch_rows));
  for (RowBatch& batch : batches) sort_rows(batch);
  return batches;
}

// Ways take turns, so that what else happens on the machine meets all of them.
void compare(PostgresClient& client, const SinkTable& table, const PostgresTableSql& sql,
             std::size_t batch_rows, std::size_t rows, bool half_known, int rounds) {
  const std::vector<RowBatch> batches = make_batches(table, batch_rows, rows, half_known);
  const auto written = static_cast<double>(batches.size() * batch_rows);
  std::map<std::string, std::vector<Figure>> figures;
  const std::vector<Way> all = ways(table);
  for (int round = 0; round < rounds; ++round) {
    for (const Way& way : all) {
      if (half_known && std::string_view(way.name).ends_with("no savepoint")) continue;
      if (batch_rows <= way.largest) figures[way.name].push_back(measure(client, table, sql, way, batches));
    }
  }
  for (const Way& way : all) {
    std::vector<Figure>& runs = figures[way.name];
    if (runs.empty()) continue;
    std::sort(runs.begin(), runs.end(),
              [](const Figure& a, const Figure& b) { return a.seconds < b.seconds; });
    const Figure& median = runs[runs.size() / 2];
    fmt::print(
        "{:<36} {:>6} {:<10} {:>8.0f} rows/s ({:.0f} to {:.0f}) {:>9.3f} ms/batch {:>6.2f} us CPU/row\n",
        way.name, batch_rows, half_known ? "half known" : "all new", written / median.seconds,
        written / runs.back().seconds, written / runs.front().seconds,
        median.seconds * 1000 / static_cast<double>(batches.size()), median.cpu * 1e6 / written);
  }
  std::fflush(stdout);
}

SinkTable removal_table(const SinkTable& table) {
  SinkTable keys;
  keys.sink = table.sink;
  keys.table = table.table;
  keys.schema.fields = {table.schema.fields[0]};
  keys.key = {0};
  return keys;
}

/// One way of removing a batch, and what the session is told before.
struct RemovalWay {
  const char* name;
  const char* session;
  bool through_stage;
  std::size_t largest = ~std::size_t{0};
};

// As sessions of writers are set up.
constexpr const char* by_index =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

const std::vector<RemovalWay>& removal_ways() {
  static const std::vector<RemovalWay> ways{
      {"COPY to staging, DELETE … USING", "", true},
      {"the same by the index", by_index, true},
      {"single DELETEs, pipelined", "", false, 20'000},
      {"the same, planned every time", "SET plan_cache_mode = force_custom_plan", false, 20'000},
      {"the same by the index", by_index, false, 20'000},
  };
  return ways;
}

void remove_batch(PostgresClient& client, const PostgresTableSql& sql, const RemovalWay& way, Rows keys) {
  if (way.through_stage) {
    need(write_through_stage(client, "BEGIN; ", sql, keys));
    need(client.query("COMMIT"));
    return;
  }
  StatementPipeline pipeline(client);
  need(pipeline.add("BEGIN"));
  need(queue_rows(pipeline, sql, keys));
  need(pipeline.add("COMMIT"));
  run_pipeline(pipeline);
}

// All rows are there before, and as many stay: every batch takes some from everywhere.
Figure measure_removals(const std::string& dsn, const SinkTable& keys, const RemovalWay& way,
                        const std::vector<RowBatch>& batches) {
  const std::unique_ptr<PostgresClient> client =
      need(PostgresClient::connect({.dsn = dsn, .application_name = "weir bench"}));
  need(client->query("TRUNCATE write_path_fact; INSERT INTO write_path_fact SELECT * FROM write_path_full; CHECKPOINT"));
  const PostgresTableSql sql = make_removal_sql(keys, 0);
  need(client->query(sql.create_stage));
  if (*way.session != 0) need(client->query(way.session));
  const double cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  for (const RowBatch& batch : batches) remove_batch(*client, sql, way, batch.rows);
  return {Seconds(std::chrono::steady_clock::now() - start).count(), cpu_seconds() - cpu};
}

void compare_removals(const std::string& dsn, const SinkTable& table, std::size_t batch_rows, std::size_t rows, int rounds) {
  const SinkTable keys = removal_table(table);
  std::vector<RowBatch> batches;
  for (std::size_t i = 0; i * batch_rows < rows; ++i) batches.push_back(make_batch(keys, i * batch_rows, batch_rows));
  for (RowBatch& batch : batches) sort_rows(batch);
  const auto removed = static_cast<double>(batches.size() * batch_rows);
  std::map<const RemovalWay*, std::vector<Figure>> figures;
  for (int round = 0; round < rounds; ++round) {
    for (const RemovalWay& way : removal_ways()) {
      if (batch_rows <= way.largest) figures[&way].push_back(measure_removals(dsn, keys, way, batches));
    }
  }
  for (const RemovalWay& way : removal_ways()) {
    std::vector<Figure>& runs = figures[&way];
    if (runs.empty()) continue;
    std::sort(runs.begin(), runs.end(), [](const Figure& a, const Figure& b) { return a.seconds < b.seconds; });
    const Figure& median = runs[runs.size() / 2];
    fmt::print("{:<36} {:>6} removed {:>10.0f} rows/s ({:.0f} to {:.0f}) {:>9.3f} ms/batch {:>6.2f} us CPU/row\n", way.name,
               batch_rows, removed / median.seconds, removed / runs.back().seconds, removed / runs.front().seconds,
               median.seconds * 1000 / static_cast<double>(batches.size()), median.cpu * 1e6 / removed);
  }
  std::fflush(stdout);
}

void measure_encoding(const SinkTable& table) {
  std::vector<double> figures;
  for (int round = 0; round < 5; ++round) {
    Arena arena;
    const std::vector<Column> columns = make_columns(table, 0, 100'000, arena);
    std::vector<std::uint32_t> numbers(2'000);
    EncodedRows encoded;
    const auto encoder = make_postgres_encoder(table, {});
    const double cpu = cpu_seconds();
    for (std::uint32_t first = 0; first < 100'000; first += 2'000) {
      std::iota(numbers.begin(), numbers.end(), first);
      encoded.clear();
      encoder->encode_keys(columns, numbers, numbers, encoded);
      encoder->encode_values(columns, numbers, encoded);
    }
    figures.push_back((cpu_seconds() - cpu) * 1e6 / 100'000);
  }
  std::sort(figures.begin(), figures.end());
  fmt::print("encoding: {:.3f} us CPU/row ({:.3f} to {:.3f}), chunks of 2000\n", figures[2], figures.front(),
             figures.back());
}

constexpr const char* make_tables =
    "DROP TABLE IF EXISTS write_path_fact, write_path_full; CREATE TABLE write_path_fact (sales_key text PRIMARY KEY, "
    "full_date text, full_time text, ip_key text, user_agent_key text, product_key text, referrer text, email text, device "
    "text, store bigint, viewed_at timestamptz, option jsonb); CREATE TABLE write_path_full (LIKE write_path_fact)";

void measure_writes(PostgresClient& client, const SinkTable& table, std::size_t rows, int rounds) {
  const PostgresTableSql sql = make_table_sql(table, {}, 0);
  need(client.query(sql.create_stage));
  for (const bool half_known : {false, true}) {
    for (const std::size_t batch_rows : {1u, 20u, 100u, 250u, 500u, 1000u, 10'000u, 50'000u})
      compare(client, table, sql, batch_rows, std::min(rows, batch_rows * 100), half_known, rounds);
  }
}

void measure_removals(PostgresClient& client, const std::string& dsn, const SinkTable& table, std::size_t rows, int rounds) {
  SinkTable full = table;
  full.table = "write_path_full";
  RowBatch all = make_batch(full, 0, 2 * rows);
  sort_rows(all);
  need(copy_rows(client, make_table_sql(full, {}, 1).copy_table, all.rows));
  for (const std::size_t batch_rows : {1u, 20u, 100u, 250u, 500u, 1000u, 10'000u, 50'000u})
    compare_removals(dsn, table, batch_rows, std::min(rows, batch_rows * 100), rounds);
}

int run(const std::string& dsn, std::string_view what, std::size_t rows, int rounds) {
  const std::unique_ptr<PostgresClient> client =
      need(PostgresClient::connect({.dsn = dsn, .application_name = "weir bench"}));
  const SinkTable table = fact_table();
  measure_encoding(table);
  need(client->query(make_tables));
  if (what != "removals") measure_writes(*client, table, rows, rounds);
  if (what != "writes") measure_removals(*client, dsn, table, rows, rounds);
  need(client->query("DROP TABLE write_path_fact, write_path_full CASCADE"));
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: postgres_write_path DSN [writes|removals|both [ROWS [ROUNDS]]]\n");
    return 2;
  }
  return weir::run(argv[1], argc > 2 ? argv[2] : "both", argc > 3 ? std::stoul(argv[3]) : 200'000, argc > 4 ? std::stoi(argv[4]) : 5);
}
