// maxmind.cpp — mmdb files through libmaxminddb: which path of a record holds which field.
#include "udf/enrich/maxmind.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <maxminddb.h>

#include <cstring>
#include <span>

namespace weir {
namespace {

/// At most five steps, the last one null, as libmaxminddb wants it.
using Path = std::array<const char*, 6>;

/// Where a field stands in the records of the publishers, the commonest first.
std::span<const Path> paths_of(GeoField field) {
  static constexpr Path country_code[] = {
      {"country", "iso_code"}, {"country_code"}, {"country"}, {"registered_country", "iso_code"}};
  static constexpr Path country_name[] = {
      {"country", "names", "en"}, {"country_name"}, {"registered_country", "names", "en"}};
  static constexpr Path region[] = {
      {"subdivisions", "0", "names", "en"}, {"state1"}, {"region"}, {"region_name"}};
  static constexpr Path city[] = {{"city", "names", "en"}, {"city"}};
  static constexpr Path isp[] = {{"isp"}, {"traits", "isp"}, {"as_name"}};
  static constexpr Path latitude[] = {{"location", "latitude"}, {"latitude"}, {"lat"}};
  static constexpr Path longitude[] = {{"location", "longitude"}, {"longitude"}, {"lng"}};
  static constexpr Path domain[] = {{"domain"}, {"traits", "domain"}, {"as_domain"}};
  static constexpr Path zip_code[] = {{"postal", "code"}, {"postcode"}, {"postal_code"}};
  static constexpr Path time_zone[] = {{"location", "time_zone"}, {"timezone"}, {"time_zone"}};
  static constexpr Path net_speed[] = {{"connection_type"}, {"traits", "connection_type"}};
  static constexpr Path usage_type[] = {{"traits", "user_type"}};
  static constexpr Path district[] = {{"subdivisions", "1", "names", "en"}, {"state2"}};
  static constexpr Path asn[] = {
      {"autonomous_system_number"}, {"traits", "autonomous_system_number"}, {"asn"}};
  static constexpr Path as_name[] = {
      {"autonomous_system_organization"}, {"traits", "autonomous_system_organization"}, {"as_name"}};
  switch (field) {
    case GeoField::country_code:
      return country_code;
    case GeoField::country_name:
      return country_name;
    case GeoField::region:
      return region;
    case GeoField::city:
      return city;
    case GeoField::isp:
      return isp;
    case GeoField::latitude:
      return latitude;
    case GeoField::longitude:
      return longitude;
    case GeoField::domain:
      return domain;
    case GeoField::zip_code:
      return zip_code;
    case GeoField::time_zone:
      return time_zone;
    case GeoField::net_speed:
      return net_speed;
    case GeoField::usage_type:
      return usage_type;
    case GeoField::district:
      return district;
    case GeoField::asn:
      return asn;
    case GeoField::as_name:
      return as_name;
    default:
      return {};
  }
}

std::optional<double> number_of(const MMDB_entry_data_s& data) {
  switch (data.type) {
    case MMDB_DATA_TYPE_DOUBLE:
      return data.double_value;
    case MMDB_DATA_TYPE_FLOAT:
      return data.float_value;
    case MMDB_DATA_TYPE_INT32:
      return data.int32;
    case MMDB_DATA_TYPE_UINT16:
      return data.uint16;
    case MMDB_DATA_TYPE_UINT32:
      return data.uint32;
    default:
      return std::nullopt;
  }
}

std::optional<std::string_view> text_of(const MMDB_entry_data_s& data, GeoDatabase::Scratch& scratch) {
  if (data.type == MMDB_DATA_TYPE_UTF8_STRING) {
    if (data.data_size == 0) return std::nullopt;
    return std::string_view(data.utf8_string, data.data_size);
  }
  const auto number = number_of(data);
  if (!number) return std::nullopt;
  const auto written = fmt::format_to_n(scratch.data(), scratch.size(), "{}", *number);
  return std::string_view(scratch.data(), std::min(written.size, scratch.size()));
}

/// An address as the system's sockets have it.
struct SocketAddress {
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };

  explicit SocketAddress(const IpAddress& address) {
    if (address.is_v4) {
      v4 = {};
      v4.sin_family = AF_INET;
      v4.sin_addr.s_addr = htonl(address.v4());
      return;
    }
    v6 = {};
    v6.sin6_family = AF_INET6;
    const std::uint64_t big_endian[2] = {__builtin_bswap64(address.high), __builtin_bswap64(address.low)};
    std::memcpy(v6.sin6_addr.s6_addr, big_endian, 16);
  }
};

class MaxMind final : public GeoDatabase {
 public:
  MaxMind() = default;
  ~MaxMind() override {
    if (is_open_) MMDB_close(&file_);
  }

  Status open(const std::string& path) {
    const int code = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file_);
    is_open_ = code == MMDB_SUCCESS;
    if (!is_open_)
      return Error{ErrorKind::user, fmt::format("{} is no readable mmdb: {}", path, MMDB_strerror(code))};
    return {};
  }

  std::string description() const override {
    return fmt::format("MaxMind {}, IPv{}", file_.metadata.database_type, file_.metadata.ip_version);
  }

  bool has(GeoField field) const override { return !paths_of(field).empty(); }

  using GeoDatabase::find;
  void find(std::span<const IpAddress> addresses, std::span<GeoRecord> records) const override {
    for (std::size_t i = 0; i < addresses.size(); ++i) records[i] = search(addresses[i]);
  }

  std::optional<std::string_view> text(GeoRecord record, GeoField field, Scratch& scratch) const override {
    MMDB_entry_s entry = entry_at(record);
    for (const Path& path : paths_of(field)) {
      MMDB_entry_data_s data;
      if (!read(entry, path, data)) continue;
      if (const auto found = text_of(data, scratch)) return found;
    }
    return std::nullopt;
  }

  std::optional<double> coordinate(GeoRecord record, GeoField field) const override {
    MMDB_entry_s entry = entry_at(record);
    for (const Path& path : paths_of(field)) {
      MMDB_entry_data_s data;
      if (!read(entry, path, data)) continue;
      if (const auto found = number_of(data)) return found;
    }
    return std::nullopt;
  }

 private:
  /// The offset in the file's data.
  GeoRecord search(const IpAddress& address) const {
    if (!address.is_v4 && file_.metadata.ip_version == 4) return no_record;
    const SocketAddress socket_address(address);
    int code = MMDB_SUCCESS;
    const MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&file_, &socket_address.any, &code);
    return code == MMDB_SUCCESS && found.found_entry ? found.entry.offset : no_record;
  }

  MMDB_entry_s entry_at(GeoRecord record) const {
    return {&file_, static_cast<std::uint32_t>(record)};
  }

  // The library only reads what it takes a pointer to.
  static bool read(MMDB_entry_s& entry, const Path& path, MMDB_entry_data_s& data) {
    return MMDB_aget_value(&entry, &data, path.data()) == MMDB_SUCCESS && data.has_data;
  }

  MMDB_s file_{};
  bool is_open_ = false;
};

}  // namespace

bool is_maxmind(std::string_view bytes) {
  constexpr std::string_view marker = "\xAB\xCD\xEFMaxMind.com";
  constexpr std::size_t longest_metadata = 128 * 1024;
  const std::size_t start = bytes.size() > longest_metadata ? bytes.size() - longest_metadata : 0;
  return bytes.substr(start).rfind(marker) != bytes.npos;
}

Result<std::shared_ptr<const GeoDatabase>> open_maxmind(const std::string& path) {
  auto database = std::make_shared<MaxMind>();
  WEIR_TRY(database->open(path));
  return std::shared_ptr<const GeoDatabase>(std::move(database));
}

}  // namespace weir
