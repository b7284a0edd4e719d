// cast_nested.cpp — CAST of arrays, maps and structs to text and JSON, and from JSON back.
#include "engine/data/value.h"
#include "engine/expression/functions/cast.h"
#include "engine/expression/json_text.h"
#include "engine/expression/nested_json.h"

namespace weir {
namespace {

class NestedToJson final : public Kernel {
 public:
  explicit NestedToJson(Type to) : to_(to) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& values = arguments[0];
    ColumnWriter writer(to_, context.rows, context.arena);
    std::string json;  // keeps its memory from row to row
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (values.is_null(row)) continue;
      json.clear();
      append_as_json(values, row, json);
      writer.set_text(row, json);
    }
    return writer.finish();
  }

 private:
  Type to_;
};

class NestedToText final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(string_type, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (!arguments[0].is_null(row)) writer.set_text(row, to_text(value_at(arguments[0], row)));
    }
    return writer.finish();
  }
};

/// From a string or json. One builder takes the values of all rows, the writer says which row has which.
class JsonToNested final : public Kernel {
 public:
  explicit JsonToNested(const CastRequest& request)
      : to_(request.to), is_checked_(request.from.kind == TypeKind::json), failure_(request.failure()) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& texts = arguments[0];
    ColumnWriter writer(to_, context.rows, context.arena);
    RowOutput output(writer, arguments);
    ColumnBuilder builder(to_, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (texts.is_null(row)) continue;
      output.move_to(row);
      const std::string_view text = trimmed(texts.text_at(row));
      if (text == "null") continue;  // JSON's null is NULL in any type
      if ((!is_checked_ && !is_valid_json(text)) || append_json(text, builder) != JsonMisfit::none) {
        failure_.not_readable(output, text);
      } else if (to_.is_list()) {
        writer.set(row, builder.last<Span>());
      } else {
        writer.set(row, builder.last<std::uint32_t>());
      }
    }
    Column column = writer.finish();
    column.children = builder.finish().children;
    return column;
  }

 private:
  Type to_;
  bool is_checked_;
  CastFailure failure_;
};

}  // namespace

bool holds_bytes(const Type& type) {
  if (!type.is_nested()) return type.kind == TypeKind::bytes;
  const auto& fields = type.nested->fields;
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) { return holds_bytes(field.type); });
}

std::unique_ptr<Kernel> cast_nested(const CastRequest& request) {
  const Type& from = request.from;
  const Type& to = request.to;
  if (from.is_nested() && to.kind == TypeKind::json)
    return holds_bytes(from) ? nullptr : std::make_unique<NestedToJson>(to);
  if (from.is_nested() && to.kind == TypeKind::string) return std::make_unique<NestedToText>();
  const bool is_text = from.kind == TypeKind::json || from.kind == TypeKind::string;
  if (to.is_nested() && is_text && !holds_bytes(to)) return std::make_unique<JsonToNested>(request);
  return nullptr;
}

}  // namespace weir
