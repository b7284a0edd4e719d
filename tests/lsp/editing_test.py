#!/usr/bin/env python3
"""editing_test.py - what is told at a place of a pipeline file, whole or being written. Usage: editing_test.py WEIR [unittest's arguments]"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from client import CLEAN, ROOT, Client, Failed, plain

program = None
VARIABLES = {"KAFKA_TOPIC": "views", "EMPTY": ""}

YAML = """name: shop
connections:
  warehouse: { dsn: "postgresql:///shop" }
sources:
  orders:
    type: kafka
    brokers: ${BROKERS:-localhost:9092}
    topic: ${TOPIC}
    format: json
    columns:
      id: string not null
      shop: string
      amount: decimal(10,2) not null
      ts: timestamp not null
    computed: { day: "date_format(ts, 'yyyy-MM-dd')" }
    watermark: ts - INTERVAL 1 HOUR
tables:
  shops: { type: csv, file: shops.csv, columns: { id: string not null, city: string not null }, key: [id] }
transforms:
  large:
    input: orders
    steps:
      - where: amount > 100
      - extend: { twice: amount * 2 }
      - join: { table: shops, keys: { id: shop }, select: [city] }
  totals:
    input: large
    steps:
      - aggregate: { by: [city], select: { total: sum(twice), latest: max(ts) } }
sinks:
  city_total:
    input: totals
    select: { city: city, total: total }
    key: [city]
    on_conflict: update
"""
WEIR = """CREATE PIPELINE shop;

CREATE CONNECTION warehouse WITH (dsn = 'postgresql:///shop');

CREATE SOURCE orders (
  id STRING NOT NULL,
  shop STRING,
  amount DECIMAL(10,2) NOT NULL,
  ts TIMESTAMP NOT NULL,
  WATERMARK FOR ts AS ts - INTERVAL 1 HOUR
) WITH (type = 'kafka', brokers = 'localhost:9092', topic = '${TOPIC}', format = 'json');

CREATE TABLE shops (id STRING NOT NULL, city STRING NOT NULL, PRIMARY KEY (id)) WITH (type = 'csv', file = 'shops.csv');

CREATE STREAM large AS
FROM orders
|> WHERE amount > 100
|> EXTEND amount * 2 AS twice
|> JOIN shops ON shops.id = shop SELECT city;

CREATE STREAM totals AS
SELECT city, sum(twice) AS total
FROM large
GROUP BY city;

CREATE SINK city_total WITH (key = 'city', on_conflict = 'update') AS FROM totals;
"""


class Case(unittest.TestCase):
    def setUp(self):
        self.client = Client(program, environment=getattr(self, "environment", {}))
        self.addCleanup(self.client.__exit__)

    def labels(self, path, marked):
        return set(self.client.complete(path, marked))


class Diagnostics(Case):
    environment = VARIABLES

    def test_every_shipped_pipeline_has_none(self):
        count = 0
        for path in sorted(p for ending in ("yaml", "weir") for p in (ROOT / "pipelines").rglob(f"*.{ending}")):
            found = self.client.diagnostics(self.client.open(path, path.read_text(encoding="utf-8")))
            self.assertEqual([one for one in found if one["severity"] == 1], [], path)
            self.assertEqual([one["message"].split("\n")[0] for one in found if one["severity"] == 2], [message for _, _, _, message in self.said_by_check(path)], path)
            count += 1
        self.assertGreater(count, 30)

    def said_by_check(self, path):
        """(severity, line, column, message) of every diagnostic, as a terminal shows them."""
        done = subprocess.run([program, "check", path.name], env={**CLEAN, **VARIABLES}, cwd=path.parent, capture_output=True, text=True, timeout=60)
        found = []
        for severity, message, line, column in re.findall(r"^(error|warning)(?:\[\w+\])?: (.*)\n +--> [^\n]*?:(\d+):(\d+)$", done.stderr, re.M):
            found.append(({"error": 1, "warning": 2}[severity], int(line) - 1, int(column) - 1, message))
        return sorted(found)

    def test_every_broken_file_gets_those_of_weir_check(self):
        with Client(program, encodings=("utf-8",), environment=VARIABLES) as client:
            count = 0
            in_characters = lambda line, column: len(line.encode()[:column].decode())
            for path in sorted(p for ending in ("yaml", "weir") for p in (ROOT / "tests/errors").rglob(f"*.{ending}")):
                data = path.read_bytes()
                try:
                    text = data.decode()
                except UnicodeDecodeError:
                    continue
                uri = client.open(path, text)
                found = []
                for one in client.diagnostics(uri):
                    start = one["range"]["start"]
                    severity = 1 if one["severity"] == 3 else one["severity"]  # of variables
                    lines = text.split("\n")
                    column = in_characters(lines[start["line"]], start["character"]) if start["line"] < len(lines) else start["character"]
                    found.append((severity, start["line"], column, one["message"].split("\n")[0].replace(f"{path.parent}/", "")))
                with self.subTest(path.name):
                    expected = self.said_by_check(path)
                    self.assertEqual(sorted(one for one in found if one in expected or one[1:3] != (0, 0)), expected)
                count += 1
            self.assertGreater(count, 150)

    def test_a_variable_without_a_value_is_information_and_what_depends_on_it_is_not_wrong(self):
        for name, text in (("a.yaml", YAML), ("a.weir", WEIR)):
            found = self.client.diagnostics(self.client.open(f"/nowhere/{name}", text))
            self.assertEqual([(one["severity"], one["message"].split("\n")[0]) for one in found], [(3, "TOPIC is not set")])
            self.assertEqual(self.client.slice(text, found[0]["range"]), "${TOPIC}")

    def test_an_error_has_its_place_and_its_hint(self):
        text = YAML.replace("amount > 100", "amuont > 100")
        found = self.client.diagnostics(self.client.open("/nowhere/a.yaml", text))
        wrong = [one for one in found if one["severity"] == 1]
        self.assertEqual([self.client.slice(text, one["range"]) for one in wrong], ["amuont"])
        self.assertIn("did you mean amount?", wrong[0]["message"])
        self.assertEqual(wrong[0]["code"], "W0201")
        self.assertEqual({one["source"] for one in found}, {"weir"})

    def test_notes_are_related_places(self):
        text = WEIR + "CREATE SINK last WITH (type = 'console') AS FROM orders |> DROP amount |> WHERE amount > 1;\n"
        found = self.client.diagnostics(self.client.open("/nowhere/a.weir", text))
        wrong = [one for one in found if one["severity"] == 1]
        self.assertEqual([one["code"] for one in wrong], ["W0201"])
        self.assertEqual([(one["message"], self.client.slice(text, one["location"]["range"])) for one in wrong[0]["relatedInformation"]], [("it was dropped here", "amount")])

    def test_plugins_and_functions_are_found_beside_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            text = YAML.replace("name: shop", "name: shop\nfunctions:\n  shout: { language: python, file: shout.py, parameters: { a: string }, returns: string }")
            text = text.replace("twice: amount * 2 }", "twice: amount * 2, loud: shout(shop) }").replace("topic: ${TOPIC}", "topic: t")
            path = pathlib.Path(folder) / "a.yaml"
            uri = self.client.open(path, text)
            self.assertTrue(any("shout.py" in one["message"] for one in self.client.diagnostics(uri)))
            (path.parent / "shout.py").write_text("def shout(a):\n    return a.upper()\n", encoding="utf-8")
            self.client.versions[uri] += 1
            self.client.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": self.client.versions[uri]}, "contentChanges": [{"text": text}]})
            self.assertEqual(self.client.diagnostics(uri), [])
            self.assertIn("shout(a string) -> string", self.client.hover(uri, "shout(shop)", 2))


class Hover(Case):
    environment = {"TOPIC": "orders", "DB_PASSWORD": "hunter2"}

    def both(self):
        return self.client.open("/nowhere/a.yaml", YAML), self.client.open("/nowhere/a.weir", WEIR)

    def test_keys_and_options_say_what_they_are_for(self):
        yaml, weir = self.both()
        for needle, sentence in (("brokers", "Bootstrap brokers"), ("watermark", "how far out of order"), ("sources", "Where rows come from"), ("on_conflict", "What becomes of a row whose key is there"),
                                 ("aggregate", "One row for each group"), ("by: [city]", "grouped by"), ("format: json", "How a record is written"), ("kafka", "Kafka"), ("file: shops", "file")):
            self.assertIn(sentence.lower(), (self.client.hover(yaml, needle, 1) or "").lower(), needle)
        for needle, sentence in (("brokers", "Bootstrap brokers"), ("on_conflict", "What becomes of a row whose key is there"), ("EXTEND", "All columns and these"), ("JOIN", "beside the row"),
                                 ("SOURCE", "Where rows come from"), ("WHERE", "Keeps the rows")):
            self.assertIn(sentence, self.client.hover(weir, needle, 1) or "", needle)

    def test_columns_have_their_type_and_where_they_come_from(self):
        yaml, weir = self.both()
        for uri in (yaml, weir):
            self.assertIn("amount decimal(10,2) not null", self.client.hover(uri, "amount > 100", 2))
            self.assertIn("from line", self.client.hover(uri, "amount > 100", 2))
            self.assertIn("twice decimal(", self.client.hover(uri, "sum(twice)", 5))
            self.assertIn("amount * 2", self.client.hover(uri, "sum(twice)", 5))
            self.assertIn("city string", self.client.hover(uri, "city,", 1))
        self.assertIn("day string", self.client.hover(yaml, "day:", 1))
        self.assertIn("ts timestamp not null", self.client.hover(yaml, "ts - INTERVAL", 1))

    def test_functions_show_their_signature_and_an_example(self):
        for uri in self.both():
            self.assertIn("sum(", self.client.hover(uri, "sum(twice)", 1))
        shown = self.client.hover(self.both()[0], "date_format", 3)
        self.assertIn("date_format(", shown)
        self.assertIn("--", shown)

    def test_names_of_relations_show_their_columns(self):
        for uri, needle in zip(self.both(), ("input: large", "FROM large")):
            shown = self.client.hover(uri, needle, 8)
            self.assertIn("stream **large**", shown)
            for column in ("amount decimal(10,2) not null", "twice decimal", "city string"):
                self.assertIn(column, shown)
        self.assertIn("sink **city_total**", self.client.hover(self.both()[0], "city_total:", 2))
        self.assertIn("lookup table **shops**", self.client.hover(self.both()[1], "JOIN shops", 6))

    def test_expressions_show_their_type(self):
        yaml, weir = self.both()
        self.assertEqual(self.client.hover(yaml, "amount > 100", 7), "`bool not null`")
        self.assertIn("decimal", self.client.hover(weir, "amount * 2 AS", 7))

    def test_variables_show_their_value_but_no_secret(self):
        yaml, _ = self.both()
        self.assertIn("`orders`", self.client.hover(yaml, "${TOPIC}", 3))
        self.assertIn("localhost:9092", self.client.hover(yaml, "${BROKERS", 3))
        text = YAML.replace("${TOPIC}", "${DB_PASSWORD}${NOWHERE}${file:/etc/secret}")
        uri = self.client.open("/nowhere/b.yaml", text)
        self.assertNotIn("hunter2", self.client.hover(uri, "${DB_PASSWORD", 3))
        self.assertIn("is set", self.client.hover(uri, "${DB_PASSWORD", 3))
        self.assertIn("not set", self.client.hover(uri, "${NOWHERE", 3))
        self.assertIn("secret", self.client.hover(uri, "${file", 3))

    def test_of_a_range_and_of_nothing(self):
        yaml, _ = self.both()
        found = self.client.ask("hover", yaml, "amount > 100", 2)
        self.assertEqual(self.client.slice(YAML, found["range"]), "amount")
        self.assertIsNone(self.client.ask("hover", yaml, "  large:", 0))


class Definition(Case):
    def jump(self, uri, needle, behind=0):
        found = self.client.ask("definition", uri, needle, behind)
        if found is None:
            return None
        text = self.client.texts[uri]
        start = self.client.index(text, found["range"]["start"])
        return text.count("\n", 0, start) + 1, self.client.slice(text, found["range"])

    def line(self, text, needle):
        return text.count("\n", 0, text.index(needle)) + 1

    def test_names_lead_to_where_they_are_made(self):
        for name, text, jumps in (
                ("a.yaml", YAML, (("input: orders", 8, "  orders:", "orders"), ("input: large", 8, "  large:", "large"), ("input: totals", 8, "  totals:", "totals"), ("table: shops", 8, "  shops:", "shops"))),
                ("a.weir", WEIR, (("FROM orders", 6, "SOURCE orders", "orders"), ("FROM large", 6, "STREAM large", "large"), ("FROM totals", 6, "STREAM totals", "totals"), ("JOIN shops", 6, "TABLE shops", "shops")))):
            uri = self.client.open(f"/nowhere/{name}", text)
            for needle, behind, made, word in jumps:
                self.assertEqual(self.jump(uri, needle, behind), (self.line(text, made), word), needle)

    def test_columns_lead_through_steps_and_streams(self):
        for name, text, jumps in (
                ("a.yaml", YAML, (("amount > 100", "amount:", "amount"), ("amount * 2", "amount:", "amount"), ("twice),", "twice:", "twice"), ("city], select: { total", "city: string", "city"),
                                  ("total: total", "total: sum", None), ("ts - INTERVAL", "ts: timestamp", "ts"), ("max(ts)", "ts: timestamp", "ts"))),
                ("a.weir", WEIR, (("amount > 100", "amount DECIMAL", "amount"), ("twice) AS", "AS twice", "twice"), ("city, sum", "city STRING", "city")))):
            uri = self.client.open(f"/nowhere/{name}", text)
            for needle, made, word in jumps:
                behind = needle.index("ts") if needle == "max(ts)" else needle.rindex("total") if word is None else 1
                self.assertEqual(self.jump(uri, needle, behind), (self.line(text, made), word or "total"), needle)

    def test_words_that_mean_nothing_lead_nowhere(self):
        uri = self.client.open("/nowhere/a.yaml", YAML)
        self.assertIsNone(self.jump(uri, "kafka", 2))
        self.assertIsNone(self.jump(self.client.open("/nowhere/b.yaml", "name: ["), "name", 2))

    def test_references_are_all_that_mean_the_same(self):
        for name, text in (("a.yaml", YAML), ("a.weir", WEIR)):
            uri = self.client.open(f"/nowhere/{name}", text)
            found = self.client.ask("references", uri, "amount > 100", 2, context={"includeDeclaration": True})
            self.assertEqual(sorted({self.client.slice(text, one["range"]) for one in found}), ["amount"])
            self.assertEqual(len(found), 3, name)
            without = self.client.ask("references", uri, "amount > 100", 2, context={"includeDeclaration": False})
            self.assertEqual(len(without), 2)

    def test_a_stream_is_renamed_wherever_it_is_read(self):
        for name, text, needle in (("a.yaml", YAML, "input: large"), ("a.weir", WEIR, "FROM large")):
            uri = self.client.open(f"/nowhere/{name}", text)
            edits = self.client.ask("rename", uri, needle, needle.index("large") + 1, newName="big")["changes"][uri]
            renamed = text
            for edit in sorted(edits, key=lambda one: (one["range"]["start"]["line"], one["range"]["start"]["character"]), reverse=True):
                start, end = self.client.index(text, edit["range"]["start"]), self.client.index(text, edit["range"]["end"])
                renamed = renamed[:start] + edit["newText"] + renamed[end:]
            self.assertEqual(renamed, re.sub(r"\blarge\b", "big", text))
            for new, code in (("orders", -32803), ("two words", -32602), ("", -32602)):
                with self.assertRaises(Failed) as failed:
                    self.client.ask("rename", uri, needle, needle.index("large") + 1, newName=new)
                self.assertEqual(failed.exception.code, code)
        with self.assertRaises(Failed):
            self.client.ask("rename", uri, "amount > 100", 1, newName="price")

    def renamed(self, uri, needle, behind, name):
        text = self.client.texts[uri]
        for edit in reversed(self.client.ask("rename", uri, needle, behind, newName=name)["changes"][uri]):
            start, end = self.client.index(text, edit["range"]["start"]), self.client.index(text, edit["range"]["end"])
            text = text[:start] + edit["newText"] + text[end:]
        return text

    def test_a_table_is_renamed_in_front_of_its_columns_too(self):
        yaml = YAML.replace("select: [city] }", "select: { city: \"upper(shops.city)\" } }")
        for name, text, needle in (("a.yaml", yaml, "table: shops"), ("a.weir", WEIR, "JOIN shops")):
            uri = self.client.open(f"/nowhere/{name}", text)
            self.assertEqual(self.renamed(uri, needle, needle.index("shops") + 1, "stores"), re.sub(r"\bshops\b(?!\.csv)", "stores", text))

    def test_what_would_make_the_file_wrong_is_not_renamed(self):
        function = "functions:\n  shout: { language: python, code: \"def shout(a): return a.upper()\", entry: shout, parameters: { a: string }, returns: string }\nconnections:"
        text = YAML.replace("connections:", function).replace("twice: amount * 2 }", "twice: amount * 2, loud: shout(shop) }").replace("${TOPIC}", "t")
        uri = self.client.open("/nowhere/a.yaml", text)
        self.assertEqual([one["message"] for one in self.client.diagnostics(uri)], [])
        with self.assertRaises(Failed) as failed:
            self.renamed(uri, "shout(shop)", 2, "upper")
        self.assertEqual(failed.exception.code, -32803)
        self.assertIn("the name upper is taken", str(failed.exception))
        renamed = self.renamed(uri, "shout(shop)", 2, "cry")
        self.assertIn("loud: cry(shop)", renamed)
        self.client.change(uri, renamed)
        self.assertEqual([one["message"] for one in self.client.diagnostics(uri)], [])

    def test_a_document_is_listed_with_its_columns(self):
        for name, text in (("a.yaml", YAML), ("a.weir", WEIR)):
            uri = self.client.open(f"/nowhere/{name}", text)
            found = {one["name"]: one for one in self.client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})}
            self.assertEqual({label: one["detail"] for label, one in found.items()}, {"warehouse": "connection", "orders": "source", "shops": "table", "large": "stream", "totals": "stream",
                                                                                      "city_total": "sink"})
            columns = {one["name"]: one["detail"] for one in found["orders"]["children"]}
            self.assertEqual(columns["amount"], "decimal(10,2)")
            self.assertEqual(self.client.slice(text, found["orders"]["selectionRange"]), "orders")


class Formatting(Case):
    def formatted(self, uri):
        edits = self.client.request("textDocument/formatting", {"textDocument": {"uri": uri}, "options": {"tabSize": 2, "insertSpaces": True}})
        self.assertLessEqual(len(edits), 1)
        return edits[0]["newText"] if edits else self.client.texts[uri]

    def test_it_is_that_of_weir_fmt(self):
        for path in (ROOT / "pipelines/purchase/purchase.weir", ROOT / "pipelines/product_view/product_view.yaml", ROOT / "pipelines/nexmark/q4.weir"):
            text = path.read_text(encoding="utf-8")
            uri = self.client.open(path, text)
            printed = subprocess.run([program, "fmt", path], env=CLEAN, capture_output=True, text=True, timeout=60).stdout
            self.assertEqual(self.formatted(uri), printed)

    def test_variables_without_a_value_are_in_nobodys_way(self):
        for name, text in (("a.yaml", YAML), ("a.weir", WEIR)):
            once = self.formatted(self.client.open(f"/nowhere/{name}", text))
            self.assertIn("${TOPIC}", once)
            self.assertEqual(self.formatted(self.client.open(f"/nowhere/b{name}", once)), once)

    def test_a_file_with_errors_is_left_as_it_is(self):
        uri = self.client.open("/nowhere/a.yaml", YAML.replace("amount > 100", "amount >"))
        with self.assertRaises(Failed) as failed:
            self.formatted(uri)
        self.assertEqual(failed.exception.code, -32803)


class YamlCompletion(Case):
    def offered(self, before, after, whole=YAML):
        """What is offered where `before` has become `after`, in which ¦ is the cursor."""
        self.assertIn(before, whole)
        return self.client.complete("/nowhere/a.yaml", whole.replace(before, after, 1))

    def test_sections_and_keys_by_position(self):
        self.assertIn("settings", self.labels("/nowhere/t.yaml", "¦"))
        self.assertIn("sources", self.labels("/nowhere/t.yaml", "name: x\n¦"))
        self.assertNotIn("name", self.labels("/nowhere/t.yaml", "name: x\n¦"))
        self.assertIn("sinks", self.labels("/nowhere/t.yaml", "name: x\nsi¦"))
        source = self.offered("    format: json\n", "    format: json\n    ¦\n")
        for key in ("late", "on_error", "start", "security", "group"):
            self.assertIn(key, source)
        for key in ("brokers", "format", "steps", "dsn"):
            self.assertNotIn(key, source)
        self.assertIn("Where a partition", source["start"]["documentation"]["value"])
        sink = self.offered("    key: [city]\n", "    ¦\n")
        self.assertIn("references", sink)
        self.assertNotIn("late", sink)
        step = self.offered("      - where: amount > 100\n", "      - ¦\n")
        self.assertEqual({"where", "select", "extend", "drop", "rename", "explode", "dedup", "join", "aggregate", "union"} - set(step), set())
        self.assertNotIn("limits", step)

    def test_keys_in_brackets_and_of_blocks(self):
        self.assertEqual(set(self.offered("by: [city], select: { total: sum(twice), latest: max(ts) }", "¦")), {"window", "by", "select"})
        self.assertIn("window", self.offered("{ by: [city],", "{ by: [city], ¦"))
        join = self.offered("{ table: shops, keys: { id: shop }, select: [city] }", "{ table: shops, ¦ }")
        self.assertEqual(set(join), {"keys", "type", "select"})
        self.assertLessEqual({"table", "stream", "within"}, set(self.offered("{ table: shops, keys: { id: shop }, select: [city] }", "{ ¦ }")))
        self.assertEqual(set(self.offered("watermark: ts - INTERVAL 1 HOUR", "watermark: { ¦ }")), {"column", "delay"})

    def test_a_map_may_begin_where_a_word_may_stand(self):
        self.assertEqual(set(self.offered("    watermark:", "    on_error:\n      ¦\n    watermark:")), {"to", "stop_above"})
        self.assertEqual(set(self.offered("    watermark:", "    late:\n      ¦\n    watermark:")), {"correct"})
        self.assertEqual(set(self.offered("on_conflict: update", "on_conflict: update\n      ¦")), set())

    def test_options_are_those_of_the_connector(self):
        table = self.offered("type: csv, file: shops.csv,", "type: csv, ¦")
        self.assertIn("file", table)
        self.assertNotIn("query", table)
        console = self.offered("    input: totals\n", "    input: totals\n    type: console\n    ¦\n")
        self.assertIn("width", console)
        self.assertNotIn("on_conflict", console)

    def test_values(self):
        for before, after, wanted in (("type: kafka", "type: ¦", {"kafka"}), ("format: json", "format: ¦", {"json"}), ("on_conflict: update", "on_conflict: ¦", {"ignore", "update", "error"}),
                                      ("    watermark:", "    late: ¦\n    watermark:", {"keep", "drop", "correct"}), ("    watermark:", "    start: ¦\n    watermark:", {"latest", "earliest"}),
                                      ("    watermark:", "    mirror_offsets: ¦\n    watermark:", {"true", "false"}), ("key: [city]", "emit: ¦", {"changes", "final"}),
                                      ("input: large", "input: ¦", {"orders", "large"}), ("input: large", "input: [orders, ¦]", {"orders", "large"}), ("table: shops", "table: ¦", {"shops"}),
                                      ("key: [city]", "connection: ¦", {"warehouse"}), ("shop: string", "shop: ¦", {"string", "bigint", "decimal", "not null"})):
            offered = self.offered(before, after)
            self.assertLessEqual(wanted, set(offered), after)
        self.assertNotIn("large", self.offered("    input: orders\n", "    input: ¦\n"))
        self.assertEqual(set(self.offered("on_conflict: update", "on_conflict: update newer by ¦")), {"city", "total"})

    def test_columns_are_those_of_the_step(self):
        where = self.offered("amount > 100", "¦")
        self.assertIn("amount", where)
        self.assertEqual(where["amount"]["detail"], "decimal(10,2) not null")
        self.assertIn("day", where)
        self.assertNotIn("twice", where)
        self.assertIn("twice", self.offered("      - join:", "      - where: ¦\n      - join:"))
        self.assertNotIn("city", self.offered("      - join:", "      - where: ¦\n      - join:"))
        aggregate = self.offered("sum(twice)", "sum(¦")
        self.assertIn("city", aggregate)
        self.assertIn("twice", aggregate)
        self.assertNotIn("total", aggregate)
        self.assertLessEqual({"city", "twice"}, set(self.offered("by: [city]", "by: [¦]")))
        sink = self.offered("total: total }", "total: ¦ }")
        self.assertEqual({"city", "total", "latest", "twice"} & set(sink), {"city", "total", "latest"})
        self.assertEqual({"city", "total", "latest"} & set(self.offered("key: [city]", "key: [¦]")), {"city", "total"})
        self.assertEqual({"id", "amount", "ts"} - set(self.offered("ts - INTERVAL", "¦ - INTERVAL")), set())
        self.assertIn("id", self.offered("keys: { id: shop }", "keys: { ¦ }"))
        self.assertNotIn("amount", self.offered("keys: { id: shop }", "keys: { ¦ }"))
        self.assertIn("amount", self.offered("keys: { id: shop }", "keys: { id: ¦ }"))
        self.assertLessEqual({"id", "amount", "ts"}, set(self.offered('day: "date_format(ts, \'yyyy-MM-dd\')"', "day: date_format(¦")))
        self.assertEqual(set(self.offered("select: [city] }", "select: { place: upper(shops.¦) } }")), {"id", "city"})

    def test_functions_have_their_signature_and_take_brackets(self):
        offered = self.offered("amount > 100", "upp¦")
        self.assertIn("upper(", offered["upper"]["detail"])
        self.assertIn("```sql", offered["upper"]["documentation"]["value"])
        self.assertEqual(offered["upper"]["textEdit"]["newText"], "upper($0)")
        for name in ("sum", "count", "coalesce", "explode", "tumble"):
            self.assertIn(name, offered)
        with Client(program, snippets=False) as client:
            offered = client.complete("/nowhere/a.yaml", YAML.replace("amount > 100", "upp¦"))
            self.assertEqual(offered["upper"]["textEdit"]["newText"], "upper")
            self.assertFalse(any(item.get("insertTextFormat") == 2 for item in offered.values()))

    def test_a_word_that_stands_there_is_replaced(self):
        marked = YAML.replace("amount > 100", "am¦ount > 100")
        offered = self.client.complete("/nowhere/a.yaml", marked)
        self.assertIn("where: shop > 100", self.client.applied(marked, offered["shop"]))

    def test_in_a_file_that_cannot_be_read(self):
        # Half a line, an open bracket or quote anywhere: what stands before is known.
        for after in ('"upper(¦', "amount > 100 and ¦\n      - ", "shop = 'a' and ¦", "case when ¦"):
            offered = self.offered("amount > 100", after)
            self.assertIn("amount", offered, after)
        broken = YAML.replace("    select: { city: city, total: total }\n", "    select: { city: [ \n")
        # What was known when the file could last be read.
        self.client.diagnostics(self.client.open("/nowhere/b.yaml", YAML))
        self.assertIn("amount", self.client.complete("/nowhere/b.yaml", broken.replace("amount > 100", "am¦")))
        self.assertIn("twice", self.offered("total: sum(twice), latest: max(ts) } }", "total: sum(¦"))

    def test_nothing_is_offered_in_comments_and_for_new_names(self):
        self.assertEqual(self.offered("name: shop\n", "name: shop # a ¦\n"), {})
        self.assertEqual(self.offered("name: shop\n", "# ¦\nname: shop\n"), {})
        self.assertEqual(self.offered("name: shop", "name: ¦"), {})

    def test_every_snippet_makes_a_file_that_compiles(self):
        base = """name: x
connections:
  base: { dsn: "sqlite:a.db" }
sources:
  orders: { type: kafka, brokers: b, topic: t, format: json, columns: { id: string not null } }
transforms:
  named:
    input: orders
    steps:
      - where: id <> 'x'
sinks:
  all: { input: named, connection: base, key: [id], on_conflict: update }
"""
        places = {"sources:\n": "source", "connections:\n": "connection", "transforms:\n": "stream", "sinks:\n": "sink", "    steps:\n": "step"}
        count = 0
        for line, what in places.items():
            marked = base.replace(line, line + ("      - ¦\n" if what == "step" else "  ¦\n"))
            offered = self.client.complete("/nowhere/s.yaml", marked)
            snippets = [item for item in offered.values() if item["kind"] == 15]
            self.assertTrue(snippets, what)
            for item in snippets:
                text = self.client.applied(marked, item)
                if what == "source":
                    text = text.replace("  orders: {", "  other: {").replace("input: orders\n    steps", "input: other\n    steps")
                if what == "connection":
                    text = text.replace("connection: base", "connection: warehouse").replace('  base: { dsn: "sqlite:a.db" }\n', "")
                uri = self.client.open(f"/nowhere/s{count}.yaml", text)
                self.assertEqual([one["message"] for one in self.client.diagnostics(uri) if one["severity"] == 1], [], text)
                count += 1
        self.assertGreater(count, 6)


class WeirCompletion(Case):
    def offered(self, before, after, whole=WEIR):
        self.assertIn(before, whole)
        return self.client.complete("/nowhere/a.weir", whole.replace(before, after, 1))

    def test_statements_and_what_is_created(self):
        self.assertIn("CREATE", self.labels("/nowhere/t.weir", "¦"))
        self.assertIn("CREATE SOURCE", self.labels("/nowhere/t.weir", "CREATE PIPELINE x;\n¦"))
        self.assertEqual(self.labels("/nowhere/t.weir", "CREATE ¦"), {"PIPELINE", "CONNECTION", "SOURCE", "TABLE", "STREAM", "SINK", "FUNCTION", "REPORT", "TEST"})
        self.assertEqual(self.labels("/nowhere/t.weir", "CREATE SINK ¦"), set())

    def test_reports(self):
        report = "CREATE REPORT all_cities WITH (chart = 'bar', connection = 'warehouse', ¦) AS $$ select city from city_total $$;\n"
        offered = self.client.complete("/nowhere/a.weir", WEIR + report)
        self.assertEqual(set(offered), {"x", "y", "title", "description", "parameters"})
        self.assertIn("The columns of the result", offered["y"]["documentation"]["value"])
        self.assertEqual(self.client.complete("/nowhere/a.weir", WEIR + report.replace("'bar'", "¦").replace(", ¦)", ")"))["line"]["textEdit"]["newText"], "'line'")
        self.assertIn("warehouse", self.client.complete("/nowhere/a.weir", WEIR + report.replace("'warehouse'", "'¦'").replace(", ¦)", ")")))
        self.assertIn("CREATE REPORT", self.client.complete("/nowhere/a.weir", WEIR + "¦"))
        text = YAML + "reports:\n  all_cities:\n    connection: warehouse\n    title: Cities\n    chart: ¦\n    sql: select city from city_total\n"
        self.assertLessEqual({"table", "bar", "line", "pie", "number"}, set(self.client.complete("/nowhere/r.yaml", text)))
        self.assertLessEqual({"x", "y", "parameters"}, set(self.client.complete("/nowhere/r.yaml", text.replace("chart: ¦", "¦"))))
        self.assertIn("report", self.client.complete("/nowhere/r.yaml", YAML + "reports:\n  ¦\n"))
        uri = self.client.open("/nowhere/r.yaml", text.replace("¦", "bar"))
        hover = self.client.ask("hover", uri, "all_cities", 1)["contents"]["value"]
        self.assertEqual(hover, "report **all_cities**, drawn as bar\n\nCities")
        edits = self.client.ask("rename", uri, "warehouse", 1, newName="store")["changes"][uri]
        self.assertEqual(len(edits), 2)

    def test_pipe_operators_and_clauses(self):
        steps = self.offered("|> WHERE amount > 100", "|> ¦")
        self.assertLessEqual({"WHERE", "SELECT", "EXTEND", "DROP", "RENAME", "EXPLODE", "DEDUP", "JOIN", "LEFT JOIN", "AGGREGATE", "UNION"}, set(steps))
        self.assertIn("Keeps the rows", steps["WHERE"]["documentation"]["value"])
        self.assertIn("FROM", self.offered("SELECT city, sum(twice) AS total\nFROM large\nGROUP BY city", "¦"))
        self.assertNotIn("FROM", self.offered("amount > 100", "amount > ¦"))
        self.assertLessEqual({"WITHIN", "ON", "SELECT"}, set(self.offered("ON shops.id = shop SELECT city", "¦")))
        self.assertLessEqual({"GROUP BY", "HAVING"}, set(self.offered("GROUP BY city;", "WHERE city = 'x' ¦;")))

    def test_options_are_those_of_the_connector(self):
        source = self.offered("format = 'json')", "format = 'json', ¦)")
        self.assertLessEqual({"late", "start", "security", "on_error"}, set(source))
        for key in ("type", "columns", "watermark", "input"):
            self.assertNotIn(key, source)
        self.assertEqual(source["start"]["textEdit"]["newText"], "start = ")
        sink = self.offered("on_conflict = 'update'", "¦")
        self.assertIn("on_conflict", sink)
        for key in ("steps", "select", "input", "key"):
            self.assertNotIn(key, sink)

    def test_values_of_options(self):
        self.assertEqual(self.offered("type = 'kafka'", "type = ¦")["kafka"]["textEdit"]["newText"], "'kafka'")
        quoted = self.offered("type = 'kafka'", "type = '¦'")
        self.assertEqual(quoted["kafka"]["textEdit"]["newText"], "kafka")
        self.assertLessEqual({"ignore", "update"}, set(self.offered("on_conflict = 'update'", "on_conflict = '¦'")))
        self.assertLessEqual({"city", "total"}, set(self.offered("key = 'city'", "key = '¦'")))
        self.assertIn("city", self.offered("key = 'city'", "key = 'total, ¦'"))
        self.assertIn("stop_above", self.offered("format = 'json')", "format = 'json', on_error = (¦))"))

    def test_relations(self):
        self.assertLessEqual({"orders", "large"}, set(self.offered("FROM large\n", "FROM ¦\n")))
        self.assertLessEqual({"shops", "orders"}, set(self.offered("JOIN shops ON shops.id = shop SELECT city", "JOIN ¦")))
        self.assertIn("orders", self.offered("|> WHERE amount > 100", "|> UNION ¦"))
        self.assertLessEqual({"orders", "large"}, set(self.offered("FROM large\n", "FROM TABLE(TUMBLE(TABLE ¦\n")))
        self.assertIn("twice", self.offered("FROM large\n", "FROM TABLE(TUMBLE(TABLE large, DESCRIPTOR(¦\n"))

    def test_columns_are_those_of_the_step(self):
        where = self.offered("amount > 100", "¦")
        self.assertIn("amount", where)
        self.assertEqual(where["amount"]["detail"], "decimal(10,2) not null")
        self.assertNotIn("twice", where)
        join = self.offered("ON shops.id = shop SELECT city", "ON shops.¦")
        self.assertEqual({label for label, item in join.items() if item["kind"] == 5}, {"id", "city"})
        self.assertIn("twice", self.offered("ON shops.id = shop SELECT city", "ON shops.id = ¦"))
        select = self.offered("SELECT city, sum(twice) AS total", "SELECT city, sum(¦) AS total")
        self.assertLessEqual({"twice", "city", "sum", "upper"}, set(select))
        self.assertIn("city", self.offered("GROUP BY city", "GROUP BY ¦"))
        self.assertEqual({"city", "total"}, {label for label, item in self.offered("AS FROM totals;", "AS FROM totals |> WHERE ¦;").items() if item["kind"] == 5})
        self.assertEqual({"id", "shop", "amount", "ts"}, {label for label, item in self.offered("FOR ts AS", "FOR ¦ AS").items()})
        self.assertEqual({"twice", "city"} & set(self.offered("|> JOIN shops", "|> DROP ¦\n|> JOIN shops")), {"twice"})

    def test_while_a_statement_is_written_and_nothing_ends_it(self):
        for text in ("|> WHERE amount > 100 AND ¦", "|> EXTEND upper(¦", "|> WHERE shop = 'x' AND am¦", "|> SELECT id, ¦", "|> AGGREGATE sum(¦ GROUP BY shop"):
            whole = WEIR[:WEIR.index("|> WHERE")] + text + "\n\n" + WEIR[WEIR.index("CREATE STREAM totals"):]
            offered = self.client.complete("/nowhere/b.weir", whole)
            self.assertIn("amount", offered, text)
        at_end = WEIR + "\nCREATE STREAM more AS\nFROM large\n|> WHERE ¦"
        self.assertIn("twice", self.client.complete("/nowhere/c.weir", at_end))

    def test_types_of_columns(self):
        types = self.offered("shop STRING", "shop ¦")
        self.assertLessEqual({"string", "bigint", "timestamp"}, set(types))
        self.assertIn("NOT NULL", self.offered("shop STRING", "shop STRING ¦"))
        self.assertLessEqual({"string", "bigint"}, set(self.offered("amount > 100", "cast(amount AS ¦")))

    def test_nothing_is_offered_in_texts_comments_and_for_new_names(self):
        self.assertEqual(self.offered("amount > 100", "shop = 'a¦'"), {})
        self.assertEqual(self.offered("CREATE PIPELINE shop;", "-- a ¦\nCREATE PIPELINE shop;"), {})
        self.assertEqual(self.offered("CREATE PIPELINE shop;", "/* a ¦ */ CREATE PIPELINE shop;"), {})
        self.assertEqual(self.offered("AS twice", "AS ¦"), {})

    def test_every_snippet_makes_a_file_that_compiles(self):
        base = {"PIPELINE": "CREATE PIPELINE x;\n", "CONNECTION": "CREATE CONNECTION w WITH (dsn = 'sqlite:a.db');\n",
                "SOURCE": "CREATE SOURCE orders (id STRING NOT NULL) WITH (type = 'kafka', brokers = 'b', topic = 't', format = 'json');\n",
                "SINK": "CREATE SINK s WITH (type = 'console') AS FROM orders;\n"}
        offered = self.client.complete("/nowhere/s.weir", "¦")
        snippets = [item for item in offered.values() if item["kind"] == 15]
        self.assertGreater(len(snippets), 7)
        for item in snippets:
            made = plain(item["textEdit"]["newText"])
            kind = re.match(r"CREATE (\w+)", made).group(1)
            # A statement of the same kind makes room; a second sink stands beside the first.
            rest = "".join(text for key, text in base.items() if key != kind or key == "SINK")
            uri = self.client.open(f"/nowhere/{len(self.client.texts)}.weir", rest + made)
            self.assertEqual([one["message"] for one in self.client.diagnostics(uri) if one["severity"] == 1], [], made)


if __name__ == "__main__":
    program = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
