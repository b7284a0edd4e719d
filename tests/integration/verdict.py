"""Compares a database with what the oracle expects of it: tables, rejected rows, ledger."""
import oracle
from scene import PARTITIONS, TOPIC, Scene


def check(test, scene: Scene, events: list, database: str = "weir", expected: oracle.Expected = None) -> None:
    """Fails `test` at the first difference. All events have been produced and committed."""
    expected = expected or oracle.expect(events)
    check_tables(test, scene, expected, database)
    check_rejects(test, scene, events, expected, database)
    check_ledger(test, scene, expected, database)


def place_of(number: int, topic: str = TOPIC) -> tuple:
    """The split and offset of an event, as Scene.produce() puts it."""
    return f"{topic}/{number % PARTITIONS}", number // PARTITIONS


def check_tables(test, scene, expected, database, ignored=()) -> None:
    for table, columns in oracle.COLUMNS.items():
        kept = [i for i, name in enumerate(columns) if name not in ignored]
        query = "SELECT " + ", ".join(f'"{name}"::text' for name in columns) + f" FROM {table}"
        rows = scene.sql(query, database)
        if table == "fact_sales":
            option = columns.index("option")
            rows = [(*row[:option], oracle.canonical_text(row[option]), *row[option + 1:]) for row in rows]
        found = {row[0]: row for row in rows}
        wanted = expected.tables[table]
        test.assertEqual(len(found), len(rows), f"{table} has a key twice")
        test.assertEqual(sorted(wanted.keys() - found.keys())[:3], [], f"{table} lacks {len(wanted.keys() - found.keys())} rows")
        test.assertEqual(sorted(found.keys() - wanted.keys())[:3], [], f"{table} has {len(found.keys() - wanted.keys())} rows too many")
        for key, row in wanted.items():
            if any(row[i] != found[key][i] for i in kept):
                test.assertEqual(dict(zip(columns, found[key])), dict(zip(columns, row)), f"{table} has another row for {key}")


def check_rejects(test, scene, events, expected, database) -> None:
    rows = scene.sql('SELECT split, "offset"::text, reason, encode(payload, \'hex\') FROM weir_rejects', database)
    found = {(split, int(offset)): (reason, payload) for split, offset, reason, payload in rows}
    test.assertEqual(len(found), len(rows), "a record was rejected twice")
    wanted = {place_of(number): (reason, events[number].hex()) for number, reason in expected.rejected.items()}
    test.assertEqual({key: value[0] for key, value in found.items()}, {key: value[0] for key, value in wanted.items()})
    test.assertEqual(found, wanted)


def check_ledger(test, scene, expected, database) -> None:
    query = ("SELECT sink, sum(read), sum(written), sum(duplicates), sum(filtered), sum(absorbed), sum(late), sum(rejected) "
             "FROM weir_ledger GROUP BY sink")
    lines = {row[0]: list(map(int, row[1:])) for row in scene.sql(query, database)}
    test.assertEqual(sorted(lines), sorted(oracle.COLUMNS))
    for sink, (read, written, duplicates, filtered, absorbed, late, rejected) in lines.items():
        test.assertEqual(read, expected.events, f"{sink} has not read every event once")
        test.assertEqual(written, len(expected.tables[sink]), f"rows written to {sink}")
        test.assertEqual(rejected, len(expected.rejected), f"rows rejected by {sink}")
        test.assertEqual(read, written + duplicates + filtered + absorbed + late + rejected, f"the books of {sink}")
    # What a source keeps in a position is its own affair; that there is one for every split is not.
    splits = {place_of(partition)[0] for partition in range(PARTITIONS)}
    test.assertEqual({row[0] for row in scene.sql("SELECT split FROM weir_checkpoint", database)}, splits)
