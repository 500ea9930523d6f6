# SPDX-License-Identifier: Apache-2.0
"""Of one generated request for every operation of the pinned botocore, `strait aws identify` names the right service and
operation for at least 99.9 %, and is wrong for none. The requests are kept between runs; --fresh makes them anew. With
--fill things every member is filled and those that hold an ARN hold one of the right kind: then at least 70 % of the
operations that take a resource are about one that is known to the letter."""

import argparse
import hashlib
import json
import os
import subprocess
import time

from facts import Facts
from rig import PYTHON, ROOT, STRAIT, clean_environment

GENERATE = ROOT / "tests/generate"
FOLDER = ROOT / "build/e2e/identify"


def resources(answer):
    return [need["resource"] for need in answer.get("actions", []) if need["resource"] != "*"]


def is_pattern(resource):
    return "*" in resource or "?" in resource


def both(requests, answers):
    with open(requests) as asked, open(answers) as told:
        for request, answer in zip(asked, told):
            yield json.loads(request)["truth"], json.loads(answer)


def things_file(fresh):
    """What each operation is about, made up from the pattern that identify gave when no member held a real ARN."""
    requests, answers = requests_file("all", fresh), FOLDER / "all-answers.jsonl"
    identify(requests, answers)
    things = FOLDER / "things.txt"
    with open(things, "w") as out:
        for truth, answer in both(requests, answers):
            pattern = next((one for one in resources(answer) if is_pattern(one) and one.startswith("arn:")), None)
            if pattern:
                print(truth["service"], truth["operation"], pattern.replace("*", "a1").replace("?", "b"), file=out)
    return things


def requests_file(fill, fresh):
    """Named after what it is made of, so that a new botocore or generator makes a new one."""
    stamp = hashlib.sha256(
        (GENERATE / "botocore_requests.py").read_bytes() + (ROOT / "tests/clients/requirements.lock").read_bytes()
    )
    path = FOLDER / f"{fill}-{stamp.hexdigest()[:12]}.jsonl"
    if path.exists() and not fresh:
        return path
    partial = path.with_suffix(".partial")
    how = ["--fill", "all", "--things", things_file(fresh)] if fill == "things" else ["--fill", fill]
    with open(partial, "wb") as out, open(FOLDER / f"{fill}-not-built.txt", "wb") as errors:
        subprocess.run(
            [PYTHON / "python3", GENERATE / "botocore_requests.py", *how],
            stdout=out,
            stderr=errors,
            env=clean_environment(),
            check=True,
        )
    os.replace(partial, path)
    return path


def check_finds_its_pack(facts):
    done = subprocess.run([STRAIT, "aws", "identify"], input=b"", capture_output=True, env=clean_environment())
    facts.check("identify finds the pack beside the program", done.returncode == 0, done.stderr.decode())


def identify(requests, answers):
    started = time.monotonic()
    with open(requests, "rb") as source, open(answers, "wb") as sink:
        done = subprocess.run(
            [STRAIT, "aws", "identify", "--catalog", STRAIT.with_name("strait.pack")],
            stdin=source,
            stdout=sink,
            stderr=subprocess.PIPE,
            env=clean_environment(),
        )
    return done, time.monotonic() - started


def check(facts, fill, fresh):
    requests = requests_file(fill, fresh)
    answers = FOLDER / f"{fill}-answers.jsonl"
    done, seconds = identify(requests, answers)
    if not facts.check(f"{fill} members: identify answered every line", done.returncode == 0, done.stderr.decode()):
        return
    lines = sum(1 for _ in open(requests, "rb"))
    facts.say(f"{lines} requests in {seconds:.1f} s, {seconds / max(lines, 1) * 1e6:.0f} us each")
    told = subprocess.run(
        [PYTHON / "python3", GENERATE / "check_identify.py", requests, answers, "--right-min", "99.9"],
        capture_output=True,
        text=True,
    )
    facts.check(f"{fill} members: at least 99.9 % right, none wrong", told.returncode == 0, told.stdout + told.stderr)
    facts.say(told.stdout.splitlines()[0] if told.stdout else "")
    if fill == "things":
        about = [found for _, answer in both(requests, answers) if (found := resources(answer))]
        exact = sum(1 for found in about if not all(is_pattern(one) for one in found))
        facts.check(
            "at least 70 % of the operations on a resource name it to the letter",
            exact >= 0.7 * len(about),
            f"{exact} of {len(about)}",
        )
        facts.say(f"{exact} of {len(about)} operations, {100 * exact / max(len(about), 1):.1f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fill", choices=["required", "all", "both", "things"], default="required")
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    facts = Facts("What a request is, told from the request alone")
    check_finds_its_pack(facts)
    for fill in ("required", "all") if options.fill == "both" else (options.fill,):
        check(facts, fill, options.fresh)
    facts.finish()


if __name__ == "__main__":
    main()
