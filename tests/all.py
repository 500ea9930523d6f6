# SPDX-License-Identifier: Apache-2.0
"""Everything that ./dev test runs, after it has set up and built. Each part says what failed; the last line counts."""
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON = ROOT / "build/fetched/clients-python/bin/python3"

# What crosses rooms, with the real binary, real clients and the stand-in AWS. Each prints `ok`/`FAIL`/`skip` lines.
END_TO_END = [
    "tests/run/run.py",
    "tests/e2e/same_results.py",
    "tests/e2e/proxy.py",
    "tests/e2e/wildcard.py",
    "tests/e2e/queue_urls.py",
    "tests/e2e/policy_record.py",
    "tests/e2e/second_lock.py",
    "tests/e2e/history.py",
    "tests/e2e/no_secrets.py",
    "tests/e2e/fail_closed.py",
    "tests/e2e/kill.py --kills 8",
    "tests/e2e/s3_matrix.py",
    "tests/e2e/memory.py --mib 256",
    "tests/e2e/identify.py",
    "tests/e2e/policy_work.py",
    "tests/e2e/diff0.py --count 20000",
    "tests/e2e/prove.py",
    "tests/e2e/policy_eval.py",
    "tests/e2e/escalation.py",
    "tests/e2e/golden.py",
]


# Slow, or with downloads of their own: only when a word on the command line names them.
WHEN_ASKED = [
    "tests/e2e/identify_sdks.py",
]


def run(command, log):
    print(f"== {command}", flush=True)
    started = time.monotonic()
    done = subprocess.run(command, shell=True, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    (ROOT / "build/test-logs").mkdir(exist_ok=True)
    (ROOT / "build/test-logs" / log).write_text(done.stdout)
    print(f"   {time.monotonic() - started:.0f} s, exit {done.returncode}", flush=True)
    return done


def tail(text, lines=40):
    print("\n".join("   | " + line for line in text.splitlines()[-lines:]), flush=True)


def house():
    done = run("python3 tools/check_house.py", "house.log")
    if done.returncode:
        tail(done.stdout)
    return (1, 0, 0) if done.returncode == 0 else (0, 1, 0)


def rooms():
    """ctest, counted by test case rather than by program."""
    env = "ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 STRAIT_CATALOG=$PWD/build/release/strait.pack"
    done = run(f"{env} ctest --test-dir build/dev -j2 --output-on-failure --timeout 900 --verbose", "rooms.log")
    passed = sum(int(count) for count in re.findall(r"\[  PASSED  \] (\d+) tests?", done.stdout))
    skipped = sum(int(count) for count in re.findall(r"\[  SKIPPED \] (\d+) tests?", done.stdout))
    failed = sum(int(count) for count in re.findall(r"\[  FAILED  \] (\d+) tests?", done.stdout))
    others = re.search(r"(\d+)% tests passed, (\d+) tests failed out of (\d+)", done.stdout)
    broken = int(others.group(2)) if others else 1
    if done.returncode:
        tail("\n".join(line for line in done.stdout.splitlines() if re.search(r"FAILED|\*\*\*|ERROR: |runtime error|Failure", line)))
    programs = int(others.group(3)) - broken if others else 0
    plain = sum(1 for _ in re.finditer(r"Test +#\d+: \S+(?:_compile\S*|_fuzz) \.+ +Passed", done.stdout))
    return (passed + plain, max(failed, broken), skipped) if programs else (0, 1, 0)


def end_to_end(script):
    done = run(f"{PYTHON} {script}", pathlib.Path(script.split()[0]).stem + ".log")
    passed = len(re.findall(r"^\s+ok  ", done.stdout, re.M))
    failed = len(re.findall(r"^\s+FAIL ", done.stdout, re.M))
    skipped = len(re.findall(r"^\s+skip ", done.stdout, re.M))
    if done.returncode and not failed:
        failed = 1
    if failed:
        tail(done.stdout)
    return passed, failed, skipped


def main():
    only = sys.argv[1:]
    scripts = END_TO_END + [script for script in WHEN_ASKED if any(word in script for word in only)]
    parts = {"house": house, "rooms": rooms} | {script.split()[0]: (lambda script=script: end_to_end(script)) for script in scripts}
    passed = failed = skipped = 0
    for name, part in parts.items():
        if only and not any(word in name for word in only):
            continue
        more = part()
        print(f"   {more[0]} passed, {more[1]} failed" + (f", {more[2]} skipped" if more[2] else ""), flush=True)
        passed, failed, skipped = passed + more[0], failed + more[1], skipped + more[2]
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
