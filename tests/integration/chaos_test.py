#!/usr/bin/env python3
"""50 times kill -9, five restarts of the broker and five of the database, while events keep coming: the same tables."""
import random
import signal
import subprocess
import threading
import time
import unittest

import verdict
from scene import Scene, SteadyProducer, generate, seed_of_run, tail

EVENTS = 200_000
KILLS = 50
RESTARTS = 5
LEASE = "1s"


class Restarts(threading.Thread):
    """Restarts broker and database in turn, gently and not, with pauses between."""

    def __init__(self, scene, chance, pause):
        super().__init__(daemon=True)
        self._scene, self._chance, self._pause = scene, chance, pause
        self.error = None
        self.done = 0

    def run(self):
        try:
            for number in range(RESTARTS):
                time.sleep(self._chance.uniform(0, self._pause))
                self._scene.database.restart("immediate" if number % 2 else "fast")
                self.done += 1
                time.sleep(self._chance.uniform(0, self._pause))
                self._scene.broker.restart(signal.SIGKILL if number % 2 else signal.SIGTERM)
                self.done += 1
        except Exception as error:  # told by the test
            self.error = error


class Chaos(unittest.TestCase):
    def test_kills_and_restarts_change_nothing(self):
        chance = random.Random(seed_of_run())
        events = generate(EVENTS)
        with Scene() as scene:
            scene.create_topic()
            producer = SteadyProducer(scene, events, 1.2 * KILLS)
            restarts = Restarts(scene, random.Random(chance.random()), 1.2 * KILLS / RESTARTS)
            producer.start()
            restarts.start()
            for number in range(KILLS):
                self.live_and_die(scene, chance, number)
            restarts.join(300)
            self.assertIsNone(restarts.error)
            self.assertEqual(restarts.done, 2 * RESTARTS)
            producer.finish()
            committed = scene.sql("SELECT coalesce(sum(read), 0) FROM weir_ledger WHERE sink = 'fact_sales'")[0][0]
            print(f"{committed} of {EVENTS} events were committed by {KILLS} processes that were killed", flush=True)
            scene.run_to_end("--lease", LEASE)
            verdict.check(self, scene, events)

    def live_and_die(self, scene, chance, number):
        child = scene.start_weir("--lease", LEASE)
        try:
            code = child.wait(chance.uniform(0.05, 2.5))
            self.fail(f"process {number} ended by itself with {code}:\n{tail(child)}")
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    unittest.main()
