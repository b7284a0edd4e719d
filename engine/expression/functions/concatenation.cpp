// concatenation.cpp — joining texts: concat, concat_ws.
#include <algorithm>

#include "engine/expression/functions/array_overloads.h"
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

/// Skips NULL parts; NULL where the separator is.
class ConcatWithSeparator final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(string_type, context.rows, context.arena, true);
    const std::vector<TextReader> readers(arguments.begin(), arguments.end());
    std::string whole;
    std::string buffer;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (arguments[0].is_null(row) || has_error(arguments, row)) {
        report_argument_errors(arguments, row, writer);
        continue;
      }
      join(arguments, readers, row, whole, buffer);
      writer.set_text(row, whole);
    }
    return writer.finish();
  }

 private:
  static void join(std::span<const Column> arguments, const std::vector<TextReader>& readers,
                   std::uint32_t row, std::string& whole, std::string& buffer) {
    whole.clear();
    bool is_first = true;
    for (std::size_t i = 1; i < readers.size(); ++i) {
      if (arguments[i].is_null(row)) continue;
      if (!is_first) whole += arguments[0].text_at(row);
      whole += readers[i].at(row, buffer);
      is_first = false;
    }
  }
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
      variadic(prepared({"string", "any"}, string_type, prepare_without_bytes<ConcatWithSeparator>));
  with_separator.strict = false;
  with_separator.optional = 1;
  with_separator.never_null = false;
  add(registry,
      {.name = "concat_ws",
       .family = family,
       .signature = "concat_ws(separator string[, value any, ...]) -> string",
       .summary = "Joins the texts of its arguments with a separator and leaves NULLs out.",
       .examples = {{"concat_ws('-', 'a', NULL, 'b', 3)", "a-b-3"}, {"concat_ws(NULL, 'a', 'b')", "NULL"}},
       .overloads = {with_separator}});
}

}  // namespace weir