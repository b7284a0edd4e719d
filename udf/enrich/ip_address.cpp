// ip_address.cpp — a parser of addresses that looks at each byte once.
#include "udf/enrich/ip_address.h"

#include <algorithm>
#include <array>

namespace weir {
namespace {

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  std::uint32_t address = 0;
  std::uint32_t number = 0;
  int digits = 0;
  int dots = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || ++dots > 3) return std::nullopt;
      address = address << 8 | number;
      number = 0;
      digits = 0;
      continue;
    }
    const auto digit = static_cast<std::uint32_t>(c) - '0';
    if (digit > 9 || (digits != 0 && number == 0)) return std::nullopt;
    number = number * 10 + digit;
    if (number > 255) return std::nullopt;
    ++digits;
  }
  if (dots != 3 || digits == 0) return std::nullopt;
  return address << 8 | number;
}

constexpr auto hex_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i) {
    values[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
    values[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(10 + i);
  }
  return values;
}();

/// The groups of an IPv6 address as they are read, and where "::" stood.
struct Groups {
  std::array<std::uint16_t, 8> values{};
  std::size_t count = 0;
  std::size_t gap = 9;  // 9: none

  bool add(std::uint32_t value) {
    if (count == values.size()) return false;
    values[count++] = static_cast<std::uint16_t>(value);
    return true;
  }

  std::optional<IpAddress> address() const {
    if (gap > 8 ? count != 8 : count == 8) return std::nullopt;
    std::array<std::uint16_t, 8> all{};
    const std::size_t before = std::min(gap, count);
    for (std::size_t i = 0; i < before; ++i) all[i] = values[i];
    for (std::size_t i = before; i < count; ++i) all[8 - count + i] = values[i];
    IpAddress result;
    for (std::size_t i = 0; i < 4; ++i) result.high = result.high << 16 | all[i];
    for (std::size_t i = 4; i < 8; ++i) result.low = result.low << 16 | all[i];
    return result;
  }
};

std::optional<IpAddress> parse_v6(std::string_view text) {
  if (text.size() < 2 || text.size() > 45) return std::nullopt;
  Groups groups;
  std::size_t i = 0;
  if (text[0] == ':') {
    if (text[1] != ':') return std::nullopt;
    groups.gap = 0;
    i = 2;
  }
  while (i < text.size()) {
    const std::size_t start = i;
    std::uint32_t value = 0;
    for (int digit; i < text.size() && (digit = hex_values[static_cast<unsigned char>(text[i])]) >= 0; ++i) {
      value = value << 4 | static_cast<std::uint32_t>(digit);
      if (i - start == 4) return std::nullopt;
    }
    if (i < text.size() && text[i] == '.') {
      const auto v4 = parse_v4(text.substr(start));
      if (!v4 || !groups.add(*v4 >> 16) || !groups.add(*v4 & 0xFFFF)) return std::nullopt;
      return groups.address();
    }
    if (i == start || !groups.add(value)) return std::nullopt;
    if (i == text.size()) break;
    if (text[i] != ':' || ++i == text.size()) return std::nullopt;
    if (text[i] == ':') {
      if (groups.gap <= 8) return std::nullopt;
      groups.gap = groups.count;
      ++i;
    }
  }
  return groups.address();
}

constexpr IpAddress v4_address(std::uint64_t value) { return {true, 0, value & 0xFFFFFFFF}; }

struct V4Range {
  std::uint32_t prefix;
  int bits;
};

// IANA's special-purpose registries, RFC 6890 and after.
constexpr V4Range reserved_v4[] = {
    {0x00000000, 8},   // 0.0.0.0/8
    {0x0A000000, 8},   // 10.0.0.0/8
    {0x64400000, 10},  // 100.64.0.0/10, carriers' NAT
    {0x7F000000, 8},   // 127.0.0.0/8
    {0xA9FE0000, 16},  // 169.254.0.0/16
    {0xAC100000, 12},  // 172.16.0.0/12
    {0xC0000000, 24},  // 192.0.0.0/24
    {0xC0000200, 24},  // 192.0.2.0/24, documentation
    {0xC0A80000, 16},  // 192.168.0.0/16
    {0xC6120000, 15},  // 198.18.0.0/15, benchmarks
    {0xC6336400, 24},  // 198.51.100.0/24, documentation
    {0xCB007100, 24},  // 203.0.113.0/24, documentation
    {0xE0000000, 3},   // 224.0.0.0/4 multicast, 240.0.0.0/4 reserved
};

bool is_reserved_v4(std::uint32_t address) {
  return std::any_of(std::begin(reserved_v4), std::end(reserved_v4), [&](const V4Range& range) {
    return (address ^ range.prefix) >> (32 - range.bits) == 0;
  });
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  // An IPv6 address has its first colon among the first five characters, an IPv4 address none.
  if (text.substr(0, 5).find(':') != text.npos) return parse_v6(text);
  const auto v4 = parse_v4(text);
  return v4 ? std::optional(v4_address(*v4)) : std::nullopt;
}

IpAddress without_tunnel(const IpAddress& address) {
  if (address.is_v4) return address;
  if (address.high == 0 && address.low >> 32 == 0xFFFF) return v4_address(address.low);
  if (address.high >> 48 == 0x2002) return v4_address(address.high >> 16);
  if (address.high >> 32 == 0x20010000) return v4_address(~address.low);
  return address;
}

bool is_reserved(const IpAddress& address) {
  if (address.is_v4) return is_reserved_v4(address.v4());
  // Only 2000::/3 is given out; of it 2001:db8::/32 and 3fff::/20 are for documentation, 2001:2::/48 for
  // benchmarks.
  const std::uint64_t high = address.high;
  return high >> 61 != 1 || high >> 32 == 0x20010DB8 || high >> 44 == 0x3FFF0 || high >> 16 == 0x200100020000;
}

}  // namespace weir
