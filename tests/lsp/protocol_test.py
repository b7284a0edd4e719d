#!/usr/bin/env python3
"""protocol_test.py - the protocol itself: messages, order, edits, positions, ends. Usage: protocol_test.py WEIR [unittest's arguments]"""
import json
import pathlib
import subprocess
import sys
import unittest

from client import CLEAN, ROOT, Client, Failed, uri_of

program = None
SMALL = """name: small
sources:
  rows:
    type: kafka
    brokers: localhost:9092
    topic: rows
    format: json
    columns: { id: string not null, n: int }
sinks:
  screen: { input: rows, type: console }
"""


def small(n):
    return SMALL.replace("topic: rows", f"topic: rows{n}")


class Messages(unittest.TestCase):
    def raw(self, data):
        """What the server writes, and how it ends, when it is given these bytes and the end of the input."""
        done = subprocess.run([program, "lsp"], input=data, capture_output=True, env=CLEAN, cwd=ROOT, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    @staticmethod
    def framed(message, header="Content-Length: {}\r\n\r\n"):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return header.format(len(body)).encode() + body

    INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}
    SHUTDOWN = {"jsonrpc": "2.0", "id": 2, "method": "shutdown"}
    EXIT = {"jsonrpc": "2.0", "method": "exit"}

    def test_headers_in_all_their_forms_are_understood(self):
        for header in ("Content-Length: {}\r\n\r\n", "content-length:{}\r\n\r\n", "Content-Length: {}\n\n",
                       "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
                       "Content-Length: {}\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\n"):
            code, out, err = self.raw(b"".join(self.framed(m, header) for m in (self.INITIALIZE, self.SHUTDOWN, self.EXIT)))
            self.assertEqual((code, err), (0, ""), header)
            self.assertIn('"positionEncoding": "utf-16"', out)

    def test_what_is_no_header_ends_the_server_with_a_sentence(self):
        for data, sentence in ((b"hello\r\n\r\n{}", "not a header of a message: 'hello'"), (b"Content-Length: many\r\n\r\n", "not a header of a message: 'Content-Length: many'"),
                               (b"Content-Length: -1\r\n\r\n", "not a header"), (b"Content-Length: 99999999999\r\n\r\n", "not a header"),
                               (b"Content-Type: text\r\n\r\n{}", "a message does not say its Content-Length"), (b"x" * 20000, "not a header")):
            code, _, err = self.raw(data)
            self.assertEqual(code, 1, data[:40])
            self.assertIn(sentence, err)

    def test_an_input_that_ends_without_exit_is_an_error(self):
        for data in (b"", self.framed(self.INITIALIZE), self.framed(self.INITIALIZE)[:-5]):
            code, _, err = self.raw(data)
            self.assertEqual(code, 1)
            self.assertIn("the input ended without exit", err)

    def test_exit_before_shutdown_ends_with_1_and_after_it_with_0(self):
        self.assertEqual(self.raw(self.framed(self.INITIALIZE) + self.framed(self.EXIT))[0], 1)
        self.assertEqual(self.raw(self.framed(self.EXIT))[0], 1)
        self.assertEqual(self.raw(b"".join(self.framed(m) for m in (self.INITIALIZE, self.SHUTDOWN, self.EXIT)))[0], 0)

    def test_what_is_no_message_is_answered_with_an_error_and_the_next_one_is_read(self):
        with Client(program) as client:
            for body, code in ((b"{not json", -32700), (b"", -32700), (b"[]", -32600), (b"{}", -32600), (b'"text"', -32600), (b'{"id": 7}', -32600), (b'{"method": 5}', -32600),
                               (b"[" * 100 + b"]" * 100, -32700), (b'{"method": "x\xff"}', -32700)):
                client.send_bytes(self.framed(body))
                self.assertEqual(client.next_message()["error"]["code"], code, body[:40])
            self.assertEqual(client.diagnostics(client.open("/nowhere/a.yaml", SMALL)), [])

    def test_order_of_a_life(self):
        with Client(program, initialize=False) as client:
            with self.assertRaises(Failed) as failed:
                client.request("textDocument/hover", {})
            self.assertEqual(failed.exception.code, -32002)
            client.notify("textDocument/didOpen", {"textDocument": {"uri": "file:///a.yaml", "version": 1, "text": "x"}})  # not heard yet
            client.request("initialize", {"capabilities": {}})
            with self.assertRaises(Failed) as failed:
                client.request("initialize", {"capabilities": {}})
            self.assertEqual(failed.exception.code, -32600)
            client.request("shutdown")
            with self.assertRaises(Failed) as failed:
                client.request("textDocument/hover", {})
            self.assertEqual(failed.exception.code, -32600)
            client.notify("exit", None)
            self.assertEqual(client.process.wait(timeout=60), 0)
            self.assertEqual(client.notifications, [])

    def test_unknown_methods_are_refused_and_unknown_notifications_are_let_go(self):
        with Client(program) as client:
            client.notify("$/setTrace", {"value": "off"})
            client.notify("workspace/didChangeConfiguration", {"settings": {}})
            with self.assertRaises(Failed) as failed:
                client.request("textDocument/moniker", {})
            self.assertEqual(failed.exception.code, -32601)
            self.assertIn("textDocument/moniker", str(failed.exception))
            self.assertEqual(client.shut_down(), 0)

    def test_ids_may_be_texts(self):
        with Client(program) as client:
            client.send({"id": "a \"quoted\" one", "method": "shutdown"})
            self.assertIsNone(client.answer_to("a \"quoted\" one"))

    def test_a_document_that_is_not_open_is_a_wrong_parameter(self):
        with Client(program) as client:
            for what in ("hover", "completion", "definition", "references", "formatting", "documentSymbol", "rename"):
                with self.assertRaises(Failed) as failed:
                    client.request(f"textDocument/{what}", {"textDocument": {"uri": "file:///no.yaml"}, "position": {"line": 0, "character": 0}, "newName": "x"})
                self.assertEqual(failed.exception.code, -32602, what)
            # Parameters of another shape are none.
            for params in ({}, [], {"textDocument": 5}, {"textDocument": {"uri": []}}):
                with self.assertRaises(Failed):
                    client.request("textDocument/hover", params)

    def test_a_request_that_is_cancelled_while_it_waits_is_not_worked_on(self):
        with Client(program) as client:
            uri = client.open("/nowhere/a.yaml", SMALL)
            client.diagnostics(uri)
            request = {"id": 501, "method": "textDocument/hover", "params": {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}}
            cancel = {"method": "$/cancelRequest", "params": {"id": 501}}
            # In one piece, so that both have come before the first is worked on.
            client.send_bytes(b"".join(self.framed({"jsonrpc": "2.0", **m}) for m in (request, cancel)))
            with self.assertRaises(Failed) as failed:
                client.answer_to(501)
            self.assertEqual(failed.exception.code, -32800)
            client.notify("$/cancelRequest", {"id": 9999})
            self.assertEqual(client.shut_down(), 0)


class Documents(unittest.TestCase):
    def test_diagnostics_are_of_the_version_that_stands(self):
        with Client(program) as client:
            uri = client.open("/nowhere/a.yaml", SMALL.replace("input: rows", "input: row"))
            found = client.diagnostics(uri)
            self.assertEqual([one["message"].split("\n")[0] for one in found], ["unknown source or stream: row"])
            client.change(uri, SMALL)
            self.assertEqual(client.diagnostics(uri), [])

    def test_of_many_edits_that_come_at_once_the_last_is_compiled(self):
        with Client(program) as client:
            uri = client.open("/nowhere/a.yaml", SMALL)
            client.diagnostics(uri)
            messages = b""
            for version in range(2, 42):
                message = {"jsonrpc": "2.0", "method": "textDocument/didChange",
                           "params": {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": small(version)}]}}
                messages += Messages.framed(message)
            client.send_bytes(messages)
            client.versions[uri] = 41
            client.diagnostics(uri)
            self.assertLess(len([m for m in client.notifications if m["method"] == "textDocument/publishDiagnostics"]), 40)

    def test_a_document_that_is_closed_has_no_diagnostics_any_more(self):
        with Client(program) as client:
            uri = client.open("/nowhere/a.yaml", "name: [")
            self.assertTrue(client.diagnostics(uri))
            client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
            message = client.next_message()
            self.assertEqual((message["method"], message["params"]["diagnostics"]), ("textDocument/publishDiagnostics", []))
            with self.assertRaises(Failed):
                client.ask("hover", uri, "name")

    def edited(self, encodings, text, changes):
        """The text that the server has after edits by range: told by formatting's whole range and by a name it points at."""
        with Client(program, encodings=encodings) as client:
            uri = client.open("/nowhere/a.yaml", text)
            client.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": changes})
            client.versions[uri] = 2
            return client.diagnostics(uri)

    def test_edits_by_range_are_counted_in_the_units_that_were_agreed_on(self):
        # Of a character outside of the basic plane UTF-16 has two units and UTF-8 four bytes; of ä one, and two.
        text = SMALL.replace("    topic: rows", '    topic: rows\n    description: "😀ä rows"')
        line = text.split("\n").index('    description: "😀ä rows"')
        for encoding in ("utf-16", "utf-8"):
            def units(part):
                return len(part.encode()) if encoding == "utf-8" else len(part.encode("utf-16-le")) // 2
            start = units('    description: "😀ä')
            change = {"range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": start + 5}}, "text": '": ['}
            broken = self.edited((encoding,), text, [change])
            self.assertTrue(broken, encoding)
            whole = {"range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": start + 5}}, "text": " others"}
            self.assertEqual(self.edited((encoding,), text, [whole]), [], encoding)
            # One after the other, each in the text that the one before left.
            both = [{"range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": start}}, "text": "😀"},
                    {"range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": start + units("😀")}}, "text": ""},
                    {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 4}}, "text": "name"}]
            self.assertEqual(self.edited((encoding,), text, both), [], encoding)

    def test_places_are_told_in_the_units_that_were_agreed_on(self):
        text = SMALL.replace("screen: { input: rows, type: console }", 'screen: { type: console, description: "😀ä", input: row }')
        for encodings in (("utf-16",), ("utf-8",), ("utf-32", "utf-8", "utf-16"), ()):
            with Client(program, encodings=encodings or ("utf-16",)) as client:
                client.encoding = client.capabilities["positionEncoding"]
                self.assertEqual(client.encoding, "utf-8" if "utf-8" in encodings else "utf-16")
                found = client.diagnostics(client.open("/nowhere/a.yaml", text))
                self.assertEqual([client.slice(text, one["range"]) for one in found], ["row"])

    def test_positions_beyond_the_text_mean_its_end(self):
        change = {"range": {"start": {"line": 900, "character": 0}, "end": {"line": 901, "character": 3}}, "text": "# the end\n"}
        self.assertEqual(self.edited(("utf-16",), SMALL, [change]), [])
        behind = {"range": {"start": {"line": 0, "character": 4000}, "end": {"line": 1, "character": 0}}, "text": " # a comment\n"}
        self.assertEqual(self.edited(("utf-16",), SMALL, [behind]), [])

    def test_lines_end_as_windows_and_old_macs_have_it(self):
        for end in ("\r\n", "\n"):
            text = SMALL.replace("input: rows", "input: row").replace("\n", end)
            with Client(program) as client:
                found = client.diagnostics(client.open("/nowhere/a.yaml", text))
                self.assertEqual([one["range"]["start"] for one in found], [{"line": 9, "character": 19}], end)

    def test_names_of_files_may_have_blanks_and_letters_of_any_kind(self):
        with Client(program) as client:
            uri = client.open("/no where/ä😀.weir", "CREATE PIPELINE x; CREATE SINK s AS FROM nothing;")
            self.assertNotIn(" ", uri)
            self.assertTrue(client.diagnostics(uri))

    def test_a_big_document_is_refused_or_read_and_the_server_lives(self):
        with Client(program) as client:
            columns = "".join(f"      c{i}: string\n" for i in range(4000))
            text = SMALL.replace("    columns: { id: string not null, n: int }\n", "    columns:\n" + columns)
            self.assertEqual(client.diagnostics(client.open("/nowhere/a.yaml", text)), [])
            found = client.diagnostics(client.open("/nowhere/b.yaml", text + "# " + "x" * (2 << 20)))
            self.assertEqual(len(found), 1)
            self.assertIsNotNone(client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri_of("/nowhere/a.yaml")}}))

    def test_bytes_that_are_no_pipeline_do_no_harm(self):
        texts = ("", "\n", "\0", "\t", "{", "[[[[", "- - - -", "a: b: c", "'", '"', "|", "a: |", "a: |\n  b\n c", "CREATE", "CREATE SINK", "|>", "${", "a: ${", "  ", "#", "--", "/*", "$$",
                 "CREATE SINK x AS FROM", "CREATE SINK x AS SELECT", "CREATE SOURCE s (", "CREATE SOURCE s (a", "CREATE SOURCE s () WITH (", "CREATE STREAM t AS FROM a |>", "'\n'", "a:\n- b\n-",
                 "sources: {", "sources: { a: {", "sources:\n  a:\n    columns: {", "name: x\nsinks:\n  s:\n    steps:\n      -", "name: x\nsinks:\n  s:\n    steps:\n      - where:\n", "😀: 😀")
        with Client(program) as client:
            for ending in ("yaml", "weir"):
                uri = client.open(f"/nowhere/a.{ending}", "")
                for text in texts:
                    client.change(uri, text)
                    client.diagnostics(uri)
                    for line in range(text.count("\n") + 1):
                        for character in range(len(text.split("\n")[line]) + 1):
                            place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
                            for what in ("completion", "hover", "definition", "references"):
                                client.request(f"textDocument/{what}", place)
            self.assertEqual(client.shut_down(), 0)


if __name__ == "__main__":
    program = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
