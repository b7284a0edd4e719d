"""Compares batches that go through the Arrow C data interface with what pyarrow makes of them. Exit code 77: skipped."""
import argparse
import ctypes
import datetime
import os
import subprocess
import sys
import unittest
from decimal import Decimal

SKIPPED = 77


def load_pyarrow(venv):
    """Imports pyarrow; where it is missing, installs it into `venv` and starts this program again with its Python."""
    try:
        import pyarrow
        if hasattr(pyarrow, "json_") and hasattr(pyarrow, "string_view"):
            return pyarrow
    except ImportError:
        pass
    python = os.path.join(venv, "bin", "python")
    if os.path.abspath(sys.executable) == os.path.abspath(python):
        print("skipped: the installed pyarrow is too old (no JSON type)")
        sys.exit(SKIPPED)
    try:
        if not os.path.exists(python):
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pyarrow>=19"],
                       check=True, timeout=240)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"skipped: pyarrow cannot be installed: {error}")
        sys.exit(SKIPPED)
    os.execv(python, [python] + sys.argv)


arguments = argparse.ArgumentParser()
arguments.add_argument("--bridge", required=True)
arguments.add_argument("--venv", required=True)
options, unittest_arguments = arguments.parse_known_args()
pa = load_pyarrow(options.venv)
bridge = ctypes.CDLL(options.bridge)


class Structs:
    """An ArrowSchema and an ArrowArray, empty."""

    def __init__(self):
        self.schema_memory = ctypes.create_string_buffer(9 * 8)
        self.array_memory = ctypes.create_string_buffer(10 * 8)
        self.schema = ctypes.addressof(self.schema_memory)
        self.array = ctypes.addressof(self.array_memory)

    def pointers(self):
        return ctypes.c_void_p(self.schema), ctypes.c_void_p(self.array)

    def take(self):
        batch = pa.RecordBatch._import_from_c(self.array, self.schema)
        batch.validate(full=True)
        return batch


def echo(batch):
    """What Weir makes of the batch: as text, and as the batch it exports again."""
    sent, received = Structs(), Structs()
    batch._export_to_c(sent.array, sent.schema)
    text = ctypes.create_string_buffer(1 << 16)
    code = bridge.echo(*sent.pointers(), *received.pointers(), text, ctypes.c_size_t(len(text)))
    if code != 0:
        raise ValueError(text.value.decode())
    return text.value.decode(), received.take()


def utc(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


class Export(unittest.TestCase):
    def setUp(self):
        structs = Structs()
        bridge.export_example(*structs.pointers())
        self.batch = structs.take()

    def tearDown(self):
        self.batch = None

    def test_types(self):
        types = {field.name: field.type for field in self.batch.schema}
        self.assertEqual(types, {
            "nothing": pa.null(), "bool": pa.bool_(), "int": pa.int32(), "bigint": pa.int64(), "double": pa.float64(),
            "decimal": pa.decimal128(38, 10), "string": pa.string_view(), "bytes": pa.binary_view(),
            "date": pa.date32(), "timestamp": pa.timestamp("us", "UTC"), "interval": pa.month_day_nano_interval(),
            "json": pa.json_(pa.string_view()), "constant": pa.string_view(), "constant_bool": pa.bool_(),
            "constant_null": pa.int64()})

    def test_values(self):
        epoch = datetime.date(1970, 1, 1)
        widest = Decimal("9999999999999999999999999999.9999999999")
        expected = {
            "nothing": [None] * 4,
            "bool": [True, False, None, True],
            "int": [1, -2**31, None, 2**31 - 1],
            "bigint": [1, -2**63, None, 2**63 - 1],
            "double": [1.5, -0.0, None, 1e300],
            "decimal": [Decimal("-1.2500000000"), widest, None, Decimal("-" + str(widest))],
            "string": ["twelve bytes", "x" * 300, None, "thirteen byte"],
            "bytes": [b"\x00\xffraw bytes, not text", b"", None, b"short"],
            "date": [epoch, datetime.date(1, 1, 1), None, datetime.date(9999, 12, 31)],
            "timestamp": [utc("1970-01-01"), utc("1969-12-31T23:59:59.999999"), None, utc("2024-11-01T00:00:00.123456")],
            "interval": [pa.MonthDayNano([14, 3, 5]), pa.MonthDayNano([-1, 0, -7]), None, pa.MonthDayNano([0, 0, 0])],
            "json": ['{"a":1}', "[]", None, '"long enough to leave"'],
            "constant": ["a constant text that is long"] * 4,
            "constant_bool": [True] * 4,
            "constant_null": [None] * 4,
        }
        self.assertEqual(self.batch.to_pydict(), expected)
        self.assertEqual(str(self.batch.column("double")[1]), "-0.0")

    def test_a_column_outlives_its_batch(self):
        column = self.batch.column("string")
        self.batch = None
        self.assertEqual(column.to_pylist()[1], "x" * 300)

    def test_releasing_lets_the_memory_go(self):
        self.assertGreater(bridge.live_owner_count(), 0)
        self.batch = None
        self.assertEqual(bridge.live_owner_count(), 0)


class Import(unittest.TestCase):
    def setUp(self):
        texts = ["", "short", None, "exactly 12 b", "thirteen byte", "é" * 100, None, "end", "more", "and more text"]
        numbers = [0, 1, None, -1, 2**31 - 1, -2**31, None, 7, 8, 9]
        self.batch = pa.record_batch({
            "string": pa.array(texts, pa.string()),
            "large_string": pa.array(texts, pa.large_string()),
            "string_view": pa.array(texts, pa.string_view()),
            "binary": pa.array([t if t is None else t.encode() for t in texts], pa.binary()),
            "large_binary": pa.array([t if t is None else t.encode() for t in texts], pa.large_binary()),
            "binary_view": pa.array([t if t is None else t.encode() for t in texts], pa.binary_view()),
            "bool": pa.array([n if n is None else n > 0 for n in numbers]),
            "int": pa.array(numbers, pa.int32()),
            "bigint": pa.array(numbers, pa.int64()),
            "double": pa.array(numbers, pa.float64()),
            "decimal": pa.array([n if n is None else Decimal(n) / 4 for n in numbers], pa.decimal128(20, 2)),
            "date": pa.array([n if n is None else n % 1000 for n in numbers], pa.int32()).cast(pa.date32()),
            "timestamp": pa.array(numbers, pa.int64()).cast(pa.timestamp("us", "UTC")),
            "interval": pa.array([n if n is None else pa.MonthDayNano([n, -n % 100, n]) for n in numbers]),
            "null": pa.nulls(10),
        })

    def check(self, batch):
        _, echoed = echo(batch)
        self.assertEqual(echoed.to_pydict(), batch.to_pydict())
        self.assertEqual([field.name for field in echoed.schema], [field.name for field in batch.schema])

    def test_whole(self):
        self.check(self.batch)

    def test_slices_at_every_offset(self):
        for start in range(10):
            for length in range(0, 11 - start):
                self.check(self.batch.slice(start, length))

    def test_slices_in_a_long_batch(self):
        count = 5000
        batch = pa.record_batch({
            "i": pa.array([None if i % 7 == 0 else i for i in range(count)], pa.int64()),
            "b": pa.array([None if i % 5 == 0 else i % 3 == 0 for i in range(count)]),
            "s": pa.array([None if i % 11 == 0 else "row " * (i % 6) + str(i) for i in range(count)], pa.string_view())})
        for start, length in ((0, 64), (1, 64), (63, 65), (8, 4992), (4999, 1), (1000, 0)):
            self.check(batch.slice(start, length))

    def test_a_struct_array_with_an_offset_of_its_own(self):
        struct = pa.array([{"a": i, "b": str(i) * 9} for i in range(20)]).slice(3, 11)
        sent, received = Structs(), Structs()
        struct._export_to_c(sent.array, sent.schema)
        text = ctypes.create_string_buffer(1 << 16)
        code = bridge.echo(*sent.pointers(), *received.pointers(), text, ctypes.c_size_t(len(text)))
        self.assertEqual((code, received.take().to_pylist()), (0, struct.to_pylist()))

    def test_values_read_right(self):
        text, _ = echo(self.batch.select(["string", "bigint", "decimal", "timestamp"]).slice(3, 2))
        self.assertEqual(text, "exactly 12 b|-1|-0.25|1969-12-31 23:59:59.999999\n"
                               "thirteen byte|2147483647|536870911.75|1970-01-01 00:35:47.483647\n")

    def test_json_keeps_its_type(self):
        batch = pa.record_batch({"j": pa.array(['{"a":1}', None], pa.json_())})
        _, echoed = echo(batch)
        self.assertEqual(echoed.schema.field("j").type, pa.json_(pa.string_view()))
        self.assertEqual(echoed.to_pydict(), batch.to_pydict())

    def test_a_decimal_of_256_bits_is_refused(self):
        with self.assertRaisesRegex(ValueError, "column d has a format that is not supported: d:50,2,256"):
            echo(pa.record_batch({"d": pa.array([Decimal(1)], pa.decimal256(50, 2))}))

    def nested_batch(self):
        line = pa.struct([pa.field("sku", pa.string(), nullable=False), pa.field("tags", pa.list_(pa.string()))])
        return pa.record_batch({
            "ints": pa.array([[1, None], [], None, [3], [4, 5, 6]], pa.list_(pa.int32())),
            "large": pa.array([[True], None, [], [False, None], [True]], pa.large_list(pa.bool_())),
            "lines": pa.array([[{"sku": "a", "tags": ["x", None]}], None, [], [{"sku": "b", "tags": None}, {"sku": "c" * 30, "tags": []}],
                               [{"sku": "d", "tags": ["y"]}]], pa.list_(line)),
            "one": pa.array([{"sku": "a", "tags": ["x"]}, None, {"sku": "b", "tags": None}, {"sku": "c", "tags": []}, None], line),
            "map": pa.array([[("a", 1), ("b", None)], [], None, [("c", 3)], [("d", 4)]], pa.map_(pa.string(), pa.int64())),
        })

    def test_nested_values_survive(self):
        batch = self.nested_batch()
        for part in (batch, batch.slice(1, 3), batch.slice(4), batch.slice(0, 0)):
            _, echoed = echo(part)
            self.assertEqual(echoed.to_pylist(), part.to_pylist())

    def test_nested_values_read_right(self):
        text, _ = echo(self.nested_batch().slice(3, 1))
        self.assertEqual(text, "[3]|[false, null]|[{b, null}, {%s, []}]|{c, []}|{c -> 3}\n" % ("c" * 30))

    def test_a_child_may_outlive_its_batch(self):
        _, echoed = echo(self.nested_batch())
        tags = echoed.column("lines").values.field("sku")
        echoed = None
        self.assertEqual(tags.to_pylist(), ["a", "b", "c" * 30, "d"])

    def test_a_union_is_refused(self):
        with self.assertRaisesRegex(ValueError, "column u has a format that is not supported"):
            echo(pa.record_batch({"u": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])}))

    def test_an_empty_batch(self):
        self.check(self.batch.slice(0, 0))

    def test_releasing_lets_the_memory_go(self):
        _, echoed = echo(self.batch)
        before = pa.total_allocated_bytes()
        self.batch = None
        self.assertEqual(echoed.column("string").to_pylist()[5], "é" * 100)
        echoed = None
        self.assertEqual(bridge.live_owner_count(), 0)
        self.assertLess(pa.total_allocated_bytes(), before)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + unittest_arguments)
