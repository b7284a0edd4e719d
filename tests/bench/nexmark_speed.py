#!/usr/bin/env python3
"""How many events per second each Nexmark query takes, from the engine's own source into an SQLite file, in one run on the same machine.

  nexmark_speed.py --weir build/release/weir [--events 1000000] [--runs 3] [--splits 2] [query ...]

Takes turns: `weir generate nexmark --table bid` into nothing (what making the bids alone costs), then each query, from the start of the process to
its end. Prints medians: events/s of all three kinds, of which bids are 46 in 50; processor time per event; rows of the table; peak memory; and each
query's rate as a ratio to q0 of the same run, which writes every bid.
"""
import argparse
import os
import pathlib
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIPELINES = ROOT / "pipelines/nexmark"


def timed(command, environment, log):
    with open(log, "wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{log.read_text(errors='replace')[-4000:]}")
    return {"seconds": time.monotonic() - start, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}


def generate(given, folder):
    return timed([given.weir, "generate", "nexmark", "--table", "bid", "--count", str(given.events)], os.environ, folder / "log")


def run_query(given, query, folder):
    database = folder / "nexmark.db"
    for file in folder.glob("nexmark.db*"):
        file.unlink()
    settings = {"STORE": f"sqlite:{database}", "NEXMARK_EVENTS": given.events, "NEXMARK_SPLITS": given.splits, "NEXMARK_RATE": given.rate}
    result = timed([given.weir, "run", "--until-end", PIPELINES / f"{query}.yaml"], dict(os.environ, **{k: str(v) for k, v in settings.items()}), folder / "log")
    connection = sqlite3.connect(database)
    result["rows"] = connection.execute(f'SELECT count(*) FROM "{query}"').fetchone()[0]
    read = connection.execute("SELECT sum(read) FROM weir_ledger").fetchone()[0]
    connection.close()
    rounds, rest = divmod(given.events, 50)
    events = {"person": rounds + min(rest, 1), "auction": rounds * 3 + min(max(rest - 1, 0), 3), "bid": rounds * 46 + max(rest - 4, 0)}
    wanted = sum(events[kind] for kind in re.findall(r"^    table: (\w+)$", (PIPELINES / f"{query}.yaml").read_text(), re.MULTILINE))
    if read != wanted:
        sys.exit(f"{query} read {read} of {wanted} events")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=str(ROOT / "build/release/weir"))
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=10_000, help="events per second of event time")
    parser.add_argument("--splits", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("query", nargs="*")
    given = parser.parse_args()
    queries = given.query or sorted((path.stem for path in PIPELINES.glob("q*.yaml")), key=lambda name: int(name[1:]))
    results = {name: [] for name in ["generate", *queries]}
    with tempfile.TemporaryDirectory(prefix="weir-nexmark-") as name:
        folder = pathlib.Path(name)
        for _ in range(given.runs):
            results["generate"].append(generate(given, folder))
            for query in queries:
                results[query].append(run_query(given, query, folder))
    print(f"{given.events:,} events, {given.splits} splits, median of {given.runs}\n")
    print("| query | events/s | range | ratio to q0 | CPU, us per event | rows | peak memory, MB |\n|---|---|---|---|---|---|---|")
    for query, runs in results.items():
        rates = [given.events / run["seconds"] for run in runs]
        ratio = "" if "q0" not in results else f"{statistics.median(base['seconds'] / run['seconds'] for base, run in zip(results['q0'], runs)):.2f}"
        print(f"| {query} | {statistics.median(rates):,.0f} | {min(rates):,.0f} to {max(rates):,.0f} | {ratio} "
              f"| {statistics.median(run['cpu'] for run in runs) / given.events * 1e6:.2f} | {runs[0].get('rows', 0):,} | {max(run['memory'] for run in runs):.0f} |")


if __name__ == "__main__":
    main()
