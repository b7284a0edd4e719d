// url_parts.cpp — splits URLs by RFC 3986, generously: what browsers send as a referrer need not be perfect.
#include "engine/expression/functions/url_parts.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace weir {
namespace {

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// What a character means in an authority; bad ones can stand in no host.
enum class CharacterClass : std::uint8_t { plain, end, at, colon, bad };

constexpr auto character_classes = [] {
  std::array<CharacterClass, 256> classes{};
  const auto set = [&](std::string_view characters, CharacterClass wanted) {
    for (const char c : characters) classes[static_cast<unsigned char>(c)] = wanted;
  };
  for (std::size_t c = 0; c <= ' '; ++c) classes[c] = CharacterClass::bad;
  set("<>\"{}|^`\x7f", CharacterClass::bad);
  set("/?#\\", CharacterClass::end);
  set("@", CharacterClass::at);
  set(":", CharacterClass::colon);
  return classes;
}();

CharacterClass class_of(char c) { return character_classes[static_cast<unsigned char>(c)]; }

constexpr auto scheme_characters = [] {
  std::array<bool, 256> is_allowed{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.")) {
    is_allowed[static_cast<unsigned char>(c)] = true;
  }
  return is_allowed;
}();

/// The length of "scheme" in "scheme://..."; 0 where the text does not begin so.
std::size_t scheme_length(std::string_view url) {
  if (url.empty()) return 0;
  const char first = static_cast<char>(url.front() | 0x20);
  if (first < 'a' || first > 'z') return 0;
  std::size_t i = 1;
  while (i < url.size() && scheme_characters[static_cast<unsigned char>(url[i])]) ++i;
  return url.substr(i, 3) == "://" ? i : 0;
}

struct Authority {
  std::string_view whole;
  std::string_view host;
  std::size_t userinfo_length = std::string_view::npos;  // npos: none
};

/// The part of `rest` up to the path, in one pass. The host is empty where it holds what no host may hold.
Authority take_authority(std::string_view rest) {
  Authority authority;
  std::size_t host_start = 0;
  std::size_t colon = rest.npos;
  bool is_bad = false;
  std::size_t i = 0;
  for (; i < rest.size(); ++i) {
    const CharacterClass c = class_of(rest[i]);
    if (c == CharacterClass::plain) continue;
    if (c == CharacterClass::end) break;
    if (c == CharacterClass::at) {
      authority.userinfo_length = i;
      host_start = i + 1;
      colon = rest.npos;
      is_bad = false;
    } else if (c == CharacterClass::colon) {
      colon = std::min(colon, i);
    } else {
      is_bad = true;
    }
  }
  authority.whole = rest.substr(0, i);
  const std::string_view host = authority.whole.substr(host_start);
  if (is_bad || host.empty()) return authority;
  if (host.front() != '[') {
    authority.host = authority.whole.substr(host_start, colon == rest.npos ? colon : colon - host_start);
  } else if (const std::size_t closing = host.find(']'); closing != host.npos) {
    authority.host = host.substr(0, closing + 1);
  }
  return authority;
}

}  // namespace

std::string_view host_of_url(std::string_view url) {
  url = trim(url);
  const std::size_t scheme = scheme_length(url);
  return scheme == 0 ? std::string_view() : take_authority(url.substr(scheme + 3)).host;
}

std::optional<UrlParts> split_url(std::string_view url) {
  url = trim(url);
  const std::size_t scheme = scheme_length(url);
  if (scheme == 0) return std::nullopt;
  UrlParts parts;
  parts.scheme = url.substr(0, scheme);
  const Authority authority = take_authority(url.substr(scheme + 3));
  parts.authority = authority.whole;
  parts.host = authority.host;
  parts.has_userinfo = authority.userinfo_length != url.npos;
  if (parts.has_userinfo) parts.userinfo = parts.authority.substr(0, authority.userinfo_length);
  std::string_view rest = url.substr(scheme + 3 + parts.authority.size());
  const std::size_t hash = rest.find('#');
  parts.has_fragment = hash != rest.npos;
  if (parts.has_fragment) parts.fragment = rest.substr(hash + 1);
  rest = rest.substr(0, hash);
  const std::size_t mark = rest.find('?');
  parts.has_query = mark != rest.npos;
  if (parts.has_query) parts.query = rest.substr(mark + 1);
  parts.path = rest.substr(0, mark);
  return parts;
}

std::optional<std::string_view> query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos && pair.substr(0, equals) == key) return pair.substr(equals + 1);
    if (end == query.npos) break;
    query.remove_prefix(end + 1);
  }
  return std::nullopt;
}

}  // namespace weir
