#!/usr/bin/env python3
"""Runs a private Postgres server in a folder of its own, for tests and benchmarks.

  postgres.py start DIR [--port N] [--set name=value ...]   prints its DSN
  postgres.py stop DIR [--mode fast|immediate]
  postgres.py restart DIR [--mode fast|immediate]           same data, same port
"""
import argparse
import os
import pathlib
import pwd
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import process  # noqa: E402

DATABASE = "weir"


def binary(name: str) -> str:
    """Debian keeps the server's programs out of the PATH."""
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    for folder in reversed(versions):
        if (folder / name).exists():
            return str(folder / name)
    return name


def _as_owner(command: list) -> list:
    # Postgres refuses to run as root.
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def _run(command: list) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}")


class Postgres:
    """One server; the folder remembers everything, so that another process can stop it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.data = self.folder / "data"

    @property
    def port(self) -> int:
        return int((self.folder / "port").read_text())

    @property
    def dsn(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{DATABASE}"

    def create(self, settings=(), port=None) -> "Postgres":
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.data.mkdir()
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.data, owner.pw_uid, owner.pw_gid)
        _run(_as_owner([binary("initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                        "--locale=C.UTF-8", "--no-sync"]))
        (self.folder / "port").write_text(str(port or process.free_port()))
        lines = [f"port = {self.port}", "listen_addresses = '127.0.0.1'", f"unix_socket_directories = '{self._socket_folder()}'",
                 "max_wal_size = '8GB'", *(f"{name} = '{value}'" for name, value in settings)]
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as configuration:
            configuration.write("\n".join(lines) + "\n")
        return self

    def _socket_folder(self) -> str:
        # The path of a Unix socket ends at 107 bytes.
        return str(self.data) if len(str(self.data)) < 80 else ""

    def start(self) -> "Postgres":
        log = self.data / "server.log"
        _run(_as_owner([binary("pg_ctl"), "-D", str(self.data), "-l", str(log), "-w", "-t", "60", "start"]))
        (self.folder / "pid").write_text((self.data / "postmaster.pid").read_text().split()[0])
        return self

    def create_database(self, name: str = DATABASE) -> None:
        self.sql(f'CREATE DATABASE "{name}"', database="postgres")

    def stop(self, mode: str = "fast") -> None:
        process.stop(self.folder, signal.SIGQUIT if mode == "immediate" else signal.SIGINT)

    def restart(self, mode: str = "fast") -> None:
        self.stop(mode)
        self.start()

    def sql(self, statement: str, database: str = DATABASE) -> str:
        """What psql prints for the statement: unaligned rows, fields separated by |."""
        done = subprocess.run([binary("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
                               "-U", "postgres", "-d", database, "-c", statement], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{statement}: {done.stderr.strip()}")
        return done.stdout.rstrip("\n")

    def backend_seconds(self) -> float:
        """Processor time of all backends that have ended so far: the postmaster has waited for them."""
        pid = (self.folder / "pid").read_text().strip()
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def start(folder, settings=(), port=None) -> Postgres:
    """Creates the server where the folder has none yet, and starts it."""
    server = Postgres(folder)
    if (server.data / "PG_VERSION").exists():
        return server.start()
    for attempt in range(5):  # another process may take the port between the choice and the start
        try:
            if attempt == 0:
                server.create(settings, port)
            server.start()
            break
        except RuntimeError:
            if attempt == 4 or port is not None:
                raise
            (server.folder / "port").write_text(str(process.free_port()))
            with open(server.data / "postgresql.conf", "a", encoding="utf-8") as configuration:
                configuration.write(f"port = {server.port}\n")
    server.create_database()
    return server


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["start", "stop", "restart"])
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--port", type=int)
    parser.add_argument("--set", action="append", default=[], metavar="name=value")
    parser.add_argument("--mode", choices=["fast", "immediate"], default="fast")
    given = parser.parse_args()
    if given.command == "start":
        print(start(given.folder, [pair.split("=", 1) for pair in given.set], given.port).dsn)
    elif given.command == "stop":
        Postgres(given.folder).stop(given.mode)
    else:
        Postgres(given.folder).restart(given.mode)
    return 0


if __name__ == "__main__":
    sys.exit(main())
