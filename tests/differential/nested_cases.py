"""nested_cases.py - tables of arrays, maps and structs, and the expressions over them.

A case of the ..._FORMS is compared three times: value by value, as CAST(... AS string) prints it and as to_json does; one of the ..._VALUES only by value.
"""
import random

from cases import split

ARRAY_FORMS = """
a  s  aa  z  array_distinct(a)  array_distinct(s)  array_distinct(aa)  array_distinct(z)  array_union(a, b)  array_union(s, t)  array_union(aa, aa)  array_union(z, z)  array_intersect(a, b)
array_intersect(s, t)  array_except(a, b)  array_except(b, a)  array_except(s, t)  array_compact(a)  array_compact(s)  array_compact(aa)  array_remove(a, n)  array_remove(s, k)
array_append(a, n)  array_append(s, k)  array_append(aa, a)  array_append(a, x)  array_prepend(a, n)  array_prepend(s, k)  array_prepend(aa, b)  array_repeat(k, i)  array_repeat(a, i)
array_repeat(n, 3)  concat(a, b)  concat(a, b, a)  concat(s, t)  concat(aa, aa)  concat(a, array(x))  flatten(aa)  flatten(array(a, b, a))  flatten(array_repeat(s, i))  reverse(a)  reverse(s)  reverse(aa)
sort_array(a)  sort_array(a, false)  sort_array(s)  sort_array(s, false)  sort_array(aa)  sort_array(aa, false)  sort_array(z)  array_sort(a)  array_sort(s)  array_sort(aa)
array_sort(z)  z.a  z.b  z.c  arrays_zip(a, s)  arrays_zip(a, b, t)  arrays_zip(a, array(n))  slice(a, 2, 2)  slice(s, -2, 2)  slice(s, 1, 0)  slice(aa, -3, 2)  array(n, n + 1, NULL)  array(k)  array(a, b)  array(x, n)
array()  array(1, 2.5)  array(NULL)  array('a', NULL)  if(n > 0, a, b)  coalesce(a, b)  coalesce(s, array('none'))  nullif(a, b)  nvl(aa, array(a))
case when n = 1 then a when n = 2 then b end  CAST(a AS array<string>)  CAST(a AS array<bigint>)  CAST(aa AS array<array<string>>)  greatest(a, b)  least(s, t)  split(k, '')  array_insert(a, 1, n)
array_insert(a, 3, n)  array_insert(a, -1, n)  array_insert(a, -3, n)  array_insert(s, 7, k)  array_insert(s, -7, k)  array_insert(aa, 2, a)  array_max(aa)  array_min(aa)  array_max(z)  array_min(z)
map_from_arrays(array_distinct(array_compact(s)), array_distinct(array_compact(s)))
"""
ARRAY_VALUES = """
array(d, e)  array_distinct(array(d, e, d, -d))  array_sort(array(d, e))  sort_array(array(d, e, d), false)
array_union(array(d, e), array(e, CAST(1.5 AS double)))  array_except(array(d, e), array(CAST(0 AS double)))  array_remove(array(d, e, CAST(1 AS double)), CAST(1 AS double))  array(d1, d2)  array_distinct(array(d1, d2))  sort_array(array(ts, us))  CAST(array(d, e) AS string)  CAST(to_json(array(ts, us)) AS string)
array_position(array(d, e), e)  size(a)  size(aa)  cardinality(s)  array_size(a)  array_size(s)  a[0]  a[1]  a[n]  s[i]  aa[0]  aa[0][1]  get(a, 0)  get(a, n)  get(s, -1)  element_at(a, 1)  element_at(a, -1)  element_at(s, 9)  element_at(a, nullif(n, 0))
try_element_at(a, 2)  try_element_at(s, -2)  array_contains(a, n)  array_contains(s, k)  array_contains(aa, a)  array_contains(a, x)  array_contains(z, z[0])  array_position(a, n)  array_position(s, k)  array_position(aa, b)
array_max(a)  array_max(s)  array_min(a)  array_min(s)  array_max(array(d, e))  array_min(array(d, e))  arrays_overlap(a, b)  arrays_overlap(s, t)  arrays_overlap(aa, aa)  arrays_overlap(array(d), array(e))
array_join(s, ',')  concat_ws(',', s)  concat_ws('-', k, s, t, k)  array_join(s, '-', '?')  array_join(s, k)  array_join(s, ',', k)  array_join(a, ',')  array_join(array(d1, d2), ' ')  a = b  a <> b  a < b  a <= b  a > b  a >= b  a <=> b  s = t  s < t  aa = aa  aa < array(a)
aa >= array(b, a)  z = z  a in (b, array(1, 2))  s not in (t)  a between b and array(5)  a is null  isnotnull(s)  hash(a)  hash(s)  hash(aa)  hash(a, n, s)  xxhash64(a)  xxhash64(s)  xxhash64(aa)  hash(z)  xxhash64(z, k)
hash(array(d, e))  xxhash64(array(d1, d2))  equal_null(a, b)  array(d) = array(e)  array(d, e) < array(e, d)  CAST(array(d1, ts) AS string)  CAST(z AS string)
slice(a, nullif(n, 0), 2)  slice(s, 2, i)  array_insert(a, nullif(n, 0), 9)
"""
MAP_FORMS = """
m  p  map_concat(m, map('zz', 1))  map_concat(m)  map_entries(m)  map_entries(p)  map_keys(m)  map_keys(p)  map_values(m)  map_values(p)  map_from_entries(map_entries(m))
map_from_entries(map_entries(p))  map_from_arrays(map_keys(m), map_values(m))  map_from_arrays(sequence(1, 3), array(k, k, 'x'))  map('a', i)  map(coalesce(k, 'q'), i, 'other', 7)  map('x', s, 'y', array(k))
map(1, 'a', 2, k)  coalesce(m, map('none', 0))  coalesce(m, map())  map()  if(i > 1, m, o)  str_to_map(k)  map_from_entries(array(struct(coalesce(k, 'q'), i)))  CAST(m AS map<string,string>)  CAST(m AS map<string,bigint>)
arrays_zip(map_keys(m), map_values(m))  sort_array(map_keys(m))  concat(map_keys(m), s)
"""
MAP_VALUES = """
size(m)  size(p)  cardinality(m)  m['a']  m[k]  p[1]  p[i]  p[1][0]  element_at(m, 'a')  element_at(m, k)  element_at(p, i)  try_element_at(m, 'b')  map_contains_key(m, 'a')  map_contains_key(m, k)  map_contains_key(p, i)
map(k, 1, 'a', 2)  if(arrays_overlap(map_keys(m), map_keys(o)), m, map_concat(m, o))  if(size(s) = 2, map_from_arrays(array('x', 'y'), s), null)  m is null  size(map_entries(p))
"""
STRUCT_FORMS = """
r  u  struct(i, k)  struct(i, k, r)  struct(r.a, r.b)  struct(i + 1, k)  struct(r.c, 'x')  named_struct('x', i, 'y', r)  array(r, u)  array(struct(i, k), struct(i, k))  coalesce(r, u)  if(i > 1, r, u)
array_distinct(array(r, u, r))  sort_array(array(r, u))  array_sort(array(u, r))  greatest(r, u)  least(r, u)  map('r', r)  CAST(r AS struct<x:string,y:string,z:array<string>>)  r.c
array_union(array(r), array(u))  array_except(array(r, u), array(u))  arrays_zip(r.c, array(i))  CAST(array(r) AS array<struct<x:bigint,y:string,z:array<bigint>>>)  nullif(r, u)
"""
STRUCT_VALUES = """
r.a  r.b  r.c[0]  array(r, u)[0].a  struct(i, k).k  r = u  r <> u  r < u  r <= u  r > u  r >= u  r <=> u  r in (u)  hash(r)  xxhash64(r, u)  array_contains(array(r), u)  array_position(array(u, r), r)
array_max(array(r, u)).a  struct(i, k) = struct(i, k)  named_struct('x', d, 'y', i) < named_struct('x', e, 'y', i)  r is null  size(r.c)
"""
SEQUENCE_FORMS = """
sequence(1, i)  sequence(i, 3)  sequence(i, j)  sequence(x, x + 3)  sequence(x, x - 2)  sequence(d1, d1 + 3)  sequence(d1, d1 - 2)  sequence(d1, d1 + 70, interval 1 month)  sequence(d1, d1 + 20, interval 1 week)
sequence(d1, d1 - 100, interval '-1' month)  sequence(ts, ts + interval 3 day)  sequence(ts, ts + interval 5 hour, interval 2 hour)  sequence(ts, ts + interval 100 day, interval 1 month)
sequence(ts, ts - interval 1 hour, interval '-20' minute)
"""
SEQUENCE_VALUES = """
sequence(i, i, n)  if(n > 0 and i <= j or n < 0 and i >= j, sequence(i, j, n), null)  if(i > 0, sequence(1, 9, i), null)  sequence(1, 9, if(i = 4, 0, 2))
"""
TEXT_FORMS = """
split(s, ',')  split(s, 'a')  split(s, '')  split(s, ',', 2)  split(s, ',', 0)  split(s, ',', 1)  split(s, '', 2)  split(s, '[,.]')  split(s, '[a-c]', 3)  split(s, '\\\\.')
split(s, 'l+|o', -1)  split(s, '\\\\s+')  regexp_extract_all(s, '([a-z]+)')  regexp_extract_all(s, '([a-z])([a-z]*)', 2)  regexp_extract_all(s, '[0-9]+', 0)  regexp_extract_all(s, '(a)|b')
  json_object_keys(v)  split(s, t)  from_json(v, 'array<int>')
"""
TEXT_VALUES = """
split(s, ' *')  split(s, 'b*', 3)  regexp_extract_all(s, 'x*', 0)  from_json(v, 'a int, b string')  from_json(v, 'map<string,int>')  from_json(v, 'map<string,string>')
str_to_map(s)  str_to_map(s, '&', '=')  str_to_map(s, '[.&]', '[=:]')  str_to_map(t, ';', 'a')  size(split(s, ','))
"""


SCHEMA_TEXTS = ["1", "null", "true", '"x"', "1.5", "-0", "[]", "{}", "[null]", "[1,2.5]", '[1,"a"]', "12345678901234567890", "[1,12345678901234567890]", "1e3", '{"b":1,"a":"x"}', '{"a":null}',
                '{"a":{}}', '{"a":[]}', '[{"b":1},{"a":true,"b":2.5}]', '{"a b":1,"c_d":[[1]]}', '{"a":[{"x":1},null]}', "[[1],[]]", "[{}]", '{"1":2}', '{"a":{"b":{"c":null}}}', "[[1],2]", '[{"a":1},2]',
                "123456789012345678901234567890123456789012", "9223372036854775807", "9223372036854775808", '{"\u00fc":1}']
# Spark takes literals only.
SCHEMA_VALUES = "  ".join(f"schema_of_json('{text}')" for text in SCHEMA_TEXTS)


def forms(text):
    """Each case by value, as text and as JSON."""
    cases = []
    for ours, theirs in split(text):
        cases += [(ours, theirs), (f"CAST({ours} AS string)", f"CAST({theirs} AS string)"), (f"CAST(to_json({ours}) AS string)", f"to_json({theirs})")]
    return cases


def maybe(rng, make, chance=0.15):
    return None if rng.random() < chance else make()


def array_of(rng, make, most=5):
    return [maybe(rng, make) for _ in range(rng.randrange(0, most + 1))]


def number(rng):
    return rng.randrange(-1, 6)


def word(rng):
    return rng.choice(["", "a", "b", "ab", "c", "\u00fc", "\u4e2d\u6587 \U0001f600", "a long word, longer than a view", "x\"y\\z", "tab\there"])


def numbers(rng):
    # Sometimes more than are compared one by one.
    return array_of(rng, lambda: number(rng)) if rng.random() < 0.85 else array_of(rng, lambda: rng.randrange(0, 30), 40)


def words(rng):
    return array_of(rng, lambda: word(rng))


def map_of(rng, key, make):
    return {key(): maybe(rng, make) for _ in range(rng.randrange(0, 4))}


def record(rng):
    return {"a": maybe(rng, lambda: number(rng)), "b": maybe(rng, lambda: word(rng)), "c": maybe(rng, lambda: array_of(rng, lambda: number(rng), 3))}


def object_text(rng):
    texts = ['{"a":1,"b":"x"}', "{}", "[]", "[1,2,null]", '{"b":"\u00fc","a":null}', '{"a b":1," c":{"d":[1]}}', '{"a":1,"a":2}', "null", "1", "", '{"a":1', '"x"', '{"\\u0061\\"":1}', ' {"a" : 1 } ',
             '{"a":{"b":1}}', '{"x":5,"y":6}']
    return rng.choice(texts)


STRUCT = "struct<a:int,b:string,c:array<int>>"
KINDS = {"numbers": ("array<int>", numbers), "words": ("array<string>", words), "nested": ("array<array<int>>", lambda rng: array_of(rng, lambda: array_of(rng, lambda: number(rng), 3), 3)),
         "records": (f"array<{STRUCT}>", lambda rng: array_of(rng, lambda: record(rng), 3)), "record": (STRUCT, record),
         "counts": ("map<string,int>", lambda rng: map_of(rng, lambda: rng.choice("abcde"), lambda: number(rng))),
         "lists": ("map<int,array<string>>", lambda rng: map_of(rng, lambda: rng.randrange(0, 4), lambda: words(rng))),
         "word": ("string", word), "letter": ("string", lambda rng: rng.choice(["a", "b", "c", "a:1,b:2", "a:1:2,b", "x"])), "object": ("string", object_text)}


def nested_tables(seed):
    """Tables as those of cases.py; a column gives all of its values."""
    rng = random.Random(seed * 77)

    def column(name, kind, count=150):
        type_name, make = KINDS[kind]
        return (name, type_name, [maybe(rng, lambda: make(rng), 0.08) for _ in range(count)])

    small, tiny = [0, 1, 2, 3, -1, -2, 4, 5, 9], [0, 1, 2, 3]
    scalars = [("d", "double", None), ("e", "double", None), ("d1", "date", None), ("d2", "date", None), ("ts", "timestamp", None), ("us", "timestamp", None)]
    recent = [1709164800000000, 0, 1711846800123000, -86400001000, 1704067199000000, 951782400000000]
    days = [0, 19782, 19783, 19813, -141427, 11016, 20088]
    return [
        ("arrays", [column("a", "numbers"), column("b", "numbers"), column("s", "words"), column("t", "words"), column("aa", "nested"), column("z", "records"), column("k", "word"),
                    ("n", "int", small), ("i", "int", tiny), ("x", "bigint", small)] + scalars, forms(ARRAY_FORMS) + split(ARRAY_VALUES)),
        ("maps", [column("m", "counts"), column("o", "counts"), column("p", "lists"), column("s", "words"), column("k", "letter"), ("i", "int", tiny)], forms(MAP_FORMS) + split(MAP_VALUES)),
        ("structs", [column("r", "record"), column("u", "record"), column("k", "word"), ("i", "int", tiny), ("d", "double", None), ("e", "double", None)],
         forms(STRUCT_FORMS) + split(STRUCT_VALUES)),
        ("sequences", [("i", "int", small), ("j", "int", small), ("n", "int", [1, 2, -1, -3, 0]), ("x", "bigint", [0, 5, -5, 9223372036854775800, 4294967296]), ("d1", "date", days),
                       ("ts", "timestamp", recent)], forms(SEQUENCE_FORMS) + split(SEQUENCE_VALUES)),
        ("texts and arrays", [("s", "string", None), ("t", "string", ["a", "b", ",", "lo", " ", "\u00fc", "hello", "abc", ""]), column("v", "object")],
         forms(TEXT_FORMS) + split(TEXT_VALUES) + split(SCHEMA_VALUES)),
    ]
