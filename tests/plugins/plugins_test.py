#!/usr/bin/env python3
"""plugins_test.py - builds plugins outside the tree and loads them, good and broken. Usage: plugins_test.py BUILD_FOLDER [unittest's arguments]"""
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("KAFKA_", "POSTGRES_", "DIM_", "PG", "WEIR_"))}
build_folder = None
scene = None

PIPELINE = """
name: shop
{head}
connections:
  warehouse: {{ dsn: "${{POSTGRES_URL}}" }}
sources:
  views:
    type: kafka
    brokers: ${{KAFKA_BROKERS}}
    topic: product_view
    start: earliest
    format: json
    columns: {{ id: string not null, name: string, number: bigint }}
sinks:
  # weir demo shows these two tables in the end.
  dim_product:
    input: views
    select: {{ product_key: id, name: name }}
    connection: warehouse
    table: dim_product
    key: [product_key]
  fact_sales:
    input: views
    select: {{ id: id, product_key: id, computed: "{expression}" }}
    connection: warehouse
    table: fact_sales
    key: [id]
"""


class Scene:
    """An install prefix and a folder to work in, made once."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.prefix = self.folder / "prefix"
        run("cmake", "--install", build_folder, "--prefix", self.prefix)
        self.weir_program = self.prefix / "bin/weir"

    def weir(self, *arguments, **environment):
        return subprocess.run([str(self.weir_program), *map(str, arguments)], env={**CLEAN, **environment}, cwd=self.folder, capture_output=True,
                              text=True, timeout=120)

    def build(self, project):
        """Configures, builds and tests a project as its author would; returns its build folder."""
        build = self.folder / f"build-{project.name}"
        run("cmake", "-S", project, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", build)
        run("ctest", "--test-dir", build, "--output-on-failure")
        return build

    def compile(self, name, source, *options):
        compiler = os.environ.get("CXX", "c++") if source.suffix == ".cpp" else os.environ.get("CC", "cc")
        file = self.folder / f"{name}.so"
        run(compiler, "-shared", "-fPIC", "-fvisibility=hidden", f"-I{self.prefix}/include", *options, source, "-o", file)
        return file

    def plan_of(self, head, expression):
        """The fingerprint of the pipeline's plan."""
        file = self.folder / "plan.yaml"
        file.write_text(PIPELINE.format(head=head, expression=expression))
        done = self.weir("explain", file, KAFKA_BROKERS="localhost:9", POSTGRES_URL="sqlite:plan.db")
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return re.search(r"\(plan ([0-9a-f]{16})\)", done.stdout).group(1)

    def run_pipeline(self, name, head, expression, events, pipeline=PIPELINE, **environment):
        """The computed values by id, the rejects by id, and what the command said."""
        file = self.folder / f"{name}.yaml"
        file.write_text(pipeline.format(head=head, expression=expression))
        lines = self.folder / f"{name}.jsonl"
        lines.write_text("".join(json.dumps(event) + "\n" for event in events))
        database = self.folder / f"{name}.db"
        done = self.weir("demo", "--events", lines, "--partitions", 1, "--pipeline", file, "--database", database, **environment)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        connection = sqlite3.connect(database)
        try:
            values = dict(connection.execute("SELECT id, computed FROM fact_sales"))
            rejects = {json.loads(payload)["id"]: (reason, message)
                       for payload, reason, message in connection.execute("SELECT payload, reason, message FROM weir_rejects")}
        finally:
            connection.close()
        return values, rejects, done.stdout + done.stderr


def run(*command):
    done = subprocess.run(list(map(str, command)), env=CLEAN, capture_output=True, text=True, timeout=280)
    if done.returncode != 0:
        raise AssertionError(f"{command}\n{done.stdout}{done.stderr}")
    return done.stdout


class Projects(unittest.TestCase):
    def test_a_new_project_builds_and_runs_in_a_pipeline(self):
        self.assertEqual(scene.weir("plugin", "new", "shop").returncode, 0)
        build = scene.build(scene.folder / "shop")
        events = [{"id": "1", "name": "Ada Lovelace"}, {"id": "2", "name": None}, {"id": "3", "name": ""}]
        values, rejects, _ = scene.run_pipeline("new", f"plugins: [{build.name}/shop.so]", "shop_initials(name)", events)
        self.assertEqual((values, rejects), ({"1": "AL", "2": None, "3": ""}, {}))

    def test_new_refuses_what_is_no_name_and_a_folder_that_is_there(self):
        (scene.folder / "taken").mkdir()
        for arguments, message in ((["Shop"], "not a name for a plugin: Shop"), (["taken"], "cannot make the folder taken: it exists")):
            done = scene.weir("plugin", "new", *arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)

    def test_the_example_in_cpp(self):
        file = scene.build(shutil.copytree(ROOT / "udf/examples/cpp", scene.folder / "cpp")) / "text_measures.so"
        checked = scene.weir("plugin", "check", file)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertIn("ok    ean_check_digit('4006381333931') = 1", checked.stdout)
        self.assertIn("ok    split_words('to be') = to, 1; be, 2", checked.stdout)
        self.assertIn("geometric_mean(value double) -> double: an aggregate", checked.stdout)
        events = [{"id": "1", "name": "4006381333931"}, {"id": "2", "name": "400638133393x"}, {"id": "3", "name": "x006381333931"}]
        values, rejects, _ = scene.run_pipeline("cpp", f"plugins: ['{file}']", "ean_check_digit(name)", events)
        self.assertEqual(values, {"1": 1, "2": 1})
        reason, message = rejects["3"]
        self.assertEqual(reason, "bad_article")
        self.assertRegex(message, r"plugin text_measures \(.*text_measures\.so\), function ean_check_digit: not a digit: x")
        words = PIPELINE.replace("    input: views\n    select: {{ id: id, product_key: id, computed: \"{expression}\" }}", """    input: views
    steps:
      - explode: {{ of: split_words(name), as: [word, place] }}
      - select: {{ id: "concat(id, '-', place)", product_key: id, computed: "{expression}" }}""")
        values, _, _ = scene.run_pipeline("words", f"plugins: ['{file}']", "word", [{"id": "1", "name": "to be or"}, {"id": "2", "name": None}],
                                          pipeline=words)
        self.assertEqual(values, {"1-1": "to", "1-2": "be", "1-3": "or"})
        means = PIPELINE.replace("    input: views\n    select: {{ id: id, product_key: id, computed: \"{expression}\" }}", """    input: views
    steps:
      - aggregate: {{ by: {{ id: "coalesce(name, '')" }}, select: {{ computed: "round({expression}, 6)" }} }}
      - extend: {{ product_key: id }}""").replace("    table: fact_sales\n    key: [id]", "    table: fact_sales\n    key: [id]\n    on_conflict: update")
        values, _, _ = scene.run_pipeline("means", f"plugins: ['{file}']", "geometric_mean(number)",
                                          [{"id": str(i), "name": name, "number": number} for i, (name, number) in enumerate([("a", 2), ("b", 5), ("a", 8)])],
                                          pipeline=means)
        self.assertEqual(values, {"a": 4.0, "b": 5.0})

    def test_the_example_in_c(self):
        file = scene.build(shutil.copytree(ROOT / "udf/examples/c", scene.folder / "c")) / "checksums.so"
        values, rejects, _ = scene.run_pipeline("c", f"plugins: ['{file}']", "digit_sum(name)", [{"id": "1", "name": "1234"}, {"id": "2", "name": "12a"}])
        self.assertEqual((values, rejects["2"][0]), ({"1": 10}, "not_digits"))

    def test_another_version_is_another_plan_and_another_path_is_not(self):
        source = (ROOT / "udf/examples/c/checksums.c").read_text()
        newer = scene.folder / "newer.c"
        newer.write_text(source.replace('.version = "1.0.0"', '.version = "1.0.1"'))
        files = [scene.compile(name, path) for name, path in (("a", ROOT / "udf/examples/c/checksums.c"), ("b", ROOT / "udf/examples/c/checksums.c"),
                                                              ("c", newer))]
        plans = [scene.plan_of(f"plugins: ['{file}']", "digit_sum(name)") for file in files]
        self.assertEqual(plans[0], plans[1])
        self.assertNotEqual(plans[0], plans[2])
        unused = [scene.plan_of(f"plugins: ['{file}']", "name") for file in files]
        self.assertEqual(unused[0], unused[2])

    def test_a_plugins_functions_are_listed_like_the_built_in_ones(self):
        file = scene.compile("listed", ROOT / "udf/examples/c/checksums.c")
        for arguments, environment in ((["--plugin", file], {}), ([], {"WEIR_PLUGIN_PATH": f"/nowhere-{os.getpid()}:{scene.folder}/only"})):
            if environment:
                (scene.folder / "only").mkdir()
                shutil.copy(file, scene.folder / "only")
                done = scene.weir("list", "functions", **environment)
                self.assertEqual(done.returncode, 78)
                self.assertIn("WEIR_PLUGIN_PATH: cannot read the folder /nowhere", done.stderr)
                environment = {"WEIR_PLUGIN_PATH": f"{scene.folder}/only"}
            listed = scene.weir("list", "functions", "--format", "json", *arguments, **environment)
            self.assertEqual(listed.returncode, 0, listed.stderr)
            found = [function for function in json.loads(listed.stdout) if function["name"] == "adler32_of"]
            self.assertEqual(found[0]["signature"], "adler32_of(text string) -> bigint")

    def test_the_package_for_pkg_config(self):
        if shutil.which("pkg-config") is None:
            self.skipTest("there is no pkg-config")
        done = subprocess.run(["pkg-config", "--cflags", "--modversion", "weir_udf"], capture_output=True, text=True,
                              env={**CLEAN, "PKG_CONFIG_PATH": str(scene.prefix / "lib/pkgconfig")})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1.0", done.stdout)


class BrokenStart(unittest.TestCase):
    """Each way of not being a plugin has a sentence of its own, at its place in the pipeline file."""

    def expect(self, path, pattern):
        file = scene.folder / "broken.yaml"
        file.write_text(PIPELINE.format(head=f"plugins: ['{path}']", expression="broken_one(name)"))
        done = scene.weir("check", file, KAFKA_BROKERS="none:1", POSTGRES_URL="sqlite:none.db")
        self.assertEqual((done.returncode, done.stdout), (78, ""), done.stderr)
        self.assertRegex(done.stderr, pattern)
        self.assertRegex(done.stderr, r"broken\.yaml:3:12")
        self.assertIn("broken.yaml: 1 error", done.stderr)

    def test_descriptions_that_are_not_sound(self):
        for name, options, pattern in (
                ("magic", ["-DMAGIC=7"], "magic number 0x7, expected 0x31524957"),
                ("major", ["-DMAJOR=2"], r"built for version 2\.0 of the plugin interface; this Weir has 1\.0"),
                ("size", ["-DSIZE=8"], "its description is 8 bytes long, expected at least 48"),
                ("symbol", ["-DENTRY=other_entry"], "does not export weir_plugin_entry"),
                ("type", ['-DRESULT="bigserial"'], "function broken_one: the result is of an unknown type: bigserial"),
                ("twice", ['-DSECOND="broken_one"'], "function broken_one is there twice with the same parameters"),
                ("builtin", ['-DFUNCTION="lower"'], r"plugin broken \(.*builtin\.so\), function lower: the name lower is taken by a built-in function"),
                ("refuses", ["-DREFUSES"], "refused to be loaded: no licence was found"),
                ("undefined", ["-DUNDEFINED"], "cannot be loaded: .*nobody_has_this")):
            with self.subTest(name):
                self.expect(scene.compile(name, HERE / "broken_start.c", *options), pattern)

    def test_start_up_code_that_takes_the_process_down(self):
        # A sanitizer turns a crash into an exit.
        for name, options, pattern in (("crashes", ["-DCRASHES"], r"crashed while it was loaded: signal 11|ended the process while"),
                                       ("aborts", ["-DABORTS"], r"crashed while it was loaded: signal 6|ended the process while"),
                                       ("exits", ["-DEXITS"], "ended the process while it was loaded")):
            with self.subTest(name):
                self.expect(scene.compile(name, HERE / "broken_start.c", *options), pattern)

    def test_files_that_are_no_plugins(self):
        text = scene.folder / "text.so"
        text.write_text("this is no shared object, however long its text may be; it only has the name of one\n")
        self.expect(text, "text.so: cannot be loaded: .*invalid ELF header")
        self.expect(scene.folder / "none.so", "none.so: cannot be read: No such file")
        (scene.folder / "folder.so").mkdir()
        self.expect(scene.folder / "folder.so", "folder.so: is no regular file")

    def test_a_file_that_everybody_may_write(self):
        file = scene.compile("writable", HERE / "broken_start.c")
        file.chmod(0o777)
        self.expect(file, "may be written by everybody")

    def test_two_plugins_with_one_name_are_both_named(self):
        first = scene.compile("first", HERE / "broken_start.c", '-DPLUGIN="first"')
        second = scene.compile("second", HERE / "broken_start.c", '-DPLUGIN="second"')
        done = scene.weir("list", "functions", "--plugin", first, "--plugin", second)
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r"plugin second \(.*second\.so\), function broken_one: the name broken_one is taken by plugin first \(.*first\.so\)")

    def test_the_same_file_twice_is_one_plugin(self):
        file = scene.compile("same", HERE / "broken_start.c")
        self.assertEqual(scene.weir("list", "functions", "--plugin", file, "--plugin", file).returncode, 0)


class BrokenResults(unittest.TestCase):
    SENTENCES = {
        "throws": "udf_exception: {}: threw an exception: out of order",
        "throws_number": "udf_exception: {}: threw an exception: ",
        "too_long": "udf_bad_result: {}: the result has 2 rows, expected 1",
        "wrong_type": "udf_bad_result: {}: the result has format g, expected l for the type bigint",
        "gives_nothing": "udf_bad_result: {}: the result was not given",
        "fails_silently": "udf_error: {}: failed with status 5 and did not say why",
        "without_values": "udf_bad_result: {}: the result has no values",
        "too_few_buffers": "udf_bad_result: {}: the result has 1 buffers, expected 2",
        "miscounts_nulls": "udf_bad_result: {}: the result counts 1 NULLs, but 0 rows are NULL",
        "descends": "udf_bad_result: {}: the result has offsets that do not ascend, at row 0",
        "no_utf8": "udf_bad_result: {}: the result is not valid UTF-8",
        "error_elsewhere": "udf_error: {}: reported an error of row 11, but there are 1 rows",
    }

    def test_each_names_plugin_and_function(self):
        file = scene.compile("results", HERE / "broken_results.cpp")
        done = scene.weir("plugin", "check", file)
        self.assertEqual(done.returncode, 1)
        self.assertIn("12 of the examples of plugin broken are wrong", done.stderr)
        for function, sentence in self.SENTENCES.items():
            with self.subTest(function):
                where = f"plugin broken ({file}), function {function}"
                self.assertIn(f"WRONG {function}('x') = error " + sentence.format(where), done.stdout)

    def test_a_pipeline_rejects_the_rows_and_goes_on(self):
        file = scene.compile("thrower", HERE / "broken_results.cpp")
        events = [{"id": "1", "name": "x"}, {"id": "2", "name": None}]
        values, rejects, said = scene.run_pipeline("thrower", f"plugins: ['{file}']", "throws(name)", events)
        self.assertEqual((values, list(rejects), rejects["1"][0]), ({"2": None}, ["1"], "udf_exception"))


class Python(unittest.TestCase):
    """functions: with language: python, computed in worker processes."""

    def run_function(self, name, code, returns, expression, events, parameters="{ text: string }", **more):
        (scene.folder / f"{name}.py").write_text(code)
        options = "".join(f", {key}: {value}" for key, value in more.items())
        head = f"functions:\n  {name}: {{ language: python, file: {name}.py, parameters: {parameters}, returns: '{returns}'{options} }}"
        return scene.run_pipeline(name, head, expression, events)

    def test_values_nulls_and_exceptions(self):
        code = "def shout(text):\n    if text == 'bad':\n        raise ValueError('it is bad')\n    return None if text == 'none' else text.upper() + '!'\n"
        events = [{"id": str(i), "name": name} for i, name in enumerate(["héllo", None, "bad", "none", ""])]
        values, rejects, _ = self.run_function("shout", code, "string", "shout(name)", events)
        self.assertEqual(values, {"0": "HÉLLO!", "1": None, "3": None, "4": "!"})
        self.assertEqual(rejects, {"2": ("udf_exception", "column computed: function shout: ValueError: it is bad")})

    def test_every_type_goes_there_and_back(self):
        code = "def same(value):\n    return value\n"
        for kind, argument, expected in (("int", "CAST(number AS int)", 7), ("bigint", "number", 7), ("double", "CAST(number AS double)", 7.0),
                                         ("boolean", "number = 7", 1), ("decimal(10,2)", "CAST(number AS decimal(10,2))", "7.00"),
                                         ("date", "to_date('2024-02-29')", "2024-02-29"), ("json", "to_json(number)", "7"),
                                         ("timestamp", "timestamp_seconds(number)", "1970-01-01 00:00:07"), ("string", "name", "a")):
            with self.subTest(kind):
                name = "same_" + re.sub(r"\W", "_", kind)
                values, rejects, _ = self.run_function(name, code.replace("same", name), kind, f"CAST({name}({argument}) AS string)",
                                                       [{"id": "1", "name": "a", "number": 7}], f"{{ value: '{kind}' }}")
                self.assertEqual(rejects, {})
                self.assertEqual(values["1"], {"boolean": "true"}.get(kind, str(expected)))

    def test_a_result_of_another_type_is_an_error_of_its_row(self):
        code = "def length_of(text):\n    return len(text) if text != 'bad' else 'three'\n"
        values, rejects, _ = self.run_function("length_of", code, "bigint", "length_of(name)", [{"id": "1", "name": "abc"}, {"id": "2", "name": "bad"}])
        self.assertEqual((values, rejects), ({"1": 3}, {"2": ("udf_bad_result", "column computed: function length_of: the result is a str, expected an int")}))

    def test_a_worker_that_dies_is_started_again_and_the_batch_repeated(self):
        mark = scene.folder / "died-once"
        code = f"import os\ndef fragile(text):\n    if not os.path.exists({str(mark)!r}):\n        open({str(mark)!r}, 'w').close()\n        os.kill(os.getpid(), 9)\n    return text\n"
        values, rejects, _ = self.run_function("fragile", code, "string", "fragile(name)", [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}])
        self.assertEqual((values, rejects), ({"1": "a", "2": "b"}, {}))

    def test_a_worker_that_always_dies_is_an_error_of_the_rows(self):
        code = "import os\ndef deadly(text):\n    os._exit(3)\n"
        values, rejects, _ = self.run_function("deadly", code, "string", "deadly(name)", [{"id": "1", "name": "a"}])
        self.assertEqual(values, {})
        self.assertEqual(rejects["1"][0], "udf_worker_died")
        self.assertRegex(rejects["1"][1], "function deadly: the Python worker .*, 3 times with the same rows")

    def test_a_function_that_hangs_is_stopped(self):
        code = "import time\ndef slow(text):\n    time.sleep(60)\n"
        values, rejects, _ = self.run_function("slow", code, "string", "slow(name)", [{"id": "1", "name": "a"}], timeout="500ms")
        self.assertEqual((values, rejects), ({}, {"1": ("udf_timeout", "column computed: function slow: the function took too long")}))

    def test_what_a_function_prints_is_not_taken_for_data(self):
        code = "def talks(text):\n    print('hello from the function')\n    return text\n"
        values, _, said = self.run_function("talks", code, "string", "talks(name)", [{"id": "1", "name": "a"}])
        self.assertEqual(values, {"1": "a"})

    def test_another_text_is_another_plan_and_another_file_is_not(self):
        def plan(file, code):
            (scene.folder / file).write_text(code)
            return scene.plan_of(f"functions:\n  f: {{ language: python, file: {file}, parameters: {{ text: string }}, returns: string }}", "f(name)")

        first = plan("a.py", "def f(text): return text")
        self.assertEqual(plan("b.py", "def f(text): return text"), first)
        self.assertNotEqual(plan("a.py", "def f(text): return text.upper()"), first)

    def check(self, head, expression="f(name)"):
        file = scene.folder / "script.yaml"
        file.write_text(PIPELINE.format(head=head, expression=expression))
        done = scene.weir("check", file, KAFKA_BROKERS="none:1", POSTGRES_URL="sqlite:none.db")
        self.assertEqual((done.returncode, done.stdout), (78, ""), done.stderr)
        return done.stderr

    def test_errors_of_the_file_are_found_before_anything_runs(self):
        start = "functions:\n  f: "
        for head, pattern in ((start + "{ language: python, code: 'def f(', parameters: { a: string }, returns: string }", "function f: SyntaxError"),
                              (start + "{ language: python, code: 'x = 1', parameters: { a: string }, returns: string }", "there is no function f in"),
                              (start + "{ language: python, file: none.py, parameters: { a: string }, returns: string }", "none.py"),
                              (start + "{ language: perl, code: 'x', returns: string }", "function f needs language: python"),
                              (start + "{ language: python, returns: string }", "function f needs one of file and code"),
                              (start + "{ language: python, code: 'x' }", "function f does not say what it returns"),
                              (start + "{ language: python, code: 'x', returns: strong }", "has a type that scripts do not have: strong"),
                              (start + "{ language: python, code: 'x', returns: string, timeout: soon }", "timeout of function f is a time"),
                              (start.replace("f:", "lower:") + "{ language: python, code: 'x', returns: string }", "the name lower is taken")):
            with self.subTest(head):
                self.assertRegex(self.check(head), pattern)


if __name__ == "__main__":
    build_folder = pathlib.Path(sys.argv.pop(1)).resolve()
    with tempfile.TemporaryDirectory() as temporary:
        scene = Scene(os.path.realpath(temporary))
        unittest.main()
