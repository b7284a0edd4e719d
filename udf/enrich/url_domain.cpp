// url_domain.cpp — url_domain: what somebody registered of a URL's host, by the public suffix list.
#include <libpsl.h>

#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/url_parts.h"
#include "udf/enrich/enrichment_families.h"
#include "udf/enrich/ip_address.h"

namespace weir {
namespace {

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool is_web(std::string_view scheme) {
  constexpr std::string_view http = "https";
  if (scheme.size() < 4 || scheme.size() > 5) return false;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if (to_lower(scheme[i]) != http[i]) return false;
  }
  return true;
}

/// Working memory of one evaluation.
struct HostText {
  std::string lower;
};

void domain(HostText& state, RowOutput& output, std::string_view url) {
  const auto parts = split_url(url);
  if (!parts.has_value() || !is_web(parts->scheme)) return output.null();
  std::string_view host = parts->host;
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.front() == '[' || parse_ip_address(host)) return output.null();
  state.lower.assign(host);
  for (char& c : state.lower) c = to_lower(c);
  const char* const found = psl_registrable_domain(psl_builtin(), state.lower.c_str());
  found == nullptr ? output.null() : output.text(found);
}

}  // namespace

void register_url_domain(FunctionRegistry& registry) {
  Function function;
  function.name = "url_domain";
  function.family = "url";
  function.signature = "url_domain(url string) -> string";
  function.summary =
      "The registrable domain of an http or https URL in lower case: the host's public suffix (of libpsl's "
      "public suffix list, "
      "private ones such as github.io included) and the one label before it; NULL for other URLs, IP "
      "addresses, and hosts that are "
      "no more than a suffix.";
  function.examples = {{"url_domain('https://www.Google.com.vn/search?q=x')", "google.com.vn"},
                       {"url_domain('https://m.shop.co.uk:8080/a')", "shop.co.uk"},
                       {"url_domain('http://ada.github.io')", "ada.github.io"},
                       {"url_domain('http://127.0.0.1/')", "NULL"},
                       {"url_domain('http://localhost/')", "NULL"},
                       {"url_domain('android-app://com.google.android.gm/')", "NULL"}};
  function.overloads = {
      nullable(strict({"string"}, string_type, [](HostText& state, RowOutput& output, std::string_view url) {
        domain(state, output, url);
      }))};
  function.expensive = true;
  add(registry, std::move(function));
}

}  // namespace weir
