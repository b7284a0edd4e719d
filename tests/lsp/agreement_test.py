#!/usr/bin/env python3
"""agreement_test.py - an editor says what the command says: every file of tests/errors and every shipped pipeline, by weir lsp and by weir check --format json.

Usage: agreement_test.py WEIR [unittest's arguments]
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from client import CLEAN, ROOT, Client

program = None
SEVERITIES = {1: "error", 2: "warning"}
OF_THE_RUN = ("W0016", "W0017")  # an editor does not have the environment of the job: for it a variable or a secret that is not there is information


def files():
    for folder in ("tests/errors", "tests/errors/weir", "pipelines/product_view", "pipelines/purchase", "pipelines/nexmark"):
        yield from sorted(path for path in (ROOT / folder).iterdir() if path.suffix in (".yaml", ".weir"))


def said_by_check(paths):
    """file -> what is said of it. What stands in an included file is said of that file."""
    done = subprocess.run([program, "check", "--format", "json", *map(str, paths)], capture_output=True, text=True, env=CLEAN, cwd=ROOT, timeout=240)
    found = {str(path): [] for path in paths}
    for line in done.stdout.splitlines():
        one = json.loads(line)
        found.setdefault(one["file"], []).append(one)
    return found


def compared(found):
    return sorted((code, None if code in OF_THE_RUN else severity, *rest) for code, severity, *rest in found)


class Agreement(unittest.TestCase):
    maxDiff = None

    def test_codes_sentences_and_places_are_the_same(self):
        paths = list(files())
        self.assertGreater(len(paths), 200)
        by_check = said_by_check(paths)
        count = 0
        with Client(program) as client:
            for path in paths:
                text = path.read_bytes().decode("utf-8", errors="replace")
                if "\ufffd" in text or "\r" in text:  # an editor cannot send the first, and may count lines in its own way in the second
                    continue
                lines = text.split("\n")

                def units(line, column):
                    return client.units(lines[line - 1][:column - 1])

                uri = client.open(path, text)
                by_editor = [(one["code"], SEVERITIES.get(one["severity"]), one["message"].split("\n")[0], one["range"]["start"]["line"] + 1, one["range"]["start"]["character"])
                             for one in client.diagnostics(uri)]
                wanted = [(one["code"], one["severity"], one["message"], one["line"] or 1, units(one["line"], one["column"]) if one["line"] else 0) for one in by_check[str(path)]]
                with self.subTest(path.name):
                    self.assertEqual(compared(by_editor), compared(wanted))
                count += len(wanted)
        self.assertGreater(count, 250)

    def test_a_part_of_a_pipeline_is_checked_by_itself(self):
        texts = {"shop.yaml": "connections: { c: { dsn: 'sqlite:a.db' } }\nsources:\n  s: { type: kafka, brokers: b, topic: t, format: json, columns: { id: string } }\n",
                 "shop.weir": "CREATE CONNECTION c WITH (dsn = 'sqlite:a.db');\n", "wrong.yaml": "sources:\n  s: { type: kafka, columns: [id], format: json }\n", "empty.weir": ""}
        with tempfile.TemporaryDirectory() as name, Client(program) as client:
            for file, text in texts.items():
                path = pathlib.Path(name, file)
                path.write_text(text)
                by_check = [one["code"] for one in said_by_check([path])[str(path)]]
                by_editor = [one["code"] for one in client.diagnostics(client.open(path, text))]
                self.assertEqual(sorted(by_editor), sorted(by_check), file)
                self.assertEqual(not by_check, file.startswith("shop"))


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main()
