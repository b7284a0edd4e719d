// nested_json.cpp — walks JSON text beside a type, and types beside their values.
#include "engine/expression/nested_json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <utility>

#include "engine/data/calendar.h"
#include "engine/data/value.h"
#include "engine/expression/functions/interval_text.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/json_text.h"

namespace weir {
namespace {

bool is_number(std::string_view json) { return json[0] == '-' || (json[0] >= '0' && json[0] <= '9'); }

/// The value at `at`, which goes to just behind it and the blanks there.
std::string_view take_value(std::string_view json, std::size_t& at) {
  const std::size_t start = skip_json_blanks(json, at);
  const std::size_t end = json_value_end(json, start).value_or(json.size());
  at = skip_json_blanks(json, end);
  return json.substr(start, end - start);
}

/// Calls on_element(text) for each value of an array until it returns something else than none.
template <typename OnElement>
JsonMisfit for_each_element(std::string_view json, OnElement&& on_element) {
  std::size_t at = skip_json_blanks(json, 1);
  while (at < json.size() && json[at] != ']') {
    const JsonMisfit misfit = on_element(take_value(json, at));
    if (misfit != JsonMisfit::none) return misfit;
    if (json[at] == ',') ++at;
  }
  return JsonMisfit::none;
}

/// The same for the members of an object: on_member(key with its quotes, value).
template <typename OnMember>
JsonMisfit for_each_member(std::string_view json, OnMember&& on_member) {
  std::size_t at = skip_json_blanks(json, 1);
  while (at < json.size() && json[at] != '}') {
    const std::string_view key = take_value(json, at);
    ++at;  // the colon
    const JsonMisfit misfit = on_member(key, take_value(json, at));
    if (misfit != JsonMisfit::none) return misfit;
    if (json[at] == ',') ++at;
  }
  return JsonMisfit::none;
}

/// What a JSON string says; `room` holds it where it has escapes.
std::string_view string_content(std::string_view quoted, std::string& room) {
  if (quoted.find('\\') == quoted.npos) return quoted.substr(1, quoted.size() - 2);
  room.clear();
  append_unescaped_json(quoted, room);
  return room;
}

template <typename Integer>
JsonMisfit append_integer(std::string_view json, ColumnBuilder& out) {
  if (!is_number(json)) return JsonMisfit::wrong_type;
  Integer value = 0;
  const auto [end, code] = std::from_chars(json.data(), json.data() + json.size(), value);
  if (end != json.data() + json.size()) return JsonMisfit::wrong_type;
  if (code != std::errc()) return JsonMisfit::out_of_range;
  out.append(value);
  return JsonMisfit::none;
}

JsonMisfit append_double(std::string_view json, ColumnBuilder& out) {
  if (!is_number(json)) return JsonMisfit::wrong_type;
  double value = 0;
  if (std::from_chars(json.data(), json.data() + json.size(), value).ec != std::errc()) return JsonMisfit::out_of_range;
  out.append(value);
  return JsonMisfit::none;
}

JsonMisfit append_decimal(std::string_view json, ColumnBuilder& out) {
  if (!is_number(json)) return JsonMisfit::wrong_type;
  const Type& type = out.type();
  const auto value = parse_decimal(json, type.precision, type.scale);
  if (!value) return JsonMisfit::out_of_range;
  // The same digits with room for more behind the point: none may have been rounded away.
  const auto exact = parse_decimal(json, max_precision, std::min<int>(max_precision, type.scale + 18));
  const auto widened = exact ? rescale(*value, type.scale, std::min<int>(max_precision, type.scale + 18)) : std::nullopt;
  if (exact && widened != exact) return JsonMisfit::out_of_range;
  out.append(*value);
  return JsonMisfit::none;
}

template <typename Read>
JsonMisfit append_read(std::string_view json, ColumnBuilder& out, Read&& read) {
  if (json[0] != '"') return JsonMisfit::wrong_type;
  std::string room;
  const auto value = read(string_content(json, room));
  if (!value) return JsonMisfit::wrong_type;
  out.append(*value);
  return JsonMisfit::none;
}

/// A value, or null where the field may be NULL.
JsonMisfit append_field(std::string_view json, const Field& field, ColumnBuilder& out) {
  if (json != "null") return append_json(json, out);
  if (!field.nullable) return JsonMisfit::wrong_type;
  out.append_null();
  return JsonMisfit::none;
}

JsonMisfit append_array(std::string_view json, ColumnBuilder& out) {
  if (json[0] != '[') return JsonMisfit::wrong_type;
  const Field& field = out.type().nested->fields[0];
  ColumnBuilder& elements = out.child(0);
  return for_each_element(json, [&](std::string_view element) { return append_field(element, field, elements); });
}

/// Keys that are no strings are read from what the JSON string says: {"1": ...} has the int key 1.
JsonMisfit append_key_text(std::string_view quoted, ColumnBuilder& out) {
  const TypeKind kind = out.type().kind;
  std::string room;
  const std::string_view content = string_content(quoted, room);
  const bool is_bare = kind == TypeKind::int32 || kind == TypeKind::int64 || kind == TypeKind::float64 ||
                       kind == TypeKind::decimal || kind == TypeKind::boolean;
  if (!is_bare) return append_json(quoted, out);
  return is_valid_json(content) && content.find_first_of(" \t\r\n") == content.npos ? append_json(content, out)
                                                                                   : JsonMisfit::wrong_type;
}

JsonMisfit append_map(std::string_view json, ColumnBuilder& out) {
  if (json[0] != '{') return JsonMisfit::wrong_type;
  const Field& field = out.type().nested->fields[1];
  out.child(0);
  return for_each_member(json, [&](std::string_view key, std::string_view value) {
    const JsonMisfit misfit = append_key_text(key, out.child(0));
    return misfit == JsonMisfit::none ? append_field(value, field, out.child(1)) : misfit;
  });
}

JsonMisfit append_struct(std::string_view json, ColumnBuilder& out) {
  if (json[0] != '{') return JsonMisfit::wrong_type;
  const std::vector<Field>& fields = out.type().nested->fields;
  out.child(0);
  std::vector<bool> is_given(fields.size());
  std::string room;
  const JsonMisfit misfit = for_each_member(json, [&](std::string_view key, std::string_view value) {
    const std::string_view name = string_content(key, room);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (is_given[i] || fields[i].name != name) continue;
      is_given[i] = true;
      return append_field(value, fields[i], out.child(i));
    }
    return JsonMisfit::none;
  });
  if (misfit != JsonMisfit::none) return misfit;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (is_given[i]) continue;
    if (!fields[i].nullable) return JsonMisfit::wrong_type;
    out.child(i).append_null();
  }
  return JsonMisfit::none;
}

JsonMisfit append_nested(std::string_view json, ColumnBuilder& out) {
  const TypeKind kind = out.type().kind;
  const JsonMisfit misfit = kind == TypeKind::array ? append_array(json, out)
                            : kind == TypeKind::map ? append_map(json, out)
                                                    : append_struct(json, out);
  if (misfit != JsonMisfit::none) {
    out.roll_back();
    return misfit;
  }
  out.type().is_list() ? out.append_list() : out.append_struct();
  return JsonMisfit::none;
}

}  // namespace

JsonMisfit append_json(std::string_view json, ColumnBuilder& out) {
  switch (out.type().kind) {
    case TypeKind::boolean:
      if (json != "true" && json != "false") return JsonMisfit::wrong_type;
      out.append_bool(json == "true");
      return JsonMisfit::none;
    case TypeKind::int32:
      return append_integer<std::int32_t>(json, out);
    case TypeKind::int64:
      return append_integer<std::int64_t>(json, out);
    case TypeKind::float64:
      return append_double(json, out);
    case TypeKind::decimal:
      return append_decimal(json, out);
    case TypeKind::string: {
      if (json[0] != '"') return JsonMisfit::wrong_type;
      std::string room;
      out.append_text(string_content(json, room));
      return JsonMisfit::none;
    }
    case TypeKind::json:
      out.append_text(json);
      return JsonMisfit::none;
    case TypeKind::date:
      return append_read(json, out, parse_date);
    case TypeKind::timestamp:
      return append_read(json, out, parse_timestamp);
    case TypeKind::interval:
      return append_read(json, out, parse_interval);
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::structure:
      return append_nested(json, out);
    case TypeKind::bytes:
    case TypeKind::null:
      break;
  }
  return JsonMisfit::wrong_type;
}

void append_json_string(std::string_view text, std::string& out) {
  constexpr std::string_view special = "\"\\\b\f\n\r\t";
  out += '"';
  for (const char c : text) {
    const std::size_t found = special.find(c);
    if (found != special.npos) {
      out += '\\';
      out += "\"\\bfnrt"[found];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

namespace {

// Spark's: at least milliseconds, a T, and Z for UTC.
std::string timestamp_text(std::int64_t time) {
  std::int64_t fraction = time % microseconds_per_second;
  if (fraction < 0) fraction += microseconds_per_second;
  std::string clock(8, '0');
  write_time(time, clock.data());
  const std::string digits = fraction % 1000 == 0 ? fmt::format("{:03}", fraction / 1000) : fmt::format("{:06}", fraction);
  return fmt::format("{}T{}.{}Z", date_to_string(days_of_timestamp(time)), clock, digits);
}

/// Then nothing more is appended: the caller refuses the text.
bool is_too_long(const std::string& text) { return text.size() > static_cast<std::size_t>(max_made_text); }

void append_list(const Column& column, std::uint32_t row, std::string& out) {
  const Span span = column.at<Span>(row);
  const bool is_map = column.type.kind == TypeKind::map;
  out += is_map ? '{' : '[';
  for (std::uint32_t k = 0; k < span.length && !is_too_long(out); ++k) {
    if (k != 0) out += ',';
    if (is_map) {
      std::string key;
      append_as_json((*column.children)[0], span.start + k, key);
      if (key.starts_with('"')) {
        out += key;
      } else {
        append_json_string(key, out);
      }
      out += ':';
    }
    append_as_json(column.children->back(), span.start + k, out);
  }
  out += is_map ? '}' : ']';
}

void append_fields(const Column& column, std::uint32_t row, std::string& out) {
  const auto index = column.at<std::uint32_t>(row);
  const char* separator = "{";
  for (std::size_t i = 0; i < column.children->size(); ++i) {
    const Column& child = (*column.children)[i];
    if (child.is_null(index) || is_too_long(out)) continue;
    out += std::exchange(separator, ",");
    append_json_string(column.type.nested->fields[i].name, out);
    out += ':';
    append_as_json(child, index, out);
  }
  if (*separator == '{') out += '{';
  out += '}';
}

}  // namespace

void append_as_json(const Column& column, std::uint32_t row, std::string& out) {
  if (column.is_null(row) || column.type.kind == TypeKind::null) {
    out += "null";
    return;
  }
  switch (column.type.kind) {
    case TypeKind::int32:
      fmt::format_to(std::back_inserter(out), "{}", column.at<std::int32_t>(row));
      return;
    case TypeKind::int64:
      fmt::format_to(std::back_inserter(out), "{}", column.at<std::int64_t>(row));
      return;
    case TypeKind::float64: {
      const std::string text = to_text(value_at(column, row));
      if (!std::isfinite(column.at<double>(row))) return append_json_string(text, out);
      out += text;
      return;
    }
    case TypeKind::string:
      return append_json_string(column.text_at(row), out);
    case TypeKind::json:
      out += column.text_at(row);
      return;
    case TypeKind::timestamp:
      return append_json_string(timestamp_text(column.at<std::int64_t>(row)), out);
    case TypeKind::date:
    case TypeKind::interval:
      return append_json_string(to_text(value_at(column, row)), out);
    case TypeKind::array:
    case TypeKind::map:
      return append_list(column, row, out);
    case TypeKind::structure:
      return append_fields(column, row, out);
    default:  // booleans and decimals as they print; bytes have no JSON form and never come here
      out += to_text(value_at(column, row));
  }
}

}  // namespace weir
