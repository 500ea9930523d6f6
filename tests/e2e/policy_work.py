# SPDX-License-Identifier: Apache-2.0
"""Working with policy: what check, test, who-can and diff say and exit with; how apply and rollback change what a running
gateway goes by; and that under load, while versions flip, no call is dropped and none is judged by a mixture."""

import http.client
import json
import random
import shutil
import subprocess
import threading
import time

from facts import Facts
from rig import ROLE, STRAIT, Rig, clean_environment, dynamodb, session

WITHIN = 1.0  # seconds from the end of `apply` to the first call judged by the new version
CALLERS, CALLS, FLIPS = 8, 60, 6
KILLS = 12
DENIED = 400  # as DynamoDB says AccessDeniedException


def policy(version):
    """`version` allows one of two operations by a statement of its name, and denies the other by another."""
    allowed, denied = ("ListTables", "ListBackups") if version == "A" else ("ListBackups", "ListTables")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": f"Yes{version}", "Effect": "Allow", "Action": f"dynamodb:{allowed}", "Resource": "*"},
            {"Sid": f"No{version}", "Effect": "Deny", "Action": f"dynamodb:{denied}", "Resource": "*"},
        ],
    }


VERDICTS = {
    version: {
        ("ListTables" if version == "A" else "ListBackups"): ("allow", f"policies/allow.json#Yes{version}"),
        ("ListBackups" if version == "A" else "ListTables"): ("deny", f"policies/allow.json#No{version}"),
    }
    for version in ("A", "B")
}


class Source:
    """Configuration in a folder of its own, as in a checkout: what `apply` is given."""

    def __init__(self, rig):
        self.rig, self.folder = rig, rig.folder / "checkout"
        self.state = rig.folder / "state"
        self.folder.mkdir()
        shutil.copy(rig.folder / "strait.toml", self.folder)
        for part in ("roles", "policies"):
            shutil.copytree(rig.folder / part, self.folder / part)

    def set(self, document, tests=None):
        (self.folder / "policies/allow.json").write_text(json.dumps(document, indent=2))
        path = self.folder / "policies/developer.test.toml"
        path.unlink(missing_ok=True)
        if tests:
            path.write_text(tests)
        return self

    def apply(self, *more):
        return self.rig.strait("apply", self.folder, "--state", self.state, *more)

    def history(self):
        done = self.rig.strait("history", "--state", self.state, "--json")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def policy(self, verb, *more):
        return self.rig.strait("policy", verb, "--config", self.folder / "strait.toml", *more)


def may(rig, credentials, operation):
    reply = dynamodb(credentials, rig.agent_port(), operation, {}).send()
    if reply.status != 200 and reply.headers.get("x-strait-decision") != "deny":
        raise RuntimeError(f"{operation}: {reply!r}")
    return reply.status == 200


def seconds_until(check, most=3.0):
    started = time.monotonic()
    while time.monotonic() - started < most:
        if check():
            return time.monotonic() - started
        time.sleep(0.01)
    return None


def in_force(rig, credentials, version):
    return may(rig, credentials, "ListTables") == (version == "A")


TESTS = f"""role = "{ROLE}"
[[case]]
action = "dynamodb:ListTables"
expect = "%s"
[[case]]
name = "nothing else"
actions = ["dynamodb:GetItem", "s3:GetObject"]
expect = "deny"
rule = "none"
"""


def check_and_test(facts, source):
    source.set(policy("A"), TESTS % "allow")
    done = source.policy("check")
    facts.same("check: a good configuration exits 0", done.returncode, 0)
    done = source.policy("test")
    facts.check("test: cases that hold exit 0", done.returncode == 0 and "3 passed, 0 failed" in done.stderr, done)

    misspelt = policy("A")
    misspelt["Statement"][0]["Action"] = ["dynamodb:ListTables", "dynamodb:ListTable"]
    source.set(misspelt, TESTS % "deny")
    done = source.policy("check", "--json")
    found = json.loads(done.stdout)["findings"] if done.stdout else []
    facts.same("check: a warning exits 3", done.returncode, 3)
    facts.same("check: and says its rule", [one["rule"] for one in found], ["unknown-action"])
    facts.check("check: with the nearest action", found and "`dynamodb:ListTables`" in found[0]["message"], found)
    text = (source.folder / "policies/allow.json").read_text().splitlines()
    facts.check("check: and its place", found and "ListTable\"" in text[found[0]["line"] - 1][found[0]["column"] - 1:], found)
    github = source.policy("check", "--format", "github").stdout
    facts.check("check: annotations for a workflow", github.startswith("::warning file=") and ",line=" in github, github)
    facts.same("check: --fail-on error lets warnings pass", source.policy("check", "--fail-on", "error").returncode, 0)
    done = source.policy("test", "--format", "junit")
    facts.check("test: a case that fails exits 3", done.returncode == 3 and "1 failed" in done.stderr, done)
    facts.check("test: and JUnit says which", 'failures="1"' in done.stdout and "expected deny" in done.stdout, done.stdout)
    (source.folder / "policies/developer.test.toml").write_text('role = "developer"\n[[case]]\nacton = "s3:GetObject"\n')
    done = source.policy("test")
    facts.check("test: a key that is not known is refused by line",
                done.returncode == 1 and ".test.toml:3: " in done.stderr and "did you mean `action`" in done.stderr, done.stderr)


def ask_and_compare(facts, source):
    source.set(policy("A"))
    done = source.policy("who-can", "dynamodb:ListTables", "--json")
    roles = json.loads(done.stdout)["roles"]
    facts.same("who-can: the role that is allowed, and by what",
               [(one["role"], one["effect"], one["always"], [say["statement"] for say in one["statements"]]) for one in roles],
               [(ROLE, "allow", True, ["policies/allow.json#YesA"])])
    old = source.rig.folder / "old"
    shutil.copytree(source.folder, old)
    facts.same("diff: the same exits 0", source.rig.strait("policy", "diff", old, source.folder).returncode, 0)
    source.set(policy("B"))
    done = source.rig.strait("policy", "diff", old, source.folder, "--json")
    access = {action: (one["allow"], one["deny"]) for one in json.loads(done.stdout)["access"] for action in one["actions"]}
    facts.same("diff: other access exits 3", done.returncode, 3)
    facts.same("diff: and says of which actions", access,
               {"dynamodb:ListTables": ("narrower", "wider"), "dynamodb:ListBackups": ("wider", "narrower")})


def switch(facts, rig, source, credentials):
    facts.check("without a version the files are in force", in_force(rig, credentials, "A"))
    facts.same("and there is no history", source.history(), [])
    (rig.folder / "policies/allow.json").write_text(json.dumps(policy("B")))
    took = seconds_until(lambda: in_force(rig, credentials, "B"))
    facts.check("and their changes too", took is not None)

    for version, number in (("A", 1), ("B", 2)):
        done = source.set(policy(version), TESTS % ("allow" if version == "A" else "deny")).apply("--json")
        facts.check(f"apply: version {number} is published", done.returncode == 0 and json.loads(done.stdout)["number"] == number, done)
        took = seconds_until(lambda: in_force(rig, credentials, version))
        facts.check(f"apply: the gateway goes by it within {WITHIN} s", took is not None and took <= WITHIN, took)
        facts.say(f"switched {took if took is None else round(took, 3)} s after apply ended")
    facts.check("apply: the same once more is told so", "in force already" in source.apply().stderr)

    (rig.folder / "policies/allow.json").write_text(json.dumps(policy("A")))
    time.sleep(1.5)
    facts.check("from then on the files beside strait.toml change nothing", in_force(rig, credentials, "B"))

    before = source.history()
    done = source.set(policy("A"), TESTS % "deny").apply()
    facts.check("apply: a policy test that fails refuses", done.returncode == 3 and "nothing was applied" in done.stderr, done)
    broken = policy("A")
    broken["Statement"][0]["Effect"] = "Permit"
    done = source.set(broken).apply()
    facts.check("apply: a policy that is no policy refuses", done.returncode != 0 and "Effect" in done.stderr, done)
    done = source.set(policy("A")).apply("--dry-run")
    facts.same("apply: --dry-run would", done.returncode, 0)
    time.sleep(1.2)
    facts.check("and nothing of it is in force", in_force(rig, credentials, "B") and source.history() == before)

    done = rig.strait("rollback", "1", "--state", source.state)
    facts.same("rollback: to version 1", done.returncode, 0)
    took = seconds_until(lambda: in_force(rig, credentials, "A"))
    facts.check(f"rollback: the gateway goes by it within {WITHIN} s", took is not None and took <= WITHIN, took)
    facts.same("rollback: is a change of its own", [(one["number"], one["what"], one["in_force"]) for one in source.history()],
               [(3, "rollback to 1", True), (2, "apply", False), (1, "apply", False)])


def asked(facts, rig, source, credentials):
    """can-i, who-can and doctor answer by what the gateway goes by, and by the files when they are asked to."""
    config = rig.folder / "strait.toml"
    source.set(policy("B")).apply()
    (rig.folder / "policies/allow.json").write_text(json.dumps(policy("A")))
    entry = source.history()[0]
    version = f"version {entry['number']} ({entry['hash'][:12]}), apply by "

    def can_i(*more):
        return json.loads(rig.strait("can-i", "--config", config, "dynamodb:ListBackups", "--json", *more).stdout)

    said = can_i()
    facts.check("can-i: by the version in force, and says which",
                said["decision"] == "allow" and said["policies"].startswith(version), said)
    said = can_i("--files")
    facts.check("can-i --files: by the files", said["decision"] == "deny"
                and said["policies"] == "the files beside strait.toml", said)
    done = rig.strait("can-i", "--config", config, "dynamodb:ListBackups")
    facts.check("can-i: in words too", f"  asked of   {version}" in done.stdout, done)
    for more, effect in (((), "allow"), (("--files",), "deny")):
        done = rig.strait("policy", "who-can", "--config", config, "dynamodb:ListBackups", "--json", *more)
        facts.same(f"who-can{''.join(' ' + word for word in more)}: the same", [one["effect"] for one in json.loads(done.stdout)["roles"]], [effect])
    done = rig.strait("policy", "score", "--config", config, "--state", source.state, "--json")
    facts.check("score: what is in force is what is granted", "dynamodb:ListTables" not in json.loads(done.stdout)[0]["unused"]
                and version in done.stderr, done)
    done = rig.strait("policy", "backtest", rig.folder, "--in-force", "--state", source.state)
    facts.check("backtest --in-force: the files against the version", done.returncode == 3
                and f"compared with {version}" in done.stderr and "newly allowed" in done.stdout, done)
    done = rig.strait("doctor", "--config", config)
    facts.check("doctor: which version, and that the files are others",
                version in done.stdout and "are not what is in force" in done.stdout, done)
    shutil.copy(source.folder / "policies/allow.json", rig.folder / "policies/allow.json")
    done = rig.strait("doctor", "--config", config)
    facts.check("doctor: nothing to say of files that are the version", version in done.stdout
                and "are not what is in force" not in done.stdout, done)
    source.set(policy("A")).apply()
    seconds_until(lambda: in_force(rig, credentials, "A"))


class Caller(threading.Thread):
    """Calls one after the other over one connection, each operation in turn, and keeps what came back."""

    def __init__(self, rig, credentials):
        super().__init__()
        self.port, self.credentials = rig.agent_port(), credentials
        self.replies, self.trouble, self.enough = [], None, threading.Event()

    def run(self):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            while not self.enough.is_set() or len(self.replies) < CALLS:
                number = len(self.replies)
                operation = ("ListTables", "ListBackups")[number % 2]
                reply = dynamodb(self.credentials, self.port, operation, {}).send(connection=link)
                self.replies.append((operation, reply.status, reply.headers.get("x-strait-id")))
        except Exception as trouble:  # noqa: BLE001  whatever it is, a call was dropped
            self.trouble = trouble
        finally:
            link.close()


def under_load(facts, rig, source, credentials):
    seen = {step["call"] for step in rig.replay()}
    callers = [Caller(rig, credentials) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    def taken_up():
        return rig.log_text().count(" in force: ")

    before = taken_up()
    for flip in range(FLIPS):
        done = source.set(policy("BA"[flip % 2])).apply()
        if done.returncode:
            facts.check("load: every flip is applied", False, done)
        seconds_until(lambda: taken_up() > before + flip, 5.0)
    for caller in callers:
        caller.enough.set()
    for caller in callers:
        caller.join()
    facts.same("load: every version was taken up", taken_up() - before, FLIPS)
    replies = [reply for caller in callers for reply in caller.replies]
    facts.same("load: no call is dropped", [caller.trouble for caller in callers if caller.trouble], [])
    facts.same("load: every call is answered, allowed or denied",
               {status for _, status, _ in replies}, {200, DENIED})
    steps = {step["call"]: step for step in rig.replay() if step["call"] not in seen and step["operation"]}
    facts.check("load: and recorded", all(call in steps for _, _, call in replies), len(steps))
    by_hash = {}
    for operation, status, call in replies:
        step = steps.get(call, {})
        by_hash.setdefault(step.get("policy"), set()).add((operation, step.get("effect"), step.get("rule"), status))
    wanted = [{(operation, effect, rule, 200 if effect == "allow" else DENIED) for operation, (effect, rule) in verdicts.items()}
              for verdicts in VERDICTS.values()]
    facts.same("load: by one of the two versions", len(by_hash), 2)
    facts.check("load: and by that one alone: its statements, its effects, its hash",
                sorted(map(sorted, by_hash.values())) == sorted(map(sorted, wanted)), by_hash)
    facts.say(f"{len(replies)} calls of {CALLERS} callers while versions changed {FLIPS} times")


def killed(facts, rig, source):
    """SIGKILL in the middle of apply: the old version is in force or the new one, whole."""
    started = time.monotonic()
    source.set(policy("A")).apply("--dry-run")
    takes = time.monotonic() - started
    whole, changed = True, 0
    for number in range(KILLS):
        before = source.history()[0]["number"]
        source.set(policy("AB"[number % 2]))
        process = subprocess.Popen([STRAIT, "apply", source.folder, "--state", source.state],
                                   env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.8 * takes, 1.3 * takes))  # it writes at the end
        process.kill()
        process.wait()
        history = source.history()
        changed += history[0]["number"] > before
        usable = rig.strait("serve", "--check", "--config", rig.folder / "strait.toml").returncode == 0
        whole = whole and usable and history[0]["number"] in (before, before + 1)
    facts.check(f"killed {KILLS} times, apply leaves the old version or the new one", whole)
    facts.say(f"{changed} of them had changed it")


def restarted(facts, rig, source, credentials):
    source.set(policy("B")).apply()
    seconds_until(lambda: in_force(rig, credentials, "B"))
    rig.strait_process.terminate()
    rig.strait_process.wait(20)
    rig.start_strait()
    facts.check("restarted, the gateway goes by the version in force", in_force(rig, session(rig), "B"))
    facts.check("the record says which version and who", b"apply by" in rig.record() and b"version " in rig.record())
    entry = source.history()[0]
    file = source.state / "policy/versions" / entry["hash"] / "policies/allow.json"
    file.write_text(json.dumps(policy("A")))
    done = rig.strait("serve", "--check", "--config", rig.folder / "strait.toml")
    facts.check("a version that was edited in place is refused", done.returncode == 1 and "is not as it was applied" in done.stderr, done)
    time.sleep(1.2)
    facts.check("and the running gateway keeps what it has", in_force(rig, session(rig), "B"))


def main():
    facts = Facts("working with policy: check, test, who-can, diff, apply, history, rollback")
    with Rig("policy_work", policy("A")) as rig:
        rig.start()
        source = Source(rig)
        credentials = session(rig)
        check_and_test(facts, source)
        ask_and_compare(facts, source)
        switch(facts, rig, source, credentials)
        asked(facts, rig, source, credentials)
        under_load(facts, rig, source, credentials)
        killed(facts, rig, source)
        restarted(facts, rig, source, credentials)
    facts.finish()


if __name__ == "__main__":
    main()
