"""weir.py - what Weir gives for expressions over a table, by the program evaluate_expressions."""
import json
import struct
import subprocess


def escape(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def unescape(text):
    plain, characters = "", iter(text)
    for character in characters:
        if character == "\\":
            code = next(characters)
            character = {"t": "\t", "n": "\n", "r": "\r"}.get(code, code)
        plain += character
    return plain


def to_field(type_name, value):
    if value is None:
        return "\\N"
    if type_name == "boolean":
        return "t" if value else "f"
    if type_name == "double":
        return struct.pack(">d", value).hex()
    if isinstance(value, (list, dict)):
        return escape(json.dumps(value, ensure_ascii=False))
    return escape(value) if type_name == "string" else str(value)


def request(columns, rows, expressions, verb="expression"):
    lines = ["table\t" + "\t".join(f"{name}:{kind}" for name, kind, _ in columns)]
    for row in rows:
        lines.append("row\t" + "\t".join(to_field(kind, value) for (_, kind, _), value in zip(columns, row)))
    return lines + [f"{verb}\t{escape(expression)}" for expression in expressions]


def from_field(type_name, field):
    if field == "\\N":
        return None
    if field.startswith("\\E"):
        return "error " + field[2:]
    if type_name in ("string", "json") or type_name.startswith(("array<", "map<", "struct<")):
        return unescape(field)
    if type_name == "double":
        number = struct.unpack(">d", bytes.fromhex(field))[0]
        return "nan" if number != number else field
    return field


def evaluate(program, lines):
    done = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, encoding="utf-8", errors="surrogateescape", check=True)
    return done.stdout.split("\n")


def answers(lines, expression_count, row_count):
    """For each expression its type and values, or ("refused", message); takes what it reads from `lines`, an iterator."""
    results = []
    for _ in range(expression_count):
        head = next(lines)
        if head.startswith("refused: "):
            results.append(("refused", unescape(head[9:])))
            continue
        head = head.replace(" not null", "")  # Spark's names of types don't say it
        results.append((head, [from_field(head, next(lines)) for _ in range(row_count)]))
    return results
