#!/usr/bin/env python3
"""What may be NULL in a pipeline is NULL in Postgres, and what cannot be goes into columns that take none."""
import json
import unittest

from scene import Scene, tail

SOURCE = """
connections: {{ warehouse: {{ dsn: "${{POSTGRES_URL}}" }} }}
sources:
  orders:
    type: kafka
    brokers: ${{KAFKA_BROKERS}}
    topic: orders
    start: earliest
    format: json
    on_error: "{on_error}"
    columns: {{ id: int not null, shop: string, text: string not null, amount: "decimal(10,2) not null", at: timestamp not null }}
    watermark: at - INTERVAL 1 HOUR
"""
ORDERS = [(1, "s1", "5", 2.5), (2, None, "7", 1), (3, "s1", "x", 4), (4, "s2", "9", 8)]

LENIENT = "name: lenient" + SOURCE.format(on_error="null") + """
transforms:
  numbers: { input: orders, steps: [{ extend: { number: CAST(text AS int) } }] }
sinks:
  numbers: { input: numbers, select: { id: id, number: number, known: "coalesce(number, 0)" }, key: [id] }
  sums:
    input: numbers
    steps: [{ aggregate: { by: { text: text }, select: { total: sum(number), rows: count(number) } } }]
    key: [text]
    on_conflict: update
"""

SHOPS = "name: shops" + SOURCE.format(on_error="reject") + """
sinks:
  shops:
    input: orders
    steps:
      - where: shop IS NOT NULL
      - aggregate: { window: "tumble(at, INTERVAL 5 MINUTES)", by: [shop], select: { total: sum(amount), largest: max(amount), mean: avg(amount) } }
      - extend: { running: sum(total) OVER (PARTITION BY shop ORDER BY window_end) }
    key: [shop, window_end]
    on_conflict: update
"""


class Nulls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.close)
        cls.scene.create_topic("orders")
        names = ("id", "shop", "text", "amount")
        cls.scene.produce([json.dumps(dict(zip(names, order), at="2026-01-01T10:00:00Z")).encode() for order in ORDERS], "orders")

    def pipeline(self, name, text):
        path = self.scene.folder / f"{name}.yaml"
        path.write_text(text)
        return path

    def test_what_cannot_be_computed_is_null_in_the_tables(self):
        self.scene.run_to_end(pipeline=self.pipeline("lenient", LENIENT))
        self.assertEqual(self.scene.sql("SELECT id, number, known FROM numbers ORDER BY id"),
                         [("1", "5", "5"), ("2", "7", "7"), ("3", None, "0"), ("4", "9", "9")])
        self.assertEqual(self.scene.sql("SELECT text, total, rows FROM sums ORDER BY text"), [("5", "5", "1"), ("7", "7", "1"), ("9", "9", "1"), ("x", None, "0")])

    def test_columns_that_take_no_null_get_what_is_none(self):
        self.scene.database.create_database("strict")
        self.scene.database.sql("CREATE TABLE shops (shop text NOT NULL, window_start timestamptz NOT NULL, window_end timestamptz NOT NULL, total numeric NOT NULL,"
                                " largest numeric NOT NULL, mean numeric NOT NULL, running numeric NOT NULL, PRIMARY KEY (shop, window_end))", "strict")
        self.scene.run_to_end(pipeline=self.pipeline("shops", SHOPS), database="strict")
        self.assertEqual(self.scene.sql("SELECT shop, total::float8, largest::float8, running::float8 FROM shops ORDER BY shop", "strict"),
                         [("s1", "6.5", "4", "6.5"), ("s2", "8", "8", "8")])

    def test_columns_that_take_no_null_are_refused_where_there_may_be_one(self):
        self.scene.database.create_database("refused")
        self.scene.database.sql("CREATE TABLE numbers (id int PRIMARY KEY, number int NOT NULL, known int NOT NULL)", "refused")
        child = self.scene.start_weir("--until-end", pipeline=self.pipeline("refused", LENIENT), database="refused")
        self.assertNotEqual(child.wait(60), 0)
        self.assertIn("column number NOT NULL, and the pipeline may write NULL; give it coalesce(number, ...), or leave such rows out with where", tail(child))
        self.assertNotIn("column known", tail(child))


if __name__ == "__main__":
    unittest.main()
