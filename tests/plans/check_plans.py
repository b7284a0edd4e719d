#!/usr/bin/env python3
"""check_plans.py - says whether `weir explain` prints what is stored beside each pipeline of this folder.

Usage: check_plans.py WEIR ROOT [--write]
"""
import difflib
import os
import pathlib
import subprocess
import sys

# Nothing of this machine's settings may get into a plan.
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("KAFKA_", "POSTGRES_", "DIM_", "PG", "GEO_"))}


SPELLINGS = {".txt": ["--format", "text"], ".json": ["--format", "json"], ".dot": ["--format", "dot"],
             ".lineage.txt": ["--lineage"], ".lineage.json": ["--lineage", "--format", "json"]}


def explained(program, pipeline, spelling, root):
    done = subprocess.run([program, "explain", *SPELLINGS[spelling], str(pipeline.relative_to(root))], cwd=root, env=CLEAN,
                          capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else done.stderr


def goldens(root):
    here = root / "tests" / "plans"
    for pipeline in sorted(here.glob("*.yaml")):
        for ending in SPELLINGS:
            golden = pipeline.with_suffix(ending)
            if golden.exists() or ending == ".txt":
                yield pipeline, ending, golden
    yield root / "pipelines/product_view/product_view.yaml", ".txt", here / "product_view.txt"
    for shipped in ("product_view", "purchase"):
        yield root / f"pipelines/{shipped}/{shipped}.weir", ".lineage.txt", here / f"{shipped}.lineage.txt"


def main():
    program, root = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    wrong = 0
    for pipeline, spelling, golden in goldens(root):
        printed = explained(program, pipeline, spelling, root)
        stored = golden.read_text(encoding="utf-8") if golden.exists() else ""
        if "--write" in sys.argv:
            golden.write_text(printed, encoding="utf-8")
        elif printed != stored:
            wrong += 1
            sys.stdout.writelines(difflib.unified_diff(stored.splitlines(True), printed.splitlines(True), str(golden), "weir explain"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
