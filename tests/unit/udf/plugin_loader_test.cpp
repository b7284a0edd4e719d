// plugin_loader_test.cpp — what a loaded plugin holds for the registries.
#include "udf/host/plugin_loader.h"

#include <gtest/gtest.h>

#include "udf/weir_udf.hpp"

namespace weir::test {
namespace {

template <typename T>
struct Last {
  T last{};
  void add(T value) { last = value; }
  void merge(const Last& other) { last = other.last; }
  T finish() const { return last; }
};

TEST(PluginLoader, AnAggregateIsPreparedByTheTypesOfItsArguments) {
  udf::Plugin plugin("acme", "1");
  plugin.aggregate<Last<std::int64_t>>("last_seen").summary("S.");
  plugin.aggregate<Last<double>>("last_seen").summary("S.");
  const LoadedPlugin loaded{"acme", "1", "acme.so", plugin.description()};
  const auto aggregates = aggregates_of(loaded);
  ASSERT_EQ(aggregates.size(), 1u);
  EXPECT_EQ(aggregates[0].declaration.name, "last_seen");
  ASSERT_EQ(aggregates[0].declaration.overloads.size(), 2u);
  EXPECT_EQ(*aggregates[0].declaration.overloads[1].result({{float64_type}, {nullptr}, null_type}), float64_type);
  EXPECT_TRUE(aggregates[0].prepare({{float64_type}, {nullptr}, float64_type}).ok());
  const auto refused = aggregates[0].prepare({{string_type}, {nullptr}, string_type});
  EXPECT_EQ(refused.error().message(), "plugin acme (acme.so), function last_seen: there is no such function for these arguments");
}

TEST(PluginLoader, AFolderThatIsNotThereIsAnErrorAndTheRestGoesOn) {
  Registry registry;
  PluginLoader loader;
  const auto errors = loader.load_folders("/there/is/no/such/folder:" WEIR_SOURCE_DIR, registry);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0].message().find("cannot read the folder /there/is/no/such/folder"), std::string::npos);
}

}  // namespace
}  // namespace weir::test
