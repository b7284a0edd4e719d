"""pairs.py - joins of two streams, as DuckDB's statements.

A join is {"stream", "as", "keys": [[column of the joined stream, expression]], "bounds": [seconds, seconds] or None, "type": "inner" or "left",
"where": expression over the row and AS.COLUMN or None, "select": [[new name, expression over the row and AS.COLUMN]]}.

Pairs come from no one record: they are in nobody's books, so nothing that cannot be computed may stand behind a join here ("pairs" is among the marks).
"""
from expressions import Column, Invalid, family, typed


def scope_with(given, relation, other):
    is_left = given["type"] == "left"
    joined = {f"{given['as']}.{name}": Column(column.type, column.nullable or is_left) for name, column in other.scope.items()}
    return {**relation.scope, **joined}


def check(model, given, relation, other):
    for one in (relation, other):
        if one.groups is not None or any(column.error for column in one.scope.values()):
            raise Invalid("no rows to join")
        timed = all(source["event_time"] for source in model.case["sources"] if source["name"] in one.reads)
        # Such a dedup takes no late rows then; such pairs come however late.
        if given["bounds"] and (not timed or one.marks & {"dedup for ever", "pairs for ever"}):
            raise Invalid("no event time to join within")
    if not given["keys"] or len(dict(given["keys"])) != len(given["keys"]):
        raise Invalid("other keys")


def join(model, given, relation, loss):
    other = model.named(given["stream"])
    check(model, given, relation, other)
    if given["bounds"]:
        relation, other = relation.on_time(model), other.on_time(model)
    scope = scope_with(given, relation, other)
    conditions = []
    for column, expression in given["keys"]:
        value = typed(expression, relation.scope)
        if value.error or column not in other.scope or family(value.type) != family(other.scope[column].type) or family(value.type).startswith("array"):
            raise Invalid("other keys")
        conditions.append(f'"{given["as"]}.{column}" = {value.duck}')
    if given["bounds"]:
        lower, upper = (seconds * 1_000_000 for seconds in given["bounds"])
        conditions.append(f"epoch_us(_rt) - epoch_us(_t) BETWEEN {lower} AND {upper}")
    if given["where"]:
        value = typed(given["where"], scope)
        if value.error or value.type != "boolean":
            raise Invalid("not a condition")
        conditions.append(f"({value.duck})")
    named = ", ".join(f'{name} AS "{given["as"]}.{name}"' for name in other.scope)
    right = model.create(f"SELECT {named}, _t AS _rt FROM {other.table}")
    hidden = "'' AS _source, '' AS _split, 0 AS _o, CAST([] AS INTEGER[]) AS _b, CAST([] AS INTEGER[]) AS _p, _t, false AS _late"
    columns = ", ".join([f"l.{name}" for name in relation.scope] + [f'r."{given["as"]}.{name}"' for name in other.scope])
    kind = "LEFT JOIN" if given["type"] == "left" else "JOIN"
    table = model.create(f"SELECT {columns}, {hidden} FROM {relation.table} AS l {kind} {right} AS r ON {' AND '.join(conditions)}")
    # A join that comes in on both sides has taken its rows in once.
    joins, rows = {**relation.joins, **other.joins}, [one for one in (relation, other) if "pairs" not in one.marks]
    joins[table] = ([name for one in rows for name in one.reads], [found for one in rows for found in one.losses() + [loss("absorbed", one.table)]])
    made = type(relation)(table, scope, [name for reads, _ in joins.values() for name in reads], [found for _, losses in joins.values() for found in losses])
    made.joins = joins
    made.marks = {"pairs"} | (relation.marks | other.marks) & {"left pairs", "pairs for ever"}
    made.marks |= {"left pairs"} if given["type"] == "left" else set()
    made.marks |= set() if given["bounds"] else {"pairs for ever"}
    if given["bounds"]:
        made.times = set(relation.times) | ({f"{given['as']}.{name}" for name in other.times} if given["type"] == "inner" else set())
    return model.project(made, {name: name for name in relation.scope}, given["select"])
