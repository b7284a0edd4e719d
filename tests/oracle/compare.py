"""compare.py - runs cases through Weir and DuckDB and says where they differ."""
import collections
import datetime
import json
import math
import os
import subprocess
import tempfile
from decimal import Decimal

import duckdb

from expressions import family
from model import Model
from pipeline_text import files_of, pipeline_text, records_of
from records import late_rows, refused_rows

SECONDS_OF_A_PROGRAM = 60
BOOKS = ["read", "expanded", "written", "duplicates", "filtered", "absorbed", "late", "rejected"]


def followed(case):
    """(model, its sinks)"""
    model = Model(case)
    for stream in case["streams"]:
        model.stream(stream)
    return model, [model.sink(sink) for sink in case["sinks"]]


def request(case):
    """The case as run_cases reads it."""
    _, tables = followed(case)
    queries = {table.name: f"SELECT {', '.join(selected(name, column.type) for name, column in table.scope.items())} FROM {table.name}" for table in tables}
    updates = ", ".join(f"'{table.name}'" for table in tables if table.merges_duplicates) or "''"
    sums = ", ".join(f"sum({one}) AS {one}" for one in BOOKS if one not in ("written", "duplicates"))
    written = f"sum(CASE WHEN sink IN ({updates}) THEN written + duplicates ELSE written END) AS written"
    duplicates = f"sum(CASE WHEN sink IN ({updates}) THEN 0 ELSE duplicates END) AS duplicates"
    queries["(ledger)"] = f"SELECT source, sink, {sums}, {written}, {duplicates} FROM weir_ledger GROUP BY source, sink"
    queries["(rejects)"] = "SELECT source, split, \"offset\", sink, part, CASE WHEN reason = 'late' THEN reason ELSE '' END AS reason FROM weir_rejects"
    queries["(positions)"] = "SELECT source, split, position FROM weir_checkpoint WHERE source <> '(state)'"
    return {"name": case["name"], "pipeline": pipeline_text(case), "records": records_of(case), "files": files_of(case), "queries": queries, "ways": case["ways"]}


def selected(name, type_name):
    if type_name == "double":
        return f"CASE WHEN {name} IS NOT NULL THEN printf('%!.17g', {name}) END AS {name}"
    return name


def run_weir(program, requests):
    """What run_cases answers, by the case's name; "died" where it ended at one, or stood still."""
    answers = {}
    while requests:
        lines, ending = run_program(program, requests)
        for line in lines:
            answer = json.loads(line)
            answers[answer["name"]] = answer
        requests = [one for one in requests if one["name"] not in answers]
        if requests:
            answers[requests[0]["name"]] = {"died": ending}
            requests = requests[1:]
    return answers


def run_program(program, requests):
    """(lines of answers, how it ended)"""
    folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as log:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in requests)
        file.flush()
        process = subprocess.Popen([program, file.name, folder], stdout=output, stderr=log)
        try:
            ending = f"exit code {process.wait(SECONDS_OF_A_PROGRAM + 3 * len(requests))}"
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            ending = "it stood still"
        for stream in (output, log):
            stream.seek(0)
        text = output.read().decode("utf-8")
        return text.split("\n")[:-1], f"{ending}\n{log.read().decode('utf-8', 'replace')[-1500:]}"


class Oracle:
    def __init__(self):
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1")
        self.connection.execute("SET TimeZone = 'UTC'; SET order_by_non_integer_literal = true")
        # The optimizer of 1.4.1 believes that date_trunc of a NULL is not NULL; and tables this small are sooner read than planned for.
        self.connection.execute("PRAGMA disable_optimizer")

    def expected(self, case):
        """{table: (its columns, Counter of rows)}, the books and the rejects among them."""
        model, tables = followed(case)
        self.connection.execute("BEGIN")
        try:
            return self.computed(model, tables, {source["name"]: source for source in case["sources"]})
        finally:
            self.connection.execute("ROLLBACK")

    def computed(self, model, tables, sources):
        for statement in model.statements:
            self.run(statement)
        results, books, rejects, late = {}, {}, collections.Counter(), {}
        for name in {name for table in tables for name in table.reads}:
            rejects.update((name, split, offset, "", "", "") for split, offset in refused_rows(sources[name]))
        for table in tables:
            columns = {name: column.type for name, column in table.scope.items()}
            rows = self.connection.execute(table.rows).fetchall()
            results[table.name] = (columns, collections.Counter(tuple(from_duckdb(kind, cell) for kind, cell in zip(columns.values(), row)) for row in rows))
            self.add_books(table, sources, books, rejects, late)
        add_late(late, tables, sources, rejects)
        results["(ledger)"] = books
        # A record that comes to a sink in two ways is there once.
        results["(rejects)"] = collections.Counter(set(rejects))
        return results

    def add_books(self, table, sources, books, rejects, late):
        for name in table.reads:
            line = books.setdefault((name, table.name), collections.Counter())
            line["read"] += sum(len(records) for records in sources[name]["splits"].values())
            line["rejected"] += len(refused_rows(sources[name]))
        for kind, source, split, offset, part, count in self.connection.execute(table.losses).fetchall() if table.losses else []:
            is_merged = kind == "written or duplicate" or (kind == "duplicates" and table.merges_duplicates)
            books[(source, table.name)]["written" if is_merged else kind] += count
            if kind == "rejected":
                rejects[(source, split, offset, table.name, ".".join(str(one) for one in part), "")] += 1
            elif kind == "late":
                late.setdefault((source, table.name), set()).add((split, offset))

    def run(self, statement):
        if isinstance(statement, str):
            self.connection.execute(statement)
            return
        name, columns, query, rows = statement
        self.connection.execute(f"CREATE TEMP TABLE {name} ({columns})")
        made = rows(self.connection.execute(query).fetchall())
        if made:
            self.connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(made[0]))})", made)


def add_late(late, tables, sources, rejects):
    """A late row is written down once where every sink of its source loses it, else for each sink that does."""
    for name, source in sources.items():
        if source.get("late") == "drop":
            continue
        readers = {table.name for table in tables if name in table.reads}
        for split, offset in late_rows(source):
            losing = {sink for sink in readers if (split, offset) in late.get((name, sink), ())}
            rejects.update((name, split, offset, sink, "", "late") for sink in ([""] if losing == readers else losing))


def from_duckdb(type_name, value):
    kind = family(type_name)
    if value is None:
        return None
    if kind == "double":
        return double_text(value)
    if kind == "decimal":
        return Decimal(value).normalize()
    if kind == "boolean":
        return 1 if value else 0
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return tuple(value) if isinstance(value, list) else value


def from_weir(type_name, text):
    kind = family(type_name)
    if text is None:
        return None
    if kind == "double":
        return double_text(float(text))
    if kind == "decimal":
        return Decimal(text).normalize()
    if kind in ("int", "bigint", "boolean"):
        return int(text)
    if kind == "timestamp":
        return datetime.datetime.fromisoformat(text.rstrip("Z")).isoformat()
    return tuple(json.loads(text)) if kind.startswith("array") else text


def double_text(value):
    """Sums are exact here; a quotient may differ in its last digit."""
    return "0" if value == 0 else f"{value:.13g}" if math.isfinite(value) else str(value)


def all_differences(oracle, case, answer):
    """Sentences; none where the case is right."""
    try:
        return differences(oracle.expected(case), answer) + differences_left_behind(oracle, case, answer)
    except duckdb.Error as error:
        return [f"DuckDB refuses: {error}"]


def differences(expected, answer):
    if "died" in answer:
        return [f"died: {answer['died']}"]
    if "refused" in answer:
        return [f"the pipeline was refused:\n{answer['refused']}"]
    found = []
    for outcome in answer["outcomes"]:
        where = "in the way " + " and ".join(outcome["ways"])
        if "error" in outcome:
            found.append(f"{where}: {outcome['error']}")
            continue
        found += differences_of_tables(where, outcome["tables"], expected)
    return found


def differences_of_tables(where, tables, expected):
    return [f"{where}, {name}: {sentence}" for name, rows in tables.items() if name in expected
            for sentence in differences_of_table(name, rows[0], rows[1:], expected[name])]


def differences_left_behind(oracle, case, answer):
    """Where a run died: what is committed is what a query over the records up to the committed positions gives."""
    found = []
    for tables in answer.get("glimpses", []):
        positions = {(source, split): int(position) for source, split, position in tables["(positions)"][1:]}
        committed = {**case, "sources": [{**source, "splits": {split: records[:positions.get((source["name"], split), 0)] for split, records in source["splits"].items()}}
                                         for source in case["sources"]]}
        expected = oracle.expected(committed)
        for sink in case["sinks"]:
            if sink.get("emit", "changes") != "changes":
                del expected[sink["name"]]  # not all of it is written yet
        found += differences_of_tables("where a run died", tables, expected)
    return found


def differences_of_table(name, header, rows, expected):
    if name == "(ledger)":
        return differences_of_books(header, rows, expected)
    if name == "(rejects)":
        found = collections.Counter((source, split, int(offset), sink, part, reason) for source, split, offset, sink, part, reason in rows)
    else:
        columns, expected = expected
        if list(columns) != header:
            return [f"columns {header} and not {list(columns)}"]
        found = collections.Counter(tuple(from_weir(kind, cell) for kind, cell in zip(columns.values(), row)) for row in rows)
    sentences = [f"expected and not found {count} time(s): {row}" for row, count in (expected - found).items()]
    return sentences + [f"found and not expected {count} time(s): {row}" for row, count in (found - expected).items()]


def differences_of_books(header, rows, expected):
    found = {}
    for row in rows:
        line = dict(zip(header, row))
        found[(line["source"], line["sink"])] = {one: int(line[one]) for one in BOOKS}
    sentences = []
    for key in sorted(set(found) | set(expected)):
        mine, theirs = found.get(key, {}), expected.get(key, {})
        differing = [f"{one} {mine.get(one, 0)} and not {theirs.get(one, 0)}" for one in BOOKS if mine.get(one, 0) != theirs.get(one, 0)]
        if differing:
            sentences.append(f"source {key[0]}, sink {key[1]}: {', '.join(differing)}")
    return sentences
