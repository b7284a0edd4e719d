// operators_text.cpp — ||, LIKE and RLIKE.
#include <fmt/format.h>

#include <cstring>

#include "engine/expression/functions/like_pattern.h"
#include "engine/expression/functions/operator_declaration.h"
#include "engine/expression/functions/operators.h"
#include "engine/expression/functions/regular_expression.h"

namespace weir {
namespace {

constexpr auto join = [](RowOutput& out, std::string_view first, std::string_view second) {
  char* room = out.room(first.size() + second.size());
  if (!first.empty()) std::memcpy(room, first.data(), first.size());
  if (!second.empty()) std::memcpy(room + first.size(), second.data(), second.size());
  out.finish(room + first.size() + second.size());
};

/// The pattern is a literal.
class LikeLiteral final : public Kernel {
 public:
  explicit LikeLiteral(LikePattern pattern) : pattern_(std::move(pattern)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(boolean_type, context.rows, context.arena, true);
    const ColumnReader<std::string_view> texts(arguments[0]);
    for (std::uint32_t row = 0; row < context.rows; ++row) writer.set_bool(row, pattern_.matches(texts[row]));
    return writer.finish();
  }

 private:
  LikePattern pattern_;
};

KernelResult prepare_like(const CallSite& site) {
  char escape = '\\';
  if (site.types.size() == 3) {
    const std::string* given = constant_text(site, 2);
    if (given == nullptr || given->size() != 1)
      return call_error("the escape of LIKE is a literal of one ASCII character");
    escape = given->front();
  }
  if (const std::string* literal = constant_text(site, 1)) {
    WEIR_ASSIGN(LikePattern pattern, LikePattern::compile(*literal, escape));
    return kernel_of<LikeLiteral>(std::move(pattern));
  }
  const auto match = [escape](RowOutput& out, std::string_view text, std::string_view pattern) {
    const auto compiled = LikePattern::compile(pattern, escape);
    if (!compiled.ok()) return out.error("bad_pattern", compiled.error().message());
    out.set_bool(compiled->matches(text));
  };
  return make_kernel(boolean_type, match);
}

class RlikeLiteral final : public Kernel {
 public:
  explicit RlikeLiteral(RegularExpression expression) : expression_(std::move(expression)) {}
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(boolean_type, context.rows, context.arena, true);
    const ColumnReader<std::string_view> texts(arguments[0]);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const std::string_view text = texts[row];
      writer.set_bool(row, re2::RE2::PartialMatch({text.data(), text.size()}, *expression_));
    }
    return writer.finish();
  }

 private:
  RegularExpression expression_;
};

class RlikeColumn final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(boolean_type, context.rows, context.arena, true);
    RecentRegularExpressions recent;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) {
        writer.set_null(row);
        continue;
      }
      const auto& expression = recent.compiled(arguments[1].text_at(row));
      if (!expression.ok()) {
        writer.set_error(row, "bad_pattern", expression.error().message());
        continue;
      }
      const std::string_view text = arguments[0].text_at(row);
      writer.set_bool(row, re2::RE2::PartialMatch({text.data(), text.size()}, **expression));
    }
    return writer.finish();
  }
};

KernelResult prepare_rlike(const CallSite& site) {
  const std::string* literal = constant_text(site, 1);
  if (literal == nullptr) return kernel_of<RlikeColumn>();
  WEIR_ASSIGN(RegularExpression expression, compile_regular_expression(*literal));
  return kernel_of<RlikeLiteral>(std::move(expression));
}

}  // namespace

void register_text_operators(FunctionRegistry& registry) {
  add_operator(
      registry, "||", "a string || b string -> string",
      "Both texts, one after the other; NULL if either is NULL.",
      {{"'a' || 'b'", "ab"}, {"'a' || NULL", "NULL"}},
      {strict({"string", "string"}, string_type, join), strict({"bytes", "bytes"}, bytes_type, join)});
  Overload like = prepared({"string", "string", "string"}, boolean_type, prepare_like);
  like.optional = 1;
  add_operator(registry, "like", "text LIKE pattern [ESCAPE character] -> boolean",
               "Whether the whole text matches: % is any text, _ any one character.",
               {{"'green tea' LIKE 'green%'", "true"}, {"'10%' LIKE '10\\%'", "true"}}, {std::move(like)});
  add_operator(registry, "rlike", "text RLIKE pattern -> boolean",
               "Whether some part of the text matches the regular expression (RE2).",
               {{"'tea 42' RLIKE '[0-9]+'", "true"}},
               {prepared({"string", "string"}, boolean_type, prepare_rlike)});
}

}  // namespace weir
