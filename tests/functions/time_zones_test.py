"""time_zones_test.py - every zone of this machine, at random moments of the years 1 to 9999 and around its changes, against Python's zoneinfo.

Exit code 77: skipped, with the reason. WEIR_SEED=N draws other moments.
"""
import argparse
import datetime
import os
import random
import subprocess
import sys

SKIPPED = 77
MOMENTS = 200
FIRST, LAST = -62135596800 + 86400 * 2, 253402300799 - 86400 * 2
EPOCH = datetime.datetime(1970, 1, 1)


def moments_of(zone, rng):
    """Seconds: half of them anywhere, a quarter in recent years, the rest within hours of a change of the clocks."""
    drawn = [rng.randrange(FIRST, LAST) for _ in range(MOMENTS // 2)] + [rng.randrange(0, 2**32) for _ in range(MOMENTS // 4)]
    while len(drawn) < MOMENTS:
        low = rng.randrange(-2**32, 2**33)
        high = low + 86400 * 400
        while high - low > 1:  # a change between them, if there is one
            middle = (low + high) // 2
            if offset_at(zone, middle) == offset_at(zone, low):
                low = middle
            else:
                high = middle
        drawn.append(low + rng.choice([-7200, -3600, -1800, -1, 0, 1, 2, 1800, 3600, 7200]))
    return drawn


def offset_at(zone, seconds):
    moment = (EPOCH + datetime.timedelta(seconds=seconds)).replace(tzinfo=datetime.timezone.utc)
    return moment.astimezone(zone).utcoffset().total_seconds()


def to_local(zone, seconds):
    return int(seconds + offset_at(zone, seconds))


def to_utc(zone, seconds):
    """fold=0: of two moments the first, and in a gap the offset before it, as java.time has it."""
    return int(seconds - (EPOCH + datetime.timedelta(seconds=seconds)).replace(tzinfo=zone).utcoffset().total_seconds())


def evaluate(program, rows):
    lines = ["table\tt:timestamp\tz:string"] + [f"row\t{seconds * 1000000}\t{name}" for name, seconds in rows]
    lines += ["expression\tfrom_utc_timestamp(t, z)", "expression\tto_utc_timestamp(t, z)"]
    done = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, encoding="utf-8", check=True)
    answers = iter(done.stdout.split("\n"))
    columns = []
    for _ in range(2):
        kind = next(answers)
        assert kind == "timestamp", kind
        columns.append([next(answers) for _ in rows])
    return columns


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--evaluate", required=True)
    options = arguments.parse_args()
    try:
        import zoneinfo
    except ImportError:
        print("skipped: this Python has no zoneinfo")
        return SKIPPED
    folder = os.environ.get("TZDIR") or "/usr/share/zoneinfo"
    zoneinfo.reset_tzpath(to=[folder])
    # Without "localtime"; EST, MST and HST are Java's offsets.
    names = sorted(name for name in zoneinfo.available_timezones() if name not in ("localtime", "EST", "MST", "HST") and os.path.exists(os.path.join(folder, name)))
    if not names:
        print(f"skipped: there are no time zone files in {folder}")
        return SKIPPED
    rng = random.Random(int(os.environ.get("WEIR_SEED") or 1))
    zones = {name: zoneinfo.ZoneInfo(name) for name in names}
    rows = [(name, seconds) for name in names for seconds in moments_of(zones[name], rng)]
    local, utc = evaluate(options.evaluate, rows)
    wrong = 0
    for (name, seconds), there, back in zip(rows, local, utc):
        for what, mine, other in (("from_utc_timestamp", there, to_local(zones[name], seconds)), ("to_utc_timestamp", back, to_utc(zones[name], seconds))):
            if mine != str(other * 1000000):
                wrong += 1
                if wrong <= 20:
                    print(f"{what}({EPOCH + datetime.timedelta(seconds=seconds)}, '{name}'): weir {mine}, python {other * 1000000}")
    print(f"{len(names)} zones, {2 * len(rows)} times, {wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
