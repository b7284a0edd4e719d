#!/usr/bin/env python3
"""weir report on real databases: the reports that are shipped, and what becomes of those that go wrong. Tables are those of pipelines/*/expected."""
import collections
import csv
import decimal
import io
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "services"))
import postgres  # noqa: E402

WEIR = os.environ.get("WEIR_BINARY", str(ROOT / "build" / "release" / "weir"))
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("KAFKA_", "POSTGRES_", "DIM_", "PG", "GEO_"))}
DAY = "2024-11-01"


def rows_of(pipeline: str, table: str) -> list:
    with open(ROOT / "pipelines" / pipeline / "expected" / f"{table}.csv", newline="", encoding="utf-8") as file:
        return [{key: None if value == "\\N" else value for key, value in row.items()} for row in csv.DictReader(file)]


def literal(value) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def most_common(counter, count=None) -> list:
    """Most first, then by name."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:count]


class Reports:
    """What holds on every database."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-test-"))
        cls.folder.chmod(0o755)
        cls.start()
        for pipeline, tables in (("product_view", ("dim_product", "dim_location", "dim_user_agent", "fact_sales")), ("purchase", ("retail",))):
            cls.init(pipeline)
            for table in tables:
                cls.fill(table, rows_of(pipeline, table))
        (cls.folder / "wide").mkdir()

    @classmethod
    def init(cls, pipeline):
        done = cls.weir("init-db", cls.file(pipeline), DIM_DATE_FROM="2024-11-01", DIM_DATE_TO="2024-11-02")
        if done.returncode != 0:
            raise AssertionError(done.stderr)

    @staticmethod
    def file(pipeline, ending="yaml"):
        return ROOT / "pipelines" / pipeline / f"{pipeline}.{ending}"

    @classmethod
    def weir(cls, *arguments, **environment):
        return subprocess.run([WEIR, *map(str, arguments)], env={**CLEAN, "POSTGRES_URL": cls.dsn, **environment}, capture_output=True, text=True, timeout=120)

    def ask(self, pipeline, *arguments, ending="yaml"):
        done = self.weir("report", self.file(pipeline, ending), "--format", "json", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return {report["name"]: [tuple(row.values()) for row in report["rows"]] for report in json.loads(done.stdout, parse_float=decimal.Decimal)["reports"]}

    def pipeline(self, *reports, name="own.yaml", more=""):
        """A file of one's own with these reports, as lines below `reports:`."""
        path = self.folder / name
        text = "\n".join("  " + line for report in reports for line in report.splitlines())
        path.write_text(f"""name: own
connections: {{ store: {{ dsn: "{self.dsn}" }} }}
sources:
  views: {{ type: kafka, brokers: "localhost:1", topic: t, format: json, columns: {{ id: string not null }} }}
sinks:
  out: {{ input: views, key: [id] }}
{more}reports:
{text}
""")
        return path

    def test_product_view(self):
        facts = rows_of("product_view", "fact_sales")
        names = {row["product_key"]: row["name"] for row in rows_of("product_view", "dim_product")}
        agents = {row["user_agent_key"]: row for row in rows_of("product_view", "dim_user_agent")}
        countries = {row["ip_key"]: row["country_name"] or "Unknown" for row in rows_of("product_view", "dim_location")}
        for day in sorted({row["full_date"] for row in facts}) + [None]:
            of_day = [row for row in facts if row["full_date"] == (day or max(row["full_date"] for row in facts))]
            found = self.ask("product_view", *(["--set", f"day={day}"] if day else []))
            with self.subTest("products", day=day):
                wanted = [(names[key], key, count) for key, count in most_common(collections.Counter(row["product_key"] for row in of_day), 10)]
                self.assertEqual(found["top_products"], wanted)
            with self.subTest("countries", day=day):
                self.assertEqual(found["top_countries"], most_common(collections.Counter(countries.get(row["ip_key"], "Unknown") for row in of_day), 10))
            with self.subTest("referrers", day=day):
                self.assertEqual(found["top_referrers"], most_common(collections.Counter(row["referrer_url"] for row in of_day if row["referrer_url"]), 5))
            with self.subTest("products by hour", day=day):
                hours = collections.Counter((row["product_key"], row["full_time"][:2]) for row in of_day)
                self.assertEqual(found["products_by_hour"], [(*key, count) for key, count in sorted(hours.items())])
            with self.subTest("browsers by hour", day=day):
                unknown = {"browser": "Unknown", "os": "Unknown"}
                shares = collections.Counter((row["full_time"][:2], *(agents.get(row["user_agent_key"], unknown)[column] for column in ("browser", "os"))) for row in of_day)
                self.assertEqual(found["browsers_by_hour"], [(*key, count) for key, count in sorted(shares.items(), key=lambda one: (one[0][0], -one[1], one[0][1:]))])
        with self.subTest("stores"):
            stores = collections.Counter((countries.get(row["ip_key"], "Unknown"), row["store_id"]) for row in facts)
            for country, store, views, place in found["stores_by_country"]:
                self.assertEqual(stores[country, store], views)
                self.assertEqual(place, 1 + sum(1 for key, count in stores.items() if key[0] == country and count > views))
            self.assertEqual(len(found["stores_by_country"]), len(stores))
        self.assertEqual(self.ask("product_view", ending="weir"), self.ask("product_view"))

    def test_purchase(self):
        rows = [{**row, "amount": decimal.Decimal(row["total_amount"]), "day": row["window_start"][:10]} for row in rows_of("purchase", "retail")]
        for day in sorted({row["day"] for row in rows}) + [None]:
            of_day = [row for row in rows if row["day"] == (day or max(row["day"] for row in rows))]
            found = self.ask("purchase", *(["--set", f"day={day}"] if day else []))
            for report, column in (("categories", "category"), ("payment_methods", "payment_method")):
                with self.subTest(report, day=day):
                    amounts = collections.Counter()
                    for row in of_day:
                        amounts[row[column]] += row["amount"]
                    self.assertEqual([(name, decimal.Decimal(amount)) for name, amount, _ in found[report]], most_common(amounts))
            with self.subTest("hours", day=day):
                hours = collections.Counter()
                for row in of_day:
                    hours[row["window_start"][11:13]] += row["amount"]
                self.assertEqual([(hour, decimal.Decimal(amount)) for hour, amount, _ in found["amount_by_hour"]], sorted(hours.items()))
        ends = collections.Counter()
        for row in rows:
            ends[row["window_end"]] += row["amount"]
        total, wanted = decimal.Decimal(0), []
        for end in sorted(ends):
            total += ends[end]
            wanted.append((end, total))
        self.assertEqual([(end[:19], decimal.Decimal(amount)) for end, amount in found["running_total"]], wanted)
        latest = {}
        for row in sorted(rows, key=lambda row: row["window_end"]):
            latest[row["category"], row["payment_method"]] = (row["window_end"], decimal.Decimal(row["running_total"]))
        self.assertEqual({(category, method): (end[:19], decimal.Decimal(amount)) for category, method, end, amount in found["running_totals"]}, latest)
        newest = sorted(ends, reverse=True)
        self.assertEqual({category: decimal.Decimal(amount or 0) for category, amount, _ in found["latest_windows"]},
                         {category: sum(row["amount"] for row in rows if row["category"] == category and row["window_end"] in newest[:6]) for category, *_ in found["latest_windows"]})
        self.assertEqual(self.ask("purchase", ending="weir"), self.ask("purchase"))

    def test_pages_and_pictures_are_well_formed(self):
        for pipeline in ("product_view", "purchase"):
            page = self.folder / f"{pipeline}.html"
            done = self.weir("report", self.file(pipeline), "--format", "html", "--output", page)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
            root = xml.etree.ElementTree.parse(page).getroot()
            sections = root.findall(".//{*}section")
            self.assertEqual(len(sections), len(self.ask(pipeline)))
            self.assertNotRegex(page.read_text(), r"<script|https?://(?!www\.w3\.org)")
        for report in ("categories", "payment_methods", "running_total"):
            done = self.weir("report", self.file("purchase"), report, "--format", "svg")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            root = xml.etree.ElementTree.fromstring(done.stdout)
            self.assertEqual((root.tag, root.get("role")), ("{http://www.w3.org/2000/svg}svg", "img"))

    def test_csv_and_table(self):
        done = self.weir("report", self.file("purchase"), "categories", "--format", "csv")
        self.assertEqual(done.returncode, 0)
        rows = list(csv.reader(done.stdout.splitlines()))
        self.assertEqual(rows[0], ["category", "amount", "quantity"])
        self.assertEqual([row[0] for row in rows[1:]], [row[0] for row in self.ask("purchase", "categories")["categories"]])
        done = self.weir("report", self.file("purchase"), "categories")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "Amount of each category (day = NULL)")
        self.assertRegex(lines[1], r"^category +amount +quantity$")
        self.assertIn("█" * 40, lines[2])  # the longest one

    def test_parameters_are_values_and_not_text(self):
        path = self.pipeline("""echo:
  parameters: { word: tea, n: 7 }
  sql: select cast(:word as text) as word, ':word' as quoted, :n + 1 as more""")
        for word in ("tea", "it's; drop table out; --", "", ":n", "é ☕", "$1"):
            done = self.weir("report", path, "--format", "json", "--set", f"word={word}", "--set", "n=41")
            self.assertEqual((done.returncode, done.stderr), (0, ""), word)
            self.assertEqual(json.loads(done.stdout)["reports"][0]["rows"], [{"word": word, "quoted": ":word", "more": 42}])
        done = self.weir("report", path, "--set", "n=many")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("parameter n of report echo is a number, and not 'many'", done.stderr)
        done = self.weir("report", path, "--set", "wrod=x")
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean word?", done.stderr)

    def test_nothing_is_changed(self):
        self.weir("init-db", self.pipeline("one: { sql: select 1 as one }"))
        path = self.pipeline("write:\n  sql: with gone as (select 1) " + self.changing)
        done = self.weir("report", path)
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r"error\[W1106\]: report write:")

    def test_wrong_sql_is_shown_where_it_stands(self):
        path = self.pipeline("wrong:\n  parameters: { day: a }\n  sql: |\n    select :day as day,\n           é.amout as x\n    from out as é")
        self.weir("init-db", path)
        done = self.weir("report", path)
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r"error\[W1106\]: report wrong: .*amout")
        self.assertRegex(done.stderr, rf"own\.yaml:{path.read_text().splitlines().index('             é.amout as x') + 1}:14\n")

    def test_one_that_fails_leaves_the_others(self):
        path = self.pipeline("lost: { sql: select * from not_there }", "one: { sql: select 1 as one }")
        done = self.weir("report", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("error[W0805]: report lost", done.stderr)
        self.assertIn("one\n  1\n", done.stdout.replace("\none\n", "\none\n  ", 1))
        done = self.weir("report", path, "--format", "html")
        self.assertEqual(done.returncode, 1)
        self.assertIn('<p class="failed">report lost', done.stdout)

    def test_too_many_rows_and_too_much_time(self):
        count = "with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) select {} from n"
        path = self.pipeline("many: { sql: '" + count.format(100_001, "i") + "' }", "slow: { sql: '" + count.format(2_000_000_000, "count(*) as n") + "' }", "one: { sql: select 1 as one }")
        done = self.weir("report", path, "many", "--format", "json")
        report = json.loads(done.stdout)["reports"][0]
        self.assertEqual((len(report["rows"]), report["complete"]), (100_000, False))
        self.assertIn("the first 100000 rows; there are more", self.weir("report", path, "many").stdout)
        start = time.monotonic()
        done = self.weir("report", path, "--timeout", "300ms", "slow", "one")
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(done.returncode, 1)
        self.assertIn("report slow: the database was not done after 0.3 s", done.stderr)
        self.assertIn("one\n", done.stdout)
        child = subprocess.Popen([WEIR, "report", str(path), "slow"], env=CLEAN, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1)
        child.send_signal(signal.SIGINT)
        out, errors = child.communicate(timeout=20)
        self.assertEqual(child.returncode, 1)
        self.assertIn("report slow: it was cancelled", errors)

    def test_charts_say_what_they_cannot_draw(self):
        path = self.pipeline("words: { chart: bar, sql: \"select 'a' as a, 'b' as b\" }", "named: { chart: bar, y: amuont, sql: \"select 'a' as a, 1 as amount\" }",
                             "twice: { sql: 'select 1 as a, 2 as a' }", "nothing: { chart: line, sql: 'select 1 as a, 2 as b where 1 = 0' }")
        for report, said in (("words", "the result of report words has no numbers to draw"), ("named", "unknown column for y of report named: amuont"), ("twice", "two columns of report twice are called a")):
            done = self.weir("report", path, report, "--format", "json")
            self.assertEqual(done.returncode, 78, report)
            self.assertIn("error[W1107]: ", done.stderr)
            self.assertIn(said, done.stderr)
        done = self.weir("report", path, "nothing", "--format", "svg")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("no rows", done.stdout)

    def test_any_text_gives_well_formed_pages(self):
        texts = ["<script>alert(1)</script>", "]]>", "&amp;", "'\"`", "a\nb\tc", "\x01\x1b[31m\x7f\x85\ufffe", "é ☕ 漢字 \u202e", "", " ", "x" * 5000, "-->", "<!--", "&#0;"]
        columns = "".join(f", ({i}, {self.text(text)})" for i, text in enumerate(texts[1:], 1))
        for chart in ("bar", "line", "pie", "table"):
            sql = f"select t.b as \"<b>&\", t.a + 1 as \"n'\" from (select 0 as a, {self.text(texts[0])} as b union all select * from (values {columns[2:]}) as v) as t"
            path = self.pipeline(f"odd:\n  chart: {chart}\n  title: {json.dumps(texts[0])}\n  description: {json.dumps(texts[2])}\n  sql: {json.dumps(sql)}")
            for name in ("html", "svg") if chart != "table" else ("html",):
                done = self.weir("report", path, "--format", name)
                self.assertEqual((done.returncode, done.stderr), (0, ""), chart)
                root = xml.etree.ElementTree.fromstring(done.stdout)
                self.assertEqual(root.findall(".//{*}script"), [])
                whole = "".join(root.itertext())
                self.assertIn("<script>alert(1)</script>", whole)
                self.assertNotRegex(done.stdout, "[\x00-\x08\x0b-\x1f\x7f]")
        done = self.weir("report", path)
        self.assertNotIn("\x1b", done.stdout)
        self.assertIn("\\x1b[31m", done.stdout)
        self.assertEqual(len(json.loads(self.weir("report", path, "--format", "json").stdout)["reports"][0]["rows"]), len(texts))
        self.assertEqual(len(list(csv.reader(io.StringIO(self.weir("report", path, "--format", "csv").stdout, newline="")))), len(texts) + 1)

    def test_check_connect_asks_the_database_about_reports(self):
        path = self.pipeline("good: { sql: select count(*) as n from out }", "typo: { sql: select count(*) as n from outt }", "column: { sql: select nmae from out }", "chart: { chart: bar, y: [m], sql: 'select id, 1 as n from out' }",
                             "type: { parameters: { n: 1 }, sql: 'select id from out limit :n' }")
        self.weir("init-db", path)
        done = self.weir("check", path, "--connect", "--format", "json")
        said = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([one["code"] for one in said if "report" in one["message"]], ["W0805", "W1106", "W1107"])
        self.assertEqual(done.returncode, 1)
        later = self.pipeline("early: { sql: select count(*) as n from tables_to_come }", name="later.yaml").read_text().replace("  out: {", "  tables_to_come: {")
        (self.folder / "later.yaml").write_text(later)
        done = self.weir("check", self.folder / "later.yaml", "--connect")
        self.assertRegex(done.stdout, r"later   report early: .*tables_to_come.*, which weir run makes when it starts")
        self.assertNotIn("report", done.stderr)

    def test_numbers_keep_their_digits(self):
        path = self.pipeline("exact: { chart: number, title: Money, sql: \"select " + self.exact + " as money\" }")
        self.assertEqual(self.weir("report", path).stdout, "Money\n12345678901234567890.10\n")
        for name in ("json", "csv", "svg", "html"):
            self.assertIn("12345678901234567890.10", self.weir("report", path, "--format", name).stdout)


class OnSqlite(Reports, unittest.TestCase):
    @staticmethod
    def text(text):
        return "cast(x'" + text.encode().hex() + "' as text)"

    changing = "delete from out"
    exact = "'12345678901234567890.10'"

    @classmethod
    def start(cls):
        cls.dsn = f"sqlite:{cls.folder}/reports.db"

    @classmethod
    def fill(cls, table, rows):
        with sqlite3.connect(cls.folder / "reports.db") as database:
            for row in rows:
                values = [value + "Z" if value and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", value) else value for value in row.values()]
                if table == "retail":
                    row, values = {**row, "timestamp": ""}, [*values, "2024-11-01 00:00:00Z"]
                database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", values)

    def test_the_page_of_reports(self):
        """What docs/reports.md shows is what comes out."""
        page = (ROOT / "docs" / "reports.md").read_text()
        blocks = re.findall(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", page, re.M | re.S)
        folder = self.folder / "page"
        folder.mkdir()
        yaml, statement = next(text for kind, use, text in blocks if (kind, use) == ("yaml", "pipeline")), next(text for kind, use, text in blocks if (kind, use) == ("sql", "pipeline"))
        (folder / "takings.yaml").write_text(yaml)
        run = lambda *arguments: subprocess.run([WEIR, *arguments], cwd=folder, env=CLEAN, capture_output=True, text=True, timeout=60)  # noqa: E731
        self.assertEqual(run("init-db", "takings.yaml").returncode, 0)
        with sqlite3.connect(folder / "shop.db") as database:
            database.execute(next(text for kind, use, text in blocks if kind == "sql" and not use))
        shown = 0
        for console in (text for kind, _, text in blocks if kind == "console"):
            for command, wanted in re.findall(r"^\$ weir (.*)\n((?:(?!\$ ).*\n)*)", console, re.M):
                done = run(*command.split())
                self.assertEqual((done.stdout, done.stderr), (wanted, ""), command)
                shown += 1
        self.assertEqual(shown, 4)
        translated = run("fmt", "--to", "weir", "takings.yaml").stdout
        (folder / "takings.weir").write_text(translated[:translated.index("CREATE REPORT")] + statement)
        done = run("report", "takings.weir", "cities", "--format", "csv")
        self.assertEqual((done.stdout, done.stderr), (run("report", "takings.yaml", "cities", "--format", "csv").stdout, ""))

    def test_there_is_no_database_yet(self):
        done = self.weir("report", self.file("purchase"), POSTGRES_URL=f"sqlite:{self.folder}/none.db")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no database", done.stderr)
        self.assertFalse((self.folder / "none.db").exists())


class OnPostgres(Reports, unittest.TestCase):
    @staticmethod
    def text(text):
        return "convert_from('\\x" + text.encode().hex() + "', 'UTF8')"

    changing = ", more as (delete from out returning 1) select * from gone"
    exact = "12345678901234567890.10"

    @classmethod
    def start(cls):
        cls.server = postgres.start(cls.folder / "postgres")
        cls.addClassCleanup(cls.server.stop)
        cls.dsn = cls.server.dsn

    @classmethod
    def execute(cls, statement):
        cls.server.sql(statement)

    @classmethod
    def fill(cls, table, rows):
        if table == "retail":
            rows = [{**row, "timestamp": "2024-11-01 00:00:00"} for row in rows]
        for start in range(0, len(rows), 100):
            values = ", ".join(f"({', '.join(literal(value) for value in row.values())})" for row in rows[start:start + 100])
            cls.execute(f"SET TimeZone = 'UTC'; INSERT INTO {table} ({', '.join(rows[0])}) VALUES {values}")

    def test_a_role_that_may_not_read(self):
        self.execute("CREATE ROLE nobody_much LOGIN")
        done = self.weir("report", self.file("purchase"), "categories", POSTGRES_URL=self.dsn.replace("postgres@", "nobody_much@"))
        self.assertEqual(done.returncode, 78)
        self.assertIn("error[W0804]: report categories: permission denied", done.stderr)
        self.execute("GRANT SELECT ON retail TO nobody_much")
        done = self.weir("report", self.file("purchase"), "categories", POSTGRES_URL=self.dsn.replace("postgres@", "nobody_much@"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_what_only_postgres_writes(self):
        path = self.pipeline("own:\n  parameters: { day: 2024-11-01, it: \"x\" }\n  sql: |\n    select :day::date + 1 as day, $q$:nothing$q$ as quoted, E'\\':nothing' as escaped, (array[1, 2, 3])[1 : 2] as part, :it::text as it -- :nothing\n    /* /* :nothing */ ' */")
        done = self.weir("report", path, "--format", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        report = json.loads(done.stdout)["reports"][0]
        self.assertEqual(report["rows"], [{"day": "2024-11-02", "quoted": ":nothing", "escaped": "':nothing", "part": "{1,2}", "it": "x"}])
        self.assertEqual([column["type"] for column in report["columns"]], ["date", "text", "text", "integer[]", "text"])

    def test_reports_of_one_page_see_one_moment(self):
        self.execute("CREATE TABLE IF NOT EXISTS moments (n int); TRUNCATE moments; INSERT INTO moments VALUES (1)")
        path = self.pipeline("first: { sql: 'select count(*) as n, pg_sleep(2) as s from moments' }", "second: { sql: select count(*) as n from moments }")
        child = subprocess.Popen([WEIR, "report", str(path), "--format", "json"], env=CLEAN, stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        self.execute("INSERT INTO moments VALUES (2)")
        out, _ = child.communicate(timeout=30)
        self.assertEqual([report["rows"][0]["n"] for report in json.loads(out)["reports"]], [1, 1])


if __name__ == "__main__":
    unittest.main()
