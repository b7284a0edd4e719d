// ip2location.cpp — IP2Location's BIN format, as its documentation and the vendor's readers have it.
//
// Little-endian, offsets count from 1. Byte 0 type (1 to 26), 1 columns, 2-4 date, then u32 each: IPv4 rows,
// IPv4 table, IPv6 rows, IPv6 table, IPv4 index, IPv6 index; byte 29 product (1), 30 licence, u32 31 size of
// the file (0 in old files). A row is the first address of its range (4 or 16 bytes) and a u32 for each
// further column; it covers the addresses up to the next row's. The column of a text holds where in the file
// it stands, as a length byte and the text; column 2 is the country: its code, and 3 bytes further its name.
// An index has for each value of the first 16 bits of an address the first and the last row to search.
#include "udf/enrich/ip2location.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

#include "engine/base/prefetch.h"

namespace weir {
namespace {

static_assert(std::endian::native == std::endian::little, "the file's numbers are read as they are");

constexpr std::uint8_t last_type = 26;
constexpr std::size_t header_bytes = 35;
constexpr std::size_t index_bytes = 65536 * 8;

/// In which column each type has a field, counted from 1 (the address); 0 where it has not.
constexpr std::uint8_t columns_of_fields[geo_field_count][last_type + 1] = {
    {0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2},  // country code
    {0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2},  // country name
    {0, 0, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3},  // region
    {0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4},  // city
    {0, 0, 3, 0, 5, 0, 7, 5, 7, 0, 8, 0, 9, 0, 9, 0, 9, 0, 9, 7, 9, 0, 9, 7, 9, 9, 9},  // isp
    {0, 0, 0, 0, 0, 5, 5, 0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5},  // latitude
    {0, 0, 0, 0, 0, 6, 6, 0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6},  // longitude
    {0, 0, 0, 0, 0, 0, 0, 6, 8, 0, 9, 0, 10, 0, 10, 0, 10, 0, 10, 8, 10, 0, 10, 8, 10, 10, 10},  // domain
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7, 0, 7, 7, 7, 0, 7, 0, 7, 7, 7, 0, 7, 7, 7},           // zip code
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 7, 8, 8, 8, 7, 8, 0, 8, 8, 8, 0, 8, 8, 8},           // time zone
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 11, 0, 11, 8, 11, 0, 11, 0, 11, 0, 11, 11, 11},   // net speed
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 12, 0, 12, 0, 12, 9, 12, 0, 12, 12, 12},    // idd code
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 13, 0, 13, 0, 13, 10, 13, 0, 13, 13, 13},  // area code
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 14, 0, 14, 0, 14, 0, 14, 14, 14},   // weather code
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 15, 0, 15, 0, 15, 0, 15, 15, 15},  // weather name
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 16, 0, 16, 9, 16, 16, 16},    // mcc
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 17, 0, 17, 10, 17, 17, 17},  // mnc
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 18, 0, 18, 11, 18, 18, 18},  // mobile brand
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 19, 0, 19, 19, 19},    // elevation
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 20, 20, 20},     // usage type
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 21, 21},       // address type
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 22, 22},       // category
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23},        // district
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 24},        // asn
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25},        // as
};

std::uint8_t column_count(std::uint8_t type) {
  std::uint8_t count = 0;
  for (const auto& columns : columns_of_fields) count = std::max(count, columns[type]);
  return count;
}

template <typename T>
T number_at(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

/// What the vendor writes in place of data: in sample files outside of their range, and where a licence does
/// not have a column.
bool is_notice(std::string_view text) {
  if (!text.starts_with("This ")) return false;
  return text.starts_with("This is a sample BIN") || text.starts_with("This is IP2Location") ||
         text.starts_with("This parameter is unavailable");
}

/// The number with the fewest digits that is this float: what the vendor's CSV has.
double shortest(float number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  double result = 0;
  std::from_chars(digits, end.ptr, result);
  return result;
}

struct Wide {
  std::uint64_t low;
  std::uint64_t high;
  friend bool operator<=(const Wide& a, const Wide& b) {
    return a.high != b.high ? a.high < b.high : a.low <= b.low;
  }
};

std::size_t first16(std::uint32_t address) { return address >> 16; }
std::size_t first16(const Wide& address) { return address.high >> 48; }

// As many searches wait for memory at the same time.
constexpr std::size_t group_size = 32;

/// A table of rows and its index, both known to lie in the file. Address is std::uint32_t, or Wide for IPv6.
template <typename Address>
class RowTable {
 public:
  RowTable() = default;
  RowTable(const char* rows, std::uint32_t count, std::size_t width, const char* index)
      : rows_(rows), count_(count), width_(width), index_(index) {}

  std::uint32_t size() const { return count_; }

  /// The columns behind the addresses of the rows whose ranges have these, at most group_size; null where
  /// none does.
  void find(std::span<const Address> addresses, std::span<const char*> found) const {
    std::array<Range, group_size> ranges;
    const std::size_t count = addresses.size();
    for (std::size_t i = 0; i < count && index_ != nullptr; ++i)
      prefetch(index_ + first16(addresses[i]) * 8);
    for (std::size_t i = 0; i < count; ++i) ranges[i] = range_of(first16(addresses[i]));
    for (std::size_t i = 0; i < count; ++i) {
      if (ranges[i].length != 0 && !(first_address(ranges[i].low) <= addresses[i])) ranges[i].length = 0;
    }
    for (std::uint32_t longest = narrow(addresses, ranges); longest > 1;) longest = narrow(addresses, ranges);
    for (std::size_t i = 0; i < count; ++i)
      found[i] = ranges[i].length == 0 ? nullptr : rows_ + ranges[i].low * width_ + sizeof(Address);
  }

 private:
  /// Rows, of which one is looked for: the last that does not begin behind the address.
  struct Range {
    std::uint32_t low;
    std::uint32_t length;
  };

  Range range_of(std::size_t first) const {
    Range range{0, count_};
    if (index_ != nullptr) {
      std::uint32_t bounds[2];
      std::memcpy(bounds, index_ + first * 8, 8);
      range.low = std::min(bounds[0], count_);
      const std::uint32_t end = bounds[1] < count_ ? bounds[1] + 1 : count_;
      range.length = end > range.low ? end - range.low : 0;
    }
    prefetch(rows_ + range.low * width_);
    prefetch_middle(range);
    return range;
  }

  /// One step of each search. Returns the length of the longest range that is left.
  std::uint32_t narrow(std::span<const Address> addresses, std::array<Range, group_size>& ranges) const {
    std::uint32_t longest = 0;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      Range& range = ranges[i];
      if (range.length <= 1) continue;
      const std::uint32_t half = range.length / 2;
      // A branch here would be taken wrongly half the time.
      range.low += first_address(range.low + half) <= addresses[i] ? half : 0;
      range.length -= half;
      prefetch_middle(range);
      longest = std::max(longest, range.length);
    }
    return longest;
  }

  void prefetch_middle(const Range& range) const {
    prefetch(rows_ + (range.low + range.length / 2) * width_);
  }

  Address first_address(std::uint32_t row) const {
    Address address;
    std::memcpy(&address, rows_ + row * width_, sizeof(Address));
    return address;
  }

  const char* rows_ = nullptr;
  std::uint32_t count_ = 0;
  std::size_t width_ = 0;
  const char* index_ = nullptr;
};

class Ip2Location final : public GeoDatabase {
 public:
  Ip2Location(MappedFile file, RowTable<std::uint32_t> v4, RowTable<Wide> v6)
      : file_(std::move(file)), bytes_(file_.bytes()), v4_(v4), v6_(v6) {
    const auto type = static_cast<std::uint8_t>(bytes_[0]);
    for (std::size_t field = 0; field < geo_field_count; ++field)
      columns_[field] = columns_of_fields[field][type];
  }

  std::string description() const override {
    const char* families = v4_.size() == 0 ? "IPv6" : v6_.size() == 0 ? "IPv4" : "IPv4 and IPv6";
    return fmt::format("IP2Location DB{}, {}", static_cast<int>(bytes_[0]), families);
  }

  bool has(GeoField field) const override { return columns_[static_cast<std::size_t>(field)] != 0; }

  using GeoDatabase::find;
  void find(std::span<const IpAddress> addresses, std::span<GeoRecord> records) const override {
    for (std::size_t start = 0; start < addresses.size(); start += group_size) {
      Group<std::uint32_t> v4;
      Group<Wide> v6;
      for (std::size_t i = start; i < std::min(addresses.size(), start + group_size); ++i) {
        const IpAddress& address = addresses[i];
        if (address.is_v4 && v4_.size() != 0) {
          v4.add(address.v4(), i);
        } else {
          v6.add(address.is_v4 ? Wide{0xFFFF00000000 | address.low, 0} : Wide{address.low, address.high}, i);
        }
      }
      find_group(v4_, v4, records);
      find_group(v6_, v6, records);
    }
  }

  std::optional<std::string_view> text(GeoRecord record, GeoField field, Scratch&) const override {
    const auto column = column_value(record, field);
    if (!column) return std::nullopt;
    const std::string_view found = text_at(*column + (field == GeoField::country_name ? 3u : 0u));
    if (found.empty() || found == "-" || is_notice(found)) return std::nullopt;
    return found;
  }

  std::optional<double> coordinate(GeoRecord record, GeoField field) const override {
    const auto column = column_value(record, field);
    if (!column) return std::nullopt;
    const auto degrees = std::bit_cast<float>(static_cast<std::uint32_t>(*column));
    if (!(degrees >= -180 && degrees <= 180)) return std::nullopt;
    // What the file does not know has both coordinates 0 and no country.
    Scratch scratch;
    if (degrees == 0 && !text(record, GeoField::country_code, scratch)) return std::nullopt;
    return shortest(degrees);
  }

 private:
  /// Addresses of one kind, and which of all they are.
  template <typename Address>
  struct Group {
    std::array<Address, group_size> addresses;
    std::array<std::size_t, group_size> places;
    std::size_t count = 0;

    void add(const Address& address, std::size_t place) {
      addresses[count] = address;
      places[count++] = place;
    }
  };

  /// A record is where in the file the row's columns are.
  template <typename Address>
  void find_group(const RowTable<Address>& table, const Group<Address>& group,
                  std::span<GeoRecord> records) const {
    std::array<const char*, group_size> rows;
    table.find({group.addresses.data(), group.count}, rows);
    for (std::size_t i = 0; i < group.count; ++i)
      records[group.places[i]] =
          rows[i] == nullptr ? no_record : static_cast<GeoRecord>(rows[i] - bytes_.data());
  }

  std::optional<std::size_t> column_value(GeoRecord record, GeoField field) const {
    const std::size_t column = columns_[static_cast<std::size_t>(field)];
    if (column == 0) return std::nullopt;
    std::uint32_t value;
    std::memcpy(&value, bytes_.data() + record + (column - 2) * 4, 4);
    return value;
  }

  /// Empty where the text does not lie in the file.
  std::string_view text_at(std::size_t offset) const {
    if (offset >= bytes_.size()) return {};
    const std::size_t length = static_cast<unsigned char>(bytes_[offset]);
    if (bytes_.size() - offset - 1 < length) return {};
    return bytes_.substr(offset + 1, length);
  }

  MappedFile file_;
  std::string_view bytes_;
  RowTable<std::uint32_t> v4_;
  RowTable<Wide> v6_;
  std::array<std::uint8_t, geo_field_count> columns_{};
};

/// The table that the header tells of at `header` (its row count) with its index at `index_header`, if it
/// lies in the file.
template <typename Address>
std::optional<RowTable<Address>> table_of(std::string_view bytes, std::size_t header,
                                          std::size_t index_header) {
  const auto count = number_at<std::uint32_t>(bytes, header);
  const std::size_t start = number_at<std::uint32_t>(bytes, header + 4);
  const std::size_t index = number_at<std::uint32_t>(bytes, index_header);
  const std::size_t width = sizeof(Address) + (static_cast<unsigned char>(bytes[1]) - 1u) * 4;
  if (count == 0) return RowTable<Address>();
  if (start <= header_bytes - 6 || start - 1 > bytes.size() || (bytes.size() - (start - 1)) / width < count)
    return std::nullopt;
  const bool has_index = index > 1;
  if (has_index && (index - 1 > bytes.size() || bytes.size() - (index - 1) < index_bytes))
    return std::nullopt;
  return RowTable<Address>(bytes.data() + start - 1, count, width,
                           has_index ? bytes.data() + index - 1 : nullptr);
}

Error damaged(const std::string& path, std::string_view what) {
  return Error{ErrorKind::user, fmt::format("{} is no whole IP2Location BIN file: {}", path, what)};
}

}  // namespace

Result<std::shared_ptr<const GeoDatabase>> open_ip2location(MappedFile file, const std::string& path) {
  const std::string_view bytes = file.bytes();
  if (bytes.starts_with("PK"))
    return Error{ErrorKind::user, path + " is a ZIP archive"}.with_hint(
        "unpack it and name the .BIN file in it");
  if (bytes.size() < header_bytes) return damaged(path, fmt::format("it has {} bytes", bytes.size()));
  const auto type = static_cast<unsigned char>(bytes[0]);
  const auto columns = static_cast<unsigned char>(bytes[1]);
  if (type < 1 || type > last_type || columns != column_count(type))
    return Error{ErrorKind::user, path + " is neither an IP2Location BIN file nor a MaxMind mmdb"};
  const auto size = number_at<std::uint32_t>(bytes, 31);
  // Files of before 2020 have something else, or nothing, there.
  const bool tells_size = bytes[29] == 1;
  if (tells_size && size > bytes.size())
    return damaged(path, fmt::format("it has {} of its {} bytes", bytes.size(), size));
  const auto v4 = table_of<std::uint32_t>(bytes, 5, 21);
  const auto v6 = table_of<Wide>(bytes, 13, 25);
  if (!v4 || !v6) return damaged(path, "a table lies outside of the file");
  if (v4->size() == 0 && v6->size() == 0) return damaged(path, "it has no rows");
  return std::shared_ptr<const GeoDatabase>(std::make_shared<Ip2Location>(std::move(file), *v4, *v6));
}

}  // namespace weir
