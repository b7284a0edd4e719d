// cast.cpp — CAST and TRY_CAST: finds the conversion.
#include "engine/expression/functions/cast.h"

#include <fmt/format.h>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/operator_declaration.h"

namespace weir {
namespace {

constexpr std::size_t longest_excerpt = 64;

std::string excerpt(std::string_view value) {
  if (value.size() <= longest_excerpt) return std::string(value);
  std::size_t end = longest_excerpt;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return std::string(value.substr(0, end)) + "...";
}

/// NULL, which has no type of its own yet.
class CastNull final : public Kernel {
 public:
  explicit CastNull(Type to) : to_(to) {}
  Column evaluate(std::span<const Column>, EvaluationContext& context) const override {
    return constant_column(Value{to_, {}}, context.rows, context.arena);
  }

 private:
  Type to_;
};

class CastToItself final : public Kernel {
 public:
  Column evaluate(std::span<const Column> arguments, EvaluationContext&) const override {
    return arguments[0];
  }
};

KernelResult prepare_cast(const CallSite& site, bool is_try) {
  const CastRequest request{site.types[0], site.result, is_try};
  if (auto kernel = make_cast(request)) return kernel;
  return call_error(fmt::format("cannot cast {} to {}", to_string(request.from), to_string(request.to)));
}

Overload cast_overload(bool is_try) {
  Overload overload;
  overload.parameters = {"any"};
  overload.result = [](const CallSite& site) -> Result<Type> { return site.result; };
  overload.prepare = [is_try](const CallSite& site) { return prepare_cast(site, is_try); };
  overload.never_null = !is_try;
  return overload;
}

}  // namespace

void CastFailure::not_readable(RowOutput& out, std::string_view value) const {
  if (is_try_) return out.null();
  out.error("bad_cast", fmt::format("not a valid {}: '{}'", type_name_, excerpt(value)));
}

void CastFailure::too_large(RowOutput& out, std::string_view value) const {
  if (is_try_) return out.null();
  out.error("overflow", fmt::format("out of the range of {}: {}", type_name_, value));
}

std::unique_ptr<Kernel> make_cast(const CastRequest& request) {
  if (request.from == request.to) return std::make_unique<CastToItself>();
  if (request.from.kind == TypeKind::null) return std::make_unique<CastNull>(request.to);
  using Maker = std::unique_ptr<Kernel> (*)(const CastRequest&);
  for (const Maker maker : {cast_nested, cast_number_to_number, cast_time, cast_to_text, cast_from_text}) {
    if (auto kernel = maker(request)) return kernel;
  }
  return nullptr;
}

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

void register_cast(FunctionRegistry& registry) {
  add_operator(registry, "cast", "CAST(a AS type) -> type",
               "The value as another type; the row is rejected where that is impossible.",
               {{"CAST(' 42 ' AS int)", "42"}, {"CAST(2.5 AS string)", "2.5"}, {"CAST(-1.9E0 AS int)", "-1"}},
               {cast_overload(false)});
  add_operator(registry, "try_cast", "TRY_CAST(a AS type) -> type",
               "The value as another type, NULL where that is impossible.",
               {{"TRY_CAST('x' AS int)", "NULL"}}, {cast_overload(true)});
}

}  // namespace weir
