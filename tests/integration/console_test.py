#!/usr/bin/env python3
"""Rows on stdout through kill -9, restarts and a reader that goes away: every one of them at least once, and nothing but rows."""
import collections
import json
import os
import random
import sqlite3
import time
import unittest

from scene import Scene, SteadyProducer, seed_of_run, tail

SOURCE_TEXT = """
sources:
  orders:
    type: kafka
    brokers: ${KAFKA_BROKERS}
    topic: ${KAFKA_TOPIC}
    start: earliest
    format: json
    columns: { id: bigint not null, shop: string not null }
"""
LINES_TEXT = "  lines: { input: orders, type: console, format: json }\n"
TABLE_TEXT = "  stored: { input: orders, dsn: \"${POSTGRES_URL}\", table: stored, key: [id] }\n"
TOTALS_TEXT = """
transforms:
  totals: { input: orders, steps: [{ aggregate: { by: [shop], select: { orders: count(*) } } }] }
sinks:
  screen: { input: totals, type: console, format: json, key: [shop] }
"""
LEASE = "2s"


def make_orders(count):
    """Every hundredth is no order."""
    return [b"no order" if number % 100 == 99 else json.dumps({"id": number, "shop": f"shop {number % 7}"}).encode() for number in range(count)]


def shown_rows(path, deaths):
    """The rows of a file that several processes added to; one that was killed may have left half a line, to which the next one added its first."""
    rows, broken = [], 0
    for line in path.read_text().splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            broken += 1
    if broken > deaths:
        raise AssertionError(f"{broken} lines of {path} are no rows")
    return rows


class Console(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(seed_of_run())
        self.scene = self.enterContext(Scene())
        self.scene.create_topic()
        self.rows = self.scene.folder / "rows.jsonl"
        self.books = self.scene.folder / "books.db"

    def pipeline(self, text):
        path = self.scene.folder / "shown.yaml"
        path.write_text(text)
        return path

    def kill_again_and_again(self, pipeline, orders, times):
        self.scene.produce(orders[:10_000])
        producer = SteadyProducer(self.scene, orders[10_000:], 1.2 * times)
        producer.start()
        with open(self.rows, "ab") as rows:
            for _ in range(times):
                child = self.scene.start_weir("--lease", LEASE, pipeline=pipeline, rows=rows)
                time.sleep(self.random.uniform(0.2, 1.5))
                child.kill()
                child.wait()
            producer.finish()
            self.scene.run_to_end("--lease", LEASE, pipeline=pipeline, rows=rows)

    def test_beside_a_table_through_kills(self):
        orders = make_orders(40_000)
        pipeline = self.pipeline("name: shown\n" + SOURCE_TEXT + "sinks:\n" + LINES_TEXT + TABLE_TEXT)
        self.kill_again_and_again(pipeline, orders, 10)
        good = {number for number in range(40_000) if number % 100 != 99}
        seen = collections.Counter(row["id"] for row in shown_rows(self.rows, 10))
        self.assertEqual(set(seen), good)
        again = sum(seen.values()) - len(good)
        print(f"{again} rows came again after 10 kills", flush=True)
        self.assertLess(again, len(good))
        self.assertEqual(self.scene.sql("SELECT count(*), count(DISTINCT id) FROM stored"), [(str(len(good)),) * 2])
        self.assertEqual(self.scene.sql("SELECT sink, sum(read), sum(written), sum(rejected) FROM weir_ledger GROUP BY sink ORDER BY sink"),
                         [("lines", "40000", "39600", "400"), ("stored", "40000", "39600", "400")])
        self.assertEqual(self.scene.sql("SELECT count(*) FROM weir_state"), [("0",)], "all has been given away")
        size = self.rows.stat().st_size
        with open(self.rows, "ab") as rows:
            self.scene.run_to_end("--lease", LEASE, pipeline=pipeline, rows=rows)
        self.assertEqual(self.rows.stat().st_size, size, "after a good end nothing comes again")

    def test_alone_and_of_groups_through_kills(self):
        orders = make_orders(40_000)
        pipeline = self.pipeline(f"name: shown\nstate: {self.books}\n" + SOURCE_TEXT + TOTALS_TEXT)
        self.kill_again_and_again(pipeline, orders, 8)
        newest = {row["shop"]: row["orders"] for row in shown_rows(self.rows, 8)}
        self.assertEqual(newest, dict(collections.Counter(json.loads(order)["shop"] for order in orders if order != b"no order")))
        books = sqlite3.connect(self.books)
        self.assertEqual(books.execute("SELECT sum(read), sum(absorbed), sum(rejected) FROM weir_ledger").fetchall(), [(40_000, 39_600, 400)])
        self.assertEqual(books.execute("SELECT count(*) FROM weir_state WHERE name LIKE '(outlet)%'").fetchall(), [(0,)])
        books.close()

    def test_killed_just_before_and_just_after_rows_are_shown(self):
        self.scene.produce(make_orders(4_000))
        good = collections.Counter(number for number in range(4_000) if number % 100 != 99)
        for place, least in (("before_outlets", 1), ("after_outlets", 2)):
            pipeline = self.pipeline(f"name: {place}\nstate: {self.books}\n" + SOURCE_TEXT + "sinks:\n" + LINES_TEXT)
            shown = self.scene.folder / f"{place}.jsonl"
            with open(shown, "ab") as rows:
                child = self.scene.start_weir("--lease", LEASE, pipeline=pipeline, rows=rows, WEIR_FP=f"{place}:1:kill")
                self.assertEqual(child.wait(60), -9, tail(child))
                books = sqlite3.connect(self.books)
                ((committed,),) = books.execute("SELECT sum(written) FROM weir_ledger WHERE pipeline = ?", (place,)).fetchall()
                books.close()
                self.assertGreater(committed, 0)
                self.assertEqual(len(shown_rows(shown, 0)), committed * (least - 1))
                self.scene.run_to_end("--lease", LEASE, pipeline=pipeline, rows=rows)
            seen = collections.Counter(row["id"] for row in shown_rows(shown, 0))
            self.assertEqual(set(seen), set(good))
            self.assertEqual(sum(seen.values()), sum(good.values()) + committed * (least - 1))

    def test_a_reader_that_goes_away_ends_the_run(self):
        self.scene.produce(make_orders(4_000))
        pipeline = self.pipeline(f"name: shown\nstate: {self.books}\n" + SOURCE_TEXT + "sinks:\n" + LINES_TEXT)
        reader, writer = os.pipe()
        os.close(reader)
        child = self.scene.start_weir("--lease", LEASE, pipeline=pipeline, rows=writer)
        os.close(writer)
        self.assertEqual(child.wait(60), 1, tail(child))
        self.assertIn("error: sink lines: nobody reads what is written to stdout any more", tail(child))
        with open(self.rows, "ab") as rows:
            self.scene.run_to_end("--lease", LEASE, pipeline=pipeline, rows=rows)
        self.assertEqual({row["id"] for row in shown_rows(self.rows, 0)}, {number for number in range(4_000) if number % 100 != 99})


if __name__ == "__main__":
    unittest.main()
