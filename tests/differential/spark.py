"""spark.py - PySpark 3.5 in an environment of its own, and what it gives for expressions over a table."""
import datetime
import decimal
import json
import os
import struct
import subprocess
import sys

SKIPPED = 77


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def enter_environment(venv):
    """Returns where pyspark can be imported: at once, or in `venv`, which is made and filled where it is missing."""
    try:
        subprocess.run(["java", "-version"], check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        skip("there is no Java")
    python = os.path.join(venv, "bin", "python")
    if os.path.abspath(sys.prefix) == os.path.abspath(venv):
        return
    if subprocess.run([python, "-c", "import pyspark, yaml"], capture_output=True, check=False).returncode != 0 if os.path.exists(python) else True:
        try:
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pyspark==3.5.*", "pyyaml"], check=True, timeout=500)
        except (OSError, subprocess.SubprocessError) as error:
            skip(f"PySpark cannot be installed: {error}")
    os.execv(python, [python] + sys.argv)


def start_session():
    from pyspark.sql import SparkSession
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "false", "spark.sql.shuffle.partitions": "2",
                "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.driver.host": "127.0.0.1",
                "spark.driver.memory": "2g", "spark.sql.legacy.timeParserPolicy": "CORRECTED", "spark.sql.parser.escapedStringLiterals": "true",
                "spark.driver.extraJavaOptions": "-Duser.timezone=UTC -XX:TieredStopAtLevel=1", "spark.log.level": "OFF", "spark.ui.showConsoleProgress": "false"}
    builder = SparkSession.builder.master("local[2]").appName("differential")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def scale_of(type_name):
    return int(type_name.rstrip(")").split(",")[1])


def is_nested(type_name):
    return type_name.startswith(("array<", "map<", "struct<"))


def to_spark(type_name, value):
    if value is None:
        return None
    if type_name.startswith("decimal"):
        return decimal.Decimal(value).scaleb(-scale_of(type_name), decimal.Context(prec=60))
    if is_nested(type_name):
        return json.dumps(value)
    return bytearray.fromhex(value) if type_name == "bytes" else value


def make_frame(session, columns, rows):
    """The table, numbered by a column `row_`; times come as numbers and are converted by Spark, so that no Python clock has a say, and nested values as JSON, which keeps
    the order of a map."""
    carried = {"timestamp": "bigint", "date": "int", "bytes": "binary"}
    carried.update({kind: "string" for _, kind, _ in columns if is_nested(kind)})
    schema = "row_ int, " + ", ".join(f"{name}_ {carried.get(kind, kind)}" for name, kind, _ in columns)
    data = [[number] + [to_spark(kind, value) for (_, kind, _), value in zip(columns, row)] for number, row in enumerate(rows)]
    made = {"timestamp": "timestamp_micros({0}_) AS {0}", "date": "date_from_unix_date({0}_) AS {0}"}
    made.update({kind: f"from_json({{0}}_, '{kind}') AS {{0}}" for _, kind, _ in columns if is_nested(kind)})
    # Keys of JSON are strings to Spark, too.
    made.update({kind: f"transform_keys(from_json({{0}}_, '{kind.replace('map<int,', 'map<string,')}'), (k, v) -> CAST(k AS int)) AS {{0}}"
                 for _, kind, _ in columns if kind.startswith("map<int,")})
    frame = session.createDataFrame(data, schema).selectExpr("row_", *[made.get(kind, "{0}_ AS {0}").format(name) for name, kind, _ in columns])
    return frame.cache()


class NestedType(str):
    """The name that Weir has for Spark's type, which it keeps."""

    def __new__(cls, data_type):
        name = super().__new__(cls, weir_name(data_type))
        name.data_type = data_type
        return name


def weir_name(data_type):
    from pyspark.sql import types
    if isinstance(data_type, types.ArrayType):
        return f"array<{weir_name(data_type.elementType)}>"
    if isinstance(data_type, types.MapType):
        return f"map<{weir_name(data_type.keyType)}, {weir_name(data_type.valueType)}>"
    if isinstance(data_type, types.StructType):
        names = [field.name if field.name.isidentifier() else f"`{field.name}`" for field in data_type]
        return "struct<" + ", ".join(f"{name} {weir_name(field.dataType)}" for name, field in zip(names, data_type)) + ">"
    return {"boolean": "bool", "void": "null"}.get(data_type.simpleString(), data_type.simpleString())


def nested_text(data_type, value):
    """A nested value as evaluate_expressions prints it: [..], {key:value,..}, (field,..), texts in quotes."""
    from pyspark.sql import types
    if value is None:
        return "null"
    if isinstance(data_type, types.ArrayType):
        return "[" + ",".join(nested_text(data_type.elementType, element) for element in value) + "]"
    if isinstance(data_type, types.MapType):
        # Python gets a map in any order.
        return "{" + ",".join(sorted(nested_text(data_type.keyType, key) + ":" + nested_text(data_type.valueType, part) for key, part in value.items())) + "}"
    if isinstance(data_type, types.StructType):
        return "(" + ",".join(nested_text(field.dataType, part) for field, part in zip(data_type, value)) + ")"
    if isinstance(data_type, types.StringType):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(data_type, types.DateType):
        return str((value - datetime.date(1970, 1, 1)).days)
    if isinstance(data_type, types.TimestampType):
        return str(value)
    return canonical(data_type.simpleString(), value)


def carried_form(frame, expression):
    """Spark's type of the expression, and an expression that carries its value to Python unchanged."""
    data_type = frame.selectExpr(f"{expression} AS v").schema["v"].dataType
    column = data_type.simpleString()
    if column == "array<timestamp>":  # numbers, so that no Python clock has a say
        return NestedType(data_type), f"transform({expression}, t -> unix_micros(t))"
    if is_nested(column):
        return NestedType(data_type), expression
    forms = {"timestamp": "unix_micros({})", "timestamp_ntz": "unix_micros(CAST({} AS timestamp))", "date": "unix_date({})"}
    if column.startswith("interval"):
        return "interval", f"CAST({expression} AS string)"
    return column, forms.get(column, "{}").format(expression)


def canonical(type_name, value):
    """A value as evaluate_expressions prints it."""
    if value is None:
        return None
    if isinstance(type_name, NestedType):
        return nested_text(type_name.data_type, value)
    if type_name == "boolean":
        return "t" if value else "f"
    if type_name in ("double", "float"):
        return "nan" if value != value else struct.pack(">d", value).hex()
    if type_name.startswith("decimal"):
        return str(int(value.scaleb(scale_of(type_name), decimal.Context(prec=60))))
    return bytes(value).hex() if type_name == "binary" else str(value)


def collect(frame, forms):
    rows = frame.selectExpr("row_", *[f"{form} AS v{index}" for index, (_, form) in enumerate(forms)]).collect()
    rows.sort(key=lambda row: row[0])
    return [[canonical(kind, row[index + 1]) for row in rows] for index, (kind, _) in enumerate(forms)]


def collect_or_errors(frame, form, low, high):
    """The values of rows low..high-1 of one expression, "error" where Spark throws: halves are tried where the whole fails."""
    from pyspark.errors import PySparkException
    from py4j.protocol import Py4JJavaError
    try:
        return collect(frame.where(f"row_ >= {low} AND row_ < {high}"), [form])[0]
    except (PySparkException, Py4JJavaError):
        if high - low == 1:
            return ["error"]
    middle = (low + high) // 2
    return collect_or_errors(frame, form, low, middle) + collect_or_errors(frame, form, middle, high)


def evaluate(frame, expressions, row_count):
    """For each expression its type and values, or ("refused", message)."""
    from pyspark.errors import PySparkException
    from py4j.protocol import Py4JJavaError
    answers = [None] * len(expressions)
    forms = {}
    for index, expression in enumerate(expressions):
        try:
            forms[index] = carried_form(frame, expression)
        except PySparkException as error:
            answers[index] = ("refused", str(error).splitlines()[0])
    fill(frame, forms, row_count, answers, (PySparkException, Py4JJavaError))
    return answers


def fill(frame, forms, row_count, answers, thrown):
    if not forms:
        return
    try:
        for index, values in zip(forms, collect(frame, list(forms.values()))):
            answers[index] = (forms[index][0], values)
        return
    except thrown:
        pass
    keys = list(forms)
    if len(keys) == 1:
        answers[keys[0]] = (forms[keys[0]][0], collect_or_errors(frame, forms[keys[0]], 0, row_count))
        return
    for part in (keys[:len(keys) // 2], keys[len(keys) // 2:]):
        fill(frame, {key: forms[key] for key in part}, row_count, answers, thrown)


def aggregate(frame, calls, group_count):
    """For each call its type and its value in each group 0, 1, 2 ..., or ("refused", message). One partition: first and last go by the rows' order, which
    Spark keeps as long as the aggregation neither sorts nor expands; so DISTINCT ones are computed apart."""
    from pyspark.errors import PySparkException
    from pyspark.sql.functions import expr
    grouped = frame.coalesce(1).sortWithinPartitions("row_").groupBy("group_")
    answers, forms = [None] * len(calls), {}
    for index, call in enumerate(calls):
        try:
            kind = grouped.agg(expr(call).alias("v")).schema["v"].dataType.simpleString()
            forms[index] = (kind, {"timestamp": "unix_micros({})", "date": "unix_date({})"}.get(kind, "{}").format(call))
        except PySparkException as error:
            answers[index] = ("refused", str(error).splitlines()[0])
    for is_distinct in (False, True):
        part = {index: form for index, form in forms.items() if ("DISTINCT" in form[1]) == is_distinct}
        rows = grouped.agg(*[expr(form).alias(f"v{index}") for index, (_, form) in part.items()]).collect()
        values = {row["group_"]: row for row in rows}
        for index, (kind, _) in part.items():
            answers[index] = (kind, [canonical(kind, values[group][f"v{index}"]) for group in range(group_count)])
    return answers
