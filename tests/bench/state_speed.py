#!/usr/bin/env python3
"""What state costs: memory of many live keys, checkpoints of some of them, and a limit that is too small, on a Kafka and a Postgres of its own.

  state_speed.py --weir build/release/weir [--keys 1000000] [--runs 3] [memory] [checkpoint] [limit]

memory: one purchase of each of KEYS customers, all different: sum, average and count by customer, without and with a dedup by purchase, and the same
with a tenth of the memory that the state takes. Prints the largest resident memory (VmHWM) and what the job says of its state.
checkpoint: while a job with KEYS groups runs, 1 %, 10 % and 100 % of the customers buy something: rows and bytes written to weir_state, all write-ahead
log, and the time until it is committed.
limit: twice KEYS purchases of customers drawn evenly (every epoch touches groups all over) and of 80 % from a fifth of them, without a limit and with a
tenth of what the state takes, in turns. Prints rates and their ratio.
"""
import argparse
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "services"))
import kafka  # noqa: E402
import postgres  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTITIONS = 4

PIPELINE = """name: customers
connections:
  warehouse: {{ dsn: "${{POSTGRES_URL}}" }}
sources:
  purchases:
    type: kafka
    brokers: ${{KAFKA_BROKERS}}
    topic: ${{KAFKA_TOPIC}}
    start: earliest
    format: json
    columns: {{ id: string not null, customer: string not null, quantity: int not null, price: "decimal(10,2) not null" }}
transforms:
  totals:
    input: purchases
    steps:
{dedup}      - aggregate:
          by: [customer]
          select: {{ amount: sum(quantity * price), avg_price: avg(price), purchases: count(*) }}
sinks:
  totals: {{ input: totals, connection: warehouse, table: totals, key: [customer], on_conflict: update }}
"""
DEDUP = "      - dedup: { key: [id] }\n"


def purchase(number, customer):
    return b'{"id":"p%012d","customer":"customer-%08d","quantity":%d,"price":%d.%02d}' % (
        number, customer, 1 + number % 5, number % 90 + 1, number % 100)


def produce(broker, topic, purchases):
    with broker.client() as client:
        client.produce(topic, purchases, PARTITIONS)


class Bench:
    def __init__(self, given, broker, server, folder):
        self.given, self.broker, self.server, self.folder = given, broker, server, folder
        self.next = 0

    def topic(self, name):
        with self.broker.client() as client:
            client.create_topic(name, PARTITIONS)
        return name

    def pipeline(self, has_dedup):
        path = self.folder / f"customers{int(has_dedup)}.yaml"
        path.write_text(PIPELINE.format(dedup=DEDUP if has_dedup else ""))
        return path

    def start(self, topic, database, has_dedup=False, options=()):
        environment = dict(os.environ, KAFKA_BROKERS=self.broker.bootstrap, KAFKA_TOPIC=topic,
                           POSTGRES_URL=f"postgresql://postgres@127.0.0.1:{self.server.port}/{database}")
        log = self.folder / "log"
        with open(log, "wb") as output:
            return subprocess.Popen([self.given.weir, "run", *options, str(self.pipeline(has_dedup))], env=environment, stdin=subprocess.DEVNULL,
                                    stdout=output, stderr=subprocess.STDOUT), log

    def run(self, topic, has_dedup=False, options=()):
        """Of a run from an empty database to the end of the topic: seconds, memory in MB, what it says of its state, the sums of its table."""
        self.next += 1
        database = f"run{self.next}"
        self.server.create_database(database)
        self.server.sql("CHECKPOINT")
        begin = time.monotonic()
        process, log = self.start(topic, database, has_dedup, ["--until-end", *options])
        peak = 0.0
        try:
            while process.poll() is None:
                peak = max(peak, resident(process.pid))
                time.sleep(0.005)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        seconds = time.monotonic() - begin
        said = log.read_text(errors="replace")
        if process.returncode != 0:
            sys.exit(f"weir ended with {process.returncode}:\n{said[-4000:]}")
        found = re.search(r"^state: .*$", said, re.M)
        if found is None:
            sys.exit(f"no word of the state:\n{said[-4000:]}")
        state = found.group(0)
        content = self.server.sql("SELECT count(*), sum(amount), sum(purchases) FROM totals", database)
        self.server.sql(f"DROP DATABASE {database}")
        return {"seconds": seconds, "memory": peak, "state": state, "content": content}


def resident(pid):
    """The largest so far, in MB."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())
    except FileNotFoundError:
        return 0.0
    return int(found.group(1)) / 1024 if found else 0.0


def state_megabytes(state):
    return int(re.search(r"in ([\d,]+) MB of memory", state).group(1).replace(",", ""))


def one_each(keys, seed):
    customers = list(range(keys))
    random.Random(seed).shuffle(customers)
    return [purchase(number, customer) for number, customer in enumerate(customers)]


def memory(bench):
    keys = bench.given.keys
    topic = bench.topic("one_each")
    produce(bench.broker, topic, one_each(keys, 1))
    for has_dedup in (False, True):
        whole = bench.run(topic, has_dedup)
        tenth = max(1, state_megabytes(whole["state"]) // 10)
        small = bench.run(topic, has_dedup, ["--state-memory", f"{tenth}MB"])
        if small["content"] != whole["content"] or not whole["content"].startswith(f"{keys}|"):
            sys.exit(f"other tables: {small['content']} and {whole['content']}")
        for name, one in (("no limit", whole), (f"limit of {tenth} MB", small)):
            print(f"memory, {keys:,} customers{', dedup' if has_dedup else ''}, {name}: peak {one['memory']:.0f} MB, {one['seconds']:.1f} s; {one['state']}", flush=True)


def checkpoint(bench):
    keys = bench.given.keys
    topic = bench.topic("checkpoints")
    produce(bench.broker, topic, one_each(keys, 1))
    database = "checkpoints"
    bench.server.create_database(database)
    process, log = bench.start(topic, database)
    try:
        wait_for(bench, database, keys, process, log)
        for share in (0.01, 0.1, 1.0):
            for run in range(bench.given.runs):
                measure_checkpoint(bench, topic, database, int(keys * share), share, run, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def wait_for(bench, database, purchases, process, log):
    while True:
        if process.poll() is not None:
            sys.exit(f"weir ended with {process.returncode}:\n{log.read_text(errors='replace')[-4000:]}")
        try:
            if bench.server.sql("SELECT coalesce(sum(read), 0) FROM weir_ledger", database) == str(purchases):
                return
        except RuntimeError:
            pass  # the tables are not there yet
        time.sleep(0.02)


def written(bench, database):
    """Epochs of the state so far, and the place in the write-ahead log."""
    epochs = bench.server.sql("SELECT coalesce(max(epoch), 0) FROM weir_state", database)
    return int(epochs), bench.server.sql("SELECT pg_current_wal_lsn()", database)


def measure_checkpoint(bench, topic, database, count, share, run, process, log):
    seed = int(share * 1000) + run
    customers = random.Random(seed).sample(range(bench.given.keys), count)
    purchases = [purchase(10_000_000 + number, customer) for number, customer in enumerate(customers)]
    before = int(bench.server.sql("SELECT sum(read) FROM weir_ledger", database))
    epoch, place = written(bench, database)
    begin = time.monotonic()
    produce(bench.broker, topic, purchases)
    wait_for(bench, database, before + count, process, log)
    seconds = time.monotonic() - begin
    rows, size, epochs = bench.server.sql(f"SELECT count(*), sum(length(value) + length(key)), count(DISTINCT epoch) FROM weir_state WHERE epoch > {epoch}", database).split("|")
    log_bytes = int(bench.server.sql(f"SELECT pg_current_wal_lsn() - '{place}'::pg_lsn", database))
    print(f"checkpoint, {share:.0%} of {bench.given.keys:,} groups: {int(rows):,} rows, {int(size) / 1e6:.2f} MB in weir_state, {log_bytes / 1e6:.1f} MB of log, "
          f"{seconds:.2f} s in {epochs} epochs ({seconds / count * 1e6:.1f} us a group)", flush=True)


def limit(bench):
    keys, count = bench.given.keys, 2 * bench.given.keys
    draw = random.Random(3)
    even = [purchase(number, draw.randrange(keys)) for number in range(count)]
    uneven = [purchase(number, draw.randrange(keys // 5) if draw.random() < 0.8 else draw.randrange(keys)) for number in range(count)]
    for name, purchases in (("drawn evenly", even), ("80 % from a fifth", uneven)):
        topic = bench.topic("limit_" + name.split()[0])
        produce(bench.broker, topic, purchases)
        whole = [bench.run(topic)]
        tenth = f"{max(1, state_megabytes(whole[0]['state']) // 10)}MB"
        small, ratios = [], []
        for run in range(bench.given.runs):
            order = [(whole, []), (small, ["--state-memory", tenth])]
            for results, options in order if run % 2 == 0 else reversed(order):
                results.append(bench.run(topic, options=options))
            ratios.append(whole[-1]["seconds"] / small[-1]["seconds"])
            if small[-1]["content"] != whole[0]["content"]:
                sys.exit(f"other tables: {small[-1]['content']} and {whole[0]['content']}")
        print(f"limit, customers {name}: no limit {count / statistics.median(r['seconds'] for r in whole[1:]):,.0f} purchases/s, peak {whole[-1]['memory']:.0f} MB; "
              f"{tenth} {count / statistics.median(r['seconds'] for r in small):,.0f}, peak {small[-1]['memory']:.0f} MB; "
              f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}); {small[-1]['state']}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=str(ROOT / "build/release/weir"))
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("measure", nargs="*", help="memory, checkpoint, limit; default: all")
    given = parser.parse_args()
    measures = {"memory": memory, "checkpoint": checkpoint, "limit": limit}
    for name in given.measure:
        if name not in measures:
            parser.error(f"no such measure: {name}")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-state-"))
    folder.chmod(0o755)
    broker = server = None
    try:
        broker = kafka.start(folder / "kafka", PARTITIONS)
        server = postgres.start(folder / "postgres", [("shared_buffers", "512MB"), ("max_wal_size", "8GB"), ("checkpoint_timeout", "30min")])
        bench = Bench(given, broker, server, folder)
        for name in given.measure or measures:
            measures[name](bench)
    finally:
        if broker:
            broker.stop()
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
