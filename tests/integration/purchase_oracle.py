#!/usr/bin/env python3
"""Computes what the purchase pipeline must leave behind, from a topic's records alone and without any code of the engine.

  purchase_oracle.py BOOTSTRAP TOPIC PARTITIONS     reads the topic; prints table retail as CSV, and the counts of the books to stderr
  purchase_oracle.py FILE [FILE ...]                the same of files: one a partition, one record a line

The records of a partition come in its own order; between partitions no order matters. A row is late where its event time lies more than an hour
before the largest of the rows before it in its partition; rows that are not late count once per transaction_id.
"""
import collections
import csv
import datetime
import decimal
import pathlib
import re
import sys
import time

from oracle import Number, Rejected, parse

DELAY = 3600  # seconds
WINDOW = 300
MAX_FUTURE = 300
TEXTS = {"transaction_id": True, "category": True, "payment_method": True, "brand": False, "product_name": False}  # whether required
COLUMNS = ("category", "payment_method", "window_start", "window_end", "avg_price", "total_quantity", "total_amount", "running_total")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?")
_INTEGER = re.compile(r"-?\d+")
_EXACT = decimal.Context(prec=60)

Purchase = collections.namedtuple("Purchase", "transaction_id category payment_method quantity price time")


def _field(fields, name, is_required):
    if name not in fields and is_required:
        raise Rejected("missing")
    value = fields.get(name)
    if value is None and is_required:
        raise Rejected("null")
    return value


def _integer(value, bits):
    if not isinstance(value, Number) or not _INTEGER.fullmatch(value):
        raise Rejected("wrong_type")
    if not -(1 << (bits - 1)) <= int(value) < 1 << (bits - 1):
        raise Rejected("out_of_range")
    return int(value)


def _price(value):
    """DECIMAL(10,2): no digit may be lost."""
    if not isinstance(value, Number):
        raise Rejected("wrong_type")
    price = decimal.Decimal(value)
    if abs(price) >= 10**8 or price != round(price, 2):
        raise Rejected("out_of_range")
    return price


def _seconds(value):
    if isinstance(value, Number) or not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Rejected("wrong_type")
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        raise Rejected("wrong_type") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return decimal.Decimal(moment.timestamp()).quantize(decimal.Decimal("0.000001")) if moment.microsecond else int(moment.timestamp())


def purchase_of(record: bytes, now: float) -> Purchase:
    """The row of a record, or Rejected."""
    fields = parse(record)
    texts = {}
    for name, is_required in TEXTS.items():
        texts[name] = _field(fields, name, is_required)
        if texts[name] is not None and (isinstance(texts[name], Number) or not isinstance(texts[name], str)):
            raise Rejected("wrong_type")
    if _field(fields, "customer_id", False) is not None:
        _integer(fields["customer_id"], 64)
    quantity = _integer(_field(fields, "quantity", True), 32)
    price = _price(_field(fields, "price", True))
    seconds = _seconds(_field(fields, "ts", True))
    if quantity <= 0:
        raise Rejected("check")
    if seconds > now + MAX_FUTURE:
        raise Rejected("future")
    return Purchase(texts["transaction_id"], texts["category"], texts["payment_method"], quantity, price, seconds)


class _Totals:
    def __init__(self):
        self.rows = self.quantity = 0
        self.prices = self.amount = decimal.Decimal("0.00")


class Expected:
    """The table, and what became of every record that is not in it; records are (partition, place in the partition)."""

    def __init__(self, now: float):
        self.rejected = {}  # record: reason
        self.late = set()
        self.read = self.absorbed = self.duplicates = 0
        self._now = now
        self._windows = collections.defaultdict(_Totals)
        self._seen = {}

    def add_partition(self, partition: int, records) -> None:
        largest = None
        for place, record in enumerate(records):
            self.read += 1
            try:
                row = purchase_of(record, self._now)
            except Rejected as reason:
                self.rejected[partition, place] = str(reason)
                continue
            if largest is not None and row.time < largest - DELAY:
                self.late.add((partition, place))
            else:
                self._take(row)
            largest = row.time if largest is None else max(largest, row.time)

    def _take(self, row):
        known = self._seen.setdefault(row.transaction_id, row)
        if known is not row:
            if known != row:
                raise ValueError(f"which of two purchases counts is left open: {known} {row}")
            self.duplicates += 1
            return
        self.absorbed += 1
        totals = self._windows[row.category, row.payment_method, int(row.time // WINDOW) * WINDOW + WINDOW]
        totals.rows += 1
        totals.quantity += row.quantity
        totals.prices = _EXACT.add(totals.prices, row.price)
        totals.amount = _EXACT.add(totals.amount, _EXACT.multiply(row.price, row.quantity))

    def retail(self) -> dict:
        """The rows by (category, payment_method, window_end); times in seconds since 1970, decimals as texts with all digits of their scale."""
        rows, running = {}, collections.defaultdict(lambda: decimal.Decimal("0.00"))
        for key in sorted(self._windows, key=lambda key: key[2]):
            category, payment_method, end = key
            totals = self._windows[key]
            running[category, payment_method] = _EXACT.add(running[category, payment_method], totals.amount)
            rows[key] = (category, payment_method, end - WINDOW, end, _average(totals), str(totals.quantity), _two_digits(totals.amount),
                         _two_digits(running[category, payment_method]))
        return rows


def _average(totals):
    # DECIMAL(14,6), rounded half up from the exact quotient.
    cents = int(totals.prices * 100)
    millionths, rest = divmod(abs(cents) * 10_000, totals.rows)
    millionths += 2 * rest >= totals.rows
    return str((decimal.Decimal(millionths) * (-1 if cents < 0 else 1)).scaleb(-6).quantize(decimal.Decimal("0.000001")))


def _two_digits(amount):
    return str(amount.quantize(decimal.Decimal("0.01"), context=_EXACT))


def expect(partitions, now: float = None) -> Expected:
    """`partitions`: for each one its records, in order."""
    expected = Expected(time.time() if now is None else now)
    for number, records in enumerate(partitions):
        expected.add_partition(number, records)
    return expected


def _partitions_named(arguments):
    if len(arguments) == 3 and arguments[2].isdigit():
        sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "services"))
        from kafka_client import read_topic
        return read_topic(arguments[0], arguments[1], int(arguments[2]))
    return [[line.rstrip(b"\n") for line in open(name, "rb")] for name in arguments]


def main() -> int:
    if not sys.argv[1:]:
        sys.exit(__doc__)
    expected = expect(_partitions_named(sys.argv[1:]))
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(COLUMNS)
    for row in sorted(expected.retail().values()):
        start, end = (datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S") for second in row[2:4])
        rows.writerow((*row[:2], start, end, *row[4:]))
    reasons = dict(sorted(collections.Counter(expected.rejected.values()).items()))
    print(f"read {expected.read} absorbed {expected.absorbed} duplicates {expected.duplicates} late {len(expected.late)} "
          f"rejected {len(expected.rejected)} {reasons}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
