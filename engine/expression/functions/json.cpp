// json.cpp — values out of JSON and into it: json_value, get_json_object, json_path, to_json ...
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "engine/data/calendar.h"
#include "engine/expression/functions/cast.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/json_path.h"
#include "engine/expression/functions/kernels.h"
#include "engine/expression/functions/recently_compiled.h"
#include "engine/expression/json_text.h"
#include "engine/expression/nested_json.h"

namespace weir {
namespace {

constexpr const char* family = "json";

using JsonPathPtr = std::shared_ptr<const JsonPath>;

Result<JsonPathPtr> compile_path(std::string_view text) {
  WEIR_ASSIGN(JsonPath path, JsonPath::compile(text));
  return std::make_shared<const JsonPath>(std::move(path));
}

/// Working memory of one evaluation.
struct JsonState {
  RecentlyCompiled<JsonPathPtr, compile_path> recent;
  std::string made;
};

using PutValue = void (*)(JsonState&, RowOutput&, std::string_view value);

constexpr const char* wildcard_refused =
    "a path with [*] leads to several values, which get_json_object gives";

void put_collected(JsonState& state, RowOutput& output, const JsonPath& path, std::string_view json) {
  state.made.clear();
  const bool is_found = path.collect(json, state.made) && state.made != "null";
  is_found ? output.text(state.made) : output.null();
}

/// The kernel of functions (json, path) that give the value at the path as `put` has it. Text that is no JSON
/// gives NULL; values of type json are JSON already.
KernelResult path_kernel(const CallSite& site, PutValue put, bool takes_wildcards) {
  const bool is_checked = site.types[0].kind == TypeKind::json;
  const auto look_up = [is_checked, put, takes_wildcards](JsonState& state, RowOutput& output,
                                                          std::string_view json, const JsonPath& path) {
    if (path.has_wildcard() && !takes_wildcards) return output.error("bad_path", wildcard_refused);
    if (!is_checked && !is_valid_json(json)) return output.null();
    if (path.has_wildcard()) return put_collected(state, output, path, json);
    const auto value = path.find(json);
    if (!value.has_value() || *value == "null") return output.null();
    put(state, output, *value);
  };
  if (const std::string* text = constant_text(site, 1)) {
    WEIR_ASSIGN(const JsonPathPtr path, compile_path(*text));
    if (path->has_wildcard() && !takes_wildcards) return call_error(wildcard_refused);
    return make_kernel(site.result,
                       [look_up, path](JsonState& state, RowOutput& output, std::string_view json,
                                       std::string_view) { look_up(state, output, json, *path); });
  }
  return make_kernel(site.result, [look_up](JsonState& state, RowOutput& output, std::string_view json,
                                            std::string_view text) {
    const Result<JsonPathPtr>& path = state.recent.compiled(text);
    if (!path.ok()) return output.error("bad_path", path.error().message());
    look_up(state, output, json, **path);
  });
}

bool is_container(std::string_view value) { return value.front() == '{' || value.front() == '['; }

/// What a JSON string says; other scalars as written.
void put_scalar(JsonState& state, RowOutput& output, std::string_view value) {
  if (value.front() != '"') return output.slice(0, value);
  const std::string_view inner = value.substr(1, value.size() - 2);
  if (inner.find('\\') == inner.npos) return output.slice(0, inner);
  state.made.clear();
  append_unescaped_json(value, state.made);
  output.text(state.made);
}

/// The text without the blanks between its values.
void put_compact(RowOutput& output, std::string_view value) {
  if (value.find_first_of(" \n\r\t") == value.npos) return output.slice(0, value);
  char* out = output.room(value.size());
  bool is_in_string = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool is_blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (is_blank && !is_in_string) continue;
    if (c == '"') is_in_string = !is_in_string;
    *out++ = c;
    if (c == '\\' && i + 1 < value.size()) *out++ = value[++i];
  }
  output.finish(out);
}

void put_any(JsonState& state, RowOutput& output, std::string_view value) {
  is_container(value) ? put_compact(output, value) : put_scalar(state, output, value);
}

void put_scalar_only(JsonState& state, RowOutput& output, std::string_view value) {
  is_container(value) ? output.null() : put_scalar(state, output, value);
}

void put_json(JsonState&, RowOutput& output, std::string_view value) { output.slice(0, value); }

std::vector<Overload> path_overloads(Type type, PutValue put, bool takes_wildcards = false) {
  const auto prepare = [put, takes_wildcards](const CallSite& site) {
    return path_kernel(site, put, takes_wildcards);
  };
  return {nullable(prepared({"json", "string"}, type, prepare)),
          nullable(prepared({"string", "string"}, type, prepare))};
}

void register_paths(FunctionRegistry& registry) {
  add(registry,
      {.name = "json_value",
       .family = family,
       .signature = "json_value(value json or string, path string) -> string",
       .summary = "The text, number or boolean at a path; NULL where there is none, or an object or array.",
       .examples = {{"json_value('{\"a\": [{\"b\": \"x\"}, 2.50]}', '$.a[0].b')", "x"},
                    {"json_value('{\"a\": [{\"b\": \"x\"}, 2.50]}', '$.a[1]')", "2.50"},
                    {"json_value('{\"a\": [1]}', '$.a')", "NULL"}},
       .overloads = path_overloads(string_type, put_scalar_only)});
  add(registry, {.name = "get_json_object",
                 .aliases = {"json_path"},
                 .family = family,
                 .signature = "get_json_object(value json or string, path string) -> string",
                 .summary = "The value at a path, objects and arrays as JSON text; also written "
                            "value:a.b[0]. Of the values at a path with [*] several are an array.",
                 .examples = {{"get_json_object('{\"a\":\"b\"}', '$.a')", "b"},
                              {"get_json_object('{\"a\": {\"b\": [1, 2]}}', '$.a')", "{\"b\":[1,2]}"},
                              {"get_json_object('{\"x y\": \"caf\\u00e9\"}', '$[\"x y\"]')", "café"},
                              {"get_json_object('[{\"a\": 1}, {\"a\": 2}]', '$[*].a')", "[1,2]"},
                              {"get_json_object('{\"a\": null}', '$.a')", "NULL"},
                              {"get_json_object('{\"a\": ', '$.a')", "NULL"}},
                 .overloads = path_overloads(string_type, put_any, true)});
  add(registry, {.name = "json_query",
                 .family = family,
                 .signature = "json_query(value json or string, path string) -> json",
                 .summary = "The value at a path as JSON; NULL where there is none.",
                 .examples = {{"json_query('{\"a\": {\"b\": \"x\"}}', '$.a')", "{\"b\": \"x\"}"},
                              {"json_query('{\"a\": \"x\"}', '$.a')", "\"x\""}},
                 .overloads = path_overloads(json_type, put_json)});
}

std::string_view kind_of(std::string_view json) {
  const std::size_t start = skip_json_blanks(json, 0);
  switch (start < json.size() ? json[start] : '\0') {
    case '{':
      return "object";
    case '[':
      return "array";
    case '"':
      return "string";
    case 't':
    case 'f':
      return "boolean";
    case 'n':
      return "null";
    default:
      return "number";
  }
}

void register_tests(FunctionRegistry& registry) {
  const auto length = [](RowOutput& output, std::string_view json) {
    const auto count = json_array_length(json);
    count.has_value() ? output.set(*count) : output.null();
  };
  const auto length_of_text = [length](RowOutput& output, std::string_view text) {
    is_valid_json(text) ? length(output, text) : output.null();
  };
  add(registry, {.name = "json_array_length",
                 .family = family,
                 .signature = "json_array_length(value json or string) -> int",
                 .summary = "How many elements a JSON array has; NULL for anything else.",
                 .examples = {{"json_array_length('[1,2,3,{\"f1\":1,\"f2\":[5,6]},4]')", "5"},
                              {"json_array_length('[1,2')", "NULL"},
                              {"json_array_length('{}')", "NULL"}},
                 .overloads = {nullable(strict({"json"}, int32_type, length)),
                               nullable(strict({"string"}, int32_type, length_of_text))}});
  add(registry, {.name = "json_valid",
                 .family = family,
                 .signature = "json_valid(text string) -> boolean",
                 .summary = "Whether the text is JSON.",
                 .examples = {{"json_valid('{\"a\": 1}')", "true"}, {"json_valid('{a: 1}')", "false"}},
                 .overloads = {strict({"string"}, boolean_type,
                                      [](std::string_view text) { return is_valid_json(text); })}});
  add(registry,
      {.name = "json_typeof",
       .family = family,
       .signature = "json_typeof(value json or string) -> string",
       .summary = "object, array, string, number, boolean or null; NULL where the text is no JSON.",
       .examples = {{"json_typeof('[1]')", "array"},
                    {"json_typeof('null')", "null"},
                    {"json_typeof('x')", "NULL"}},
       .overloads = {
           nullable(strict({"json"}, string_type,
                           [](RowOutput& output, std::string_view json) { output.text(kind_of(json)); })),
           nullable(strict({"string"}, string_type, [](RowOutput& output, std::string_view text) {
             is_valid_json(text) ? output.text(kind_of(text)) : output.null();
           }))}});
}

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

char* write_escaped(char c, char* out) {
  constexpr std::string_view short_forms = "\"\\\b\f\n\r\t";
  const std::size_t special = short_forms.find(c);
  *out++ = '\\';
  if (special == short_forms.npos) return fmt::format_to(out, "u{:04x}", static_cast<unsigned>(c));
  *out++ = "\"\\bfnrt"[special];
  return out;
}

void quote(RowOutput& output, std::string_view text) {
  char* out = output.room(6 * text.size() + 2);
  *out++ = '"';
  for (const char c : text) {
    if (needs_escape(c)) {
      out = write_escaped(c, out);
    } else {
      *out++ = c;
    }
  }
  *out++ = '"';
  output.finish(out);
}

class ToJson final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& values = arguments[0];
    ColumnWriter writer(json_type, context.rows, context.arena, true);
    RowOutput output(writer, arguments);
    std::string made;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      output.move_to(row);
      if (values.is_null(row)) {
        output.null();
      } else if (values.type.kind == TypeKind::string) {
        quote(output, values.text_at(row));
      } else if (values.type.kind == TypeKind::json) {
        output.slice(0, values.text_at(row));
      } else {
        made.clear();
        append_as_json(values, row, made);
        if (made.size() > static_cast<std::size_t>(max_made_text)) {
          output.error("too_large", fmt::format("to_json: the text has more than {} bytes", max_made_text));
        } else {
          output.text(made);
        }
      }
    }
    return writer.finish();
  }
};

KernelResult prepare_to_json(const CallSite& site) {
  if (holds_bytes(site.types[0])) return call_error("to_json: bytes have no JSON form (give base64(value))");
  return kernel_of<ToJson>();
}

}  // namespace

void register_json(FunctionRegistry& registry) {
  register_paths(registry);
  register_tests(registry);
  add(registry, {.name = "to_json",
                 .family = family,
                 .signature = "to_json(value any) -> json",
                 .summary = "The value as JSON: texts, dates and times in quotes, numbers and booleans bare, "
                            "json as it is; a struct without its NULL fields.",
                 .examples = {{"to_json('say \"hi\"')", "\"say \\\"hi\\\"\""},
                              {"to_json(12.50)", "12.50"},
                              {"to_json(named_struct('id', 7, 'tags', array('a', NULL), 'none', NULL))",
                               "{\"id\":7,\"tags\":[\"a\",null]}"},
                              {"to_json(TIMESTAMP '2015-08-26 00:00:00')", "\"2015-08-26T00:00:00.000Z\""},
                              {"to_json(NULL)", "NULL"}},
                 .overloads = {prepared({"any"}, json_type, prepare_to_json)}});
}

}  // namespace weir
