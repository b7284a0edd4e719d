// concatenation.cpp — joining texts: concat, concat_ws.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/functions/array_overloads.h"
#include "engine/expression/functions/cast.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

constexpr const char* family = "string";

/// The text of one value of any type, as CAST(value AS string) prints it.
class TextReader {
 public:
  explicit TextReader(const Column& column) : column_(&column), is_text_(column.type.is_text_like()) {
    if (!is_text_ && column.is_constant() && column.size > 0) constant_ = to_text(value_at(column, 0));
  }
  std::string_view at(std::uint32_t row, std::string& buffer) const {
    if (is_text_) return column_->text_at(row);
    if (column_->is_constant()) return constant_;
    buffer = to_text(value_at(*column_, row));
    return buffer;
  }

 private:
  const Column* column_;
  bool is_text_;
  std::string constant_;
};

void report_argument_errors(std::span<const Column> arguments, std::uint32_t row, ColumnWriter& writer) {
  for (const Column& argument : arguments) {
    if (argument.errors == nullptr) continue;
    const RowError* error = argument.errors->find(argument.is_constant() ? 0 : row);
    if (error != nullptr) return writer.set_error(row, error->code, error->message);
  }
  writer.set_null(row);
}

bool has_error(std::span<const Column> arguments, std::uint32_t row) {
  for (const Column& argument : arguments) {
    if (argument.errors == nullptr) continue;
    if (argument.errors->find(argument.is_constant() ? 0 : row) != nullptr) return true;
  }
  return false;
}

/// All arguments are text-like: one pass for the length, one to copy.
class ConcatTexts final : public Kernel {
 public:
  explicit ConcatTexts(Type type) : type_(type) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena, true);
    RowOutput output(writer, arguments);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      output.move_to(row);
      std::size_t bytes = 0;
      for (const Column& argument : arguments) bytes += argument.text_at(row).size();
      char* out = output.room(bytes);
      for (const Column& argument : arguments) {
        const std::string_view part = argument.text_at(row);
        out = std::copy(part.begin(), part.end(), out);
      }
      output.finish(out);
    }
    return writer.finish();
  }

 private:
  Type type_;
};

/// Arguments of any type, printed as CAST does.
class ConcatAny final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(string_type, context.rows, context.arena, true);
    const std::vector<TextReader> readers(arguments.begin(), arguments.end());
    std::string whole;
    std::string buffer;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) {
        writer.set_null(row);
        continue;
      }
      whole.clear();
      for (const TextReader& reader : readers) whole += reader.at(row, buffer);
      writer.set_text(row, whole);
    }
    return writer.finish();
  }
};

/// Skips NULL parts, and takes the elements of arrays for parts; NULL where the separator is.
class ConcatWithSeparator final : public Kernel {
 public:
  /// `elements_to_text[i]` casts the elements of argument i, if that is an array.
  explicit ConcatWithSeparator(std::vector<std::unique_ptr<Kernel>> elements_to_text)
      : elements_to_text_(std::move(elements_to_text)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(string_type, context.rows, context.arena, true);
    const std::vector<TextReader> readers(arguments.begin(), arguments.end());
    const std::vector<Column> elements = texts_of_elements(arguments, context);
    std::string whole;
    std::string buffer;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (arguments[0].is_null(row) || has_error(arguments, row)) {
        report_argument_errors(arguments, row, writer);
        continue;
      }
      whole.clear();
      const RowError* error = join(arguments, readers, elements, row, whole, buffer);
      error == nullptr ? writer.set_text(row, whole) : writer.set_error(row, error->code, error->message);
    }
    return writer.finish();
  }

 private:
  std::vector<Column> texts_of_elements(std::span<const Column> arguments, EvaluationContext& context) const {
    std::vector<Column> texts(arguments.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (elements_to_text_[i] != nullptr) texts[i] = cast_column(*elements_to_text_[i], (*arguments[i].children)[0], context);
    }
    return texts;
  }

  /// The error of an element that has no text.
  const RowError* join(std::span<const Column> arguments, const std::vector<TextReader>& readers, const std::vector<Column>& elements,
                       std::uint32_t row, std::string& whole, std::string& buffer) const {
    bool is_first = true;
    const auto append = [&](std::string_view part) {
      if (!is_first) whole += arguments[0].text_at(row);
      whole += part;
      is_first = false;
    };
    for (std::size_t i = 1; i < readers.size(); ++i) {
      if (arguments[i].is_null(row)) continue;
      if (elements_to_text_[i] == nullptr) {
        append(readers[i].at(row, buffer));
        continue;
      }
      const Span span = arguments[i].at<Span>(row);
      for (std::uint32_t k = span.start; k < span.start + span.length; ++k) {
        const RowError* error = elements[i].errors == nullptr ? nullptr : elements[i].errors->find(k & elements[i].row_mask);
        if (error != nullptr) return error;
        if (!elements[i].is_null(k)) append(elements[i].text_at(k));
      }
    }
    return nullptr;
  }

  std::vector<std::unique_ptr<Kernel>> elements_to_text_;
};

/// Bytes need not be UTF-8, so they do not become text by themselves.
template <typename Body>
KernelResult prepare_without_bytes(const CallSite& site) {
  for (const Type& type : site.types) {
    if (type.kind == TypeKind::bytes)
      return call_error("bytes cannot be joined with text (give CAST(value AS string) or hex(value))");
  }
  return kernel_of<Body>();
}

KernelResult prepare_with_separator(const CallSite& site) {
  std::vector<std::unique_ptr<Kernel>> elements_to_text;
  for (const Type& type : site.types) {
    if (type.kind == TypeKind::bytes)
      return call_error("bytes cannot be joined with text (give CAST(value AS string) or hex(value))");
    const bool is_array = type.kind == TypeKind::array;
    elements_to_text.push_back(is_array ? make_cast({type.nested->fields[0].type, string_type, false}) : nullptr);
    if (is_array && elements_to_text.back() == nullptr)
      return call_error(fmt::format("concat_ws: elements of {} have no text", to_string(type)));
  }
  return kernel_of<ConcatWithSeparator>(std::move(elements_to_text));
}

}  // namespace

void register_concatenation(FunctionRegistry& registry) {
  Overload texts = variadic(prepared({"string"}, string_type, [](const CallSite&) -> KernelResult {
    return kernel_of<ConcatTexts>(string_type);
  }));
  Overload bytes = variadic(prepared({"bytes"}, bytes_type, [](const CallSite&) -> KernelResult {
    return kernel_of<ConcatTexts>(bytes_type);
  }));
  Overload any = variadic(prepared({"any"}, string_type, prepare_without_bytes<ConcatAny>));
  add(registry, {.name = "concat",
                 .family = family,
                 .signature = "concat(value any, ...) -> string (bytes where all arguments are bytes, an array where all are arrays)",
                 .summary = "Joins the texts of its arguments, or arrays; NULL if one of them is NULL.",
                 .examples = {{"concat('Spark', 'SQL')", "SparkSQL"},
                              {"concat('item ', 7, ' costs ', 12.50)", "item 7 costs 12.50"},
                              {"concat('a', NULL)", "NULL"},
                              {"concat(array(1, 2), array(3))", "[1, 2, 3]"}},
                 .overloads = {texts, bytes, concat_arrays(), any}});

  Overload with_separator =
      variadic(prepared({"string", "any"}, string_type, prepare_with_separator));
  with_separator.strict = false;
  with_separator.optional = 1;
  with_separator.never_null = false;
  add(registry,
      {.name = "concat_ws",
       .family = family,
       .signature = "concat_ws(separator string[, value any, ...]) -> string",
       .summary = "Joins the texts of its arguments, and of the elements of arrays, with a separator and leaves NULLs out.",
       .examples = {{"concat_ws('-', 'a', NULL, 'b', 3)", "a-b-3"},
                    {"concat_ws(NULL, 'a', 'b')", "NULL"},
                    {"concat_ws(', ', array('a', NULL, 'b'), 'c')", "a, b, c"}},
       .overloads = {with_separator}});
}

}  // namespace weir