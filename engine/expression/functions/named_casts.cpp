// named_casts.cpp — casts under the names of types, as Spark has them: date(x), string(x), int(x) ...
#include <fmt/format.h>

#include "engine/expression/functions/cast.h"
#include "engine/expression/functions/families.h"

namespace weir {
namespace {

struct NamedCast {
  const char* name;
  Type type;
  FunctionExample example;
};

KernelResult prepare(const CallSite& site) {
  if (auto kernel = make_cast({site.types[0], site.result, false})) return kernel;
  return call_error(fmt::format("cannot cast {} to {}", to_string(site.types[0]), to_string(site.result)));
}

}  // namespace

void register_named_casts(FunctionRegistry& registry) {
  const std::vector<NamedCast> casts = {
      {"boolean", boolean_type, {"boolean('yes')", "true"}},
      {"int", int32_type, {"int('42')", "42"}},
      {"bigint", int64_type, {"bigint('42')", "42"}},
      {"double", float64_type, {"double('2.5')", "2.5"}},
      {"decimal", decimal_type(10, 0), {"decimal('42')", "42"}},
      {"string", string_type, {"string(DATE '2024-11-01')", "2024-11-01"}},
      {"binary", bytes_type, {"hex(binary('abc'))", "616263"}},
      {"date", date_type, {"date(TIMESTAMP '2024-11-01 12:00:00')", "2024-11-01"}},
      {"timestamp", timestamp_type, {"timestamp('2024-11-01 12:00:00')", "2024-11-01 12:00:00"}},
  };
  for (const NamedCast& cast : casts) {
    add(registry, {.name = cast.name,
                   .family = "conversion",
                   .signature = fmt::format("{}(value any) -> {}", cast.name, to_string(cast.type)),
                   .summary = fmt::format("CAST(value AS {}).", to_string(cast.type)),
                   .examples = {cast.example},
                   .overloads = {prepared({"any"}, cast.type, prepare)}});
  }
}

}  // namespace weir
