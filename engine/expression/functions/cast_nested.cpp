// cast_nested.cpp — CAST of arrays, maps and structs to text and JSON, and from JSON back.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/call_evaluation.h"
#include "engine/expression/functions/cast.h"
#include "engine/expression/json_text.h"
#include "engine/expression/nested_json.h"

namespace weir {
namespace {

std::string too_long_text() {
  return fmt::format("the text of a nested value has more than {} bytes", max_made_text);
}
bool is_too_long(std::string_view text) { return text.size() > static_cast<std::size_t>(max_made_text); }

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
      is_too_long(json) ? writer.set_error(row, "too_large", too_long_text()) : writer.set_text(row, json);
    }
    return writer.finish();
  }

 private:
  Type to_;
};

/// The children of a nested type cast each as a whole, once for all rows.
class CastChildren {
 public:
  /// False where one of them cannot be cast. `to` holds the wanted type of each child.
  bool prepare(const Type& from, std::span<const Type> to, bool is_try) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      // Keys are never NULL, so that a key that cannot be cast is an error of the map.
      const bool is_key = from.kind == TypeKind::map && i == 0;
      casts_.push_back(make_cast({from.nested->fields[i].type, to[i], is_try && !is_key}));
      if (casts_.back() == nullptr) return false;
    }
    return true;
  }

  std::vector<Column> evaluate(const Column& values, EvaluationContext& context) const {
    std::vector<Column> made;
    for (std::size_t i = 0; i < casts_.size(); ++i)
      made.push_back(cast_column(*casts_[i], (*values.children)[i], context));
    return made;
  }

  /// The first error among what a row refers to.
  static const RowError* error_of(const Column& values, std::uint32_t row, std::span<const Column> children) {
    const Span span = values.type.is_list() ? values.at<Span>(row) : Span{values.at<std::uint32_t>(row), 1};
    for (const Column& child : children) {
      if (child.errors == nullptr) continue;
      for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
        if (const RowError* error = child.errors->find(k & child.row_mask)) return error;
      }
    }
    return nullptr;
  }

 private:
  std::vector<std::unique_ptr<Kernel>> casts_;
};

bool has_errors(std::span<const Column> columns) {
  return std::any_of(columns.begin(), columns.end(),
                     [](const Column& column) { return column.errors != nullptr; });
}

/// As Spark prints them: [1, null], {a -> 1}, {1, x}.
class NestedToText final : public Kernel {
 public:
  explicit NestedToText(CastChildren children) : children_(std::move(children)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& values = arguments[0];
    const std::vector<Column> texts = children_.evaluate(values, context);
    const bool may_fail = has_errors(texts);
    ColumnWriter writer(string_type, context.rows, context.arena);
    std::string text;  // keeps its memory from row to row
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (values.is_null(row)) continue;
      const RowError* error = may_fail ? CastChildren::error_of(values, row, texts) : nullptr;
      if (error != nullptr) {
        writer.set_error(row, error->code, error->message);
        continue;
      }
      text.clear();
      const bool is_whole = values.type.is_list() ? append_list(values, row, texts, text)
                                                  : append_fields(values, row, texts, text);
      is_whole ? writer.set_text(row, text) : writer.set_error(row, "too_large", too_long_text());
    }
    return writer.finish();
  }

 private:
  static void append_part(const Column& texts, std::uint32_t row, std::string& out) {
    out += texts.is_null(row) ? std::string_view("null") : texts.text_at(row);
  }
  static bool append_list(const Column& values, std::uint32_t row, std::span<const Column> texts,
                          std::string& out) {
    const Span span = values.at<Span>(row);
    const bool is_map = values.type.kind == TypeKind::map;
    out += is_map ? '{' : '[';
    for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
      if (k != span.start) out += ", ";
      append_part(texts[0], k, out);
      if (is_map) out += " -> ";
      if (is_map) append_part(texts[1], k, out);
      if (is_too_long(out)) return false;
    }
    out += is_map ? '}' : ']';
    return true;
  }
  static bool append_fields(const Column& values, std::uint32_t row, std::span<const Column> texts,
                            std::string& out) {
    const auto index = values.at<std::uint32_t>(row);
    out += '{';
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (i != 0) out += ", ";
      append_part(texts[i], index, out);
    }
    out += '}';
    return !is_too_long(out);
  }

  CastChildren children_;
};

/// Part by part; which row refers to what stays as it is.
class NestedToNested final : public Kernel {
 public:
  NestedToNested(const CastRequest& request, CastChildren children)
      : to_(request.to), is_try_(request.is_try), children_(std::move(children)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& values = arguments[0];
    std::vector<Column> children = children_.evaluate(values, context);
    Column result = values;
    result.type = to_;
    result.errors = nullptr;
    if (has_errors(children)) result = with_errors(values, children, context);
    for (Column& child : children) child.errors = nullptr;
    result.type = to_;
    result.children = std::make_shared<const std::vector<Column>>(std::move(children));
    return result;
  }

 private:
  /// The same rows, but those that refer to something with an error.
  Column with_errors(const Column& values, std::span<const Column> children,
                     EvaluationContext& context) const {
    ColumnWriter writer(values.type, context.rows, context.arena);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (values.is_null(row)) continue;
      const RowError* error = CastChildren::error_of(values, row, children);
      if (error == nullptr) {
        writer.copy_from(row, values, row);
      } else if (!is_try_) {
        writer.set_error(row, error->code, error->message);
      }
    }
    return writer.finish();
  }

  Type to_;
  bool is_try_;
  CastChildren children_;
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

Column cast_column(const Kernel& cast, const Column& column, EvaluationContext& context) {
  const std::uint32_t rows = column.is_constant() ? std::min(column.size, 1u) : column.size;
  EvaluationContext of_column{rows, context.arena, context.now_microseconds};
  Column result = combine_strictly(cast.evaluate({&column, 1}, of_column), {&column, 1}, rows, context.arena);
  result.size = column.size;
  if (column.is_constant()) result.row_mask = 0;
  return result;
}

bool holds_bytes(const Type& type) {
  if (!type.is_nested()) return type.kind == TypeKind::bytes;
  const auto& fields = type.nested->fields;
  return std::any_of(fields.begin(), fields.end(),
                     [](const Field& field) { return holds_bytes(field.type); });
}

namespace {

std::unique_ptr<Kernel> nested_to_text(const CastRequest& request) {
  const std::vector<Type> texts(request.from.nested->fields.size(), string_type);
  CastChildren children;
  if (!children.prepare(request.from, texts, false)) return nullptr;
  return std::make_unique<NestedToText>(std::move(children));
}

/// Structs field by field, in their order, as Spark: names don't matter.
std::unique_ptr<Kernel> nested_to_nested(const CastRequest& request) {
  const auto& from = request.from.nested->fields;
  const auto& to = request.to.nested->fields;
  if (request.from.kind != request.to.kind || from.size() != to.size()) return nullptr;
  std::vector<Type> wanted;
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (from[i].nullable && !to[i].nullable) return nullptr;
    wanted.push_back(to[i].type);
  }
  CastChildren children;
  if (!children.prepare(request.from, wanted, request.is_try)) return nullptr;
  return std::make_unique<NestedToNested>(request, std::move(children));
}

}  // namespace

std::unique_ptr<Kernel> cast_nested(const CastRequest& request) {
  const Type& from = request.from;
  const Type& to = request.to;
  if (from.is_nested() && to.kind == TypeKind::json)
    return holds_bytes(from) ? nullptr : std::make_unique<NestedToJson>(to);
  if (from.is_nested() && to.kind == TypeKind::string) return nested_to_text(request);
  if (from.is_nested() && to.is_nested()) return nested_to_nested(request);
  const bool is_text = from.kind == TypeKind::json || from.kind == TypeKind::string;
  if (to.is_nested() && is_text && !holds_bytes(to)) return std::make_unique<JsonToNested>(request);
  return nullptr;
}

}  // namespace weir
