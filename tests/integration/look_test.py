#!/usr/bin/env python3
"""Looking at a topic: what run --print and infer show of a real broker, and that they leave no trace there or in a database."""
import csv
import ctypes
import io
import json
import os
import signal
import subprocess
import time
import unittest

from scene import ROOT, Scene, weir_binary

PURCHASE = ROOT / "pipelines" / "purchase" / "purchase.weir"
TOPIC = "purchase"
NOWHERE = "postgresql://127.0.0.1:1/nowhere"


class GroupList(ctypes.Structure):
    _fields_ = [("groups", ctypes.c_void_p), ("count", ctypes.c_int)]


def consumer_groups(bootstrap):
    """How many consumer groups the broker knows."""
    library = ctypes.CDLL("librdkafka.so.1")
    library.rd_kafka_conf_new.restype = library.rd_kafka_new.restype = ctypes.c_void_p
    configuration = ctypes.c_void_p(library.rd_kafka_conf_new())
    message = ctypes.create_string_buffer(512)
    library.rd_kafka_conf_set(configuration, b"bootstrap.servers", bootstrap.encode(), message, 512)
    handle = ctypes.c_void_p(library.rd_kafka_new(0, configuration, message, 512))
    found = ctypes.POINTER(GroupList)()
    code = library.rd_kafka_list_groups(handle, None, ctypes.byref(found), 20_000)
    count = found.contents.count
    library.rd_kafka_group_list_destroy(found)
    library.rd_kafka_destroy(handle)
    if code != 0:
        raise AssertionError(f"groups cannot be listed: {code}")
    return count


class Look(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = cls.enterClassContext(Scene())
        cls.scene.create_topic(TOPIC)
        made = subprocess.run([weir_binary(), "generate", "purchase", "--count", "2000", "--seed", "4", "--bad", "1%"], stdout=subprocess.PIPE, check=True)
        cls.events = made.stdout.splitlines()
        cls.scene.produce(cls.events, TOPIC)

    def weir(self, *arguments, **environment):
        variables = dict(os.environ, KAFKA_BROKERS=self.scene.broker.bootstrap, KAFKA_TOPIC=TOPIC, POSTGRES_URL=NOWHERE)
        variables.update(environment)
        return subprocess.run([weir_binary(), *map(str, arguments)], env=variables, capture_output=True, text=True, timeout=120)

    def test_shows_rows_of_a_source_and_leaves_no_trace(self):
        done = self.weir("run", PURCHASE, "--print", "purchases", "--limit", 5, "--start", "earliest")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "purchases: 5 rows")
        self.assertEqual(lines[1].split(), ["transaction_id", "customer_id", "category", "brand", "product_name", "quantity", "price", "payment_method", "ts"])
        self.assertEqual(lines[2].split(), ["string", "bigint", "string", "string", "string", "int", "decimal(10,2)", "string", "timestamp"])
        self.assertEqual(len(lines), 4 + 5)
        again = self.weir("run", PURCHASE, "--print", "purchases", "--limit", 5, "--start", "earliest")
        self.assertEqual(sorted(again.stdout.splitlines()[4:]), sorted(lines[4:]), "the first look moved nothing")
        self.assertEqual(consumer_groups(self.scene.broker.bootstrap), 0)
        self.assertEqual(self.scene.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), [("0",)])

    def test_shows_the_rows_of_groups_at_the_end_as_a_run_writes_them(self):
        done = self.weir("run", PURCHASE, "--print", "retail", "--limit", 100_000, "--start", "earliest", "--until-end", "--format", "csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = [(row["category"], row["payment_method"], row["window_end"], row["total_amount"], row["running_total"]) for row in csv.DictReader(io.StringIO(done.stdout))]
        self.scene.run_to_end(pipeline=PURCHASE, KAFKA_TOPIC=TOPIC, POSTGRES_URL=self.scene.dsn("postgres"))
        stored = self.scene.sql("SELECT category, payment_method, to_char(window_end AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), total_amount, running_total FROM retail", "postgres")
        self.assertGreater(len(stored), 100)
        self.assertEqual(sorted(shown), sorted(stored))
        self.assertRegex(done.stderr, r"rows were rejected; one of purchase/\d offset \d+: ")

    def test_waits_for_rows_and_shows_what_there_is_when_it_is_stopped(self):
        with open(self.scene.folder / "shown.txt", "wb") as shown:
            child = self.scene.start_weir("--print", "purchases", "--start", "latest", "--format", "json", pipeline=PURCHASE, KAFKA_TOPIC=TOPIC, rows=shown)
            deadline = time.monotonic() + 60
            path = self.scene.folder / "shown.txt"
            while path.stat().st_size == 0 and time.monotonic() < deadline:
                # Until the source has found the end of the topic, rows lie before it.
                self.scene.produce([json.dumps({**json.loads(self.events[0]), "brand": "now"}).encode()] * 4, TOPIC)
                time.sleep(0.5)
            child.send_signal(signal.SIGINT)
            self.assertEqual(child.wait(30), 0)
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        self.assertTrue(rows)
        self.assertEqual({row["brand"] for row in rows}, {"now"})

    def test_drafts_a_source_that_reads_the_topic(self):
        draft = self.scene.folder / "draft.weir"
        done = self.weir("infer", "--brokers", self.scene.broker.bootstrap, "--topic", TOPIC, "--records", 10_000, "--pipeline", "--to", "weir")
        self.assertEqual(done.returncode, 0, done.stderr)
        for column in ("customer_id    BIGINT NOT NULL,", "brand          STRING NOT NULL,", "ts             TIMESTAMP"):
            self.assertIn(column, done.stdout)
        self.assertRegex(done.stdout, r"-- \d more are no JSON objects and will be rejected: ")
        draft.write_text(done.stdout)
        looked = self.weir("run", draft, "--print", "purchase", "--limit", 100_000, "--until-end", "--format", "json")
        self.assertEqual(looked.returncode, 0, looked.stderr)
        read = [line for line in self.events if self.is_object(line)]
        self.assertGreaterEqual(len(looked.stdout.splitlines()), len(read))
        self.assertNotIn("wrong_type", looked.stderr)
        tolerant = self.weir("infer", "--brokers", self.scene.broker.bootstrap, "--topic", TOPIC, "--records", 10_000, "--tolerate", "1%", "--to", "weir")
        self.assertRegex(tolerant.stdout, r"transaction_id STRING, +-- .*: the others will be rejected")

    @staticmethod
    def is_object(line):
        try:
            return isinstance(json.loads(line, parse_constant=int), dict)  # NaN is no JSON, and no int
        except ValueError:
            return False

    def test_says_what_cannot_be_reached(self):
        done = self.weir("run", PURCHASE, "--print", KAFKA_BROKERS="127.0.0.1:1")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("source purchases", done.stderr)
        self.assertIn("127.0.0.1:1", done.stderr)
        done = self.weir("infer", "--brokers", "127.0.0.1:1", "--topic", TOPIC)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("127.0.0.1:1", done.stderr)
        done = self.weir("infer", "--brokers", self.scene.broker.bootstrap, "--topic", "no_such_topic")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no_such_topic", done.stderr)


if __name__ == "__main__":
    unittest.main()
