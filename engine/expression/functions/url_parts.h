// url_parts.h — takes an absolute URL apart.
#pragma once

#include <optional>
#include <string_view>

namespace weir {

/// SCHEME://[USERINFO@]HOST[:PORT][PATH][?QUERY][#FRAGMENT], all as written; the missing ones are empty with
/// has_... false.
struct UrlParts {
  std::string_view scheme;
  std::string_view authority;  // with userinfo and port
  std::string_view userinfo;
  std::string_view host;  // an IPv6 address with its brackets
  std::string_view path;
  std::string_view query;
  std::string_view fragment;
  bool has_userinfo = false;
  bool has_query = false;
  bool has_fragment = false;
};

/// Nothing where the text is no absolute URL with an authority.
std::optional<UrlParts> split_url(std::string_view url);

/// The host alone, as split_url finds it, without looking at what follows. Empty where there is none.
std::string_view host_of_url(std::string_view url);

/// The value of `key` in a query, as written; nothing where the query does not have it.
std::optional<std::string_view> query_value(std::string_view query, std::string_view key);

}  // namespace weir
