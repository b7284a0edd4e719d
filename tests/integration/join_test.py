#!/usr/bin/env python3
"""Joins of two streams, session windows and an aggregate of an aggregate on a real broker and database, killed at any moment: the tables are those of a batch query."""
import collections
import datetime
import decimal
import json
import random
import time
import unittest

from scene import Scene, SteadyProducer, seed_of_run

PIPELINE_TEXT = """
name: shop
connections: { warehouse: { dsn: "${POSTGRES_URL}" } }
sources:
  orders:
    type: kafka
    brokers: ${KAFKA_BROKERS}
    topic: orders
    start: earliest
    format: json
    columns: { id: int not null, customer: string not null, amount: "decimal(10,2) not null", ts: timestamp not null }
    watermark: ts - INTERVAL 1 HOUR
  shipments:
    type: kafka
    brokers: ${KAFKA_BROKERS}
    topic: shipments
    start: earliest
    format: json
    columns: { order_id: int not null, carrier: string not null, at: timestamp not null }
    watermark: at - INTERVAL 10 MINUTES
transforms:
  sent:
    input: orders
    steps:
      - join:
          stream: shipments
          keys: { order_id: id }
          between: [0 s, 2 hours]
          type: left
          where: shipments.carrier <> 'pickup'
          select: { carrier: "coalesce(shipments.carrier, 'none')", minutes: "(unix_seconds(shipments.at) - unix_seconds(ts)) DIV 60" }
  taken:
    input: shipments
    steps:
      - join: { stream: orders, as: o, keys: { id: order_id }, between: [-2 hours, 0 s], select: { amount: o.amount } }
      - aggregate: { window: "tumble(at, INTERVAL 1 HOUR)", by: [carrier], select: { parcels: count(*), amount: sum(amount) } }
  visits:
    input: orders
    steps:
      - aggregate: { window: "session(ts, INTERVAL 10 MINUTES)", by: [customer], select: { orders: count(*), amount: sum(amount) } }
  customers:
    input: visits
    steps:
      - aggregate: { by: [customer], select: { visits: count(*), orders: sum(orders), longest: max(orders), amount: sum(amount) } }
sinks:
  sent: { input: sent, select: { id: id, carrier: carrier, minutes: minutes }, connection: warehouse, key: [id, carrier], on_conflict: update }
  taken: { input: taken, connection: warehouse, key: [carrier, window_end], on_conflict: update }
  visit: { input: visits, connection: warehouse, key: [customer, window_start], on_conflict: update }
  customer: { input: customers, connection: warehouse, key: [customer], on_conflict: update }
"""
LEASE = "2s"
ORDERS = 20_000
BETWEEN_ORDERS = 4  # seconds of event time
START = datetime.datetime(2024, 11, 1, tzinfo=datetime.timezone.utc)
GAP = 600
LONGEST = 2 * 3600


def make_events(seed):
    """Orders and what is sent of them, each in the order of its topic: up to 55 and 9 minutes out of order. A fifth of the orders is not sent, and some too late."""
    chance = random.Random(seed)
    orders, shipments = [], []
    for number in range(ORDERS):
        second = number * BETWEEN_ORDERS + chance.randrange(BETWEEN_ORDERS)
        order = {"id": number, "customer": f"c{chance.randrange(400)}", "amount": decimal.Decimal(chance.randrange(100, 100_000)) / 100, "second": second}
        orders.append((second + chance.uniform(0, 3300), order))
        for carrier in chance.sample(["dhl", "ups", "pickup"], chance.choice((0, 1, 1, 1, 2))):
            at = second + chance.choice((chance.randrange(LONGEST + 1), LONGEST, LONGEST + 1, chance.randrange(3 * LONGEST)))
            shipments.append((at + chance.uniform(0, 540), {"order_id": number, "carrier": carrier, "second": at}))
    in_order = lambda events: [event for _, event in sorted(events, key=lambda pair: pair[0])]
    return in_order(orders), in_order(shipments)


def text_of(event, time_field):
    shown = {name: value for name, value in event.items() if name != "second"}
    shown[time_field] = (START + datetime.timedelta(seconds=event["second"])).isoformat()
    return json.dumps(shown, default=float).encode()


def batch(orders, shipments):
    """What queries over all of them give; times are seconds since the start."""
    by_id = {order["id"]: order for order in orders}
    pairs = [(by_id[one["order_id"]], one) for one in shipments]
    pairs = [(order, one) for order, one in pairs if 0 <= one["second"] - order["second"] <= LONGEST]
    sent = {(order["id"], one["carrier"]): (one["second"] - order["second"]) // 60 for order, one in pairs if one["carrier"] != "pickup"}
    matched = {order for order, _ in sent}
    sent.update({(number, "none"): None for number in by_id if number not in matched})
    taken = collections.defaultdict(lambda: [0, decimal.Decimal(0)])
    for order, one in pairs:
        total = taken[one["carrier"], one["second"] // 3600 * 3600 + 3600]
        total[0] += 1
        total[1] += order["amount"]
    visits = {}
    for customer, of_customer in group(orders, "customer").items():
        latest = None
        for order in sorted(of_customer, key=lambda one: one["second"]):
            if latest is None or order["second"] > latest[1]:
                latest = visits[customer, order["second"]] = [order["second"] + GAP, order["second"] + GAP, 0, decimal.Decimal(0)]
            latest[0] = latest[1] = order["second"] + GAP
            latest[2] += 1
            latest[3] += order["amount"]
    visits = {key: (end, count, amount) for key, (end, _, count, amount) in visits.items()}
    customers = collections.defaultdict(lambda: [0, 0, 0, decimal.Decimal(0)])
    for (customer, _), (_, count, amount) in visits.items():
        total = customers[customer]
        total[0] += 1
        total[1] += count
        total[2] = max(total[2], count)
        total[3] += amount
    return sent, {key: tuple(value) for key, value in taken.items()}, visits, {key: tuple(value) for key, value in customers.items()}


def group(events, field):
    groups = collections.defaultdict(list)
    for event in events:
        groups[event[field]].append(event)
    return groups


class Join(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(seed_of_run())
        self.scene = self.enterContext(Scene())
        self.pipeline = self.scene.folder / "shop.yaml"
        self.pipeline.write_text(PIPELINE_TEXT)
        for topic in ("orders", "shipments"):
            self.scene.create_topic(topic)

    def check(self, orders, shipments):
        seconds = lambda column: f"extract(epoch FROM {column})::bigint - {int(START.timestamp())}"
        rows = self.scene.sql("SELECT id, carrier, minutes FROM sent")
        found = {(int(number), carrier): minutes and int(minutes) for number, carrier, minutes in rows}
        sent, taken, visits, customers = batch(orders, shipments)
        self.compare("sent", found, sent, rows)
        rows = self.scene.sql(f"SELECT carrier, {seconds('window_end')}, parcels, amount FROM taken")
        self.compare("taken", {(row[0], int(row[1])): (int(row[2]), decimal.Decimal(row[3])) for row in rows}, taken, rows)
        rows = self.scene.sql(f"SELECT customer, {seconds('window_start')}, {seconds('window_end')}, orders, amount FROM visit")
        self.compare("visit", {(row[0], int(row[1])): (int(row[2]), int(row[3]), decimal.Decimal(row[4])) for row in rows}, visits, rows)
        rows = self.scene.sql("SELECT customer, visits, orders, longest, amount FROM customer")
        self.compare("customer", {row[0]: (*map(int, row[1:4]), decimal.Decimal(row[4])) for row in rows}, customers, rows)
        read = self.scene.sql("SELECT source, sum(read), sum(late), sum(rejected) FROM weir_ledger WHERE sink = 'sent' GROUP BY source")
        self.assertEqual({row[0]: tuple(map(int, row[1:])) for row in read}, {"orders": (len(orders), 0, 0), "shipments": (len(shipments), 0, 0)})

    def compare(self, table, found, wanted, rows):
        self.assertEqual(len(found), len(rows), f"a key is in table {table} twice")
        self.assertEqual(sorted(wanted.keys() - found.keys())[:3], [], f"rows that are not in table {table}")
        self.assertEqual(sorted(found.keys() - wanted.keys())[:3], [], f"rows that should not be in table {table}")
        different = [(key, found[key], wanted[key]) for key in wanted if found[key] != wanted[key]]
        self.assertEqual(different[:3], [], f"{len(different)} rows of table {table} have other values")

    def test_killed_again_and_again(self):
        orders, shipments = make_events(self.random.randrange(1 << 30))
        producers = [SteadyProducer(self.scene, [text_of(order, "ts") for order in orders], 20, "orders"),
                     SteadyProducer(self.scene, [text_of(one, "at") for one in shipments], 20, "shipments")]
        for producer in producers:
            producer.start()
        for number in range(15):
            child = self.scene.start_weir("--lease", LEASE, "--workers", str(1 + number % 4), *(["--state-memory", "1 MB"] if number % 3 == 2 else []),
                                          pipeline=self.pipeline)
            time.sleep(self.random.uniform(0.3, 2))
            self.assertIsNone(child.poll(), "it ended by itself")
            child.kill()
            child.wait()
        for producer in producers:
            producer.finish()
        self.scene.run_to_end("--lease", LEASE, pipeline=self.pipeline)
        self.check(orders, shipments)


if __name__ == "__main__":
    unittest.main()
