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

TEST(Arrays, AreReachedIntoAtAnyPlace) {
  check({{"array(1, 2)[-1]", "NULL"},
         {"array(1, 2)[2]", "NULL"},
         {"array(1, 2)[9223372036854775807]", "NULL"},
         {"array(1, 2)[CAST(NULL AS int)]", "NULL"},
         {"CAST(NULL AS array<int>)[0]", "NULL"},
         {"array(1, 2)['a']", "refused: get_item expects (array, bigint) or (map<K, V>, K) or (struct, string), got (array<int>, string)"},
         {"get(array(1), 9223372036854775807)", "NULL"},
         {"get(array(1), -9223372036854775808)", "NULL"},
         {"element_at(array(1, 2), 2)", "2"},
         {"element_at(array(1, 2), -2)", "1"},
         {"element_at(array(1, 2), -3)", "NULL"},
         {"element_at(array(1, 2), 9223372036854775807)", "NULL"},
         {"element_at(array(1, 2), -9223372036854775807)", "NULL"},
         {"element_at(array(1, 2), 0)", "error bad_argument"},
         {"try_element_at(array(1, 2), 0)", "error bad_argument"},
         {"element_at(array(1, 2), NULL)", "NULL"},
         {"element_at(map('a', 1), 'b')", "NULL"},
         {"element_at(map('a', 1), CAST(NULL AS string))", "NULL"},
         {"map(CAST(1 AS bigint), 'x')[1]", "x"},
         {"map(1, 'x')[CAST(1 AS bigint)]", "x"},
         {"named_struct('a', 1).A", "1"},
         {"array(named_struct('a', 1), NULL).a", "[1, null]"},
         {"array(array(1)).a", "refused: array<array<int>> has no fields"}});
}

TEST(Arrays, TakeElementsAtEitherEndAndBetween) {
  check({{"array_append(CAST(NULL AS array<int>), 1)", "NULL"},
         {"array_append(array(), 1)", "[1]"},
         {"array_append(array(1), 2.5)", "[1.0, 2.5]"},
         {"array_prepend(array('a'), NULL)", "[null, a]"},
         {"array_append(array(1), 'a')", "refused: array_append expects (array<T>, T), got (array<int>, string)"},
         {"array_append(array(CAST('x' AS int)), 1)", "error bad_cast"},
         {"array_append(array(1), CAST('x' AS int))", "error bad_cast"},
         {"array_insert(array(1, 2, 3), 1, 9)", "[9, 1, 2, 3]"},
         {"array_insert(array(1, 2, 3), 4, 9)", "[1, 2, 3, 9]"},
         {"array_insert(array(1, 2, 3), 6, 9)", "[1, 2, 3, null, null, 9]"},
         {"array_insert(array(1, 2, 3), -1, 9)", "[1, 2, 3, 9]"},
         {"array_insert(array(1, 2, 3), -2, 9)", "[1, 2, 9, 3]"},
         {"array_insert(array(1, 2, 3), -4, 9)", "[9, 1, 2, 3]"},
         {"array_insert(array(1, 2, 3), -6, 9)", "[9, null, null, 1, 2, 3]"},
         {"array_insert(array(1), 0, 9)", "error bad_argument"},
         {"array_insert(array(1), 2, NULL)", "[1, null]"},
         {"array_insert(array(1), NULL, 2)", "NULL"},
         {"array_insert(array(), 9223372036854775807, 1)", "error too_large"},
         {"array_insert(array(), -9223372036854775808, 1)", "error too_large"},
         {"size(array_insert(array(), 100000, 1))", "100000"},
         {"array_insert(array(), 100001, 1)", "error too_large"}});
}

TEST(Arrays, AreCutJoinedAndTurned) {
  check({{"slice(array(1, 2, 3), -3, 2)", "[1, 2]"},
         {"slice(array(1, 2, 3), -4, 2)", "[]"},
         {"slice(array(1, 2, 3), 4, 1)", "[]"},
         {"slice(array(1, 2, 3), 2, 0)", "[]"},
         {"slice(array(1, 2, 3), 0, 1)", "error bad_argument"},
         {"slice(array(1, 2, 3), 1, -1)", "error bad_argument"},
         {"slice(array(1, 2, 3), 2, 9223372036854775807)", "[2, 3]"},
         {"slice(slice(array(1, 2, 3, 4), 2, 3), 2, 1)", "[3]"},
         {"concat(array(), array())", "[]"},
         {"concat(array(1), CAST(NULL AS array<int>))", "NULL"},
         {"concat(array(1), array(2.5), array(NULL))", "[1.0, 2.5, null]"},
         {"concat(array(1), array('a'))", "[1][a]"},
         {"flatten(array(array(array(1)), array(array(2))))", "[[1], [2]]"},
         {"flatten(array(array(), array()))", "[]"},
         {"flatten(array(1))", "refused: flatten expects an array of arrays, got array<int>"},
         {"reverse(array())", "[]"},
         {"reverse(array('a', NULL))", "[null, a]"},
         {"reverse(reverse(array(array(1), array(2))))", "[[1], [2]]"},
         {"array_compact(array(NULL, NULL))", "[]"},
         {"array_remove(array(1, NULL, 1), 1)", "[null]"},
         {"array_remove(array(1), NULL)", "NULL"},
         {"array_join(array(), ',')", ""},
         {"array_join(array(NULL, NULL), ',')", ""},
         {"array_join(array(NULL, 'a', ''), ',', 'x')", "x,a,"},
         {"array_join(array('a', 'b'), '')", "ab"},
         {"array_join(array('a'), NULL)", "NULL"},
         {"array_join(array(DATE '2024-02-29', NULL), ' ', '-')", "2024-02-29 -"},
         {"array_join(array(array(1), array(2)), ';')", "[1];[2]"},
         {"concat_ws(',', array(), 'a', array(NULL), array(1, 2))", "a,1,2"},
         {"concat_ws(',', CAST(NULL AS array<string>), 'a')", "a"},
         {"concat_ws(',', array(CAST('x' AS int)), 'a')", "error bad_cast"}});
}

TEST(Arrays, AreSetsWhereNullIsOneElement) {
  check({{"array_distinct(array(NULL, 1, NULL, 1))", "[null, 1]"},
         {"array_distinct(array(0.0E0, -0.0E0, CAST('NaN' AS double), CAST('NaN' AS double)))", "[0.0, NaN]"},
         {"array_distinct(array(array(1), array(1), NULL, array(NULL), array(NULL)))", "[[1], null, [null]]"},
         {"array_distinct(sequence(1, 1000))[999]", "1000"},
         {"size(array_distinct(concat(sequence(1, 500), sequence(250, 900))))", "900"},
         {"array_union(array(), array(2, 2))", "[2]"},
         {"array_union(array(1), array(1.0, 2.5))", "[1.0, 2.5]"},
         {"array_intersect(sequence(1, 100), sequence(90, 200))", "[90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100]"},
         {"size(array_except(sequence(1, 100), sequence(3, 98)))", "4"},
         {"array_except(array(1, NULL), array(NULL))", "[1]"},
         {"arrays_overlap(array(), array(NULL))", "false"},
         {"arrays_overlap(array(NULL), array(NULL))", "NULL"},
         {"arrays_overlap(sequence(1, 50), sequence(50, 99))", "true"},
         {"array_contains(array(NULL), 1)", "NULL"},
         {"array_contains(array(), 1)", "false"},
         {"array_contains(array(CAST(1 AS bigint)), 1)", "true"},
         {"array_position(array(1, NULL, 3), 3)", "3"},
         {"array_position(array(NULL), NULL)", "NULL"}});
}

TEST(Arrays, AreSortedAndHaveExtremes) {
  check({{"sort_array(array(3, NULL, 1), true)", "[null, 1, 3]"},
         {"sort_array(array(3, NULL, 1), false)", "[3, 1, null]"},
         {"sort_array(array(3, 1), NULL)", "NULL"},
         {"array_sort(array(CAST('NaN' AS double), 1E0, NULL, -1E0))", "[-1.0, 1.0, NaN, null]"},
         {"sort_array(array(array(2), array(1, 5), array(1)))", "[[1], [1, 5], [2]]"},
         {"array_sort(array(named_struct('a', 2, 'b', 'x'), named_struct('a', NULL, 'b', 'y')))", "[{null, y}, {2, x}]"},
         {"sort_array(array(map(1, 2)))", "refused: array<map<int, int>> cannot be sorted: the entries of a map have no order"},
         {"array_max(array(map(1, 2)))", "refused: map<int, int> cannot be compared: the entries of a map have no order"},
         {"array_max(array(NULL, NULL))", "NULL"},
         {"array_min(array('b', 'a', NULL))", "a"},
         {"array_max(array(1E0, CAST('NaN' AS double)))", "NaN"}});
}

TEST(Arrays, AreMadeInBounds) {
  check({{"size(array_repeat('x', 100000))", "100000"},
         {"array_repeat('x', 100001)", "error too_large"},
         {"array_repeat('x', 9223372036854775807)", "error too_large"},
         {"array_repeat('x', -9223372036854775808)", "[]"},
         {"array_repeat(array_repeat('x', 1000), 1000)", "error too_large"},
         {"size(array_repeat(array_repeat('x', 99), 1000))", "1000"},
         {"array_repeat(CAST('x' AS int), 2)", "error bad_cast"},
         {"flatten(array(array_repeat(1, 60000), array_repeat(2, 60000)))", "error too_large"},
         {"concat(array_repeat(1, 60000), array_repeat(2, 60000))", "error too_large"},
         {"size(array_distinct(sequence(1, 100000)))", "100000"},
         {"size(sequence(1, 100000))", "100000"},
         {"sequence(1, 100001)", "error too_large"},
         {"sequence(-9223372036854775808, 9223372036854775807)", "error too_large"},
         {"sequence(-9223372036854775807, 9223372036854775807, 4611686018427387904)",
          "[-9223372036854775807, -4611686018427387903, 1, 4611686018427387905]"},
         {"sequence(9223372036854775807, -9223372036854775807, -9223372036854775808)", "[9223372036854775807, -1]"},
         {"length(to_json(array_repeat(repeat('x', 1000000), 20)))", "error too_large"},
         {"length(CAST(array_repeat(repeat('x', 1000000), 20) AS string))", "error too_large"},
         {"length(array_join(array_repeat(repeat('x', 1000000), 20), ''))", "error too_large"}});
}

TEST(Sequences, StepByNumbersAndByTheCalendar) {
  check({{"sequence(1, 1)", "[1]"},
         {"sequence(3, 1)", "[3, 2, 1]"},
         {"sequence(1, 6, 2)", "[1, 3, 5]"},
         {"sequence(1, 1, 0)", "[1]"},
         {"sequence(1, 1, -5)", "[1]"},
         {"sequence(1, 2, 0)", "error bad_argument"},
         {"sequence(1, 2, -1)", "error bad_argument"},
         {"sequence(CAST(NULL AS int), 2)", "NULL"},
         {"sequence(DATE '2024-02-28', DATE '2024-03-01')", "[2024-02-28, 2024-02-29, 2024-03-01]"},
         {"sequence(DATE '2024-03-01', DATE '2024-02-28')", "[2024-03-01, 2024-02-29, 2024-02-28]"},
         {"sequence(DATE '2024-01-31', DATE '2024-05-31', INTERVAL '1' MONTH)",
          "[2024-01-31, 2024-02-29, 2024-03-31, 2024-04-30, 2024-05-31]"},
         {"sequence(DATE '2024-01-01', DATE '2024-01-02', INTERVAL '12' HOUR)", "error bad_argument"},
         {"sequence(DATE '2024-01-01', DATE '2024-01-02', INTERVAL '-1' DAY)", "error bad_argument"},
         {"sequence(DATE '9999-12-30', DATE '9999-12-31')", "[9999-12-30, 9999-12-31]"},
         {"sequence(DATE '0001-01-02', DATE '0001-01-01')", "[0001-01-02, 0001-01-01]"},
         {"sequence(TIMESTAMP '9999-12-31 23:00:00', TIMESTAMP '9999-12-31 23:59:59', INTERVAL '1' HOUR)", "[9999-12-31 23:00:00]"},
         {"size(sequence(TIMESTAMP '0001-01-01 00:00:00', TIMESTAMP '9999-12-31 00:00:00', INTERVAL '4800' HOUR))", "18261"},
         {"sequence(TIMESTAMP '0001-01-01 00:00:00', TIMESTAMP '9999-12-31 00:00:00', INTERVAL '1' SECOND)", "error too_large"},
         {"sequence(DATE '0001-01-01', DATE '9999-12-31', INTERVAL '1' MONTH)", "error too_large"}});
}

TEST(Maps, HaveEachKeyOnce) {
  check({{"map('a', 1, 'a', 2)", "error duplicate_key"},
         {"map(0.0E0, 1, -0.0E0, 2)", "error duplicate_key"},
         {"map(NULL, 1)", "error null_key"},
         {"map(1, 'x', 2.5, 'y')", "{1.0 -> x, 2.5 -> y}"},
         {"map('a', 1, 'b')", "refused: map expects a value after each key"},
         {"map('a', 1, 2, 3)", "refused: map expects ([K[, V]], ...), got (string, int, int, int)"},
         {"coalesce(CAST(NULL AS map<string, int>), map())", "{}"},
         {"map_concat(map(), map('a', 1))", "{a -> 1}"},
         {"map()['a']", "NULL"},
         {"CAST(map() AS string)", "{}"},
         {"map_concat(map('a', 1), map('a', 1))", "error duplicate_key"},
         {"map_concat(map('a', 1), CAST(NULL AS map<string, int>))", "NULL"},
         {"map_concat(map('a', 1), map('b', 2.5))", "{a -> 1.0, b -> 2.5}"},
         {"map_from_arrays(array('a'), array(1, 2))", "error bad_argument"},
         {"map_from_arrays(array('a', NULL), array(1, 2))", "error null_key"},
         {"map_from_arrays(array('a', 'a'), array(1, 2))", "error duplicate_key"},
         {"map_from_arrays(array(), array())", "{}"},
         {"size(map_from_arrays(sequence(1, 1000), sequence(1, 1000)))", "1000"},
         {"map_from_entries(array(named_struct('k', 'a', 'v', 1), NULL))", "NULL"},
         {"map_from_entries(array(named_struct('k', CAST(NULL AS string), 'v', 1)))", "error null_key"},
         {"map_from_entries(array(1))", "refused: map_from_entries expects an array of structs of two fields, got array<int>"},
         {"map_entries(map('a', NULL))", "[{a, null}]"},
         {"map_entries(map('a', 1))[0].key", "a"},
         {"map_contains_key(map('a', 1), CAST(NULL AS string))", "NULL"},
         {"map_contains_key(map(1, 2), 1.0)", "true"},
         {"map_keys(map(named_struct('a', 1), 2))[0].a", "1"}});
}

TEST(Maps, ComeFromTexts) {
  check({{"str_to_map('')", "{ -> null}"},
         {"str_to_map('a')", "{a -> null}"},
         {"str_to_map('a:')", "{a -> }"},
         {"str_to_map('a:1:2')", "{a -> 1:2}"},
         {"str_to_map('a:1,a:2')", "error duplicate_key"},
         {"str_to_map('a=1;b=2', '[;,]', '=')", "{a -> 1, b -> 2}"},
         {"str_to_map('a.1|b.2', '\\|', '\\.')", "{a -> 1, b -> 2}"},
         {"str_to_map('a', '(')", "refused: bad regular expression: ( (missing ): ()"},
         {"str_to_map(CAST(NULL AS string))", "NULL"}});
}

TEST(Texts, AreCutIntoArrays) {
  check({{"split('', ',')", "[]"},
         {"size(split('', ','))", "1"},
         {"split(',a,', ',')", "[, a, ]"},
         {"split('abc', '')", "[a, b, c]"},
         {"split('abc', '', 2)", "[a, b]"},
         {"split('日本😀', '')", "[日, 本, 😀]"},
         {"size(split('', ''))", "1"},
         {"split('a1b22c', '[0-9]+')", "[a, b, c]"},
         {"split('a1b22c', '[0-9]+', 2)", "[a, b22c]"},
         {"split('a.b', '.')", "[, , , ]"},
         {"split('a|b', '|')", "[a, |, b, ]"},
         {"split('a|b', '\\|')", "[a, b]"},
         {"split('a long text, longer than a view, with commas', ', ')[1]", "longer than a view"},
         {"split('aXbXc', 'X', 1)", "[aXbXc]"},
         {"split('aXbXc', 'X', -5)", "[a, b, c]"},
         {"split('a', '(')", "refused: bad regular expression: ( (missing ): ()"},
         {"regexp_extract_all('a1b22', '([a-z])([0-9])', 2)", "[1, 2]"},
         {"regexp_extract_all('abc', '[0-9]')", "error bad_argument"},
         {"regexp_extract_all('abc', '(x)|b')", "[]"},
         {"size(regexp_extract_all('abc', '(x)|b'))", "1"},
         {"regexp_extract_all('ab', '', 0)", "[, , ]"},
         {"json_object_keys('{}')", "[]"},
         {"json_object_keys('{\"a\\u0062\": 1, \"a\": {\"x\": [1, 2]}}')", "[ab, a]"},
         {"json_object_keys('{\"a\"')", "NULL"},
         {"json_object_keys('')", "NULL"}});
}

TEST(JsonSchemas, AreReadByFromJson) {
  check({{"schema_of_json('1')", "BIGINT"},
         {"schema_of_json('null')", "STRING"},
         {"schema_of_json('[]')", "ARRAY<STRING>"},
         {"schema_of_json('{}')", "STRUCT<>"},
         {"schema_of_json('12345678901234567890')", "DECIMAL(20,0)"},
         {"schema_of_json('[1, 12345678901234567890123]')", "ARRAY<DECIMAL(23,0)>"},
         {"schema_of_json('[1, 12345678901234567890123456789012345678901]')", "ARRAY<DOUBLE>"},
         {"schema_of_json('[1, \"a\"]')", "ARRAY<STRING>"},
         {"schema_of_json('[{\"b\": 1}, {\"a\": null, \"b\": 1.5}]')", "ARRAY<STRUCT<a: STRING, b: DOUBLE>>"},
         {"schema_of_json('{\"a b\": [[true]], \"c\": {}}')", "STRUCT<`a b`: ARRAY<ARRAY<BOOLEAN>>>"},
         {"schema_of_json('{\"a\"')", "NULL"},
         {"from_json('{\"a b\": [1]}', 'STRUCT<`a b`: ARRAY<BIGINT>>')", "{[1]}"}});
}

TEST(Structs, TakeTheNamesOfColumns) {
  const std::vector<TestColumn> columns = {{"a", int32_type, {Value{int32_type, 1}}},
                                           {"s", struct_type({{"b", int32_type}}), {Value{struct_type({{"b", int32_type}}), std::vector<Value>{Value{int32_type, 2}}}}}};
  const auto type_of = [&](const std::string& expression) { return to_string(evaluate(*parse(expression).value(), columns, 1)->type); };
  EXPECT_EQ(type_of("struct(a, a + 1, s.b)"), "struct<a int, col2 int, b int>");
  EXPECT_EQ(type_of("arrays_zip(array(a), array(s))"), "array<struct<`0` int, `1` struct<b int>> not null>");
  EXPECT_EQ(type_of("arrays_zip(map_values(map('x', a)), array(a))"), "array<struct<`0` int, `1` int> not null>");
  EXPECT_EQ(answer("struct(1, 1).col2"), "1");
  EXPECT_FALSE(evaluate(*parse("struct(a, a)").value(), columns, 1).ok());
}

}  // namespace
}  // namespace weir::test
