#!/usr/bin/env python3
"""completion_test.py - what shells complete: bash's script is run, those of other shells where they are installed. Usage: completion_test.py WEIR [unittest's arguments]"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

weir_program = None


def weir(*arguments):
    return subprocess.run([weir_program, *arguments], capture_output=True, text=True, timeout=60)


def commands():
    """The names of all commands, as the help lists them."""
    listed = weir("--help").stdout.split("Subcommands:")[1]
    return set(re.findall(r"^  (\w[\w-]*)[ ,]", listed.split("Examples:")[0], re.M)) - {"Examples"}


def long_options(command):
    return set(re.findall(r"--([\w-]+)", re.split(r"\nExamples?", weir(command, "--help").stdout.split("Options:")[1])[0]))


class Bash(unittest.TestCase):
    def completed(self, *words):
        """What Tab offers behind these words, the last of which is being written."""
        script = weir("completion", "bash").stdout + """
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_weir
printf '%s\\n' "${COMPREPLY[@]}"
"""
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "a.yaml").touch()
            (pathlib.Path(folder) / "b.weir").touch()
            done = subprocess.run(["bash", "-c", script, "bash", "weir", *words], capture_output=True, text=True, cwd=folder, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return set(done.stdout.split())

    def test_commands(self):
        self.assertGreater(len(commands()), 12)
        self.assertEqual(self.completed(""), commands())
        self.assertEqual(self.completed("ex") & {"explain", "run"}, {"explain"})

    def test_options_of_every_command(self):
        for command in commands():
            self.assertLessEqual(long_options(command), {word[2:] for word in self.completed(command, "--")}, command)

    def test_values_of_options_and_words(self):
        self.assertEqual(self.completed("fmt", "--to", ""), {"yaml", "weir"})
        self.assertEqual(self.completed("completion", "z"), {"zsh"})
        self.assertLessEqual({"connectors", "formats", "functions"}, self.completed("list", ""))
        self.assertLessEqual({"new", "check"}, self.completed("plugin", ""))

    def test_files(self):
        self.assertLessEqual({"a.yaml", "b.weir"}, self.completed("run", ""))
        self.assertEqual(self.completed("run", "--until-end", "a"), {"a.yaml"})
        self.assertNotIn("a.yaml", self.completed(""))


class Others(unittest.TestCase):
    def test_they_have_every_command_and_option(self):
        for shell, option in (("zsh", "'--{}["), ("fish", " -l {} ")):
            script = weir("completion", shell).stdout
            for command in commands():
                self.assertRegex(script, rf"\b{command}\b")
                for name in long_options(command):
                    self.assertIn(option.format(name), script, shell)

    def test_shells_can_read_them(self):
        for shell in ("bash", "zsh", "fish"):
            if shutil.which(shell) is None:
                continue
            done = subprocess.run([shell, "-n"], input=weir("completion", shell).stdout, capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""), shell)


if __name__ == "__main__":
    weir_program = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
