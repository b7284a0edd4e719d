// decimal_test.cpp — exact decimal arithmetic, against Python's decimal module and by hand.
#include "engine/data/decimal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

namespace weir {
namespace {

std::string text(std::optional<Int128> value, int scale = 0) {
  return value ? decimal_to_string(*value, scale) : "overflow";
}
std::string parsed(std::string_view number, int precision, int scale) {
  return text(parse_decimal(number, precision, scale), scale);
}
const Int128 widest = power_of_ten(38) - 1;

TEST(Decimal, AgreesWithPython) {
  std::ifstream file(std::string(WEIR_SOURCE_DIR) + "/tests/unit/data/decimal_vectors.txt");
  std::string line;
  int checked = 0;
  while (std::getline(file, line)) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string operation, a_text, b_text, expected;
    int scale_a = 0, scale_b = 0, scale = 0;
    words >> operation >> a_text >> scale_a >> b_text >> scale_b >> scale >> expected;
    const Int128 a = *parse_decimal(a_text, 38, 0);
    const Int128 b = *parse_decimal(b_text, 38, 0);
    const auto result = operation == "multiply" ? multiply(a, scale_a, b, scale_b, scale)
                        : operation == "divide" ? divide(a, scale_a, b, scale_b, scale)
                                                : rescale(a, scale_a, scale);
    ASSERT_EQ(text(result), expected) << line;
    ++checked;
  }
  EXPECT_GT(checked, 4000);
}

TEST(Decimal, Prints) {
  EXPECT_EQ(decimal_to_string(-1250, 2), "-12.50");
  EXPECT_EQ(decimal_to_string(0, 0), "0");
  EXPECT_EQ(decimal_to_string(0, 3), "0.000");
  EXPECT_EQ(decimal_to_string(5, 3), "0.005");
  EXPECT_EQ(decimal_to_string(-5, 1), "-0.5");
  EXPECT_EQ(decimal_to_string(widest, 0), std::string(38, '9'));
  EXPECT_EQ(decimal_to_string(-widest, 38), "-0." + std::string(38, '9'));
  EXPECT_EQ(decimal_to_string(power_of_ten(18), 0), "1000000000000000000");
  EXPECT_EQ(decimal_to_string(power_of_ten(36) + 1, 18), "1000000000000000000.000000000000000001");
}

TEST(Decimal, Reads) {
  EXPECT_EQ(parsed("12.5", 4, 2), "12.50");
  EXPECT_EQ(parsed("+12.5", 4, 2), "12.50");
  EXPECT_EQ(parsed("-0", 4, 2), "0.00");
  EXPECT_EQ(parsed(".5", 4, 2), "0.50");
  EXPECT_EQ(parsed("5.", 4, 2), "5.00");
  EXPECT_EQ(parsed("00000000000000000000000000000000000000000000000001", 4, 2), "1.00");
  EXPECT_EQ(parsed("123456789012345678.91", 38, 2), "123456789012345678.91");
  EXPECT_EQ(parsed(std::string(38, '9'), 38, 0), std::string(38, '9'));
  EXPECT_EQ(parsed("0." + std::string(38, '9'), 38, 38), "0." + std::string(38, '9'));
}

TEST(Decimal, ReadsExponents) {
  EXPECT_EQ(parsed("1.25e1", 4, 2), "12.50");
  EXPECT_EQ(parsed("1250E-2", 4, 2), "12.50");
  EXPECT_EQ(parsed("0.00000125e+7", 4, 2), "12.50");
  EXPECT_EQ(parsed("1e37", 38, 0), "1" + std::string(37, '0'));
  EXPECT_EQ(parsed("0e999999999999999999999", 4, 2), "0.00");
  EXPECT_EQ(parsed("1e-999999999999999999999", 4, 2), "0.00");
  EXPECT_EQ(parsed("1e999999999999999999999", 38, 0), "overflow");
  EXPECT_EQ(parsed("1" + std::string(100, '0') + "e-100", 1, 0), "1");
  EXPECT_EQ(parsed("0." + std::string(99, '0') + "1e100", 1, 0), "1");
}

TEST(Decimal, RoundsHalfUp) {
  EXPECT_EQ(parsed("0.005", 4, 2), "0.01");
  EXPECT_EQ(parsed("-0.005", 4, 2), "-0.01");
  EXPECT_EQ(parsed("0.00499999999999999999999999999999999999999999999999", 4, 2), "0.00");
  EXPECT_EQ(parsed("2.5", 4, 0), "3");
  EXPECT_EQ(parsed("0.5", 4, 0), "1");
  EXPECT_EQ(parsed("0.05", 4, 0), "0");
  EXPECT_EQ(parsed("99.995", 4, 2), "overflow");
  EXPECT_EQ(parsed("99.994999", 4, 2), "99.99");
  EXPECT_EQ(parsed(std::string(38, '9') + ".5", 38, 0), "overflow");
  EXPECT_EQ(parsed("0." + std::string(38, '9') + "5", 38, 38), "overflow");
}

TEST(Decimal, RefusesWhatDoesNotFitOrIsNoNumber) {
  EXPECT_EQ(parsed("100", 4, 2), "overflow");
  EXPECT_EQ(parsed("1" + std::string(38, '0'), 38, 0), "overflow");
  for (const char* bad : {"", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "--1", "1 ", " 1", "1,5", "NaN",
                          "Infinity", "0x1", "1e1.5", "1_000", "\xD9\xA1"}) {
    EXPECT_FALSE(parse_decimal(bad, 38, 2)) << bad;
  }
}

TEST(Decimal, KnowsItsBounds) {
  EXPECT_TRUE(fits_precision(999, 3));
  EXPECT_FALSE(fits_precision(1000, 3));
  EXPECT_TRUE(fits_precision(-999, 3));
  EXPECT_FALSE(fits_precision(-1000, 3));
  EXPECT_TRUE(fits_precision(widest, 38));
  EXPECT_FALSE(fits_precision(widest + 1, 38));
  const auto smallest = static_cast<Int128>(static_cast<UInt128>(1) << 127);
  EXPECT_FALSE(fits_precision(smallest, 38));
  EXPECT_EQ(text(rescale(smallest, 0, 0)), "overflow");
  EXPECT_EQ(text(rescale(widest, 0, 1)), "overflow");
  EXPECT_EQ(text(rescale(widest, 38, 0)), "1");
  EXPECT_EQ(text(multiply(widest, 0, widest, 0, 0)), "overflow");
  EXPECT_EQ(text(multiply(widest, 38, widest, 38, 38)), std::string(37, '9') + "8");
  EXPECT_EQ(text(divide(widest, 0, 1, 38, 38)), "overflow");
  EXPECT_EQ(text(divide(widest, 38, widest, 0, 38)), "1");
  EXPECT_EQ(text(divide(1, 0, 3, 0, 38)), std::string(38, '3'));
  EXPECT_EQ(text(divide(2, 0, 3, 0, 37)), std::string(36, '6') + "7");
}

TEST(Decimal, BecomesTheNearestDouble) {
  EXPECT_EQ(decimal_to_double(-1250, 2), -12.5);
  EXPECT_EQ(decimal_to_double(1, 1), 0.1);
  EXPECT_EQ(decimal_to_double(3, 1), 0.3);
  EXPECT_EQ(decimal_to_double(12345678901234567890u, 3), 12345678901234567.890);
  EXPECT_EQ(decimal_to_double(widest, 0), 1e38);
  EXPECT_EQ(decimal_to_double(1, 38), 1e-38);
  EXPECT_EQ(decimal_to_double((Int128{1} << 53) + 1, 0), 9007199254740992.0);
}

TEST(Decimal, ComesFromADoubleThroughItsShortestText) {
  EXPECT_EQ(text(decimal_from_double(0.1, 38, 20), 20), "0.10000000000000000000");
  EXPECT_EQ(text(decimal_from_double(1.005, 10, 2), 2), "1.01");
  EXPECT_EQ(text(decimal_from_double(-1e22, 38, 0), 0), "-10000000000000000000000");
  EXPECT_EQ(text(decimal_from_double(5e-324, 38, 38), 38), "0." + std::string(38, '0'));
  EXPECT_EQ(text(decimal_from_double(9223372036854775807.0, 38, 1), 1), "9223372036854776000.0");
  EXPECT_FALSE(decimal_from_double(1e38, 38, 0));
  EXPECT_FALSE(decimal_from_double(std::numeric_limits<double>::infinity(), 38, 0));
  EXPECT_FALSE(decimal_from_double(std::nan(""), 38, 0));
}

}  // namespace
}  // namespace weir
