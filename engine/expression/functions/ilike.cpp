// ilike.cpp — ilike: LIKE whatever the case of letters.
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

/// lower(text) LIKE lower(pattern), as Spark defines it.
class IgnoringCase final : public Kernel {
 public:
  /// `has_literal`: `like` was made for the pattern in lower case already.
  IgnoringCase(std::unique_ptr<Kernel> lower, std::unique_ptr<Kernel> like, bool has_literal)
      : lower_(std::move(lower)), like_(std::move(like)), has_literal_(has_literal) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column parts[] = {lower_->evaluate(arguments.first(1), context),
                            has_literal_ ? arguments[1] : lower_->evaluate(arguments.subspan(1, 1), context)};
    return like_->evaluate(parts, context);
  }

 private:
  std::unique_ptr<Kernel> lower_;
  std::unique_ptr<Kernel> like_;
  bool has_literal_;
};

Value in_lower_case(const Kernel& lower, const Value& text) {
  Arena arena;
  EvaluationContext context{1, arena, 0};
  const Column column = constant_column(text, 1, arena);
  return value_at(lower.evaluate(std::span(&column, 1), context), 0);
}

const Overload& only_overload(const FunctionRegistry& registry, std::string_view name) {
  const Function* function = registry.find(name);
  WEIR_CHECK(function != nullptr, "like and lower are registered before ilike");
  return function->overloads.front();
}

}  // namespace

void register_ilike(FunctionRegistry& registry) {
  const auto prepare = [lower_overload = only_overload(registry, "lower"),
                        like_overload =
                            only_overload(registry, "like")](const CallSite& site) -> KernelResult {
    WEIR_ASSIGN(std::unique_ptr<Kernel> lower,
                lower_overload.prepare({{string_type}, {nullptr}, string_type}));
    CallSite like_site = site;
    Value pattern;
    const bool has_literal = constant_text(site, 1) != nullptr;
    if (has_literal) {
      pattern = in_lower_case(*lower, *site.constants[1]);
      like_site.constants[1] = &pattern;
    }
    WEIR_ASSIGN(std::unique_ptr<Kernel> like, like_overload.prepare(like_site));
    return kernel_of<IgnoringCase>(std::move(lower), std::move(like), has_literal);
  };
  add(registry, {.name = "ilike",
                 .family = "string",
                 .signature = "ilike(text string, pattern string) -> boolean",
                 .summary = "Whether the whole text matches, whatever the case of letters; as an operator ILIKE: % is any text, _ "
                            "any one character.",
                 .examples = {{"'Spark' ILIKE '_PARK'", "true"}, {"ilike('Été', 'é%É')", "true"}},
                 .overloads = {prepared({"string", "string"}, boolean_type, prepare)}});
}

}  // namespace weir
