// worker_script.cpp — the program that a worker's python3 runs.
#include "udf/python/worker_script.h"

namespace weir {

const char* const python_worker_script = R"python(
import array, datetime, decimal, os, signal, struct, sys

CHANNEL = 0
EPOCH = datetime.date(1970, 1, 1)
EPOCH_TIME = datetime.datetime(1970, 1, 1)
CODES = {"int": "i", "bigint": "q", "double": "d", "date": "i", "timestamp": "q", "bool": "b"}
LIMITS = {"int": 1 << 31, "bigint": 1 << 63}


def read_exactly(count):
    parts = []
    while count:
        part = os.read(CHANNEL, min(count, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame():
    return read_exactly(struct.unpack("<I", read_exactly(4))[0])


def write_frame(body):
    view = memoryview(struct.pack("<I", len(body)) + body)
    while view:
        view = view[os.write(CHANNEL, view):]


class Reader:
    def __init__(self, body):
        self.body, self.at = body, 0

    def take(self, count):
        self.at += count
        return self.body[self.at - count:self.at]

    def numbers(self, code, count):
        values = array.array(code)
        values.frombytes(self.take(count * values.itemsize))
        return values

    def text(self):
        return self.take(self.numbers("I", 1)[0]).decode()

    def column(self, kind, rows):
        valid = self.take(rows)
        if kind in CODES:
            values = self.numbers(CODES[kind], rows)
        else:
            values = [self.take(length) for length in self.numbers("I", rows)]
        return [FROM_BYTES[kind](value) if is_valid else None for value, is_valid in zip(values, valid)]


def same(value):
    return value


FROM_BYTES = {"int": same, "bigint": same, "double": same, "bool": bool, "bytes": same,
              "string": lambda value: value.decode(), "json": lambda value: value.decode(),
              "decimal": lambda value: decimal.Decimal(value.decode()),
              "date": lambda value: EPOCH + datetime.timedelta(days=value),
              "timestamp": lambda value: EPOCH_TIME + datetime.timedelta(microseconds=value)}


def wrong(value, wanted):
    raise BadResult(f"the result is a {type(value).__name__}, expected {wanted}")


class BadResult(Exception):
    pass


def whole_number(value, kind):
    if isinstance(value, bool) or not isinstance(value, int):
        wrong(value, "an int")
    if not -LIMITS[kind] <= value < LIMITS[kind]:
        raise BadResult(f"the result is out of range for {kind}: {value}")
    return value


def microseconds(value):
    if not isinstance(value, datetime.datetime):
        wrong(value, "a datetime")
    if value.tzinfo is not None:
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return (value - EPOCH_TIME) // datetime.timedelta(microseconds=1)


TO_VALUE = {
    "int": lambda value: whole_number(value, "int"),
    "bigint": lambda value: whole_number(value, "bigint"),
    "double": lambda value: float(value) if isinstance(value, (int, float)) else wrong(value, "a float"),
    "bool": lambda value: int(value) if isinstance(value, bool) else wrong(value, "a bool"),
    "bytes": lambda value: bytes(value) if isinstance(value, (bytes, bytearray)) else wrong(value, "bytes"),
    "string": lambda value: value.encode() if isinstance(value, str) else wrong(value, "a str"),
    "json": lambda value: value.encode() if isinstance(value, str) else wrong(value, "a str"),
    "decimal": lambda value: str(value).encode() if isinstance(value, (decimal.Decimal, int)) else wrong(value, "a Decimal"),
    "date": lambda value: (value - EPOCH).days if type(value) is datetime.date else wrong(value, "a date"),
    "timestamp": microseconds,
}


def result_frame(function, columns, rows, kind):
    statuses, values, errors = bytearray(rows), [0 if kind in CODES else b""] * rows, []
    convert = TO_VALUE[kind]
    for row, arguments in enumerate(zip(*columns) if columns else [()] * rows):
        if None in arguments:
            statuses[row] = 1
            continue
        try:
            value = function(*arguments)
            if value is None:
                statuses[row] = 1
            else:
                values[row] = convert(value)
        except BadResult as error:
            statuses[row] = 2
            errors.append(f"udf_bad_result\0{error}")
        except Exception as error:
            statuses[row] = 2
            errors.append(f"udf_exception\0{type(error).__name__}: {error}")
    parts = [bytes(statuses)]
    if kind in CODES:
        parts.append(array.array(CODES[kind], values).tobytes())
    else:
        parts.append(array.array("I", map(len, values)).tobytes())
        parts.extend(values)
    for error in errors:
        text = error.encode("utf-8", "replace")
        parts.append(struct.pack("<I", len(text)) + text)
    return b"".join(parts)


def start():
    hello = Reader(read_frame())
    code, file, entry, kinds, kind = (hello.text() for _ in range(5))
    sys.path.insert(0, os.path.dirname(os.path.abspath(file)))
    names = {"__name__": "weir_function", "__file__": file}
    try:
        exec(compile(code, file, "exec"), names)
        function = names.get(entry)
        if not callable(function):
            raise NameError(f"there is no function {entry} in {file}")
    except BaseException as error:
        write_frame(f"-{type(error).__name__}: {error}".encode("utf-8", "replace"))
        os._exit(0)
    write_frame(b"+")
    return function, kinds.split(",") if kinds else [], kind


signal.signal(signal.SIGINT, signal.SIG_IGN)
function, kinds, kind = start()
while True:
    frame = Reader(read_frame())
    rows = frame.numbers("I", 1)[0]
    columns = [frame.column(one, rows) for one in kinds]
    write_frame(result_frame(function, columns, rows, kind))
)python";

}  // namespace weir
