"""A broker, a database and the weir command in one temporary folder: where the integration tests play."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "services"))
import kafka  # noqa: E402
import postgres  # noqa: E402
import process  # noqa: E402

PIPELINE = ROOT / "pipelines" / "product_view" / "product_view.yaml"
TOPIC = "product_view"
PARTITIONS = 4
SKIPPED = 77


def weir_binary() -> str:
    return os.environ.get("WEIR_BINARY", str(ROOT / "build" / "release" / "weir"))


def seed_of_run() -> int:
    """Chosen at random, printed, and taken from WEIR_SEED to play the same run again."""
    seed = int(os.environ.get("WEIR_SEED") or int.from_bytes(os.urandom(4), "big"))
    print(f"WEIR_SEED={seed}", flush=True)
    return seed


def generate(count: int, seed: int = 7, duplicates: str = "2%", bad: str = "500ppm") -> list:
    """The events of weir generate, as bytes."""
    done = subprocess.run([weir_binary(), "generate", "product_view", "--count", str(count), "--seed", str(seed), "--duplicates", duplicates,
                           "--bad", bad], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    events = done.stdout.split(b"\n")
    if events.pop() != b"" or len(events) != count:
        raise RuntimeError(f"weir generate wrote {len(events)} lines instead of {count}")
    return events


class Scene:
    def __init__(self, sasl: bool = False, kafka_version: str = kafka.VERSION):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-test-"))
        self.folder.chmod(0o755)
        self.broker = self.database = None
        self._children = []
        self._logs = 0
        try:
            self.broker = kafka.start(self.folder / "kafka", PARTITIONS, sasl, kafka_version)
            self.database = postgres.start(self.folder / "postgres")
        except kafka.Unavailable as reason:
            self.close()
            print(f"skipped: {reason}", file=sys.stderr)
            sys.exit(SKIPPED)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        for child in self._children:
            if child.poll() is None:
                child.send_signal(signal.SIGCONT)
                child.kill()
                child.wait()
        for server in (self.broker, self.database):
            if server is not None:
                server.stop()
        if os.environ.get("WEIR_KEEP"):
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def create_topic(self, name: str = TOPIC, partitions: int = PARTITIONS) -> None:
        with self.broker.client() as client:
            client.create_topic(name, partitions)

    def produce(self, events, name: str = TOPIC) -> None:
        """Event i goes to partition i % 4: its offset there is i // 4."""
        with self.broker.client() as client:
            client.produce(name, events, PARTITIONS)

    def dsn(self, database: str = postgres.DATABASE) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.database.port}/{database}"

    def start_weir(self, *arguments, command: str = "run", database: str = postgres.DATABASE, pipeline=PIPELINE, rows=None, **environment) -> subprocess.Popen:
        """Starts weir on the pipeline; what it says goes to a file of its own, what it shows on stdout is added to the file or pipe `rows` where there is one."""
        variables = dict(os.environ, GEO_DATABASE="", KAFKA_BROKERS=self.broker.bootstrap, KAFKA_TOPIC=TOPIC, KAFKA_START="earliest",
                         POSTGRES_URL=self.dsn(database))
        variables.update(environment)
        self._logs += 1
        log = self.folder / f"weir-{self._logs}.log"
        with open(log, "wb") as output:
            child = subprocess.Popen([weir_binary(), command, *arguments, str(pipeline)], env=variables, stdin=subprocess.DEVNULL, stdout=rows or output,
                                     stderr=output)
        child.log = log
        self._children.append(child)
        return child

    def run_to_end(self, *arguments, patience: float = 300, **settings) -> None:
        """Runs weir until everything that is there has been committed; anything but exit code 0 fails."""
        child = self.start_weir("--until-end", *arguments, **settings)
        try:
            code = child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            raise AssertionError(f"weir did not reach the end in {patience} s:\n{tail(child)}") from None
        if code != 0:
            raise AssertionError(f"weir ended with {code}:\n{tail(child)}")

    def sql(self, statement: str, database: str = postgres.DATABASE) -> list:
        """The rows of a query, every value a text or None."""
        return read_rows(self.database, statement, database)


def read_rows(server: postgres.Postgres, query: str, database: str) -> list:
    # COPY's text form tells NULL from an empty string, which psql's output does not.
    text = server.sql(f"COPY ({query}) TO STDOUT", database)
    return [tuple(map(_plain, line.split("\t"))) for line in text.split("\n")] if text else []


_ESCAPES = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r", "\\b": "\b", "\\f": "\f", "\\v": "\v"}


def _plain(field: str):
    if field == "\\N":
        return None
    if "\\" not in field:
        return field
    result, at = [], 0
    while at < len(field):
        pair = field[at:at + 2]
        result.append(_ESCAPES.get(pair, field[at]))
        at += 2 if pair in _ESCAPES else 1
    return "".join(result)


def tail(child: subprocess.Popen, size: int = 4000) -> str:
    return child.log.read_text(errors="replace")[-size:]


class SteadyProducer(threading.Thread):
    """Sends events evenly over a time, in the background, through restarts of the broker."""

    def __init__(self, scene: Scene, events: list, seconds: float, name: str = TOPIC):
        super().__init__(daemon=True)
        self._scene, self._events, self._seconds, self._name = scene, events, seconds, name
        self.error = None

    def run(self) -> None:
        try:
            self._send()
        except Exception as error:  # told by finish()
            self.error = error

    def _send(self) -> None:
        portion = PARTITIONS * max(1, int(len(self._events) / max(self._seconds, 0.1) / 10 / PARTITIONS))
        begin = time.monotonic()
        with self._scene.broker.client() as client:
            for first in range(0, len(self._events), portion):
                pause = begin + self._seconds * first / len(self._events) - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                client.produce(self._name, self._events[first:first + portion], PARTITIONS)

    def finish(self, patience: float = 300) -> None:
        self.join(patience)
        if self.error is not None:
            raise self.error
        if self.is_alive():
            raise AssertionError("the events could not be produced in time")
