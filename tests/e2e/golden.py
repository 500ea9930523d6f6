# SPDX-License-Identifier: Apache-2.0
"""The golden matrix: who may do what to what, for the role that `strait init` writes and for four more, is a reviewed text.
A change to the language, to the named classes or to the starter that changes an answer shows here as a difference.

    golden.py --write    after review of the difference"""

import argparse
import difflib
import json
import pathlib
import shutil
import subprocess
import tempfile

from facts import Facts
from rig import ACCOUNT, ROOT, STRAIT

GOLDEN = ROOT / "src/policy/testdata/golden"
MATRIX = GOLDEN / "matrix.txt"
HEAD = """# Who may do what to what, and which statement says so. Made by tests/e2e/golden.py --write, then read by a person.
# "*" does not reach what must be named; keys that are not given are absent.
"""


def starter():
    """The policies of the starter role, as its role file lists them."""
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        command = [STRAIT, "init", folder, "--issuer", "https://issuer.example", "--subject", "*", "--account", ACCOUNT]
        subprocess.run(command, check=True, capture_output=True)
        read = {path.name: path.read_text() for path in (folder / "policies").iterdir()}
        return {"allow": {"look.json": read["look.json"]}, "ask": {"everything-else.json": read["everything-else.json"]}}
    finally:
        shutil.rmtree(folder)


def principals():
    for name, given in json.loads((GOLDEN / "principals.json").read_text()).items():
        texts = {kind: {file: (GOLDEN / file).read_text() for file in given.get(kind, [])} for kind in ("allow", "ask")}
        yield name, starter() if name == "starter" else texts, given.get("context", {})


def questions():
    for line in (GOLDEN / "questions.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            action, resource, *pairs = line.split(" ")
            yield action, resource, dict(pair.split("=", 1) for pair in pairs)


def ask(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([STRAIT, "policy", "eval", "--strict"], input=lines, text=True, capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def said(answer, files):
    """allow look.json#Look"""

    def named(statement):
        where, sid = statement.split("#")
        kind, at = where.rstrip("]").split("[")
        return f"{list(files[kind])[int(at)]}#{sid}"

    return " ".join([f"{answer['decision']:5}", *(named(statement) for statement in answer["matched"])]).rstrip()


def matrix():
    who, what = list(principals()), list(questions())
    cases = [
        {kind: [json.loads(text) for text in files[kind].values()] for kind in ("allow", "ask")}
        | {"request": {"action": action, "resource": resource, "context": context | claims}}
        for action, resource, context in what
        for _, files, claims in who
    ]
    answers = iter(ask(cases))
    text = HEAD
    width = max(len(name) for name, _, _ in who)
    for action, resource, context in what:
        pairs = "".join(f" {key}={value}" for key, value in context.items())
        text += f"\n{action} on {resource}{pairs}\n"
        text += "".join(f"    {name:{width}}  {said(next(answers), files)}\n" for name, files, _ in who)
    return text


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--write", action="store_true")
    facts = Facts("the golden matrix")
    found = matrix()
    if arguments.parse_args().write:
        MATRIX.write_text(found)
    wanted = MATRIX.read_text()
    difference = difflib.unified_diff(wanted.splitlines(), found.splitlines(), "reviewed", "now", lineterm="", n=2)
    cells = sum(line.startswith("    ") for line in found.splitlines())
    facts.check(f"{cells} answers are as reviewed", found == wanted, "\n".join(difference))
    facts.finish()


if __name__ == "__main__":
    main()
