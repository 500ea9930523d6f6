# SPDX-License-Identifier: Apache-2.0
"""Whatever Strait would send to AWS reads as the recorded call to every kind of reader that we could think of: one
generated request for every operation of botocore, each bent in the ways in which readers disagree."""

import argparse
import re
import subprocess

from facts import Facts
from identify import FOLDER, requests_file
from rig import ROOT, clean_environment


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", default="20000")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--fill", choices=["required", "all"], default="required")
    parser.add_argument("--program", default=ROOT / "build/dev/tests/diff/diff0")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    facts = Facts("What Strait sends has one reading")
    seeds = requests_file(options.fill, fresh=False)
    done = subprocess.run(
        [options.program, "--seeds", seeds, "--count", options.count, "--seed", options.seed],
        capture_output=True,
        text=True,
        env=clean_environment(),
    )
    facts.check(f"{options.count} mutated requests: every reader reads the call", done.returncode == 0, done.stdout + done.stderr)
    told = re.search(r"(\d+) requests .*: (\d+) sent, .*", done.stdout)
    if told:
        facts.say(told.group(0))
        facts.check("a fifth of them was sent, and not refused", int(told.group(2)) * 5 >= int(told.group(1)))
    facts.finish()


if __name__ == "__main__":
    main()
