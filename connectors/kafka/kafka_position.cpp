// kafka_position.cpp — prints and parses positions.
#include "connectors/kafka/kafka_position.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace weir {
namespace {

constexpr std::uint32_t castagnoli = 0x82F63B78;  // reflected

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? castagnoli : 0);
    table[byte] = crc;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> table = make_table();

std::uint32_t extend(std::uint32_t crc, std::string_view bytes) {
  for (const char byte : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  return crc;
}

template <typename Number>
bool take_number(std::string_view& text, Number& number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string to_text(const KafkaPosition& position) {
  if (!position.last) return std::to_string(position.next);
  const RecordPrint& last = *position.last;
  return fmt::format("{};{}:{}:{:08x}", position.next, last.offset, last.timestamp, last.checksum);
}

std::optional<KafkaPosition> parse_kafka_position(std::string_view text) {
  KafkaPosition position;
  if (!take_number(text, position.next) || position.next < 0) return std::nullopt;
  if (text.empty()) return position;
  RecordPrint last;
  const bool is_print = take(text, ';') && take_number(text, last.offset) && take(text, ':') &&
                        take_number(text, last.timestamp) && take(text, ':') &&
                        take_number(text, last.checksum, 16) && text.empty();
  if (!is_print || last.offset < 0 || last.offset >= position.next) return std::nullopt;
  position.last = last;
  return position;
}

std::uint32_t record_checksum(std::string_view key, const char* value, std::size_t value_size) {
  std::uint32_t crc = extend(0xFFFFFFFF, key);
  crc = extend(crc, value == nullptr ? std::string_view("\0", 1) : std::string_view("\1", 1));
  if (value != nullptr) crc = extend(crc, {value, value_size});
  return crc ^ 0xFFFFFFFF;
}

}  // namespace weir
