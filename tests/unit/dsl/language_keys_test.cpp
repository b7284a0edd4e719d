// language_keys_test.cpp — the table of the language's own keys: every block has some, each is told once, and what other layers know of them agrees.
#include "dsl/language_keys.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

TEST(LanguageKeys, AreToldOnceEachWithASentence) {
  for (const Block block : all_blocks) {
    std::set<std::string> names;
    for (const LanguageKey& key : keys_of(block)) {
      EXPECT_TRUE(names.insert(key.name).second) << key.name;
      EXPECT_GT(key.summary.size(), 10U) << key.name;
      EXPECT_NE(key.summary.back(), '.') << key.name;
      const bool wants_blocks = key.kind == KeyKind::block || key.kind == KeyKind::blocks || (key.kind == KeyKind::section && !key.is_later);
      EXPECT_TRUE(!wants_blocks || !key.blocks.empty()) << key.name;
    }
    EXPECT_FALSE(names.empty());
  }
}

TEST(LanguageKeys, OfSourcesAreThoseThatThePlanKnows) {
  const std::vector<std::string> own = names_of(Block::source);
  EXPECT_EQ(std::set<std::string>(own.begin(), own.end()), std::set<std::string>(source_keys().begin(), source_keys().end()));
}

TEST(LanguageKeys, OfTablesAreKeysOfSinks) {
  for (const std::string& name : table_keys_of_sinks()) EXPECT_NE(find_key(Block::sink, name), nullptr) << name;
}

}  // namespace
}  // namespace weir
