#!/usr/bin/env python3
"""check_reference.py - says whether the reference pages in docs/reference are what the program prints.

Usage: check_reference.py WEIR ROOT [--write]   (--write brings them up to date)
"""
import difflib
import pathlib
import subprocess
import sys

PAGES = ("connectors", "errors", "formats", "functions")


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    stale = 0
    for page in PAGES:
        path = root / "docs" / "reference" / f"{page}.md"
        printed = subprocess.run([program, "list", page, "--format", "markdown"], check=True, capture_output=True, text=True).stdout
        stored = path.read_text(encoding="utf-8") if path.exists() else ""
        if printed == stored:
            continue
        if "--write" in sys.argv:
            path.write_text(printed, encoding="utf-8")
            continue
        stale += 1
        sys.stdout.writelines(difflib.unified_diff(stored.splitlines(True), printed.splitlines(True), str(path), "weir list", n=1))
    if stale:
        print(f"{stale} pages are stale: python3 tests/style/check_reference.py WEIR . --write")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
