#!/usr/bin/env python3
"""Computes what the tables of product_view must hold, from the events alone and without any code of the engine.

  oracle.py EVENTS.jsonl      prints the size of each table and the rejected rows per reason

An event is one line. What makes a row bad, and what a row becomes, is written down here a second time on purpose.
"""
import collections
import datetime
import decimal
import functools
import hashlib
import json
import sys
import urllib.parse

# Where Debian's packages are, for a Python that is not Debian's.
sys.path.append("/usr/lib/python3/dist-packages")
from ua_parser import user_agent_parser  # noqa: E402  python3-ua-parser: the reference implementation, on the same uap-core

MAX_DEPTH = 64
MAX_BYTES = 1 << 20
TEXT_FIELDS = ("api_version", "collection", "current_url", "device_id", "email", "ip", "local_time", "product_name", "referrer_url",
               "resolution", "show_recommendation", "recommendation", "store_id", "language_code", "user_agent", "user_id_db",
               "utm_source", "utm_medium")


class Rejected(Exception):
    """Why an event cannot be a row; the text is the reason's code."""


class Number(str):
    """A JSON number as it was sent."""


def _object_of(pairs):
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Rejected("duplicate_key")
    return fields


def _no_constant(_):
    raise Rejected("not_json")  # NaN and Infinity, which Python would take


def _check_text(text):
    if "\0" in text:
        raise Rejected("nul_character")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Rejected("invalid_utf8")


def _check_values(value, depth):
    if isinstance(value, (dict, list)):
        if depth >= MAX_DEPTH:
            raise Rejected("too_deep")
        for name in value if isinstance(value, dict) else ():
            _check_text(name)
        for inner in value.values() if isinstance(value, dict) else value:
            _check_values(inner, depth + 1)
    elif isinstance(value, str) and not isinstance(value, Number):
        _check_text(value)


def parse(event: bytes) -> dict:
    """The fields of an event, or Rejected."""
    if len(event) > MAX_BYTES:
        raise Rejected("too_large")
    try:
        text = event.decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected("invalid_utf8") from None
    if "\0" in text:
        raise Rejected("nul_character")
    try:
        document = json.loads(text, object_pairs_hook=_object_of, parse_constant=_no_constant, parse_int=Number, parse_float=Number)
    except RecursionError:
        raise Rejected("too_deep") from None
    except ValueError:
        raise Rejected("not_json") from None
    _check_values(document, 0)
    if not isinstance(document, dict):
        raise Rejected("not_object")
    return document


def _is_text(value):
    return isinstance(value, str) and not isinstance(value, Number)


def _check_row(fields):
    for name in ("id", "product_id", "time_stamp"):
        if name not in fields:
            raise Rejected("missing")
        if fields[name] is None:
            raise Rejected("null")
    for name in ("id", "product_id", *TEXT_FIELDS):
        if fields.get(name) is not None and not _is_text(fields[name]):
            raise Rejected("wrong_type")
    second = fields["time_stamp"]
    if not isinstance(second, Number) or not second.lstrip("-").isdigit():
        raise Rejected("wrong_type")
    if not -(1 << 63) <= int(second) < 1 << 63:
        raise Rejected("out_of_range")


def _sha256(text):
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def _host(url):
    if url is None:
        return None
    try:
        host = urllib.parse.urlsplit(url).hostname
    except ValueError:
        return None
    return (host.removeprefix("www.") or None) if host else None


@functools.lru_cache(maxsize=None)
def _browser_and_os(user_agent):
    return tuple(parse_part(user_agent)["family"] for parse_part in (user_agent_parser.ParseUserAgent, user_agent_parser.ParseOS))


def _date_row(day):
    _, week, weekday = day.isocalendar()
    return (day.isoformat(), str(weekday), day.strftime("%a"), "Weekend" if weekday >= 6 else "Weekday", str(day.day),
            day.strftime("%Y-%m"), str(day.month), str(day.timetuple().tm_yday), str(week), str((day.month + 2) // 3), str(day.year))


# The columns compared, in the order of the rows that are kept; the first is the key.
COLUMNS = {
    "fact_sales": ("sales_key", "full_date", "full_time", "ip_key", "user_agent_key", "product_key", "referrer_url", "collection", "option",
                   "email_address", "resolution", "user_id_db", "device_id", "api_version", "store_id", "local_time", "show_recommendation",
                   "recommendation", "utm_source", "utm_medium"),
    "dim_date": ("full_date", "day_of_week", "day_of_week_short", "is_weekday_or_weekend", "day_of_month", "year_month", "month",
                 "day_of_year", "week_of_year", "quarter_number", "year"),
    "dim_product": ("product_key", "name", "current_url", "language_code"),
    "dim_location": ("ip_key", "ip_address", "country_code", "country_name", "region_name", "city_name"),
    "dim_user_agent": ("user_agent_key", "user_agent", "browser", "os"),
}


def canonical_json(document):
    """Two documents that mean the same give the same text: members in order, numbers by their exact value."""
    def plain(value):
        if isinstance(value, Number):
            return ["number", str(decimal.Decimal(value).normalize())]
        if isinstance(value, dict):
            return {name: plain(inner) for name, inner in value.items()}
        return [plain(inner) for inner in value] if isinstance(value, list) else value
    return None if document is None else json.dumps(plain(document), sort_keys=True)


def canonical_text(text):
    return None if text is None else canonical_json(json.loads(text, parse_int=Number, parse_float=Number))


class Expected:
    """The five tables as {key: row}, and the reasons of rejected events by their number."""

    def __init__(self):
        self.tables = {name: {} for name in COLUMNS}
        self.rejected = {}
        self.events = 0

    def add(self, event: bytes) -> None:
        number = self.events
        self.events += 1
        try:
            fields = parse(event)
            _check_row(fields)
        except Rejected as reason:
            self.rejected[number] = str(reason)
            return
        self._add_row(fields)

    def _add_row(self, fields):
        time = datetime.datetime.fromtimestamp(int(fields["time_stamp"]), datetime.timezone.utc)
        get = fields.get
        ip_key, agent_key = _sha256(get("ip")), _sha256(get("user_agent"))
        self._insert("fact_sales", (
            _sha256(fields["id"] + fields["product_id"]), time.strftime("%Y-%m-%d"), time.strftime("%H:%M:%S"), ip_key, agent_key,
            fields["product_id"], _host(get("referrer_url")), get("collection"), canonical_json(get("option")),
            get("email"), get("resolution"), get("user_id_db"), get("device_id"), get("api_version"), get("store_id"), get("local_time"),
            get("show_recommendation"), get("recommendation"), get("utm_source"), get("utm_medium")))
        self._insert("dim_date", _date_row(time.date()))
        self._insert("dim_product", (fields["product_id"], get("product_name"), get("current_url"), get("language_code")))
        if ip_key is not None:  # the tests run without a geo database
            self._insert("dim_location", (ip_key, fields["ip"], None, None, None, None))
        if agent_key is not None:
            self._insert("dim_user_agent", (agent_key, fields["user_agent"], *_browser_and_os(fields["user_agent"])))

    def _insert(self, table, row):
        self.tables[table].setdefault(row[0], row)  # on conflict ignore


def expect(events) -> Expected:
    expected = Expected()
    for event in events:
        expected.add(event)
    return expected


def main() -> int:
    with open(sys.argv[1], "rb") as lines:
        expected = expect(line.rstrip(b"\n") for line in lines)
    print(f"{expected.events} events")
    for name, rows in expected.tables.items():
        print(f"{name}: {len(rows)} rows")
    for reason, count in sorted(collections.Counter(expected.rejected.values()).items()):
        print(f"rejected as {reason}: {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
