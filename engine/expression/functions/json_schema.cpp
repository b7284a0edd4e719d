// json_schema.cpp — schema_of_json: the type that values like a JSON text have, as from_json and the columns
// of a source take it.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>

#include "engine/data/decimal.h"
#include "engine/expression/functions/cast.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/json_text.h"

namespace weir {
namespace {

/// What is known of a type after some values of it.
struct Inferred {
  enum class Kind { nothing, boolean, bigint, decimal, floating, text, array, object } kind = Kind::nothing;
  int whole = 0;                           // digits of a decimal before the point
  int fraction = 0;                        // and behind it
  std::map<std::string, Inferred> fields;  // of an object; an array's elements are ""
};

using Kind = Inferred::Kind;

bool is_number(Kind kind) { return kind == Kind::bigint || kind == Kind::decimal || kind == Kind::floating; }

Inferred of_number(std::string_view digits) {
  if (digits.find_first_of(".eE") != digits.npos) return {Kind::floating};
  const std::string_view magnitude = digits.substr(digits.front() == '-' ? 1 : 0);
  const auto value = parse_decimal(digits, max_precision, 0);
  if (!value) return {Kind::floating};
  const bool fits = *value >= std::numeric_limits<std::int64_t>::min() &&
                    *value <= std::numeric_limits<std::int64_t>::max();
  return fits ? Inferred{Kind::bigint} : Inferred{Kind::decimal, static_cast<int>(magnitude.size()), 0};
}

/// A bigint among decimals needs 20 digits.
Inferred wider_number(const Inferred& a, const Inferred& b) {
  if (a.kind == Kind::floating || b.kind == Kind::floating) return {Kind::floating};
  const auto whole = [](const Inferred& number) { return number.kind == Kind::bigint ? 20 : number.whole; };
  const Inferred wider{Kind::decimal, std::max(whole(a), whole(b)), std::max(a.fraction, b.fraction)};
  return wider.whole + wider.fraction > max_precision ? Inferred{Kind::floating} : wider;
}

/// What holds values of both: text where they have nothing in common.
Inferred merged(Inferred a, Inferred b) {
  if (a.kind == Kind::nothing) return b;
  if (b.kind == Kind::nothing) return a;
  if (a.kind != b.kind)
    return is_number(a.kind) && is_number(b.kind) ? wider_number(a, b) : Inferred{Kind::text};
  if (a.kind == Kind::decimal) return wider_number(a, b);
  for (auto& [name, field] : b.fields) a.fields[name] = merged(std::move(a.fields[name]), std::move(field));
  return a;
}

Inferred infer(std::string_view json);

/// Calls on_member(key with its quotes or nothing, value) for what stands in an object or array.
template <typename OnMember>
void for_each_member(std::string_view json, OnMember&& on_member) {
  const bool is_object = json.front() == '{';
  const char end = is_object ? '}' : ']';
  for (std::size_t at = skip_json_blanks(json, 1); json[at] != end;
       at = skip_json_blanks(json, json[at] == ',' ? at + 1 : at)) {
    std::string_view key;
    if (is_object) {
      key = json.substr(at, json_value_end(json, at).value_or(json.size()) - at);
      at = skip_json_blanks(json, skip_json_blanks(json, at + key.size()) + 1);
    }
    const std::string_view value = json.substr(at, json_value_end(json, at).value_or(json.size()) - at);
    on_member(key, value);
    at = skip_json_blanks(json, at + value.size());
  }
}

Inferred of_container(std::string_view json) {
  Inferred container{json.front() == '{' ? Kind::object : Kind::array};
  std::string name;
  for_each_member(json, [&](std::string_view key, std::string_view value) {
    name.clear();
    if (!key.empty()) append_unescaped_json(key, name);
    Inferred& known = container.fields[name];
    known = merged(std::move(known), infer(value));
  });
  return container;
}

/// `json` is valid, without blanks around it.
Inferred infer(std::string_view json) {
  switch (json.front()) {
    case 'n':
      return {};
    case 't':
    case 'f':
      return {Kind::boolean};
    case '"':
      return {Kind::text};
    case '{':
    case '[':
      return of_container(json);
    default:
      return of_number(json);
  }
}

std::string quoted_where_needed(const std::string& name) {
  const auto is_plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (std::all_of(name.begin(), name.end(), is_plain) && !std::all_of(name.begin(), name.end(), is_digit))
    return name;
  std::string quoted = "`";
  for (const char c : name) quoted.append(c == '`' ? 2 : 1, c);
  return quoted + "`";
}

bool is_empty_object(const Inferred& type) {
  return type.kind == Kind::object &&
         std::all_of(type.fields.begin(), type.fields.end(),
                     [](const auto& field) { return field.first.empty() || is_empty_object(field.second); });
}

/// As Spark spells types. Of what is only ever null nothing is known: text. Fields that are objects without
/// fields are left out.
std::string spelt(const Inferred& type) {
  switch (type.kind) {
    case Kind::nothing:
    case Kind::text:
      return "STRING";
    case Kind::boolean:
      return "BOOLEAN";
    case Kind::bigint:
      return "BIGINT";
    case Kind::floating:
      return "DOUBLE";
    case Kind::decimal:
      return fmt::format("DECIMAL({},{})", type.whole + type.fraction, type.fraction);
    case Kind::array:
      return fmt::format("ARRAY<{}>", spelt(type.fields.empty() ? Inferred{} : type.fields.begin()->second));
    case Kind::object:
      break;
  }
  std::string fields;
  for (const auto& [name, field] : type.fields) {
    if (name.empty() || is_empty_object(field)) continue;
    fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", quoted_where_needed(name), spelt(field));
  }
  return fmt::format("STRUCT<{}>", fields);
}

void put_schema(RowOutput& output, std::string_view json) { output.text(spelt(infer(trimmed(json)))); }

}  // namespace

void register_json_schema(FunctionRegistry& registry) {
  add(registry,
      {.name = "schema_of_json",
       .family = "json",
       .signature = "schema_of_json(value json or string) -> string",
       .summary = "The type of a JSON value, as from_json and the columns of a source take it; NULL where "
                  "the text is no JSON.",
       .examples = {{"schema_of_json('{\"id\": 7, \"tags\": [\"a\"], \"price\": 1.5}')",
                     "STRUCT<id: BIGINT, price: DOUBLE, tags: ARRAY<STRING>>"},
                    {"schema_of_json('[1, null, 2.5]')", "ARRAY<DOUBLE>"}},
       .overloads = {strict({"json"}, string_type,
                            [](RowOutput& output, std::string_view json) { put_schema(output, json); }),
                     nullable(strict({"string"}, string_type, [](RowOutput& output, std::string_view text) {
                       is_valid_json(text) ? put_schema(output, text) : output.null();
                     }))}});
}

}  // namespace weir
