// trigonometry.cpp — the rarer functions of angles: sec, csc, cot, and the hyperbolic ones with their
// inverses.
#include <fmt/format.h>

#include <cmath>

#include "engine/expression/functions/families.h"
#include "engine/expression/functions/kernels.h"

namespace weir {
namespace {

using OneArgument = double (*)(double);

struct AngleFunction {
  const char* name;
  OneArgument body;
  const char* summary;
  FunctionExample example;
};

}  // namespace

void register_trigonometry(FunctionRegistry& registry) {
  const std::vector<AngleFunction> functions = {
      {"sec",
       [](double angle) { return 1 / std::cos(angle); },
       "The secant of an angle in radians, 1 / cos.",
       {"sec(0)", "1.0"}},
      {"csc",
       [](double angle) { return 1 / std::sin(angle); },
       "The cosecant of an angle in radians, 1 / sin.",
       {"round(csc(1), 12)", "1.188395105778"}},
      {"cot",
       [](double angle) { return 1 / std::tan(angle); },
       "The cotangent of an angle in radians, 1 / tan.",
       {"round(cot(1), 12)", "0.642092615934"}},
      {"sinh", std::sinh, "The hyperbolic sine.", {"sinh(0)", "0.0"}},
      {"cosh", std::cosh, "The hyperbolic cosine.", {"cosh(0)", "1.0"}},
      {"tanh", std::tanh, "The hyperbolic tangent.", {"tanh(0)", "0.0"}},
      {"asinh", std::asinh, "The value whose hyperbolic sine is the argument.", {"asinh(0)", "0.0"}},
      {"acosh",
       std::acosh,
       "The value whose hyperbolic cosine is the argument; NaN below 1.",
       {"acosh(1)", "0.0"}},
      {"atanh",
       std::atanh,
       "The value whose hyperbolic tangent is the argument; NaN beyond -1 and 1.",
       {"atanh(0)", "0.0"}},
  };
  for (const AngleFunction& function : functions) {
    add(registry, {.name = function.name,
                   .family = "math",
                   .signature = fmt::format("{}(value double) -> double", function.name),
                   .summary = function.summary,
                   .examples = {function.example},
                   .overloads = {strict({"double"}, float64_type,
                                        [body = function.body](double value) { return body(value); })}});
  }
}

}  // namespace weir
