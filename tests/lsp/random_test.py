#!/usr/bin/env python3
"""random_test.py - texts that are cut, torn and mixed, as they are while somebody writes: whatever is asked about them, the server answers, soon, and lives.

Usage: random_test.py WEIR [--seconds N] [--seed N]
"""
import argparse
import pathlib
import random
import sys
import time

from client import ROOT, Client, Failed, uri_of

SLOWEST = 2.0  # seconds, for one answer: an answer takes milliseconds, and the machine may be busy
SCRAPS = ("{", "}", "[", "]", "(", ")", "'", '"', "`", ":", ": ", "- ", "\n", "\n  ", "|>", "|> ", ";", ",", "#", "--", "/*", "${", "$$", "AS ", "FROM ", "SELECT ", "steps:\n", "where: ", "\t", "\r", "😀", "ä", "\0",
          "CREATE ", "WITH (", "join: { ", "by: [", "aggregate:", "OVER (", "CASE WHEN ", "|\n", ">\n", "&a ", "*a", "<<: ", "!!x ", "%", "@")


def changed(text, others, dice):
    """One mistake more."""
    at, to = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
    kind = dice.randrange(6)
    if kind == 0:
        return text[:at]
    if kind == 1:
        return text[:at] + dice.choice(SCRAPS) + text[at:]
    if kind == 2:
        return text[:at] + text[min(to, at + dice.randrange(60)):]
    if kind == 3:
        other = dice.choice(others)
        start = dice.randrange(len(other) + 1)
        return text[:at] + other[start:start + dice.randrange(200)] + text[at:]
    if kind == 4:
        return text[:at] + text[at:].replace("\n", "", 1)
    return text[:at] + dice.choice(SCRAPS) + text[min(to, at + 5):]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    dice = random.Random(given.seed)
    texts = {ending: [path.read_text(encoding="utf-8") for path in sorted((ROOT / "pipelines").rglob(f"*.{ending}"))] for ending in ("yaml", "weir")}
    asked = refused = slowest = 0
    end = time.monotonic() + given.seconds
    with Client(str(pathlib.Path(given.program).resolve())) as client:
        uris = {ending: client.open(f"/nowhere/a.{ending}", "") for ending in texts}
        while time.monotonic() < end:
            ending = dice.choice(("yaml", "weir"))
            text = dice.choice(texts[ending])
            for _ in range(dice.randrange(4)):
                text = changed(text, texts[dice.choice(("yaml", "weir"))], dice)
            client.change(uris[ending], text)
            client.notifications.clear()
            for _ in range(8):
                line = dice.randrange(text.count("\n") + 2)
                place = {"textDocument": {"uri": uris[ending]}, "position": {"line": line, "character": dice.randrange(80)}, "newName": "other"}
                what = dice.choice(("completion", "completion", "hover", "definition", "references", "rename", "formatting", "documentSymbol"))
                begin = time.monotonic()
                try:
                    client.request(f"textDocument/{what}", place)
                except Failed:
                    refused += 1
                except EOFError as error:
                    print(f"seed {given.seed}: the server died of {what} at {place['position']}: {error}\n{text}")
                    return 1
                asked += 1
                slowest = max(slowest, time.monotonic() - begin)
                if time.monotonic() - begin > SLOWEST:
                    print(f"seed {given.seed}: {what} at {place['position']} took {time.monotonic() - begin:.1f} s\n{text}")
                    return 1
        code = client.shut_down()
    print(f"{asked} answers, {refused} of them refusals, the slowest in {slowest * 1000:.0f} ms")
    return code if asked > refused else 1


if __name__ == "__main__":
    sys.exit(main())
