#!/usr/bin/env python3
"""product_view from a real broker into a real Postgres: 200,000 events, 2 % of them repeated, 500 of a million wrong."""
import unittest

import oracle
import verdict
from scene import Scene, generate, kafka

EVENTS = 200_000
LOGIN = {"KAFKA_SECURITY": "SASL_PLAINTEXT", "KAFKA_USERNAME": kafka.USER, "KAFKA_PASSWORD": kafka.PASSWORD}


class ProductView(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.events = generate(EVENTS)
        cls.expected = oracle.expect(cls.events)

    def test_tables_equal_the_oracle(self):
        with Scene(sasl=True) as scene:
            scene.create_topic()
            scene.produce(self.events)
            scene.run_to_end()
            verdict.check(self, scene, self.events, expected=self.expected)
            with self.subTest("a second run finds nothing to do"):
                scene.run_to_end()
                verdict.check(self, scene, self.events, expected=self.expected)
            with self.subTest("through the listener that wants a password"):
                scene.database.create_database("plain")
                scene.run_to_end(database="plain", KAFKA_BROKERS=scene.broker.sasl_bootstrap, KAFKA_SASL_MECHANISM="PLAIN", **LOGIN)
                verdict.check(self, scene, self.events, "plain", self.expected)

    def test_scram_login(self):
        with Scene(sasl=True, kafka_version=kafka.VERSION_FOR_SCRAM) as scene:
            events = self.events[:20_000]
            scene.create_topic()
            scene.produce(events)
            scene.run_to_end(KAFKA_BROKERS=scene.broker.sasl_bootstrap, KAFKA_SASL_MECHANISM="SCRAM-SHA-256", **LOGIN)
            verdict.check(self, scene, events)
            wrong = scene.start_weir("--connect", command="check", KAFKA_BROKERS=scene.broker.sasl_bootstrap, KAFKA_SASL_MECHANISM="SCRAM-SHA-256",
                                     **dict(LOGIN, KAFKA_PASSWORD="not-this-one"))
            self.assertNotEqual(wrong.wait(60), 0)
            said = wrong.log.read_text()
            self.assertRegex(said.lower(), "authentication")
            self.assertNotIn("not-this-one", said)


if __name__ == "__main__":
    unittest.main()
