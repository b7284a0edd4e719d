#!/usr/bin/env python3
"""purchase from a real broker into a real Postgres: late, repeated and wrong events, killed again and again, on an unevenly loaded topic.

WEIR_PURCHASE_EVENTS and WEIR_PURCHASE_KILLS say how many events each topic has (100,000) and how often the second test kills (50).
"""
import collections
import csv
import decimal
import json
import os
import random
import re
import signal
import subprocess
import time
import unittest

import purchase_oracle
from scene import PARTITIONS, ROOT, Scene, postgres, seed_of_run, tail, weir_binary

import kafka_client  # in tests/services, which scene has put on the path

FOLDER = ROOT / "pipelines" / "purchase"
PIPELINE = FOLDER / "purchase.yaml"
EVENTS = int(os.environ.get("WEIR_PURCHASE_EVENTS", 100_000))
KILLS = int(os.environ.get("WEIR_PURCHASE_KILLS", 50))
WORKERS = ("2", "1", "4", "3")  # one after the other
LEASE = "1s"
SPOILT = ("--duplicates", "2%", "--bad", "1000ppm")


class Purchase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.close)
        cls.start = time.time()

    def make_topic(self, name, *options, count=EVENTS, partitions=PARTITIONS):
        """A topic and a database of that name; the events come from weir generate, in the background if a rate is among the options."""
        self.scene.create_topic(name, partitions)
        self.scene.database.create_database(name)
        command = [weir_binary(), "generate", "purchase", "--count", str(count), "--seed", "7", *options, "--to", "kafka", "--brokers",
                   self.scene.broker.bootstrap, "--topic", name]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start_weir(self, name, *arguments, **settings):
        return self.scene.start_weir(*arguments, database=name, pipeline=PIPELINE, KAFKA_TOPIC=name, **settings)

    def run_to_end(self, name, *arguments):
        self.scene.run_to_end(*arguments, database=name, pipeline=PIPELINE, KAFKA_TOPIC=name)

    def check(self, name, partitions=PARTITIONS):
        """Compares table, rejects and books with what the topic itself says."""
        expected = purchase_oracle.expect(records := kafka_client.read_topic(self.scene.broker.bootstrap, name, partitions), self.start)
        self.check_retail(name, expected)
        self.check_rejects(name, expected, records)
        self.check_books(name, expected)
        return expected

    def check_retail(self, name, expected):
        columns = ", ".join(f"extract(epoch FROM {column})::bigint" if column.startswith("window_") else column for column in purchase_oracle.COLUMNS)
        rows = [(*row[:2], int(row[2]), int(row[3]), *row[4:]) for row in self.scene.sql(f"SELECT {columns} FROM retail", name)]
        found = {(row[0], row[1], row[3]): row for row in rows}
        wanted = expected.retail()
        self.assertEqual(len(found), len(rows), "a window is in the table twice")
        self.assertEqual(sorted(wanted.keys() - found.keys())[:3], [], "windows that are not in the table")
        self.assertEqual(sorted(found.keys() - wanted.keys())[:3], [], "windows that should not be in the table")
        different = [(found[key], row) for key, row in wanted.items() if found[key] != row]
        self.assertEqual(different[:3], [], f"{len(different)} of {len(rows)} rows have other values")
        first, last = self.scene.sql('SELECT extract(epoch FROM min("timestamp")), extract(epoch FROM max("timestamp")) FROM retail', name)[0]
        self.assertTrue(self.start <= float(first) <= float(last) <= time.time(), f"computed from {first} to {last}")

    def check_rejects(self, name, expected, records):
        rows = self.scene.sql('SELECT split, "offset"::text, reason, encode(payload, \'hex\') FROM weir_rejects', name)
        found = {(split, int(offset)): (reason, payload) for split, offset, reason, payload in rows}
        self.assertEqual(len(found), len(rows), "a record was rejected twice")
        wanted = {(f"{name}/{partition}", place): (reason, records[partition][place].hex())
                  for (partition, place), reason in [*expected.rejected.items(), *((record, "late") for record in expected.late)]}
        self.assertEqual(collections.Counter(reason for reason, _ in found.values()), collections.Counter(reason for reason, _ in wanted.values()))
        self.assertEqual(found, wanted)

    def check_books(self, name, expected):
        query = ("SELECT sink, sum(read), sum(written), sum(duplicates), sum(filtered), sum(absorbed), sum(late), sum(rejected), sum(expanded) "
                 "FROM weir_ledger GROUP BY sink")
        books = {row[0]: tuple(map(int, row[1:])) for row in self.scene.sql(query, name)}
        self.assertIn("retail", books)
        line = (expected.read, 0, expected.duplicates, 0, expected.absorbed, len(expected.late), len(expected.rejected), 0)
        self.assertEqual(books, dict.fromkeys(books, line))

    def test_late_repeated_and_wrong_events(self):
        producer = self.make_topic("purchase", *SPOILT)
        self.assertEqual(producer.wait(120), 0)
        self.run_to_end("purchase")
        expected = self.check("purchase")
        self.assertGreater(len(expected.late), EVENTS // 250)
        self.assertGreater(expected.duplicates, EVENTS // 100)
        self.assertGreaterEqual(len(expected.rejected), EVENTS // 2000)
        with self.subTest("a second run finds nothing to do"):
            self.run_to_end("purchase", "--workers", "3")
            self.check("purchase")

    def test_killed_again_and_again(self):
        chance = random.Random(seed_of_run())
        # Late up to 65 minutes: many stand close to the hour, on either side.
        producer = self.make_topic("killed", *SPOILT, "--late-by", "65m", "--rate", str(EVENTS / (1.5 * KILLS)))
        switches = {KILLS * (number + 1) // len(WORKERS) for number in range(len(WORKERS) - 1)}
        workers = list(WORKERS)
        for number in range(KILLS):
            self.live_and_die("killed", workers[0], chance, number)
            if number + 1 in switches:
                self.stop_gently("killed", workers.pop(0))
        self.assertEqual(producer.wait(300), 0)
        committed = int(self.scene.sql("SELECT coalesce(sum(read), 0) FROM weir_ledger WHERE sink = 'retail'", "killed")[0][0])
        print(f"{committed} of {EVENTS} events were committed by {KILLS} processes that were killed and {len(switches)} that were stopped", flush=True)
        self.run_to_end("killed", "--lease", LEASE, "--workers", workers.pop(0))
        self.check("killed")
        self.assertGreater(committed, EVENTS // 4)

    def live_and_die(self, name, workers, chance, number):
        child = self.start_weir(name, "--lease", LEASE, "--workers", workers, EMIT_EVERY=chance.choice(("1 s", "300 ms", "5 minutes")))
        try:
            code = child.wait(chance.uniform(0.05, 2.5))
            self.fail(f"process {number} ended by itself with {code}:\n{tail(child)}")
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def stop_gently(self, name, workers):
        child = self.start_weir(name, "--lease", LEASE, "--workers", workers)
        time.sleep(1.5)
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(60), 0, tail(child))

    def test_an_unevenly_loaded_backlog_makes_nothing_late(self):
        producer = self.make_topic("uneven", "--skew", "--late", "0.5%", "--too-late", "0")
        self.assertEqual(producer.wait(120), 0)
        self.run_to_end("uneven")
        expected = self.check("uneven")
        self.assertEqual((len(expected.late), expected.absorbed), (0, EVENTS))
        with self.scene.broker.client() as client:
            ends = [client.watermarks("uneven", partition)[1] for partition in range(PARTITIONS)]
        self.assertGreater(ends[0], 3 * ends[-1], "the topic is not uneven")

    def test_the_sample_gives_the_expected_table(self):
        records = (FOLDER / "sample.jsonl").read_bytes().split(b"\n")[:-1]
        self.scene.create_topic("sample", 1)
        with self.scene.broker.client() as client:
            client.produce("sample", records, 1)
        self.scene.database.create_database("sample")
        child = self.start_weir("sample", "--until-end")
        self.assertEqual(child.wait(60), 0, tail(child))
        self.check("sample", 1)
        with open(FOLDER / "expected" / "retail.csv", newline="", encoding="utf-8") as file:
            wanted = sorted(map(tuple, list(csv.reader(file))[1:]))
        columns = ", ".join(f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')" if column.startswith("window_") else column
                            for column in purchase_oracle.COLUMNS)
        self.assertEqual(sorted(self.scene.sql(f"SELECT {columns} FROM retail", "sample")), wanted)
        with self.subTest("and the console shows it, in the order of its key"):
            shown = [tuple(re.split(r"\s{2,}", line)) for line in child.log.read_text().splitlines()]
            self.assertEqual([row[:-1] for row in shown if row[0] in ("Makeup", "Skincare")], wanted)
            self.assertIn((*purchase_oracle.COLUMNS, "timestamp"), shown)
        with self.subTest("and the reports"):
            self.check_reports("sample", wanted)

    def check_reports(self, name, rows):
        """Every report says something, and two of them what the table's rows come to."""
        done = self.start_weir(name, "--format", "json", "--set", "day=2024-11-01", command="report")
        self.assertEqual(done.wait(60), 0, tail(done))
        reports = {report["name"]: [tuple(row.values()) for row in report["rows"]] for report in json.loads(done.log.read_text(), parse_float=decimal.Decimal)["reports"]}
        self.assertEqual([name for name, lines in reports.items() if not lines], [])
        amounts, latest = collections.Counter(), {}
        for category, payment_method, start, end, _, _, amount, running_total in rows:
            if start.startswith("2024-11-01"):
                amounts[category] += decimal.Decimal(amount)
            latest[category, payment_method] = max(latest.get((category, payment_method), ("", "")), (end, running_total))
        self.assertEqual([line[:2] for line in reports["categories"]], amounts.most_common())
        self.assertEqual([(line[0], str(line[3])) for line in reports["running_totals"]], [(key[0], latest[key][1]) for key in sorted(latest)])


if __name__ == "__main__":
    unittest.main()
