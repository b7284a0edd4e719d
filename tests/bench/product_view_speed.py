#!/usr/bin/env python3
"""How fast product_view is, beside Postgres' own speed, in one run on the same machine and services.

  product_view_speed.py --weir build/release/weir [--events 1000000] [--partitions 4] [--runs 3] [--geo-database FILE]

Starts a broker and a Postgres of its own, fills a topic, and then takes turns: Weir from the topic into all five tables (a fresh
database each time), with --geo-database a second time with countries, regions and cities, and the same fact rows into the same keyed
table by COPY BINARY over one connection in batches of 10,000. Prints the rates, their ratios, and Weir's peak memory and processor time.
"""
import argparse
import io
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
import psycopg2  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines/product_view/product_view.yaml"
BATCH = 10_000
TOPIC = "product_view"


def fill_topic(weir, broker, events, partitions):
    with broker.client() as client:
        client.create_topic(TOPIC, partitions)
    subprocess.run([weir, "generate", "product_view", "--count", str(events), "--seed", "7", "--duplicates", "2%", "--bad", "500ppm",
                    "--to", "kafka", "--brokers", broker.bootstrap, "--topic", TOPIC], check=True, stdout=subprocess.DEVNULL)


def run_weir(weir, broker, server, database, extra, geo_database):
    server.create_database(database)
    environment = dict(os.environ, KAFKA_BROKERS=broker.bootstrap, KAFKA_TOPIC=TOPIC, KAFKA_START="earliest", GEO_DATABASE=geo_database,
                       POSTGRES_URL=f"postgresql://postgres@127.0.0.1:{server.port}/{database}")
    start = time.monotonic()
    process = subprocess.Popen([weir, "run", "--until-end", *extra, str(PIPELINE)], env=environment, stderr=subprocess.PIPE, text=True)
    log = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"weir ended with status {status}:\n{log}")
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "memory": float(re.search(r"peak memory (\d+) MB", log).group(1)), "log": log}


def export_batches(server, database):
    """The fact rows in an order that has nothing to do with their keys, as COPY BINARY texts of 10,000 rows."""
    batches = []
    with psycopg2.connect(host="127.0.0.1", port=server.port, user="postgres", dbname=database) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(quote_ident(column_name), ',' ORDER BY ordinal_position) FROM information_schema.columns "
                           "WHERE table_name = 'fact_sales'")
            columns = cursor.fetchone()[0]
            cursor.execute("CREATE TEMP TABLE shuffled AS SELECT row_number() OVER (ORDER BY md5(sales_key)) - 1 AS n, * FROM fact_sales")
            cursor.execute("CREATE INDEX ON shuffled (n)")
            cursor.execute("SELECT count(*) FROM shuffled")
            rows = cursor.fetchone()[0]
            for first in range(0, rows, BATCH):
                batch = io.BytesIO()
                cursor.copy_expert(f"COPY (SELECT {columns} FROM shuffled WHERE n >= {first} AND n < {first + BATCH} ORDER BY n) "
                                   "TO STDOUT (FORMAT binary)", batch)
                batches.append(batch.getvalue())
    return rows, columns, batches


def run_copy(server, source_database, columns, batches):
    with psycopg2.connect(host="127.0.0.1", port=server.port, user="postgres", dbname=source_database) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS fact_copy")
            cursor.execute("CREATE TABLE fact_copy (LIKE fact_sales INCLUDING ALL)")
            start = time.monotonic()
            for batch in batches:
                cursor.copy_expert(f"COPY fact_copy ({columns}) FROM STDIN (FORMAT binary)", io.BytesIO(batch), size=1 << 16)
            seconds = time.monotonic() - start
            cursor.execute("DROP TABLE fact_copy")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=str(ROOT / "build/release/weir"))
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--geo-database", help="measures the pipeline with this IP2Location BIN or MaxMind mmdb file, too")
    parser.add_argument("--option", action="append", default=[], help="handed to weir run, e.g. --option=--writers=1")
    given = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-speed-"))
    folder.chmod(0o755)
    broker = server = None
    try:
        broker = kafka.start(folder / "kafka", given.partitions)
        server = postgres.start(folder / "postgres", [("shared_buffers", "1GB"), ("max_wal_size", "16GB"), ("checkpoint_timeout", "30min")])
        fill_topic(given.weir, broker, given.events, given.partitions)
        measure(given, broker, server)
    finally:
        if broker:
            broker.stop()
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure_weir(given, broker, server, database, geo_database):
    server.sql("CHECKPOINT")
    before = server.backend_seconds()
    result = run_weir(given.weir, broker, server, database, given.option, geo_database)
    time.sleep(0.5)
    result["rate"] = given.events / result["seconds"]
    result["backend"] = server.backend_seconds() - before
    return result


def measure_copy(server, database, columns, batches):
    server.sql("CHECKPOINT")
    before = server.backend_seconds()
    seconds = run_copy(server, database, columns, batches)
    time.sleep(0.5)
    return seconds, server.backend_seconds() - before


def measure(given, broker, server):
    variants = {"weir": ""}
    if given.geo_database:
        variants["weir with geo"] = str(pathlib.Path(given.geo_database).resolve(strict=True))
    rates = {name: [] for name in (*variants, "COPY")}
    ratios = {name: [] for name in variants}
    batches = None
    for run in range(given.runs):
        # Whoever comes first in a run comes last in the next one.
        order = list(variants.items())[:: 1 if run % 2 == 0 else -1]
        results = {name: measure_weir(given, broker, server, f"run{run}_{number}", file) for number, (name, file) in enumerate(order)}
        if batches is None:
            rows, columns, batches = export_batches(server, "run0_0")
        seconds, copy_backend = measure_copy(server, f"run{run}_0", columns, batches)
        copy_rate = rows / seconds
        rates["COPY"].append(copy_rate)
        print(f"run {run}: COPY {copy_rate:,.0f} rows/s ({copy_backend / rows * 1e6:.2f} us in Postgres)")
        for name, result in results.items():
            rates[name].append(result["rate"])
            ratios[name].append(result["rate"] / copy_rate)
            print(f"  {name} {result['rate']:,.0f} events/s ({result['seconds']:.2f} s, {result['cpu'] / given.events * 1e6:.2f} us CPU per event, "
                  f"{result['backend'] / given.events * 1e6:.2f} us in Postgres, peak {result['memory']:.0f} MB), ratio {ratios[name][-1]:.2f}", flush=True)
        for number in range(len(order)):
            if (run, number) != (0, 0):
                server.sql(f"DROP DATABASE run{run}_{number}")
    print("median: " + ", ".join(f"{name} {statistics.median(values):,.0f}/s" for name, values in rates.items()))
    for name, values in ratios.items():
        print(f"  ratio of {name} to COPY {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})")


if __name__ == "__main__":
    main()
