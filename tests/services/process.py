"""Starts and stops server processes by pid: what postgres.py and kafka.py share."""
import os
import pathlib
import signal
import socket
import time


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"


def read_pid(folder: pathlib.Path):
    try:
        return int((folder / "pid").read_text())
    except (OSError, ValueError):
        return None


def stop(folder: pathlib.Path, with_signal: signal.Signals, patience: float = 60.0) -> None:
    """Signals the process of folder/pid and waits until it is gone; kills it when the patience ends."""
    pid = read_pid(folder)
    if pid is None or not is_alive(pid):
        return
    os.kill(pid, with_signal)
    if not wait_until(lambda: _is_gone(pid), patience):
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: _is_gone(pid), 10.0)
    (folder / "pid").unlink(missing_ok=True)


def _is_gone(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return not is_alive(pid)  # started by another process


def wait_until(condition, patience: float, pause: float = 0.05) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(pause)
    return condition()
