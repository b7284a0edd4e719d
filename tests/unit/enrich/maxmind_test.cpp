// maxmind_test.cpp — mmdb files as MaxMind, DB-IP and others lay them out.
#include "udf/enrich/maxmind.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/enrich/geo_fixture.h"

namespace weir::testing {
namespace {

std::string nested_record() {
  const auto names = [](const std::string& name) {
    return mmdb_map({{"names", mmdb_map({{"de", mmdb_text("?")}, {"en", mmdb_text(name)}})}});
  };
  return mmdb_map({{"city", names("Mountain View")},
                   {"country", mmdb_map({{"iso_code", mmdb_text("US")},
                                         {"names", mmdb_map({{"en", mmdb_text("United States")}})}})},
                   {"location", mmdb_map({{"latitude", mmdb_double(37.5)},
                                          {"longitude", mmdb_double(-122.25)},
                                          {"time_zone", mmdb_text("America/Los_Angeles")}})},
                   {"postal", mmdb_map({{"code", mmdb_text("94043")}})},
                   {"subdivisions", mmdb_array({names("California"), names("Santa Clara County")})},
                   {"autonomous_system_number", mmdb_unsigned(15169)}});
}

std::shared_ptr<const GeoDatabase> opened(const Folder& folder, const std::string& bytes) {
  auto database = open_geo_database(folder.write("geo.mmdb", bytes));
  EXPECT_TRUE(database.ok()) << database.error().message();
  return std::move(database).value();
}

TEST(MaxMind, ReadsNestedRecords) {
  const Folder folder;
  const auto database = opened(folder, mmdb_file("8.8.8.0", 24, 6, nested_record()));
  EXPECT_EQ(database->description(), "MaxMind Test, IPv6");
  const std::pair<GeoField, const char*> expected[] = {{GeoField::country_code, "US"},
                                                       {GeoField::country_name, "United States"},
                                                       {GeoField::region, "California"},
                                                       {GeoField::city, "Mountain View"},
                                                       {GeoField::zip_code, "94043"},
                                                       {GeoField::time_zone, "America/Los_Angeles"},
                                                       {GeoField::district, "Santa Clara County"},
                                                       {GeoField::asn, "15169"},
                                                       {GeoField::isp, "NULL"}};
  for (const auto& [field, text] : expected) {
    EXPECT_EQ(look_up(*database, "8.8.8.8", field), text);
    EXPECT_EQ(look_up(*database, "::ffff:8.8.8.255", field), text);
    EXPECT_EQ(look_up(*database, "8.8.9.0", field), "NULL");
  }
  EXPECT_EQ(look_coordinate_up(*database, "8.8.8.8", GeoField::latitude), 37.5);
  EXPECT_EQ(look_coordinate_up(*database, "8.8.8.8", GeoField::longitude), -122.25);
  EXPECT_FALSE(database->has(GeoField::weather_station_code));
}

TEST(MaxMind, ReadsFlatRecords) {
  const Folder folder;
  const auto database = opened(folder, mmdb_file("2001:4860::", 32, 6,
                                                 mmdb_map({{"country_code", mmdb_text("VN")},
                                                           {"city", mmdb_text("Hanoi")},
                                                           {"state1", mmdb_text("Ha Noi")},
                                                           {"latitude", mmdb_double(21)}})));
  EXPECT_EQ(look_up(*database, "2001:4860::1", GeoField::country_code), "VN");
  EXPECT_EQ(look_up(*database, "2001:4860::1", GeoField::city), "Hanoi");
  EXPECT_EQ(look_up(*database, "2001:4860::1", GeoField::region), "Ha Noi");
  EXPECT_EQ(look_up(*database, "2001:4861::1", GeoField::region), "NULL");
  EXPECT_EQ(look_coordinate_up(*database, "2001:4860::1", GeoField::latitude), 21.0);
}

TEST(MaxMind, OfIpv4AloneKnowsNoIpv6Address) {
  const Folder folder;
  const auto database = opened(folder, mmdb_file("8.0.0.0", 8, 4, mmdb_map({{"country", mmdb_text("US")}})));
  EXPECT_EQ(look_up(*database, "8.8.8.8", GeoField::country_code), "US");
  EXPECT_EQ(look_up(*database, "2001:4860::1", GeoField::country_code), "NULL");
}

TEST(MaxMind, DamagedFilesDoNoHarm) {
  const Folder folder;
  const std::string whole = mmdb_file("8.8.8.0", 24, 6, nested_record());
  std::mt19937_64 random(3);
  int opened_count = 0;
  for (int round = 0; round < 500; ++round) {
    std::string bytes = whole;
    for (std::size_t n = 1 + random() % 4; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (round % 3 == 0) bytes.erase(random() % bytes.size(), random() % 50);
    const auto database = open_geo_database(folder.write("geo.mmdb", bytes));
    if (!database.ok()) continue;
    ++opened_count;
    for (std::size_t field = 0; field < geo_field_count; ++field) {
      look_up(**database, "8.8.8.8", static_cast<GeoField>(field));
      look_coordinate_up(**database, "8.8.8.8", static_cast<GeoField>(field));
    }
  }
  EXPECT_GT(opened_count, 50);
}

}  // namespace
}  // namespace weir::testing
