#!/usr/bin/env python3
"""cli_test.py - calls weir as people do. Usage: cli_test.py WEIR [unittest's arguments]"""
import collections
import csv
import datetime
import json
import os
import pathlib
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines/product_view/product_view.yaml"
SAMPLE = ROOT / "pipelines/product_view/sample.jsonl"
EXPECTED = ROOT / "pipelines/product_view/expected"
SHARED = pathlib.Path(os.environ.get("WEIR_SHARED", ROOT.parent / "shared"))
TABLES = ("dim_date", "dim_location", "dim_product", "dim_user_agent", "fact_sales")
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("KAFKA_", "POSTGRES_", "DIM_", "PG", "GEO_", "WEIR_"))}
weir_program = None


def weir(*arguments, **environment):
    return subprocess.run([weir_program, *map(str, arguments)], env={**CLEAN, **environment}, cwd=ROOT, capture_output=True, text=True,
                          timeout=120)


class Usage(unittest.TestCase):
    def test_help_goes_to_stdout_with_examples(self):
        for arguments in ([], ["run"], ["check"], ["explain"], ["init-db"], ["generate"], ["rejects"], ["account"], ["report"], ["reset"], ["list"], ["infer"], ["repl"], ["plugin"], ["demo"], ["schema"], ["lsp"], ["completion"]):
            done = weir(*arguments, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout, "Example")
            self.assertEqual(done.stderr, "")

    def test_version_names_what_it_stands_on(self):
        done = weir("version")
        self.assertEqual(done.returncode, 0)
        for line in (r"^weir \d+\.\d+\.\d+$", r"^kafka: librdkafka \d+\.\d+\.\d+", r"^postgres: libpq \d+\.\d+$", r"^sqlite: SQLite 3\.\d+",
                     r"^json: simdjson \d+\.\d+\.\d+$"):
            self.assertRegex(done.stdout, re.compile(line, re.M))

    def test_wrong_usage_ends_with_2_and_what_was_meant(self):
        for arguments, message in ((["rnu", "x.yaml"], "unknown command: rnu (did you mean run?)"),
                                   (["run", "--until-edn", PIPELINE], "unknown option: --until-edn (did you mean --until-end?)"),
                                   ([], "A subcommand is required"),
                                   (["run"], "FILE is required"),
                                   (["run", "--shard", "2/2", PIPELINE], "--shard wants INDEX/COUNT"),
                                   (["run", "--more-to-come", PIPELINE], "--more-to-come requires --until-end"),
                                   (["run", "--lease", "soon", PIPELINE], "--lease wants a time"),
                                   (["run", "--state-memory", "256", PIPELINE], "--state-memory wants an amount of memory of at least 1 MB: 256"),
                                   (["run", "--state-memory", "12KB", PIPELINE], "--state-memory wants an amount of memory of at least 1 MB: 12KB"),
                                   (["check", "--set", "novalue", PIPELINE], "--set wants NAME=value"),
                                   (["list", "conectors"], "conectors not in"),
                                   (["completion", "csh"], "csh not in"),
                                   (["completion"], "SHELL is required"),
                                   (["schema", "x.yaml"], "x.yaml"),
                                   (["generate", "product_view", "--bad", "many"], "--bad wants a share"),
                                   (["generate", "product_view", "--late-by", "5m"], "product_view has no late events: --late-by is not for it"),
                                   (["generate", "purchase", "--late", "often"], "--late wants a share such as 29.5%: often"),
                                   (["generate", "purchase", "--late", "60%", "--too-late", "50%"], "--late and --too-late are more than all events"),
                                   (["generate", "purchase", "--late-by", "soon"], "--late-by wants a time from 1 s to 365 days"),
                                   (["generate", "purchase", "--start", "soon"], "--start wants a time from 1970 to 2200"),
                                   (["generate", "purchase", "--start", "now"], "--start now follows the clock: it wants --rate"),
                                   (["generate", "purchase", "--span", "6h"], "--span wants --count"),
                                   (["generate", "purchase", "--table", "bid"], "purchase has one kind of events: --table is not for it"),
                                   (["generate", "nexmark", "--table", "bids"], "--table wants one of all, person, auction, bid: bids"),
                                   (["generate", "nexmark", "--bad", "1%"], "nexmark has no bad events: --bad is not for it"),
                                   (["generate", "purchase", "--skew"], "--skew is about partitions"),
                                   (["explain", "--lineage", "--format", "dot", PIPELINE], "--lineage has no dot: it is text or json"),
                                   (["explain", "--column", "dim_dat", PIPELINE], "unknown sink: dim_dat (did you mean dim_date?)"),
                                   (["explain", "--column", "dim_date.yaer", PIPELINE], "unknown column of sink dim_date: yaer (did you mean year?)"),
                                   (["run", "--limit", "3", PIPELINE], "--limit requires --print"),
                                   (["run", PIPELINE, "--print", "--shard", "0/2"], "--shard excludes --print"),
                                   (["run", PIPELINE, "--print", "enrichd"], "no sink, stream or source is called enrichd (did you mean enriched?)"),
                                   (["run", PIPELINE, "--print", "--format", "csv"], "say which, --print NAME"),
                                   (["infer"], "say what the rows are in: a FILE, or --brokers and --topic"),
                                   (["infer", "--topic", "t"], "--topic wants --brokers too"),
                                   (["infer", "--option", "x", "--brokers", "b", "--topic", "t"], "--option wants NAME=value: x"),
                                   (["infer", SAMPLE, "--tolerate", "some"], "--tolerate wants a share such as 1%: some"),
                                   (["rejects", "show", PIPELINE], "show wants the id"),
                                   (["reset", PIPELINE], "add --yes if you mean it")):
            done = weir(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(message, done.stderr)

    def test_a_wrong_file_ends_with_78_and_points_at_every_error(self):
        with tempfile.TemporaryDirectory() as folder:
            wrong = pathlib.Path(folder) / "wrong.yaml"
            wrong.write_text(PIPELINE.read_text().replace("sha2(ip, 256)", "sah2(ip, 256)").replace("product_key: product_id", "product_key: produt_id"))
            for command in (["check"], ["run", "--until-end"], ["explain"], ["account"], ["validate"], ["lint"]):
                done = weir(*command, wrong)
                self.assertEqual((done.returncode, done.stdout), (78, ""))
                self.assertIn("did you mean sha2?", done.stderr)
                self.assertRegex(done.stderr, r"wrong\.yaml:\d+:\d+")
            self.assertEqual(weir("check", folder + "/none.yaml").returncode, 78)

    def test_check_says_that_a_file_is_fine(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        # An IP2Location DB3 of one row, 0.0.0.0 and after, of which nothing is known.
        header = struct.pack("<5B6I2BI", 3, 4, 25, 7, 1, 1, 65, 0, 0, 0, 0, 1, 0, 84)
        database = pathlib.Path(folder, "geo.bin")
        database.write_bytes(header.ljust(64, b"\0") + struct.pack("<4I", 0, 80, 80, 80) + b"\x01-\0\0")
        done = weir("check", PIPELINE, GEO_DATABASE=database)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("pipeline product_view is fine", done.stdout)
        for spelling in ("yaml", "weir"):
            done = weir("check", ROOT / f"pipelines/purchase/purchase.{spelling}")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("pipeline purchase is fine", done.stdout)

    def test_explain_says_where_a_column_comes_from(self):
        done = weir("explain", "--column", "fact_sales.sales_key", PIPELINE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, "sink fact_sales: table fact_sales of connection warehouse\n  sales_key  <- views.id, views.product_id (transformed)\n")
        sinks = json.loads(weir("explain", "--lineage", "--format", "json", PIPELINE).stdout)["sinks"]
        self.assertEqual([sink["name"] for sink in sinks], ["dim_date", "dim_product", "dim_location", "dim_user_agent", "fact_sales"])
        self.assertEqual(sinks[1]["columns"][0]["inputs"], [{"kind": "source", "name": "views", "column": "product_id", "field": "product_id",
                                                             "transformations": [{"type": "DIRECT", "subtype": "IDENTITY"}]}])

    def test_check_tells_the_spelling_by_the_ending(self):
        done = weir("check", "purchase.sql")
        self.assertEqual((done.returncode, done.stdout), (78, ""))
        self.assertIn("it must end in .yaml, or in .weir if it is written in SQL", done.stderr)

    def test_fmt_translates_and_says_whether_it_would_change_a_file(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        purchase = ROOT / "pipelines/purchase/purchase.yaml"
        done = weir("fmt", "--to", "weir", purchase)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        written = pathlib.Path(folder, "purchase.weir")
        written.write_text(done.stdout)
        self.assertEqual(weir("explain", "--format", "json", written).stdout, weir("explain", "--format", "json", purchase).stdout)
        self.assertEqual(weir("fmt", "--check", written).returncode, 0)
        written.write_text(done.stdout.replace("CREATE", "create"))
        self.assertEqual(weir("fmt", "--check", written).returncode, 1)
        self.assertEqual(weir("fmt", "--write", written).returncode, 0)
        self.assertEqual(written.read_text(), done.stdout)
        self.assertEqual(weir("fmt", "--write", "--to", "yaml", written).returncode, 2)

    def test_check_warns_once_of_a_missing_geo_database(self):
        done = weir("check", PIPELINE)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr.count("warning[W0907]:"), 1)
        self.assertIn("the setting geo_database is empty", done.stderr)

    def test_check_connect_has_a_line_per_service(self):
        done = weir("check", "--connect", PIPELINE, KAFKA_BROKERS="127.0.0.1:1", POSTGRES_URL="postgresql://127.0.0.1:1/none")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"(?m)^FAILED  source views: .*\n^FAILED  connection warehouse: ")
        self.assertNotIn("fine", done.stdout)

    def test_check_connect_reads_lookup_tables(self):
        with tempfile.TemporaryDirectory() as folder:
            pipeline = pathlib.Path(folder) / "join.yaml"
            pipeline.write_text("""name: join
connections: { warehouse: { dsn: "sqlite:%s/join.db" } }
sources:
  sales: { type: kafka, brokers: "127.0.0.1:1", topic: sales, format: json, columns: { id: string not null, shop: int } }
tables:
  shops: { type: csv, file: shops.csv, columns: { id: int not null, name: string }, key: [id] }
transforms:
  sold: { input: sales, steps: [ join: { table: shops, keys: { id: shop } } ] }
sinks:
  sold: { input: sold, connection: warehouse, key: [id] }
""" % folder, encoding="utf-8")
            (pathlib.Path(folder) / "shops.csv").write_text("id,name\n1,tea\nx,cup\n", encoding="utf-8")
            done = weir("check", "--connect", pipeline)
            self.assertIn("FAILED  table shops: csv file", done.stdout)
            self.assertIn("column id: not a valid int: 'x'", done.stderr)
            self.assertIn("shops.csv:3:1", done.stderr)
            (pathlib.Path(folder) / "shops.csv").write_text("id,name\n1,tea\n", encoding="utf-8")
            self.assertIn("ok      table shops: csv file", weir("check", "--connect", pipeline).stdout)

    def test_settings_come_from_set_then_environment_then_ini(self):
        with tempfile.TemporaryDirectory() as folder:
            ini = pathlib.Path(folder) / "c.ini"
            ini.write_text("[kafka]\nbrokers = from-ini:1\ntopic = from_ini\n[postgres]\nurl = sqlite:from_ini.db\n")
            text = weir("explain", "--config", ini, "--set", "KAFKA_TOPIC=from_set", PIPELINE, KAFKA_BROKERS="from-environment:1",
                        KAFKA_TOPIC="from_environment").stdout
            self.assertIn("kafka topic from_set at from-environment:1", text)
            self.assertIn("from_ini.db", text)

    def test_the_example_of_an_ini_file_is_good(self):
        done = weir("check", "--config", ROOT / "pipelines/product_view/config.ini.example", PIPELINE)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_secrets_are_not_printed(self):
        secret = "s3cr3t-canary"
        for command in (["explain"], ["explain", "--format", "json"], ["explain", "--format", "dot"], ["check", "--connect"]):
            done = weir(*command, PIPELINE, KAFKA_BROKERS="127.0.0.1:1", KAFKA_SECURITY="sasl_plaintext", KAFKA_USERNAME="u", KAFKA_PASSWORD=secret,
                        POSTGRES_URL=f"postgresql://u:{secret}@127.0.0.1:1/d")
            self.assertNotIn(secret, done.stdout + done.stderr)


class Generate(unittest.TestCase):
    def test_the_seed_decides(self):
        first, again, other = (weir("generate", "product_view", "--count", 200, "--seed", seed, "--duplicates", "10%", "--bad", "20000ppm").stdout
                               for seed in (7, 7, 8))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)
        self.assertEqual(len(first.splitlines()), 200)
        self.assertLess(len(set(first.splitlines())), 200)

    def test_writes_a_file_at_a_rate(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "events.jsonl"
            start = time.monotonic()
            done = weir("generate", "product_view", "--count", 100, "--rate", 200, "--to", "file", "--file", path)
            self.assertEqual((done.returncode, done.stdout), (0, ""))
            self.assertGreater(time.monotonic() - start, 0.4)
            self.assertEqual(len(path.read_bytes().splitlines()), 100)

    def test_event_time_of_purchases(self):
        def times(*arguments):
            done = weir("generate", "purchase", "--count", 100, "--late", "0", "--too-late", "0", *arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            return [datetime.datetime.fromisoformat(json.loads(line)["ts"].replace("Z", "+00:00")) for line in done.stdout.splitlines()]

        spanned = times("--start", "2025-02-03T04:05:06Z", "--span", "100 minutes")
        begin = datetime.datetime(2025, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)
        self.assertEqual(spanned, [begin + datetime.timedelta(minutes=minute) for minute in range(100)])
        begin = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        live = times("--start", "now", "--rate", 80)
        self.assertLessEqual(begin, live[0])
        self.assertLessEqual(live[-1], datetime.datetime.now(datetime.timezone.utc))
        self.assertEqual(live[-1] - live[0], datetime.timedelta(seconds=1))

    def test_purchases_look_like_those_of_the_shop(self):
        sample = SHARED / "data/samples/purchase.jsonl"
        if not sample.exists():
            self.skipTest(f"no {sample}: it does not come along with a clone")

        def shape(lines):
            rows = [row for row in map(json.loads, filter(None, lines)) if isinstance(row, dict)]
            texts = ("category", "product_name", "payment_method", "brand")
            return {tuple((name, type(value).__name__) for name, value in row.items()) for row in rows}, {
                name: {row[name] for row in rows} for name in texts}, {(row["category"], row["product_name"]) for row in rows}

        made = weir("generate", "purchase", "--count", 2000).stdout.splitlines()
        self.assertEqual(shape(made), shape(sample.read_text().splitlines()))


NEXMARK = ROOT / "pipelines/nexmark"


class Looking(unittest.TestCase):
    """run --print over a source that makes its own rows."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def look(self, query, *arguments, **environment):
        return weir("run", NEXMARK / f"{query}.weir", *arguments, STORE="postgresql://127.0.0.1:1/nowhere", NEXMARK_EVENTS="5000", TMPDIR=str(self.folder), **environment)

    def test_shows_the_first_rows_with_types_and_leaves_nothing_behind(self):
        done = self.look("q0", "--print", "q0", "--limit", 3)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "q0: 3 rows")
        self.assertEqual(lines[1].split(), ["number", "auction", "bidder", "price", "dateTime", "extra"])
        self.assertEqual(lines[2].split(), ["bigint", "bigint", "bigint", "bigint", "timestamp", "string"])
        self.assertEqual(len(lines), 7)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_prints_lines_of_json_and_csv(self):
        json_rows = [json.loads(line) for line in self.look("q0", "--print", "--limit", 4, "--format", "json").stdout.splitlines()]
        csv_rows = list(csv.DictReader(self.look("q0", "--print", "q0", "--limit", 4, "--format", "csv").stdout.splitlines()))
        self.assertEqual(len(json_rows), 4)
        self.assertEqual([str(row["number"]) for row in json_rows], [row["number"] for row in csv_rows])
        self.assertEqual([row["extra"] for row in json_rows], [row["extra"] for row in csv_rows])

    def test_takes_the_file_before_or_behind_print(self):
        first = weir("run", "--print", NEXMARK / "q0.weir", "--limit", 2, STORE="sqlite:none.db", NEXMARK_EVENTS="5000")
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertIn("q0: 2 rows", first.stdout)
        self.assertIn("FILE is required", weir("run").stderr)

    def test_shows_groups_at_the_end_once(self):
        done = self.look("q17", "--print", "q17", "--limit", 100_000, "--format", "json", "--until-end")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        keys = collections.Counter((row["auction"], row["day"]) for row in rows)
        self.assertEqual(set(keys.values()), {1})
        bids = [json.loads(line) for line in self.look("q0", "--print", "bid", "--limit", 100_000, "--format", "json", "--until-end").stdout.splitlines()]
        self.assertEqual(sum(row["total_bids"] for row in rows), len(bids))

    def test_start_is_for_sources_that_have_one(self):
        done = self.look("q0", "--print", "--start", "earliest")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--start is not for source bid: nexmark has no such option", done.stderr)

    def test_a_limit_in_the_file_ends_the_run(self):
        pipeline = self.folder / "limited.weir"
        text = (NEXMARK / "q0.weir").read_text()
        text = text.replace("CREATE PIPELINE nexmark_q0;", f"CREATE PIPELINE nexmark_q0 WITH (state = '{self.folder}/books.db');")
        pipeline.write_text(text[:text.index("CREATE SINK")] + "CREATE SINK screen WITH (type = 'console', format = 'json') AS SELECT number FROM bid LIMIT 5;\n")
        done = weir("run", pipeline, NEXMARK_EVENTS="0")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 5)
        books = weir("account", "--json", pipeline)
        self.assertEqual(books.returncode, 0, books.stdout)
        line = json.loads(books.stdout)["ledger"][0]
        self.assertEqual((line["written"], line["read"] - line["filtered"]), (5, 5))


class Infer(unittest.TestCase):
    def test_drafts_a_source_in_both_spellings_that_compile_to_one_plan(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        plans = []
        for spelling in ("yaml", "weir"):
            done = weir("infer", SAMPLE, "--to", spelling, "--pipeline", "--name", "views")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            (folder / f"views.{spelling}").write_text(done.stdout)
            self.assertEqual(weir("fmt", "--check", folder / f"views.{spelling}").returncode, 0)
            plans.append(weir("explain", "--format", "json", folder / f"views.{spelling}").stdout)
        self.assertEqual(plans[0], plans[1])
        self.assertIn('"name": "time_stamp"', plans[0])

    def test_drafts_a_lookup_table_of_csv(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "shops.csv").write_text("id,city,opened\n1,Oslo,2020-01-02\n2,,2021-01-02\n")
        done = weir("infer", folder / "shops.csv", "--to", "weir")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"CREATE TABLE shops \(\n  id     BIGINT NOT NULL,")
        self.assertIn("PRIMARY KEY (id)", done.stdout)
        (folder / "twice.csv").write_text("a\n1\n1\n")
        done = weir("infer", folder / "twice.csv")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no columns of", done.stderr)

    def test_secrets_do_not_get_into_a_draft_and_nothing_is_no_draft(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "no.jsonl").write_text("nothing\n[1]\n")
        done = weir("infer", folder / "no.jsonl")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("none of its 2 records is a JSON object", done.stderr)
        self.assertIn("cannot read", weir("infer", folder / "none.jsonl").stderr)


class SeveralFiles(unittest.TestCase):
    def test_the_example_of_the_language_page(self):
        page = (ROOT / "docs/language/README.md").read_text()
        page = page[page.index("## Pipelines in several files"):page.index("## Words, names and texts")]
        blocks = re.findall(r"```(?:yaml|sql)\n(.*?)```", page, re.S)
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, text in zip(("shop.weir", "large_orders.yaml", "takings.weir"), blocks, strict=True):
            (folder / name).write_text(text)
        for name, column in (("large_orders.yaml", "large_order.amount"), ("takings.weir", "takings.amount")):
            done = weir("check", folder / name)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("<- orders.amount", weir("explain", "--column", column, folder / name).stdout)

    def test_includes_are_checked_formatted_and_seen_whole(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "shared").mkdir()
        (folder / "shared/shop.weir").write_text("CREATE CONNECTION store WITH (dsn = 'sqlite:shop.db');\n\nCREATE SOURCE orders (id STRING NOT NULL, amount BIGINT)"
                                                 " WITH (type = 'kafka', brokers = 'localhost:9092', topic = 'orders', format = 'json');\n")
        (folder / "p.yaml").write_text("name: p\ninclude: [shared/shop.weir]\n\nsinks:\n  out: { input: orders, key: [id] }\n")
        done = weir("check", folder / "p.yaml")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = weir("check", folder / "shared/shop.weir")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("a part of a pipeline, fine by itself", done.stdout)
        for name, text in (("empty.weir", ""), ("empty.yaml", ""), ("comment.yaml", "# nothing\n"), ("comment.weir", "-- nothing\n"), ("braces.yaml", "{}\n")):
            (folder / name).write_text(text)
            done = weir("check", folder / name)
            self.assertEqual((done.returncode, done.stdout), (78, ""), name)
        for name in ("p.yaml", "shared/shop.weir"):
            weir("fmt", "--write", folder / name)
            self.assertEqual(weir("fmt", "--check", folder / name).returncode, 0)
        translated = weir("fmt", "--to", "weir", folder / "p.yaml").stdout
        self.assertIn("INCLUDE 'shared/shop.weir';", translated)
        (folder / "p.weir").write_text(translated)
        self.assertEqual(weir("explain", "--format", "json", folder / "p.weir").stdout, weir("explain", "--format", "json", folder / "p.yaml").stdout)
        (folder / "shared/shop.weir").write_text("CREATE CONNECTION store WITH (dns = 'sqlite:shop.db');\n")
        done = weir("check", folder / "p.yaml")
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r"shared/shop\.weir:1:\d+")


class Repl(unittest.TestCase):
    """What is typed, piped."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.rows = self.folder / "orders.jsonl"
        self.rows.write_text("".join(json.dumps(row) + "\n" for row in [{"id": "a", "shop": "Oslo", "amount": 5.25}, {"id": "b", "shop": "Oslo", "amount": 9.25},
                                                                           {"id": "c", "shop": "Rome", "amount": 9.00}, {"id": "d", "shop": None, "amount": 1.50}]))

    def type(self, text, *arguments):
        return subprocess.run([weir_program, "repl", *map(str, arguments)], input=text, env={**CLEAN, "TMPDIR": str(self.folder)}, cwd=ROOT, capture_output=True, text=True, timeout=120)

    def test_evaluates_expressions(self):
        done = self.type("upper('tea')\n1 + 2.50;\nconcat('a',\n  'b')\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, "result: 1 row\nresult\nstring\n------\nTEA\n" "result: 1 row\n      result\ndecimal(4,2)\n------------\n        3.50\n"
                                      "result: 1 row\nresult\nstring\n------\nab\n")

    def test_runs_queries_over_sample_rows(self):
        done = self.type("FROM rows\n|> WHERE amount > 5\n|> AGGREGATE count(*) AS n, sum(amount) AS total\n   GROUP BY shop\n\n"
                         "SELECT shop, amount * 2 AS twice FROM rows WHERE id = 'd';\n|> SELECT twice\n", "--input", self.rows)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        tables = [table.splitlines() for table in done.stdout.split("result: ")[1:]]
        self.assertEqual(sorted(line.split() for line in tables[0][4:]), [["Oslo", "2", "14.50"], ["Rome", "1", "9.00"]])
        self.assertEqual(tables[1][4].split(), ["NULL", "3.00"])
        self.assertRegex(tables[2][2], r"^decimal\(\d+,2\)$")
        self.assertEqual(tables[2][4].split(), ["3.00"])
        self.assertEqual([path.name for path in self.folder.iterdir()], ["orders.jsonl"])

    def test_shows_an_expression_over_columns_for_the_rows(self):
        done = self.type("upper(shop)\n", "--input", self.rows)
        self.assertEqual(done.stdout.splitlines()[4:], ["OSLO", "OSLO", "ROME", "NULL"])

    def test_points_at_what_was_typed(self):
        done = self.type("FROM rows\n|> WHERE amout > 5\n\nuper('a')\nFROM rows |> WEHRE x;\n1 + 1\n", "--input", self.rows)
        self.assertEqual(done.returncode, 1)
        self.assertIn(" --> <input>:2:10\n", done.stderr)
        self.assertIn("2 | |> WHERE amout > 5\n  |          ^^^^^\n", done.stderr)
        self.assertIn(" --> <input>:1:1\n  |\n1 | uper('a')\n  | ^^^^", done.stderr)
        self.assertIn("1 | FROM rows |> WEHRE x", done.stderr)
        self.assertIn("result: 1 row", done.stdout)

    def test_points_behind_what_is_not_all(self):
        done = self.type("1 +\n\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn(" --> <input>:1:4\n  |\n1 | 1 +\n  |    ^\n", done.stderr)

    def test_keeps_definitions_and_knows_commands(self):
        done = self.type("CREATE STREAM big AS\nFROM rows |> WHERE amount > 9;\nFROM big |> SELECT id\n.columns big\n.functions levenshtein\n.limit 1\nFROM rows |> SELECT id\n"
                         ".nothing\n.quit\nupper('never')\n", "--input", self.rows)
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown command: .nothing", done.stderr)
        self.assertIn("big\n  id string not null\n  shop string\n  amount decimal(10,2) not null\n", done.stdout)
        self.assertIn("levenshtein(", done.stdout)
        self.assertRegex(done.stdout, r"result: 1 row\nid\nstring\n------\nb\n")
        self.assertNotIn("NEVER", done.stdout)

    def test_has_the_streams_of_a_pipeline(self):
        purchases = self.folder / "purchases.jsonl"
        made = weir("generate", "purchase", "--count", 50, "--late", "0", "--too-late", "0").stdout
        purchases.write_text(made)
        for inputs in (["--input", f"purchases={purchases}"], ["--input", purchases]):
            done = self.type("FROM totals |> AGGREGATE sum(total_quantity) AS q;\nFROM purchases |> AGGREGATE count(*) AS n;\n", ROOT / "pipelines/purchase/purchase.weir", *inputs)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            lines = done.stdout.splitlines()
            quantity = sum(json.loads(line)["quantity"] for line in made.splitlines())
            self.assertEqual([lines[4].strip(), lines[9].strip()], [str(quantity), "50"])

    def test_reads_csv_and_loads_files(self):
        table = self.folder / "shops.csv"
        table.write_text("id,city,open\n1,Oslo,true\n2,,false\n")
        done = self.type(f".load {table}\nFROM rows\n.load none.csv\n.load {self.rows}\nFROM rows |> SELECT shop;\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot read none.csv", done.stderr)
        self.assertEqual([line.split() for line in done.stdout.splitlines()[1:6]], [["id", "city", "open"], ["bigint", "string", "bool"], ["------", "------", "-----"], ["1", "Oslo", "true"], ["2", "NULL", "false"]])
        self.assertIn("result: 4 rows\nshop", done.stdout)


class OnADatabase(unittest.TestCase):
    """weir demo makes a database of the sample; the other commands look at it and change it."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.database = pathlib.Path(self.folder.name) / "sample.db"
        self.environment = {"POSTGRES_URL": f"sqlite:{self.database}"}
        self.demo = weir("demo", "--events", SAMPLE, "--partitions", 1, "--database", self.database)
        self.assertEqual(self.demo.returncode, 0, self.demo.stderr)

    def rows(self, query):
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def books(self):
        done = weir("account", "--json", PIPELINE, **self.environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        books = json.loads(done.stdout)
        self.assertTrue(books["balanced"])
        return {(line["source"], line["sink"]): line for line in books["ledger"]}

    def test_the_sample_gives_the_expected_tables(self):
        self.assertIn("The 10 most viewed products", self.demo.stdout)
        self.assertRegex(self.demo.stderr, r"read 28 rows, committed 28 in \d+ epochs")
        for table in TABLES:
            with open(EXPECTED / f"{table}.csv", newline="", encoding="utf-8") as text:
                header, *wanted = csv.reader(text)
            found = self.rows(f"SELECT {', '.join(map(quoted, header))} FROM {table} ORDER BY 1")
            self.assertEqual([[r"\N" if cell is None else str(cell) for cell in row] for row in found], wanted, table)

    def test_rejects_are_listed_and_shown(self):
        reasons = collections.Counter(reason for (reason,) in self.rows("SELECT reason FROM weir_rejects WHERE sink = ''"))
        self.assertEqual(reasons, {"not_json": 1, "not_object": 1, "missing": 1, "null": 1, "wrong_type": 3, "invalid_utf8": 1, "nul_character": 1})
        # A time that no date can be written of: the two tables that need one refuse the row.
        self.assertEqual(self.rows("SELECT sink, count(*) FROM weir_rejects WHERE sink <> '' GROUP BY 1"), [("dim_date", 2), ("fact_sales", 2)])
        listed = weir("rejects", PIPELINE, **self.environment)
        self.assertRegex(listed.stdout, r"views\s+\(all\)\s+wrong_type\s+3")
        ((number, payload),) = self.rows("SELECT id, payload FROM weir_rejects WHERE reason = 'not_json'")
        self.assertIn(payload.decode(), weir("rejects", "show", PIPELINE, number, **self.environment).stdout)
        self.assertEqual(weir("rejects", "show", PIPELINE, number, "--raw", **self.environment).stdout, payload.decode())
        self.assertEqual(weir("rejects", "show", PIPELINE, 999, **self.environment).returncode, 2)

    def test_the_books_count_every_row(self):
        books = self.books()
        for table in TABLES:
            self.assertEqual(books["views", table]["read"], 28)
            self.assertEqual(books["views", table]["written"], self.rows(f"SELECT count(*) FROM {table}")[0][0])
        self.assertEqual(books["views", "dim_location"]["filtered"], 1)
        self.assertEqual(books["views", "dim_user_agent"]["filtered"], 1)
        self.assertEqual(books["views", "fact_sales"]["duplicates"], 2)

    def test_replay_settles_what_passes_now(self):
        tolerant = pathlib.Path(self.folder.name) / "tolerant.yaml"
        text = PIPELINE.read_text().replace("      id: string not null", "      id: string")
        tolerant.write_text(text.replace("sha2(concat(id,", "sha2(concat(coalesce(id, 'none'),"))
        before, facts = self.books(), self.rows("SELECT count(*) FROM fact_sales")[0][0]
        done = weir("rejects", "replay", tolerant, **self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("13 rejects tried: 2 settled, 11 stay", done.stdout)
        self.assertEqual(self.rows("SELECT count(*) FROM fact_sales")[0][0], facts + 2)
        self.assertEqual(self.rows("SELECT count(*) FROM weir_rejects WHERE reason IN ('missing', 'null')"), [(0,)])
        after = self.books()
        for table in TABLES:
            self.assertEqual(after["views", table]["rejected"], before["views", table]["rejected"] - 2, table)
            self.assertEqual(after["views", table]["read"], 28)
        # The same again finds nothing more to settle, and as it was before nothing passes.
        self.assertIn("11 rejects tried: 0 settled, 11 stay", weir("rejects", "replay", tolerant, **self.environment).stdout)

    def test_replay_of_one_of_the_rows_made_of_a_record(self):
        text = """
name: exploded
connections: { warehouse: { dsn: "${POSTGRES_URL}" } }
sources:
  views:
    type: kafka
    brokers: ${KAFKA_BROKERS}
    topic: product_view
    start: earliest
    format: json
    columns: { id: string not null, numbers: array<string>, deep: array<array<string>> }
sinks:
  # weir demo shows these two tables in the end.
  dim_product:
    input: views
    steps:
      - explode: { of: deep, as: list }
      - explode: { of: list, as: number }
      - where: number <> '0'
      - select: { product_key: id, name: CAST(number AS int) }
    connection: warehouse
    table: dim_product
  fact_sales:
    input: views
    steps: [{ explode: { of: numbers, as: number, position: n } }]
    select: { id: id, n: n, product_key: id, number: CAST(number AS int) }
    connection: warehouse
    table: fact_sales
"""
        folder = pathlib.Path(self.folder.name)
        strict, lenient, events = folder / "strict.yaml", folder / "lenient.yaml", folder / "events.jsonl"
        strict.write_text(text)
        lenient.write_text(text.replace("CAST", "TRY_CAST"))
        events.write_text('{"id": "a", "numbers": ["1", "x", "3", "y"], "deep": [["1", "x"], ["0"], ["y", "2"]]}\n{"id": "b", "numbers": ["z"]}\n')
        self.database = folder / "exploded.db"
        self.environment = {"POSTGRES_URL": f"sqlite:{self.database}", "KAFKA_BROKERS": "none:1"}
        done = weir("demo", "--events", events, "--partitions", 1, "--pipeline", strict, "--database", self.database)
        self.assertEqual(done.returncode, 0, done.stderr)
        parts = self.rows('SELECT sink, "offset", part FROM weir_rejects ORDER BY 1, 2, 3')
        self.assertEqual(parts, [("dim_product", 0, "0.1"), ("dim_product", 0, "2.0"), ("fact_sales", 0, "1"), ("fact_sales", 0, "3"), ("fact_sales", 1, "0")])

        def books():
            account = weir("account", "--json", strict, **self.environment)
            self.assertEqual(account.returncode, 0, account.stdout + account.stderr)
            return [{key: line[key] for key in ("sink", "read", "expanded", "written", "filtered", "rejected")}
                    for line in json.loads(account.stdout)["ledger"]]

        self.assertEqual(books(), [{"sink": "dim_product", "read": 2, "expanded": 4, "written": 2, "filtered": 2, "rejected": 2},
                                   {"sink": "fact_sales", "read": 2, "expanded": 3, "written": 2, "filtered": 0, "rejected": 3}])
        self.assertIn("5 rejects tried: 0 settled, 5 stay", weir("rejects", "replay", strict, **self.environment).stdout)
        listed = weir("rejects", strict, **self.environment).stdout
        self.assertRegex(listed, r"offset +part +sink")
        self.assertIn("part       2.0 (of the rows made of the record", weir("rejects", "show", strict, 5, **self.environment).stdout)
        done = weir("rejects", "replay", lenient, **self.environment)
        self.assertIn("5 rejects tried: 5 settled, 0 stay", done.stdout, done.stderr)
        self.assertEqual(self.rows("SELECT id, n, number FROM fact_sales ORDER BY 1, 2"),
                         [("a", 0, 1), ("a", 1, None), ("a", 2, 3), ("a", 3, None), ("b", 0, None)])
        self.assertEqual(self.rows("SELECT product_key, name FROM dim_product ORDER BY 1, 2"), [("a", None), ("a", None), ("a", 1), ("a", 2)])
        self.assertEqual(books(), [{"sink": "dim_product", "read": 2, "expanded": 4, "written": 4, "filtered": 2, "rejected": 0},
                                   {"sink": "fact_sales", "read": 2, "expanded": 3, "written": 5, "filtered": 0, "rejected": 0}])

    def test_replay_can_be_narrowed(self):
        done = weir("rejects", "replay", PIPELINE, "--reason", "not_json", **self.environment)
        self.assertIn("1 rejects tried: 0 settled, 1 stay", done.stdout)
        done = weir("rejects", "replay", PIPELINE, "--sink", "fact_sales", **self.environment)
        self.assertIn("2 rejects tried: 0 settled, 2 stay", done.stdout)

    def test_init_db_fills_the_dates_once(self):
        done = weir("init-db", "--from", "2024-02-28", "--to", "2024-03-01", PIPELINE, **self.environment)
        self.assertIn("dim_date: 3 days from 2024-02-28 to 2024-03-01, 3 rows are new", done.stdout)
        self.assertEqual(self.rows("SELECT day_of_week, day_of_week_short, is_weekday_or_weekend, day_of_month, year_month, month, day_of_year, "
                                   "week_of_year, quarter_number, year FROM dim_date WHERE full_date = '2024-02-29'"),
                         [(4, "Thu", "Weekday", 29, "2024-02", 2, 60, 9, 1, 2024)])
        again = weir("init-db", "--from", "2024-02-28", "--to", "2024-03-01", PIPELINE, **self.environment)
        self.assertIn("0 rows are new", again.stdout)
        self.assertEqual(self.books()["init-db", "dim_date"]["read"], 6)
        self.assertEqual(weir("init-db", "--from", "yesterday", PIPELINE, **self.environment).returncode, 2)

    def test_reset_forgets_and_sets_positions(self):
        done = weir("reset", "--yes", "--position", "product_view/0=5", PIPELINE, **self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.rows("SELECT position FROM weir_checkpoint"), [("5",)])
        self.assertEqual(weir("reset", "--yes", PIPELINE, **self.environment).returncode, 0)
        self.assertEqual(self.rows("SELECT count(*) FROM weir_checkpoint"), [(0,)])
        self.assertEqual(self.rows("SELECT count(*) FROM weir_rejects"), [(0,)])
        self.assertGreater(self.rows("SELECT count(*) FROM fact_sales")[0][0], 0)


def quoted(name):
    return f'"{name}"'


class Console(unittest.TestCase):
    """Pipelines with rows on stdout, run by weir demo on its embedded broker."""

    SOURCE = """
name: shown
sources:
  orders:
    type: kafka
    brokers: ${KAFKA_BROKERS:-none:1}
    topic: product_view
    start: earliest
    format: json
    columns: { id: string not null, amount: "decimal(10,2)", note: string }
"""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.database = self.folder / "demo.db"

    def run_on(self, events, sinks, **keywords):
        pipeline, input_file = self.folder / "shown.yaml", self.folder / "events.jsonl"
        pipeline.write_text(self.SOURCE + sinks)
        input_file.write_text("".join(json.dumps(event) + "\n" for event in events))
        self.database.unlink(missing_ok=True)
        return subprocess.run([weir_program, "demo", "--pipeline", pipeline, "--events", input_file, "--partitions", "1", "--database", self.database],
                              env=CLEAN, cwd=self.folder, stdout=keywords.get("stdout", subprocess.PIPE), stderr=subprocess.PIPE, text=True, timeout=120)

    def account(self, **environment):
        done = subprocess.run([weir_program, "account", "--json", self.folder / "shown.yaml"], env={**CLEAN, **environment}, cwd=self.folder,
                              capture_output=True, text=True, check=True)
        return {line["sink"]: line for line in json.loads(done.stdout)["ledger"]}

    def test_a_table_of_one_epoch(self):
        done = self.run_on([{"id": "a", "amount": 7, "note": "first\n\u001b[31mred"}], "sinks: { screen: { input: orders, type: console } }")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "screen: 1 row\n"
                                      "id  amount  note\n"
                                      "--  ------  ------------------\n"
                                      "a     7.00  first\\n\\x1b[31mred\n"
                                      "\n")
        self.assertRegex(done.stderr, r"sink +written .*\nscreen +1 +0 +0 +0\n")

    def test_the_books_are_in_a_file_beside_the_current_folder_or_in_the_one_named(self):
        self.run_on([{"id": "a"}, {"id": 5}], "sinks: { screen: { input: orders, type: console } }")
        self.assertTrue((self.folder / "shown.state.db").exists())
        line = self.account()["screen"]
        self.assertEqual((line["read"], line["written"], line["rejected"]), (2, 1, 1))
        self.run_on([{"id": "a"}], "state: named.db\nsinks: { screen: { input: orders, type: console } }")
        self.assertTrue((self.folder / "named.db").exists())
        self.assertEqual(self.account()["screen"]["read"], 1)

    def test_lines_beside_a_table(self):
        events = [{"id": str(number), "amount": number / 4} for number in range(500)]
        done = self.run_on(events, """
sinks:
  lines: { input: orders, where: amount >= 100, select: { id: id, amount: amount }, type: console, format: json }
  stored: { input: orders, dsn: "${POSTGRES_URL:-sqlite:none.db}", key: [id] }
""")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split("\n\n")[0].strip().split("\n")[:100],
                         [f'{{"id":"{number}","amount":{number / 4:.2f}}}' for number in range(400, 500)])
        connection = sqlite3.connect(self.database)
        self.assertEqual(connection.execute("SELECT count(*) FROM stored").fetchone(), (500,))
        self.assertEqual(connection.execute("SELECT sink, sum(read), sum(written), sum(filtered) FROM weir_ledger GROUP BY sink").fetchall(),
                         [("lines", 500, 100, 400), ("stored", 500, 500, 0)])
        connection.close()
        self.assertFalse((self.folder / "shown.state.db").exists())

    def test_of_groups_with_one_key_the_last_is_shown(self):
        done = self.run_on([{"id": "a", "note": "z"}], """
sinks:
  screen:
    input: orders
    steps:
      - explode: { of: "array('x', 'y', 'w')", as: tag }
      - aggregate: { by: [id, tag], select: { n: count(*) } }
    type: console
    key: [id]
""")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "screen: 1 row\nid  tag  n\n--  ---  -\na   w    1\n\n")

    def test_windows_are_shown_whenever_they_change_or_when_they_are_final(self):
        source = self.SOURCE
        self.addCleanup(setattr, self, "SOURCE", source)
        self.SOURCE = source.replace("note: string }", "note: string, ts: timestamp not null }\n    watermark: ts - INTERVAL 1 MINUTE")
        events = [{"id": number, "amount": amount, "note": "n", "ts": ts} for number, amount, ts in
                  (("a", 1, "2024-11-01T10:00:00Z"), ("b", 2, "2024-11-01T10:01:00Z"), ("c", 4, "2024-11-01T10:07:00Z"), ("late", 8, "2024-11-01T10:02:00Z"))]
        done = self.run_on(events, """
transforms:
  totals:
    input: orders
    steps: [{ aggregate: { window: "tumble(ts, INTERVAL 5 MINUTES)", by: [note], select: { total: sum(amount) } } }]
  running:
    input: totals
    steps: [{ extend: { running: sum(total) OVER (PARTITION BY note ORDER BY window_end) } }]
sinks:
  closed: { input: totals, select: [window_end, total], type: console, format: json, emit: final }
  changes: { input: running, select: [window_end, total, running], type: console, format: json, key: [window_end] }
""")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        # The demo ends as a run to the end does: the second window, which is open, is written too.
        self.assertEqual([row for row in rows if "running" not in row], [{"window_end": "2024-11-01T10:05:00.000Z", "total": 3.0},
                                                                            {"window_end": "2024-11-01T10:10:00.000Z", "total": 4.0}])
        newest = {row["window_end"][11:16]: (row["total"], row["running"]) for row in rows if "running" in row}
        self.assertEqual(newest, {"10:05": (3.0, 3.0), "10:10": (4.0, 7.0)})
        self.assertEqual(self.account()["closed"]["late"], 1)
        done = subprocess.run([weir_program, "state", "show", "--json", self.folder / "shown.yaml"], env=CLEAN, cwd=self.folder, capture_output=True, text=True,
                              check=True)
        state = json.loads(done.stdout)
        self.assertEqual(state["windows_closed_until"], "2024-11-01 10:06:00")
        names = [kept["name"].split("/")[0] for kept in state["state"]]
        self.assertEqual(names, ["(watermarks)", "totals", "totals"])  # one open window, and what the running total goes on from
        self.assertEqual([kept["rows"] for kept in state["state"]], [1, 1, 1])

    def test_a_closed_pipe_ends_the_run(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = self.run_on([{"id": "a"}], "sinks: { lines: { input: orders, select: [id], type: console, format: json } }", stdout=writer)
        os.close(writer)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("error: sink lines: nobody reads what is written to stdout any more (the pipe is closed)", done.stderr)
        self.assertEqual(self.account()["lines"]["written"], 1)

    def test_a_closed_stdout_gets_into_no_other_file(self):
        self.run_on([], "sinks: { lines: { input: orders, select: [id], type: console, format: json } }")
        (self.folder / "events.jsonl").write_text('{"id": "a"}\n')
        command = f"exec {weir_program} demo --pipeline shown.yaml --events events.jsonl --partitions 1 --database other.db >&-"
        done = subprocess.run(["sh", "-c", command], env=CLEAN, cwd=self.folder, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("error: sink lines: stdout cannot be written: Bad file descriptor", done.stderr)

    def test_replayed_rejects_are_shown(self):
        self.run_on([{"id": 5, "note": "n"}], "sinks: { lines: { input: orders, select: [id, note], type: console, format: json } }")
        pipeline = self.folder / "shown.yaml"
        pipeline.write_text(pipeline.read_text().replace("id: string not null", "id: bigint not null"))
        done = subprocess.run([weir_program, "rejects", "replay", pipeline], env=CLEAN, cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.splitlines()[0], '{"id":5,"note":"n"}')
        self.assertIn("1 rejects tried: 1 settled, 0 stay", done.stdout)
        self.assertEqual(self.account()["lines"]["written"], 1)

    def test_explain_says_what_is_promised(self):
        self.run_on([{"id": "a"}], "sinks: { screen: { input: orders, type: console } }")
        text = weir("explain", self.folder / "shown.yaml").stdout
        self.assertIn("at least once, after the commit", text)
        self.assertIn("sink console: Shows rows on stdout", weir("list", "connectors").stdout)


class Stopping(unittest.TestCase):
    def start(self, folder):
        self.database = pathlib.Path(folder) / "endless.db"
        process = subprocess.Popen([weir_program, "demo", "--count", "0", "--rate", "2000", "--database", str(self.database)], cwd=ROOT, env=CLEAN,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not self.committed():
            time.sleep(0.1)
        self.assertTrue(self.committed(), "nothing was committed in 30 s")
        return process

    def committed(self):
        if not self.database.exists():
            return 0
        connection = sqlite3.connect(self.database, timeout=10)
        try:
            return connection.execute("SELECT coalesce(sum(read), 0) FROM weir_ledger WHERE sink = 'fact_sales'").fetchone()[0]
        except sqlite3.OperationalError:
            return 0
        finally:
            connection.close()

    def test_the_first_signal_commits_and_ends_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with tempfile.TemporaryDirectory() as folder:
                process = self.start(folder)
                process.send_signal(number)
                _, errors = process.communicate(timeout=30)
                self.assertEqual(process.returncode, 0, errors)
                read, committed = re.search(r"read ([\d,]+) rows, committed ([\d,]+)", errors).groups()
                self.assertEqual(read, committed)
                self.assertEqual(self.committed(), int(committed.replace(",", "")))

    def test_a_second_signal_ends_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            process = self.start(folder)
            # The drain cannot end while another program holds the database.
            holder = sqlite3.connect(self.database, timeout=30, isolation_level=None)
            self.addCleanup(holder.close)
            holder.execute("BEGIN IMMEDIATE")
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=5), 128 + signal.SIGTERM)
            process.communicate()


class AggregatesOfAggregates(unittest.TestCase):
    PIPELINE = """name: sums
connections: { store: { dsn: "sqlite:sums.db" } }
sources:
  bid:
    type: nexmark
    table: bid
    events: EVENTS
    first_event_rate: 10
    format: json
    columns: { auction: bigint not null, price: bigint not null, dateTime: timestamp not null }
    watermark: dateTime - INTERVAL 4 SECONDS
transforms:
  parts:
    input: bid
    steps: [{ aggregate: { window: "tumble(dateTime, INTERVAL 10 SECONDS)", by: { remainder: auction % 3 }, select: { n: count(*), best: max(price) } } }]
  ever:
    input: parts
    steps: [{ where: n > LEAST }, { aggregate: { by: [remainder], select: { n: sum(n), best: max(best) } } }]
sinks:
  ever: { input: ever, connection: store, key: [remainder], on_conflict: update }
"""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_with(self, **words):
        text = self.PIPELINE
        for word, value in words.items():
            text = text.replace(word, str(value))
        (self.folder / "sums.yaml").write_text(text)
        return subprocess.run([weir_program, "run", "--until-end", "sums.yaml"], env=CLEAN, cwd=self.folder, capture_output=True, text=True, timeout=60)

    def kept(self):
        done = subprocess.run([weir_program, "state", "show", "--json", "sums.yaml"], env=CLEAN, cwd=self.folder, capture_output=True, text=True, check=True)
        return {re.sub("/[0-9a-f]{16}", "", kept["name"]): kept["rows"] for kept in json.loads(done.stdout)["state"]}

    def test_what_windows_that_are_gone_added_is_kept_by_outer_group(self):
        self.assertEqual(self.run_with(EVENTS=1000, LEAST=0).returncode, 0)
        kept = self.kept()
        self.assertEqual((kept["ever"], kept["ever/gone"]), (3, 3))
        self.assertLessEqual(kept["parts"], 2 * 3)  # windows that are open

    def test_another_choice_among_inner_rows_does_not_go_on_from_the_sums_of_the_first(self):
        self.assertEqual(self.run_with(EVENTS=500, LEAST=1).returncode, 0)
        self.assertEqual(self.run_with(EVENTS=600, LEAST=1).returncode, 0)
        done = self.run_with(EVENTS=700, LEAST=2)
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("the stored state is of a step that this pipeline does not have: ever/", done.stderr)
        self.assertIn("weir reset", done.stderr)


if __name__ == "__main__":
    weir_program = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
