"""aggregates.py - calls of aggregates, as Weir writes them and as DuckDB does.

["aggregate", name, {"distinct": bool, "filter": expression or None}, argument, ...]. Results are exact: sums of doubles too, by the choice of the values.
"""
from expressions import Invalid, Typed, decimal_type, family, make_expression, typed

ANY = ["int", "bigint", "decimal", "double", "string", "timestamp", "date"]
# name: (families of the first argument, how many arguments)
AGGREGATES = {
    "count": (ANY + ["boolean"], 1), "sum": (["int", "bigint", "decimal", "double"], 1), "avg": (["int", "decimal", "double"], 1), "min": (ANY, 1),
    "max": (ANY, 1), "any_value": (ANY, 1), "bool_and": (["boolean"], 1), "bool_or": (["boolean"], 1), "count_if": (["boolean"], 1),
    "bit_xor": (["int", "bigint"], 1), "median": (["int"], 1), "max_by": (ANY, 2), "min_by": (ANY, 2), "first": (ANY, 1), "last": (ANY, 1),
    "string_agg": (["string"], 1), "approx_count_distinct": (["int", "string"], 1), "mode": (["int", "string"], 1),
}
BY_POSITION = ("first", "last", "string_agg")
CAN_BE_DISTINCT = ("count", "sum", "avg")
POSITION = "_t, _source, CAST(_split AS INTEGER), _o, _b, _p"


def sum_type(type_name):
    if family(type_name) == "decimal":
        precision, scale = (int(part) for part in type_name[8:-1].split(","))
        return decimal_type(min(30, precision + 10), scale)
    return "double" if type_name == "double" else "bigint"


def average(type_name, value, distinct):
    """(type, DuckDB's text). DuckDB's avg of decimals is a double: here the exact one, half away from zero, with four more digits, as in Spark."""
    total, count = f"sum({distinct}{value})", f"count({distinct}{value})"
    if family(type_name) != "decimal":
        return "double", f"(CAST({total} AS DOUBLE) / nullif({count}, 0))"
    precision, scale = (int(part) for part in type_name[8:-1].split(","))
    if precision > 20:
        raise Invalid("too many digits")
    whole = f"CAST({total} * {10 ** scale} AS HUGEINT)"
    rounded = f"(sign({whole}) * ((abs({whole}) * 20000 + {count}) // (2 * nullif({count}, 0))))"
    result = decimal_type(precision + 4, scale + 4)
    return result, f"(CAST({rounded} AS DECIMAL(30,0)) * CAST('0.{'0' * (scale + 3)}1' AS DECIMAL({scale + 4},{scale + 4})))"


def duck_call(name, arguments, distinct, is_ordered):
    """(type, nullable, DuckDB's text of what stands before FILTER, or a list of such and a template)."""
    value = arguments[0].duck if arguments else None
    kind = arguments[0].type if arguments else None
    if name == "count":
        return "bigint", False, [f"count({distinct}{value})" if arguments else "count(*)"], "{0}"
    if name == "count_if":
        return "bigint", False, [f"count(CASE WHEN {value} THEN 1 END)"], "{0}"
    if name == "approx_count_distinct":
        return "bigint", False, [f"count(DISTINCT {value})"], "{0}"
    if name == "sum":
        result = sum_type(kind)
        return result, True, [f"sum({distinct}{value})"], "{0}" if family(result) != "bigint" else "CAST({0} AS BIGINT)"
    if name in ("min", "max", "bool_and", "bool_or", "bit_xor"):
        return kind, True, [f"{name}({value})"], "{0}"
    if name == "any_value":
        return kind, True, [f"min({value})"], "{0}"
    if name == "median":
        return "double", True, [f"median({value})"], "{0}"
    if name == "mode":
        return kind, True, [f"list({value})"], "list_extract(list_sort(list_transform(list_distinct({0}), v -> {{'n': - len(list_filter({0}, w -> w = v)), 'v': v}})), 1).v"
    if name in ("max_by", "min_by"):
        direction = "DESC" if name == "max_by" else "ASC"
        return kind, True, [f"first({value} ORDER BY {arguments[1].duck} {direction}, {value} ASC)"], "{0}"
    if not is_ordered:
        raise Invalid("rows of several sources have no order")
    if name == "string_agg":
        return "string", True, [f"string_agg({value}, '|' ORDER BY {POSITION})"], "{0}"
    return kind, True, [f"{name}({value} ORDER BY {POSITION})"], "{0}"


def call_writer(scope, is_ordered):
    """Writes an aggregate over the columns of `scope`; `is_ordered`: whether the rows have one order."""
    def write(expression):
        name, options, arguments = expression[1], expression[2], [typed(argument, scope) for argument in expression[3:]]
        distinct = "DISTINCT " if options.get("distinct") else ""
        check(name, options, arguments)
        filters, error = [], next((one.error for one in arguments if one.error), None)
        if options.get("filter"):
            condition = typed(options["filter"], scope)
            if condition.error or error:
                raise Invalid("whether the error counts depends on what is looked at first")
            filters.append(condition.duck)
        if name in ("max_by", "min_by"):
            filters.append(f"{arguments[1].duck} IS NOT NULL")
        clause = f" FILTER (WHERE {' AND '.join(f'({one})' for one in filters)})" if filters else ""
        if name == "avg":
            kind, duck = average(arguments[0].type, arguments[0].duck, distinct)
            duck, nullable = with_filter(duck, clause, arguments[0].duck, distinct), True
        else:
            kind, nullable, parts, template = duck_call(name, arguments, distinct, is_ordered)
            duck = template.format(*[part + clause for part in parts])
        extra = ", '|'" if name == "string_agg" else ""
        weir = f"{name}({distinct}{', '.join(one.weir for one in arguments) or '*'}{extra})"
        weir += f" FILTER (WHERE {typed(options['filter'], scope).weir})" if options.get("filter") else ""
        return Typed(kind, nullable, weir, duck, error)
    return write


CAN_BE_OVER = ("count", "sum", "avg", "min", "max", "any_value", "bool_and", "bool_or", "count_if", "bit_xor")
RANKS = ("row_number", "rank", "dense_rank")
SHARES = ("percent_rank", "cume_dist", "ntile")
AROUND = ("lag", "lead", "nth_value", "first_value", "last_value")
AHEAD = SHARES + ("lead",)  # what later rows change


def over_writer(scope):
    """Writes ["over", name, {"partition": [column], "order": [[column, is descending]], "frame": [kind, distance], "number": n}, argument, ...] over
    the rows of groups."""
    def write(expression):
        name, place, arguments = expression[1], expression[2], [typed(argument, scope) for argument in expression[3:]]
        columns = place["partition"] + [column for column, _ in place["order"]]
        if expression[0] != "over" or any(column not in scope for column in columns):
            raise Invalid("no place for OVER")
        partition = f"PARTITION BY {', '.join(place['partition'])}" if place["partition"] else ""
        order = ", ".join(f"{column}{' DESC' if descends else ''}" for column, descends in place["order"])
        duck_order = ", ".join(f"{column}{' DESC NULLS LAST' if descends else ' ASC NULLS FIRST'}" for column, descends in place["order"])
        bounds = frame_text(place, scope)
        weir = " ".join(part for part in (partition, f"ORDER BY {order}" if order else "", bounds) if part)
        clause = " OVER (" + " ".join(part for part in (partition, f"ORDER BY {duck_order}" if order else "", bounds) if part) + ")"
        if name in RANKS:
            return Typed("bigint", False, f"{name}() OVER ({weir})", f"{name}(){clause}", None)
        if name in SHARES:
            number = place["number"] if name == "ntile" else ""
            return Typed("bigint" if name == "ntile" else "double", False, f"{name}({number}) OVER ({weir})", f"{name}({number}){clause}", None)
        if name in AROUND:
            return around(name, place, arguments, weir, clause)
        check(name, {}, arguments)
        if name not in CAN_BE_OVER:
            raise Invalid(f"{name} is not used with OVER")
        if name == "avg":
            kind, duck = average(arguments[0].type, arguments[0].duck, "")
            duck, nullable = with_filter(duck, clause, arguments[0].duck, ""), True
        else:
            kind, nullable, parts, template = duck_call(name, arguments, "", False)
            duck = template.format(*[part + clause for part in parts])
        return Typed(kind, nullable, f"{name}({', '.join(one.weir for one in arguments) or '*'}) OVER ({weir})", duck, None)
    return write


def frame_text(place, scope):
    if not place.get("frame"):
        return ""
    kind, distance = place["frame"]
    if kind == "rows":
        return f"ROWS BETWEEN {distance} PRECEDING AND CURRENT ROW"
    column, = [scope[name] for name, _ in place["order"]]
    if column.nullable or column.type not in ("int", "bigint", "timestamp"):
        raise Invalid("no distance")
    return f"RANGE BETWEEN {f'INTERVAL {distance} SECONDS' if column.type == 'timestamp' else distance} PRECEDING AND CURRENT ROW"


def around(name, place, arguments, weir, clause):
    value = arguments[0]
    number = "" if "number" not in place or name in ("first_value", "last_value") else f", {place['number']}"
    if any(one.type != value.type for one in arguments):
        raise Invalid("values of two types")
    otherwise = arguments[1:] if number and name in ("lag", "lead") else []
    texts = [", ".join([one.weir for one in otherwise]), ", ".join([one.duck for one in otherwise])]
    weir_more, duck_more = (f", {text}" if text else "" for text in texts)
    return Typed(value.type, True, f"{name}({value.weir}{number}{weir_more}) OVER ({weir})", f"{name}({value.duck}{number}{duck_more}){clause}", None)


def with_filter(text, clause, value, distinct):
    for call in ("sum", "count"):
        text = text.replace(f"{call}({distinct}{value})", f"{call}({distinct}{value}){clause}")
    return text


def check(name, options, arguments):
    kinds, count = AGGREGATES[name]
    if len(arguments) != count and not (name == "count" and not arguments):
        raise Invalid("another number of arguments")
    if arguments and family(arguments[0].type) not in kinds:
        raise Invalid(f"{name} of {arguments[0].type}")
    if options.get("distinct") and (name not in CAN_BE_DISTINCT or not arguments):
        raise Invalid("DISTINCT of what has none")
    if sum(1 for one in arguments if one.error) and len(arguments) > 1:
        raise Invalid("errors beside other arguments")
    if name in ("max_by", "min_by") and (arguments[0].nullable or arguments[1].type == "boolean"):
        raise Invalid("which NULL is chosen among equals is nobody's business")
    if name in ("first", "last") and arguments[0].nullable:
        raise Invalid("DuckDB's first and Spark's first see NULLs alike only where there are none")


def make_call(rng, scope, is_ordered):
    """A random call. Raises Invalid where nothing fits."""
    name = rng.choice(list(AGGREGATES))
    if name == "count" and rng.random() < 0.5:
        made = ["aggregate", "count", {}]
    else:
        kinds, count = AGGREGATES[name]
        if name in BY_POSITION and not is_ordered:
            name, kinds, count = "max", ANY, 1
        made = ["aggregate", name, {}, make_expression(rng, scope, rng.choice(kinds), 1)]
        if count == 2:
            made.append(["column", rng.choice([column for column, one in scope.items() if family(one.type) in ANY and not one.error])])
        if name in CAN_BE_DISTINCT and rng.random() < 0.25:
            made[2]["distinct"] = True
    if rng.random() < 0.25:
        made[2]["filter"] = make_expression(rng, scope, "boolean", 1)
    call_writer(scope, is_ordered)(made)
    return made
