#!/usr/bin/env python3
"""The process dies, or the connection is cut, just before, inside and just after COMMIT: the same tables."""
import itertools
import signal
import unittest

import oracle
import verdict
from scene import Scene, generate, tail

EVENTS = 30_000
PLACES = ("before_commit", "commit_sent_no_reply", "after_commit")
PASSAGES = (1, 2, 3)


class Commit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.events = generate(EVENTS, bad="2000ppm")
        cls.expected = oracle.expect(cls.events)
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.close)
        cls.scene.create_topic()
        cls.scene.produce(cls.events)

    def run_with(self, failpoints, name):
        """Exit code of a run into a fresh database with the failpoints armed, and the database."""
        database = name.replace(":", "_").replace(",", "_")
        self.scene.database.create_database(database)
        child = self.scene.start_weir("--until-end", "--lease", "1s", database=database, WEIR_FP=failpoints)
        return child, child.wait(120), database

    def check(self, database):
        verdict.check(self, self.scene, self.events, database, self.expected)
        self.scene.database.sql(f'DROP DATABASE "{database}"', "postgres")

    def test_killed_at_commit(self):
        for place in PLACES:
            killed = 0
            for passage in PASSAGES:
                with self.subTest(place=place, passage=passage):
                    child, code, database = self.run_with(f"{place}:{passage}:kill", f"{place}_{passage}_kill")
                    killed += code == -signal.SIGKILL
                    self.assertIn(code, (0, -signal.SIGKILL), tail(child))
                    self.scene.run_to_end("--lease", "1s", database=database)
                    self.check(database)
            self.assertGreaterEqual(killed, 1, f"{place} was never passed")

    def test_connection_cut_at_commit(self):
        for place, passage in itertools.product(PLACES, PASSAGES):
            with self.subTest(place=place, passage=passage):
                child, code, database = self.run_with(f"{place}:{passage}:cut", f"{place}_{passage}_cut")
                self.assertEqual(code, 0, tail(child))
                self.check(database)

    def test_connection_cut_at_every_other_commit(self):
        points = ",".join(f"{place}:{passage}:cut" for place, passage in zip(itertools.cycle(PLACES), range(1, 12, 2)))
        child, code, database = self.run_with(points, "many_cuts")
        self.assertEqual(code, 0, tail(child))
        self.check(database)

    def test_ledger_refuses_books_that_do_not_balance(self):
        self.scene.database.create_database("books")
        self.scene.run_to_end(database="books")
        columns = "pipeline, source, sink, owner, first_epoch, last_epoch, read, written, duplicates, filtered, absorbed, late, rejected"
        with self.assertRaisesRegex(RuntimeError, "weir_ledger_balances"):
            self.scene.database.sql(f"INSERT INTO weir_ledger ({columns}) VALUES ('p', 's', 'k', 'o', 1, 1, 10, 9, 0, 0, 0, 0, 0)", "books")


if __name__ == "__main__":
    unittest.main()
