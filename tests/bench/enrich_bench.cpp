// enrich_bench.cpp — lookups per second of one core: addresses and user agents, seen for the first time and
// remembered.
//
// Addresses need IP2Location's sample database beside the repository (or where WEIR_SHARED says); user agents
// are uap-core's own cases.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "connectors/builtin.h"
#include "dsl/compile.h"
#include "engine/expression/binder.h"
#include "engine/expression/program.h"
#include "udf/enrich/geo_database.h"
#include "udf/enrich/user_agent_parser.h"

namespace {

using namespace weir;
namespace fs = std::filesystem;

constexpr std::uint32_t rows = 1024;  // a chunk

const Registry& registry() {
  static const auto* const made = new Registry(builtin_registry());
  return *made;
}

std::string geo_path(const char* family) {
  const char* given = std::getenv("WEIR_SHARED");
  const fs::path shared = given != nullptr ? fs::path(given) : fs::path(WEIR_SOURCE_DIR) / ".." / "shared";
  return (shared / "data" / "ip2location" / fmt::format("ip2location-db3-sample.{}.bin", family)).string();
}

void put_u32(std::string& bytes, std::uint64_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift);
}

/// A file as large as those that are sold: 4 million ranges over all of IPv4, in type DB1 (the country).
/// IP2Location's format: 64 bytes of header, rows, an index by 16 bits, texts; offsets count from 1.
class LargeDatabase {
 public:
  static constexpr std::uint32_t range_count = 4'000'000;

  LargeDatabase()
      : path_(fs::temp_directory_path() / fmt::format("weir_bench_{}.bin", std::random_device()())) {
    const std::uint64_t index = 64 + std::uint64_t{range_count} * 8;
    const std::uint64_t texts = index + 65536 * 8;
    std::string bytes{1, 2, 25, 7, 4};
    for (const std::uint64_t field : std::initializer_list<std::uint64_t>{range_count, 65, 0, 0, index + 1})
      put_u32(bytes, field);
    bytes.resize(64, '\0');
    for (std::uint64_t row = 0; row < range_count; ++row) {
      put_u32(bytes, first_of(row));
      put_u32(bytes, texts + row * 7 % 240 * 6);
    }
    std::uint64_t row = 0;
    for (std::uint64_t high = 0; high < 65536; ++high) {
      while (row + 1 < range_count && first_of(row + 1) <= high << 16) ++row;
      put_u32(bytes, row);
      while (row + 1 < range_count && first_of(row + 1) <= (high << 16 | 0xFFFF)) ++row;
      put_u32(bytes, row);
    }
    for (int country = 0; country < 240; ++country)
      bytes += fmt::format("\x02{}{}\x02{:02}", static_cast<char>('A' + country / 26),
                           static_cast<char>('A' + country % 26), country % 100);
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~LargeDatabase() { fs::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  static std::uint64_t first_of(std::uint64_t row) {
    return row * ((std::uint64_t{1} << 32) / range_count) + (row == 0 ? 0 : row * 7919 % 997);
  }
  fs::path path_;
};

/// A chunk of texts as the column `x`.
struct Chunk {
  Arena arena;
  Batch batch;

  explicit Chunk(const std::vector<std::string>& texts) {
    ColumnWriter writer(string_type, static_cast<std::uint32_t>(texts.size()), arena, true);
    for (std::uint32_t row = 0; row < texts.size(); ++row) writer.set_text(row, texts[row]);
    batch = {schema(), {writer.finish()}, static_cast<std::uint32_t>(texts.size())};
  }
  static std::shared_ptr<const Schema> schema() {
    static const auto made = std::make_shared<const Schema>(Schema{{{"x", string_type, false}}});
    return made;
  }
};

Program program_of(const std::vector<std::string>& expressions) {
  std::vector<ExpressionPtr> roots;
  for (const std::string& text : expressions) {
    Diagnostics diagnostics;
    const AstPtr ast = parse_expression(text, {}, diagnostics);
    WEIR_CHECK(ast != nullptr, "the benchmark's expressions are right");
    roots.push_back(bind(*ast, Scope{Chunk::schema().get(), "benchmark"}, registry().functions, diagnostics));
    WEIR_CHECK(roots.back() != nullptr, "the benchmark's expressions have types");
  }
  return std::move(Program::compile(roots)).value();
}

void evaluate(benchmark::State& state, const Program& program,
              const std::vector<std::unique_ptr<Chunk>>& chunks) {
  Arena arena;
  std::size_t next = 0;
  for (auto _ : state) {
    arena.reset();
    benchmark::DoNotOptimize(program.evaluate(chunks[next]->batch, arena, 1'730'419'200'000'000));
    next = (next + 1) % chunks.size();
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

/// Addresses of the sample's range, so that nearly all are found. The low bits vary, too: nothing is asked
/// twice soon.
std::vector<std::unique_ptr<Chunk>> address_chunks(std::size_t count, bool is_v6, unsigned distinct) {
  std::mt19937_64 random(1);
  std::vector<std::string> pool;
  for (unsigned i = 0; i < distinct; ++i) {
    const auto bits = random();
    pool.push_back(
        is_v6 ? fmt::format("2a04:{:x}:{:x}::{:x}", bits & 0xFFFF, bits >> 16 & 0xFFFF, bits >> 32 & 0xFFFF)
              : fmt::format("{}.{}.{}.{}", 1 + bits % 7, bits >> 8 & 0xFF, bits >> 16 & 0xFF,
                            bits >> 24 & 0xFF));
  }
  std::vector<std::unique_ptr<Chunk>> chunks;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::string> texts;
    for (std::uint32_t row = 0; row < rows; ++row) texts.push_back(pool[(i * rows + row) % pool.size()]);
    chunks.push_back(std::make_unique<Chunk>(texts));
  }
  return chunks;
}

void addresses(benchmark::State& state, const std::vector<const char*>& functions, bool is_v6,
               bool is_distinct) {
  const std::string path = geo_path(is_v6 ? "ipv6" : "ipv4");
  if (!fs::exists(path))
    return state.SkipWithError("no sample database of IP2Location beside the repository");
  std::vector<std::string> expressions;
  for (const char* name : functions) expressions.push_back(fmt::format("{}(x, '{}')", name, path));
  // A million addresses outlast what is remembered; a few thousand do not.
  const auto chunks =
      is_distinct ? address_chunks(1024, is_v6, 1024 * rows) : address_chunks(64, is_v6, 3000);
  evaluate(state, program_of(expressions), chunks);
}

void distinct_ipv4(benchmark::State& state) { addresses(state, {"ip_country_code"}, false, true); }
void distinct_ipv6(benchmark::State& state) { addresses(state, {"ip_country_code"}, true, true); }
void distinct_ipv4_four_fields(benchmark::State& state) {
  addresses(state, {"ip_country_code", "ip_country_name", "ip_region", "ip_city"}, false, true);
}
void distinct_ipv4_of_a_large_file(benchmark::State& state) {
  const LargeDatabase database;
  std::mt19937_64 random(1);
  std::vector<std::unique_ptr<Chunk>> chunks;
  for (int i = 0; i < 1024; ++i) {
    std::vector<std::string> texts;
    for (std::uint32_t row = 0; row < rows; ++row) {
      const auto bits = random();
      texts.push_back(fmt::format("{}.{}.{}.{}", 11 + bits % 80, bits >> 8 & 0xFF, bits >> 16 & 0xFF,
                                  bits >> 24 & 0xFF));
    }
    chunks.push_back(std::make_unique<Chunk>(texts));
  }
  evaluate(state, program_of({fmt::format("ip_country_code(x, '{}')", database.path())}), chunks);
}
void remembered_ipv4(benchmark::State& state) { addresses(state, {"ip_country_code"}, false, false); }
void remembered_ipv4_four_fields(benchmark::State& state) {
  addresses(state, {"ip_country_code", "ip_country_name", "ip_region", "ip_city"}, false, false);
}
BENCHMARK(distinct_ipv4);
BENCHMARK(distinct_ipv6);
BENCHMARK(distinct_ipv4_four_fields);
BENCHMARK(distinct_ipv4_of_a_large_file);
BENCHMARK(remembered_ipv4);
BENCHMARK(remembered_ipv4_four_fields);

/// The user agents of uap-core's cases, each once, in an order that is not the file's.
const std::vector<std::string>& user_agents() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> found;
    for (const char* name : {"test_ua.yaml", "test_os.yaml", "test_device.yaml"}) {
      std::ifstream file(fs::path(WEIR_UAP_REGEXES).parent_path() / "tests" / name);
      for (std::string line; std::getline(file, line);) {
        const std::size_t start = line.find("user_agent_string: ");
        if (start == line.npos || line.size() < start + 21) continue;
        found.push_back(line.substr(start + 20, line.size() - start - 21));
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::shuffle(found.begin(), found.end(), std::mt19937_64(1));
    return found;
  }();
  return all;
}

// Each of the 17,606 at most once, by a parser that has seen none: RE2 builds its automata on the way.
constexpr benchmark::IterationCount each_once = 17'000;

void parse_user_agents(benchmark::State& state, const std::vector<UserAgentKind>& kinds, bool is_warm) {
  const UserAgentRules rules = std::move(read_user_agent_rules(WEIR_UAP_REGEXES)).value();
  std::vector<std::unique_ptr<UserAgentParser>> parsers;
  for (const UserAgentKind kind : kinds)
    parsers.push_back(std::make_unique<UserAgentParser>(rules[static_cast<std::size_t>(kind)]));
  UserAgentParser::Scratch scratch;
  UserAgentPart part;
  if (is_warm) {
    for (const std::string& user_agent : user_agents()) {
      for (const auto& parser : parsers) parser->parse(user_agent, scratch, part);
    }
  }
  std::size_t next = 0;
  for (auto _ : state) {
    for (const auto& parser : parsers) parser->parse(user_agents()[next], scratch, part);
    benchmark::DoNotOptimize(part.name.data());
    next = (next + 1) % user_agents().size();
  }
  state.SetItemsProcessed(state.iterations());
}

void distinct_user_agents(benchmark::State& state, const std::vector<UserAgentKind>& kinds) {
  parse_user_agents(state, kinds, false);
}
void distinct_user_agents_warm(benchmark::State& state, const std::vector<UserAgentKind>& kinds) {
  parse_user_agents(state, kinds, true);
}
void remembered_browsers(benchmark::State& state) {
  std::vector<std::unique_ptr<Chunk>> chunks;
  for (std::size_t i = 0; i < 64; ++i) {
    std::vector<std::string> texts;
    for (std::uint32_t row = 0; row < rows; ++row) texts.push_back(user_agents()[(i * rows + row) % 3000]);
    chunks.push_back(std::make_unique<Chunk>(texts));
  }
  evaluate(state, program_of({"ua_browser(x)"}), chunks);
}
const std::vector<UserAgentKind> browsers{UserAgentKind::browser};
const std::vector<UserAgentKind> systems{UserAgentKind::os};
const std::vector<UserAgentKind> devices{UserAgentKind::device};
const std::vector<UserAgentKind> browsers_and_systems{UserAgentKind::browser, UserAgentKind::os};
BENCHMARK_CAPTURE(distinct_user_agents, browsers, browsers)->Iterations(each_once);
BENCHMARK_CAPTURE(distinct_user_agents, systems, systems)->Iterations(each_once);
BENCHMARK_CAPTURE(distinct_user_agents, devices, devices)->Iterations(each_once);
BENCHMARK_CAPTURE(distinct_user_agents, browsers_and_systems, browsers_and_systems)->Iterations(each_once);
BENCHMARK_CAPTURE(distinct_user_agents_warm, browsers, browsers);
BENCHMARK_CAPTURE(distinct_user_agents_warm, systems, systems);
BENCHMARK_CAPTURE(distinct_user_agents_warm, devices, devices);
BENCHMARK_CAPTURE(distinct_user_agents_warm, browsers_and_systems, browsers_and_systems);
BENCHMARK(remembered_browsers);

}  // namespace
