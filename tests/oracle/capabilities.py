"""capabilities.py - what this version of Weir can do, found by compiling a small pipeline for each thing, so that cases use what there is."""
import compare

SOURCE = """
  a:
    type: s0
    format: json
    watermark: ts - INTERVAL 1 MINUTE
    columns: {{ id: int not null, k: string not null, n: int, ts: timestamp not null }}
"""
PIPELINE = """name: probe
connections:
  store: {{ dsn: "${{DB}}" }}
sources:{source}
transforms:
  t:
    input: {input}
    steps: {steps}
sinks:
  out: {{ input: t, connection: store, table: t, key: [{key}], on_conflict: update }}
"""
WINDOWED = '[{{ aggregate: {{ window: "{window}", by: [k], select: {{ c: count(*) }} }} }}{more}]'


def windowed(window, more=""):
    return WINDOWED.format(window=window, more=more), "k, window_start, window_end"


def over(expression):
    return windowed("tumble(ts, INTERVAL 1 MINUTE)", f', {{ extend: {{ o: "{expression}" }} }}')


PROBES = {
    "tumble": windowed("tumble(ts, INTERVAL 1 MINUTE)"),
    "hop": windowed("hop(ts, INTERVAL 1 MINUTE, INTERVAL 5 MINUTES)"),
    "cumulate": windowed("cumulate(ts, INTERVAL 1 MINUTE, INTERVAL 5 MINUTES)"),
    "session": windowed("session(ts, INTERVAL 1 MINUTE)"),
    "dedup": ("[{ dedup: { key: [k], within: 2 minutes } }]", "id"),
    "having": windowed("tumble(ts, INTERVAL 1 MINUTE)", ", { where: c > 1 }"),
    "having without a window": ("[{ aggregate: { by: [k], select: { c: count(*) } } }, { where: c > 1 }]", "k"),
    "check": ("[]", "id"),
    "computed columns": ("[]", "id"),
    "lookup join": ("[{ join: { table: l, keys: { id: n }, type: left, select: { found: l.name } } }]", "id"),
    "stream join": ("[{ join: { stream: a, as: o, keys: { k: k }, within: 1 minute, type: left, select: { other: o.id } } }]", "id, other"),
    "aggregate of an aggregate": ("[{ aggregate: { by: [k], select: { c: count(*) } } }, { aggregate: { by: [c], select: { d: count(*) } } }]", "c"),
    "emit": windowed("tumble(ts, INTERVAL 1 MINUTE)"),
    "running total": over("sum(c) OVER (PARTITION BY k ORDER BY window_end)"),
    "row_number": over("row_number() OVER (PARTITION BY k ORDER BY window_end)"),
    "rank": over("rank() OVER (PARTITION BY window_end ORDER BY c)"),
    "lag": over("lag(c) OVER (PARTITION BY k ORDER BY window_end)"),
}


# Whole cases whose result shows what this version holds to: (the request, table, its rows).
TWICE = """name: probe
connections: { store: { dsn: "${DB}" } }
sources:
  a: { type: s0, format: json, columns: { id: int not null, f: boolean } }
transforms:
  first: { input: a, steps: [{ where: f }, { select: { id: id, v: "1" } }] }
  second: { input: a, steps: [{ select: { id: id, v: "2" } }] }
  both: { input: [first, second] }
sinks:
  out: { input: both, connection: store, table: out, key: [id] }
"""
TWO_CONDITIONS = """name: probe
connections: { store: { dsn: "${DB}" } }
sources:
  a: { type: s0, format: json, columns: { id: int not null } }
transforms:
  rejected: { input: a, steps: [{ where: 1 DIV (id - 1) > 0 }, { where: id > 1 }] }
  filtered: { input: a, steps: [{ where: "nullif(id, 1) > 1" }, { where: 1 DIV (id - 1) > 0 }] }
sinks:
  first: { input: rejected, connection: store, table: first }
  second: { input: filtered, connection: store, table: second }
"""
FOR_EVER = """name: probe
connections: { store: { dsn: "${DB}" } }
sources:
  a: { type: s0, format: json, watermark: ts - INTERVAL 1 MINUTE, late: correct, columns: { id: int not null, ts: timestamp not null } }
transforms:
  t: { input: a, steps: [{ aggregate: { window: "tumble(ts, INTERVAL 1 MINUTE)", select: { c: count(*) } } }] }
sinks:
  out: { input: t, connection: store, table: out, key: [window_end], on_conflict: update }
"""
OWN_STATES = """name: probe
connections: { store: { dsn: "${DB}" } }
sources:
  a: { type: s0, format: json, columns: { id: int not null } }
sinks:
  one: { input: a, connection: store, table: one, key: [k], on_conflict: update, steps: [{ where: id < 2 }, { aggregate: { by: { k: "1" }, select: { c: count(*) } } }] }
  two: { input: a, connection: store, table: two, key: [k], on_conflict: update, steps: [{ where: id > 1 }, { aggregate: { by: { k: "1" }, select: { c: count(*) } } }] }
"""
BEHAVIOURS = {
    "steps with state of several sinks' own": (
        {"pipeline": OWN_STATES, "records": {"s0": {"0": ['{"id":1}', '{"id":2}', '{"id":3}', '{"id":4}']}},
         "queries": {"out": "SELECT one.c, two.c FROM one, two"}, "ways": [{"name": "stopped", "stops": [500]}]},
        [["c", "c"], ["1", "3"]]),
    "late: correct, however late": (
        {"pipeline": FOR_EVER, "records": {"s0": {"0": ['{"id":1,"ts":"2024-05-01 10:00:00"}', '{"id":2,"ts":"2024-05-01 09:00:00"}']}},
         "queries": {"out": "SELECT c FROM out"}, "ways": [{"name": "whole"}]},
        [["c"], ["1"], ["1"]]),
    "one where after another, each seeing only what the first lets through": (
        {"pipeline": TWO_CONDITIONS, "records": {"s0": {"0": ['{"id":1}']}},
         "queries": {"out": "SELECT sink, filtered, rejected FROM weir_ledger"}, "ways": [{"name": "whole"}]},
        [["sink", "filtered", "rejected"], ["first", "0", "1"], ["second", "1", "0"]]),
    "a union of one source with itself into a sink with a key": (
        {"pipeline": TWICE, "records": {"s0": {"0": ['{"id":1,"f":null}', '{"id":1,"f":true}']}}, "queries": {"out": "SELECT v FROM out"}, "ways": [{"name": "whole"}]},
        [["v"], ["2"]]),
}


def found(program):
    """(what there is, what there is not)"""
    requests = []
    for name, (steps, key) in PROBES.items():
        pipeline = PIPELINE.format(source=SOURCE.format(), input="a", steps=steps, key=key)
        if name == "emit":
            pipeline = pipeline.replace("on_conflict: update", "on_conflict: update, emit: final")
        if name == "computed columns":
            pipeline = pipeline.replace("format: json", 'format: json\n    computed: { later: "n + 1" }').replace("    watermark: ts - INTERVAL 1 MINUTE\n", "")
        if name == "check":
            pipeline = pipeline.replace("n: int", 'n: "int check (n > 0)"').replace("    watermark: ts - INTERVAL 1 MINUTE\n", "")
        files = {}
        if name == "lookup join":
            pipeline = pipeline.replace("transforms:", 'tables:\n  l: { type: csv, file: "${FILES}/l.csv", columns: { id: int not null, name: string }, key: [id] }\ntransforms:')
            files = {"l.csv": "id,name\n1,tea\n"}
        requests.append({"name": name, "pipeline": pipeline, "records": {"s0": {"0": []}}, "files": files, "queries": {}, "ways": []})
    requests += [{"name": name, **request} for name, (request, _) in BEHAVIOURS.items()]
    answers = compare.run_weir(program, requests)
    can = {name for name in PROBES if "refused" not in answers[name]}
    for name, (_, rows) in BEHAVIOURS.items():
        if name == "late: correct, however late" and "tumble" not in can:
            continue
        if "outcomes" not in answers[name]:
            raise RuntimeError(f"the probe is wrong: {name}: {answers[name]}")
        if [one.get("tables", {}).get("out") for one in answers[name]["outcomes"]] == [rows]:
            can.add(name)
    return can, [name for name in list(PROBES) + list(BEHAVIOURS) if name not in can]
