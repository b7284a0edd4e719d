#!/usr/bin/env python3
"""How fast purchase is, beside a bare loop that only reads and decodes the same topic, in one run on the same machine and services.

  purchase_speed.py --weir build/release/weir [--events 500000] [--partitions 4] [--runs 3]

Starts a broker and a Postgres of its own, fills a topic (29.5 % of the events up to 55 minutes late, 0.5 % more than an hour, 2 % repeated, 500 of a
million wrong), and then takes turns: kafka_bare_loop over the topic, and Weir from the topic into table retail of a fresh database, from the start
of the process to its end. Prints the rates, their ratio, Weir's processor time and its largest resident memory (VmHWM).
"""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "services"))
import kafka  # noqa: E402
import postgres  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines/purchase/purchase.yaml"
TOPIC = "purchase"


def fill_topic(given, broker):
    with broker.client() as client:
        client.create_topic(TOPIC, given.partitions)
    subprocess.run([given.weir, "generate", "purchase", "--count", str(given.events), "--seed", "7", "--duplicates", "2%", "--bad", "500ppm",
                    "--to", "kafka", "--brokers", broker.bootstrap, "--topic", TOPIC], check=True, stdout=subprocess.DEVNULL)


def run_bare_loop(given, broker):
    process = subprocess.Popen([given.bare_loop, broker.bootstrap, TOPIC], stdout=subprocess.PIPE, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("the bare loop failed")
    events, rate = (float(re.search(rf"\b{name} ([\d.]+)", said).group(1)) for name in ("events", "events_per_second"))
    if events != given.events:
        sys.exit(f"the bare loop read {events:.0f} of {given.events} events")
    return {"rate": rate, "cpu": usage.ru_utime + usage.ru_stime}


def peak_memory(pid):
    """In MB; None once the process has ended."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())
    except FileNotFoundError:
        return None
    return int(found.group(1)) / 1024 if found else None


def watch(process):
    """Its largest memory, its usage and its exit status."""
    peak = 0.0
    while True:
        peak = max(peak, peak_memory(process.pid) or 0.0)
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            return peak, usage, os.waitstatus_to_exitcode(status)
        time.sleep(0.005)


def run_weir(given, broker, server, database, log):
    server.create_database(database)
    server.sql("CHECKPOINT")
    before = server.backend_seconds()
    environment = dict(os.environ, KAFKA_BROKERS=broker.bootstrap, KAFKA_TOPIC=TOPIC, KAFKA_START="earliest",
                       POSTGRES_URL=f"postgresql://postgres@127.0.0.1:{server.port}/{database}")
    with open(log, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen([given.weir, "run", "--until-end", *given.option, str(PIPELINE)], env=environment, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.STDOUT)
        peak, usage, code = watch(process)
        seconds = time.monotonic() - start
    if code != 0:
        sys.exit(f"weir ended with {code}:\n{log.read_text(errors='replace')[-4000:]}")
    time.sleep(0.5)
    rows, quantity = map(int, server.sql("SELECT count(*), sum(total_quantity) FROM retail", database).split("|"))
    return {"rate": given.events / seconds, "seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "memory": peak, "content": (rows, quantity),
            "backend": server.backend_seconds() - before}


def measure(given, broker, server, folder):
    bare, results = [], []
    run_bare_loop(given, broker)  # the broker's pages are in memory and its code is compiled: for both
    for run in range(given.runs):
        # Whoever comes first in a run comes last in the next one.
        if run % 2 == 0:
            bare.append(run_bare_loop(given, broker))
        results.append(run_weir(given, broker, server, f"run{run}", folder / f"weir{run}.log"))
        if run % 2 == 1:
            bare.append(run_bare_loop(given, broker))
        result = results[-1]
        print(f"run {run}: bare loop {bare[-1]['rate']:,.0f} events/s ({bare[-1]['cpu'] / given.events * 1e6:.2f} us CPU per event), "
              f"weir {result['rate']:,.0f} ({result['seconds']:.2f} s, "
              f"{result['cpu'] / given.events * 1e6:.2f} us CPU per event, {result['backend']:.2f} s CPU in Postgres, peak {result['memory']:.0f} MB, "
              f"{result['content'][0]:,} rows), ratio {result['rate'] / bare[-1]['rate']:.2f}", flush=True)
        if result["content"] != results[0]["content"]:
            sys.exit(f"another table than in run 0: {result['content']} instead of {results[0]['content']}")
    ratios = [result["rate"] / loop["rate"] for result, loop in zip(results, bare)]
    print(f"median of {given.runs}: bare loop {statistics.median(loop['rate'] for loop in bare):,.0f} events/s, "
          f"weir {statistics.median(r['rate'] for r in results):,.0f}, "
          f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), "
          f"CPU {statistics.median(r['cpu'] for r in results) / given.events * 1e6:.2f} us per event, peak {max(r['memory'] for r in results):.0f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=str(ROOT / "build/release/weir"))
    parser.add_argument("--bare-loop", help="the program; default: tests/bench/kafka_bare_loop beside weir")
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--option", action="append", default=[], help="handed to weir run, e.g. --option=--workers=1")
    given = parser.parse_args()
    given.bare_loop = given.bare_loop or str(pathlib.Path(given.weir).resolve().parent / "tests/bench/kafka_bare_loop")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-speed-"))
    folder.chmod(0o755)
    broker = server = None
    try:
        broker = kafka.start(folder / "kafka", given.partitions)
        server = postgres.start(folder / "postgres", [("shared_buffers", "256MB"), ("max_wal_size", "4GB"), ("checkpoint_timeout", "30min")])
        fill_topic(given, broker)
        measure(given, broker, server, folder)
    finally:
        if broker:
            broker.stop()
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
