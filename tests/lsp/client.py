"""client.py - a small client of the Language Server Protocol: starts weir lsp, sends messages, waits for answers."""
import json
import os
import pathlib
import queue
import subprocess
import threading
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("KAFKA_", "POSTGRES_", "DIM_", "PG", "GEO_", "WEIR_"))}
PATIENCE = 60


def uri_of(path):
    return "file://" + urllib.parse.quote(str(path))


class Failed(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]


class Client:
    """One running server. Positions are as the server counts them; `at` and `span` make them of the text."""

    def __init__(self, program, encodings=("utf-16",), snippets=True, initialize=True, arguments=(), environment=None):
        self.process = subprocess.Popen([program, "lsp", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env={**CLEAN, **(environment or {})}, cwd=ROOT)
        self.received = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.last_id = 0
        self.notifications = []
        self.texts, self.versions = {}, {}
        self.encoding = encodings[0]
        if initialize:
            capabilities = {"general": {"positionEncodings": list(encodings)},
                            "textDocument": {"completion": {"completionItem": {"snippetSupport": snippets}}}}
            self.capabilities = self.request("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})["capabilities"]
            self.notify("initialized", {})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def read(self):
        while True:
            length = None
            while (line := self.process.stdout.readline().strip()):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if length is None:
                self.received.put(None)
                return
            self.received.put(json.loads(self.process.stdout.read(length)))

    def send_bytes(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def next_message(self):
        return self.received.get(timeout=PATIENCE)

    def answer_to(self, request_id):
        while True:
            message = self.next_message()
            if message is None:
                raise EOFError(self.process.stderr.read().decode())
            if message.get("id") == request_id and "method" not in message:
                if "error" in message:
                    raise Failed(message["error"])
                return message["result"]
            self.notifications.append(message)

    def request(self, method, params=None):
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params if params is not None else {}})
        return self.answer_to(self.last_id)

    def open(self, path, text):
        uri = uri_of(path)
        self.texts[uri], self.versions[uri] = text, 1
        self.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "weir", "version": 1, "text": text}})
        return uri

    def change(self, uri, text):
        self.versions[uri] += 1
        self.texts[uri] = text
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": self.versions[uri]}, "contentChanges": [{"text": text}]})

    def diagnostics(self, uri, version=None):
        """Of that version of a document; waits for them."""
        wanted = self.versions[uri] if version is None else version
        for message in self.notifications:
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri and message["params"].get("version") == wanted:
                return message["params"]["diagnostics"]
        while True:
            message = self.next_message()
            if message is None:
                raise EOFError(self.process.stderr.read().decode())
            self.notifications.append(message)
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri and message["params"].get("version") == wanted:
                return message["params"]["diagnostics"]

    def units(self, text):
        return len(text.encode()) if self.encoding == "utf-8" else len(text.encode("utf-16-le")) // 2

    def position(self, text, index):
        line = text.count("\n", 0, index)
        return {"line": line, "character": self.units(text[text.rfind("\n", 0, index) + 1:index])}

    def index(self, text, position):
        start = 0
        for _ in range(position["line"]):
            start = text.index("\n", start) + 1
        index = start
        while self.units(text[start:index]) < position["character"]:
            index += 1
        return index

    def slice(self, text, found):
        return text[self.index(text, found["start"]):self.index(text, found["end"])]

    def ask(self, what, uri, needle, behind=0, **more):
        """A request about the place of `needle` in the document, and `behind` characters on."""
        text = self.texts[uri]
        return self.request(f"textDocument/{what}", {"textDocument": {"uri": uri}, "position": self.position(text, text.index(needle) + behind), **more})

    def hover(self, uri, needle, behind=0):
        found = self.ask("hover", uri, needle, behind)
        return found and found["contents"]["value"]

    def complete(self, path, marked, keep=False):
        """What may stand at the | of a text: label -> item."""
        text, index = marked.replace("¦", "", 1), marked.index("¦")
        uri = uri_of(path)
        if uri not in self.texts:
            self.open(path, text)
        else:
            self.change(uri, text)
        found = self.request("textDocument/completion", {"textDocument": {"uri": uri}, "position": self.position(text, index)})
        return {item["label"]: item for item in found["items"]}

    def applied(self, marked, item):
        """The text once a completion has been taken, without the places to fill in."""
        text, index = marked.replace("¦", "", 1), marked.index("¦")
        edit = item["textEdit"]
        start, end = self.index(text, edit["range"]["start"]), self.index(text, edit["range"]["end"])
        assert start <= index <= end, (start, index, end)
        line = text[text.rfind("\n", 0, start) + 1:start]
        indent = line[:len(line) - len(line.lstrip(" "))]
        return text[:start] + plain(edit["newText"]).replace("\n", "\n" + indent) + text[end:]

    def shut_down(self):
        self.request("shutdown")
        self.notify("exit", None)
        return self.process.wait(timeout=PATIENCE)


def plain(snippet):
    """A snippet with its defaults in the places to fill in."""
    text, at = "", 0
    while at < len(snippet):
        if snippet.startswith("${", at):
            colon, depth, end = snippet.index(":", at), 1, snippet.index(":", at) + 1
            while depth:
                depth += {"{": 1, "}": -1}.get(snippet[end], 0)
                end += 1
            text += plain(snippet[colon + 1:end - 1])
            at = end
        elif snippet[at] == "$" and snippet[at + 1:at + 2].isdigit():
            at += 2
        elif snippet[at] == "\\":
            text += snippet[at + 1]
            at += 2
        else:
            text += snippet[at]
            at += 1
    return text
