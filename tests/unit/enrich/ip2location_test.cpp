// ip2location_test.cpp — BIN files: every row of the sample databases, addresses at the edges, damaged files.
#include "udf/enrich/ip2location.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "engine/data/decimal.h"
#include "tests/unit/enrich/geo_fixture.h"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;
using Number = UInt128;

Number number_of(const std::string& digits) {
  Number number = 0;
  for (const char c : digits) number = number * 10 + static_cast<Number>(c - '0');
  return number;
}

std::string text_of(Number number, bool is_v6) {
  unsigned char bytes[16];
  for (int i = 15; i >= 0; --i, number >>= 8) bytes[i] = static_cast<unsigned char>(number);
  char written[INET6_ADDRSTRLEN];
  return ::inet_ntop(is_v6 ? AF_INET6 : AF_INET, is_v6 ? bytes : bytes + 12, written, sizeof written);
}

/// The fields of a line "a","b",...
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::size_t start = 1;
  for (std::size_t end; (end = line.find("\",\"", start)) != line.npos; start = end + 3)
    fields.push_back(line.substr(start, end - start));
  fields.push_back(line.substr(start, line.rfind('"') - start));
  return fields;
}

std::string four_fields(const GeoDatabase& database, const std::string& address) {
  std::string all;
  for (const GeoField field :
       {GeoField::country_code, GeoField::country_name, GeoField::region, GeoField::city}) {
    const std::string found = look_up(database, address, field);
    all += (found == "NULL" ? "-" : found) + "|";
  }
  return all;
}

/// The part of the sample files that has data: elsewhere their rows hold a notice that says so.
bool is_evaluated(const std::string& address) {
  const IpAddress parsed = without_tunnel(parse_ip_address(address).value());
  return parsed.is_v4 ? parsed.v4() < 0x08000000 : parsed.high >> 48 == 0x2A04;
}

/// First, middle and last address of every range of the CSV file have its values in the BIN file where that
/// has data, and none elsewhere.
void check_all_rows(const std::string& family, std::size_t least_found, std::size_t least_notices) {
  const fs::path folder = shared_data() / "ip2location";
  if (!fs::exists(folder))
    GTEST_SKIP() << "no " << folder.string() << ": IP2Location's sample data is not part of the repository";
  const bool is_v6 = family == "ipv6";
  const auto database = open_geo_database((folder / ("ip2location-db3-sample." + family + ".bin")).string());
  ASSERT_TRUE(database.ok()) << database.error().message();
  std::ifstream csv(folder / ("ip2location-db3-sample." + family + ".csv"));
  std::size_t found = 0;
  std::size_t notices = 0;
  for (std::string line; std::getline(csv, line);) {
    const std::vector<std::string> fields = fields_of(line);
    ASSERT_EQ(fields.size(), 6u) << line;
    const Number first = number_of(fields[0]);
    const Number last = number_of(fields[1]);
    const std::string expected = fields[2] + "|" + fields[3] + "|" + fields[4] + "|" + fields[5] + "|";
    for (const Number number : {first, first + (last - first) / 2, last}) {
      const std::string address = text_of(number, is_v6);
      const bool has_data = is_evaluated(address);
      ++(has_data ? found : notices);
      ASSERT_EQ(four_fields(**database, address), has_data ? expected : "-|-|-|-|") << address;
    }
  }
  EXPECT_GE(found, least_found);
  EXPECT_GE(notices, least_notices);
}

TEST(Ip2Location, GivesEveryRowOfTheIpv4Sample) { check_all_rows("ipv4", 400, 29'000); }
TEST(Ip2Location, GivesEveryRowOfTheIpv6Sample) { check_all_rows("ipv6", 400, 29'000); }

std::shared_ptr<const GeoDatabase> opened(const Folder& folder, const std::string& bytes) {
  auto database = open_geo_database(folder.write("geo.bin", bytes));
  EXPECT_TRUE(database.ok()) << database.error().message();
  return std::move(database).value();
}

TEST(Ip2Location, KnowsWhereARangeBeginsAndEnds) {
  const Folder folder;
  const auto database = opened(folder, example_bin());
  EXPECT_EQ(look_up(*database, "8.8.7.255", GeoField::city), "NULL");
  EXPECT_EQ(look_up(*database, "8.8.8.0", GeoField::city), "Mountain View");
  EXPECT_EQ(look_up(*database, "8.8.8.255", GeoField::city), "Mountain View");
  EXPECT_EQ(look_up(*database, "8.8.9.0", GeoField::city), "NULL");
  EXPECT_EQ(look_up(*database, "255.255.255.255", GeoField::city), "NULL");
  EXPECT_EQ(look_up(*database, "2001:485f:ffff::", GeoField::country_code), "NULL");
  EXPECT_EQ(look_up(*database, "2001:4860::", GeoField::country_code), "US");
  EXPECT_EQ(look_up(*database, "2001:4860:ffff:ffff:ffff:ffff:ffff:ffff", GeoField::country_code), "US");
  EXPECT_EQ(look_up(*database, "2001:4861::", GeoField::country_code), "NULL");
  EXPECT_EQ(look_coordinate_up(*database, "8.8.8.8", GeoField::latitude), 37.40599);
  EXPECT_EQ(look_coordinate_up(*database, "8.8.8.8", GeoField::longitude), -122.078514);
  EXPECT_EQ(look_coordinate_up(*database, "9.9.9.9", GeoField::longitude), std::nullopt);
}

TEST(Ip2Location, FindsManyAddressesAsItFindsEach) {
  std::vector<BinRow> rows;
  for (int i = 0; i < 500; ++i)
    rows.push_back({fmt::format("{}.{}.0.0", i / 50, i * 5 % 250), {{2, "US"}}, "", {}});
  for (int i = 0; i < 500; ++i) rows.push_back({fmt::format("2001:{:x}::", i * 100), {{2, "VN"}}, "", {}});
  const Folder folder;
  const auto database = opened(folder, bin_file(1, 2, rows));
  std::mt19937_64 random(9);
  for (const std::size_t count : {0, 1, 31, 32, 33, 500}) {
    std::vector<IpAddress> addresses;
    for (std::size_t i = 0; i < count; ++i) {
      const bool is_v4 = random() % 3 != 0;
      const std::uint64_t high = random() % 4 == 0 ? random() : 0x2001000000000000 | random() % 50'000 << 32;
      addresses.push_back({is_v4, is_v4 ? 0 : high, is_v4 ? random() % 0x0C000000 : random()});
    }
    std::vector<GeoRecord> records(count);
    database->find(addresses, records);
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(records[i], database->find(addresses[i])) << i;
  }
}

TEST(Ip2Location, FindsTheIpv4AddressInATunnel) {
  const Folder folder;
  const auto database = opened(folder, example_bin());
  for (const char* address : {"::ffff:8.8.8.8", "2002:808:808::1", "2001:0:4136:e378:8000:63bf:f7f7:f7f7"})
    EXPECT_EQ(look_up(*database, address, GeoField::country_name), "United States of America") << address;
}

TEST(Ip2Location, OfIpv4AloneKnowsNoIpv6Address) {
  const Folder folder;
  const auto database = opened(folder, bin_file(1, 2, {{"0.0.0.0", {{2, "US"}}, "United States", {}}}));
  EXPECT_EQ(database->description(), "IP2Location DB1, IPv4");
  EXPECT_EQ(look_up(*database, "2001:4860::1", GeoField::country_code), "NULL");
  EXPECT_EQ(look_up(*database, "1.1.1.1", GeoField::country_code), "US");
  EXPECT_FALSE(database->has(GeoField::city));
}

TEST(Ip2Location, OfIpv6AloneKnowsIpv4AddressesAsMappedOnes) {
  const Folder folder;
  const auto database = opened(folder, bin_file(1, 2,
                                                {{"::", {}, "-", {}},
                                                 {"::ffff:8.0.0.0", {{2, "US"}}, "United States", {}},
                                                 {"::ffff:9.0.0.0", {}, "-", {}}}));
  EXPECT_EQ(look_up(*database, "8.8.8.8", GeoField::country_code), "US");
  EXPECT_EQ(look_up(*database, "9.8.8.8", GeoField::country_code), "NULL");
}

TEST(Ip2Location, SearchesWithoutAnIndex) {
  const Folder folder;
  std::string bytes = example_bin();
  for (const std::size_t at : {21, 22, 23, 24, 25, 26, 27, 28}) bytes[at] = '\0';
  const auto database = opened(folder, bytes);
  EXPECT_EQ(look_up(*database, "8.8.8.8", GeoField::city), "Mountain View");
  EXPECT_EQ(look_up(*database, "2001:4860::8", GeoField::city), "Mountain View");
}

TEST(Ip2Location, HasEachFieldInItsTypesOnly) {
  const Folder folder;
  const int column_counts[] = {0,  2,  3,  4,  5,  6,  7,  6,  8,  7,  9,  8,  10, 8,
                               11, 10, 13, 10, 15, 11, 18, 11, 19, 12, 20, 22, 25};
  for (int type = 1; type <= 26; ++type) {
    const auto database =
        opened(folder, bin_file(type, column_counts[type], {{"0.0.0.0", {{2, "US"}}, "x", {}}}));
    EXPECT_TRUE(database->has(GeoField::country_code));
    EXPECT_EQ(database->has(GeoField::city), type >= 3) << type;
    EXPECT_EQ(database->has(GeoField::as_name), type == 26) << type;
  }
}

TEST(Ip2Location, RefusesWhatIsNone) {
  const Folder folder;
  const auto reason = [&](const std::string& bytes) {
    const auto database = open_geo_database(folder.write("geo.bin", bytes));
    return database.ok() ? "" : database.error().message();
  };
  EXPECT_NE(reason("").find("empty"), std::string::npos);
  EXPECT_NE(reason("short").find("5 bytes"), std::string::npos);
  EXPECT_NE(reason("PK\x03\x04" + std::string(100, 'x')).find("ZIP"), std::string::npos);
  EXPECT_NE(reason(std::string(100, 'x')).find("neither"), std::string::npos);
  EXPECT_NE(reason(std::string(100, '\0')).find("neither"), std::string::npos);
  const std::string whole = example_bin();
  EXPECT_NE(reason(whole.substr(0, whole.size() - 1)).find("of its"), std::string::npos);
  const auto missing = open_geo_database(folder.path("missing.bin"));
  EXPECT_NE(missing.error().message().find("No such file"), std::string::npos);
  EXPECT_NE(open_geo_database(folder.path("")).error().message().find("regular"), std::string::npos);
}

/// Looks all kinds of addresses up for all fields; what comes back does not matter, only that nothing else is
/// touched.
std::size_t look_everything_up(const GeoDatabase& database, std::mt19937_64& random) {
  std::size_t bytes = 0;
  GeoDatabase::Scratch scratch;
  for (int i = 0; i < 40; ++i) {
    IpAddress address{i % 2 == 0, i % 2 == 0 ? 0 : random(), i % 2 == 0 ? random() & 0xFFFFFFFF : random()};
    if (i % 4 == 0) address = {true, 0, 0x08080808};
    if (i % 4 == 1) address = {false, 0x2001486000000000, random()};
    const GeoRecord record = database.find(address);
    if (record == no_record) continue;
    for (std::size_t field = 0; field < geo_field_count; ++field) {
      const auto text = database.text(record, static_cast<GeoField>(field), scratch);
      if (text) bytes += std::string(*text).size();
      database.coordinate(record, static_cast<GeoField>(field));
    }
  }
  return bytes;
}

TEST(Ip2Location, DamagedFilesDoNoHarm) {
  const Folder folder;
  const std::string whole = example_bin();
  std::mt19937_64 random(7);
  int opened_count = 0;
  const auto try_bytes = [&](const std::string& bytes) {
    const auto database = open_geo_database(folder.write("geo.bin", bytes));
    if (!database.ok()) return;
    ++opened_count;
    look_everything_up(**database, random);
  };
  for (int round = 0; round < 60; ++round) try_bytes(whole.substr(0, random() % whole.size()));
  for (int round = 0; round < 400; ++round) {
    std::string bytes = whole;
    // The header, the rows and the texts are small; the indexes are long and mostly alike.
    const std::size_t parts[] = {64, 64 + 700, bytes.size()};
    for (std::size_t n = 1 + random() % 8; n > 0; --n) {
      const std::size_t part = parts[random() % 3];
      bytes[random() % part] = static_cast<char>(random());
    }
    for (std::size_t n = random() % 4; n > 0; --n)
      bytes[bytes.size() - 1 - random() % 400] = static_cast<char>(random());
    // Without its size a file cannot be told to be cut off.
    if (round % 2 == 0) {
      bytes[29] = 0;
      bytes.resize(bytes.size() - random() % 300);
    }
    try_bytes(bytes);
  }
  EXPECT_GT(opened_count, 50);
}

}  // namespace
}  // namespace weir::testing
