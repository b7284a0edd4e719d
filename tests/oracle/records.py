"""records.py - random records of a source: few distinct values, NULLs, broken ones, and times in some disorder."""
import datetime
import json
from decimal import Decimal

# What a column may be: (name, type, whether it may be NULL). Every source has the first one.
COLUMNS = [("id", "int", False), ("k", "string", True), ("g", "int", False), ("n", "int", True), ("b", "bigint", True), ("d", "decimal(10,2)", True),
           ("p", "decimal(10,2)", False), ("x", "double", True), ("s", "string", True), ("f", "boolean", True), ("moment", "timestamp", True),
           ("born", "date", True), ("a", "array<int>", True), ("t", "array<string>", True)]
TEXTS = ["", "a", "b", "Ab", "tea", "12", "-7", "x y", "é", "it's", "tea%", "日本"]
KEYS = ["red", "green", "blue", "Red", ""]
START = datetime.datetime(2024, 5, 1, 10, 0, 0)


def make_value(rng, name, type_name):
    if name == "k":
        return rng.choice(KEYS)
    if name == "g":
        return rng.randrange(3)
    if type_name == "int":
        return rng.randrange(-9, 21) if rng.random() < 0.8 else 0
    if type_name == "bigint":
        return rng.choice([rng.randrange(-5, 6), rng.randrange(-10**12, 10**12)])
    if type_name == "double":
        return rng.randrange(-64, 65) / 8  # sums of these are exact, in any order
    if type_name.startswith("decimal"):
        return str(Decimal(rng.randrange(-500, 3000)).scaleb(-2)) if rng.random() < 0.95 else str(Decimal(rng.randrange(-10**10 + 1, 10**10)).scaleb(-2))
    if type_name == "boolean":
        return rng.random() < 0.5
    if type_name == "timestamp":
        return time_text(START + datetime.timedelta(seconds=rng.randrange(0, 9000), microseconds=rng.choice([0, 0, 250000, 1])))
    if type_name == "date":
        return str(datetime.date(2024, 2, 27) + datetime.timedelta(days=rng.randrange(0, 5)))
    if type_name == "array<int>":
        return [None if rng.random() < 0.15 else rng.randrange(-3, 8) for _ in range(rng.choice([0, 1, 1, 2, 3, 5]))]
    if type_name == "array<string>":
        return [None if rng.random() < 0.15 else rng.choice(TEXTS) for _ in range(rng.choice([0, 1, 2, 3]))]
    return rng.choice(TEXTS)


def time_text(time):
    return time.isoformat(sep=" ")


def make_columns(rng):
    optional = COLUMNS[1:]
    return [list(column) for column in COLUMNS[:1] + [column for column in optional if rng.random() < 0.6]]


class EventTimes:
    """Goes on from row to row, with ties and steps back, some of them beyond the delay."""

    def __init__(self, rng, delay_seconds):
        self.rng, self.delay = rng, delay_seconds
        self.now = START + datetime.timedelta(seconds=rng.randrange(0, 600))

    def next(self):
        draw = self.rng.random()
        self.now += datetime.timedelta(seconds=self.rng.choice([0, 1, 10, 30, 60, 150, 300, 400]), microseconds=self.rng.choice([0, 0, 0, 500000]))
        if draw < 0.55:
            return self.now
        if draw < 0.85:
            return self.now - datetime.timedelta(seconds=self.rng.randrange(0, self.delay + 1))
        return self.now - datetime.timedelta(seconds=self.rng.randrange(0, 4 * self.delay + 100))


def make_source(rng, name, time, has_check, is_large):
    """`time`: {}, or {"event_time": the delay of the watermark over the column `ts` in seconds, "late": what becomes of late rows}. `is_large`: some hundred rows a split."""
    columns, event_time = make_columns(rng), time.get("event_time")
    if event_time:
        columns.append(["ts", "timestamp", rng.random() < 0.3])  # without one a row is rejected
    splits = {}
    ids = range(100 + 10000 * int(name[-1]), 10**6)
    next_id = iter(ids)
    for split in range(rng.choice([1, 1, 2, 2, 3, 4])):
        times = EventTimes(rng, event_time or 0)
        records, of_split = [], []
        sizes = [400, 700] if is_large else [0, 3, 8, 12, 20, 30, 40] if event_time else [0, 1, 3, 8, 12, 20, 30]
        for _ in range(rng.choice(sizes)):
            records.append(make_record(rng, columns, next_id, of_split, times))
        splits[str(split)] = records
    numbers = [column for column, kind, _ in columns if kind == "int" and column in ("n", "g")]
    check = [rng.choice(numbers), rng.choice([-5, 0])] if numbers and has_check and rng.random() < 0.3 else None
    return {"name": name, "columns": columns, "check": check, "splits": splits, "event_time": event_time, "late": time.get("late")}


def make_record(rng, columns, next_id, of_split, times):
    """{"value": {...}} or {"broken": text}. An id that comes again does so in its own split."""
    if rng.random() < 0.03:
        return {"broken": rng.choice(["not JSON", "{}", '{"id":"x"}', "[1]", '{"id":null}', '{"id":1'])}
    if of_split and rng.random() < 0.12:
        repeated = dict(rng.choice(of_split))
        if rng.random() < 0.5:
            return {"value": repeated}
        number = repeated["id"]
    else:
        number = next(next_id)
    value = {"id": number}
    for name, type_name, nullable in columns[1:]:
        if name == "ts":
            value["ts"] = time_text(times.next()) if rng.random() < 0.98 else "2999-01-01 00:00:00"  # rejected: too far ahead of the clock
            if nullable and rng.random() < 0.05:
                value["ts"] = None
        elif nullable and rng.random() < 0.18:
            if rng.random() < 0.5:
                value[name] = None
        else:
            value[name] = make_value(rng, name, type_name)
    of_split.append(value)
    return {"value": value}


def record_text(columns, record):
    """As it stands in the topic."""
    if "broken" in record:
        return record["broken"]
    parts = []
    for name, type_name, _ in columns:
        if name not in record["value"]:
            continue
        value = record["value"][name]
        text = value if type_name.startswith("decimal") and value is not None else json.dumps(value, ensure_ascii=False)
        parts.append(f"{json.dumps(name)}:{text}")
    return "{" + ",".join(parts) + "}"


def parse_time(text):
    return datetime.datetime.fromisoformat(text)


def refused_rows(source):
    """Records that never become rows of the source: {(split, offset)}."""
    return {(split, offset) for split, records in source["splits"].items() for offset, record in enumerate(records) if is_refused(source, record)}


def is_refused(source, record):
    if "broken" in record:
        return True
    value = record["value"]
    if any(value.get(name) is None for name, _, nullable in source["columns"] if not nullable):
        return True
    if source["event_time"] and (value.get("ts") is None or value["ts"] > "2900"):
        return True
    check = source.get("check")  # [column, the value it must be greater than]
    return bool(check) and value.get(check[0]) is not None and not value[check[0]] > check[1]


def late_rows(source):
    """For each split, which of its rows are late: {(split, offset)}. The rule of the language page, by itself."""
    late, refused = set(), refused_rows(source)
    if not source["event_time"] or source.get("late") == "correct":
        return late
    correct = source["late"]["correct"] if isinstance(source.get("late"), dict) else "0 seconds"
    delay = datetime.timedelta(seconds=source["event_time"] + int(correct.split(" ")[0]))
    for split, records in source["splits"].items():
        greatest = None
        for offset, record in enumerate(records):
            if (split, offset) in refused:
                continue
            time = parse_time(record["value"]["ts"])
            if greatest is not None and time < greatest - delay:
                late.add((split, offset))
            greatest = time if greatest is None else max(greatest, time)
    return late
