# SPDX-License-Identifier: Apache-2.0
"""What an end-to-end test found, one line a fact, in the form that tests/all.py counts."""

import sys


class Facts:
    def __init__(self, title):
        self.held, self.failed, self.skipped = 0, [], 0
        print(title, flush=True)

    def check(self, fact, holds, found=""):
        """`found` is said only when the fact does not hold."""
        print(f"   {'ok  ' if holds else 'FAIL'} {fact}", flush=True)
        if holds:
            self.held += 1
            return True
        self.failed.append(fact)
        for line in str(found).strip().splitlines()[:12]:
            print(f"        | {line[:400]}", flush=True)
        return False

    def same(self, fact, found, wanted):
        return self.check(fact, found == wanted, f"found  {found!r}\nwanted {wanted!r}")

    def skip(self, fact, why):
        print(f"   skip {fact}: {why}", flush=True)
        self.skipped += 1

    def say(self, text):
        print(f"        {text}", flush=True)

    def finish(self):
        print(
            f"{self.held} held, {len(self.failed)} failed" + (f", {self.skipped} skipped" if self.skipped else ""),
            flush=True,
        )
        sys.exit(1 if self.failed or not self.held else 0)
