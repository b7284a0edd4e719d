"""shrink.py - makes a failing case smaller, as long as it fails in the same manner."""
import copy
import re
import time

import compare
from expressions import Invalid
from make_case import leave_out_unread

BATCH = 12
TRIES = 10


def manner(sentences):
    """What kind of failure it is, so that one does not turn into another on the way."""
    if not sentences:
        return None
    if "was refused" in sentences[0]:
        return re.sub(r"\b[a-z]+[0-9]+\b|_[a-z]+", "", sentences[0].split("\n")[1])  # the message, without names
    return sentences[0].split(" ")[0] if sentences[0].startswith(("died", "DuckDB")) else "differs"


def shrunk(program, oracle, case, wanted, seconds):
    """The smallest case found within the time, and how it fails."""
    deadline = time.monotonic() + seconds
    found = True
    while found and time.monotonic() < deadline:
        found = False
        tries = candidates(case)
        while time.monotonic() < deadline:
            batch = [one for _, one in zip(range(BATCH), tries)]
            if not batch:
                break
            smaller = first_failing(program, oracle, batch, wanted)
            if smaller is not None:
                case, found = smaller, True
                break
    return case, failure_of(program, oracle, case)


def failure_of(program, oracle, case):
    """Of the first of some runs that fails: threads do not always meet in the same way."""
    for _ in range(TRIES):
        answer = compare.run_weir(program, [compare.request(case)])[case["name"]]
        sentences = compare.all_differences(oracle, case, answer)
        if sentences:
            return sentences
    return []


def first_failing(program, oracle, batch, wanted):
    requests = []
    for number, case in enumerate(batch):
        try:
            requests.append((case, compare.request({**case, "name": str(number)})))
        except Invalid:
            continue
    answers = compare.run_weir(program, [one for _, one in requests])
    for case, request in requests:
        if manner(compare.all_differences(oracle, case, answers[request["name"]])) == wanted:
            return case
    return None


def candidates(case):
    """Smaller ones, the boldest first."""
    for kind in ("sinks", "streams"):
        for at in range(len(case[kind])):
            if kind == "streams" or len(case[kind]) > 1:
                yield without(case, [kind], at)
    yield from smaller_records(case)
    for path, steps in all_steps(case):
        for at in range(len(steps)):
            yield without(case, path, at)
    for at, table in enumerate(case.get("tables", [])):
        yield without(case, ["tables"], at)
        for row in range(len(table["rows"])):
            yield without(case, ["tables", at, "rows"], row)
    yield from smaller_ways(case)
    for at, source in enumerate(case["sources"]):
        for name in ("computed", "watermark", "check", "late", "on_error"):
            if source.get(name):
                yield replaced(case, ["sources", at, name], None)
    for path, steps in all_steps(case):
        for at, step in enumerate(steps):
            yield from smaller_step(case, path + [at], step)
    yield from fewer_fields(case)


def at_path(case, path):
    for part in path:
        case = case[part]
    return case


def without(case, path, at):
    made = copy.deepcopy(case)
    del at_path(made, path)[at]
    leave_out_unread(made)
    return made


def replaced(case, path, value):
    made = copy.deepcopy(case)
    at_path(made, path[:-1])[path[-1]] = value
    leave_out_unread(made)
    return made


def all_steps(case):
    for kind in ("streams", "sinks"):
        for at, one in enumerate(case[kind]):
            if "steps" in one:
                yield [kind, at, "steps"], one["steps"]


def smaller_records(case):
    for at, source in enumerate(case["sources"]):
        for split, records in source["splits"].items():
            if len(source["splits"]) > 1:
                yield without(case, ["sources", at, "splits"], split)
            size = len(records)
            while size >= 1:
                for first in range(0, len(records), size):
                    yield replaced(case, ["sources", at, "splits", split], records[:first] + records[first + size:])
                size //= 2


def smaller_ways(case):
    for at, way in enumerate(case["ways"]):
        if len(case["ways"]) > 1:
            yield without(case, ["ways"], at)
        for name in way:
            if name != "name":
                yield replaced(case, ["ways", at], {key: value for key, value in way.items() if key != name})


def smaller_step(case, path, step):
    (kind, given), = step.items()
    lists = {"select": [given], "extend": [given], "rename": [given], "drop": [given], "aggregate": []}.get(kind, [])
    if kind in ("join", "pair"):
        for at in range(len(given["select"])):
            yield without(case, path + [kind, "select"], at)
    for columns in lists:
        for at in range(len(columns)):
            yield without(case, path + [kind], at)
    if kind == "aggregate":
        for part in ("by", "select"):
            for at in range(len(given[part])):
                yield without(case, path + [kind, part], at)
    for place, expression in expressions_of(step, []):
        for smaller in smaller_expressions(expression):
            yield replaced(case, path + place, smaller)


def expressions_of(value, path):
    """(path, expression) of every expression within a step."""
    if isinstance(value, list) and value and value[0] in ("call", "aggregate", "column", "literal") and not isinstance(value[0], list):
        yield path, value
        return
    if isinstance(value, (list, dict)):
        for key in (range(len(value)) if isinstance(value, list) else value):
            yield from expressions_of(value[key], path + [key])


def smaller_expressions(expression):
    if expression[0] == "call":
        yield from expression[2:]
    if expression[0] in ("call", "aggregate"):
        first = 2 if expression[0] == "call" else 3
        if expression[0] == "aggregate" and expression[2]:
            yield expression[:2] + [{}] + expression[3:]
        for at in range(first, len(expression)):
            for smaller in smaller_expressions(expression[at]):
                yield expression[:at] + [smaller] + expression[at + 1:]


def fewer_fields(case):
    """Columns that nothing needs, then values that may as well be NULL."""
    for at, source in enumerate(case["sources"]):
        for number, (name, _, nullable) in enumerate(source["columns"]):
            if name in ("id", "ts"):
                continue
            made = without(case, ["sources", at, "columns"], number)
            for records in made["sources"][at]["splits"].values() if at < len(made["sources"]) else []:
                for record in records:
                    record.get("value", {}).pop(name, None)
            yield made
            for split, records in source["splits"].items():
                for offset, record in enumerate(records):
                    if nullable and record.get("value", {}).get(name) is not None:
                        yield replaced(case, ["sources", at, "splits", split, offset, "value", name], None)
