#!/usr/bin/env python3
"""How long it takes from the moment an event is produced until it is visible in Postgres, at a paced rate.

  product_view_latency.py --weir build/release/weir [--rate 500] [--seconds 30]

Every event carries the time at which it was handed to the producer. A reader polls fact_sales by its own connection and notes when each id is seen
first; polling itself adds up to a few milliseconds, which count against Weir.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "services"))
import kafka  # noqa: E402
import postgres  # noqa: E402
import psycopg2  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines/product_view/product_view.yaml"
TOPIC = "product_view"


def event(number):
    return json.dumps({
        "id": f"e{number}", "api_version": "1.0", "collection": "view_product_detail", "current_url": f"https://www.shop.com/p-{number % 999}.html",
        "device_id": f"d{number % 5000}", "email": "", "ip": f"10.{number % 200}.{number % 251}.7", "local_time": "2024-11-01 00:00:00",
        "option": [{"option_label": "alloy", "option_id": "1", "value_label": "gold", "value_id": "2"}], "product_id": str(number % 999),
        "product_name": f"Ring {number % 999}", "referrer_url": "https://www.google.com/", "resolution": "390x844", "show_recommendation": "true",
        "recommendation": None, "store_id": "2", "language_code": "en", "time_stamp": 1730419200 + number,
        "user_agent": f"Mozilla/5.0 ({number % 50})", "user_id_db": "", "utm_source": None, "utm_medium": None}).encode()


def paced_events(rate, seconds, sent):
    start = time.monotonic()
    for number in range(int(rate * seconds)):
        pause = start + number / rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        sent.append(time.monotonic())
        yield event(number)


def produce(broker, rate, seconds, sent):
    with broker.client(linger_ms=0) as client:
        client.produce(TOPIC, paced_events(rate, seconds, sent), 4)


def watch(server, expected, seen, deadline):
    with psycopg2.connect(host="127.0.0.1", port=server.port, user="postgres", dbname="weir") as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            last = 0
            while len(seen) < expected and time.monotonic() < deadline:
                cursor.execute("SELECT count(*) FROM fact_sales")
                count = cursor.fetchone()[0]
                now = time.monotonic()
                if count > last:
                    seen.append((now, count))
                    last = count
                    if count >= expected:
                        return
                time.sleep(0.001)


def percentile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=str(ROOT / "build/release/weir"))
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-latency-"))
    folder.chmod(0o755)
    broker = server = runner = None
    try:
        broker = kafka.start(folder / "kafka", 4)
        server = postgres.start(folder / "postgres")
        with broker.client() as client:
            client.create_topic(TOPIC, 4)
        environment = dict(os.environ, KAFKA_BROKERS=broker.bootstrap, KAFKA_TOPIC=TOPIC, KAFKA_START="earliest", POSTGRES_URL=server.dsn)
        runner = subprocess.Popen([given.weir, "run", str(PIPELINE)], env=environment, stderr=subprocess.DEVNULL)
        wait_for_table(server)
        report(given, broker, server)
    finally:
        if runner:
            runner.send_signal(signal.SIGTERM)
            runner.wait()
        if broker:
            broker.stop()
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for_table(server):
    for _ in range(200):
        if server.sql("SELECT count(*) FROM pg_tables WHERE tablename = 'fact_sales'") == "1":
            time.sleep(2)
            return
        time.sleep(0.1)
    sys.exit("weir did not create fact_sales within 20 s")


def report(given, broker, server):
    """Events of a partition become visible in order, so the n-th row seen is at the latest the n-th event sent (by time of sending)."""
    sent, seen = [], []
    expected = int(given.rate * given.seconds)
    producer = threading.Thread(target=produce, args=(broker, given.rate, given.seconds, sent))
    producer.start()
    watch(server, expected, seen, time.monotonic() + given.seconds + 30)
    producer.join()
    latencies, position = [], 0
    for moment, count in seen:
        latencies += [moment - sent[i] for i in range(position, count)]
        position = count
    latencies.sort()
    print(f"{position} of {expected} events visible; produce to visible: p50 {percentile(latencies, 0.5) * 1000:.1f} ms, "
          f"p90 {percentile(latencies, 0.9) * 1000:.1f} ms, p99 {percentile(latencies, 0.99) * 1000:.1f} ms, max {latencies[-1] * 1000:.1f} ms")


if __name__ == "__main__":
    main()
