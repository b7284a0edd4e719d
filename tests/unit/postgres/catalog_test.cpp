// catalog_test.cpp — tables that do not fit are named before anything runs; logins and servers that do not
// work are explained.
#include "engine/component/row_keys.h"
#include "tests/unit/postgres/postgres_fixture.h"

namespace weir::testing {

class CatalogTest : public PostgresTest {
 protected:
  std::string difference(const std::string& ddl, const SinkTable& table = items()) {
    query(ddl);
    const Status status = open()->prepare(std::span(&table, 1), true);
    query("DROP TABLE IF EXISTS items CASCADE");
    return status.ok() ? "" : status.error().message();
  }
  static ::testing::AssertionResult says(const std::string& message, const std::string& part) {
    return message.find(part) != std::string::npos
               ? ::testing::AssertionSuccess()
               : ::testing::AssertionFailure() << message << " lacks " << part;
  }
};

TEST_F(CatalogTest, AKeyNeedsAUniqueIndexOfItsOwn) {
  EXPECT_TRUE(says(difference("CREATE TABLE items (id bigint NOT NULL, name text, version bigint)"),
                   "no unique index on exactly the key (id)"));
  EXPECT_TRUE(says(
      difference("CREATE TABLE items (id bigint NOT NULL, name text, version bigint, UNIQUE (id, name))"),
      "no unique index"));
  EXPECT_TRUE(says(difference("CREATE TABLE items (id bigint UNIQUE DEFERRABLE, name text, version bigint)"),
                   "no unique index"));
  EXPECT_TRUE(says(difference("CREATE TABLE items (id bigint, name text, version bigint); CREATE UNIQUE "
                              "INDEX ON items (id) WHERE id > 0"),
                   "no unique index"));
  EXPECT_TRUE(says(difference("CREATE TABLE items (id bigint, name text, version bigint); CREATE UNIQUE "
                              "INDEX ON items (abs(id))"),
                   "no unique index"));
  EXPECT_EQ(difference("CREATE TABLE items (id bigint UNIQUE, name text, version bigint)"), "");
  EXPECT_EQ(difference("CREATE TABLE items (id bigint, name text UNIQUE, version bigint); CREATE UNIQUE "
                       "INDEX ON items (id) INCLUDE (version)"),
            "");
}

TEST_F(CatalogTest, TypesMustHoldWhatIsWritten) {
  EXPECT_TRUE(says(difference("CREATE TABLE items (id integer PRIMARY KEY, name text, version bigint)"),
                   "column id as integer, the pipeline writes bigint"));
  EXPECT_EQ(difference("CREATE TABLE items (id bigint PRIMARY KEY, name varchar(10), version bigint)"), "");
  SinkTable table = items();
  table.schema.fields[1].type = decimal_type(10, 4);
  EXPECT_TRUE(says(
      difference("CREATE TABLE items (id bigint PRIMARY KEY, name numeric(10,2), version bigint)", table),
      "numeric(10,2)"));
  EXPECT_TRUE(says(
      difference("CREATE TABLE items (id bigint PRIMARY KEY, name numeric(12,7), version bigint)", table),
      "numeric(12,7)"));
  EXPECT_EQ(
      difference("CREATE TABLE items (id bigint PRIMARY KEY, name numeric(14,8), version bigint)", table),
      "");
  EXPECT_EQ(difference("CREATE TABLE items (id bigint PRIMARY KEY, name numeric, version bigint)", table),
            "");
  table.schema.fields[1].type = timestamp_type;
  EXPECT_EQ(difference("CREATE TABLE items (id bigint PRIMARY KEY, name timestamp, version bigint)", table),
            "");
  EXPECT_TRUE(says(
      difference("CREATE TABLE items (id bigint PRIMARY KEY, name timestamptz(0), version bigint)", table),
      "timestamp(0)"));
}

TEST_F(CatalogTest, NullsMustBeTakenWhereThePipelineMayWriteThem) {
  const std::string ddl = "CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL, version bigint)";
  EXPECT_TRUE(says(difference(ddl), "has column name NOT NULL, and the pipeline may write NULL; give it coalesce(name, ...), or leave such rows out with where"));
  SinkTable table = items();
  table.schema.fields[1].nullable = false;
  EXPECT_EQ(difference(ddl, table), "");
}

TEST_F(CatalogTest, WhatChangesRowsUnseenIsRefused) {
  EXPECT_TRUE(says(
      difference("CREATE TABLE items (id bigint PRIMARY KEY, name text, version bigint);"
                 "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
                 "CREATE TRIGGER eater BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION nothing()"),
      "has the trigger eater"));
  EXPECT_TRUE(says(difference("CREATE TABLE items (id bigint PRIMARY KEY, name text, version bigint); CREATE "
                              "RULE swallow AS ON INSERT TO items DO INSTEAD NOTHING"),
                   "has the rule swallow"));
  query("CREATE VIEW items AS SELECT 1::bigint AS id, ''::text AS name, 1::bigint AS version");
  const SinkTable table = items();
  EXPECT_TRUE(says(open()->prepare(std::span(&table, 1), true).error().message(), "is not a table"));
}

TEST_F(CatalogTest, ColumnsThatCannotBeWrittenAreNamed) {
  EXPECT_TRUE(says(difference("CREATE TABLE items (id bigint PRIMARY KEY, name text GENERATED ALWAYS AS "
                              "('x') STORED, version bigint)"),
                   "computes its column name"));
  EXPECT_TRUE(says(difference("CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name "
                              "text, version bigint)"),
                   "gives its column id itself"));
  EXPECT_EQ(difference("CREATE TABLE items (id bigint PRIMARY KEY, name text, version bigint, extra text NOT "
                       "NULL DEFAULT '')"),
            "");
}

TEST_F(CatalogTest, TablesAreCreatedWithTheirForeignKeysWhateverTheOrder) {
  SinkTable child = items();
  child.references = {{{"version"}, "a parent", {"id"}}};
  SinkTable parent = items();
  parent.sink = parent.table = "a parent";
  const std::vector<SinkTable> tables{child, parent};
  ASSERT_TRUE(open()->prepare(tables, true).ok());
  EXPECT_EQ(one("SELECT count(*) FROM pg_constraint WHERE conrelid = 'items'::regclass AND contype = 'f'"),
            "1");
  EXPECT_TRUE(open()->prepare(tables, false).ok());
}

TEST_F(CatalogTest, WeirTablesMayHaveASchemaOfTheirOwn) {
  Config dsn, schema, config;
  dsn.value = PostgresServer::instance().dsn();
  schema.value = std::string("Weir's \"own\"");
  config.value = Config::Map{{"dsn", dsn}, {"schema", schema}};
  Diagnostics diagnostics;
  auto definition = postgres_store().parse(config, diagnostics);
  ASSERT_TRUE(diagnostics.ok());
  auto store = definition->open({"pipe", owner, "plan"}).value();
  ASSERT_TRUE(store->prepare({}, true).ok());
  EXPECT_TRUE(store->leases().value()->heartbeat("views", std::chrono::seconds(1)).ok());
  EXPECT_EQ(one("SELECT count(*) FROM pg_tables WHERE schemaname = 'Weir''s \"own\"'"), "5");
  query("DROP SCHEMA \"Weir's \"\"own\"\"\" CASCADE");
}

TEST_F(CatalogTest, ARoleWithoutRightsIsToldWhichOne) {
  query("DROP TABLE IF EXISTS items; CREATE TABLE items (id bigint PRIMARY KEY, name text, version bigint)");
  query("DROP ROLE IF EXISTS weak; CREATE ROLE weak LOGIN");
  const std::string schema = one("SELECT current_schema()");
  query("GRANT USAGE ON SCHEMA " + schema + " TO weak");
  std::string dsn = PostgresServer::instance().dsn_of(schema);
  dsn.replace(dsn.find("postgres@"), 8, "weak");
  const SinkTable table = items();
  auto weak = postgres_definition(dsn);
  EXPECT_TRUE(says(weak->check_connect(std::span(&table, 1), std::chrono::seconds(5)).error().message(),
                   "may not create tables"));
  query("GRANT CREATE ON SCHEMA " + schema + " TO weak");
  EXPECT_TRUE(says(weak->check_connect(std::span(&table, 1), std::chrono::seconds(5)).error().message(),
                   "no INSERT privilege"));
  query("GRANT SELECT, INSERT, UPDATE ON items TO weak");
  EXPECT_TRUE(weak->check_connect(std::span(&table, 1), std::chrono::seconds(5)).ok());
  SinkTable of_groups = items();
  of_groups.rows_can_go = true;
  EXPECT_TRUE(says(weak->check_connect(std::span(&of_groups, 1), std::chrono::seconds(5)).error().message(), "no DELETE privilege"));
  query("GRANT DELETE ON items TO weak");
  EXPECT_TRUE(weak->check_connect(std::span(&of_groups, 1), std::chrono::seconds(5)).ok());
  ASSERT_TRUE(open()->prepare(std::span(&table, 1), true).ok());
  query("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA " + schema + " TO weak");
  EXPECT_TRUE(says(weak->check_connect(std::span(&table, 1), std::chrono::seconds(5)).error().message(),
                   "may not read and write table weir_"));
  query("GRANT DELETE ON ALL TABLES IN SCHEMA " + schema + " TO weak");
  EXPECT_TRUE(weak->check_connect(std::span(&table, 1), std::chrono::seconds(5)).ok());
  query("DROP OWNED BY weak; DROP ROLE weak");
}

TEST_F(CatalogTest, AServerThatCannotBeReachedIsAServiceError) {
  const Status status = postgres_definition("postgresql://nobody@127.0.0.1:1/x")
                            ->check_connect({}, std::chrono::milliseconds(2000));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind(), ErrorKind::service);
  EXPECT_TRUE(says(status.error().message(), "Connection refused"));
}

TEST_F(CatalogTest, AMissingDatabaseOrRoleIsTheUsersError) {
  std::string dsn = PostgresServer::instance().dsn();
  const Status database = postgres_definition(dsn.substr(0, dsn.rfind('/')) + "/nowhere")
                              ->check_connect({}, std::chrono::seconds(5));
  EXPECT_EQ(database.error().kind(), ErrorKind::user);
  EXPECT_EQ(database.error().code(), "3D000");
  EXPECT_TRUE(says(database.error().message(), "database \"nowhere\" does not exist"));
  dsn.replace(dsn.find("postgres@"), 8, "nobody");
  const Status role = postgres_definition(dsn)->check_connect({}, std::chrono::seconds(5));
  EXPECT_EQ(role.error().kind(), ErrorKind::user);
  EXPECT_TRUE(says(role.error().message(), "nobody"));
}

TEST_F(CatalogTest, ADsnIsCheckedWithoutShowingItsPassword) {
  Config dsn, config;
  dsn.value = std::string("postgresql://me:se%cret@host/db");
  config.value = Config::Map{{"dsn", dsn}};
  Diagnostics diagnostics;
  EXPECT_EQ(postgres_store().parse(config, diagnostics), nullptr);
  ASSERT_EQ(diagnostics.errors().size(), 1u);
  EXPECT_EQ(diagnostics.errors()[0].message().find("cret"), std::string::npos);
  EXPECT_EQ(postgres_definition("postgresql://me:secret@host:77/db")->describe(), "postgres host:77/db");
}

TEST_F(CatalogTest, LongIdentifiersAreFoundAtCompileTime) {
  SinkTable table = items();
  table.schema.fields[1].name = std::string(64, 'n');
  Diagnostics diagnostics;
  definition_->check_table(table, {}, diagnostics);
  ASSERT_EQ(diagnostics.errors().size(), 1u);
  EXPECT_TRUE(says(diagnostics.errors()[0].message(), "64 bytes"));
}

TEST(StorableText, ReplacesWhatADatabaseCannotHold) {
  EXPECT_EQ(storable_text("plain é \xF0\x9F\x98\x80"), "plain é \xF0\x9F\x98\x80");
  EXPECT_EQ(storable_text(std::string("a\0b", 3)),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(storable_text("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(storable_text("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(storable_text("cut \xE2\x82"), "cut \xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace weir::testing
