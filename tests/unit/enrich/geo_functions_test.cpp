// geo_functions_test.cpp — geo functions in expressions: what gives NULL and is counted, what is refused,
// files that are replaced.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "dsl/compile.h"
#include "engine/base/counters.h"
#include "engine/expression/binder.h"
#include "engine/expression/program.h"
#include "tests/unit/enrich/geo_fixture.h"
#include "udf/enrich/geo_file.h"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(GeoFunctions, AnswerRowByRow) {
  const Folder folder;
  const std::string path = folder.write("geo.bin", example_bin());
  EXPECT_THAT(
      answers("ip_city(x, '" + path + "')", {"8.8.8.8", "NULL", "", "8.8.8.8 ", "10.0.0.1", "9.9.9.9",
                                             "2001:4860::8", "fe80::1", "nonsense"}),
      ElementsAre("Mountain View", "NULL", "NULL", "NULL", "NULL", "NULL", "Mountain View", "NULL", "NULL"));
  EXPECT_THAT(answers("ip_latitude(x, '" + path + "')", {"8.8.8.8", "9.9.9.9", "10.0.0.1"}),
              ElementsAre("37.40599", "NULL", "NULL"));
}

TEST(GeoFunctions, CountWhatGaveNull) {
  const Folder folder;
  const std::string path = folder.write("geo.bin", example_bin());
  const auto counts = [] {
    return std::array{counter("geo lookups of malformed addresses").value(),
                      counter("geo lookups of private or reserved addresses").value(),
                      counter("geo lookups not in the database").value()};
  };
  const auto before = counts();
  answers("ip_region(x, '" + path + "')",
          {"8.8.8.8", "NULL", "bad", "worse", "10.0.0.1", "127.0.0.1", "::1", "9.9.9.9"});
  const auto after = counts();
  EXPECT_EQ(after[0] - before[0], 2u);
  EXPECT_EQ(after[1] - before[1], 3u);
  EXPECT_EQ(after[2] - before[2], 1u);
}

TEST(GeoFunctions, WithoutADatabaseAreNull) {
  EXPECT_THAT(answers("ip_country_code(x, '')", {"8.8.8.8", "bad"}), ElementsAre("NULL", "NULL"));
  EXPECT_THAT(answers("ip_longitude(x, '')", {"8.8.8.8", "bad"}), ElementsAre("NULL", "NULL"));
  EXPECT_EQ(answer("ip_country_code('8.8.8.8', NULL)"), "NULL");
}

TEST(GeoFunctions, RefuseWhatIsNoDatabase) {
  const Folder folder;
  EXPECT_THAT(
      answer("ip_city(x, '" + folder.path("none.bin") + "')"),
      ::testing::AllOf(HasSubstr("refused: ip_city: geo database: cannot read"), HasSubstr("No such file")));
  EXPECT_THAT(answer("ip_city(x, '" + folder.write("text.bin", std::string(200, 'x')) + "')"),
              HasSubstr("neither"));
  EXPECT_THAT(answer("ip_city(x, x)"), HasSubstr("literal"));
  EXPECT_THAT(answer("ip_city(x)"), HasSubstr("needs the setting geo_database"));
  const std::string small = folder.write("db1.bin", bin_file(1, 2, {{"0.0.0.0", {{2, "US"}}, "x", {}}}));
  EXPECT_THAT(answer("ip_city(x, '" + small + "')"), HasSubstr("(IP2Location DB1, IPv4) does not have this"));
}

std::string country_bin(const std::string& code) {
  return bin_file(1, 2, {{"0.0.0.0", {{2, code}}, code, {}}});
}

/// A program over one address that can be asked at any time.
class Lookup {
 public:
  explicit Lookup(const std::string& path) {
    Diagnostics diagnostics;
    const AstPtr ast = parse_expression("ip_country_code(x, '" + path + "')", {}, diagnostics);
    const ExpressionPtr bound = bind(*ast, Scope{schema_.get(), "test"}, functions(), diagnostics);
    program_ = std::make_unique<Program>(Program::compile(std::span(&bound, 1)).value());
  }

  /// All of `rows` rows must have one answer.
  std::string at(std::int64_t second, std::uint32_t rows = 4) const {
    Arena input;
    ColumnWriter writer(string_type, rows, input, true);
    for (std::uint32_t row = 0; row < rows; ++row) writer.set_text(row, "8.8.8.8");
    Arena arena;
    const Column column =
        program_->evaluate(Batch{schema_, {writer.finish()}, rows}, arena, second * 1'000'000)[0];
    for (std::uint32_t row = 1; row < rows; ++row) {
      if (to_text(value_at(column, row)) != to_text(value_at(column, 0)))
        return "different answers in one chunk";
    }
    return to_text(value_at(column, 0));
  }

 private:
  std::shared_ptr<const Schema> schema_ = std::make_shared<const Schema>(Schema{{{"x", string_type, false}}});
  std::unique_ptr<Program> program_;
};

TEST(GeoFile, ReplacedWhileItIsUsedGivesNewAnswers) {
  const Folder folder;
  const Lookup lookup(folder.write("geo.bin", country_bin("US")));
  EXPECT_EQ(lookup.at(1000), "US");
  folder.write("geo.bin", country_bin("VN"));
  EXPECT_EQ(lookup.at(1000), "US") << "looked at most once a second";
  EXPECT_EQ(lookup.at(1001), "VN") << "remembered results are forgotten";
  folder.write("geo.bin", country_bin("NL"));
  EXPECT_EQ(lookup.at(900), "NL") << "the clock may go back";
}

TEST(GeoFile, ReplacedByABrokenOneStays) {
  const Folder folder;
  const Lookup lookup(folder.write("geo.bin", country_bin("US")));
  EXPECT_EQ(lookup.at(1000), "US");
  const std::string whole = country_bin("VN");
  folder.write("geo.bin", whole.substr(0, whole.size() / 2));
  EXPECT_EQ(lookup.at(1002), "US");
  std::filesystem::remove(folder.path("geo.bin"));
  EXPECT_EQ(lookup.at(1004), "US");
  folder.write("geo.bin", whole);
  EXPECT_EQ(lookup.at(1006), "VN");
}

TEST(GeoFile, MayBecomeOneOfAnotherFormat) {
  const Folder folder;
  const Lookup lookup(folder.write("geo.db", country_bin("US")));
  EXPECT_EQ(lookup.at(1000), "US");
  folder.write("geo.db", mmdb_file("8.0.0.0", 8, 4, mmdb_map({{"country_code", mmdb_text("SE")}})));
  EXPECT_EQ(lookup.at(1002), "SE");
}

TEST(GeoFile, IsReplacedUnderManyReaders) {
  const Folder folder;
  const Lookup lookup(folder.write("geo.bin", country_bin("AA")));
  std::atomic<std::int64_t> second = 1000;
  std::atomic<bool> is_done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!is_done) {
        const std::string answer = lookup.at(second, 64);
        if (answer != "AA" && answer != "BB") ++wrong;
      }
    });
  }
  for (int round = 0; round < 40; ++round) {
    folder.write("geo.bin", country_bin(round % 2 == 0 ? "BB" : "AA"));
    second += 2;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  is_done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(lookup.at(second + 2), "AA");
}

TEST(GeoFiles, ShareOneMappingByPath) {
  const Folder folder;
  const std::string path = folder.write("geo.bin", example_bin());
  GeoFiles files;
  const auto first = files.open(path);
  const auto second = files.open(path);
  EXPECT_EQ(first->get(), second->get());
  EXPECT_FALSE(files.open(folder.path("none")).ok());
}

}  // namespace
}  // namespace weir::testing
