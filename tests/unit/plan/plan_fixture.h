// plan_fixture.h — builds small plans from expression texts.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "dsl/compile.h"
#include "engine/plan/builder.h"
#include "engine/plan/stage.h"
#include "fake_components.h"

namespace weir::testing {

class PlanFixture : public ::testing::Test {
 protected:
  using Columns = std::vector<std::pair<std::string, std::string>>;  // name, expression

  static SourceColumn column(const std::string& name, const Type& type, bool nullable = true) {
    return {DecodedColumn{Field{name, type, nullable}, name, false}, {}};
  }
  static SourceColumn metadata(const std::string& name, const std::string& from, const Type& type,
                               bool nullable = true) {
    return {DecodedColumn{Field{name, type, nullable}, from, true}, {}};
  }
  /// Columns id, product_id (string not null), seen_at (timestamp), ip, note (string), price decimal(10,2).
  NodeId source(const std::string& name = "views", const std::string& topic = "t") {
    return *builder.add_source(name, {}, "fake", "lines", map_of({{"topic", topic}}),
                               {column("id", string_type, false), column("product_id", string_type, false),
                                column("seen_at", timestamp_type), column("ip", string_type),
                                column("note", string_type), column("price", decimal_type(10, 2))},
                               {});
  }
  std::size_t connection(const std::string& name = "warehouse") {
    return *builder.add_connection(name, map_of({{"dsn", "sqlite:x.db"}}));
  }
  const Ast& ast(const std::string& text) {
    asts_.push_back(parse_expression(
        text, Location{std::make_shared<SourceText>(SourceText{"test", text}), 1, 1, 0}, diagnostics));
    EXPECT_NE(asts_.back(), nullptr) << text;
    return *asts_.back();
  }
  std::vector<PlanBuilder::NamedAst> asts(const Columns& columns) {
    std::vector<PlanBuilder::NamedAst> result;
    for (const auto& [name, text] : columns) result.push_back({name, &ast(text), {}});
    return result;
  }
  PlanBuilder::SinkRequest request(const std::string& name, std::size_t connection_index,
                                   std::vector<std::string> key = {}) {
    PlanBuilder::SinkRequest result;
    result.name = name;
    result.table = name;
    result.connection = connection_index;
    for (const std::string& column_name : key) result.key.push_back({column_name, {}});
    return result;
  }
  std::vector<std::string> errors() const {
    std::vector<std::string> messages;
    for (const Error& error : diagnostics.errors()) {
      messages.push_back(error.message() + (error.hint().empty() ? "" : " | " + error.hint()));
    }
    return messages;
  }

  Registry registry = fake_registry();
  Diagnostics diagnostics;
  PlanBuilder builder{"test", registry, diagnostics};

 private:
  std::deque<AstPtr> asts_;
};

}  // namespace weir::testing
