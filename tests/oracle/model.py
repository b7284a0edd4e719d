"""model.py - what a case means: its pipeline file, and DuckDB's statements that compute every table and every book from the records at once.

Each step of the pipeline is a table of DuckDB. Beside its columns it has where a row comes from (_source, _split, _o the offset, _b which inputs of unions, _p
which part of its record), whether its record was late (_late), and NAME__e for a column whose value could not be computed.
"""
import json

from aggregates import call_writer
from expressions import Column, Invalid, duck_type, family, literal, typed
from records import late_rows, record_text

HIDDEN = "_source, _split, _o, _b, _p, _late"


class Relation:
    """The rows of a step."""

    def __init__(self, table, scope, losses, reads, groups=None, is_ordered=False):
        self.table, self.scope = table, scope
        self.is_ordered = is_ordered  # all of one split, so that each row comes before or after each other
        self.losses = losses    # selects of (kind, _source, _split, _o, _p, n): what became of rows on the way here
        self.reads = reads      # the sources from which rows come here, one for each way
        self.groups = groups    # None: rows of records; else the names of the columns that tell groups apart

    def changed(self, table, scope, losses=()):
        return Relation(table, scope, self.losses + list(losses), self.reads, self.groups, self.is_ordered)


class Model:
    def __init__(self, case):
        self.case, self.statements, self.tables = case, [], 0
        self.relations = {source["name"]: self.source(source) for source in case["sources"]}

    def create(self, sql):
        name = f"r{self.tables}"
        self.tables += 1
        self.statements.append(f"CREATE TEMP TABLE {name} AS {sql}")
        return name

    def source(self, source):
        late = late_rows(source)
        rows = []
        for split, records in source["splits"].items():
            for offset, record in enumerate(records):
                if "broken" in record:
                    continue
                values = [duck_value(kind, record["value"].get(name)) for name, kind, _ in source["columns"]]
                rows.append(f"({', '.join(values)}, '{source['name']}', '{split}', {offset}, {'true' if (split, offset) in late else 'false'})")
        names = [name for name, _, _ in source["columns"]]
        empty = ", ".join(f"CAST(NULL AS {duck_type(kind)})" for _, kind, _ in source["columns"])
        listed = f"VALUES {', '.join(rows)}" if rows else f"SELECT {empty}, '', '', 0, false WHERE false"
        casts = ", ".join(f"CAST({name} AS {duck_type(kind)}) AS {name}" for name, kind, _ in source["columns"])
        table = self.create(f"SELECT {casts}, _source, _split, _o, CAST([] AS INTEGER[]) AS _b, CAST([] AS INTEGER[]) AS _p, _late "
                            f"FROM ({listed}) AS v({', '.join(names)}, _source, _split, _o, _late)")
        return Relation(table, {name: Column(kind, nullable) for name, kind, nullable in source["columns"]}, [], [source["name"]],
                        is_ordered=len(source["splits"]) == 1)

    def stream(self, stream):
        relation = self.input(stream["input"])
        for step in stream["steps"]:
            relation = self.apply(step, relation)
        self.relations[stream["name"]] = relation
        return relation

    def input(self, names):
        relations = [self.named(name) for name in names]
        return relations[0] if len(relations) == 1 else self.union(relations)

    def named(self, name):
        if name not in self.relations:
            raise Invalid(f"no stream {name}")
        return self.relations[name]

    def apply(self, step, relation):
        (kind, given), = step.items()
        return getattr(self, "step_" + kind)(given, relation)

    def step_where(self, condition, relation):
        value = typed(condition, relation.scope)
        if value.type != "boolean":
            raise Invalid("not a condition")
        if relation.groups is not None:
            return self.having(value, relation)
        failed = value.error or "false"
        table = self.create(f"SELECT * FROM {relation.table} WHERE NOT {failed} AND ({value.duck})")
        losses = [loss("filtered", f"{relation.table} WHERE NOT {failed} AND ({value.duck}) IS NOT TRUE")]
        losses += [loss("rejected", f"{relation.table} WHERE {failed}")] if value.error else []
        return relation.changed(table, relation.scope, losses)

    def having(self, value, relation):
        if value.error:
            raise Invalid("a group has no record to be rejected")
        return relation.changed(self.create(f"SELECT * FROM {relation.table} WHERE {value.duck}"), relation.scope)

    def step_select(self, columns, relation):
        return self.project(relation, {}, columns)

    def step_extend(self, columns, relation):
        for column in columns:  # a later one may use an earlier one
            relation = self.project(relation, {name: name for name in relation.scope}, [column])
        return relation

    def step_drop(self, names, relation):
        if not set(names) <= set(relation.scope) or len(relation.scope) == len(names):
            raise Invalid("nothing to drop, or everything")
        return self.project(relation, {name: name for name in relation.scope if name not in names}, [])

    def step_rename(self, pairs, relation):
        scope, new = relation.scope, dict(pairs)
        if not set(new) <= set(scope) or len({new.get(name, name) for name in scope}) != len(scope):
            raise Invalid("nothing to rename, or two of one name")
        return self.project(relation, {new.get(name, name): name for name in scope}, [])

    def project(self, relation, kept, columns):
        """`kept`: old columns by their new names; `columns`: [name, expression], which replace those of the same name."""
        scope = {new: relation.scope[old] for new, old in kept.items()}
        parts = {new: [f"{old} AS {new}"] + ([f"{old}__e AS {new}__e"] if relation.scope[old].error else []) for new, old in kept.items()}
        for name, expression in columns:
            value = typed(expression, relation.scope)
            scope[name] = Column(value.type, value.nullable, value.error is not None)
            parts[name] = [f"{value.duck} AS {name}"] + ([f"{value.error} AS {name}__e"] if value.error else [])
        hidden = HIDDEN if relation.groups is None else None
        listed = [part for group in parts.values() for part in group] + ([hidden] if hidden else [])
        made = relation.changed(self.create(f"SELECT {', '.join(listed)} FROM {relation.table}"), scope)
        if relation.groups is not None:
            made.groups = self.groups_after(relation.groups, kept, columns)
        return made

    @staticmethod
    def groups_after(groups, kept, columns):
        """What the columns that tell groups apart are called now; one that is gone leaves None."""
        now = {old: new for new, old in kept.items()}
        for name, _ in columns:
            now = {old: new for old, new in now.items() if new != name}
        for name, expression in columns:
            if expression[0] == "column":
                now[expression[1]] = name
        return [now.get(name) for name in groups]

    def step_union(self, names, relation):
        return self.union([relation] + [self.named(name) for name in names])

    def union(self, relations):
        first = relations[0]
        for other in relations:
            if other.groups is not None:
                raise Invalid("rows of groups are not united")
            if {name: column.type for name, column in other.scope.items()} != {name: column.type for name, column in first.scope.items()}:
                raise Invalid("other columns")
            if any(column.error for column in other.scope.values()):
                raise Invalid("errors in some inputs only")
        columns = ", ".join(first.scope)
        selects = [f"SELECT {columns}, _source, _split, _o, list_prepend({number}, _b) AS _b, _p, _late FROM {other.table}" for number, other in enumerate(relations)]
        scope = {name: Column(column.type, any(other.scope[name].nullable for other in relations)) for name, column in first.scope.items()}
        return Relation(self.create(" UNION ALL ".join(selects)), scope, [one for other in relations for one in other.losses],
                        [name for other in relations for name in other.reads])

    def step_explode(self, given, relation):
        array, name, position, keep = given["of"], given["as"], given.get("position"), given.get("keep_empty", False)
        column = relation.scope.get(array)
        if relation.groups is not None or column is None or not column.type.startswith("array<") or column.error:
            raise Invalid("no array to explode")
        size = f"coalesce(len({array}), 0)"
        empty = "[NULL]" if keep else "[]"
        numbers = f"CASE WHEN {size} = 0 THEN CAST({empty} AS BIGINT[]) ELSE range({size}) END"
        numbered = f"SELECT *, unnest({numbers}) AS _n FROM {relation.table}"
        scope = {old: one for old, one in relation.scope.items() if old not in (name, position)}
        kept = [part for old, one in scope.items() for part in [old] + ([f"{old}__e"] if one.error else [])]
        if position:
            scope[position] = Column("int", keep)
            kept.append(f"CAST(_n AS INTEGER) AS {position}")
        scope[name] = Column(column.type[6:-1], True)
        kept.append(f"list_extract({array}, _n + 1) AS {name}")
        table = self.create(f"SELECT {', '.join(kept)}, _source, _split, _o, _b, list_append(_p, CAST(coalesce(_n, 0) AS INTEGER)) AS _p, _late FROM ({numbered})")
        losses = [loss("expanded", f"{relation.table} WHERE {size} > 1", f"{size} - 1")]
        losses += [] if keep else [loss("filtered", f"{relation.table} WHERE {size} = 0")]
        made = relation.changed(table, scope, losses)
        made.is_ordered = False  # the rows of a record have no order among themselves
        return made

    def step_aggregate(self, given, relation):
        if relation.groups is not None:
            raise Invalid("an aggregate of an aggregate")
        keys = [(name, typed(expression, relation.scope)) for name, expression in given["by"]]
        errors = {value.error for _, value in keys if value.error}
        write = call_writer(relation.scope, relation.is_ordered)

        def written(expression):
            call = write(expression)
            errors.update([call.error] if call.error else [])
            return call._replace(error=None)

        # Under a name that no column has: an aggregate's argument of the key's name is the column.
        renamed = {"_key_" + name: Column(value.type, value.nullable) for name, value in keys}
        made = [(name, typed(self.over_keys(expression), renamed, written)) for name, expression in given["select"]]
        failed = f"({' OR '.join(sorted(errors))})" if errors else "false"
        inner = "".join(f", {value.duck} AS _key_{name}" for name, value in keys)
        parts = [f"_key_{name} AS {name}" for name, _ in keys] + [f"{value.duck} AS {name}" for name, value in made]
        grouping = f"GROUP BY {', '.join('_key_' + name for name, _ in keys)}" if keys else "HAVING count(*) > 0"
        table = self.create(f"SELECT {', '.join(parts)} FROM (SELECT *{inner} FROM {relation.table} WHERE NOT {failed}) {grouping}")
        losses = [loss("absorbed", f"{relation.table} WHERE NOT {failed}")]
        losses += [loss("rejected", f"{relation.table} WHERE {failed}")] if errors else []
        scope = {name: Column(value.type, value.nullable) for name, value in keys + made}
        return Relation(table, scope, relation.losses + losses, relation.reads, [name for name, _ in keys])

    def over_keys(self, expression):
        if expression[0] == "column":
            return ["column", "_key_" + expression[1]]
        return expression if expression[0] != "call" else expression[:2] + [self.over_keys(argument) for argument in expression[2:]]

    def sink(self, sink):
        relation = self.input(sink["input"])
        for step in sink.get("steps", []):
            relation = self.apply(step, relation)
        return Table(self, sink, relation)


class Table:
    """What a sink's table must hold, and its books: selects for DuckDB."""

    def __init__(self, model, sink, relation):
        self.name, self.key, self.on_conflict = sink["name"], sink["key"], sink["on_conflict"]
        self.scope, self.reads, self.losses = relation.scope, relation.reads, list(relation.losses)
        if not set(self.key) <= set(relation.scope):
            raise Invalid("the key is not there")
        if any(family(relation.scope[name].type).startswith("array") for name in self.key):
            raise Invalid("an array is no key")
        if relation.groups is not None:
            self.check_groups(relation)
        else:
            relation = self.accepted(model, sink, relation)
        columns = ", ".join(self.scope)
        self.rows = f"SELECT {columns} FROM {relation}" if isinstance(relation, str) else f"SELECT {columns} FROM {relation.table}"

    def check_groups(self, relation):
        if self.on_conflict != "update" or not self.key or None in relation.groups:
            raise Invalid("rows of groups are replaced by their key")
        if relation.groups and set(self.key) != set(relation.groups):
            raise Invalid("the key is what tells groups apart")
        if any(relation.scope[name].nullable for name in self.key):
            raise Invalid("a key may be NULL")

    def accepted(self, model, sink, relation):
        """Without what is rejected or a duplicate; books what is."""
        errors = [f"{name}__e" for name, column in relation.scope.items() if column.error]
        errors += [f"{name} IS NULL" for name in self.key if relation.scope[name].nullable]
        failed = f"({' OR '.join(errors)})" if errors else "false"
        if errors:
            self.losses.append(loss("rejected", f"{relation.table} WHERE {failed}"))
        rows = f"SELECT * FROM {relation.table} WHERE NOT {failed}"
        if not self.key:
            table = model.create(rows)
            self.losses.append(loss("written", table))
            return table
        newer = self.on_conflict.split(" ")[-1] if self.on_conflict.startswith("update newer") else None
        if newer and (newer not in relation.scope or relation.scope[newer].nullable):
            raise Invalid("nothing to say what is newer")
        order = {"ignore": "_o, _b, _p", "error": "_o, _b, _p"}.get(self.on_conflict, (f"{newer} DESC, " if newer else "") + "_o DESC, _b DESC, _p DESC")
        ranked = model.create(f"SELECT *, row_number() OVER (PARTITION BY {', '.join(self.key)} ORDER BY {order}) AS _rank FROM ({rows})")
        if self.on_conflict.startswith("update"):
            self.losses.append(loss("written or duplicate", ranked))  # which of the two depends on what was committed together
        else:
            self.losses.append(loss("written", f"{ranked} WHERE _rank = 1"))
            self.losses.append(loss("duplicates" if self.on_conflict == "ignore" else "rejected", f"{ranked} WHERE _rank > 1"))
        return model.create(f"SELECT * FROM {ranked} WHERE _rank = 1")


def loss(kind, rows, count="1"):
    return f"SELECT '{kind}', _source, _split, _o, _p, {count} FROM {rows}"


def duck_value(kind, value):
    if value is None:
        return "NULL"
    if kind.startswith("array<"):
        return "[" + ", ".join(duck_value(kind[6:-1], one) for one in value) + "]"
    if kind in ("bigint", "double") or kind.startswith("decimal"):
        return str(value)
    return literal(kind, value)[1]


# The pipeline file.

def flow(value):
    """YAML in one line; every text is quoted, so that nothing in it means anything to YAML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name}: {flow(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


class YamlWriter(Model):
    """Writes steps as it follows them: the types of columns decide how some are spelt."""

    def written(self, step, relation):
        (kind, given), = step.items()
        if kind == "where":
            return {kind: typed(given, relation.scope).weir}
        if kind == "extend":
            columns = {}
            for name, expression in given:
                columns[name] = typed(expression, relation.scope).weir
                relation = self.project(relation, {old: old for old in relation.scope}, [[name, expression]])
            return {kind: columns}
        if kind == "select":
            return {kind: {name: typed(expression, relation.scope).weir for name, expression in given}}
        if kind == "rename":
            return {kind: dict(given)}
        if kind == "aggregate":
            return {kind: self.written_aggregate(given, relation)}
        return {kind: given}

    def written_aggregate(self, given, relation):
        keys = {name: Column(typed(expression, relation.scope).type, False) for name, expression in given["by"]}
        write = call_writer(relation.scope, relation.is_ordered)
        plain = all(expression == ["column", name] for name, expression in given["by"])
        by = [name for name, _ in given["by"]] if plain else {name: typed(expression, relation.scope).weir for name, expression in given["by"]}
        select = {name: typed(expression, keys, lambda call: write(call)._replace(error=None)).weir for name, expression in given["select"]}
        return {**({"by": by} if given["by"] else {}), "select": select}

    def steps(self, steps, relation, indent):
        lines = []
        for step in steps:
            (kind, given), = self.written(step, relation).items()
            lines.append(f"{indent}- {kind}: {flow(given)}")
            relation = self.apply(step, relation)
        return lines, relation

    def text(self):
        lines = ["name: case", "connections:", '  store: { dsn: "${DB}" }', "sources:"]
        for source in self.case["sources"]:
            lines += self.source_lines(source)
        if self.case["streams"]:
            lines.append("transforms:")
        for stream in self.case["streams"]:
            relation = self.input(stream["input"])
            steps, relation = self.steps(stream["steps"], relation, "      ")
            self.relations[stream["name"]] = relation
            lines += [f"  {stream['name']}:", f"    input: {self.input_text(stream['input'])}", "    steps:" if steps else "    steps: []"] + steps
        lines.append("sinks:")
        for sink in self.case["sinks"]:
            lines += self.sink_lines(sink)
        return "\n".join(lines) + "\n"

    @staticmethod
    def input_text(names):
        return names[0] if len(names) == 1 else f"[{', '.join(names)}]"

    @staticmethod
    def source_lines(source):
        lines = [f"  {source['name']}:", f"    type: {source['name']}", "    format: json", "    columns:"]
        lines += [f"      {name}: {json.dumps(kind + ('' if nullable else ' not null'))}" for name, kind, nullable in source["columns"]]
        return lines

    def sink_lines(self, sink):
        lines = [f"  {sink['name']}:", f"    input: {self.input_text(sink['input'])}", "    connection: store", f"    table: {sink['name']}"]
        if sink["key"]:
            lines += [f"    key: [{', '.join(sink['key'])}]", f"    on_conflict: {sink['on_conflict']}"]
        if sink.get("steps"):
            lines += ["    steps:"] + self.steps(sink["steps"], self.input(sink["input"]), "      ")[0]
        return lines


def pipeline_text(case):
    return YamlWriter(case).text()


def records_of(case):
    """{source: {split: [text, ...]}}"""
    return {source["name"]: {split: [record_text(source["columns"], record) for record in records] for split, records in source["splits"].items()}
            for source in case["sources"]}
