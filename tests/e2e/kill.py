# SPDX-License-Identifier: Apache-2.0
"""Strait is killed with SIGKILL at random times under load, --kills times, and started again. Afterwards the record
verifies, every reply that a client received whole has its INTENT and RESULT in it, and every request that reached AWS
has an INTENT. Each request names a table of its own; resources stand in the INTENT itself, so that matches the two."""

import argparse
import http.client
import random
import signal
import threading
import time

from facts import Facts
from rig import Rig, allow, dynamodb, get_url, session, wait_until
from standin import Witness

THREADS = 16


class Load:
    """Threads that call without pause, over kept connections, and note every reply that came back whole."""

    def __init__(self, rig):
        self.rig, self.stopping = rig, threading.Event()
        self.replies, self.errors, self.odd, self.lock = {}, 0, [], threading.Lock()
        self.agent = session(rig)
        self.threads = [threading.Thread(target=self.work, args=(number,), daemon=True) for number in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def work(self, worker):
        number, link = 0, None
        while not self.stopping.is_set():
            number += 1
            table = f"orders-{worker}-{number}"
            try:
                if link is None:
                    link = http.client.HTTPConnection("127.0.0.1", self.rig.port, timeout=10)
                self.note(table, self.request(table, number).send(connection=link))
            except (OSError, http.client.HTTPException):
                with self.lock:
                    self.errors += 1
                if link:
                    link.close()
                link = None
                time.sleep(0.02)

    def request(self, table, number):
        operation, member = ("PutItem", "Item") if number % 2 else ("GetItem", "Key")
        return dynamodb(self.agent, self.rig.port, operation, {"TableName": table, member: {"id": {"S": "42"}}})

    def note(self, table, reply):
        with self.lock:
            if reply.status == 200:
                self.replies[reply.headers.get("x-strait-id", f"no id for {table}")] = table
            else:
                self.odd.append((table, reply))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)


def restart(rig):
    """The same command as before; ports and state stay."""
    started = time.monotonic()
    rig.start_strait()
    return time.monotonic() - started


def kill_often(rig, load, kills, facts):
    chance = random.Random(7)
    slowest = 0
    for number in range(kills):
        time.sleep(chance.uniform(0.05, 0.6))
        rig.strait_process.send_signal(signal.SIGKILL)
        rig.strait_process.wait()
        slowest = max(slowest, restart(rig))
    wait_until("calls after the last start", lambda: len(load.replies) > 0 and get_url(f"{rig.admin}/readyz")[0] == 200)
    time.sleep(0.5)
    facts.say(f"{kills} kills; slowest start {slowest:.2f} s; {len(load.replies)} whole replies, {load.errors} broken")


def tables_of(steps):
    return {need["resource"].rsplit("/", 1)[-1] for step in steps for need in step["needs"]}


def check_record(facts, rig, load, witness):
    verified = rig.strait("audit", "verify", "--state", rig.folder / "state")
    facts.check(
        "the record verifies",
        verified.returncode == 0 and "VERIFIED" in verified.stdout,
        verified.stdout + verified.stderr,
    )
    steps = {step["call"]: step for step in rig.replay() if step["step"] == "call"}
    facts.check("calls got through between the kills", len(load.replies) > 0)
    missing = [call for call in load.replies if call not in steps]
    facts.check("every reply that arrived whole has its INTENT", not missing, missing[:5])
    unfinished = [call for call in load.replies if call in steps and steps[call]["outcome"] != "replied"]
    facts.check(
        "every reply that arrived whole has its RESULT", not unfinished, [steps[call] for call in unfinished[:3]]
    )
    unrecorded = sorted(witness.seen - tables_of(steps.values()))
    facts.say(f"{len(steps)} INTENTs, {len(witness.seen)} requests reached AWS")
    facts.check(
        "every request that reached AWS has an INTENT that names it",
        witness.seen and not unrecorded,
        f"{len(unrecorded)} without: {unrecorded[:5]}",
    )
    open_ends = [step for step in steps.values() if step["outcome"] == ""]
    facts.check("no call is left without an end", not open_ends, open_ends[:3])
    facts.check(
        "nothing but whole answers and broken connections was seen", not load.odd, [str(odd) for odd in load.odd[:3]]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    facts = Facts("Killed under load, the record misses nothing")
    witness = Witness()
    with Rig("kill", allow("dynamodb:PutItem", "dynamodb:GetItem"), aws_url=witness.url, keep_bytes=False) as rig:
        rig.start()
        load = Load(rig)
        try:
            kill_often(rig, load, options.kills, facts)
        finally:
            load.stop()
        rig.strait_process.terminate()
        facts.same("the last one drains and exits with 0", rig.strait_process.wait(60), 0)
        check_record(facts, rig, load, witness)
    facts.finish()


if __name__ == "__main__":
    main()
