# SPDX-License-Identifier: Apache-2.0
"""What serializers other than botocore's make of one call per operation is named as rightly: the AWS SDKs for JavaScript 3
(71 services), for Go 2 (24 services), and for JavaScript 2 (every service it has), whose code has nothing in common with 3.
Nothing is sent. Slow, so it runs only when it is asked for: ./dev test sdks"""

import argparse
import hashlib
import os
import shutil
import subprocess

from facts import Facts
from identify import FOLDER, GENERATE, identify
from rig import NODE, PYTHON, ROOT, clean_environment

SDKS = ROOT / "build/fetched/clients-sdks"
NAMES = {"v3": "JavaScript 3", "go": "Go 2", "v2": "JavaScript 2"}
# Version 2 is no longer made for new models: it signs SimpleDB and Import/Export with SigV2, guesses at the hosts of a few
# younger services, and has models that AWS has since changed.
RIGHT_MIN = {"v3": 99.9, "go": 99.9, "v2": 99.5}


def stamp(*parts):
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:12]


def made(path, command, source=None):
    """Runs the generator into `path` unless it is there; what it could not build is beside it."""
    if path.exists():
        return path
    partial = path.with_suffix(".partial")
    with open(partial, "wb") as out, open(path.with_suffix(".not-built.txt"), "wb") as errors:
        stdin = open(source, "rb") if source else subprocess.DEVNULL
        subprocess.run(command, stdin=stdin, stdout=out, stderr=errors, env=clean_environment(), check=True)
    os.replace(partial, path)
    return path


def calls_file(fill):
    parts = (GENERATE / "calls.py", GENERATE / "botocore_requests.py", ROOT / "tests/clients/requirements.lock")
    path = FOLDER / f"calls-{fill}-{stamp(*parts)}.jsonl"
    return made(path, [PYTHON / "python3", GENERATE / "calls.py", "--fill", fill])


def go_program():
    """go.sum pins what it is built of."""
    source = GENERATE / "go_requests"
    path = FOLDER / f"go-requests-{stamp(*sorted(source.iterdir()))}"
    if not path.exists():
        subprocess.run(["go", "build", "-o", path, "."], cwd=source, check=True)
    return path


def requests_file(sdk, fill):
    calls = calls_file(fill)
    if sdk == "go":
        program = go_program()
        return made(FOLDER / f"go-{fill}-{stamp(program, calls)}.jsonl", [program], calls)
    script = GENERATE / "js_requests.mjs"
    path = FOLDER / f"js-{sdk}-{fill}-{stamp(script, ROOT / 'tests/clients/sdks/package-lock.json', calls)}.jsonl"
    return made(path, [NODE, script, sdk, SDKS], calls)


def check(facts, sdk, fill):
    name = f"{NAMES[sdk]}, {fill} members"
    if sdk == "go" and not shutil.which("go"):
        facts.skip(name, "no Go here")
        return
    requests = requests_file(sdk, fill)
    answers = FOLDER / f"{sdk}-{fill}-answers.jsonl"
    done, seconds = identify(requests, answers)
    if not facts.check(f"{name}: identify answered every line", done.returncode == 0, done.stderr.decode()):
        return
    told = subprocess.run(
        [PYTHON / "python3", GENERATE / "check_identify.py", requests, answers, "--right-min", str(RIGHT_MIN[sdk])],
        capture_output=True,
        text=True,
    )
    facts.check(f"{name}: at least {RIGHT_MIN[sdk]} % right, none wrong", told.returncode == 0, told.stdout + told.stderr)
    facts.say(told.stdout.splitlines()[0] + f" in {seconds:.1f} s" if told.stdout else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sdk", choices=sorted(NAMES), action="append", default=[])
    parser.add_argument("--fill", choices=["required", "all", "both"], default="required")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    facts = Facts("What other SDKs' requests are, told from the requests alone")
    for sdk in options.sdk or NAMES:
        for fill in ("required", "all") if options.fill == "both" else (options.fill,):
            check(facts, sdk, fill)
    facts.finish()


if __name__ == "__main__":
    main()
