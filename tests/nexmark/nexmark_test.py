#!/usr/bin/env python3
"""nexmark_test.py - the Nexmark pipelines give what queries.py computes from the same events. Usage: nexmark_test.py WEIR [unittest's arguments]"""
import collections
import datetime
import inspect
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import queries

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIPELINES = ROOT / "pipelines/nexmark"
EVENTS, RATE, SEED = 2000, 20, 3  # 100 seconds of event time
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("NEXMARK_", "STORE", "WEIR_"))}
weir_program = None


def weir(*arguments, **environment):
    done = subprocess.run([weir_program, *map(str, arguments)], env={**CLEAN, **environment}, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"weir {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def generated(table):
    printed = weir("generate", "nexmark", "--table", table, "--count", EVENTS, "--seed", SEED, "--span", f"{EVENTS // RATE} s")
    return [{"number": number} | json.loads(line) for number, line in enumerate(printed.splitlines())]


def table_of(database, query):
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        rows = [dict(row) for row in connection.execute(f'SELECT * FROM "{query}"')]
        books = connection.execute("SELECT sum(read), sum(written), sum(filtered), sum(absorbed), sum(late), sum(rejected) FROM weir_ledger").fetchone()
        return rows, dict(zip(("read", "written", "filtered", "absorbed", "late", "rejected"), books))
    finally:
        connection.close()


def late_numbers(rows, delay):
    """The numbers of the rows behind the watermark of their split: more than `delay` before the latest of those that came before them in it."""
    latest, late = {}, set()
    for row in sorted(rows, key=lambda row: row["number"]):
        time = datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00"))
        before = latest.setdefault(row["number"] % 2, time)
        if time < before - delay:
            late.add(row["number"])
        latest[row["number"] % 2] = max(before, time)
    return late


def in_order(rows):
    return sorted(rows, key=lambda row: sorted((name, str(value)) for name, value in row.items()))


class Nexmark(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.events = {"bids": generated("bid"), "auctions": generated("auction"), "people": generated("person")}
        cls.bids = cls.events["bids"]

    def check(self, query, splits, *steps_of_events):
        with tempfile.TemporaryDirectory() as folder:
            database = pathlib.Path(folder) / "nexmark.db"
            # Both spellings are one pipeline: what one began, the other goes on with.
            for number, events in enumerate(steps_of_events):
                weir("run", "--until-end", PIPELINES / f"{query}.{('yaml', 'weir')[(number + splits) % 2]}", STORE=f"sqlite:{database}", NEXMARK_EVENTS=str(events), NEXMARK_RATE=str(RATE),
                     NEXMARK_SEED=str(SEED), NEXMARK_SPLITS=str(splits))
            rows, books = table_of(database, query)
        given = {kind: self.events[kind] for kind in inspect.signature(queries.QUERIES[query]).parameters}
        expected = queries.QUERIES[query](**given)
        self.assertGreater(len(expected), 0)
        self.assertEqual(in_order(rows), in_order(expected))
        self.assertEqual((books["read"], books["late"], books["rejected"]), (sum(map(len, given.values())), 0, 0))

    def test_every_pipeline_has_its_query(self):
        self.assertEqual(sorted(path.stem for path in PIPELINES.glob("*.yaml")), sorted(queries.QUERIES))

    def test_the_input_is_what_the_queries_want(self):
        self.assertEqual(len(self.bids), EVENTS * 46 // 50)
        self.assertEqual(self.bids[-1]["dateTime"][:17], "2024-11-01T00:01:")


    def test_all_tables_come_in_one_stream_out_of_order(self):
        with tempfile.TemporaryDirectory() as folder:
            database = pathlib.Path(folder) / "nexmark.db"
            weir("run", "--until-end", pathlib.Path(__file__).with_name("all_tables.yaml"), STORE=f"sqlite:{database}", NEXMARK_EVENTS=str(EVENTS),
                 NEXMARK_RATE=str(RATE), NEXMARK_SEED=str(SEED))
            tables = {name: table_of(database, name)[0] for name in ("event", "person", "auction", "kinds")}
        for name, kind in (("person", 0), ("auction", 1)):
            wanted = [{column: record[column] for column in tables[name][0]} for record in generated(name)]
            self.assertEqual(in_order(tables[name]), in_order(wanted))
            self.assertEqual(len(wanted), sum(row["event_type"] == kind for row in tables["event"]))
        events = generated("all")
        self.assertEqual([(row["event_type"], row["came"]) for row in sorted(tables["event"], key=lambda row: row["number"])],
                         [(event["event_type"], queries.stamp(queries.time_of(event[("person", "auction", "bid")[event["event_type"]]]))) for event in events])
        late = late_numbers(tables["event"], datetime.timedelta(seconds=1))
        self.assertGreater(len(late), EVENTS * 0.05)
        counts = collections.Counter()
        for row in tables["event"]:
            if row["number"] not in late:
                end = queries.windows_of(datetime.datetime.fromisoformat(row["time"].replace("Z", "+00:00")), 10, 10)[0]
                counts[row["event_type"], queries.second(end)] += 1
        self.assertEqual({(row["event_type"], row["window_end"]): row["n"] for row in tables["kinds"]}, counts)


def add_tests():
    for query in queries.QUERIES:
        for name, splits, steps in (("in_one_split", 1, (EVENTS,)), ("in_three_splits", 3, (EVENTS,)), ("going_on_where_it_ended", 2, (700, 701, EVENTS))):
            def test(self, query=query, splits=splits, steps=steps):
                self.check(query, splits, *steps)
            setattr(Nexmark, f"test_{query}_{name}", test)


if __name__ == "__main__":
    weir_program = sys.argv.pop(1)
    add_tests()
    unittest.main()
