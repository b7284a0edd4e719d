#!/usr/bin/env python3
"""check_style.py - holds the tree to its house rules: who may include whom, one library one folder, names, file lengths.

Usage: check_style.py ROOT [--headers]   (--headers also compiles every header alone)
"""
import pathlib
import re
import subprocess
import sys

# a: [b ...] means that a may include b and all that b may. Longest matching prefix counts.
MAY = {
    "engine/base": [],
    "engine/data": ["engine/base"],
    "engine/metrics": ["engine/base"],
    "engine/expression": ["engine/data"],
    "engine/state": ["engine/expression"],
    "engine/component": ["engine/expression", "engine/metrics"],
    "engine/plan": ["engine/component"],
    "engine/report": ["engine/plan"],
    "engine/operators": ["engine/component", "engine/state"],
    "engine/runtime": ["engine/plan", "engine/state"],
    "engine/testing": ["engine/runtime"],
    "dsl": ["engine/plan"],
    "dsl/language_server": ["dsl"],
    "connectors/console": ["engine/component"],
    "connectors/csv": ["engine/component"],
    "connectors/formats": ["engine/component"],
    "connectors/generate": ["engine/component"],
    "connectors/kafka": ["engine/component", "connectors/formats"],
    "connectors/postgres": ["engine/component", "connectors/formats"],
    "connectors/sqlite": ["engine/component", "connectors/formats"],
    "connectors": ["engine/component", "connectors/console", "connectors/csv", "connectors/formats", "connectors/kafka", "connectors/postgres", "connectors/sqlite",
                   "connectors/generate", "udf/enrich"],
    "udf": ["engine/component"],
    "udf/enrich": ["engine/component"],
    "udf/host": ["udf"],
    "udf/python": ["engine/component"],
    "engine/infer": ["dsl", "connectors"],
    "engine/cli": ["engine/infer", "dsl", "dsl/language_server", "connectors", "engine/runtime", "engine/testing", "engine/report", "udf/host", "udf/python"],
    "engine/console": ["dsl", "connectors", "engine/runtime"],
}
# A library's headers may be included only below these folders.
LIBRARY_HOME = {
    r"(oneapi/)?tbb/": ["engine/runtime"],
    r"spdlog/": ["engine/base"],
    r"antlr4-runtime": ["dsl"],
    r"yaml-cpp/": ["dsl", "udf/enrich"],
    r"simdjson": ["connectors/formats", "dsl/language_server"],
    r"librdkafka/": ["connectors/kafka"],
    r"(postgresql/)?libpq-fe\.h": ["connectors/postgres"],
    r"sqlite3\.h": ["connectors/sqlite", "engine/state"],
    r"dlfcn\.h": ["udf/host"],
    r"httplib\.h": ["engine/console"],
    r"CLI/": ["engine/cli"],
    r"histedit\.h": ["engine/cli"],
    r"maxminddb\.h": ["udf/enrich"],
    r"libpsl\.h": ["udf/enrich"],
    r"openssl/": ["engine/expression"],
    r"re2/": ["engine/expression", "udf/enrich"],
}
FORBIDDEN_NAME = re.compile(r"(^|_)(utils?|helpers?|common|misc|manager)(_|\.|$)")
LONGEST = {"tests": 800}
LONGEST_ELSEWHERE = 500
CODE = (".h", ".hpp", ".cpp", ".g4")


def allowed(folder):
    seen, todo = {folder}, list(MAY[folder])
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += MAY[one]
    return seen


def folder_of(path):
    matches = [f for f in MAY if path == f or path.startswith(f + "/")]
    return max(matches, key=len) if matches else None


def check_includes(path, text, complain):
    home = folder_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        own = re.match(r'\s*#include "([^"]+)"', line)
        if own and home:
            target = folder_of(own.group(1))
            if target is None and not own.group(1).endswith("Parser.h") and not own.group(1).endswith("Lexer.h"):
                complain(path, number, f'"{own.group(1)}" is not given from the root of the tree')
            elif target and target not in allowed(home):
                complain(path, number, f"{home} may not include {target}")
        foreign = re.match(r"\s*#include <([^>]+)>", line)
        if foreign and not path.startswith("tests/"):
            for pattern, homes in LIBRARY_HOME.items():
                if re.match(pattern, foreign.group(1)) and not any(path.startswith(h + "/") for h in homes):
                    complain(path, number, f"<{foreign.group(1)}> belongs in {', '.join(homes)} only")


def check_file(root, path, complain):
    name = path.name
    relative = str(path.relative_to(root))
    if FORBIDDEN_NAME.search(name):
        complain(relative, 1, "name the concept: utils, helpers, common, misc and manager say nothing")
    if path.suffix not in CODE:
        return
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    limit = LONGEST.get(relative.split("/")[0], LONGEST_ELSEWHERE)
    if len(lines) > limit:
        complain(relative, len(lines), f"longer than {limit} lines: one concept a file")
    if not lines or not re.match(r"(//|/\*\*?) ?\S+", lines[0]):
        complain(relative, 1, "a file opens with one sentence saying what it is")
    if path.suffix in (".h", ".hpp") and "#pragma once" not in text and "#ifndef WEIR" not in text:
        complain(relative, 1, "#pragma once is missing")
    check_includes(relative, text, complain)


def headers_alone(root, files, complain):
    for path in files:
        if path.suffix != ".h" or str(path.relative_to(root)).startswith("tests/"):
            continue
        relative = str(path.relative_to(root))
        done = subprocess.run(["g++", "-std=c++20", "-fsyntax-only", "-I", str(root), "-x", "c++", "-"],
                              input=f'#include "{relative}"\n', text=True, capture_output=True)
        if done.returncode != 0:
            complain(relative, 1, "does not compile alone: " + done.stderr.strip().splitlines()[0])


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    found = []

    def complain(path, line, sentence):
        found.append(f"{path}:{line}: {sentence}")

    files = [p for top in ("engine", "dsl", "connectors", "udf", "tests", "pipelines") if (root / top).exists()
             for p in sorted((root / top).rglob("*")) if p.is_file() and "__pycache__" not in p.parts]
    for path in files:
        check_file(root, path, complain)
    for top in ("engine", "dsl", "connectors", "pipelines", "tests"):
        for folder in [root / top] + sorted(p for p in (root / top).iterdir() if p.is_dir() and p.name != "__pycache__"):
            if not (folder / "README.md").exists():
                complain(str(folder.relative_to(root)), 1, "each folder has a README.md of about ten lines")
    if "--headers" in sys.argv:
        headers_alone(root, files, complain)
    print("\n".join(found) if found else f"{len(files)} files keep the house rules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
