#!/usr/bin/env python3
"""speed.py - how long the server takes to answer on the largest shipped pipeline, in both spellings. Usage: speed.py WEIR

Wanted are 50 ms; it fails where the median is ten times that, which no noise explains.
"""
import pathlib
import statistics
import sys
import time

from client import ROOT, Client

ROUNDS = 30
FAILS_AT = 0.5


def largest(ending):
    return max((ROOT / "pipelines").rglob(f"*.{ending}"), key=lambda path: path.stat().st_size)


def measured(action):
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), max(times)


def actions(client, path):
    text = path.read_text(encoding="utf-8")
    uri = client.open(path, text)
    client.diagnostics(uri)
    needle = "ua_browser" if "ua_browser" in text else "sha2"
    position = client.position(text, text.index(needle) + 2)
    place = {"textDocument": {"uri": uri}, "position": position}

    def edit():
        client.change(uri, client.texts[uri] + " ")
        client.diagnostics(uri)

    def complete_while_broken():
        client.change(uri, text[:text.index(needle)] + "(")
        client.request("textDocument/completion", place)
        client.change(uri, text)
        client.diagnostics(uri)

    yield "edit to diagnostics", edit
    yield "hover", lambda: client.request("textDocument/hover", place)
    yield "completion", lambda: client.request("textDocument/completion", place)
    yield "completion in a text that is cut off", complete_while_broken
    yield "definition", lambda: client.request("textDocument/definition", place)
    yield "symbols", lambda: client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    yield "formatting", lambda: client.request("textDocument/formatting", {"textDocument": {"uri": uri}, "options": {}})


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    slow = []
    for ending in ("yaml", "weir"):
        path = largest(ending)
        print(f"{path.relative_to(ROOT)}, {path.stat().st_size} bytes")
        with Client(program) as client:
            for name, action in actions(client, path):
                median, worst = measured(action)
                print(f"  {name:<38} {median * 1000:6.1f} ms, at most {worst * 1000:6.1f} ms")
                if median > FAILS_AT:
                    slow.append(name)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
