#!/usr/bin/env python3
"""The oracle of purchase itself, on purchases whose fate is plain to see."""
import csv
import datetime
import json
import pathlib
import unittest

import purchase_oracle

NOW = 1_800_000_000
SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "pipelines" / "purchase"


def purchase(transaction, ts, quantity=1, price="1.00", category="Makeup", payment="PayPal"):
    return (f'{{"transaction_id":"{transaction}","customer_id":7,"category":"{category}","brand":"Brand01","product_name":"Mascara",'
            f'"quantity":{quantity},"price":{price},"payment_method":"{payment}","ts":"2024-11-01T{ts}Z"}}').encode()


def expect(*partitions):
    return purchase_oracle.expect(partitions, NOW)


def rows_of(expected):
    """(minute of the day at which the window ends, average, quantity, amount, running total) of each row, in the table's order."""
    return [((row[3] - 1730419200) // 60, *row[4:]) for row in expected.retail().values()]


class PurchaseOracle(unittest.TestCase):
    def test_windows_and_running_totals(self):
        expected = expect([purchase("a", "10:01:00", 1, "5.00"), purchase("b", "10:50:00", 1, "1.00"), purchase("c", "10:02:00", 2, "1.00")])
        self.assertEqual(rows_of(expected), [(605, "3.000000", "3", "7.00", "7.00"), (655, "1.000000", "1", "1.00", "8.00")])
        self.assertEqual((expected.read, expected.absorbed, expected.duplicates, expected.late, expected.rejected), (3, 3, 0, set(), {}))

    def test_a_window_has_its_start_and_not_its_end(self):
        expected = expect([purchase("a", "10:05:00"), purchase("b", "10:09:59"), purchase("c", "10:10:00")])
        self.assertEqual([(end, amount) for end, _, _, amount, _ in rows_of(expected)], [(610, "2.00"), (615, "1.00")])

    def test_every_category_and_payment_method_has_totals_of_its_own(self):
        expected = expect([purchase("a", "10:00:00"), purchase("b", "10:00:00", payment="Gift Card"), purchase("c", "10:05:00", category="Haircare"),
                           purchase("d", "10:05:00", payment="Gift Card")])
        self.assertEqual({key[:2]: row[7] for key, row in expected.retail().items()},
                         {("Makeup", "PayPal"): "1.00", ("Makeup", "Gift Card"): "2.00", ("Haircare", "PayPal"): "1.00"})

    def test_late_is_more_than_an_hour_behind_the_rows_before_in_the_own_partition(self):
        expected = expect([purchase("a", "11:00:00"), purchase("b", "10:00:00"), purchase("c", "09:59:59"), purchase("d", "10:30:00")],
                          [purchase("e", "08:00:00"), purchase("f", "07:00:00"), purchase("g", "12:00:00"), purchase("h", "10:59:59")])
        self.assertEqual(expected.late, {(0, 2), (1, 3)})
        self.assertEqual(expected.absorbed, 6)

    def test_a_row_is_not_late_by_those_after_it(self):
        self.assertEqual(expect([purchase("a", "10:00:00"), purchase("b", "12:00:00")]).late, set())

    def test_a_transaction_counts_once_unless_it_is_late(self):
        one = purchase("a", "10:00:00", 2, "3.50")
        expected = expect([purchase("x", "10:10:00"), one, one], [one], [purchase("y", "11:00:01"), one])
        self.assertEqual((expected.absorbed, expected.duplicates, expected.late), (3, 2, {(2, 1)}))
        self.assertEqual(rows_of(expected)[0], (605, "3.500000", "2", "7.00", "7.00"))
        self.assertEqual(expect([purchase("y", "11:00:01"), one], [one]).absorbed, 2)

    def test_two_purchases_of_one_transaction_are_an_open_question(self):
        with self.assertRaises(ValueError):
            expect([purchase("a", "10:00:00", 1), purchase("a", "10:00:00", 2)])

    def test_averages_are_rounded_half_up(self):
        for count, average in ((3, "0.003333"), (32, "0.000313"), (64, "0.000156"), (6, "0.001667")):
            rows = [purchase(f"t{number}", "10:00:00", 1, "0.01" if number == 0 else "0") for number in range(count)]
            self.assertEqual(rows_of(expect(rows))[0][1], average)

    def test_money_is_exact(self):
        rows = [purchase(f"t{number}", "10:00:00", 3, "99999999.99") for number in range(1001)]
        self.assertEqual(rows_of(expect(rows))[0][1:], ("99999999.990000", "3003", "300299999969.97", "300299999969.97"))

    def test_what_is_rejected_is_in_no_total_and_moves_no_watermark(self):
        good = purchase("a", "10:00:00")
        fields = json.loads(good)
        spoilt = {"not_json": [b"", good[:-5], good + b"}]", b"\xef\xbb\xbf" + good, good.replace(b"1.00", b"NaN")],
                  "not_object": [b"[1,2,3]"],
                  "missing": [json.dumps({name: value for name, value in fields.items() if name != gone}).encode()
                              for gone in ("transaction_id", "category", "quantity", "price", "payment_method", "ts")],
                  "null": [json.dumps({**fields, "price": None}).encode(), json.dumps({**fields, "ts": None}).encode()],
                  "wrong_type": [json.dumps({**fields, name: value}).encode() for name, value in (
                      ("transaction_id", 7), ("quantity", "3"), ("quantity", 2.5), ("price", "41.61"), ("category", ["Makeup"]), ("ts", "yesterday"),
                      ("ts", 1730419200), ("ts", "2024-02-30T10:00:00Z"), ("customer_id", "7"))],
                  "out_of_range": [purchase("b", "10:00:00", 99999999999), purchase("b", "10:00:00", 1, "19.999"), purchase("b", "10:00:00", 1, "1e30"),
                                   purchase("b", "10:00:00", 1, "100000000")],
                  "check": [purchase("b", "23:00:00", 0), purchase("b", "23:00:00", -2)],
                  "future": [good.replace(b"2024", b"2999")],
                  "invalid_utf8": [good.replace(b"Makeup", b"\xff")],
                  "duplicate_key": [good.replace(b'"brand"', b'"ts"')]}
        for reason, records in spoilt.items():
            for record in records:
                with self.subTest(record=record):
                    expected = expect([record, good])
                    self.assertEqual((expected.rejected, expected.absorbed, expected.late), ({(0, 0): reason}, 1, set()))

    def test_numbers_as_senders_write_them(self):
        expected = expect([purchase("a", "10:00:00", 1, "160.0"), purchase("b", "10:00:00", 1, "1.5e1"), purchase("c", "10:00:00", 1, "12.500")])
        self.assertEqual(rows_of(expected), [(605, "62.500000", "3", "187.50", "187.50")])

    def test_the_shipped_sample_and_its_table(self):
        expected = expect((SHIPPED / "sample.jsonl").read_bytes().split(b"\n")[:-1])
        with open(SHIPPED / "expected" / "retail.csv", newline="", encoding="utf-8") as file:
            rows = [(category, payment, *(int(datetime.datetime.fromisoformat(moment + "+00:00").timestamp()) for moment in (start, end)), *values)
                    for category, payment, start, end, *values in list(csv.reader(file))[1:]]
        self.assertEqual(sorted(rows), sorted(expected.retail().values()))
        self.assertEqual((len(expected.late), expected.duplicates, sorted(expected.rejected.values())), (2, 5, ["check", "future", "missing", "not_json"]))


if __name__ == "__main__":
    unittest.main()
