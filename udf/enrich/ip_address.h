// ip_address.h — IP addresses from text, and what kind of address one is.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

/// An IPv4 address has is_v4 and lies in the last 32 bits of `low`.
struct IpAddress {
  bool is_v4 = false;
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::uint32_t v4() const { return static_cast<std::uint32_t>(low); }
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// Reads exactly what inet_pton does: four decimal numbers without leading zeros, or RFC 4291's forms of IPv6
/// without a zone. Allocates nothing.
std::optional<IpAddress> parse_ip_address(std::string_view text);

/// The IPv4 address inside an IPv4-mapped (::ffff:0:0/96), 6to4 (2002::/16) or Teredo (2001::/32: the
/// client's, stored inverted) address; any other as it is.
IpAddress without_tunnel(const IpAddress& address);

/// Private, loopback, link-local, multicast, documentation or otherwise reserved by IANA: nobody on the
/// internet has it.
bool is_reserved(const IpAddress& address);

}  // namespace weir
