#!/usr/bin/env python3
"""The oracle itself, on events whose fate is plain to see."""
import unittest

import oracle

GOOD = (b'{"id":"a","product_id":"1","time_stamp":1730419261,"ip":"1.2.3.4","user_agent":"x","referrer_url":"https://www.google.com/",'
        b'"option":[{"b":1,"a":2}],"email":"","product_name":"Ring"}')


def reason_of(event):
    return oracle.expect([event]).rejected.get(0)


class Oracle(unittest.TestCase):
    def test_good_event(self):
        tables = oracle.expect([GOOD, GOOD]).tables
        self.assertEqual({name: len(rows) for name, rows in tables.items()}, dict.fromkeys(oracle.COLUMNS, 1))
        fact = dict(zip(oracle.COLUMNS["fact_sales"], next(iter(tables["fact_sales"].values()))))
        self.assertEqual(fact["sales_key"], "f55ff16f66f43360266b95db6f8fec01d76031054306ae4a4b380598f6cfd114")
        self.assertEqual((fact["full_date"], fact["full_time"], fact["referrer_url"]), ("2024-11-01", "00:01:01", "google.com"))
        self.assertEqual((fact["email_address"], fact["store_id"]), ("", None))
        self.assertEqual(next(iter(tables["dim_user_agent"].values()))[2:], ("Other", "Other"))
        self.assertEqual(fact["option"], oracle.canonical_text('[ {"a": 2.0, "b": 1} ]'))
        self.assertEqual(tables["dim_date"]["2024-11-01"],
                         ("2024-11-01", "5", "Fri", "Weekday", "1", "2024-11", "11", "306", "44", "4", "2024"))

    def test_bad_events(self):
        for event, reason in [(b"", "not_json"), (b"[1]", "not_object"), (GOOD[:-5], "not_json"), (GOOD + b"]", "not_json"),
                              (GOOD.replace(b'"id"', b'"x"'), "missing"), (GOOD.replace(b'"a"', b"null", 1), "null"),
                              (GOOD.replace(b'"a"', b"7", 1), "wrong_type"), (GOOD.replace(b"1730419261", b'"1"'), "wrong_type"),
                              (GOOD.replace(b"1730419261", b"1.0"), "wrong_type"), (GOOD.replace(b"1730419261", b"9" * 20), "out_of_range"),
                              (GOOD.replace(b"Ring", b"\xff"), "invalid_utf8"), (GOOD.replace(b"Ring", b"\\ud800"), "invalid_utf8"),
                              (GOOD.replace(b"Ring", b"\\u0000"), "nul_character"), (GOOD.replace(b"Ring", b"\0"), "nul_character"),
                              (GOOD.replace(b'"ip"', b'"id"'), "duplicate_key"), (GOOD.replace(b'"b":1', b'"a":1'), "duplicate_key"),
                              (GOOD.replace(b'[{"b":1,"a":2}]', b"[" * 64 + b"]" * 64), "too_deep"),
                              (GOOD.replace(b'[{"b":1,"a":2}]', b"[" * 63 + b"]" * 63), None), (GOOD.replace(b'"Ring"', b"NaN"), "not_json"),
                              (b"\xef\xbb\xbf" + GOOD, "not_json"), (GOOD, None)]:
            with self.subTest(event=event):
                self.assertEqual(reason_of(event), reason)


if __name__ == "__main__":
    unittest.main()
