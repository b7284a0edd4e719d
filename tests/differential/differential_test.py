"""differential_test.py - compares what Weir and PySpark 3.5 give for every function, operator and cast, on edges and on random values.

Fails on each difference that differences.yaml does not name, and on each entry of it that no longer differs. WEIR_SEED=N draws other values.
Exit code 77: skipped, with the reason. --show TEXT prints the differences of the expressions that contain TEXT, listed ones too.
"""
import argparse
import os
import random
import struct
import sys
import time

import spark
import weir

ROWS = 120
WIDENED = {"tinyint": "int", "smallint": "int", "float": "double", "binary": "bytes", "timestamp_ntz": "timestamp", "boolean": "bool"}
LEAST_CASES = 20000
AGGREGATE_GROUPS = 60


class Comparison:
    """Counts cases, and keeps the differences: (expression, row's values by column, Weir's value, Spark's)."""

    def __init__(self):
        self.cases, self.differences = 0, []

    def add(self, expression, names, rows, ours, theirs):
        if ours[0] == "refused" or theirs[0] == "refused":
            self.differences.append((expression, {}, ours if ours[0] == "refused" else ours[0], theirs if theirs[0] == "refused" else theirs[0]))
            return
        if ours[0] != WIDENED.get(theirs[0], theirs[0]):
            self.differences.append((expression, {}, "type " + ours[0], "type " + theirs[0]))
        for row, mine, other in zip(rows, ours[1], theirs[1]):
            self.cases += 1
            if mine != other:
                self.differences.append((expression, dict(zip(names, row)), readable(ours[0], mine), readable(theirs[0], other)))


def readable(type_name, value):
    """Doubles as numbers, the rest as it is; errors and NULL stay."""
    if type_name == "double" and isinstance(value, str) and len(value) == 16:
        return struct.unpack(">d", bytes.fromhex(value))[0]
    return value


def compare_scalars(program, session, comparison, seed):
    from cases import TABLES
    from inputs import make_rows
    from nested_cases import nested_tables
    requests, tables, named = [], [], TABLES + nested_tables(seed)
    for number, (_, columns, cases) in enumerate(named):
        rows = make_rows(columns, ROWS, seed * 1000 + number)
        tables.append((columns, rows, cases))
        requests += weir.request(columns, rows, [ours for ours, _ in cases])
    lines = iter(weir.evaluate(program, requests))
    for (columns, rows, cases), (name, _, _) in zip(tables, named):
        started = time.monotonic()
        ours = weir.answers(lines, len(cases), len(rows))
        theirs = spark.evaluate(spark.make_frame(session, columns, rows), [text for _, text in cases], len(rows))
        for (expression, _), mine, other in zip(cases, ours, theirs):
            comparison.add(expression, [column[0] for column in columns], rows, mine, other)
        print(f"{name}: {len(cases)} expressions, {time.monotonic() - started:.1f} s")


def aggregate_rows(seed):
    """60 groups of about 20 rows, group 0 of one row, group 1 of NULLs only; `k` numbers the rows, so that max_by and min_by have no ties."""
    from cases import AGGREGATE_TABLE
    from inputs import make_rows
    rng = random.Random(seed)
    rows = make_rows(AGGREGATE_TABLE, 1200, seed)
    numbers = list(range(len(rows)))
    rng.shuffle(numbers)
    for number, row in enumerate(rows):
        row[0] = min(number, 2) if number < 6 else rng.randrange(2, AGGREGATE_GROUPS)
        row[1] = numbers[number]
        if row[0] == 1:
            row[2:] = [None] * (len(row) - 2)
    return [row for number, row in enumerate(rows) if row[0] > 0 or number == 0]


def compare_aggregates(program, session, comparison, seed):
    from cases import AGGREGATE_CASES, AGGREGATE_TABLE, split
    cases = [case for case, _ in split(AGGREGATE_CASES)]
    rows = aggregate_rows(seed)
    lines = iter(weir.evaluate(program, weir.request(AGGREGATE_TABLE, rows, cases, "aggregate")))
    ours = weir.answers(lines, len(cases), AGGREGATE_GROUPS)
    theirs = spark.aggregate(spark.make_frame(session, AGGREGATE_TABLE, rows), cases, AGGREGATE_GROUPS)
    for expression, mine, other in zip(cases, ours, theirs):
        comparison.add(expression, ["group"], [[group] for group in range(AGGREGATE_GROUPS)], mine, other)
    print(f"aggregates: {len(cases)} calls over {AGGREGATE_GROUPS} groups")


def load_entries(path):
    import yaml
    with open(path, encoding="utf-8") as file:
        entries = yaml.safe_load(file)
    for entry in entries:
        entry["compiled"] = compile(entry.get("where", "True"), f"{path}: {entry['functions'][0]}", "eval")
        entry["met"] = set()
    return entries


def entry_of(entries, difference):
    """The first entry that names the expression and whose condition holds."""
    expression, row, ours, theirs = difference
    for entry in entries:
        if expression not in entry["functions"]:
            continue
        if eval(entry["compiled"], {"weir": ours, "spark": theirs, "number": as_number, "ulps": ulps, "near": near, **row}):
            return entry
    return None


def as_number(value):
    return float(value) if value is not None and not str(value).startswith("error") else None


def ulps(left, right):
    """How many doubles lie between two of the same sign."""
    if not isinstance(left, float) or not isinstance(right, float):
        return 1 << 64
    first, second = (struct.unpack("<q", struct.pack("<d", value))[0] for value in (left, right))
    return abs(first - second)


def near(left, right):
    """Whether two doubles agree to nine digits."""
    return isinstance(left, float) and isinstance(right, float) and abs(left - right) <= 1e-9 * max(abs(left), abs(right))


def check_entries(entries, page):
    """Entries that no longer differ, or whose reason is not on the page that explains them."""
    complaints = []
    with open(page, encoding="utf-8") as file:
        explained = file.read()
    for entry in entries:
        for function in entry["functions"]:
            if function not in entry["met"] and not (entry.get("sometimes") and entry["met"]):
                complaints.append(f"no longer differs: {function} ({entry['reason']})")
        if entry["reason"] not in explained:
            complaints.append(f"docs/spark_differences.md does not say: {entry['reason']}")
    for line in explained.splitlines():
        if line.startswith("- ") and line[2:] not in {entry["reason"] for entry in entries}:
            complaints.append(f"docs/spark_differences.md explains what differences.yaml does not list: {line[2:]}")
    return complaints


def report(differences, entries, show):
    unexpected = {}
    for difference in differences:
        entry = entry_of(entries, difference)
        if entry is not None:
            entry["met"].add(difference[0])
        if entry is None or (show and show in difference[0]):
            unexpected.setdefault(difference[0], []).append(difference)
    for expression, found in unexpected.items():
        print(f"\n{expression}: {len(found)} differences")
        for _, row, ours, theirs in found[:int(os.environ.get("WEIR_SHOWN", "6"))]:
            used = {name: value for name, value in row.items() if name in expression}
            print(f"    {used}  weir {ours!r}  spark {theirs!r}")
    return len(unexpected)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--evaluate", required=True)
    arguments.add_argument("--venv", required=True)
    arguments.add_argument("--show", default="")
    options = arguments.parse_args()
    spark.enter_environment(options.venv)
    started = time.monotonic()
    seed = int(os.environ.get("WEIR_SEED") or 1)
    here = os.path.dirname(os.path.abspath(__file__))
    session = spark.start_session()
    comparison = Comparison()
    compare_scalars(options.evaluate, session, comparison, seed)
    compare_aggregates(options.evaluate, session, comparison, seed)
    entries = load_entries(os.path.join(here, "differences.yaml"))
    unexpected = report(comparison.differences, entries, options.show)
    complaints = check_entries(entries, os.path.join(here, "..", "..", "docs", "spark_differences.md")) if seed == 1 else []
    print("\n".join(complaints))
    print(f"{comparison.cases} cases, seed {seed}, {unexpected} expressions with differences that are not listed, {time.monotonic() - started:.0f} s")
    if comparison.cases < LEAST_CASES:
        print(f"too few cases: {LEAST_CASES} are wanted")
    return 1 if unexpected or complaints or comparison.cases < LEAST_CASES else 0


if __name__ == "__main__":
    sys.exit(main())
