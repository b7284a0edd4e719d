"""expressions.py - random expressions, as Weir writes them and as DuckDB does.

An expression is a list: ["column", name], ["literal", type, value], ["call", operator, argument, ...], or within an aggregate
["aggregate", name, options, argument, ...]. Only such operators are used on which both are known to agree for the values of records.py, so that
what is compared is the dataflow; what single functions give is compared by tests/differential.
"""
from collections import namedtuple

# `error`: the DuckDB condition under which the value cannot be computed, or None.
Typed = namedtuple("Typed", "type nullable weir duck error")
# `error`: whether a column `NAME__e` beside it says where it cannot be computed.
Column = namedtuple("Column", "type nullable error", defaults=(False,))


class Invalid(Exception):
    """The expression or step does not fit what is there: a shrunk case has lost what it needs."""


def family(type_name):
    return "decimal" if type_name.startswith("decimal") else type_name


def decimal_shape(type_name):
    if type_name == "int":
        return 10, 0
    precision, scale = type_name[8:-1].split(",")
    return int(precision), int(scale)


def sum_type(left, right):
    (p, s), (q, t) = decimal_shape(left), decimal_shape(right)
    return decimal_type(max(p - s, q - t) + max(s, t) + 1, max(s, t))


def product_type(left, right):
    (p, s), (q, t) = decimal_shape(left), decimal_shape(right)
    return decimal_type(p + q + 1, s + t)


def decimal_type(precision, scale):
    if precision > 30:
        raise Invalid("too many digits")
    return f"decimal({precision},{scale})"


# (operator, families of arguments, result, Weir, DuckDB or None where it is the same, options)
# `lazy`: not used over columns that may have errors, since which argument is looked at would count. `never`: the result is never NULL.
Operator = namedtuple("Operator", "name parameters result weir duck lazy never may_be_null leaf error")


def operator(name, parameters, result, weir, duck=None, lazy=False, never=False, may_be_null=False, leaf=False, error=None):
    return Operator(name, tuple(parameters.split()), result, weir, duck or weir, lazy, never, may_be_null, leaf, error)


ORDERED = ["int", "bigint", "decimal", "double", "string", "timestamp", "date"]


def make_operators():
    made = []
    for kind in ("int", "bigint", "double"):
        made += [operator("+", f"{kind} {kind}", kind, "({0} + {1})"), operator("-", f"{kind} {kind}", kind, "({0} - {1})")]
        if kind != "bigint":  # whose products would be too large
            made += [operator("*", f"{kind} {kind}", kind, "({0} * {1})", leaf=True)]
        made += [operator("negative", kind, kind, "(- {0})")]
        made += [operator("abs", kind, kind, "abs({0})")]
    for sign in "+-":
        made.append(operator(sign, "decimal decimal", sum_type, f"({{0}} {sign} {{1}})"))
    made += [operator("*", "int decimal", product_type, "({0} * {1})", leaf=True), operator("*", "decimal int", product_type, "({0} * {1})", leaf=True)]
    made += [operator("%", "int positive", "int", "({0} % {1})"), operator("div", "int positive", "bigint", "({0} DIV {1})", "({0} // {1})")]
    made += [operator("length", "string", "int", "length({0})"), operator("length of bytes", "string", "int", "octet_length({0})", "strlen({0})")]
    made += [operator("||", "string string", "string", "({0} || {1})"), operator("upper", "string", "string", "upper({0})")]
    made += [operator("lower", "string", "string", "lower({0})"), operator("reverse", "string", "string", "reverse({0})")]
    made += [operator("substring", "string positive positive", "string", "substring({0}, {1}, {2})")]
    made += [operator("replace", "string letter string", "string", "replace({0}, {1}, {2})", leaf=True)]
    made += [operator("as text", "int", "string", "CAST({0} AS string)", "CAST({0} AS VARCHAR)")]
    made += [operator("as text", "decimal", "string", "CAST({0} AS string)", "CAST({0} AS VARCHAR)")]
    made += [operator("as double", "int", "double", "CAST({0} AS double)"), operator("as bigint", "int", "bigint", "CAST({0} AS bigint)")]
    made += [operator("as number", "string", "int", "TRY_CAST({0} AS int)", "CASE WHEN regexp_full_match({0}, '-?[0-9]{{1,9}}') THEN CAST({0} AS INTEGER) END",
                      may_be_null=True, leaf=True)]
    for part in ("hour", "minute", "second"):
        made.append(operator(part, "timestamp", "int", f"{part}({{0}})"))
    for part in ("year", "month", "day"):
        made.append(operator(part, "date", "int", f"{part}({{0}})"))
    made += [operator("as date", "timestamp", "date", "CAST({0} AS date)"), operator("later", "timestamp", "timestamp", "({0} + INTERVAL 90 SECONDS)")]
    made += [operator("truncated", "timestamp", "timestamp", "date_trunc('minute', {0})", "CAST(date_trunc('minute', {0}) AS TIMESTAMP)")]
    made += [operator("next day", "date", "date", "date_add({0}, 1)", "CAST({0} + INTERVAL 1 DAY AS DATE)")]
    for kind in ORDERED:
        for sign in ("=", "<>", "<", "<=", ">", ">="):
            made.append(operator(sign, f"{kind} {kind}", "boolean", f"({{0}} {sign} {{1}})"))
        made += [operator("same", f"{kind} {kind}", "boolean", "({0} <=> {1})", "({0} IS NOT DISTINCT FROM {1})", lazy=True, never=True)]
        made += [operator("between", f"{kind} {kind} {kind}", "boolean", "({0} BETWEEN {1} AND {2})", lazy=True)]
        made += [operator("in", f"{kind} {kind} {kind}", "boolean", "({0} IN ({1}, {2}))", lazy=True)]
        made += [operator("case", f"boolean {kind} {kind}", lambda *types: same_type(types[1:]), "CASE WHEN {0} THEN {1} ELSE {2} END", lazy=True)]
        made += [operator("case else NULL", f"boolean {kind}", lambda *types: types[1], "CASE WHEN {0} THEN {1} END", lazy=True, may_be_null=True)]
        made += [operator("coalesce", f"{kind} {kind}", lambda *types: same_type(types), "coalesce({0}, {1})", lazy=True)]
        made += [operator("nullif", f"{kind} {kind}", lambda *types: same_type(types), "nullif({0}, {1})", lazy=True, may_be_null=True)]
        made += [operator("greatest", f"{kind} {kind}", lambda *types: same_type(types), "greatest({0}, {1})", lazy=True)]
        made += [operator("least", f"{kind} {kind}", lambda *types: same_type(types), "least({0}, {1})", lazy=True)]
    for kind in ORDERED + ["boolean", "array<int>"]:
        made += [operator("is null", kind, "boolean", "({0} IS NULL)", lazy=True, never=True)]
        made += [operator("is not null", kind, "boolean", "({0} IS NOT NULL)", lazy=True, never=True)]
    made += [operator("and", "boolean boolean", "boolean", "({0} AND {1})", lazy=True), operator("or", "boolean boolean", "boolean", "({0} OR {1})", lazy=True)]
    made += [operator("not", "boolean", "boolean", "(NOT {0})"), operator("like", "string pattern", "boolean", "({0} LIKE {1})")]
    for kind in ("array<int>", "array<string>"):
        made += [operator("size", kind, "int", "size({0})", "CAST(len({0}) AS INTEGER)", lazy=True)]
        made += [operator("element", f"{kind} positive", kind[6:-1], "{0}[{1}]", "list_extract({0}, {1} + 1)", lazy=True, may_be_null=True)]
    # These can fail: see `risky`.
    made += [operator("divided", "int int", "bigint", "({0} DIV {1})", "CASE WHEN {1} <> 0 THEN CAST({0} // {1} AS BIGINT) END", leaf=True,
                      error="coalesce({1} = 0 AND {0} IS NOT NULL, false)")]
    made += [operator("must be number", "string", "int", "CAST({0} AS int)",
                      "CASE WHEN regexp_full_match({0}, '-?[0-9]{{1,9}}') THEN CAST({0} AS INTEGER) END", leaf=True,
                      error="coalesce(NOT regexp_full_match({0}, '-?[0-9]{{1,9}}'), false)")]
    return made


def same_type(types):
    if len(set(types)) != 1:
        raise Invalid("values of two types")
    return types[0]


OPERATORS = make_operators()
LITERAL_FAMILIES = {"positive": "int", "letter": "string", "pattern": "string"}
BY_CALL = {(one.name, tuple(LITERAL_FAMILIES.get(kind, kind) for kind in one.parameters)): one for one in reversed(OPERATORS)}


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def literal(type_name, value):
    """(Weir's text, DuckDB's)."""
    kind = family(type_name)
    if kind == "string":
        return quoted(value), quoted(value)
    if kind == "boolean":
        return (str(value).lower(),) * 2
    if kind == "timestamp":
        return (f"TIMESTAMP {quoted(value)}",) * 2
    if kind == "date":
        return (f"DATE {quoted(value)}",) * 2
    if kind == "int":
        return (str(value) if value >= 0 else f"({value})",) * 2
    return f"CAST({value} AS {type_name})", f"CAST({value} AS {duck_type(type_name)})"


def duck_type(type_name):
    names = {"int": "INTEGER", "bigint": "BIGINT", "double": "DOUBLE", "string": "VARCHAR", "boolean": "BOOLEAN", "timestamp": "TIMESTAMP", "date": "DATE"}
    if type_name.startswith("array<"):
        return names[type_name[6:-1]] + "[]"
    return names.get(type_name, type_name.upper())


def typed(expression, scope, aggregates=None):
    """Checks it over the columns of `scope`, and writes it twice. `aggregates` writes ["aggregate", ...] or ["over", ...], where they can stand."""
    kind = expression[0]
    if kind == "column":
        if expression[1] not in scope:
            raise Invalid(f"no column {expression[1]}")
        column, name = scope[expression[1]], expression[1]
        if "." in name:  # of a lookup table
            return Typed(column.type, column.nullable, name, f'"{name}"', None)
        return Typed(column.type, column.nullable, name, name, f"{name}__e" if column.error else None)
    if kind == "literal":
        weir, duck = literal(expression[1], expression[2])
        return Typed(expression[1], False, weir, duck, None)
    if kind in ("aggregate", "over"):
        if aggregates is None:
            raise Invalid("an aggregate stands where there is none")
        return aggregates(expression)
    return typed_call(expression[1], expression[2:], scope, aggregates)


def typed_call(name, arguments, scope, aggregates):
    given = [typed(argument, scope, aggregates) for argument in arguments]
    found = BY_CALL.get((name, tuple(family(one.type) for one in given)))
    if found is None:
        raise Invalid(f"no operator {name} of these types")
    errors = [one.error for one in given if one.error]
    if errors and (found.lazy or len(errors) > 1 or any(one.nullable and not one.error for one in given)):
        raise Invalid("whether the error counts depends on what is looked at first")
    types = [one.type for one in given]
    result = found.result(*types) if callable(found.result) else found.result
    if found.error:
        if errors:
            raise Invalid("errors of errors")
        errors = [found.error.format(*[one.duck for one in given])]
    nullable = not found.never and (found.may_be_null or found.error is not None or (all if found.name in ("coalesce", "greatest", "least") else any)(one.nullable for one in given))
    return Typed(result, nullable, found.weir.format(*[one.weir for one in given]), found.duck.format(*[one.duck for one in given]),
                 errors[0] if errors else None)


LITERALS = {
    "int": [0, 1, 2, 3, 5, 10, -1, 7],
    "positive": [1, 2, 3],
    "bigint": [0, 1, 4, -3, 1000000],
    "double": [0.0, 0.5, 1.25, -2.0, 8.0],
    "decimal": ["0.00", "1.50", "10.00", "-2.25", "3.10"],
    "string": ["", "a", "b", "tea", "it''s".replace("''", "'"), "12", "é"],
    "letter": ["a", "t", "b"],
    "pattern": ["%", "a%", "%e%", "_", "t_a", ""],
    "boolean": [True, False],
    "timestamp": ["2024-05-01 10:00:00", "2024-05-01 10:30:00", "2024-05-01 12:00:00", "2024-05-01 10:07:30.25"],
    "date": ["2024-05-01", "2024-02-29", "2023-12-31"],
}


def make_literal(rng, kind):
    type_name = {"decimal": "decimal(10,2)"}.get(kind, LITERAL_FAMILIES.get(kind, kind))
    return ["literal", type_name, rng.choice(LITERALS[kind])]


def make_expression(rng, scope, kind, depth=2):
    """An expression of a family of types, without anything that can fail."""
    columns = [name for name, column in scope.items() if family(column.type) == kind and not column.error]
    if kind in ("positive", "letter", "pattern"):
        return make_literal(rng, kind)
    if depth <= 0 or rng.random() < 0.25:
        if columns and rng.random() < 0.85:
            return ["column", rng.choice(columns)]
        if kind in LITERALS:
            return make_literal(rng, kind)
        if columns:
            return ["column", rng.choice(columns)]
        raise Invalid(f"there is no {kind}")
    candidates = [one for one in OPERATORS if one.error is None and gives(one, kind) and can_have(one, scope)]
    if not candidates:
        return make_expression(rng, scope, kind, 0)
    chosen = rng.choice(candidates)
    made = ["call", chosen.name] + [make_expression(rng, scope, wanted, 0 if chosen.leaf else depth - 1) for wanted in chosen.parameters]
    try:
        typed(made, scope)
    except Invalid:
        return make_expression(rng, scope, kind, 0)
    return made


def can_have(candidate, scope):
    return all(kind in LITERALS or any(family(column.type) == kind for column in scope.values()) for kind in candidate.parameters)


def gives(candidate, kind):
    if candidate.result in (sum_type, product_type):
        return kind == "decimal"
    if callable(candidate.result):
        return candidate.parameters[-1] == kind
    return candidate.result == kind


def make_risky(rng, scope):
    """An expression whose value some rows lack: (a name for it, the expression), or None."""
    numbers = [name for name, column in scope.items() if column.type == "int" and not column.error]
    texts = [name for name, column in scope.items() if column.type == "string" and not column.error]
    if numbers and (not texts or rng.random() < 0.5):
        return ["call", "divided", make_literal(rng, "int"), ["column", rng.choice(numbers)]]
    return ["call", "must be number", ["column", rng.choice(texts)]] if texts else None
