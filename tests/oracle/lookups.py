"""lookups.py - lookup tables: random ones, as CSV files, and what a join with them means.

A table is {"name", "columns": [[name, type, whether it may be NULL]], "key": [name], "rows": [[value]]}; a join {"table", "keys": [[column of the table, expression]],
"type": "inner" or "left", "select": [[new name, expression over the row and TABLE.COLUMN]]}.
"""
from expressions import Column, Invalid, duck_type, literal, typed
from records import KEYS, make_value

KINDS = {"key_text": "string", "key_number": "int", "label": "string", "size": "int", "rate": "decimal(10,2)"}


def make_table(rng, name):
    key = rng.choice([["key_text"], ["key_number"], ["key_text", "key_number"]])
    columns = [[column, KINDS[column], False] for column in key] + [[column, KINDS[column], rng.random() < 0.6] for column in ("label", "size", "rate")]
    rows = {}
    for _ in range(rng.choice([0, 1, 4, 12])):
        found = [rng.choice(KEYS + ["tea", "12"]) if column == "key_text" else rng.randrange(-2, 6) for column in key]
        rows[tuple(found)] = found + [None if nullable and rng.random() < 0.2 else make_value(rng, column, kind) for column, kind, nullable in columns[len(key):]]
    return {"name": name, "columns": columns, "key": key, "rows": list(rows.values())}


def csv_text(table):
    lines = [",".join(name for name, _, _ in table["columns"])]
    lines += [",".join(csv_cell(value) for value in row) for row in table["rows"]]
    return "\n".join(lines) + "\n"


def csv_cell(value):
    """NULL is nothing between commas, an empty text is quoted, others where they must be."""
    if value is None:
        return ""
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if text == "" or set(text) & set(',"\n ') else text


def create(model, table):
    """DuckDB's table of it; its columns are called TABLE.COLUMN."""
    names = [f'"{table["name"]}.{column}"' for column, _, _ in table["columns"]]
    casts = ", ".join(f"CAST({name} AS {duck_type(kind)}) AS {name}" for name, (_, kind, _) in zip(names, table["columns"]))
    rows = ", ".join("(" + ", ".join(cell(kind, value) for value, (_, kind, _) in zip(row, table["columns"])) + ")" for row in table["rows"])
    listed = f"VALUES {rows}" if rows else f"SELECT {', '.join('NULL' for _ in names)} WHERE false"
    return model.create(f"SELECT {casts}, true AS _found FROM ({listed}) AS v({', '.join(names)})")


def cell(kind, value):
    return "NULL" if value is None else str(value) if kind.startswith("decimal") else literal(kind, value)[1]


def scope_with(table, given, relation):
    """The columns of a row and of the row that it is joined with."""
    is_left = given["type"] == "left"
    found = {f"{table['name']}.{column}": Column(kind, nullable or is_left) for column, kind, nullable in table["columns"]}
    return {**relation.scope, **found}


def join(model, given, relation, loss):
    if relation.groups is not None or given["table"] not in model.lookups:
        raise Invalid("nothing to join")
    table, stored = model.lookups[given["table"]]
    kinds = {column: kind for column, kind, _ in table["columns"]}
    keys = [(column, typed(expression, relation.scope)) for column, expression in given["keys"]]
    if {column for column, _ in keys} != set(table["key"]) or any(value.error or value.type != kinds[column] for column, value in keys):
        raise Invalid("other keys")
    condition = " AND ".join(f'"{table["name"]}.{column}" = {value.duck}' for column, value in keys)
    joined = model.create(f"SELECT t.*, l.* FROM {relation.table} AS t LEFT JOIN {stored} AS l ON {condition}")
    losses = []
    if given["type"] == "inner":
        losses = [loss("filtered", joined, "_found IS NULL")]
        joined = model.create(f"SELECT * FROM {joined} WHERE _found")
    made = relation.changed(joined, scope_with(table, given, relation), losses)
    made.marks |= {"where"} if losses else set()
    return model.project(made, {name: name for name in relation.scope}, given["select"])
