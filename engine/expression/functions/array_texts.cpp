// array_texts.cpp — arrays out of texts and texts out of arrays: split, regexp_extract_all, json_object_keys,
// array_join.
#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/functions/array_maker.h"
#include "engine/expression/functions/cast.h"
#include "engine/expression/functions/characters.h"
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/text_pieces.h"
#include "engine/expression/functions/text_split.h"
#include "engine/expression/json_text.h"
#include "engine/expression/nested_json.h"

namespace weir {
namespace {

/// Writes rows of pieces. What was appended for a row that fails stays behind, and nothing refers to it.
class PiecesWriter {
 public:
  PiecesWriter(const Type& type, const Column& texts, EvaluationContext& context)
      : writer_(type, context.rows, context.arena), pieces_(texts, context.arena) {}
  void append(std::uint32_t row, std::string_view part) { pieces_.append(row, part); }
  void end_row(std::uint32_t row) {
    writer_.set(row, Span{start_, pieces_.size() - start_});
    start_ = pieces_.size();
  }
  void fail_row(std::uint32_t row, std::string code, std::string message) {
    start_ = pieces_.size();
    writer_.set_error(row, std::move(code), std::move(message));
  }
  Column finish() {
    Column column = writer_.finish();
    column.children = std::make_shared<const std::vector<Column>>(1, pieces_.finish());
    return column;
  }

 private:
  ColumnWriter writer_;
  TextPieces pieces_;
  std::uint32_t start_ = 0;
};

class Split final : public Kernel {
 public:
  Split(Type type, std::optional<Delimiter> constant) : type_(type), constant_(std::move(constant)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    PiecesWriter writer(type_, arguments[0], context);
    RecentDelimiters recent;
    std::vector<std::string_view> parts;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      const std::int64_t limit = arguments.size() > 2 ? arguments[2].at<std::int64_t>(row) : -1;
      if (constant_) {
        split_text(arguments[0].text_at(row), *constant_, limit, parts);
      } else {
        const Result<Delimiter>& delimiter = recent.compiled(arguments[1].text_at(row));
        if (!delimiter.ok()) {
          writer.fail_row(row, "bad_pattern", delimiter.error().message());
          continue;
        }
        split_text(arguments[0].text_at(row), *delimiter, limit, parts);
      }
      for (const std::string_view part : parts) writer.append(row, part);
      writer.end_row(row);
    }
    return writer.finish();
  }

 private:
  Type type_;
  std::optional<Delimiter> constant_;
};

KernelResult prepare_split(const CallSite& site) {
  const std::string* pattern = constant_text(site, 1);
  if (pattern == nullptr) return kernel_of<Split>(site.result, std::nullopt);
  WEIR_ASSIGN(Delimiter delimiter, Delimiter::compile(*pattern));
  return kernel_of<Split>(site.result, std::move(delimiter));
}

class ExtractAll final : public Kernel {
 public:
  ExtractAll(Type type, RegularExpression constant) : type_(type), constant_(std::move(constant)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    PiecesWriter writer(type_, arguments[0], context);
    RecentRegularExpressions recent;
    std::vector<re2::StringPiece> groups;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      const std::int64_t group = arguments.size() > 2 ? arguments[2].at<std::int64_t>(row) : 1;
      if (constant_ != nullptr) {
        extract(row, *constant_, arguments[0].text_at(row), group, groups, writer);
        continue;
      }
      const Result<RegularExpression>& expression = recent.compiled(arguments[1].text_at(row));
      if (expression.ok()) {
        extract(row, **expression, arguments[0].text_at(row), group, groups, writer);
      } else {
        writer.fail_row(row, "bad_pattern", expression.error().message());
      }
    }
    return writer.finish();
  }

 private:
  /// A group that took no part in a match is an empty text.
  static void extract(std::uint32_t row, const re2::RE2& expression, std::string_view text,
                      std::int64_t group, std::vector<re2::StringPiece>& groups, PiecesWriter& writer) {
    if (group < 0 || group > expression.NumberOfCapturingGroups()) {
      return writer.fail_row(
          row, "bad_argument",
          fmt::format("regexp_extract_all: no such group in the regular expression: {} (it has {})", group,
                      expression.NumberOfCapturingGroups()));
    }
    groups.resize(static_cast<std::size_t>(group) + 1);
    for (std::size_t start = 0; start <= text.size();) {
      if (!expression.Match({text.data(), text.size()}, start, text.size(), re2::RE2::UNANCHORED,
                            groups.data(), static_cast<int>(groups.size())))
        break;
      const re2::StringPiece& found = groups.back();
      writer.append(
          row, found.data() == nullptr ? text.substr(0, 0) : std::string_view(found.data(), found.size()));
      start = static_cast<std::size_t>(groups[0].data() - text.data()) + groups[0].size();
      if (groups[0].empty()) start += std::max<std::size_t>(bytes_of_characters(text.substr(start), 1), 1);
    }
    writer.end_row(row);
  }

  Type type_;
  RegularExpression constant_;  // null: the pattern is an argument
};

KernelResult prepare_extract_all(const CallSite& site) {
  const std::string* pattern = constant_text(site, 1);
  if (pattern == nullptr) return kernel_of<ExtractAll>(site.result, nullptr);
  WEIR_ASSIGN(RegularExpression expression, compile_regular_expression(*pattern));
  return kernel_of<ExtractAll>(site.result, std::move(expression));
}

/// NULL where the text is no JSON object.
class ObjectKeys final : public Kernel {
 public:
  explicit ObjectKeys(const CallSite& site)
      : type_(site.result), is_checked_(site.types[0].kind == TypeKind::json) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(type_, context.rows, context.arena);
    std::string room;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (arguments[0].is_null(row)) continue;
      const std::string_view text = trimmed(arguments[0].text_at(row));
      if (!text.starts_with('{') || (!is_checked_ && !is_valid_json(text))) continue;
      const std::uint32_t start = writer.child(0).size();
      append_keys(text, room, writer.child(0));
      writer.set(row, Span{start, writer.child(0).size() - start});
    }
    return writer.finish();
  }

 private:
  static void append_keys(std::string_view object, std::string& room, ColumnBuilder& keys) {
    std::size_t at = skip_json_blanks(object, 1);
    while (object[at] != '}') {
      const std::size_t end = json_value_end(object, at).value_or(object.size());
      room.clear();
      append_unescaped_json(object.substr(at, end - at), room);
      keys.append_text(room);
      const std::size_t value = skip_json_blanks(object, skip_json_blanks(object, end) + 1);
      at = skip_json_blanks(object, json_value_end(object, value).value_or(object.size()));
      if (object[at] == ',') at = skip_json_blanks(object, at + 1);
    }
  }

  Type type_;
  bool is_checked_;
};

/// Elements become texts as a whole column, once for all rows.
class Join final : public Kernel {
 public:
  explicit Join(std::unique_ptr<Kernel> to_text) : to_text_(std::move(to_text)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& elements = (*arguments[0].children)[0];
    const Column texts = cast_column(*to_text_, elements, context);
    ColumnWriter writer(string_type, context.rows, context.arena);
    std::string joined;  // keeps its memory from row to row
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      joined.clear();
      if (const RowError* error = join({arguments, row}, elements, texts, joined)) {
        writer.set_error(row, error->code, error->message);
      } else if (joined.size() > static_cast<std::size_t>(max_made_text)) {
        writer.set_error(row, "too_large",
                         fmt::format("array_join: a text of more than {} bytes", max_made_text));
      } else {
        writer.set_text(row, joined);
      }
    }
    return writer.finish();
  }

 private:
  /// The error of an element that has no text.
  static const RowError* join(const ArgumentRow& row, const Column& elements, const Column& texts,
                              std::string& joined) {
    const Span span = row.span(0);
    const bool has_replacement = row.arguments.size() > 2;
    bool is_first = true;
    for (std::uint32_t k = span.start;
         k < span.start + span.length && joined.size() <= static_cast<std::size_t>(max_made_text); ++k) {
      const bool is_null = elements.is_null(k);
      if (is_null && !has_replacement) continue;
      if (!is_null && texts.is_null(k)) return texts.errors->find(k & texts.row_mask);
      if (!is_first) joined += row.arguments[1].text_at(row.row);
      joined += is_null ? row.arguments[2].text_at(row.row) : texts.text_at(k);
      is_first = false;
    }
    return nullptr;
  }

  std::unique_ptr<Kernel> to_text_;
};

KernelResult prepare_join(const CallSite& site) {
  std::unique_ptr<Kernel> to_text = make_cast({fields_of(site)[0].type, string_type, false});
  if (to_text == nullptr)
    return call_error(fmt::format("array_join: elements of {} have no text", to_string(site.types[0])));
  return kernel_of<Join>(std::move(to_text));
}

Result<Type> texts(const CallSite&) { return array_type(string_type, false); }

void register_cuts(FunctionRegistry& registry) {
  add(registry,
      {.name = "split",
       .family = nested_family,
       .signature = "split(text string, pattern string[, limit bigint]) -> array<string>",
       .summary = "The parts of a text between the matches of a regular expression; with a limit above 0 no "
                  "more than so many, of which the last "
                  "holds the rest.",
       .examples = {{"split('a,b,,c', ',')", "[a, b, , c]"},
                    {"split('oneAtwoBthree', '[AB]', 2)", "[one, twoBthree]"},
                    {"split('a.b', '\\.')[1]", "b"}},
       .overloads = {never_null(nested_overload({"string", "string"}, texts, prepare_split)),
                     never_null(nested_overload({"string", "string", "bigint"}, texts, prepare_split))}});
  add(registry,
      {.name = "regexp_extract_all",
       .family = nested_family,
       .signature = "regexp_extract_all(text string, pattern string[, group bigint]) -> array<string>",
       .summary = "What a group (the first, if none is given; 0 is the whole match) of every match holds.",
       .examples = {{"regexp_extract_all('100-200, 300-400', '([0-9]+)-([0-9]+)')", "[100, 300]"},
                    {"regexp_extract_all('a1b22', '[0-9]+', 0)", "[1, 22]"}},
       .overloads = {
           never_null(nested_overload({"string", "string"}, texts, prepare_extract_all)),
           never_null(nested_overload({"string", "string", "bigint"}, texts, prepare_extract_all))}});
  const auto keys = [](const std::string& type) {
    return nested_overload({type}, texts, [](const CallSite& site) { return kernel_of<ObjectKeys>(site); });
  };
  add(registry, {.name = "json_object_keys",
                 .family = nested_family,
                 .signature = "json_object_keys(value json or string) -> array<string>",
                 .summary = "The keys of a JSON object, in its order; NULL where the text is none.",
                 .examples = {{"json_object_keys('{\"a\": 1, \"b\": {\"c\": 2}}')", "[a, b]"},
                              {"json_object_keys('[1]')", "NULL"}},
                 .overloads = {keys("json"), keys("string")}});
}

}  // namespace

void register_array_texts(FunctionRegistry& registry) {
  register_cuts(registry);
  const TypeOf text = [](const CallSite&) -> Result<Type> { return string_type; };
  add(registry,
      {.name = "array_join",
       .family = nested_family,
       .signature = "array_join(elements array, delimiter string[, null_text string]) -> string",
       .summary = "The texts of the elements, as CAST prints them, with a delimiter between; NULLs are left "
                  "out, or replaced by a text.",
       .examples = {{"array_join(array('a', NULL, 'b'), '-')", "a-b"},
                    {"array_join(array(1, NULL, 2), ', ', '?')", "1, ?, 2"}},
       .overloads = {never_null(nested_overload({"array", "string"}, text, prepare_join)),
                     never_null(nested_overload({"array", "string", "string"}, text, prepare_join))}});
}

}  // namespace weir
