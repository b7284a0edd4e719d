"""oracle_test.py - random pipelines over random records: the tables, books and rejects that Weir ends with are those that DuckDB computes at once.

WEIR_SEED=N draws other cases; --case SEED/NUMBER runs one of them, --again FILE one that was written down. Exit code 77: skipped, with the reason.
"""
import argparse
import collections
import json
import multiprocessing
import os
import sys
import time

import duckdb_package

LEAST_CASES = 2000
BATCH = 25
SHRUNK = 3
SHRINKING_SECONDS = 20


def check_batch(program, seed, numbers, can):
    """(failing cases with their sentences, how often each thing was used)"""
    import compare
    from make_case import make_case
    cases = [make_case(seed, number, can) for number in numbers]
    return check_cases(program, compare.Oracle(), cases)


def check_cases(program, oracle, cases):
    import compare
    answers = compare.run_weir(program, [compare.request(case) for case in cases])
    failing, used = [], collections.Counter()
    for case in cases:
        sentences = compare.all_differences(oracle, case, answers[case["name"]])
        used.update(parts_of(case))
        if sentences:
            failing.append((case, sentences))
    return failing, used


def parts_of(case):
    """What the case is made of, each once."""
    from records import late_rows
    parts = set()
    grouped = set()
    for stream in case["streams"] + case["sinks"]:
        parts.update("union" for _ in stream["input"][1:])
        is_grouped = False
        for step in stream.get("steps", []):
            (kind, given), = step.items()
            parts.add("having" if kind == "where" and is_grouped else kind)
            parts.update(["aggregate of an aggregate"] if kind == "aggregate" and (is_grouped or stream["input"][0] in grouped) else [])
            is_grouped = is_grouped or kind == "aggregate"
            parts.update([given["window"][0]] if kind == "aggregate" and given.get("window") else [])
            parts.update("OVER " + name for name in over_names(given))
            parts.update(frames(given))
        if is_grouped or stream["input"][0] in grouped:
            grouped.add(stream["name"])
    parts.update("late rows" for source in case["sources"] if late_rows(source))
    parts.update("late: correct" for source in case["sources"] if isinstance(source.get("late"), dict) or source.get("late") == "correct")
    parts.update("emit: " + sink["emit"].split(" ")[0] for sink in case["sinks"] if sink.get("emit"))
    parts.update(name for way in case["ways"] for name in ("stops", "deaths", "failpoints", "looks_after_death") if way.get(name))
    return parts


def over_names(given):
    if isinstance(given, list) and given and given[0] == "over":
        return [given[1]]
    return [name for one in (given.values() if isinstance(given, dict) else given if isinstance(given, list) else []) for name in over_names(one)]


def frames(given):
    if isinstance(given, dict) and given.get("frame"):
        return ["frame of " + given["frame"][0]]
    return [name for one in (given.values() if isinstance(given, dict) else given if isinstance(given, list) else []) for name in frames(one)]


def describe(case, sentences):
    from pipeline_text import files_of, pipeline_text, records_of
    lines = [f"case {case['name']}:", pipeline_text(case).rstrip()]
    for source, splits in records_of(case).items():
        for split, records in splits.items():
            lines += [f"records of {source}, split {split}:"] + ["  " + record for record in records]
    for name, text in files_of(case).items():
        lines += [f"file {name}:"] + ["  " + line for line in text.splitlines()]
    lines += ["ways: " + json.dumps(case["ways"])] + sentences[:12]
    return "\n".join(lines + ([f"and {len(sentences) - 12} more"] if len(sentences) > 12 else []))


def write_down(program, case):
    """So that --again can run it."""
    path = os.path.join(os.path.dirname(os.path.abspath(program)), f"failing_{case['name'].replace('/', '_')}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(case, file, ensure_ascii=False)
    return path


def tell(program, failing):
    import compare
    import shrink
    oracle = compare.Oracle()
    for number, (case, sentences) in enumerate(sorted(failing, key=lambda one: len(json.dumps(one[0])))):
        if number < SHRUNK:
            case, again = shrink.shrunk(program, oracle, case, shrink.manner(sentences), SHRINKING_SECONDS)
            sentences = again or ["not every time: " + one for one in sentences]
            print(f"\n{describe(case, sentences)}\nrun it again: --again {write_down(program, case)}")
        else:
            print(f"\ncase {case['name']}: {sentences[0][:300]}")


def one_case(options, can):
    from make_case import make_case
    if options.again:
        with open(options.again, encoding="utf-8") as file:
            return json.load(file)
    seed, number = options.case.split("/")
    return make_case(seed, int(number), can)


def check_all(options, seed, can):
    batches = [(options.run_cases, seed, range(first, min(first + BATCH, options.cases)), can) for first in range(0, options.cases, BATCH)]
    failing, used = [], collections.Counter()
    with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
        for some_failing, some_used in pool.starmap(check_batch, batches, chunksize=1):
            failing += some_failing
            used += some_used
    return failing, used


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--run-cases", required=True)
    arguments.add_argument("--venv", required=True)
    arguments.add_argument("--cases", type=int, default=LEAST_CASES)
    arguments.add_argument("--jobs", type=int, default=2 + (os.cpu_count() or 2))
    arguments.add_argument("--case", default="")
    arguments.add_argument("--again", default="")
    options = arguments.parse_args()
    duckdb_package.enter_environment(options.venv)
    import capabilities
    started = time.monotonic()
    seed = os.environ.get("WEIR_SEED") or "1"
    can, cannot = capabilities.found(options.run_cases)
    if options.case or options.again:
        import compare
        failing, used = check_cases(options.run_cases, compare.Oracle(), [one_case(options, can)])
    else:
        failing, used = check_all(options, seed, can)
    tell(options.run_cases, failing)
    print("in use: " + ", ".join(f"{name} {count}" for name, count in used.most_common()))
    print("not in this version: " + (", ".join(cannot) or "nothing"))
    print(f"{options.cases} cases, seed {seed}, {len(failing)} wrong, {time.monotonic() - started:.0f} s")
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
