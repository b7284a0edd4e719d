"""pipeline_text.py - the pipeline file of a case, and its records."""
import json

import lookups
import pairs
from aggregates import call_writer, over_writer
from expressions import Column, typed
from model import Model
from records import record_text


def flow(value):
    """YAML in one line; every text is quoted, so that nothing in it means anything to YAML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name}: {flow(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def window_text(window, relation):
    spans = "".join(f", INTERVAL {seconds} SECONDS" for seconds in window[2:])
    return f"{window[0]}({typed(window[1], relation.scope).weir}{spans})"


def moved(time, seconds):
    return f"{time} {'-' if seconds < 0 else '+'} INTERVAL {abs(seconds)} SECONDS"


def spoken_bounds(form, time, joined, lower, upper):
    """A condition that a join within these bounds has instead of an option."""
    if form == 0:
        return f"{joined} BETWEEN {moved(time, lower)} AND {moved(time, upper)}"
    if form == 1:
        return f"{time} BETWEEN {moved(joined, -upper)} AND {moved(joined, -lower)}"
    return f"{joined} >= {moved(time, lower)} AND {moved(joined, -upper)} <= {time}"


class YamlWriter(Model):
    """Writes steps as it follows them: the types of columns decide how some are spelt."""

    def written(self, step, relation):
        (kind, given), = step.items()
        if kind == "where":
            return {kind: typed(given, relation.scope).weir}
        if kind == "extend":
            columns = {}
            for name, expression in given:
                columns[name] = typed(expression, relation.scope, over_writer(relation.scope)).weir
                relation = self.project(relation, {old: old for old in relation.scope}, [[name, expression]])
            return {kind: columns}
        if kind == "select":
            return {kind: {name: typed(expression, relation.scope, over_writer(relation.scope)).weir for name, expression in given}}
        if kind == "rename":
            return {kind: dict(given)}
        if kind == "aggregate":
            return {kind: self.written_aggregate(given, relation)}
        if kind == "join":
            return {kind: self.written_join(given, relation)}
        if kind == "pair":
            return {"join": self.written_pair(given, relation)}
        if kind == "dedup":
            return {kind: {"key": given["key"], **({"within": f"{given['within']} seconds"} if given.get("within") else {})}}
        return {kind: given}

    def written_join(self, given, relation):
        scope = lookups.scope_with(self.lookups[given["table"]][0], given, relation)
        keys = {column: typed(expression, relation.scope).weir for column, expression in given["keys"]}
        select = {name: typed(expression, scope).weir for name, expression in given["select"]}
        return {"table": given["table"], "keys": keys, "type": given["type"], "select": select}

    def written_pair(self, given, relation):
        other = self.named(given["stream"])
        scope = pairs.scope_with(given, relation, other)
        written = {"stream": given["stream"], "as": given["as"], "keys": {column: typed(expression, relation.scope).weir for column, expression in given["keys"]}}
        conditions = [typed(given["where"], scope).weir] if given["where"] else []
        times = [typed(["column", sorted(one.times)[0]], one.scope).weir for one in (relation, other) if one.times and "pairs" not in one.marks]
        if given["bounds"] and given.get("spoken") is not None and len(times) == 2:
            conditions.insert(0, spoken_bounds(given["spoken"], times[0], f"{given['as']}.{times[1]}", *given["bounds"]))
        elif given["bounds"]:
            lower, upper = given["bounds"]
            written.update({"within": f"{upper} seconds"} if -lower == upper else {"between": [f"{lower} seconds", f"{upper} seconds"]})
        if conditions:
            written["where"] = " AND ".join(f"({one})" for one in conditions) if len(conditions) > 1 else conditions[0]
        return {**written, "type": given["type"], "select": {name: typed(expression, scope).weir for name, expression in given["select"]}}

    def written_aggregate(self, given, relation):
        keys = {name: Column(typed(expression, relation.scope).type, False) for name, expression in given["by"]}
        if given.get("window"):
            keys.update(window_start=Column("timestamp", False), window_end=Column("timestamp", False))
        write = call_writer(relation.scope, relation.is_ordered)
        plain = all(expression == ["column", name] for name, expression in given["by"])
        by = [name for name, _ in given["by"]] if plain else {name: typed(expression, relation.scope).weir for name, expression in given["by"]}
        select = {name: typed(expression, keys, lambda call: write(call)._replace(error=None)).weir for name, expression in given["select"]}
        window = {"window": window_text(given["window"], relation)} if given.get("window") else {}
        return {**window, **({"by": by} if given["by"] else {}), "select": select}

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
        if self.case.get("tables"):
            lines.append("tables:")
        for table in self.case.get("tables", []):
            columns = {name: kind + ("" if nullable else " not null") for name, kind, nullable in table["columns"]}
            lines.append(f"  {table['name']}: {{ type: csv, file: \"${{FILES}}/{table['name']}.csv\", columns: {flow(columns)}, key: [{', '.join(table['key'])}] }}")
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

    def source_lines(self, source):
        lines = [f"  {source['name']}:", f"    type: {source['name']}", "    format: json", "    columns:"]
        check = source.get("check")
        for name, kind, nullable in source["columns"]:
            rule = f" check ({name} > {check[1]})" if check and check[0] == name else ""
            lines.append(f"      {name}: {json.dumps(kind + ('' if nullable else ' not null') + rule)}")
        if source["event_time"]:
            lines.append(f"    watermark: {source.get('watermark') or 'ts'} - INTERVAL {source['event_time']} SECONDS")
            lines += [f"    late: {flow(source['late'])}"] if source.get("late") else []
        if source.get("on_error"):
            lines.append(f"    on_error: {flow(source['on_error'])}")
        if source.get("computed"):
            plain = Model({"sources": [{**source, "computed": None, "watermark": None}]}).relations[source["name"]]
            lines.append(f"    computed: {flow(self.written({'extend': source['computed']}, plain)['extend'])}")
        return lines

    def sink_lines(self, sink):
        lines = [f"  {sink['name']}:", f"    input: {self.input_text(sink['input'])}", "    connection: store", f"    table: {sink['name']}"]
        if sink["key"]:
            lines += [f"    key: [{', '.join(sink['key'])}]", f"    on_conflict: {sink['on_conflict']}"]
        if sink.get("emit"):
            lines.append(f"    emit: {sink['emit']}")
        if sink.get("steps"):
            lines += ["    steps:"] + self.steps(sink["steps"], self.input(sink["input"]), "      ")[0]
        return lines


def pipeline_text(case):
    return YamlWriter(case).text()


def files_of(case):
    return {table["name"] + ".csv": lookups.csv_text(table) for table in case.get("tables", [])}


def records_of(case):
    """{source: {split: [text, ...]}}"""
    return {source["name"]: {split: [record_text(source["columns"], record) for record in records] for split, records in source["splits"].items()}
            for source in case["sources"]}
