#!/usr/bin/env python3
"""extension_test.py - the folder dsl/vscode: that its files are there, and that its grammar has the words of the lexer and of the types.

Usage: extension_test.py WEIR [unittest's arguments]    extension_test.py WEIR --write brings the grammar's words up to date
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from client import ROOT, Client

# Stands in for VS Code and its client library, starts the extension, changes a setting, and stops it.
CLIENT_IN_A_STAND_IN = """
const Module = require('module');
const told = { calls: [] };
let changed;
const settings = { path: '/opt/weir', arguments: ['--config', 'a.ini'], yamlFiles: ['**/p/*.yaml'], schema: false };
const vscode = {
  workspace: { getConfiguration: () => ({ get: (key) => settings[key] }), onDidChangeConfiguration: (heard) => { changed = heard; return {}; }, textDocuments: [] },
  window: { showErrorMessage: (text) => { throw new Error(text); } },
  extensions: { getExtension: () => undefined },
};
class LanguageClient {
  constructor(id, name, server, options) { told.server = server; told.selector = options.documentSelector; }
  async start() { told.calls.push('start'); }
  async stop() { told.calls.push('stop'); }
}
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : name === 'vscode-languageclient/node' ? { LanguageClient } : load(name, ...rest));
(async () => {
  const extension = require(process.argv[1]);
  await extension.activate({ subscriptions: [] });
  await changed({ affectsConfiguration: () => false });
  await changed({ affectsConfiguration: (name) => name === 'weir' });
  await extension.deactivate();
  console.log(JSON.stringify(told));
})();
"""
FOLDER = ROOT / "dsl/vscode"
GRAMMAR = FOLDER / "syntaxes/weir.tmLanguage.json"
program = None


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def lexer_keywords():
    """The words of the tokens K_..., each letter of which is a fragment of its own: K_RLIKE has two words."""
    words = set()
    for name, rule in re.findall(r"^(K_\w+) : (.*?) ;$", (ROOT / "dsl/Weir.g4").read_text(encoding="utf-8"), re.M):
        for alternative in rule.split("|"):
            word = re.sub(r"[ ']", "", alternative)
            assert re.fullmatch(r"[A-Z_]+", word), (name, word)
            words.add(word)
    return words


def server_types():
    with Client(program) as client:
        offered = client.complete("/nowhere/a.weir", "CREATE SOURCE s (id ¦")
        return {label for label, item in offered.items() if item["kind"] == 25}


def words_pattern(words):
    # Longer ones first: a pattern takes the first alternative that fits.
    return "(?i)\\b(?:" + "|".join(re.escape(word).replace("\\ ", " ") for word in sorted(words, key=lambda word: (-len(word), word))) + ")\\b"


def words_of(pattern):
    return set(re.fullmatch(r"\(\?i\)\\b\(\?:(.*)\)\\b", pattern).group(1).split("|"))


def patterns_in(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("match", "begin", "end"):
                yield value
            else:
                yield from patterns_in(value)
    elif isinstance(node, list):
        for one in node:
            yield from patterns_in(one)


class Tokens:
    """Applies the grammar to a text as an editor does: the first pattern that matches furthest to the left; within begin and end, the patterns there."""

    def __init__(self, grammar):
        self.repository = grammar["repository"]
        self.top = self.flatten(grammar["patterns"])

    def flatten(self, patterns):
        result = []
        for one in patterns:
            if "include" in one:
                result += self.flatten(self.repository[one["include"][1:]]["patterns"])
            else:
                result.append(one)
        return result

    def scopes(self, text):
        """(text, scope) of every token that has a scope."""
        at, stack = 0, []
        while at < len(text):
            rule = stack[-1] if stack else None
            patterns = self.flatten(rule.get("patterns", [])) if rule else self.top
            found = [(re.compile(one.get("match") or one["begin"], re.M).search(text, at), one) for one in patterns]
            found = [(match, one) for match, one in found if match]
            best = min(found, key=lambda pair: pair[0].start(), default=(None, None))
            if rule:
                end = re.compile(rule["end"], re.M).search(text, at)
                if end and (best[0] is None or end.start() <= best[0].start()):
                    stack.pop()
                    yield text[rule["from"]:end.end()], rule["name"]
                    at = end.end()
                    continue
            match, one = best
            if match is None:
                return
            if "begin" in one:
                stack.append({**one, "from": match.start()})
            elif "captures" in one:
                for number, capture in one["captures"].items():
                    yield match.group(int(number)), capture["name"]
            else:
                yield match.group(), one["name"]
            at = max(match.end(), at + (match.end() == match.start()))


class Extension(unittest.TestCase):
    def test_files_that_the_package_names_are_there(self):
        package = load(FOLDER / "package.json")
        paths = [package["main"], *(one["configuration"] for one in package["contributes"]["languages"]), *(one["path"] for one in package["contributes"]["grammars"])]
        for path in paths:
            self.assertTrue((FOLDER / path).is_file(), path)
        self.assertEqual(package["contributes"]["grammars"][0]["scopeName"], load(GRAMMAR)["scopeName"])
        self.assertIn("vscode-languageclient", package["dependencies"])

    def test_settings_that_the_client_reads_are_declared(self):
        declared = load(FOLDER / "package.json")["contributes"]["configuration"]["properties"]
        read = set(re.findall(r"all\.get\('(\w+)'\)", (FOLDER / "extension.js").read_text(encoding="utf-8")))
        self.assertEqual({f"weir.{name}" for name in read}, set(declared))
        for setting in declared.values():
            self.assertTrue(setting["description"].endswith("."))

    def test_the_client_starts_the_server_for_the_files_that_the_settings_name(self):
        node = shutil.which("node")
        if node is None:
            self.skipTest("there is no node")
        done = subprocess.run([node, "-e", CLIENT_IN_A_STAND_IN, str(FOLDER / "extension.js")], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        told = json.loads(done.stdout)
        self.assertEqual(told["server"], {"command": "/opt/weir", "args": ["lsp", "--config", "a.ini"]})
        self.assertEqual(told["selector"], [{"language": "weir"}, {"language": "yaml", "pattern": "**/p/*.yaml"}])
        self.assertEqual(told["calls"], ["start", "stop", "start", "stop"])  # activated, settings changed, deactivated

    def test_regular_expressions_compile(self):
        found = list(patterns_in(load(GRAMMAR)))
        self.assertGreater(len(found), 10)
        for pattern in found:
            re.compile(pattern)
        configuration = load(FOLDER / "language-configuration.json")
        for pattern in [configuration["wordPattern"], *(rule["beforeText"] for rule in configuration["onEnterRules"])]:
            re.compile(pattern)

    def test_keywords_are_those_of_the_lexer(self):
        self.assertEqual(words_of(load(GRAMMAR)["repository"]["keywords"]["patterns"][0]["match"]), lexer_keywords())

    def test_types_are_those_that_the_server_offers(self):
        self.assertEqual(words_of(load(GRAMMAR)["repository"]["types"]["patterns"][0]["match"]), server_types())

    def test_a_file_gets_its_colours(self):
        tokens = Tokens(load(GRAMMAR))
        text = """-- a comment
CREATE SOURCE views (
  id STRING NOT NULL, -- it's the id
  price decimal(10,2) CHECK (price > 0.5)
) WITH (type = 'kafka', brokers = '${BROKERS:-localhost:9092}', topic = 'it''s');
/* several
   lines */
CREATE STREAM s AS FROM views |> WHERE upper(id) <> 'a' AND `group` IS NOT NULL;
"""
        found = list(tokens.scopes(text))
        for wanted in (("-- a comment", "comment.line.double-dash.weir"), ("-- it's the id", "comment.line.double-dash.weir"), ("/* several\n   lines */", "comment.block.weir"),
                       ("CREATE", "keyword.other.weir"), ("views", "entity.name.type.weir"), ("NOT", "keyword.other.weir"), ("WITH", "keyword.other.weir"), ("STRING", "storage.type.weir"),
                       ("0.5", "constant.numeric.weir"), ("'kafka'", "string.quoted.single.weir"), ("'it''s'", "string.quoted.single.weir"),
                       ("${BROKERS:-localhost:9092}", "variable.other.environment.weir"), ("upper", "support.function.weir"), ("|>", "keyword.operator.pipe.weir"),
                       ("`group`", "variable.other.quoted.weir")):
            self.assertIn(wanted, found)
        self.assertNotIn(("CHECK", "support.function.weir"), found)

    def test_every_keyword_of_the_shipped_files_is_seen_as_one(self):
        tokens = Tokens(load(GRAMMAR))
        files = sorted((ROOT / "pipelines").rglob("*.weir"))
        self.assertGreater(len(files), 10)
        for path in files:
            text = path.read_text(encoding="utf-8")
            found = list(tokens.scopes(text))
            created = [name for name, scope in found if scope == "entity.name.type.weir"]
            self.assertEqual(created, re.findall(r"^CREATE \w+ (\w+)", text, re.M), path)
            pipes = [name for name, scope in found if scope == "keyword.operator.pipe.weir"]
            self.assertEqual(len(pipes), len(re.findall(r"^ *\|>|(?<= )\|>", re.sub(r"--.*", "", text), re.M)), path)


def write():
    grammar = load(GRAMMAR)
    for key, words in (("keywords", lexer_keywords()), ("types", server_types())):
        old = grammar["repository"][key]["patterns"][0]["match"]
        text = GRAMMAR.read_text(encoding="utf-8")
        GRAMMAR.write_text(text.replace(f'"name": "{grammar["repository"][key]["patterns"][0]["name"]}", "match": {json.dumps(old)}',
                                        f'"name": "{grammar["repository"][key]["patterns"][0]["name"]}", "match": {json.dumps(words_pattern(words))}'), encoding="utf-8")


if __name__ == "__main__":
    program = str(pathlib.Path(sys.argv.pop(1)).resolve())
    write() if sys.argv[1:] == ["--write"] else unittest.main()
