// data_bench.cpp — what the columnar core costs per value: texts, keys, hashes, decimals, dates.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "engine/data/calendar.h"
#include "engine/data/column.h"
#include "engine/data/decimal.h"
#include "engine/data/hash.h"
#include "engine/data/utf8.h"

namespace {

using namespace weir;

constexpr std::uint32_t rows = 2048;  // a chunk

void count_rows(benchmark::State& state) { state.SetItemsProcessed(state.iterations() * rows); }

std::string some_text(std::mt19937_64& random, std::size_t length) {
  std::string text(length, ' ');
  for (char& c : text) c = "0123456789abcdef"[random() % 16];
  return text;
}

Column text_column(std::size_t length, Arena& arena) {
  std::mt19937_64 random(1);
  ColumnWriter writer(string_type, rows, arena, true);
  for (std::uint32_t row = 0; row < rows; ++row) writer.set_text(row, some_text(random, length));
  return writer.finish();
}

Column long_column(Arena& arena) {
  std::mt19937_64 random(1);
  ColumnWriter writer(int64_type, rows, arena, true);
  for (std::uint32_t row = 0; row < rows; ++row) writer.set(row, static_cast<std::int64_t>(random()));
  return writer.finish();
}

void write_texts(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<std::string> texts;
  for (std::uint32_t row = 0; row < rows; ++row)
    texts.push_back(some_text(random, static_cast<std::size_t>(state.range(0))));
  Arena arena(1 << 20);
  for (auto _ : state) {
    arena.reset();
    ColumnWriter writer(string_type, rows, arena);
    for (std::uint32_t row = 0; row < rows; ++row) writer.set_text(row, texts[row]);
    benchmark::DoNotOptimize(writer.finish());
  }
  count_rows(state);
}
BENCHMARK(write_texts)->Arg(8)->Arg(64)->Arg(200);

void write_longs(benchmark::State& state) {
  Arena arena(1 << 20);
  for (auto _ : state) {
    arena.reset();
    ColumnWriter writer(int64_type, rows, arena, state.range(0) != 0);
    for (std::uint32_t row = 0; row < rows; ++row) writer.set(row, std::int64_t{row});
    benchmark::DoNotOptimize(writer.finish());
  }
  count_rows(state);
}
BENCHMARK(write_longs)->ArgName("all_valid")->Arg(0)->Arg(1);

void hash_one_text(benchmark::State& state) {
  Arena arena;
  const Column column = text_column(static_cast<std::size_t>(state.range(0)), arena);
  std::vector<Hash128> hashes(rows);
  for (auto _ : state) {
    hash_rows(std::span(&column, 1), hashes);
    benchmark::DoNotOptimize(hashes.data());
  }
  count_rows(state);
}
BENCHMARK(hash_one_text)->Arg(8)->Arg(64)->Arg(300);

void hash_text_and_long(benchmark::State& state) {
  Arena arena;
  const std::vector<Column> columns{text_column(24, arena), long_column(arena)};
  std::vector<Hash128> hashes(rows);
  for (auto _ : state) {
    hash_rows(columns, hashes);
    benchmark::DoNotOptimize(hashes.data());
  }
  count_rows(state);
}
BENCHMARK(hash_text_and_long);

void append_keys(benchmark::State& state) {
  Arena arena;
  const Column column =
      state.range(0) == 0 ? long_column(arena) : text_column(static_cast<std::size_t>(state.range(0)), arena);
  std::string keys;
  for (auto _ : state) {
    keys.clear();
    for (std::uint32_t row = 0; row < rows; ++row) append_key(column, row, keys);
    benchmark::DoNotOptimize(keys.data());
  }
  count_rows(state);
}
BENCHMARK(append_keys)->ArgName("text_length")->Arg(0)->Arg(8)->Arg(64);

void read_decimals(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<std::string> texts;
  for (std::uint32_t row = 0; row < rows; ++row)
    texts.push_back(decimal_to_string(static_cast<Int128>(random() % 100'000'000), 2));
  for (auto _ : state) {
    for (const std::string& text : texts) benchmark::DoNotOptimize(parse_decimal(text, 12, 2));
  }
  count_rows(state);
}
BENCHMARK(read_decimals);

void multiply_decimals(benchmark::State& state) {
  const Int128 big = power_of_ten(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    for (std::uint32_t row = 0; row < rows; ++row)
      benchmark::DoNotOptimize(multiply(big + row, 10, big - row, 10, 10));
  }
  count_rows(state);
}
BENCHMARK(multiply_decimals)->ArgName("digits")->Arg(8)->Arg(18)->Arg(22);

void divide_decimals(benchmark::State& state) {
  const Int128 big = power_of_ten(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    for (std::uint32_t row = 0; row < rows; ++row)
      benchmark::DoNotOptimize(divide(big + row, 2, Int128{3} + row, 2, 6));
  }
  count_rows(state);
}
BENCHMARK(divide_decimals)->ArgName("digits")->Arg(8)->Arg(30)->Arg(36);

void write_dates(benchmark::State& state) {
  char text[18];
  std::int64_t time = 1'730'419'200'000'000;
  for (auto _ : state) {
    for (std::uint32_t row = 0; row < rows; ++row, time += 77'777'777) {
      benchmark::DoNotOptimize(write_date(days_of_timestamp(time), text));
      write_time(time, text + 10);
      benchmark::DoNotOptimize(text);
    }
  }
  count_rows(state);
}
BENCHMARK(write_dates);

void read_timestamps(benchmark::State& state) {
  const std::string text = "2024-11-01 12:34:56.789";
  for (auto _ : state) {
    for (std::uint32_t row = 0; row < rows; ++row) benchmark::DoNotOptimize(parse_timestamp(text));
  }
  count_rows(state);
}
BENCHMARK(read_timestamps);

void check_utf8(benchmark::State& state) {
  std::mt19937_64 random(1);
  const std::string text = some_text(random, 700);
  for (auto _ : state) benchmark::DoNotOptimize(is_valid_utf8(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(check_utf8);

}  // namespace
