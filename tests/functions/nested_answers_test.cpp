// nested_answers_test.cpp — the edges of arrays, maps and structs that the examples of functions don't show, as Spark 3.5 answers them.
#include <gtest/gtest.h>

#include "evaluation.h"

namespace weir::test {
namespace {

TEST(NestedTypes, AreComparedPartByPart) {
  check({{"array(1, 2) = array(1, 2)", "true"},
         {"array(1, 2) = array(1, 2.0)", "true"},
         {"array(1, NULL) = array(1, NULL)", "true"},
         {"array(1, NULL) <> array(1, 2)", "true"},
         {"array(1, NULL) < array(1, -5)", "true"},
         {"array(1) < array(1, NULL)", "true"},
         {"array(2) > array(1, 9)", "true"},
         {"array() < array(1)", "true"},
         {"array(array('a'), NULL) <= array(array('a'), NULL)", "true"},
         {"named_struct('a', 1, 'b', 'x') = named_struct('a', 1, 'b', 'x')", "true"},
         {"named_struct('a', 1, 'b', NULL) < named_struct('a', 1, 'b', 'x')", "true"},
         {"named_struct('a', 2) >= named_struct('a', 10)", "false"},
         {"array(1) = NULL", "NULL"},
         {"array(CAST('NaN' AS double)) > array(1E300)", "true"},
         {"array(0.0E0) = array(-0.0E0)", "true"},
         {"array(1) <=> NULL", "false"},
         {"array(1, NULL) <=> array(1, NULL)", "true"},
         {"array(1) IN (array(2), array(1))", "true"},
         {"array(1) IN (array(2), NULL)", "NULL"},
         {"array(2) BETWEEN array(1) AND array(3)", "true"},
         {"greatest(array(1), array(1, NULL), array(0))", "[1, null]"},
         {"map(1, 2) = map(1, 2)", "refused: operator = does not take (map<int, int>, map<int, int>)"},
         {"array(map(1, 2)) < array(map(1, 2))",
          "refused: array<map<int, int>> cannot be compared: the entries of a map have no order"},
         {"array(1) = array('a')", "refused: operator = does not take (array<int>, array<string>)"},
         {"array(1) = 1", "refused: operator = does not take (array<int>, int)"}});
}

TEST(NestedTypes, AreChosenUnderTheTypeTheyHaveInCommon) {
  check({{"coalesce(NULL, array(1), array(2.5))", "[1.0]"},
         {"if(true, array(1), array(NULL))", "[1]"},
         {"if(false, array(1), array())", "[]"},
         {"CASE WHEN false THEN named_struct('a', 1) ELSE named_struct('a', 2.5) END", "{2.5}"},
         {"CASE WHEN true THEN map('a', 1) ELSE map('b', 2.5E0) END", "{a -> 1.0}"},
         {"nullif(array(1), array(1))", "NULL"},
         {"nullif(array(1), array(2))", "[1]"},
         {"ifnull(CAST(NULL AS array<bigint>), array(7))", "[7]"},
         {"if(true, array(DATE '2024-02-29'), array(TIMESTAMP '2024-01-01 00:00:00'))", "[2024-02-29 00:00:00]"},
         {"CASE WHEN true THEN named_struct('a', 1) ELSE named_struct('b', 2) END",
          "refused: CASE gives values of different types: (struct<a int>, struct<b int>)"}});
}

TEST(NestedTypes, AreCastPartByPart) {
  check({{"CAST(array(1, NULL) AS array<string>)", "[1, null]"},
         {"CAST(array('1', ' 2 ') AS array<int>)", "[1, 2]"},
         {"CAST(array('1', 'x') AS array<int>)", "error bad_cast"},
         {"TRY_CAST(array('1', 'x') AS array<int>)", "[1, null]"},
         {"TRY_CAST(map('x', 1) AS map<int, int>)", "NULL"},
         {"TRY_CAST(map('1', 'x') AS map<int, int>)", "{1 -> null}"},
         {"CAST(map('1', 2) AS map<int, string>)", "{1 -> 2}"},
         {"CAST(named_struct('a', 1, 'b', array('2')) AS struct<x string, y array<int>>).y[0]", "2"},
         {"CAST(array(array('1'), NULL) AS array<array<bigint>>)", "[[1], null]"},
         {"CAST(array(array('x')) AS array<array<bigint>>)", "error bad_cast"},
         {"CAST(array() AS array<int>)", "[]"},
         {"CAST(array(1) AS array<int not null>)", "refused: cannot cast array<int> to array<int not null>"},
         {"CAST(array(1) AS map<int, int>)", "refused: cannot cast array<int> to map<int, int>"},
         {"CAST(named_struct('a', 1) AS struct<a int, b int>)", "refused: cannot cast struct<a int> to struct<a int, b int>"},
         {"CAST(array(true, NULL) AS string)", "[true, null]"},
         {"CAST(map('k', array(1.50)) AS string)", "{k -> [1.50]}"},
         {"CAST(named_struct('d', DATE '2024-02-29', 't', TIMESTAMP '2024-02-29 01:02:03.5', 'n', NULL) AS string)",
          "{2024-02-29, 2024-02-29 01:02:03.5, null}"},
         {"CAST(array(NULL, NULL) AS string)", "[null, null]"},
         {"CAST(array(X'ff') AS string)", "error bad_cast"}});
}

}  // namespace
}  // namespace weir::test
