// urls.cpp — parts of URLs: url_host, url_path, url_query, utm_source and its kin, parse_url, url_encode, url_decode.
#include <fmt/format.h>

#include "engine/data/utf8.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/url_parts.h"

namespace weir {
namespace {

constexpr const char* family = "url";

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; }

std::string_view without_www(std::string_view host) {
  const bool has_www = host.size() > 4 && to_lower(host[0]) == 'w' && to_lower(host[1]) == 'w' &&
                       to_lower(host[2]) == 'w' && host[3] == '.';
  return has_www ? host.substr(4) : host;
}

void host(RowOutput& output, std::string_view url) {
  const std::string_view found = without_www(host_of_url(url));
  if (found.empty()) return output.null();
  bool has_upper = false;
  for (const char c : found) has_upper |= is_upper(c);
  if (!has_upper) return output.slice(0, found);
  char* out = output.room(found.size());
  for (const char c : found) *out++ = to_lower(c);
  output.finish(out);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Writes `text` with %41 as A and + as a blank; nothing where a percent sign is not followed by two digits.
char* write_decoded(std::string_view text, char* out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      *out++ = text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) return nullptr;
    *out++ = static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// As written where it is not encoded rightly; NULL where it is no text (UTF-8 without NUL) when it is decoded: what a visitor writes into a
/// URL rejects no row.
void decoded_query_value(RowOutput& output, std::string_view url, std::string_view key) {
  const auto parts = split_url(url);
  const auto value = parts.has_value() ? query_value(parts->query, key) : std::nullopt;
  if (!value.has_value()) return output.null();
  if (value->find_first_of("%+") == value->npos) return output.slice(0, *value);
  char* const start = output.room(value->size());
  const char* end = write_decoded(*value, start);
  if (end == nullptr) return output.slice(0, *value);
  const std::string_view decoded(start, static_cast<std::size_t>(end - start));
  const bool is_text = decoded.find('\0') == decoded.npos && is_valid_utf8(decoded);
  is_text ? output.finish(end) : output.null();
}

void decode(RowOutput& output, std::string_view text) {
  char* const start = output.room(text.size());
  const char* end = write_decoded(text, start);
  const bool is_text = end != nullptr && is_valid_utf8({start, static_cast<std::size_t>(end - start)});
  if (!is_text)
    return output.error("bad_url", fmt::format("url_decode: not rightly encoded: {}", text.substr(0, 100)));
  output.finish(end);
}

void encode(RowOutput& output, std::string_view text) {
  constexpr std::string_view kept = ".-*_";
  char* out = output.room(3 * text.size());
  for (const char c : text) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9') || kept.find(c) != kept.npos;
    if (is_plain) {
      *out++ = c;
    } else if (c == ' ') {
      *out++ = '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      *out++ = '%';
      *out++ = "0123456789ABCDEF"[byte >> 4];
      *out++ = "0123456789ABCDEF"[byte & 15];
    }
  }
  output.finish(out);
}

/// Spark's names of parts; nothing where the URL does not have it or there is no such part.
std::optional<std::string_view> part_named(const UrlParts& parts, std::string_view name) {
  if (name == "HOST") return parts.host.empty() ? std::nullopt : std::optional(parts.host);
  if (name == "PATH") return parts.path;
  if (name == "QUERY") return parts.has_query ? std::optional(parts.query) : std::nullopt;
  if (name == "REF") return parts.has_fragment ? std::optional(parts.fragment) : std::nullopt;
  if (name == "PROTOCOL") return parts.scheme;
  if (name == "AUTHORITY") return parts.authority.empty() ? std::nullopt : std::optional(parts.authority);
  if (name == "USERINFO") return parts.has_userinfo ? std::optional(parts.userinfo) : std::nullopt;
  if (name != "FILE") return std::nullopt;
  const std::size_t length = parts.path.size() + (parts.has_query ? parts.query.size() + 1 : 0);
  return std::string_view(parts.path.data(), length);
}

void put_part(RowOutput& output, std::string_view url, std::string_view name) {
  const auto parts = split_url(url);
  const auto part = parts.has_value() ? part_named(*parts, name) : std::nullopt;
  part.has_value() ? output.slice(0, *part) : output.null();
}

void put_query_part(RowOutput& output, std::string_view url, std::string_view name, std::string_view key) {
  const auto parts = split_url(url);
  const auto value = parts.has_value() && name == "QUERY" ? query_value(parts->query, key) : std::nullopt;
  value.has_value() ? output.slice(0, *value) : output.null();
}

void register_parts(FunctionRegistry& registry) {
  add(registry,
      {.name = "url_host",
       .family = family,
       .signature = "url_host(url string) -> string",
       .summary = "The host of an absolute URL in lower case, without www., user and port; NULL where there "
                  "is none.",
       .examples = {{"url_host('https://www.Example.co.uk:8080/a?b=c')", "example.co.uk"},
                    {"url_host('android-app://com.google.android.googlequicksearchbox/')",
                     "com.google.android.googlequicksearchbox"},
                    {"url_host('http://user@[2001:DB8::1]:80/')", "[2001:db8::1]"},
                    {"url_host('')", "NULL"},
                    {"url_host('/product-80726.html')", "NULL"}},
       .overloads = {nullable(strict({"string"}, string_type,
                                     [](RowOutput& output, std::string_view url) { host(output, url); }))}});
  const auto path = [](RowOutput& output, std::string_view url) { put_part(output, url, "PATH"); };
  add(registry,
      {.name = "url_path",
       .family = family,
       .signature = "url_path(url string) -> string",
       .summary = "The path of an absolute URL, as written; NULL where the text is no URL.",
       .examples = {{"url_path('https://www.shop.nl/product-80703.html?alloy=x')", "/product-80703.html"},
                    {"url_path('abc')", "NULL"}},
       .overloads = {nullable(strict({"string"}, string_type, path))}});
  const auto query = [](RowOutput& output, std::string_view url, std::string_view key) {
    decoded_query_value(output, url, key);
  };
  add(registry,
      {.name = "url_query",
       .family = family,
       .signature = "url_query(url string, key string) -> string",
       .summary = "The first value of a key in the query of an absolute URL, decoded (%XX and +); NULL where the query "
                  "does not have it, or where it is no valid UTF-8.",
       .examples = {{"url_query('https://shop.nl/p?alloy=yellow-585&d=x%20y', 'alloy')", "yellow-585"},
                    {"url_query('https://shop.nl/p?alloy=yellow-585&d=x%20y', 'd')", "x y"},
                    {"url_query('https://shop.nl/p?d=%FF', 'd')", "NULL"},
                    {"url_query('https://shop.nl/p', 'd')", "NULL"}},
       .overloads = {nullable(strict({"string", "string"}, string_type, query))}});
}

void register_campaigns(FunctionRegistry& registry) {
  struct Parameter {
    const char* name;
    const char* what;
  };
  constexpr Parameter parameters[] = {{"utm_source", "Where a campaign's visitor came from"},
                                      {"utm_medium", "By which medium a campaign's visitor came"},
                                      {"utm_campaign", "The campaign that brought a visitor"},
                                      {"utm_term", "The search term that brought a campaign's visitor"},
                                      {"utm_content", "Which of a campaign's links a visitor took"}};
  for (const Parameter& parameter : parameters) {
    const auto value = [key = std::string_view(parameter.name)](RowOutput& output, std::string_view url) {
      decoded_query_value(output, url, key);
    };
    add(registry,
        {.name = parameter.name,
         .family = family,
         .signature = fmt::format("{}(url string) -> string", parameter.name),
         .summary = fmt::format("{}: url_query(url, '{}').", parameter.what, parameter.name),
         .examples = {{fmt::format("{}('https://shop.nl/?a=b&{}=news+letter')", parameter.name, parameter.name),
                       "news letter"},
                      {fmt::format("{}('https://shop.nl/')", parameter.name), "NULL"}},
         .overloads = {nullable(strict({"string"}, string_type, value))}});
  }
}

}  // namespace

void register_urls(FunctionRegistry& registry) {
  register_parts(registry);
  register_campaigns(registry);
  const auto part = [](RowOutput& output, std::string_view url, std::string_view name) {
    put_part(output, url, name);
  };
  const auto of_key = [](RowOutput& output, std::string_view url, std::string_view name,
                         std::string_view key) { put_query_part(output, url, name, key); };
  add(registry,
      {.name = "parse_url",
       .family = family,
       .signature = "parse_url(url string, part string[, key string]) -> string",
       .summary = "A part of an absolute URL as written: HOST, PATH, QUERY (of a key, if one is given), REF, "
                  "PROTOCOL, "
                  "FILE, AUTHORITY or USERINFO; NULL where there is none.",
       .examples = {{"parse_url('http://spark.apache.org/path?query=1', 'HOST')", "spark.apache.org"},
                    {"parse_url('http://spark.apache.org/path?query=1', 'QUERY')", "query=1"},
                    {"parse_url('http://spark.apache.org/path?query=1', 'QUERY', 'query')", "1"},
                    {"parse_url('http://spark.apache.org/path?query=1', 'FILE')", "/path?query=1"}},
       .overloads = {nullable(strict({"string", "string"}, string_type, part)),
                     nullable(strict({"string", "string", "string"}, string_type, of_key))}});
  add(registry,
      {.name = "url_encode",
       .family = family,
       .signature = "url_encode(text string) -> string",
       .summary = "The text as it may stand in a query: blanks as +, other special characters as %XX.",
       .examples = {{"url_encode('https://spark.apache.org')", "https%3A%2F%2Fspark.apache.org"},
                    {"url_encode('a b')", "a+b"}},
       .overloads = {strict({"string"}, string_type,
                            [](RowOutput& output, std::string_view text) { encode(output, text); })}});
  add(registry,
      {.name = "url_decode",
       .family = family,
       .signature = "url_decode(text string) -> string",
       .summary =
           "The text without its encoding for queries; an error of the row where it is not rightly encoded.",
       .examples = {{"url_decode('https%3A%2F%2Fspark.apache.org')", "https://spark.apache.org"}},
       .overloads = {strict({"string"}, string_type,
                            [](RowOutput& output, std::string_view text) { decode(output, text); })}});
}

}  // namespace weir
