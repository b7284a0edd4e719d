// ip_address_test.cpp — addresses are read as the system reads them, and told apart.
#include "udf/enrich/ip_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace weir {
namespace {

/// What inet_pton makes of it.
std::optional<IpAddress> by_system(const std::string& text) {
  unsigned char bytes[16];
  if (text.find('\0') != std::string::npos) return std::nullopt;
  IpAddress address;
  if (::inet_pton(AF_INET, text.c_str(), bytes) == 1) {
    address.is_v4 = true;
    for (int i = 0; i < 4; ++i) address.low = address.low << 8 | bytes[i];
    return address;
  }
  if (::inet_pton(AF_INET6, text.c_str(), bytes) != 1) return std::nullopt;
  for (int i = 0; i < 8; ++i) address.high = address.high << 8 | bytes[i];
  for (int i = 8; i < 16; ++i) address.low = address.low << 8 | bytes[i];
  return address;
}

void expect_as_system(const std::string& text) {
  EXPECT_EQ(parse_ip_address(text), by_system(text)) << "[" << text << "]";
}

TEST(IpAddress, IsReadAsTheSystemReadsIt) {
  for (const char* text : {"",
                           "1",
                           "1.2.3",
                           "1.2.3.4",
                           "1.2.3.4.",
                           "1.2.3.4.5",
                           ".1.2.3.4",
                           "1..2.3",
                           "01.2.3.4",
                           "0.0.0.0",
                           "255.255.255.255",
                           "256.1.1.1",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "1.2.3.1000",
                           "0x1.2.3.4",
                           "1.2.3.-4",
                           "::",
                           ":",
                           ":::",
                           "::1",
                           "1::",
                           "1:2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7::",
                           "::2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "1::3:4:5:6:7:8",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "12345::",
                           "::12345",
                           "g::",
                           "1:",
                           ":1",
                           "1:2:3:4:5:6:7:",
                           "::ffff:1.2.3.4",
                           "::ffff:1.2.3",
                           "::ffff:1.2.3.4.5",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:1.2.3.4",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "fe80::1%eth0",
                           "[::1]",
                           "::FFFF:1.2.3.256",
                           "ABCD::abcd",
                           "0000:0000::0000",
                           "00000::",
                           "::ffff:01.2.3.4",
                           "1:2:3:4:5::1.2.3.4",
                           "1:2:3:4:5:6::1.2.3.4"})
    expect_as_system(text);
  expect_as_system(std::string("1.2.3.4\0", 8));
}

TEST(IpAddress, IsReadAsTheSystemReadsItWhenMadeAtRandom) {
  std::mt19937_64 random(1);
  const std::string letters = "0123456789abcdefABCDEF::::....g% ";
  int good = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string text;
    if (i % 3 == 0) {
      for (std::size_t n = random() % 40; n > 0; --n) text += letters[random() % letters.size()];
    } else {
      // A good address with at most a few bytes changed, so that the near misses are met.
      unsigned char bytes[16];
      for (unsigned char& byte : bytes) byte = random() % 3 == 0 ? 0 : static_cast<unsigned char>(random());
      char written[INET6_ADDRSTRLEN];
      const int family = i % 3 == 1 ? AF_INET : AF_INET6;
      text = ::inet_ntop(family, bytes, written, sizeof written);
      for (std::size_t n = random() % 3; n > 0; --n)
        text[random() % text.size()] = letters[random() % letters.size()];
    }
    good += by_system(text).has_value() ? 1 : 0;
    ASSERT_EQ(parse_ip_address(text), by_system(text)) << "[" << text << "]";
  }
  EXPECT_GT(good, 80'000);
}

std::string unwrapped(const std::string& text) {
  const IpAddress address = without_tunnel(parse_ip_address(text).value());
  if (!address.is_v4) return "IPv6";
  char written[INET_ADDRSTRLEN];
  const std::uint32_t bytes = htonl(address.v4());
  return ::inet_ntop(AF_INET, &bytes, written, sizeof written);
}

TEST(IpAddress, HoldsAnotherOneInTunnels) {
  EXPECT_EQ(unwrapped("::ffff:8.8.8.8"), "8.8.8.8");
  EXPECT_EQ(unwrapped("2002:808:808::1"), "8.8.8.8");
  EXPECT_EQ(unwrapped("2001:0:4136:e378:8000:63bf:f7f7:f7f7"), "8.8.8.8");
  EXPECT_EQ(unwrapped("8.8.8.8"), "8.8.8.8");
  EXPECT_EQ(unwrapped("2001:1::8.8.8.8"), "IPv6");
  EXPECT_EQ(unwrapped("::8.8.8.8"), "IPv6");
  EXPECT_EQ(unwrapped("2003:808:808::1"), "IPv6");
}

TEST(IpAddress, IsReservedWhereNobodyHasIt) {
  for (const char* text : {"0.1.2.3",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "169.254.1.1",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.168.0.0",
                           "192.168.255.255",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.255",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "fc00::1",
                           "fdff::1",
                           "ff02::1",
                           "2001:db8::1",
                           "64:ff9b::8.8.8.8",
                           "3fff:fff::1",
                           "2001:2::1"})
    EXPECT_TRUE(is_reserved(parse_ip_address(text).value())) << text;
  for (const char* text :
       {"1.0.0.0",     "9.255.255.255", "11.0.0.0",       "100.63.255.255",  "100.128.0.0", "126.1.1.1",
        "128.0.0.1",   "169.253.1.1",   "172.15.255.255", "172.32.0.0",      "192.0.1.1",   "192.167.1.1",
        "192.169.0.0", "198.17.1.1",    "198.20.0.0",     "223.255.255.255", "2000::",      "2001:db7::1",
        "2001:db9::1", "3fff:1000::",   "2a00:1450::1",   "2001:2:1::1"})
    EXPECT_FALSE(is_reserved(parse_ip_address(text).value())) << text;
}

}  // namespace
}  // namespace weir
