// tests.cpp — mistakes of the tests in a pipeline file.
#include "engine/plan/mistakes/families.h"

namespace weir {

std::vector<Mistake> mistakes_of_tests() {
  return {
      {"W1001", "a test that expects nothing",
       R"(A test shows what comes of its rows: without an expectation it could not fail. Say what a sink, the rejects or the ledger hold, at the end or between steps.)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: nothing, steps: [ orders: [] ] }",
       "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: nothing, steps: [ orders: [] ], expect: { out: empty } }"},
      {"W1002", "a step of a test that is none",
       R"(A step of a test is one thing: rows of a source or of one of its partitions, the clock that goes on (advance), a broker that has no more (idle), a process that dies or starts again (crash, restart), or what stands at this moment (expect).)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: two, steps: [ { restart: , advance: 1 minute } ], expect: { out: empty } }",
       "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: two, steps: [ restart: , advance: 1 minute ], expect: { out: empty } }"},
      {"W1003", "a value that its column cannot have",
       R"(Values of a test are read by the types of their columns, as the database would show them: a number, a text, a time such as "10:01" or 2024-11-01T10:00:00Z, a list or a map for what is nested. This one is no value of its column.)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: value, expect: { out: [ { quantity: many } ] } }",
       "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: value, expect: { out: [ { quantity: 2 } ] } }"},
      {"W1004", "a record that cannot be made of this",
       R"(A row of a source becomes a record in the format of the source, and is read as live. Rows are maps of columns; a text is a record as it is, and null is a tombstone. Offsets of a partition ascend, and the partition is that of the step.)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: record, steps: [ orders: [ [a, b] ] ], expect: { out: empty } }",
       "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: record, steps: [ orders: [ 'not json' ] ], expect: { out: empty } }"},
      {"W1005", "an expectation that is none",
       R"(What is expected of a sink is a list of rows, `empty`, or `{ rows: 3 }`; of the ledger the counts of its lines, with the sink where there are several.)",
       ExampleKind::sections, "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: few, expect: { out: few } }",
       "sinks:\n  out: { input: orders, type: console }\ntests:\n  - { name: few, expect: { out: { rows: 3 } } }"},
      {"W1006", "a test of what is not there in a test",
       R"(Tests run in memory and reach no service: a lookup table that is read from a database has rows only where the test gives them (`given`), and rows of a source that no sink reads would go nowhere.)",
       ExampleKind::statements,
       "CREATE TABLE t (id INT, name STRING, PRIMARY KEY (id)) WITH (connection = 'warehouse', query = 'SELECT id, name FROM t');\nCREATE TEST 'nothing comes' AS EXPECT rows EMPTY;",
       "CREATE TABLE t (id INT, name STRING, PRIMARY KEY (id)) WITH (connection = 'warehouse', query = 'SELECT id, name FROM t');\nCREATE TEST 'nothing comes' AS GIVEN t EMPTY EXPECT rows EMPTY;"},
  };
}

}  // namespace weir
