#!/usr/bin/env python3
"""Totals by group on a real broker and database: killed at any moment, taken over by another process, paused and woken as a zombie: as a batch query would have it."""
import collections
import decimal
import json
import random
import signal
import time
import unittest

from scene import Scene, SteadyProducer, process, seed_of_run, tail

PIPELINE_TEXT = """
name: totals
connections: { warehouse: { dsn: "${POSTGRES_URL}" } }
sources:
  orders:
    type: kafka
    brokers: ${KAFKA_BROKERS}
    topic: ${KAFKA_TOPIC}
    start: earliest
    format: json
    columns:
      id: bigint not null
      shop: string not null
      lines: array<struct<sku string, qty int, price decimal(10,2)>>
      offset: bigint metadata
transforms:
  lines:
    input: orders
    steps:
      - explode: { of: lines, as: line }
      - aggregate:
          by: { shop: shop, sku: "coalesce(line.sku, '')" }
          select:
            lines: count(*)
            quantity: sum(line.qty)
            amount: sum(line.qty * line.price)
            orders: count(DISTINCT id)
            dearest: max_by(id, line.price * 1000000000 - id)
            most: max(line.qty) FILTER (WHERE line.price > 50)
  shops:
    input: orders
    steps:
      - aggregate: { by: [shop], select: { orders: count(*), last_offset: max(offset), average: avg(size(lines)) } }
sinks:
  line_total: { input: lines, connection: warehouse, table: line_total, key: [shop, sku], on_conflict: update }
  shop_total: { input: shops, connection: warehouse, table: shop_total, key: [shop], on_conflict: update }
  order_seen: { input: orders, select: { id: id, shop: shop }, connection: warehouse, table: order_seen, key: [id] }
"""
LEASE = "2s"


def make_orders(count, seed):
    """Every hundredth is no order."""
    random_of = random.Random(seed)
    orders = []
    for number in range(count):
        if number % 100 == 99:
            orders.append(b"no order")
            continue
        lines = [{"sku": f"s{random_of.randrange(40)}", "qty": random_of.randrange(1, 9), "price": float(random_of.randrange(1, 10000)) / 100}
                 for _ in range(random_of.randrange(4))]
        orders.append(json.dumps({"id": number, "shop": f"shop {random_of.randrange(25)}", "lines": lines}).encode())
    return orders


def batch(orders):
    """What a query over all of them gives."""
    lines = collections.defaultdict(lambda: [0, 0, decimal.Decimal(0), set(), (decimal.Decimal(-1), 0), None])
    shops = collections.defaultdict(lambda: [0, 0, 0])
    for place, text in enumerate(orders):
        if text == b"no order":
            continue
        order = json.loads(text, parse_float=decimal.Decimal)
        shop = shops[order["shop"]]
        shop[0] += 1
        shop[1] = max(shop[1], place // 4)
        shop[2] += len(order["lines"])
        for line in order["lines"]:
            total = lines[order["shop"], line["sku"]]
            total[0] += 1
            total[1] += line["qty"]
            total[2] += line["qty"] * line["price"]
            total[3].add(order["id"])
            total[4] = max(total[4], (line["price"] * 1000000000 - order["id"], order["id"]))
            if line["price"] > 50:
                total[5] = max(total[5] or 0, line["qty"])
    return ({key: (lines_, quantity, amount, len(ids), dearest[1], most) for key, (lines_, quantity, amount, ids, dearest, most) in lines.items()},
            {key: (orders_, last, decimal.Decimal(count) / orders_) for key, (orders_, last, count) in shops.items()})


class Aggregate(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(seed_of_run())

    def scene(self):
        scene = self.enterContext(Scene())
        self.pipeline = scene.folder / "totals.yaml"
        self.pipeline.write_text(PIPELINE_TEXT)
        scene.create_topic()
        return scene

    def start(self, scene):
        return scene.start_weir("--lease", LEASE, pipeline=self.pipeline)

    def check(self, scene, orders):
        scene.run_to_end("--lease", LEASE, pipeline=self.pipeline)
        lines, shops = batch(orders)
        found = {(row[0], row[1]): (int(row[2]), int(row[3]), decimal.Decimal(row[4]), int(row[5]), int(row[6]), row[7] and int(row[7]))
                 for row in scene.sql("SELECT shop, sku, lines, quantity, amount, orders, dearest, most FROM line_total")}
        self.assertEqual(found, lines)
        found = {row[0]: (int(row[1]), int(row[2]), float(row[3])) for row in scene.sql("SELECT shop, orders, last_offset, average FROM shop_total")}
        self.assertEqual(set(found), set(shops))
        for shop, (count, last, average) in shops.items():
            self.assertEqual(found[shop][:2], (count, last))
            self.assertAlmostEqual(found[shop][2], float(average), 9)
        accepted = sum(1 for order in orders if order != b"no order")
        self.assertEqual(scene.sql("SELECT count(*), count(DISTINCT id) FROM order_seen"), [(str(accepted), str(accepted))])
        books = {row[0]: tuple(map(int, row[1:])) for row in
                 scene.sql("SELECT sink, sum(read), sum(absorbed), sum(rejected), sum(read + expanded - filtered - absorbed - rejected) "
                           "FROM weir_ledger WHERE sink <> 'order_seen' GROUP BY sink")}
        made = sum(total[0] for total in lines.values())
        self.assertEqual(books, {"line_total": (len(orders), made, len(orders) - accepted, 0), "shop_total": (len(orders), accepted, len(orders) - accepted, 0)})
        self.assertEqual(scene.sql("SELECT count(*) FROM weir_state"), [(str(len(lines) + len(shops)),)])

    def test_killed_again_and_again(self):
        orders = make_orders(60_000, 1)
        scene = self.scene()
        scene.produce(orders[:20_000])
        producer = SteadyProducer(scene, orders[20_000:], 15)
        producer.start()
        for _ in range(12):
            child = self.start(scene)
            time.sleep(self.random.uniform(0.3, 1.8))
            child.kill()
            child.wait()
        producer.finish()
        self.check(scene, orders)

    def test_another_process_waits_and_takes_over(self):
        orders = make_orders(40_000, 2)
        scene = self.scene()
        scene.produce(orders[:10_000])
        producer = SteadyProducer(scene, orders[10_000:], 15)
        producer.start()
        first = self.start(scene)
        self.wait_for_text(first, "reading split")
        second = self.start(scene)
        self.wait_for_text(second, "waiting to take over")
        time.sleep(2)
        self.assertNotIn(b"reading split", second.log.read_bytes())
        first.send_signal(signal.SIGTERM)
        self.assertEqual(first.wait(60), 0, tail(first))
        self.wait_for_text(second, "restored")  # it goes on where the first ended
        # Now the second sleeps until another has its place, and must commit nothing of what it still holds.
        second.send_signal(signal.SIGSTOP)
        third = self.start(scene)
        self.wait_for_text(third, "restored")
        second.send_signal(signal.SIGCONT)
        self.assertEqual(second.wait(60), 1, tail(second))
        self.assertIn("another process", tail(second))
        producer.finish()
        third.send_signal(signal.SIGTERM)
        self.assertEqual(third.wait(60), 0, tail(third))
        self.check(scene, orders)

    def test_a_changed_aggregate_asks_for_a_reset(self):
        orders = make_orders(2_000, 3)
        scene = self.scene()
        scene.produce(orders)
        self.check(scene, orders)
        changed = scene.folder / "changed.yaml"
        changed.write_text(PIPELINE_TEXT.replace("average: avg(size(lines))", "average: avg(size(lines) + 1)"))
        child = scene.start_weir("--until-end", pipeline=changed)
        self.assertNotEqual(child.wait(60), 0)
        self.assertIn("a step that this pipeline does not have", tail(child))
        reset = scene.start_weir("--yes", command="reset", pipeline=changed)
        self.assertEqual(reset.wait(60), 0, tail(reset))
        scene.run_to_end(pipeline=self.pipeline)
        scene.database.sql("DELETE FROM order_seen")
        refused = scene.start_weir("--shard", "0/2", pipeline=self.pipeline)
        self.assertEqual(refused.wait(60), 2, tail(refused))

    def wait_for_text(self, child, text, patience=60):
        said = process.wait_until(lambda: text.encode() in child.log.read_bytes(), patience, 0.1)
        self.assertTrue(said, f"{text!r} was not said within {patience} s: {tail(child)}")


if __name__ == "__main__":
    unittest.main()
