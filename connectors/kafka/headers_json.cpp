// headers_json.cpp — prints message headers as JSON.
#include "connectors/kafka/headers_json.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace weir {
namespace {

// Bytes of the UTF-8 sequence at the start of `text`; 0 where there is none (overlong forms, surrogates and >
// U+10FFFF included).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') {
      out += '\\';
      out += letter;
    } else if (static_cast<unsigned char>(letter) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(letter));
    } else {
      out += letter;
    }
  }
  out += '"';
}

std::string base64(std::string_view bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t start = 0; start < bytes.size(); start += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - start);
    std::uint32_t group = 0;
    for (std::size_t index = 0; index < 3; ++index) {
      group = (group << 8) | (index < count ? static_cast<unsigned char>(bytes[start + index]) : 0U);
    }
    for (std::size_t digit = 0; digit < 4; ++digit)
      out += digit <= count ? digits[(group >> (18 - 6 * digit)) & 63] : '=';
  }
  return out;
}

struct Header {
  std::string_view name;
  const char* value;
  std::size_t size;
};

std::vector<Header> headers_of(const rd_kafka_message_t& message) {
  std::vector<Header> headers;
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(&message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return headers;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t index = 0;
       rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++index) {
    std::erase_if(headers, [&](const Header& earlier) { return earlier.name == name; });
    headers.push_back({name, static_cast<const char*>(value), size});
  }
  return headers;
}

void append_value(const Header& header, std::string& out) {
  if (header.value == nullptr) {
    out += "null";
    return;
  }
  const std::string_view value(header.value, header.size);
  append_string(is_utf8(value) ? std::string(value) : base64(value), out);
}

}  // namespace

std::string headers_json(const rd_kafka_message_t& message) {
  const std::vector<Header> headers = headers_of(message);
  if (headers.empty()) return {};
  std::string out;
  for (const Header& header : headers) {
    out += out.empty() ? "{" : ",";
    append_string(is_utf8(header.name) ? std::string(header.name) : base64(header.name), out);
    out += ':';
    append_value(header, out);
  }
  return out + "}";
}

}  // namespace weir
