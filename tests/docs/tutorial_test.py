#!/usr/bin/env python3
"""tutorial_test.py - runs docs/language/tutorial.md: writes its files, runs its commands, compares what they print.

Usage: tutorial_test.py WEIR [--write]   (--write puts what was printed into the page)

A block with a file's name behind its language is that file. ```sh is a command, ```sh repl one that the ```sql repl blocks behind it are typed into. A ```text block is
what the block before it prints.
"""
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/language/tutorial.md"
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("KAFKA_", "POSTGRES_", "PG", "GEO_", "WEIR_"))}
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.M | re.S)


def steady(printed):
    """Without what differs from run to run."""
    return re.sub(r"in [\d.]+ s$", "in 0.08 s", re.sub(r"\(\d+ ms\)", "(23 ms)", printed), flags=re.M)


class Runner:
    def __init__(self, program, folder):
        self.program, self.folder, self.repl, self.printed = program, folder, None, None

    def run(self, command, typed=""):
        words = shlex.split(command)
        assert words[0] == "weir", command
        done = subprocess.run([self.program, *words[1:]], input=typed, capture_output=True, text=True, cwd=self.folder, env=CLEAN, timeout=120)
        return steady(done.stdout + done.stderr)

    def take(self, language, info, text):
        """Returns what the block should hold."""
        if language == "text":
            assert self.printed is not None, "nothing was printed before this block"
            printed, self.printed = self.printed, None
            return printed.rstrip("\n") + "\n" if printed.strip() else "\n"
        assert self.printed is None, f"what was printed before this block is not shown: {text}"
        if language == "sh" and info == "repl":
            self.repl = text.strip()
        elif language == "sh":
            self.printed = self.run(text.strip())
        elif info == "repl":
            self.printed = self.run(self.repl, text)
        else:
            assert info, f"what is this block for? {text}"
            (self.folder / info).write_text(text)
        return text


def main():
    program, page = str(pathlib.Path(sys.argv[1]).resolve()), PAGE.read_text()
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(program, pathlib.Path(folder))

        def made(block):
            language, info, text = block.groups()
            return f"```{language}{' ' + info if info else ''}\n{runner.take(language, info, text)}```"

        wanted = BLOCK.sub(made, page)
    assert len(BLOCK.findall(page)) > 20, "the page has lost its examples"
    if "--write" in sys.argv:
        PAGE.write_text(wanted)
    elif wanted != page:
        sys.stdout.writelines(difflib.unified_diff(page.splitlines(True), wanted.splitlines(True), "the page", "what is printed"))
        sys.exit(1)


if __name__ == "__main__":
    main()
