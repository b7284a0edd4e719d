// json_bench.cpp — decodes product_view records (about 700 bytes, 20 fields) into columns.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "connectors/formats/formats.h"
#include "engine/data/type.h"

namespace weir {
namespace {

constexpr int rows_of_chunk = 2048;

std::string event(int number) {
  return fmt::format(
      R"({{"id":"5e1b4e792f4634572{:07x}","api_version":"1.0","collection":"view_product_detail","current_url":)"
      R"("https://www.shop.co.uk/product-{}.html?alloy=yellow-585","device_id":"6d89bb13-df15-ac3a-3db0-287c0e8e52af","email":)"
      R"("user15566@example.com","ip":"165.17.251.242","local_time":"2024-11-01 00:00:00","option":[{{"option_label":"alloy",)"
      R"("option_id":"46339","value_label":"White Gold 375","value_id":"371720"}}],"product_id":"{}","product_name":)"
      R"("Ring {} \u00e9","referrer_url":"android-app://com.google.android.googlequicksearchbox/","resolution":"390x844",)"
      R"("show_recommendation":"true","recommendation":"also_bought","store_id":"2","language_code":"en","time_stamp":{},"user_agent":)"
      R"("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.5 Safari/605.1.15",)"
      R"("user_id_db":"","utm_source":null,"utm_medium":null}})",
      number, number % 5000, number % 5000, number % 5000, 1730419200 + number);
}

std::unique_ptr<RawChunk> make_chunk() {
  auto chunk = std::make_unique<RawChunk>();
  for (int i = 0; i < rows_of_chunk; ++i) {
    const std::string text = event(i);
    char* bytes = static_cast<char*>(chunk->arena.allocate(text.size(), 1));
    std::copy(text.begin(), text.end(), bytes);
    Record record;
    record.value = bytes;
    record.value_size = static_cast<std::uint32_t>(text.size());
    record.value_block = static_cast<std::uint32_t>(chunk->arena.current_block());
    chunk->records.push_back(record);
    chunk->value_bytes += text.size();
  }
  return chunk;
}

std::unique_ptr<Decoder> make_decoder(const std::vector<std::string>& names) {
  std::vector<DecodedColumn> columns;
  for (const std::string& name : names) {
    const Type type = name == "time_stamp" ? int64_type : name == "option" ? json_type : string_type;
    const bool is_required = name == "id" || name == "product_id" || name == "time_stamp";
    columns.push_back({{name, type, !is_required}, name, false});
  }
  Diagnostics diagnostics;
  Config config;
  config.value = Config::Map{};
  return json_format().parse(config, diagnostics)->decoder(std::move(columns), OnBadValue::reject);
}

void decode(benchmark::State& state, const std::vector<std::string>& names) {
  const auto decoder = make_decoder(names);
  std::int64_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto chunk = make_chunk();  // decoding adds to the chunk's arena
    bytes += static_cast<std::int64_t>(chunk->value_bytes);
    state.ResumeTiming();
    Decoded decoded = decoder->decode(*chunk);
    if (decoded.batch.row_count != rows_of_chunk) state.SkipWithError("rows were rejected");
    benchmark::DoNotOptimize(decoded);
    state.PauseTiming();
    decoded = {};
    chunk.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * rows_of_chunk);
  state.SetBytesProcessed(bytes);
}

const std::vector<std::string> used_fields{
    "id",           "current_url",  "device_id",  "email",    "ip",         "option",     "product_id",
    "product_name", "referrer_url", "resolution", "store_id", "time_stamp", "user_agent", "language_code"};

BENCHMARK_CAPTURE(decode, three_fields, {"id", "product_id", "time_stamp"})->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(decode, product_view, used_fields)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace weir
