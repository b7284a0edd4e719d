"""windows.py - the steps that go by event time, as DuckDB's statements: the windows of an aggregate, and dedup.

A window is [kind, expression of the time, seconds, ...]: ["tumble", time, size], ["hop", time, slide, size], ["cumulate", time, step, size], ["session", time, gap].
"""
import datetime

from expressions import Column, Invalid, Typed, typed

KINDS = ("tumble", "hop", "cumulate", "session")


def assign(model, window, relation):
    """(the rows, each once for each window it lies in, with window_start and window_end; whether the windows are over event time)"""
    kind, time, spans = window[0], typed(window[1], relation.scope), [one * 1_000_000 for one in window[2:]]
    if time.type != "timestamp" or time.nullable or time.error or {"window_start", "window_end"} & set(relation.scope):
        raise Invalid("no time for a window")
    closes = window[1][0] == "column" and window[1][1] in relation.times
    at = f"epoch_us({time.duck})"
    scope = relation.scope if kind == "session" else {**relation.scope, "window_start": Column("timestamp", False), "window_end": Column("timestamp", False)}
    if kind == "session":  # which depends on the other rows of a group
        made = relation
    elif kind == "tumble":
        size = spans[0]
        start = f"({at} // {size}) * {size}"
        table = model.create(f"SELECT *, make_timestamp({start}) AS window_start, make_timestamp({start} + {size}) AS window_end FROM {relation.table}")
        made = relation.changed(table, scope)
    else:
        made = assign_several(model, kind, at, spans, relation, scope)
    return (made.on_time(model) if closes else made), closes


def of_windows(window, relation):
    """(the keys window_end and window_start of rows that are windows themselves, whether these windows close): an end belongs to the window before it."""
    kind, time, size = window[0], typed(window[1], relation.scope), window[2] * 1_000_000
    if kind != "tumble" or time.type != "timestamp" or time.nullable or time.error:
        raise Invalid("no windows of windows")
    is_end = "closing" in relation.marks and window[1] == ["column", "window_end"]
    is_start = {"closing", "tumble"} <= relation.marks and window[1] == ["column", "window_start"]
    fits = any(window[2] % int(mark[5:]) == 0 for mark in relation.marks if mark.startswith("size "))
    shift = 1 if is_end and "session" not in relation.marks else 0  # the end of a session is of it
    start = f"((epoch_us({time.duck}) - {shift}) // {size}) * {size}"
    borders = [("window_end", f"make_timestamp({start} + {size})"), ("window_start", f"make_timestamp({start})")]
    return [(name, Typed("timestamp", False, name, duck, None)) for name, duck in borders], is_end or (is_start and fits)


def is_window(by, relation):
    """Whether rows that are windows are grouped by these: by the end, or by the start where that tells the end."""
    names = [expression[1] for _, expression in by if expression[0] == "column"]
    tells_end = bool({"tumble", "hop"} & relation.marks)
    return "closing" in relation.marks and ("window_end" in names or (tells_end and "window_start" in names))


def assign_several(model, kind, at, spans, relation, scope):
    step, size = spans
    if kind == "hop":  # starts at every multiple of the slide
        first = f"(({at} - {size}) // {step} + 1)"
        count = f"greatest({at} // {step} - {first} + 1, 0)"
        start = f"make_timestamp(({first} + _n) * {step})"
        end = f"make_timestamp(({first} + _n) * {step} + {size})"
    else:  # cumulate: ends at every multiple of the step within the size
        whole = f"(({at} // {size}) * {size})"
        first = f"(({at} - {whole}) // {step} + 1)"
        count = f"({size // step} - {first} + 1)"
        start = f"make_timestamp({whole})"
        end = f"make_timestamp({whole} + ({first} + _n) * {step})"
    columns = f"* EXCLUDE (_n, _source, _split, _o, _b, _p, _t, _late), {start} AS window_start, {end} AS window_end"
    return model.expand(relation, scope, columns, f"CAST({count} AS INTEGER)", f"range(CAST({count} AS BIGINT))")


def sessions(window, relation, keys, rows):
    """`rows` with the borders of the session of each: rows of one group with no more than the gap between one and the next."""
    time, gap = typed(window[1], relation.scope).duck, f"to_seconds({window[2]})"
    group = ", ".join([f"_key_{name}" for name in keys] + ["_session"])
    before = f"lag({time}) OVER ({over(keys)} ORDER BY {time})"
    marked = f"SELECT *, CASE WHEN {time} - {before} <= {gap} THEN 0 ELSE 1 END AS _begins FROM ({rows})"
    numbered = f"SELECT *, sum(_begins) OVER ({over(keys)} ORDER BY {time}) AS _session FROM ({marked})"
    return (f"SELECT *, min({time}) OVER (PARTITION BY {group}) AS _key_window_start, max({time}) OVER (PARTITION BY {group}) + {gap} AS _key_window_end "
            f"FROM ({numbered})")


def over(keys):
    return f"PARTITION BY {', '.join('_key_' + name for name in keys)}" if keys else ""


def dedup(model, given, relation, loss):
    """{"key": [name], "within": seconds or None}"""
    if relation.groups is not None or not given["key"] or any(name not in relation.scope or relation.scope[name].error for name in given["key"]):
        raise Invalid("no key to tell duplicates by")
    if given.get("within") and not relation.times:
        raise Invalid("no event time to dedup within")
    if "dedup" in relation.marks:
        raise Invalid("a second dedup")
    within = given.get("within")
    rows = relation.on_time(model) if within else relation
    names = ", ".join(given["key"])
    repeated = model.compute(lambda found: repeated_rows(found, within), f"SELECT _source, _split, _o, _b, _p, _t, {names} FROM {rows.table} ORDER BY _source, _split, _o, _b, _p",
                             "_source VARCHAR, _split VARCHAR, _o BIGINT, _b INTEGER[], _p INTEGER[]")
    same = f"EXISTS (SELECT 1 FROM {repeated} AS d WHERE d._source = t._source AND d._split = t._split AND d._o = t._o AND d._b = t._b AND d._p = t._p)"
    marked = model.create(f"SELECT *, {same} AS _repeated FROM {rows.table} AS t")
    kept = model.create(f"SELECT * EXCLUDE (_repeated) FROM {marked} WHERE NOT _repeated")
    made = rows.remade(kept, relation.scope, [loss("duplicates", marked, "_repeated")])
    made.marks |= {"dedup"} if within else {"dedup", "dedup for ever"}
    return made


def repeated_rows(rows, within):
    """Those that repeat one taken before: an equal key, and a time less than `within` seconds away. NULLs are equal."""
    taken, repeated = {}, []
    for source, split, offset, branch, part, time, *key in rows:
        times = taken.setdefault(tuple(key), [])
        if any(within is None or abs(time - other) < datetime.timedelta(seconds=within) for other in times):
            repeated.append((source, split, offset, branch, part))
        else:
            times.append(time)
    return repeated
