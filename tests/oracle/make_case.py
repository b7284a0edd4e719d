"""make_case.py - random cases: sources with records, streams, sinks, and the ways in which Weir runs them.

A case is data, {"sources", "streams", "sinks", "ways"}, as model.py reads it, so that shrink.py can take things out of it.
"""
import random

import aggregates
import lookups
import pairs
from expressions import Column, Invalid, family, make_expression, make_literal, make_risky, typed
from model import Model
from records import make_source

WINDOWS = {"tumble": (1, [60, 300, 420]), "hop": (2, [(60, 180), (100, 300), (300, 300), (200, 90), (420, 1000)]),
           "cumulate": (2, [(60, 300), (300, 1800), (100, 100)]), "session": (1, [60, 200])}
STEPS = ["where", "where", "select", "extend", "extend", "drop", "rename", "explode", "explode", "dedup", "join", "join"]
SHAPE = [("key", "string"), ("number", "int"), ("amount", "double"), ("flag", "boolean"), ("text", "string")]


class Maker:
    """Draws a case step by step, and follows it with a Model to know the columns of each stream."""

    def __init__(self, rng, capabilities):
        self.rng, self.can = rng, capabilities
        self.case = {"sources": [], "streams": [], "sinks": [], "ways": []}
        self.names = 0
        self.may_have_state = True
        self.has_left_pairs = False

    def make(self):
        rng = self.rng
        is_large = self.is_large = rng.random() < 0.01
        for number in range(2 if rng.random() < 0.35 else 1):
            self.case["sources"].append(make_source(rng, f"s{number}", self.draw_time(), "check" in self.can, is_large))
            self.add_computed(self.case["sources"][-1])
        if rng.random() < 0.15:
            for source in self.case["sources"]:
                source["on_error"] = "null"
        if "lookup join" in self.can and rng.random() < 0.4:
            self.case["tables"] = [lookups.make_table(rng, f"l{number}") for number in range(rng.choice([1, 1, 2]))]
        self.model = Model(self.case)
        for _ in range(rng.choice([0, 1, 1, 2, 2, 3])):
            self.add_stream()
        if len(self.case["sources"]) == 2 or rng.random() < 0.15:
            self.add_union()
        for _ in range(rng.choice([0, 0, 1, 1, 1, 2])):
            self.add_aggregate()
        if rng.random() < 0.3:
            self.add_stream_of_groups()
        if "stream join" in self.can and rng.random() < 0.35:
            for _ in range(self.rng.choice([1, 1, 2])):
                self.add_pairs()
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            self.add_regrouping()
        for _ in range(rng.choice([1, 1, 2, 3])):
            self.add_sink()
        if not self.case["sinks"]:
            self.add_plain_sink(self.case["sources"][0]["name"])
        leave_out_unread(self.case)
        self.case["ways"] = make_ways(rng, is_large, self.has_left_pairs)
        return self.case

    def draw_time(self):
        """What a source says of event time: {} or {"event_time": seconds of delay, "late": ...}."""
        if not self.can & set(WINDOWS) or self.rng.random() < 0.3:
            return {}
        late = self.rng.choice(["keep", "keep", "drop", {"correct": "200 seconds"}, None] + (["correct"] if "late: correct, however late" in self.can else []))
        return {"event_time": self.rng.choice([20, 60, 300, 900]), **({"late": late} if late else {})}

    def add_computed(self, source):
        if "computed columns" not in self.can or self.rng.random() < 0.7:
            return
        scope = {name: Column(kind, nullable) for name, kind, nullable in source["columns"]}
        source["computed"] = [[self.name("c"), make_expression(self.rng, scope, self.rng.choice(["int", "string", "timestamp", "boolean"]), 2)]]
        if source["event_time"] and not scope["ts"].nullable and self.rng.random() < 0.4:
            source["computed"].append(["later", ["call", "later", ["column", "ts"]]])
            source["watermark"] = "later"

    def name(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def rows(self):
        return [name for name, relation in self.model.relations.items() if relation.groups is None]

    def add_stream(self):
        source = self.rng.choice(self.rows())
        stream = {"name": self.name("t"), "input": [source], "steps": []}
        relation = self.model.relations[source]
        for _ in range(self.rng.choice([1, 2, 2, 3, 4])):
            relation = self.add_step(stream["steps"], relation)
        self.keep(stream)

    def keep(self, stream):
        self.model.stream(stream)
        self.case["streams"].append(stream)

    def add_step(self, steps, relation):
        """Tries until one fits."""
        for _ in range(20):
            try:
                step = getattr(self, "make_" + self.rng.choice(STEPS))(relation)
                made = self.model.apply(step, relation)
            except Invalid:
                continue
            steps.append(step)
            return made
        return relation

    def make_where(self, relation):
        is_alone = "one where after another, each seeing only what the first lets through" not in self.can
        if is_alone and "failing where" in relation.marks:
            raise Invalid("one where after another that can fail")
        risky = [] if is_alone and "where" in relation.marks else [name for name, column in relation.scope.items() if column.error and column.type in ("int", "bigint")]
        if risky and self.rng.random() < 0.3:
            name = self.rng.choice(risky)
            return {"where": ["call", self.rng.choice([">", "<", "<>"]), ["column", name], make_literal(self.rng, relation.scope[name].type)]}
        return {"where": make_expression(self.rng, relation.scope, "boolean", 2)}

    def make_columns(self, relation, count):
        columns = []
        for _ in range(count):
            risky = make_risky(self.rng, relation.scope) if self.rng.random() < 0.2 else None
            kind = self.rng.choice(["int", "int", "bigint", "double", "decimal", "string", "boolean", "timestamp", "date"])
            columns.append([self.name("c"), risky or make_expression(self.rng, relation.scope, kind, 2)])
        return columns

    def make_extend(self, relation):
        columns = self.make_columns(relation, self.rng.choice([1, 1, 2]))
        replaceable = [name for name, column in relation.scope.items() if name != "id" and not family(column.type).startswith("array")]
        if replaceable and self.rng.random() < 0.2:
            columns[0][0] = self.rng.choice(replaceable)
        return {"extend": columns}

    def make_select(self, relation):
        kept = [name for name in relation.scope if name == "id" or self.rng.random() < 0.7]
        return {"select": [[name, ["column", name]] for name in kept] + self.make_columns(relation, self.rng.choice([0, 1, 2]))}

    def make_drop(self, relation):
        others = [name for name in relation.scope if name != "id"]
        if not others:
            raise Invalid("nothing to drop")
        return {"drop": self.rng.sample(others, min(len(others), self.rng.choice([1, 2])))}

    def make_rename(self, relation):
        others = [name for name in relation.scope if name != "id"]
        if not others:
            raise Invalid("nothing to rename")
        return {"rename": [[self.rng.choice(others), self.name("c")]]}

    def make_explode(self, relation):
        arrays = [name for name, column in relation.scope.items() if column.type.startswith("array<")]
        if not arrays:
            raise Invalid("no array to explode")
        given = {"of": self.rng.choice(arrays), "as": self.name("c")}
        if self.rng.random() < 0.7:
            given["position"] = self.name("i")
        if self.rng.random() < 0.3:
            given["keep_empty"] = True
        return {"explode": given}

    def make_join(self, relation):
        if not self.model.lookups:
            raise Invalid("there is no table")
        is_alone = "one where after another, each seeing only what the first lets through" not in self.can
        table, _ = self.rng.choice(list(self.model.lookups.values()))
        given = {"table": table["name"], "type": "left" if self.rng.random() < 0.5 or (is_alone and "failing where" in relation.marks) else "inner"}
        kinds = {column: kind for column, kind, _ in table["columns"]}
        given["keys"] = [[column, make_expression(self.rng, relation.scope, kinds[column], self.rng.choice([0, 0, 1]))] for column in table["key"]]
        scope = lookups.scope_with(table, given, relation)
        taken = [column for column in kinds if column not in table["key"] and self.rng.random() < 0.6]
        given["select"] = [[self.name("c"), ["column", f"{table['name']}.{column}"]] for column in taken]
        if self.rng.random() < 0.3 or not taken:
            given["select"].append([self.name("c"), make_expression(self.rng, scope, self.rng.choice(["int", "string", "boolean", "decimal"]), 2)])
        return {"join": given}

    def make_dedup(self, relation):
        if "dedup" not in self.can or not self.may_have_state:
            raise Invalid("not in this version")
        keys = [key for key in self.possible_keys(relation) if not any(relation.scope[name].error for name in key)]
        if not keys:
            raise Invalid("duplicates in several splits have no order")
        return {"dedup": {"key": self.rng.choice(keys), "within": self.rng.choice([10, 120, 600, 4000]) if relation.times else None}}

    def add_pairs(self):
        """A join of two streams, of two sources where there are, and now and then an aggregate behind it."""
        for _ in range(20):
            source, other = self.rng.choice(self.rows()), self.rng.choice(self.rows())
            stream = {"name": self.name("p"), "input": [source], "steps": []}
            try:
                stream["steps"].append(self.make_pair(self.model.relations[source], other))
                relation = self.model.apply(stream["steps"][0], self.model.relations[source])
            except Invalid:
                continue
            for _ in range(self.rng.choice([0, 0, 1, 2])):
                relation = self.add_step(stream["steps"], relation)
            self.keep(stream)
            self.has_left_pairs = self.has_left_pairs or "left pairs" in relation.marks
            if self.rng.random() < 0.7:
                self.add_aggregate_of(stream["name"])
            return

    def make_pair(self, relation, name):
        other, rng = self.model.relations[name], self.rng
        columns = [column for column, one in other.scope.items() if family(one.type) in ("int", "string", "boolean", "date") and column != "id"]
        given = {"stream": name, "as": self.name("j"), "type": rng.choice(["inner", "inner", "left"]), "where": None}
        wanted = rng.sample(columns, min(len(columns), rng.choice([1, 1, 2])))
        given["keys"] = []
        for column in wanted:
            kind = family(other.scope[column].type)
            same = [mine for mine, one in relation.scope.items() if family(one.type) == kind and mine != "id"]
            given["keys"].append([column, ["column", rng.choice(same)] if same and rng.random() < 0.7 else make_expression(rng, relation.scope, kind, 1)])
        given["bounds"] = rng.choice([[-60, 60], [-300, 300], [-600, 30], [0, 900], [-1200, -10], [60, 400], [0, 0], None])
        scope = pairs.scope_with(given, relation, other)
        if rng.random() < 0.3:
            given["where"] = make_expression(rng, scope, "boolean", 2)
        taken = [column for column in other.scope if rng.random() < 0.5]
        given["select"] = [[self.name("c"), ["column", f"{given['as']}.{column}"]] for column in taken]
        if rng.random() < 0.3:
            given["select"].append([self.name("c"), make_expression(rng, scope, rng.choice(["int", "string", "boolean", "decimal"]), 2)])
        if not given["select"]:
            raise Invalid("nothing to select")
        # How the condition says the bounds; the option does where it is nothing.
        given["spoken"] = rng.choice([0, 1, 2, None, None])
        return {"pair": given}

    def add_aggregate_of(self, source):
        for _ in range(10):
            relation = self.model.relations[source]
            stream = {"name": self.name("g"), "input": [source], "steps": []}
            try:
                stream["steps"].append(self.make_aggregate(relation))
                relation = self.model.apply(stream["steps"][-1], relation)
                for _ in range(self.rng.choice([0, 0, 1])):
                    relation = self.add_group_step(stream["steps"], relation)
                self.keep(stream)
                return
            except Invalid:
                continue

    def add_union(self):
        """Streams of one shape, of other sources or of the same one."""
        inputs = [source["name"] for source in self.case["sources"]] if len(self.case["sources"]) == 2 else []
        inputs = (inputs + [self.rng.choice(self.rows())])[:3] if inputs and self.rng.random() < 0.4 else inputs or [self.rng.choice(self.rows()) for _ in range(2)]
        shape = self.rng.sample(SHAPE, self.rng.choice([2, 3, 4]))
        times = [self.model.relations[name].times for name in inputs]
        is_timed = all(times) and self.rng.random() < 0.8
        parts = []
        for name in inputs:
            scope = self.model.relations[name].scope
            if "id" not in scope:
                return
            columns = [["id", ["column", "id"]]] + ([["ts", ["column", min(self.model.relations[name].times)]]] if is_timed else []) + [[column, make_expression(self.rng, scope, kind, 2)] for column, kind in shape]
            stream = {"name": self.name("u"), "input": [name], "steps": [{"select": columns}]}
            if self.rng.random() < 0.4 and "failing where" not in self.model.relations[name].marks:  # as in make_where
                stream["steps"].insert(0, {"where": make_expression(self.rng, scope, "boolean", 2)})
            self.keep(stream)
            parts.append(stream["name"])
        if self.rng.random() < 0.5:
            self.keep({"name": self.name("t"), "input": parts, "steps": []})
        else:
            self.keep({"name": self.name("t"), "input": parts[:1], "steps": [{"union": parts[1:]}]})

    def add_aggregate(self):
        for _ in range(10):
            source = self.rng.choice(self.rows())
            relation = self.model.relations[source]
            stream = {"name": self.name("g"), "input": [source], "steps": []}
            try:
                if self.rng.random() < 0.4:
                    relation = self.add_step(stream["steps"], relation)
                if relation.groups is not None:
                    continue
                stream["steps"].append(self.make_aggregate(relation))
                relation = self.model.apply(stream["steps"][-1], relation)
                for _ in range(self.rng.choice([0, 0, 1, 1, 2, 3])):
                    relation = self.add_group_step(stream["steps"], relation)
                self.keep(stream)
                return
            except Invalid:
                continue

    def add_stream_of_groups(self):
        grouped = [name for name, relation in self.model.relations.items() if relation.groups is not None]
        if not grouped:
            return
        stream = {"name": self.name("g"), "input": [self.rng.choice(grouped)], "steps": []}
        relation = self.model.relations[stream["input"][0]]
        for _ in range(self.rng.choice([1, 2])):
            relation = self.add_group_step(stream["steps"], relation)
        self.keep(stream)

    def add_regrouping(self):
        """An aggregate of the rows of an aggregate, and what stands around it."""
        grouped = [name for name, relation in self.model.relations.items() if relation.groups is not None]
        if not grouped or "aggregate of an aggregate" not in self.can:
            return
        stream = {"name": self.name("g"), "input": [self.rng.choice(grouped)], "steps": []}
        relation = self.model.relations[stream["input"][0]]
        for _ in range(self.rng.choice([0, 0, 1, 2])):
            relation = self.add_group_step(stream["steps"], relation)
        for _ in range(5):
            try:
                step = self.make_aggregate(relation)
                relation = self.model.apply(step, relation)
            except Invalid:
                continue
            stream["steps"].append(step)
            for _ in range(self.rng.choice([0, 0, 1, 2])):
                relation = self.add_group_step(stream["steps"], relation)
            return self.keep(stream)

    def make_aggregate(self, relation):
        by = []
        for _ in range(self.rng.choice([0, 1, 1, 2, 2])):
            by.append(self.make_key(relation))
        by = list({name: [name, key] for name, key in by}.values())
        select = [] if by else [["one", ["literal", "int", 1]]]
        for _ in range(self.rng.choice([1, 2, 3, 4])):
            select.append([self.name("m"), self.make_aggregated(relation)])
        window = self.make_window(relation) if relation.groups is None else self.make_window_of_windows(relation)
        return {"aggregate": {**({"window": window} if window else {}), "by": by, "select": select}}

    def make_window_of_windows(self, relation):
        borders = [name for name in ("window_end", "window_end", "window_start") if name in relation.scope]
        if not borders or self.rng.random() < 0.6:
            return None
        return ["tumble", ["column", self.rng.choice(borders)], self.rng.choice([60, 600, 1000, 3600])]

    def make_window(self, relation):
        kinds = [kind for kind in WINDOWS if kind in self.can]
        moments = [name for name, column in relation.scope.items() if column.type == "timestamp" and not column.error]
        if not kinds or not moments or self.rng.random() < 0.2:
            return None
        kind = self.rng.choice(kinds)
        spans = self.rng.choice(WINDOWS[kind][1])
        time = ["column", self.rng.choice(sorted(relation.times) or moments)]
        if not relation.times or self.rng.random() < 0.1:
            time = ["call", "coalesce", ["column", self.rng.choice(moments)], make_literal(self.rng, "timestamp")]
        return [kind, time] + (list(spans) if isinstance(spans, tuple) else [spans])

    def add_group_step(self, steps, relation):
        kind = self.rng.choice(["having", "over", "over", "extend"])
        try:
            step = {"having": self.make_having, "over": self.make_over, "extend": self.make_group_extend}[kind](relation)
            made = self.model.apply(step, relation)
        except Invalid:
            return relation
        steps.append(step)
        return made

    def make_having(self, relation):
        if "having" not in self.can:
            raise Invalid("not in this version")
        return {"where": make_expression(self.rng, relation.scope, "boolean", 2)}

    def make_group_extend(self, relation):
        kind = self.rng.choice(["bigint", "decimal", "double", "string", "boolean"])
        return {"extend": [[self.name("c"), make_expression(self.rng, relation.scope, kind, 2)]]}

    def make_over(self, relation):
        """By windows that close, OVER goes along them: what it needs of closed ones does not grow."""
        if "running total" not in self.can:
            raise Invalid("not in this version")
        groups = [name for name in relation.groups if name]
        partition = [name for name in groups if self.rng.random() < 0.5]
        others = [name for name, column in relation.scope.items() if name not in partition and column.type != "boolean" and not column.type.startswith("array")]
        order = [[name, self.rng.random() < 0.4] for name in self.rng.sample(others, min(len(others), self.rng.choice([0, 1, 1, 2])))]
        end = "window_start" if "window_start" in groups and "window_end" not in groups else "window_end"
        goes_on = "closing" in relation.marks and end not in partition
        if goes_on:
            order = [[end, False]] + [one for one in order if one[0] != end]
        place = {"partition": partition, "order": order}
        can_look = "lag" in self.can
        name = self.rng.choice(aggregates.CAN_BE_OVER + aggregates.RANKS + (aggregates.AROUND * 2 + aggregates.SHARES if can_look else ()))
        tells_apart = set(groups) <= set(partition) | {column for column, _ in order}
        if name in ("row_number", "ntile") + aggregates.AROUND and not tells_apart:
            name = "rank"  # rows of one place have no order
        if name in aggregates.AHEAD and goes_on:
            name = "lag"  # which looks at what is there, if it may
            if not tells_apart:
                name = "rank"
        if name in aggregates.RANKS + aggregates.SHARES + aggregates.AROUND and not order:
            name = "count"
        if can_look:
            self.add_distance(name, place, tells_apart)
        return {"extend": [[self.name("v"), ["over", name, place] + self.make_over_arguments(name, place, relation)]]}

    def add_distance(self, name, place, tells_apart):
        if name in ("lag", "lead", "nth_value", "ntile") and (name in ("nth_value", "ntile") or self.rng.random() < 0.6):
            place["number"] = self.rng.choice([1, 2, 3, 5] if name in ("nth_value", "ntile") else [0, 1, 2, 3])
        if name not in aggregates.CAN_BE_OVER + ("nth_value", "first_value", "last_value") or not place["order"] or self.rng.random() < 0.5:
            return
        if tells_apart and self.rng.random() < 0.6:
            place["frame"] = ["rows", self.rng.choice([0, 1, 2, 4])]
        elif len(place["order"]) == 1:
            place["frame"] = ["range", self.rng.choice([1, 2, 60, 900])]

    def make_over_arguments(self, name, place, relation):
        if name in aggregates.AROUND:
            kind = self.rng.choice(aggregates.ANY)
            value = make_expression(self.rng, relation.scope, kind, 0)
            if name in ("lag", "lead") and "number" in place and self.rng.random() < 0.4:
                return [value, make_expression(self.rng, relation.scope, kind, 0)]
            return [value]
        if name in aggregates.RANKS + aggregates.SHARES or (name == "count" and self.rng.random() < 0.5):
            return []
        return [make_expression(self.rng, relation.scope, self.rng.choice(aggregates.AGGREGATES[name][0]), 0)]

    def make_key(self, relation):
        """Of few values, and never NULL."""
        plain = [name for name, column in relation.scope.items()
                 if not column.nullable and name != "id" and not column.error and family(column.type) in ("int", "string", "boolean", "date", "timestamp")]
        if plain and self.rng.random() < 0.5:
            name = self.rng.choice(plain)
            return [name, ["column", name]]
        kind = self.rng.choice(["string", "int", "boolean", "date"])
        if kind == "boolean":
            return [self.name("c"), ["call", "is null", make_expression(self.rng, relation.scope, "string", 0)]]
        return [self.name("c"), ["call", "coalesce", make_expression(self.rng, relation.scope, kind, 1), make_literal(self.rng, kind)]]

    def make_aggregated(self, relation):
        risky = [name for name, column in relation.scope.items() if column.error and column.type in ("int", "bigint")]
        if risky and self.rng.random() < 0.3:
            return ["aggregate", self.rng.choice(["sum", "max", "count"]), {}, ["column", self.rng.choice(risky)]]
        for _ in range(20):
            try:
                made = aggregates.make_call(self.rng, relation.scope, relation.is_ordered)
                if self.is_large and made[1] == "approx_count_distinct":
                    continue  # exact as long as there are few
                value = typed(made, {}, aggregates.call_writer(relation.scope, relation.is_ordered))
                return self.around(made, value)
            except Invalid:
                continue
        return ["aggregate", "count", {}]

    def around(self, call, value):
        """Now and then more than the aggregate alone."""
        kind = family(value.type)
        if self.rng.random() < 0.8 or kind == "boolean":
            return call
        if kind == "bigint":
            return ["call", "+", call, ["aggregate", "count", {}]]
        literal = make_literal(self.rng, kind)
        if kind == "decimal":
            literal[1] = value.type
        return ["call", "coalesce", call, literal]

    def add_sink(self):
        sources = [stream["name"] for stream in self.case["streams"]] or [self.case["sources"][0]["name"]]
        last = self.model.relations[sources[-1]]
        name = sources[-1] if last.groups is not None and not self.case["sinks"] else self.rng.choice(sources)
        # Of the steps that are a sink's own.
        holds = any(kind in ("dedup", "aggregate") for sink in self.case["sinks"] for step in sink.get("steps", []) for kind in step)
        self.may_have_state = not holds or "steps with state of several sinks' own" in self.can
        if self.model.relations[name].groups is not None:
            self.add_groups_sink(name)
        elif self.may_have_state and self.rng.random() < 0.2:
            self.add_sink_of_own_groups(name)
        else:
            self.add_plain_sink(name)

    def add_sink_of_own_groups(self, name):
        relation, steps = self.model.relations[name], []
        try:
            if self.rng.random() < 0.5:
                relation = self.add_step(steps, relation)
            steps.append(self.make_aggregate(relation))
            relation = self.model.apply(steps[-1], relation)
        except Invalid:
            return
        if self.rng.random() < 0.4:
            relation = self.add_group_step(steps, relation)
        self.try_sink({"name": self.name("k"), "input": [name], "steps": steps, "key": list(relation.groups or ["one"]), "on_conflict": "update"})

    def add_groups_sink(self, name):
        relation = self.model.relations[name]
        key = relation.groups or ["one"]
        sink = {"name": self.name("k"), "input": [name], "key": list(key), "on_conflict": "update"}
        if self.rng.random() < 0.3:
            kept = [column for column in relation.scope if column in key or self.rng.random() < 0.6]
            renamed = {column: self.name("c") if self.rng.random() < 0.2 else column for column in kept}
            sink["steps"] = [{"select": [[renamed[column], ["column", column]] for column in kept]}]
            sink["key"] = [renamed[column] for column in key]
        elif self.rng.random() < 0.2:
            self.add_group_step(sink.setdefault("steps", []), relation)
        if "sessions" in relation.marks and "window_end" in sink["key"] and "window_start" in relation.scope and self.rng.random() < 0.5:
            sink["key"] = ["window_start" if column == "window_end" else column for column in sink["key"]]
        if "emit" in self.can and self.rng.random() < 0.4:
            sink["emit"] = self.rng.choice(["changes", "every 5 minutes", "every 1 second"] + (["final", "final"] if "closing" in relation.marks else []))
        self.try_sink(sink)

    def add_plain_sink(self, name):
        relation = self.model.relations[name]
        sink = {"name": self.name("k"), "input": [name], "key": [], "on_conflict": "ignore"}
        if self.rng.random() < 0.3:
            relation = self.add_step(sink.setdefault("steps", []), relation)
        is_twice = len(set(relation.reads)) < len(relation.reads)
        keys = [] if "pairs" in relation.marks or is_twice and "a union of one source with itself into a sink with a key" not in self.can else self.possible_keys(relation)
        if keys and self.rng.random() < 0.7:
            sink["key"] = self.rng.choice(keys)
            newer = [column for column, one in relation.scope.items()
                     if not one.nullable and not one.error and column not in sink["key"] and one.type in ("int", "timestamp")]
            rules = ["ignore", "ignore", "update", "error"] + [f"update newer by {column}" for column in newer[:1]]
            sink["on_conflict"] = self.rng.choice(rules)
        self.try_sink(sink)

    def possible_keys(self, relation):
        """What decides among rows of one key must be of one split: an id and the positions of explodes, or anything where there is one split."""
        keys = []
        if "id" in relation.scope and relation.scope["id"].type == "int":
            positions = [name for name in relation.scope if name.startswith("i") and name[1:].isdigit()]
            keys += [["id"], ["id"] + positions]
        if sum(len(source["splits"]) for source in self.case["sources"] if source["name"] in relation.reads) == 1:
            keys += [[name] for name, column in relation.scope.items() if family(column.type) in ("int", "string", "timestamp") and not column.error]
        return keys

    def try_sink(self, sink):
        try:
            self.model.sink(sink)
        except Invalid:
            return
        self.case["sinks"].append(sink)


def leave_out_unread(case):
    """Streams and sources that no sink reads."""
    read, streams = set(), []
    for sink in case["sinks"]:
        read.update(names_read(sink))
    for stream in reversed(case["streams"]):
        if stream["name"] in read:
            streams.insert(0, stream)
            read.update(names_read(stream))
    case["streams"] = streams
    case["sources"] = [source for source in case["sources"] if source["name"] in read]


def names_read(stream):
    return (stream["input"] + [name for step in stream.get("steps", []) for name in step.get("union", [])]
            + [step["pair"]["stream"] for step in stream.get("steps", []) if "pair" in step])


def make_ways(rng, is_large, waits):
    """The whole at once by one worker; and in small chunks by several, stopped, killed and begun again, in some with much of the state on disk. `waits`: there are rows that are written at the end of
    all runs, or when nothing can come for them any more."""
    ways = [{"name": "whole"}]
    way = {"name": "pieces", "seed": rng.randrange(1, 10**6), "chunk_rows": rng.choice([1, 1, 2, 3, 7]), "workers": [rng.choice([1, 2, 4]) for _ in range(3)],
           "writers": rng.choice([1, 2]), "epoch_rows": rng.choice([1, 3, 10, 50000])}
    if is_large:
        way.update(chunk_rows=rng.choice([30, 100]), epoch_rows=rng.choice([50, 50000]))
    if rng.random() < 0.4:
        way["state_memory"] = rng.choice([1, 2000, 20000])
    way["stops"] = sorted(rng.randrange(0, 1001) for _ in range(rng.choice([0, 0, 1, 1, 2])))
    way["deaths"] = [{"commit": rng.choice([1, 2, 3, 5]), "after": rng.random() < 0.5} for _ in range(rng.choice([0, 0, 1, 1, 2]))]
    if way["deaths"] and not waits and rng.random() < 0.5:
        way["looks_after_death"] = True
    if waits or rng.random() < 0.3:
        way["more_to_come"] = True
    if rng.random() < 0.15:
        way["failpoints"] = f"{rng.choice(['before_commit', 'commit_sent_no_reply', 'copy_mid', 'offset_cas'])}:{rng.choice([1, 2, 4])}:error"
    return ways + [way]


def make_case(seed, number, capabilities):
    """The case of this number, whatever the others are."""
    case = Maker(random.Random(f"{seed}/{number}"), capabilities).make()
    case["name"] = f"{seed}/{number}"
    return case
