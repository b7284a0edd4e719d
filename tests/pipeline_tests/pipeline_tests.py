#!/usr/bin/env python3
"""pipeline_tests.py - runs `weir test` on shipped pipelines, on the page about tests, and on tests that fail.

Usage: pipeline_tests.py WEIR [unittest arguments]
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
WEIR = pathlib.Path(sys.argv.pop(1)).resolve()

ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "POSTGRES_", "NEXMARK_", "EMIT_", "STORE"))}


def weir(*arguments, cwd=ROOT):
    return subprocess.run([str(WEIR), *map(str, arguments)], capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT, timeout=120)


def with_tests(suffix):
    begins = re.compile(r"^(tests:|CREATE TEST)", re.MULTILINE)
    return [path for path in sorted((ROOT / "pipelines").glob(f"*/*{suffix}")) if begins.search(path.read_text(encoding="utf-8"))]


def masked(text):
    return re.sub(r"\(\d+ ms\)", "(... ms)", re.sub(r"in \d+\.\d+ s", "in ... s", text))


def tests_of(yaml):
    """The section, without comments: those between rows find other places."""
    return re.sub(r" *#.*", "", yaml[yaml.index("\ntests:"):])


def blocks_of(page):
    return re.findall(r"^```(.+?)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def passes(self, *arguments):
        done = weir("test", *arguments, cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def held_equal(self, path):
        """Tests in the other spelling and back are what fmt makes of them at once."""
        text = weir("fmt", path)
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertEqual(weir("fmt", "--check", self.file("canonical.yaml", text.stdout)).returncode, 0, "the layout stays")
        other = self.file("other.weir", weir("fmt", "--to", "weir", path).stdout)
        self.assertEqual(weir("fmt", other).stdout, other.read_text(encoding="utf-8"), "the layout stays")
        self.assertEqual(tests_of(weir("fmt", "--to", "yaml", other).stdout), tests_of(text.stdout))
        return other

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


class Shipped(Folder):
    def test_passes_in_both_spellings(self):
        yaml, sql = with_tests(".yaml"), with_tests(".weir")
        self.assertEqual([p.stem for p in yaml], [p.stem for p in sql])
        self.assertGreaterEqual(len(yaml), 5)
        counts = []
        for paths in (yaml, sql):
            said = self.passes(*paths)
            counts.append([re.search(r"^" + re.escape(str(p)) + r": (\d+) test", said, re.MULTILINE).group(1) for p in paths])
        self.assertEqual(counts[0], counts[1])

    def test_tests_are_the_same_in_both(self):
        for yaml, sql in zip(with_tests(".yaml"), with_tests(".weir")):
            with self.subTest(yaml.name):
                canonical = self.held_equal(yaml)
                again = weir("fmt", "--to", "yaml", sql)
                self.assertEqual(again.returncode, 0, again.stderr)
                self.assertEqual(tests_of(weir("fmt", "--to", "yaml", canonical).stdout), tests_of(again.stdout))


class Page(Folder):
    def test_its_examples_run_and_are_equal(self):
        blocks = dict(blocks_of(ROOT / "docs/language/tests.md"))
        yaml = self.file("sales.yaml", blocks["yaml pipeline"])
        self.assertIn("2 passed, 0 failed", self.passes(yaml))
        # Other commands than test want to know where the service is.
        yaml.write_text(blocks["yaml pipeline"].replace("${KAFKA_BROKERS}", "localhost:9092"), encoding="utf-8")
        as_sql = self.held_equal(yaml).read_text(encoding="utf-8")
        sql = self.file("sales.weir", as_sql[:as_sql.index("\nCREATE TEST") + 1] + blocks["sql tests"])
        self.assertIn("2 passed, 0 failed", self.passes(sql))
        self.assertEqual(tests_of(weir("fmt", "--to", "yaml", sql).stdout), tests_of(weir("fmt", yaml).stdout))


class Features(Folder):
    def test_pass_in_both_spellings(self):
        for name in ("time", "values"):
            with self.subTest(name):
                yaml = FOLDER / f"{name}.yaml"
                self.assertEqual(self.passes(yaml).count("  ok  "), self.passes(self.held_equal(yaml)).count("  ok  "))


class Failing(Folder):
    def check(self, name, *arguments):
        done = weir("test", f"tests/pipeline_tests/{name}.yaml", *arguments)
        expected = FOLDER / f"{name}.expected"
        if os.environ.get("WEIR_UPDATE") == "1":
            expected.write_text(masked(done.stdout), encoding="utf-8")
        self.assertEqual(masked(done.stdout), expected.read_text(encoding="utf-8"))
        self.assertEqual(done.stderr, "")
        return done.returncode

    def test_says_what_differs(self):
        self.assertEqual(self.check("failing"), 1)

    def test_says_what_no_row_came_to(self):
        self.assertEqual(self.check("coverage", "--coverage"), 0)

    def test_writes_junit(self):
        path = self.folder / "results.xml"
        done = weir("test", "tests/pipeline_tests/failing.yaml", "pipelines/purchase/purchase.yaml", "--junit", path)
        self.assertEqual(done.returncode, 1)
        suites = ElementTree.parse(path).getroot()
        self.assertEqual(suites.tag, "testsuites")
        first, second = suites
        cases = first.findall("testcase")
        self.assertEqual((first.get("name"), first.get("tests"), first.get("failures")), ("tests/pipeline_tests/failing.yaml", str(len(cases)), "8"))
        self.assertEqual([c.get("name") for c in cases if c.find("failure") is None], ["this one passes"])
        failure = cases[0].find("failure")
        self.assertIn("amount: expected 5.50, got 5.00", failure.text)
        self.assertIn("a cell differs", failure.get("message"))
        self.assertEqual(second.get("failures"), "0")
        self.assertTrue(all(float(c.get("time")) >= 0 for c in suites.iter("testcase")))


class Command(Folder):
    def test_chooses_tests(self):
        said = weir("test", "--filter", "row", "tests/pipeline_tests/failing.yaml").stdout
        self.assertEqual(len(re.findall(r"^  (ok|FAILED)", said, re.MULTILINE)), 2)
        only = weir("test", "--only", "this one passes", "tests/pipeline_tests/failing.yaml")
        self.assertEqual(only.returncode, 0)
        self.assertIn("1 passed, 0 failed", only.stdout)
        wrong = weir("test", "--only", "this one pases", "tests/pipeline_tests/failing.yaml")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("did you mean 'this one passes'?", wrong.stderr)

    def test_stops_at_the_first_failure(self):
        said = weir("test", "--fail-fast", "tests/pipeline_tests/failing.yaml", "pipelines/purchase/purchase.yaml").stdout
        self.assertIn("0 passed, 1 failed", said)
        self.assertNotIn("purchase.yaml", said)

    def test_a_file_without_tests_is_told(self):
        done = weir("test", "tests/plans/join.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("join.yaml: no tests", done.stdout)

    def test_a_wrong_file_does_not_hinder_others(self):
        done = weir("test", "tests/errors/tests_steps.yaml", "pipelines/purchase/purchase.yaml")
        self.assertEqual(done.returncode, 78)
        self.assertIn("0 failed", done.stdout)
        self.assertIn("expects nothing", done.stderr)

    def test_variables_that_say_where_services_are_need_no_value(self):
        text = (FOLDER / "failing.yaml").read_text(encoding="utf-8").replace("localhost:9092", "${UNSET_HOST}:9092").replace("postgresql:///shop", "${UNSET_DSN}")
        path = self.folder / "p.yaml"
        path.write_text(text, encoding="utf-8")
        self.passes(path, "--only", "this one passes")
        self.assertEqual(weir("check", path).returncode, 78)
        path.write_text(text.replace("amount > 0", "amount > ${UNSET_LIMIT}"), encoding="utf-8")
        self.assertEqual(weir("test", path).returncode, 78, "what decides what rows become is needed")

    def test_tests_are_no_part_of_the_plan(self):
        path = self.folder / "p.yaml"
        text = (FOLDER / "failing.yaml").read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        with_tests = weir("explain", path).stdout
        path.write_text(text[:text.index("tests:\n  - name")], encoding="utf-8")
        self.assertEqual(weir("explain", path).stdout, with_tests)


class Record(Folder):
    def record(self, spelling):
        path = self.folder / f"purchase.{spelling}"
        text = (ROOT / f"pipelines/purchase/purchase.{spelling}").read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        sample = self.folder / "sample.jsonl"
        lines = (ROOT / "pipelines/purchase/sample.jsonl").read_text(encoding="utf-8").splitlines()[:12]
        sample.write_text("\n".join(lines + ["not json"]) + "\n", encoding="utf-8")
        arguments = ["--record", path, "--input", f"purchases={sample}", "--name", "a sample"]
        shown = weir("test", *arguments)
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertEqual(path.read_text(encoding="utf-8"), text)
        written = weir("test", *arguments, "--write")
        self.assertEqual((written.returncode, written.stderr), (0, ""))
        after = path.read_text(encoding="utf-8")
        self.assertTrue(after.startswith(text) and after.endswith(shown.stdout), after)
        self.assertIn("1 passed", self.passes(path, "--only", "a sample"))
        again = weir("test", *arguments, "--write")
        self.assertEqual(again.returncode, 2)
        self.assertIn("there is a test 'a sample' already", again.stderr)
        self.assertIn("not_json", shown.stdout)

    def test_writes_a_test_that_passes_in_yaml(self):
        self.record("yaml")

    def test_writes_a_test_that_passes_in_sql(self):
        self.record("weir")

    def test_says_what_is_wrong(self):
        path = "pipelines/purchase/purchase.yaml"
        self.assertIn("--input SOURCE=FILE", weir("test", "--record", path).stderr)
        self.assertIn("did you mean purchases?", weir("test", "--record", path, "--input", "purchase=x").stderr)
        self.assertEqual(weir("test", "--record", path, "--input", "purchases=nowhere.jsonl").returncode, 78)


if __name__ == "__main__":
    unittest.main()
