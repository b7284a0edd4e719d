// registry_test.cpp — finding components by name, and settings by key.
#include "engine/component/registry.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Registry, FindsByName) {
  Registry registry;
  registry.sources.push_back({"kafka", "reads topics", "", {}, {}, nullptr});
  registry.stores.push_back({"postgres", {"postgresql", "postgres"}, "a database", "", {}, nullptr});
  registry.formats.push_back({"json", "JSON objects", "", {}, nullptr});
  registry.outlets.push_back({"console", "a terminal", {}, nullptr});
  EXPECT_EQ(registry.find_source("kafka")->summary, "reads topics");
  EXPECT_EQ(registry.find_source("Kafka"), nullptr);
  EXPECT_EQ(registry.find_store("postgres")->summary, "a database");
  EXPECT_EQ(registry.find_store("postgresql"), nullptr);
  EXPECT_EQ(registry.find_store_by_scheme("postgresql")->name, "postgres");
  EXPECT_EQ(registry.find_store_by_scheme("mysql"), nullptr);
  EXPECT_EQ(registry.find_format("json")->name, "json");
  EXPECT_EQ(registry.find_format("csv"), nullptr);
  EXPECT_EQ(registry.find_outlet("console")->summary, "a terminal");
  EXPECT_EQ(registry.find_outlet("postgres"), nullptr);
}

TEST(Registry, FindsTheStoreThatIsAFile) {
  Registry registry;
  registry.stores.push_back({"postgres", {"postgresql"}, "a server", "", {}, nullptr});
  EXPECT_EQ(registry.find_file_store(), nullptr);
  registry.stores.push_back({"sqlite", {"sqlite"}, "a file", "", {}, nullptr, "sqlite:"});
  EXPECT_EQ(registry.find_file_store()->name, "sqlite");
}

TEST(Config, FindsKeysOfMapsOnly) {
  Config value;
  value.value = std::string("x");
  Config map;
  map.value = Config::Map{{"a", value}};
  EXPECT_EQ(map.find("a")->scalar(), "x");
  EXPECT_EQ(map.find("b"), nullptr);
  EXPECT_EQ(value.find("a"), nullptr);
  EXPECT_EQ(Config{}.find("a"), nullptr);
}

}  // namespace
}  // namespace weir
