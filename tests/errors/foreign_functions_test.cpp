// foreign_functions_test.cpp — what is said of functions of other databases: they are none here, and what they are called here is one.
#include "engine/expression/foreign_functions.h"

#include <gtest/gtest.h>

#include <regex>

#include "connectors/builtin.h"

namespace weir {
namespace {

bool is_function(const Registry& registry, const std::string& name) {
  return registry.functions.find(name) != nullptr || registry.aggregates.find(name) != nullptr || registry.tables.find(name) != nullptr;
}

TEST(ForeignFunctions, AreNoFunctionsHere) {
  const Registry registry = builtin_registry();
  for (const ForeignFunction& one : foreign_functions()) EXPECT_FALSE(is_function(registry, std::string(one.name))) << one.name;
}

TEST(ForeignFunctions, NameFunctionsThatThereAre) {
  const Registry registry = builtin_registry();
  const std::regex call("([a-z_0-9]+)\\(");
  for (const ForeignFunction& one : foreign_functions()) {
    const std::string here(one.here);
    for (auto found = std::sregex_iterator(here.begin(), here.end(), call); found != std::sregex_iterator(); ++found)
      EXPECT_TRUE(is_function(registry, (*found)[1].str())) << one.name << " is said to be " << here;
  }
}

}  // namespace
}  // namespace weir
