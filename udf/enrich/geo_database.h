// geo_database.h — where an address is, from a file: the contract of its readers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "udf/enrich/ip_address.h"

namespace weir {

enum class GeoField : std::uint8_t {
  country_code,
  country_name,
  region,
  city,
  isp,
  latitude,
  longitude,
  domain,
  zip_code,
  time_zone,
  net_speed,
  idd_code,
  area_code,
  weather_station_code,
  weather_station_name,
  mcc,
  mnc,
  mobile_brand,
  elevation,
  usage_type,
  address_type,
  category,
  district,
  asn,
  as_name,
};
inline constexpr std::size_t geo_field_count = 25;

/// Where a record stands in its file: what the file's reader makes of it.
using GeoRecord = std::uint64_t;
/// Of addresses that the file does not know.
inline constexpr GeoRecord no_record = ~std::uint64_t{0};

/// One open file. Any number of threads may look up at once; nothing that a lookup is given allocates, and no
/// content of the file, however damaged, does harm.
class GeoDatabase {
 public:
  /// Where a reader writes a text that is not in the file as such (a number of an mmdb).
  using Scratch = std::array<char, 32>;

  virtual ~GeoDatabase() = default;
  /// For people: "IP2Location DB3, IPv4 and IPv6, of 2025-07-04".
  virtual std::string description() const = 0;
  /// Whether files of this kind have the field at all.
  virtual bool has(GeoField field) const = 0;
  /// The records of as many addresses, or no_record where the file does not know one. Many at once cost less
  /// than one by one: a search waits for memory most of the time, and many can wait together.
  virtual void find(std::span<const IpAddress> addresses, std::span<GeoRecord> records) const = 0;
  GeoRecord find(const IpAddress& address) const {
    GeoRecord record = no_record;
    find({&address, 1}, {&record, 1});
    return record;
  }
  /// Nothing where the file does not know. `record` comes from find() and is not no_record. The text lies in
  /// the file or in `scratch`.
  virtual std::optional<std::string_view> text(GeoRecord record, GeoField field, Scratch& scratch) const = 0;
  /// For latitude and longitude, like text().
  virtual std::optional<double> coordinate(GeoRecord record, GeoField field) const = 0;
};

/// Opens an IP2Location BIN file or a MaxMind mmdb; the file's content tells which. An error sentence where
/// it is neither, is damaged in what can be seen without reading all of it, or cannot be read.
Result<std::shared_ptr<const GeoDatabase>> open_geo_database(const std::string& path);

}  // namespace weir
