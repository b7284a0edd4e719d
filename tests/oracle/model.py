"""model.py - what a case means: DuckDB's statements that compute every table and every book from the records at once.

Each step of the pipeline is a table of DuckDB. Beside its columns it has where a row comes from (_source, _split, _o the offset, _b which inputs of unions, _p
which part of its record), when its record happened (_t) and whether it was late (_late), and NAME__e for a column whose value could not be computed.
"""
from collections import namedtuple

import lookups
import pairs
import windows
from aggregates import call_writer, over_writer
from expressions import Column, Invalid, duck_type, family, literal, typed
from records import late_rows, refused_rows

HIDDEN = "_source, _split, _o, _b, _p, _t, _late"

# What became of rows on their way: those of `table` for which `condition` holds, each counted `count` times.
Loss = namedtuple("Loss", "kind table condition count", defaults=("true", "1"))


class Relation:
    """The rows of a step.

    `starts` and `open`: Weir asks whether a row is late where it is needed, at a dedup or an aggregate by windows, and before the conditions that stand between
    there and the last step that made rows. So losses on that stretch are of rows that are not late.
    """

    def __init__(self, table, scope, reads, closed=(), starts=(), open_losses=(), groups=None, is_ordered=False, times=(), marks=()):
        self.table, self.scope, self.reads = table, scope, list(reads)  # `reads`: sources, one for each way to them
        self.closed, self.starts, self.open = list(closed), list(starts) or [table], list(open_losses)
        self.groups = groups          # None: rows of records; else the columns that tell groups apart
        self.is_ordered = is_ordered  # all of one split, so that each row comes before or after each other
        self.times = set(times)       # the columns that are the event time
        # "nulls": what cannot be computed is NULL, by the source's on_error. "pairs": rows of a join of two streams, "left pairs": also without a match.
        self.joins = {}               # of pairs: what each join above took in, by its number: the reads, and the losses
        self.marks = set(marks)       # "where", "failing where": there is one on this stretch; "dedup"; "closing": groups of windows over event time; "sessions"

    def losses(self):
        return self.closed + self.open

    def changed(self, table, scope=None, losses=()):
        """Other columns or fewer rows, but of the same stretch."""
        losses = [] if "pairs" in self.marks else losses
        made = Relation(table, self.scope if scope is None else scope, self.reads, self.closed, self.starts, self.open + list(losses), self.groups,
                        self.is_ordered, self.times & set(self.scope if scope is None else scope), self.marks)
        made.joins = self.joins
        return made

    def remade(self, table, scope, losses):
        """Rows of another stretch."""
        losses = [] if "pairs" in self.marks else losses
        made = Relation(table, scope, self.reads, self.losses() + list(losses), is_ordered=self.is_ordered, times=self.times & set(scope),
                        marks=self.marks - {"where", "failing where"})
        made.joins = self.joins
        return made

    def on_time(self, model):
        """Without the rows that are late."""
        if "pairs" in self.marks:
            return self
        late = [Loss("late", start, "_late") for start in self.starts]
        kept = [one._replace(condition=f"({one.condition}) AND NOT _late") for one in self.open]
        return Relation(model.create(f"SELECT * FROM {self.table} WHERE NOT _late"), self.scope, self.reads, self.closed + late + kept, is_ordered=self.is_ordered,
                        times=self.times, marks=self.marks)


class Model:
    def __init__(self, case):
        self.case, self.statements, self.tables = case, [], 0
        self.lookups = {table["name"]: (table, lookups.create(self, table)) for table in case.get("tables", [])}
        self.relations = {source["name"]: self.source(source) for source in case["sources"]}

    def create(self, sql):
        name = f"r{self.tables}"
        self.tables += 1
        self.statements.append(f"CREATE TEMP TABLE {name} AS {sql}")
        return name

    def compute(self, rows, table, columns):
        """A table of the rows that `rows` makes of those of `table`: for what SQL cannot say."""
        name = f"r{self.tables}"
        self.tables += 1
        self.statements.append((name, columns, table, rows))
        return name

    def source(self, source):
        late, refused = late_rows(source), refused_rows(source)
        rows = []
        for split, records in source["splits"].items():
            for offset, record in enumerate(records):
                if (split, offset) in refused:
                    continue
                values = [duck_value(kind, record["value"].get(name)) for name, kind, _ in source["columns"]]
                rows.append(f"({', '.join(values)}, '{source['name']}', '{split}', {offset}, {'true' if (split, offset) in late else 'false'})")
        names = [name for name, _, _ in source["columns"]]
        empty = ", ".join(f"CAST(NULL AS {duck_type(kind)})" for _, kind, _ in source["columns"])
        listed = f"VALUES {', '.join(rows)}" if rows else f"SELECT {empty}, '', '', 0, false WHERE false"
        casts = ", ".join(f"CAST({name} AS {duck_type(kind)}) AS {name}" for name, kind, _ in source["columns"])
        time = "ts" if source["event_time"] else None
        table = self.create(f"SELECT {casts}, _source, _split, _o, CAST([] AS INTEGER[]) AS _b, CAST([] AS INTEGER[]) AS _p, "
                            f"{'CAST(ts AS TIMESTAMP)' if time else 'CAST(NULL AS TIMESTAMP)'} AS _t, _late FROM ({listed}) AS v({', '.join(names)}, _source, _split, _o, _late)")
        scope = {name: Column(kind, nullable) for name, kind, nullable in source["columns"]}
        relation = Relation(table, scope, [source["name"]], is_ordered=len(source["splits"]) == 1, times={time} if time else (),
                            marks={"nulls"} if source.get("on_error") == "null" else ())
        if source.get("computed"):
            relation = self.step_extend(source["computed"], relation)
        if time:  # rows without one have been rejected; to the computed columns it was what was declared
            relation.scope[time] = Column("timestamp", False)
        if source.get("watermark"):  # goes by a computed column
            relation = relation.changed(self.create(f"SELECT * REPLACE ({source['watermark']} AS _t) FROM {relation.table}"))
            relation.times = {source["watermark"]}
        return relation

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

    @staticmethod
    def rejects(relation, error):
        """Where a row is rejected for a value that cannot be computed: nowhere if that is NULL."""
        return None if "nulls" in relation.marks else error

    def step_where(self, condition, relation):
        value = typed(condition, relation.scope)
        if value.type != "boolean":
            raise Invalid("not a condition")
        if "pairs" in relation.marks and value.error:
            raise Invalid("a pair has no record to be rejected")
        if relation.groups is not None:
            if value.error:
                raise Invalid("a group has no record to be rejected")
            return relation.changed(self.create(f"SELECT * FROM {relation.table} WHERE {value.duck}"))
        error = self.rejects(relation, value.error)
        failed = error or "false"
        table = self.create(f"SELECT * FROM {relation.table} WHERE NOT {failed} AND ({value.duck})")
        losses = [Loss("filtered", relation.table, f"NOT {failed} AND ({value.duck}) IS NOT TRUE")]
        losses += [Loss("rejected", relation.table, failed)] if error else []
        made = relation.changed(table, None, losses)
        made.marks |= {"where", "failing where"} if error else {"where"}
        return made

    def step_select(self, columns, relation):
        return self.project(relation, {}, columns)

    def step_extend(self, columns, relation):
        for column in columns:  # a later one may use an earlier one
            relation = self.project(relation, {name: name for name in relation.scope}, [column])
        return relation

    def step_drop(self, names, relation):
        if not names or not set(names) <= set(relation.scope) or len(relation.scope) == len(names):
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
        write = over_writer(relation.scope) if relation.groups is not None else None
        for name, expression in columns:
            value = typed(expression, relation.scope, write)
            if "pairs" in relation.marks and value.error:
                raise Invalid("a pair has no record to be rejected")
            scope[name] = Column(value.type, value.nullable, value.error is not None)
            # DuckDB would take a NULL for a number.
            parts[name] = [f"CAST({value.duck} AS {duck_type(value.type)}) AS {name}"] + ([f"{value.error} AS {name}__e"] if value.error else [])
        listed = [part for group in parts.values() for part in group] + ([HIDDEN] if relation.groups is None else [])
        made = relation.changed(self.create(f"SELECT {', '.join(listed)} FROM {relation.table}"), scope)
        same = [(new, old) for new, old in kept.items() if new not in dict(columns)] + [(name, one[1]) for name, one in columns if one[0] == "column"]
        made.times = {new for new, old in same if old in relation.times}
        names = {old: new for new, old in same}
        made.groups = None if relation.groups is None else [names.get(name) for name in relation.groups]
        return made

    def step_union(self, names, relation):
        return self.union([relation] + [self.named(name) for name in names])

    def union(self, relations):
        first = relations[0]
        for other in relations:
            if other.groups is not None or "pairs" in other.marks:
                raise Invalid("rows of groups, and of joins, are not united")
            if {name: column.type for name, column in other.scope.items()} != {name: column.type for name, column in first.scope.items()}:
                raise Invalid("other columns")
            if ("nulls" in other.marks) != ("nulls" in first.marks) or any(column.error for column in other.scope.values()):
                raise Invalid("errors in some inputs only")
        columns = ", ".join(first.scope)
        selects = [f"SELECT {columns}, _source, _split, _o, list_prepend({number}, _b) AS _b, _p, _t, _late FROM {other.table}" for number, other in enumerate(relations)]
        scope = {name: Column(column.type, any(other.scope[name].nullable for other in relations)) for name, column in first.scope.items()}
        made = Relation(self.create(" UNION ALL ".join(selects)), scope, [name for other in relations for name in other.reads],
                        [one for other in relations for one in other.closed], [one for other in relations for one in other.starts],
                        [one for other in relations for one in other.open], times=set.intersection(*[other.times for other in relations]))
        made.marks = set().union(*[other.marks for other in relations])
        return made

    def step_explode(self, given, relation):
        array, name, position, keep = given["of"], given["as"], given.get("position"), given.get("keep_empty", False)
        column = relation.scope.get(array)
        if relation.groups is not None or column is None or not column.type.startswith("array<") or column.error:
            raise Invalid("no array to explode")
        size = f"coalesce(len({array}), 0)"
        empty = "[NULL]" if keep else "[]"
        numbers = f"CASE WHEN {size} = 0 THEN CAST({empty} AS BIGINT[]) ELSE range({size}) END"
        scope = {old: one for old, one in relation.scope.items() if old not in (name, position)}
        made = [f"CAST(_n AS INTEGER) AS {position}"] if position else []
        kept = ", ".join(names_of(scope) + made + [f"list_extract({array}, _n + 1) AS {name}"])
        if position:
            scope[position] = Column("int", keep)
        scope[name] = Column(column.type[6:-1], True)
        return self.expand(relation, scope, kept, size, numbers, keep)

    def expand(self, relation, scope, columns, size, numbers, keeps_empty=False):
        """A row for each number that `numbers` lists, `size` of them."""
        hidden = "_source, _split, _o, _b, list_append(_p, CAST(coalesce(_n, 0) AS INTEGER)) AS _p, _t, _late"
        table = self.create(f"SELECT {columns}, {hidden} FROM (SELECT *, unnest({numbers}) AS _n FROM {relation.table})")
        losses = [Loss("expanded", relation.table, f"{size} > 1", f"{size} - 1")]
        losses += [] if keeps_empty else [Loss("filtered", relation.table, f"{size} = 0")]
        return relation.remade(table, scope, losses)

    def step_join(self, given, relation):
        return lookups.join(self, given, relation, Loss)

    def step_pair(self, given, relation):
        return pairs.join(self, given, relation, Loss)

    def step_dedup(self, given, relation):
        if "pairs" in relation.marks:
            raise Invalid("a dedup behind a join")
        return windows.dedup(self, given, relation, Loss)

    def step_aggregate(self, given, relation):
        window, closes = given.get("window"), False
        of_groups = relation.groups is not None
        if window and not of_groups:
            relation, closes = windows.assign(self, window, relation)
        keys = [(name, typed(expression, relation.scope)) for name, expression in given["by"]]
        is_session = bool(window) and window[0] == "session"
        if window and {"window_start", "window_end"} & {name for name, _ in given["by"]}:
            raise Invalid("these are the window's own")
        if of_groups and window:
            borders, closes = windows.of_windows(window, relation)
            keys += borders
        elif of_groups:
            closes = windows.is_window(given["by"], relation)
        elif window and not is_session:
            keys += [("window_end", typed(["column", "window_end"], relation.scope)), ("window_start", typed(["column", "window_start"], relation.scope))]
        errors = {self.rejects(relation, value.error) for _, value in keys} - {None}
        if of_groups and errors:
            raise Invalid("a group has no record to be rejected")
        write = call_writer(relation.scope, relation.is_ordered)

        def written(expression):
            call = write(expression)
            errors.update({self.rejects(relation, call.error)} - {None})
            return call._replace(error=None)

        # Under a name that no column has: an aggregate's argument of the key's name is the column.
        borders = {name: Column("timestamp", False) for name in ("window_end", "window_start")} if is_session else {}
        result = {**{name: Column(value.type, value.nullable) for name, value in keys}, **borders}
        renamed = {"_key_" + name: column for name, column in result.items()}
        made = [(name, typed(over_keys(expression), renamed, written)) for name, expression in given["select"]]
        if of_groups and errors:
            raise Invalid("a group has no record to be rejected")
        failed = f"({' OR '.join(sorted(errors))})" if errors else "false"
        inner = "".join(f", {value.duck} AS _key_{name}" for name, value in keys)
        rows = f"SELECT *{inner} FROM {relation.table} WHERE NOT {failed}"
        if is_session:
            rows = windows.sessions(window, relation, [name for name, _ in keys], rows)
        parts = [f"_key_{name} AS {name}" for name in result] + [f"{value.duck} AS {name}" for name, value in made]
        grouping = f"GROUP BY {', '.join('_key_' + name for name in result)}" if result else "HAVING count(*) > 0"
        table = self.create(f"SELECT {', '.join(parts)} FROM ({rows}) {grouping}")
        if errors and "pairs" in relation.marks:
            raise Invalid("a pair has no record to be rejected")
        losses = [Loss("absorbed", relation.table, f"NOT {failed}")] if not of_groups and "pairs" not in relation.marks else []
        losses += [Loss("rejected", relation.table, failed)] if errors else []
        by = [name for name, _ in given["by"]]
        groups = [name for name in result if name != "window_start" or name in by]
        result.update({name: Column(value.type, value.nullable) for name, value in made})
        shape = {window[0], f"size {window[-1]}"} if window else {one for one in relation.marks if one in windows.KINDS or one.startswith("size ")} if of_groups else set()
        marks = ({"closing"} if closes else set()) | shape | ({"sessions"} if is_session else set())
        return Relation(table, result, relation.reads, relation.losses() + losses, groups=groups, marks=marks | relation.marks & {"left pairs"})

    def sink(self, sink):
        relation = self.input(sink["input"])
        for step in sink.get("steps", []):
            relation = self.apply(step, relation)
        return Table(self, sink, relation)


def over_keys(expression):
    if expression[0] == "column":
        return ["column", "_key_" + expression[1]]
    return expression if expression[0] != "call" else expression[:2] + [over_keys(argument) for argument in expression[2:]]


def names_of(scope):
    return [part for name, column in scope.items() for part in [name] + ([f"{name}__e"] if column.error else [])]


class Table:
    """What a sink's table must hold, and its books: selects for DuckDB."""

    def __init__(self, model, sink, relation):
        self.name, self.key, self.on_conflict = sink["name"], sink["key"], sink["on_conflict"]
        self.scope, self.reads, self.kept = relation.scope, relation.reads, relation.losses()
        # Which of the two an update is depends on what was committed together.
        self.merges_duplicates = relation.groups is None and self.on_conflict.startswith("update")
        if not set(self.key) <= set(relation.scope):
            raise Invalid("the key is not there")
        if any(family(relation.scope[name].type).startswith("array") for name in self.key):
            raise Invalid("an array is no key")
        if relation.groups is not None:
            self.check_groups(relation)
            table = relation.table
        elif "pairs" in relation.marks:
            if self.key:
                raise Invalid("which of two pairs is written")
            table = relation.table
        else:
            table = self.accepted(model, relation)
        self.rows = f"SELECT {', '.join(self.scope)} FROM {table}"
        self.losses = " UNION ALL ".join(f"SELECT '{one.kind}', _source, _split, _o, _p, {one.count} FROM {one.table} WHERE {one.condition}" for one in self.kept)

    def check_groups(self, relation):
        if self.on_conflict != "update" or not self.key or None in relation.groups:
            raise Invalid("rows of groups are replaced by their key")
        key = {"window_end" if column == "window_start" and "sessions" in relation.marks else column for column in self.key}
        if relation.groups and key != set(relation.groups):
            raise Invalid("the key is what tells groups apart")
        if any(relation.scope[name].nullable for name in self.key):
            raise Invalid("a key may be NULL")

    def accepted(self, model, relation):
        """Without what is rejected or a duplicate; books what is."""
        errors = [f"{name}__e" for name, column in relation.scope.items() if column.error and model.rejects(relation, True)]
        errors += [f"{name} IS NULL" for name in self.key if relation.scope[name].nullable]
        failed = f"({' OR '.join(errors)})" if errors else "false"
        if errors:
            self.kept.append(Loss("rejected", relation.table, failed))
        rows = f"SELECT * FROM {relation.table} WHERE NOT {failed}"
        if not self.key:
            table = model.create(rows)
            self.kept.append(Loss("written", table))
            return table
        newer = self.on_conflict.split(" ")[-1] if self.on_conflict.startswith("update newer") else None
        if newer and (newer not in relation.scope or relation.scope[newer].nullable):
            raise Invalid("nothing to say what is newer")
        order = {"ignore": "_o, _b, _p", "error": "_o, _b, _p"}.get(self.on_conflict, (f"{newer} DESC, " if newer else "") + "_o DESC, _b DESC, _p DESC")
        ranked = model.create(f"SELECT *, row_number() OVER (PARTITION BY {', '.join(self.key)} ORDER BY {order}) AS _rank FROM ({rows})")
        if self.merges_duplicates:
            self.kept.append(Loss("written or duplicate", ranked))
        else:
            self.kept.append(Loss("written", ranked, "_rank = 1"))
            self.kept.append(Loss("duplicates" if self.on_conflict == "ignore" else "rejected", ranked, "_rank > 1"))
        return model.create(f"SELECT * FROM {ranked} WHERE _rank = 1")


def duck_value(kind, value):
    if value is None:
        return "NULL"
    if kind.startswith("array<"):
        return "[" + ", ".join(duck_value(kind[6:-1], one) for one in value) + "]"
    if kind in ("bigint", "double") or kind.startswith("decimal"):
        return str(value)
    return literal(kind, value)[1]
