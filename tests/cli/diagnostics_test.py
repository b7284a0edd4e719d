#!/usr/bin/env python3
"""diagnostics_test.py - what weir check and weir explain say of wrong files, to people and to programs. Usage: diagnostics_test.py WEIR [unittest's arguments]"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/errors"
weir_program = None

# What SARIF 2.1.0 (OASIS, appendix of the standard) demands of the parts that are written.
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
COUNT = {"type": "integer", "minimum": 1}
LOCATION = {"type": "object", "required": ["physicalLocation"], "properties": {
    "message": MESSAGE,
    "physicalLocation": {"type": "object", "required": ["artifactLocation"], "properties": {
        "artifactLocation": {"type": "object", "required": ["uri"], "properties": {"uri": {"type": "string", "pattern": r"^[A-Za-z0-9._~/%:-]+$"}}},
        "region": {"type": "object", "required": ["startLine", "startColumn", "endLine", "endColumn"],
                   "properties": {"startLine": COUNT, "startColumn": COUNT, "endLine": COUNT, "endColumn": COUNT}}}}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = {"type": "object", "required": ["id"], "properties": {
    "id": {"type": "string", "pattern": r"^W\d{4}$"}, "shortDescription": MESSAGE, "fullDescription": MESSAGE, "help": MESSAGE,
    "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}}}}
RESULT = {"type": "object", "required": ["message", "level", "ruleId", "ruleIndex", "locations"], "properties": {
    "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0}, "level": LEVEL, "message": MESSAGE,
    "locations": {"type": "array", "items": LOCATION}, "relatedLocations": {"type": "array", "items": LOCATION}}}
SARIF = {"type": "object", "required": ["version", "runs", "$schema"], "properties": {
    "version": {"enum": ["2.1.0"]}, "$schema": {"type": "string", "pattern": "^https://.*sarif-2.1.0"},
    "runs": {"type": "array", "items": {"type": "object", "required": ["tool", "results"], "properties": {
        "tool": {"type": "object", "required": ["driver"], "properties": {
            "driver": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "rules": {"type": "array", "items": RULE}}}}},
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": {"type": "array", "items": RESULT}}}}}}
TYPES = {"object": dict, "array": list, "string": str, "integer": int}


def violations(value, schema, path="$"):
    """The parts of JSON Schema that are used above; keys that a schema does not name are violations, too."""
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{path}: {value!r} is none of {schema['enum']}"]
    if not isinstance(value, TYPES[schema["type"]]) or isinstance(value, bool):
        return [f"{path}: no {schema['type']}"]
    found = [f"{path}: {key} is missing" for key in schema.get("required", ()) if key not in value]
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{path}: {value} is too small")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{path}: {value!r} does not match {schema['pattern']}")
    if len(value) < schema.get("minLength", 0) if isinstance(value, str) else False:
        found.append(f"{path}: empty")
    if isinstance(value, dict):
        for key, one in value.items():
            found += violations(one, schema["properties"][key], f"{path}.{key}") if key in schema["properties"] else [f"{path}: {key} is not known"]
    if isinstance(value, list):
        for number, one in enumerate(value):
            found += violations(one, schema["items"], f"{path}[{number}]")
    return found


def weir(*arguments, cwd=ROOT):
    return subprocess.run([weir_program, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=120)


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def good(self, name="good.weir"):
        return self.write(name, "CREATE PIPELINE good;\nCREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', format = 'json');\n"
                                "CREATE SINK out WITH (type = 'console') AS FROM s;\n")

    def wrong(self, name="wrong.weir"):
        return self.write(name, "CREATE PIPELINE wrong;\nCREATE SOURCE s (id STRING, größe INT) WITH (type = 'kafka', brokers = 'b:9092', topic = 's', format = 'json');\n"
                                "CREATE SINK out WITH (type = 'console') AS FROM s |> DROP größe |> WHERE größe > 1;\n"
                                "CREATE SINK out WITH (type = 'console') AS FROM s;\n")

    def test_all_of_several_files_are_checked(self):
        done = weir("check", self.wrong(), self.good(), "none.yaml", cwd=self.folder)
        self.assertEqual(done.returncode, 78)
        self.assertEqual(done.stdout, "good.weir: pipeline good is fine\n")
        self.assertIn("wrong.weir: 2 errors", done.stderr)
        self.assertIn("error[W0001]: cannot read none.yaml", done.stderr)
        done = weir("check", self.good(), self.good("other.weir"), cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.count("is fine"), 2)

    def test_an_error_has_its_code_its_carets_and_its_notes(self):
        done = weir("check", self.wrong(), cwd=self.folder)
        self.assertIn("error[W0201]: unknown column: größe\n --> wrong.weir:3:74\n", done.stderr)
        self.assertIn("note: it was dropped here\n --> wrong.weir:3:59\n", done.stderr)
        self.assertIn("error[W0211]: sink out is created twice\n --> wrong.weir:4:13\n", done.stderr)
        self.assertIn("note: the first one is here\n --> wrong.weir:3:13\n", done.stderr)

    def test_json_is_a_line_for_each_diagnostic_under_stable_keys(self):
        done = weir("check", "--format", "json", self.wrong(), self.good(), cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (78, ""))
        found = [json.loads(line) for line in done.stdout.splitlines()]
        for one in found:
            self.assertEqual(list(one), ["code", "severity", "message", "hint", "file", "line", "column", "end_line", "end_column", "notes"])
        unknown = next(one for one in found if one["code"] == "W0201")
        self.assertEqual({key: unknown[key] for key in ("severity", "message", "file", "line", "column", "end_line", "end_column")},
                         {"severity": "error", "message": "unknown column: größe", "file": "wrong.weir", "line": 3, "column": 74, "end_line": 3, "end_column": 79})
        self.assertEqual(unknown["notes"], [{"message": "it was dropped here", "file": "wrong.weir", "line": 3, "column": 59, "end_line": 3, "end_column": 64}])
        done = weir("check", "--format", "json", self.good(), cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_json_has_warnings_and_files_that_are_not_there(self):
        self.write("warned.weir", (self.folder / self.good()).read_text() + "CREATE STREAM unused AS FROM s;\n")
        done = weir("check", "--format", "json", "warned.weir", cwd=self.folder)
        self.assertEqual(done.returncode, 0)
        self.assertEqual([(one["code"], one["severity"]) for one in map(json.loads, done.stdout.splitlines())], [("W0901", "warning")])
        done = weir("check", "--format", "json", "none.weir", cwd=self.folder)
        self.assertEqual(done.returncode, 78)
        one = json.loads(done.stdout)
        self.assertEqual((one["code"], one["file"], one["line"], one["notes"]), ("W0001", "none.weir", None, []))

    def test_sarif_is_what_its_schema_demands(self):
        odd = self.wrong("a file [1].weir")
        done = weir("check", "--format", "sarif", odd, self.good(), "none.yaml", cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (78, ""))
        log = json.loads(done.stdout)
        self.assertEqual(violations(log, SARIF), [])
        run = log["runs"][0]
        rules = run["tool"]["driver"]["rules"]
        self.assertEqual([rule["id"] for rule in rules], ["W0001", "W0201", "W0211"])
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
        unknown = next(result for result in run["results"] if result["ruleId"] == "W0201")
        place = unknown["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], "a%20file%20%5B1%5D.weir")
        self.assertEqual(place["region"], {"startLine": 3, "startColumn": 74, "endLine": 3, "endColumn": 79})
        self.assertEqual(unknown["relatedLocations"][0]["message"]["text"], "it was dropped here")

    def test_sarif_of_every_broken_pipeline_is_valid(self):
        files = sorted(path.relative_to(ROOT) for ending in ("*.yaml", "weir/*.weir") for path in CASES.glob(ending))
        self.assertGreater(len(files), 150)
        done = weir("check", "--format", "sarif", *files)
        self.assertEqual(done.returncode, 78)
        log = json.loads(done.stdout)
        self.assertEqual(violations(log, SARIF), [])
        self.assertGreater(len(log["runs"][0]["tool"]["driver"]["rules"]), 60)

    def test_sarif_of_good_files_has_no_results(self):
        done = weir("check", "--format", "sarif", self.good(), cwd=self.folder)
        self.assertEqual(done.returncode, 0)
        log = json.loads(done.stdout)
        self.assertEqual((violations(log, SARIF), log["runs"][0]["results"]), ([], []))

    def test_services_that_fail_are_diagnostics_too(self):
        self.write("far.weir", "CREATE PIPELINE far;\nCREATE SOURCE s (id STRING) WITH (type = 'kafka', brokers = '127.0.0.1:1', topic = 's', format = 'json');\n"
                               "CREATE SINK out WITH (dsn = 'sqlite:no/such/folder/shop.db') AS FROM s;\n")
        done = weir("check", "--connect", "--format", "json", "far.weir", cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([one["code"] for one in found], ["W0809", "W0801"])
        self.assertTrue(found[0]["message"].startswith("source s: "), found[0])

    def test_an_unknown_format_is_wrong_usage(self):
        done = weir("check", "--format", "xml", self.good(), cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout), (2, ""))


class Explain(unittest.TestCase):
    def test_a_code_in_any_case(self):
        done = weir("explain", "w0201")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("error[W0201]: an unknown column\n"), done.stdout)
        self.assertIn("\nWrong:\n\n  FROM orders |> SELECT id, prize\n", done.stdout)
        self.assertIn("\nRight:\n\n  FROM orders |> SELECT id, price\n", done.stdout)

    def test_a_code_as_json(self):
        one = json.loads(weir("explain", "W0201", "--format", "json").stdout)
        self.assertEqual((one["code"], one["severity"], one["language"]), ("W0201", "error", "weir"))
        self.assertIn("CREATE PIPELINE", one["right_file"])

    def test_an_unknown_code_ends_with_2_and_the_nearest(self):
        done = weir("explain", "W02011")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("no error has the code W02011", done.stderr)
        self.assertIn("did you mean W0201?", done.stderr)
        self.assertEqual(weir("explain", "W0201", "--format", "dot").returncode, 2)

    def test_all_codes_are_listed(self):
        lines = weir("list", "errors").stdout.splitlines()
        codes = [line.split()[0] for line in lines]
        self.assertEqual(codes, sorted(set(codes)))
        self.assertGreaterEqual(len(codes), 90)
        self.assertEqual([one["code"] for one in json.loads(weir("list", "errors", "--format", "json").stdout)], codes)


if __name__ == "__main__":
    weir_program = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
