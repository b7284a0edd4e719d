#!/usr/bin/env python3
"""schema_test.py - holds weir schema to the pipelines that are shipped, shown and broken. Usage: schema_test.py WEIR [unittest's arguments]"""
import json
import pathlib
import re
import subprocess
import sys
import unittest

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"skipped: {error} (install python3-jsonschema and python3-yaml)")
    sys.exit(77)

from client import CLEAN, ROOT

program = None


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: no dates, and yes and on are texts."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def weir(*arguments):
    return subprocess.run([program, *map(str, arguments)], env=CLEAN, cwd=ROOT, capture_output=True, text=True, timeout=60)


def shown():
    """(where, text) of every pipeline that is shipped in YAML, or stands whole in a page."""
    for path in sorted((ROOT / "pipelines").rglob("*.yaml")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "tests/plans").glob("*.yaml")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
    wrong = ROOT / "docs/reference/errors.md"  # half of its examples
    for path in [ROOT / "README.md", *sorted(set((ROOT / "docs").rglob("*.md")) - {wrong})]:
        for number, block in enumerate(re.findall(r"^```yaml[^\n]*\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)):
            if re.search(r"^name:", block, re.M) and re.search(r"^sinks:", block, re.M) and "# ..." not in block and "# …" not in block:
                yield f"{path.relative_to(ROOT)}, block {number}", block


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = weir("schema")
        assert (done.returncode, done.stderr) == (0, ""), done
        cls.schema = json.loads(done.stdout)
        cls.validator = jsonschema.Draft7Validator(cls.schema)

    def said_of(self, text):
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in self.validator.iter_errors(yaml.load(text, Loader))]

    def test_it_is_a_schema_of_draft_07_and_the_same_every_time(self):
        jsonschema.Draft7Validator.check_schema(self.schema)
        self.assertEqual(json.loads(weir("schema").stdout), self.schema)
        self.assertEqual(self.schema["$schema"], "http://json-schema.org/draft-07/schema#")

    def test_every_reference_leads_somewhere(self):
        for name in re.findall(r'"\$ref": "#/definitions/(\w+)"', weir("schema").stdout):
            self.assertIn(name, self.schema["definitions"])

    def test_every_pipeline_that_is_shipped_or_shown_is_valid(self):
        count = 0
        for where, text in shown():
            with self.subTest(where):
                self.assertEqual(self.said_of(text), [])
            count += 1
        self.assertGreater(count, 25)

    def test_what_weir_accepts_in_tests_of_spellings_is_valid(self):
        text = """
name: all
description: everything at once
state_memory: 2 GB
state_directory: /tmp
emit: every 5 minutes
settings: { geo_database: "${GEO:-}" }
plugins: [a.so]
functions:
  f: { language: python, code: "def f(a): return a", parameters: { a: bigint }, returns: string, timeout: 10s }
connections:
  a: { dsn: "${DSN}" }
  b: { type: sqlite, dsn: b.db }
sources:
  s:
    type: kafka
    brokers: localhost:9092
    topics: [a, b]
    start: 2024-01-01T00:00:00Z
    security: SASL_SSL
    sasl_mechanism: PLAIN
    username: u
    password: ${file:/run/secrets/p}
    properties: { fetch.max.bytes: 1000000, socket.keepalive.enable: true }
    format: json
    columns: { id: string not null, ts: timestamp not null, n: int, lines: array<int>, at: bigint not null metadata from offset }
    computed: { day: "date_format(ts, 'yyyy-MM-dd')", one: 1, yes: true, nothing: null }
    watermark: { column: ts, delay: 1 HOUR }
    late: { correct: 1 day }
    idle_after: 0.5 h
    max_future: never
    close_when_quiet: INTERVAL 10 MINUTES
    on_error: { to: rejects, stop_above: 0.1 }
tables:
  t: { type: csv, file: t.csv, columns: { id: string, city: string }, key: id, refresh: 10min }
  u: { connection: a, query: SELECT 1, columns: { id: string }, key: [id] }
transforms:
  x:
    inputs: [s]
    steps:
      - where: n > 1
      - explode: lines
      - explode: { of: lines, as: [line], position: p, keep_empty: true }
      - dedup: { key: [id], within: 2 hours }
      - join: { table: t, keys: { id: id }, type: left, select: [city] }
      - join: { stream: s, as: o, keys: { id: id }, between: [-10 minutes, 4 hours], where: o.n > n, select: { m: o.n } }
      - drop: p
      - rename: { n: m }
      - union: [s]
      - aggregate: { window: "tumble(ts, INTERVAL 5 MINUTES)", by: [id], select: { c: count(*) } }
sinks:
  k:
    input: [x]
    where: true
    select: [id]
    connection: a
    table: public.k
    key: id
    on_conflict: update newer by ts
    references: [{ columns: [id], table: t, references: [id] }]
    fill: { column: id, from: 1, to: 5 }
    emit: final
  c: { input: x, type: console, format: table, rows: 5, width: 0 }
  d: { input: x, dsn: "sqlite:d.db" }
"""
        self.assertEqual(self.said_of(text), [])

    def test_every_key_and_option_has_a_description(self):
        def properties(node):
            children = node if isinstance(node, list) else node.values() if isinstance(node, dict) else ()
            if isinstance(node, dict) and "properties" in node:
                yield from node["properties"].items()
                children = [*node["properties"].values(), *(value for key, value in node.items() if key != "properties")]
            for child in children:
                yield from properties(child)
        found = [(name, value) for name, value in properties(self.schema) if "const" not in value]
        self.assertGreater(len(found), 100)
        for name, value in found:
            self.assertGreater(len(value.get("description", "")), 5, name)

    def test_it_has_the_options_that_weir_list_has(self):
        listed = json.loads(weir("list", "connectors", "--format", "json").stdout)
        for section, definition in (("sources", "source"), ("connections", "connection"), ("sinks", "sink"), ("tables", "table")):
            text = json.dumps(self.schema["definitions"][definition])
            for connector in listed[section]:
                for option in connector["options"]:
                    self.assertIn(f'"{option["name"]}": {{"description"', text, (definition, connector["name"]))

    def test_what_is_wrong_by_its_form_is_not_valid(self):
        small = "name: x\nsources: { s: { type: kafka, brokers: b, topic: t, format: json, columns: { id: string } } }\nsinks: { k: { input: s, type: console } }\n"
        self.assertEqual(self.said_of(small), [])
        for old, new in (("name: x\n", ""), ("type: kafka", "type: kafak"), ("brokers", "broker"), ("format: json", "format: jsno"), ("columns: { id: string }", "columns: [id]"),
                         ("input: s", "inputt: s"), ("type: console", "type: consol"), ("name: x", "nmae: x"), ("brokers: b, ", ""), ("type: console", "type: console, table: t"),
                         ("topic: t", "topic: t, idle_after: 5 parsecs"), ("topic: t", "topic: t, late: sometimes"), ("topic: t", "topic: t, mirror_offsets: perhaps"),
                         ("input: s", "input: s, steps: [{ wher: x }]"), ("input: s", "input: s, steps: [{ where: x, select: [a] }]"), ("input: s", "input: s, steps: { where: x }"),
                         ("input: s", "input: s, steps: [{ aggregate: { by: [a], selct: { n: count(*) } } }]"), ("input: s", "input: s, emit: later"),
                         ("name: x", "name: x\nstate_memory: much"), ("name: x", "name: 5 x"), ("{ k:", "{ 5k:")):
            self.assertNotEqual(self.said_of(small.replace(old, new)), [], new)

    def test_broken_files_whose_form_is_wrong_are_not_valid(self):
        wrong = []
        for path in sorted((ROOT / "tests/errors").glob("*.yaml")):
            try:
                loaded = yaml.load(path.read_text(encoding="utf-8"), Loader)
            except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
                continue
            if next(self.validator.iter_errors(loaded), None) is not None:
                wrong.append(path.stem)
        self.assertGreaterEqual(len(wrong), 20, wrong)
        for name in ("unknown_option", "unknown_step", "unknown_top_key", "unknown_sink_keys", "misspelt_source_keys", "no_name", "no_sinks", "step_with_two_keys", "section_is_a_list"):
            self.assertIn(name, wrong)


if __name__ == "__main__":
    program = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
