// url_parts.cpp — splits URLs by RFC 3986, generously: what browsers send as a referrer need not be perfect.
#include "engine/expression/functions/url_parts.h"

namespace weir {
namespace {

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The length of "scheme" in "scheme://..."; 0 where the text does not begin so.
std::size_t scheme_length(std::string_view url) {
  if (url.empty() || !is_letter(url.front())) return 0;
  std::size_t i = 1;
  while (i < url.size() && (is_letter(url[i]) || (url[i] >= '0' && url[i] <= '9') || url[i] == '+' ||
                            url[i] == '-' || url[i] == '.'))
    ++i;
  return url.substr(i, 3) == "://" ? i : 0;
}

std::string_view without_userinfo(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  return at == authority.npos ? authority : authority.substr(at + 1);
}

std::string_view without_port(std::string_view host) {
  if (!host.empty() && host.front() == '[') {
    const std::size_t end = host.find(']');
    return end == host.npos ? std::string_view() : host.substr(0, end + 1);
  }
  return host.substr(0, host.find(':'));
}

/// Blanks and these characters can stand in no host.
bool is_host(std::string_view host) {
  for (const char c : host) {
    if (is_blank(c) || c == '<' || c == '>' || c == '"' || c == '{' || c == '}' || c == '|' || c == '^' ||
        c == '`')
      return false;
  }
  return true;
}

std::string_view authority_of(std::string_view url, std::size_t scheme) {
  const std::string_view rest = url.substr(scheme + 3);
  return rest.substr(0, rest.find_first_of("/?#\\"));
}

}  // namespace

std::string_view host_of_url(std::string_view url) {
  url = trim(url);
  const std::size_t scheme = scheme_length(url);
  if (scheme == 0) return {};
  const std::string_view host = without_port(without_userinfo(authority_of(url, scheme)));
  return is_host(host) ? host : std::string_view();
}

std::optional<UrlParts> split_url(std::string_view url) {
  url = trim(url);
  const std::size_t scheme = scheme_length(url);
  if (scheme == 0) return std::nullopt;
  UrlParts parts;
  parts.scheme = url.substr(0, scheme);
  parts.authority = authority_of(url, scheme);
  parts.host = without_port(without_userinfo(parts.authority));
  if (!is_host(parts.host)) return std::nullopt;
  const std::size_t at = parts.authority.rfind('@');
  parts.has_userinfo = at != url.npos;
  if (parts.has_userinfo) parts.userinfo = parts.authority.substr(0, at);
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
