// test_value.cpp — reads values as CAST does, but for digits that a column would lose.
#include "dsl/test_value.h"

#include <fmt/format.h>

#include <algorithm>

#include "dsl/short_match.h"
#include "engine/data/calendar.h"
#include "engine/expression/functions/cast.h"
#include "engine/expression/nested_json.h"

namespace weir {
namespace {

std::string with_article(const Type& type) {
  const std::string name = to_string(type);
  const bool has_vowel = name.starts_with("int") || name.starts_with("array");
  return (has_vowel ? "an " : "a ") + name;
}

Error misfit(const Config& cell, const Type& type, std::string hint = {}) {
  const std::string written = cell.is_scalar() ? fmt::format("'{}'", cell.scalar()) : cell.is_map() ? "a map" : "a list";
  return Error{ErrorKind::user, fmt::format("{} is no value of {} column", written, with_article(type)), cell.where}.as("W1003").with_hint(std::move(hint));
}

bool is_json_number(const std::string& text) {
  static const std::regex number(R"(-?(0|[1-9][0-9]*)(\.[0-9]+)?)");
  return matches(text, number);
}

// A time of the day is one of the test's.
std::string with_day(const std::string& text, std::int32_t day) {
  static const std::regex time(R"([0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)");
  return matches(text, time) ? date_to_string(day) + " " + text : text;
}

/// What a list or map says, as JSON; the type of a nested column tells texts from numbers.
class JsonOfConfig {
 public:
  explicit JsonOfConfig(std::int32_t day) : day_(day) {}

  void append(const Config& config, const Type* type, std::string& out) const {
    if (const auto* list = std::get_if<Config::List>(&config.value)) return append_list(*list, type, out);
    if (const auto* map = std::get_if<Config::Map>(&config.value)) return append_map(*map, type, out);
    if (!config.is_scalar()) {
      out += "null";
      return;
    }
    const std::string& text = config.scalar();
    const bool may_be_bare = type == nullptr || type->kind == TypeKind::json ? !config.is_quoted : !is_text(*type);
    if (may_be_bare && (is_json_number(text) || text == "true" || text == "false")) {
      out += text;
    } else {
      append_json_string(type != nullptr && type->kind == TypeKind::timestamp ? with_day(text, day_) : text, out);
    }
  }

 private:
  static bool is_text(const Type& type) {
    return type.is_text_like() || type.kind == TypeKind::date || type.kind == TypeKind::timestamp || type.kind == TypeKind::interval;
  }
  static const Type* part(const Type* type, std::size_t index) {
    return type == nullptr || type->nested == nullptr || index >= type->nested->fields.size() ? nullptr : &type->nested->fields[index].type;
  }
  static const Type* field(const Type* type, const std::string& name) {
    if (type == nullptr || type->nested == nullptr) return nullptr;
    if (type->kind == TypeKind::map) return part(type, 1);
    for (const Field& one : type->nested->fields) {
      if (one.name == name) return &one.type;
    }
    return nullptr;
  }

  void append_list(const Config::List& list, const Type* type, std::string& out) const {
    out += '[';
    for (const Config& item : list) {
      if (&item != &list.front()) out += ',';
      append(item, part(type, 0), out);
    }
    out += ']';
  }
  void append_map(const Config::Map& map, const Type* type, std::string& out) const {
    out += '{';
    for (const auto& [key, value] : map) {
      if (&value != &map.front().second) out += ',';
      append_json_string(key, out);
      out += ':';
      append(value, field(type, key), out);
    }
    out += '}';
  }

  const std::int32_t day_;
};

Value value_of_json(const std::string& json, const Type& type, bool& is_good) {
  Arena arena;
  ColumnBuilder builder(type, arena);
  is_good = append_json(json, builder) == JsonMisfit::none && builder.size() == 1;
  return is_good ? value_at(builder.finish(), 0) : Value{};
}

Result<Value> nested_value(const Config& cell, const Type& type, std::int32_t day) {
  std::string json;
  JsonOfConfig(day).append(cell, &type, json);
  if (type.kind == TypeKind::json) return Value{type, json};
  if (cell.is_scalar()) json = cell.scalar();
  bool is_good = false;
  Value value = value_of_json(json, type, is_good);
  if (!is_good) return misfit(cell, type, cell.is_scalar() ? "write it as a list or a map" : "");
  return value;
}

// CAST would round.
bool loses_digits(const std::string& text, const Type& type) {
  const auto point = text.find('.');
  if (type.kind != TypeKind::decimal || point == std::string::npos) return false;
  const auto end = text.find_first_not_of("0123456789", point + 1);
  const auto last = text.substr(0, end).find_last_not_of('0');
  return last > point + type.scale;
}

Result<Value> cast_value(const Config& cell, const Type& type, std::int32_t day) {
  const std::string text = type.kind == TypeKind::timestamp ? with_day(cell.scalar(), day) : cell.scalar();
  if (loses_digits(text, type)) return misfit(cell, type, fmt::format("it has {} digits behind the point", type.scale));
  const std::unique_ptr<Kernel> cast = make_cast({string_type, type, false});
  if (cast == nullptr) return misfit(cell, type);
  Arena arena;
  ColumnBuilder builder(string_type, arena);
  builder.append_text(text);
  EvaluationContext context{1, arena, 0};
  const Column column = cast_column(*cast, builder.finish(), context);
  const char* const example = type.kind == TypeKind::timestamp ? "write it as \"10:01\", which is of the test's day, or as 2024-11-01T10:01:00Z"
                              : type.kind == TypeKind::date    ? "write it as 2024-11-01"
                                                               : "";
  if (column.errors != nullptr && !column.errors->rows.empty()) return misfit(cell, type, example);
  return value_at(column, 0);
}

}  // namespace

Result<Value> read_test_value(const Config& cell, const Type& type, std::int32_t day) {
  if (std::holds_alternative<std::monostate>(cell.value)) return Value{type, {}};
  const bool is_structured = cell.is_map() || cell.is_list();
  if (type.is_nested() || (type.kind == TypeKind::json && is_structured)) return nested_value(cell, type, day);
  if (is_structured) return misfit(cell, type);
  if (type.kind != TypeKind::json) return cast_value(cell, type, day);
  // A text that is JSON is that; any other is a text of JSON.
  bool is_json = false;
  const Result<Value> parsed = cast_value(cell, type, day);
  is_json = parsed.ok() && !parsed->is_null();
  if (is_json) return parsed;
  std::string quoted;
  append_json_string(cell.scalar(), quoted);
  return Value{type, quoted};
}

std::string json_record(const std::vector<std::pair<std::string, Value>>& fields) {
  std::string json = "{";
  for (const auto& [name, value] : fields) {
    Arena arena;
    if (json.size() > 1) json += ',';
    append_json_string(name, json);
    json += ':';
    append_as_json(constant_column(value, 1, arena), 0, json);
  }
  return json + "}";
}

}  // namespace weir
