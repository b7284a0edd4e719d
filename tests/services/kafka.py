#!/usr/bin/env python3
"""Runs a private one-node Kafka broker in a folder of its own, from the jars that Maven resolves.

  kafka.py start DIR [--partitions-default N] [--sasl] [--version V]   prints {"plaintext": "127.0.0.1:...", "sasl": ...}
  kafka.py stop DIR | restart DIR | kill DIR             the same data and ports after a restart
  kafka.py fetch                                         only gets the jars, of all versions that tests use
  kafka.py create-topic DIR NAME PARTITIONS | delete-topic DIR NAME | alter-partitions DIR NAME PARTITIONS
Exit code 77: the jars cannot be had (no Java, no Maven, no network), with the reason on stderr.
"""
import argparse
import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import process  # noqa: E402
from kafka_client import KafkaClient, KafkaError  # noqa: E402

VERSION = "4.2.0"
# librdkafka before 2.6.1 (Debian 12 has 2.0.2) sends its SCRAM nonce twice, which brokers refuse from 4.0 on: SCRAM is tested with this one.
VERSION_FOR_SCRAM = "3.9.1"
USER, PASSWORD = "weir", "weir-secret"
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"
SMALL_JVM = ["-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>weir</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>%s</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.3</version></dependency>
  </dependencies>
</project>
"""


class Unavailable(RuntimeError):
    """The broker cannot be had on this machine."""


def library_folder() -> pathlib.Path:
    given = os.environ.get("WEIR_KAFKA_LIBS")
    return pathlib.Path(given) if given else pathlib.Path(__file__).resolve().parents[2] / "build" / "tools" / "kafka"


def resolve_libraries(version: str = VERSION) -> pathlib.Path:
    """The folder with the broker's jars, fetched by Maven the first time."""
    folder = library_folder() / version
    marker = folder / "complete"
    if marker.exists():
        return folder
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests that start together fetch once
        if not marker.exists():
            (folder / "pom.xml").write_text(POM % version)
            done = subprocess.run(["mvn", "-q", "-B", "-f", str(folder / "pom.xml"), "dependency:copy-dependencies", f"-DoutputDirectory={folder}",
                                   "-DincludeScope=runtime"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode != 0:
                raise Unavailable("Maven could not fetch the broker's jars: " + done.stdout.strip()[:500])
            marker.touch()
    return folder


class Kafka:
    """One broker; the folder remembers everything, so that another process can stop it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self._process = None  # where this object started it

    @property
    def listeners(self) -> dict:
        return json.loads((self.folder / "listeners.json").read_text())

    @property
    def bootstrap(self) -> str:
        return self.listeners["plaintext"]

    @property
    def sasl_bootstrap(self) -> str:
        return self.listeners["sasl"]

    def create(self, partitions: int = 4, sasl: bool = False, version: str = VERSION) -> "Kafka":
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "version").write_text(version)
        listeners = {"plaintext": f"127.0.0.1:{process.free_port()}"}
        if sasl:
            listeners["sasl"] = f"127.0.0.1:{process.free_port()}"
        (self.folder / "listeners.json").write_text(json.dumps(listeners))
        (self.folder / "log4j2.yaml").write_text(_LOGGING.format(file=self.folder / "server.log"))
        (self.folder / "server.properties").write_text(_properties(self.folder, listeners, f"127.0.0.1:{process.free_port()}", partitions))
        scram = ["--add-scram", f"SCRAM-SHA-256=[name={USER},password={PASSWORD}]"] if sasl else []
        done = subprocess.run(self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(self.folder / "server.properties"), *scram),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise RuntimeError("the broker's storage could not be formatted: " + done.stdout)
        return self

    def start(self, patience: float = 60.0) -> "Kafka":
        with open(self.folder / "console.log", "ab") as log:
            self._process = broker = subprocess.Popen(self._java("kafka.Kafka", str(self.folder / "server.properties")), stdin=subprocess.DEVNULL, stdout=log,
                                      stderr=subprocess.STDOUT, start_new_session=True)
        (self.folder / "pid").write_text(str(broker.pid))
        with self.client() as client:
            if not process.wait_until(lambda: broker.poll() is not None or client.wait_until_ready(0.5), patience) or broker.poll() is not None:
                self.stop()
                raise RuntimeError("the broker did not start: " + (self.folder / "console.log").read_text()[-2000:])
        return self

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        process.stop(self.folder, with_signal)
        if self._process is not None:
            self._process.poll()  # it has been waited for: tell its object so

    def restart(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        self.stop(with_signal)
        self.start()

    def client(self, **properties) -> KafkaClient:
        return KafkaClient(self.bootstrap, **properties)

    def _java(self, *arguments) -> list:
        libraries = resolve_libraries((self.folder / "version").read_text())
        return ["java", *SMALL_JVM, f"-Dlog4j2.configurationFile={self.folder / 'log4j2.yaml'}", "-cp", f"{libraries}/*", *arguments]


_LOGGING = """Configuration:
  Appenders:
    File: {{name: file, fileName: "{file}", PatternLayout: {{pattern: "%d %p %m (%c)%n"}}}}
  Loggers:
    Root: {{level: WARN, AppenderRef: {{ref: file}}}}
"""


def _properties(folder: pathlib.Path, listeners: dict, controller: str, partitions: int) -> str:
    open_listeners = f"PLAINTEXT://{listeners['plaintext']}" + (f",SASL://{listeners['sasl']}" if "sasl" in listeners else "")
    lines = ["process.roles=broker,controller", "node.id=1", f"controller.quorum.voters=1@{controller}",
             f"listeners={open_listeners},CONTROLLER://{controller}", f"advertised.listeners={open_listeners}",
             "controller.listener.names=CONTROLLER", "inter.broker.listener.name=PLAINTEXT",
             "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT",
             f"log.dirs={folder / 'data'}", f"num.partitions={partitions}", "auto.create.topics.enable=false",
             "offsets.topic.num.partitions=1", "offsets.topic.replication.factor=1", "transaction.state.log.num.partitions=1",
             "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1", "share.coordinator.state.topic.num.partitions=1",
             "share.coordinator.state.topic.replication.factor=1", "share.coordinator.state.topic.min.isr=1",
             "group.initial.rebalance.delay.ms=0",
             # A broker that was killed is let in again after this time.
             "broker.session.timeout.ms=3000", "broker.heartbeat.interval.ms=500"]
    if "sasl" in listeners:
        login = f'username="{USER}" password="{PASSWORD}"'
        lines += ["listener.name.sasl.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256",
                  f'listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required {login} '
                  f'user_{USER}="{PASSWORD}";',
                  "listener.name.sasl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;"]
    return "\n".join(lines) + "\n"


def start(folder, partitions: int = 4, sasl: bool = False, version: str = VERSION) -> Kafka:
    """Creates the broker where the folder has none yet, and starts it."""
    broker = Kafka(folder)
    if not (broker.folder / "server.properties").exists():
        broker.create(partitions, sasl, version)
    return broker.start()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("fetch", "start", "stop", "kill", "restart", "create-topic", "delete-topic", "alter-partitions"):
        command = commands.add_parser(name)
        if name == "fetch":
            continue
        command.add_argument("folder", metavar="DIR")
        if name == "start":
            command.add_argument("--partitions-default", type=int, default=4, metavar="N")
            command.add_argument("--sasl", action="store_true")
            command.add_argument("--version", default=VERSION)
        if name.endswith(("topic", "partitions")):
            command.add_argument("topic", metavar="NAME")
        if name in ("create-topic", "alter-partitions"):
            command.add_argument("partitions", type=int, metavar="PARTITIONS")
    given = parser.parse_args()
    try:
        _execute(given)
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 77
    except KafkaError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _execute(given) -> None:
    if given.command == "fetch":
        for version in (VERSION, VERSION_FOR_SCRAM):
            resolve_libraries(version)
        return
    broker = Kafka(given.folder)
    if given.command == "start":
        print(json.dumps(start(given.folder, given.partitions_default, given.sasl, given.version).listeners))
    elif given.command in ("stop", "kill"):
        broker.stop(signal.SIGKILL if given.command == "kill" else signal.SIGTERM)
    elif given.command == "restart":
        broker.restart()
    else:
        with broker.client() as client:
            if given.command == "create-topic":
                client.create_topic(given.topic, given.partitions)
            elif given.command == "delete-topic":
                client.delete_topic(given.topic)
            else:
                client.alter_partitions(given.topic, given.partitions)


if __name__ == "__main__":
    sys.exit(main())
