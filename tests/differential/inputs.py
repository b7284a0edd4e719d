"""inputs.py - the tables that expressions are evaluated over: columns of edges first, then of random values, NULL among them."""
import random
import struct

TEXTS = ["", " ", "a", "A", "abc", "Hello World", "  padded  ", "hello", "aaaa", "a,b,c", "a,b,", ",", "a.b.c", "O'Brien", "tab\there",
         "line\nbreak", "back\\slash", "%", "_", "100%", "a_b", "\u00fc", "\u00dcber Stra\u00dfe", "\u0130stanbul", "\u0131", "\u1e9e", "e\u0301", "\u00e9",
         "\u4e2d\u6587", "\u65e5\u672c\u8a9e\u30c6\u30ad\u30b9\u30c8", "\U0001f600", "a\U0001f600b", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
         "\U0001d49c", "\u0000", "a\u0000b", "\uffff", "\ufeffbom", "\u00a0nbsp\u00a0", "\u2003em", "\u0391\u03a3", "\u03a3\u03a3", "\u01c5",
         "ABC DEF", "abc-def", "x=1&y=2", "(a)", "a+b", "[x]", "$1", "^a", "foo123bar", "2024-02-29", "1e3", "12", "-7", "Robert", "Rupert",
         "Tymczak", "Pfister", "Honeyman", "Ashcraft", "the quick  brown\tfox", "McDONALD", "\ufb01nd", "\u0645\u0631\u062d\u0628\u0627", "x" * 70]
NUMBER_TEXTS = ["0", "1", "-1", "+1", " 12 ", "12.5", "-12.99", ".5", "5.", "1e3", "1E-3", "1e400", "-1e400", "NaN", "nan", "Infinity", "-Infinity", "inf",
                "+inf", "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808",
                "-9223372036854775808", "99999999999999999999999999999999999999", "100000000000000000000000000000000000000", "0.1", "1d", "1f", "0x1F", "1_000",
                "1,000", "", " ", "abc", "--1", "+-1", "1 2", "\t7\n", "true", "false", "T", "f", "yes", "no", "y", "n", "on", "off", "TRUE", "00012", "-0", "-0.0",
                "1e-400", "0.30000000000000004", "123456789.123456789", "\u0661", "\uff11", "1.7976931348623157e308", "4.9e-324", "1L", "12.", "e5", "."]
FORMATTED_NUMBERS = ["12", "1234", " 12", "12 ", "+12", "-12", "012", "1", "abc", "1,234", "234", ",234", "12,34", "12.3", "12.", "12.345", ".5", "12.30", "12-", "12+", "<12>", "<12", "12>",
                     "$12", "$ 12", "-$12.34", "$12.34", "+$1", "-12.34", "0012", "0.12", ".12", "0,001", "<$12>", "$1,234.56", "$-12", "1 2", ".", "1.2.3", "1234-", "0", "00", "000",
                     "-0", "999", "1000", "12,345-", "12345-", "S12", "1e3", "\u0661", "-$999,999.99", "$999999.99"]
TIME_TEXTS = ["2024-02-29", "2023-02-29", "0001-01-01", "9999-12-31", "10000-01-01", "1582-10-10", "1900-02-28", "2024-1-1", "2024-01-1", "2024", "2024-05",
              " 2024-05-06 ", "2024-05-06T07:08:09", "2024-05-06 07:08:09.123456", "2024-05-06 07:08:09.1234567", "2024-05-06 07:08:09Z",
              "2024-05-06 07:08:09+02:00", "2024-05-06T07:08:09-0530", "2024-05-06 07:08", "2024-05-06 7:8:9", "2024-05-06 24:00:00", "2024-05-06 23:59:60",
              "2024-03-31 02:30:00", "1969-12-31 23:59:59.999999", "2024-05-06 07:08:09 UTC", "2024-05-06 07", "2024-13-01", "2024-00-10", "2024-04-31", "",
              "abc", "20240506", "2024/05/06", "2024-05-06T", "2024-05-06x", "2024-05-06 x", "-0001-01-01", "+2024-05-06", "0000-01-01", "12:34:56",
              "2024-05-06 07:08:09.", "2024-05-06 07:08:09 +02:00", "2024-05-06 07:08:09+2", "2024-05-06 07:08:09+18:00", "2024-05-06 07:08:09+18:01", "\t2024-05-06\n"]
JSON_TEXTS = ['{"a":1}', '{"a":{"b":2}}', '{"a":[1,2,3]}', '{"a":[{"b":1},{"b":2}]}', '[]', '{}', '[1,2,3]', '[[1,2],[3]]', 'null', '1', '"x"', 'true',
              '{"a":null}', '{"a":"x\\"y"}', '{"a":"\\u00fc\\ud83d\\ude00"}', '{"a":1.50}', '{"a":1e3}', '{"a":true,"b":false}', '{"a b":1}', '{"a.b":1}',
              '{"a":{"b":{"c":[10,20]}}}', '', ' ', 'abc', '{"a":1', '{"a":"\u4e2d\u6587"}', '{"a":[]}', '{"a":{}}', '[{"a":1},{"a":2},3]', ' {"a" : [ 1 , 2 ] } ',
              '{"a":"line\\nbreak"}', '{"a":"/"}', '{"a":-0}', '{"a":12345678901234567890}', '{"b":[null,1]}', "{'a':1}", '{"a":1,"a":2}', '{"A":1}',
              '{"a":[[1],[2,3]]}', '{"a":["x"]}', '{"a":["x","y"]}', '[[]]', '[{}]', '[1', '[1,]',
              '{"a":[{"b":[1,2]},{"b":[3]},{"b":[]},{"c":1}]}', '{"a":[{"b":[{"c":1},{"c":"x"}]},{"b":[{"c":2}]}]}', '[{"a":[1]},{"a":["y"]}]', '{"x":null,"y":{"z":1}}', '[[[1]],[[2,3],[4]]]',
              '{"a":["x y", "q\\"z", [1, [2]]]}', '{"a":[null,1]}', '{"a":[{"b":null},{"b":2}]}']
URL_TEXTS = ["http://user:pw@www.example.com:8080/path/p.php?query=1&b=2#ref", "https://example.com", "https://example.com/", "http://a.b/c?d", "ftp://f.x/y;z",
             "mailto:x@y.z", "", "not a url", "//host/path", "/only/path?x=1", "http://[::1]:80/x", "http://ex.com/%20a?k=%41&k=2", "http://ex.com?x", "http://ex.com#f",
             "http://ex.com/a b", "http://\u00fc.de/", "http://ex.com/?a=1=2&&b", "HTTP://EX.com/A", "file:///etc/x", "a%20b+c", "a b&c=\u00fc", "%", "%4", "%zz", "x+y",
             "http://ex.com/?xk=1&k=2"]
INTS = [0, 1, -1, 2, 3, 5, 7, 10, -10, 12, 31, 32, 33, 63, 64, 100, -100, 127, 255, 256, 1000, 65536, 2147483647, -2147483648, 2147483646, -2147483647, 2024, 9999, 10000]
BIGINTS = INTS + [4294967296, -4294967296, 9223372036854775807, -9223372036854775808, 9223372036854775806, -9223372036854775807, 1 << 53, (1 << 53) + 1, 123456789012345678]
DOUBLES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, 0.2, 0.30000000000000004, 1e-320, 4.9e-324, -4.9e-324, 1.7976931348623157e308, -1.7976931348623157e308,
           float("nan"), float("inf"), float("-inf"), 1e15, 1e16, 1e17, 123456.789, 1e7, 9999999.0, 1e-3, 1e-4, 2.2250738585072014e-308, 9007199254740993.0, 3.141592653589793,
           2147483647.5, 9.223372036854776e18, -9.223372036854776e18, 1e300, 1e-300, 0.7, 100.0, 1234567.5, 0.045, 2.675, 6.544526019000412e18]
MICROS = [0, 1, -1, 999999, -999999, 86400000000, -86400000001, -62135596800000000, 253402300799999999, 1709164800000000, 1709251199999999, 1711846800000000, 1711850400000000,
          1729994400000000, 1710054000000000, 1730613600000000, -2208988800000000, -11644473600000000, -12219292800000000, 1704067199999999, 1735689600000000, 951782400000000, 1609459200123456,
          -2717640000000000, 4102444800000000, 1483228799000000]
DAYS = [0, 1, -1, -719162, 2932896, 19782, 19783, 11016, -25567, -141427, 19723, 20088, 18627, 19813, 20023, 365, 58, 59, 60, 20089, 16436, 14245]
UNSCALED = [0, 1, -1, 5, 15, 25, -25, 49, 50, 51, 99, 100, 101, 12345, -12345, 99999, 100000]
BYTES = ["", "00", "ff", "616263", "e4bda0", "c3", "80", "f09f9880", "0001020304", "ffffffffffffffff"]


def random_text(rng):
    alphabet = rng.choice(["ab ", "abcABC,.-_", "0123456789", "a\u00fc\u00e9\u4e2d\U0001f600e\u0301 ", "aA\u00df\u0130\u03a3\u03c3\u01c6 "])
    return "".join(rng.choice(alphabet) for _ in range(rng.randrange(0, 14)))


def random_double(rng):
    form = rng.randrange(4)
    if form == 0:
        return struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0]
    if form == 1:
        return rng.uniform(-10, 10)
    return rng.randrange(-100000, 100000) / 100 if form == 2 else float(rng.randrange(-1000, 1000))


def random_decimal(rng, precision):
    largest = 10 ** rng.randrange(1, precision + 1) - 1
    return rng.randint(-largest, largest)


def make_value(type_name, rng, row, edges, only_edges):
    """The value of one row: the edges first, one after the other, then random ones."""
    if row >= len(edges) and rng.random() < 0.08:
        return None
    if edges and (only_edges or row < len(edges) or rng.random() < 0.5):
        return edges[row] if row < len(edges) else rng.choice(edges)
    if type_name == "boolean":
        return rng.random() < 0.5
    if type_name == "int":
        return rng.randrange(-20, 40) if rng.random() < 0.7 else rng.randrange(-2**31, 2**31)
    if type_name == "bigint":
        return rng.randrange(-1000, 1000) if rng.random() < 0.5 else rng.randrange(-2**63, 2**63)
    if type_name == "double":
        return random_double(rng)
    if type_name.startswith("decimal"):
        return random_decimal(rng, int(type_name[8:].split(",")[0]))
    if type_name == "timestamp":
        return rng.randrange(-62135596800000000, 253402300800000000) if rng.random() < 0.4 else rng.randrange(0, 1900000000000000)
    if type_name == "date":
        return rng.randrange(-719162, 2932897) if rng.random() < 0.4 else rng.randrange(-5000, 25000)
    if type_name == "bytes":
        return bytes(rng.getrandbits(8) for _ in range(rng.randrange(0, 20))).hex()
    return random_text(rng)


EDGES = {"int": INTS, "bigint": BIGINTS, "double": DOUBLES, "timestamp": MICROS, "date": DAYS, "bytes": BYTES, "string": TEXTS, "boolean": []}


def edges_of(type_name, kind):
    if kind is not None:
        return kind
    if type_name.startswith("decimal"):
        precision = int(type_name[8:].split(",")[0])
        largest = 10 ** precision - 1
        return [value for value in UNSCALED if abs(value) <= largest] + [largest, -largest, largest // 2, 10 ** (precision - 1)]
    return EDGES[type_name]


def make_rows(columns, count, seed):
    """Rows of a table; `columns` are (name, type, all its values or None). The first column meets its edges in order, the others in an order of their own."""
    rng = random.Random(seed)
    series = []
    for index, (_, type_name, kind) in enumerate(columns):
        edges = list(edges_of(type_name, kind))
        if index > 0:
            rng.shuffle(edges)
        series.append([make_value(type_name, rng, row, edges, kind is not None) for row in range(count)])
    return [list(row) for row in zip(*series)]
