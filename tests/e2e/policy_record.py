# SPDX-License-Identifier: Apache-2.0
"""What the record teaches about policy: from a recorded script of ordinary calls comes the least policy under which the
same script passes and nothing beside it; a changed policy shows what it would have changed; a refusal is explained by
the statement that would have allowed it."""

import json
import random
import re
import shutil
import subprocess

from calls import ACTIONS, run_calls
from clients import CLIENTS
from facts import Facts
from rig import ACCOUNT, PYTHON, REGION, ROLE, Rig, allow
from same_results import make_files, set_the_scene

OTHER_ACTIONS = """s3:DeleteBucket s3:PutBucketPolicy dynamodb:DeleteTable dynamodb:ExportTableToPointInTime
 sqs:PurgeQueue sqs:DeleteQueue sns:DeleteTopic ec2:StopInstances ec2:ModifyInstanceAttribute iam:CreateUser
 lambda:DeleteFunction lambda:UpdateFunctionCode logs:DeleteLogGroup kms:ScheduleKeyDeletion ssm:DeleteParameter
 secretsmanager:DeleteSecret cloudwatch:DeleteAlarms sts:AssumeRole""".split()


def run_script(rig, files):
    """By boto3, with nothing but environment variables; gives each call's result."""
    set_the_scene(rig.moto, rig.real)
    folder = rig.folder / "client"
    folder.mkdir(exist_ok=True)
    client = CLIENTS["boto3"](rig.agent(), folder)
    try:
        return run_calls(client, files["part"], files["big"], folder / "back.bin", 1_700_000_000_000)
    finally:
        client.close()


def refusals(rig):
    return [f"{step['service']}:{step['operation']} {step['error_message']}" for step in rig.replay() if step["step"] == "refused"]


def policy(rig, *arguments):
    done = rig.strait("policy", *arguments, "--json")
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else done.stderr


def state_of(rig):
    return ["--state", rig.folder / "state"]


def config_of(rig):
    return rig.folder / "strait.toml"


def neighbours(document):
    """Every action of the policy on a thing beside its own, and actions that it does not have on the things it has."""
    chance = random.Random(4)
    things = [thing for statement in document["Statement"] for thing in statement["Resource"] if thing.startswith("arn:")]
    for statement in document["Statement"]:
        for action in statement["Action"]:
            for thing in statement["Resource"]:
                if thing != "*":
                    yield action, re.sub(r"[*?]", "a", thing).replace(ACCOUNT, "999999999999") if ACCOUNT in thing else thing + "-other"
    for action in OTHER_ACTIONS:
        yield action, re.sub(r"[*?]", "a", chance.choice(things))


def changed_configuration(rig, document):
    """The same installation with another policy, in a folder of its own."""
    folder = rig.folder / "changed"
    for part in ("roles", "policies"):
        shutil.copytree(rig.folder / part, folder / part)
    shutil.copy(config_of(rig), folder / "strait.toml")
    (folder / "policies/allow.json").write_text(json.dumps(document))
    return folder / "strait.toml"


def suggest(facts, rig):
    code, made = policy(rig, "suggest", *state_of(rig))
    facts.check("suggest gives a policy under which every recorded call passes", code == 0 and made["not_allowed"] == 0, made)
    document = json.loads(made["policy"])
    actions = {action for statement in document["Statement"] for action in statement["Action"]}
    facts.check("every action stands there by name", not any("*" in action for action in actions), actions)
    facts.check("and none that was not needed", actions <= set(ACTIONS), actions - set(ACTIONS))
    facts.say(f"{made['calls']} calls, {len(document['Statement'])} statements, {len(made['generalised'])} generalised")
    return document


def check_nothing_beside(facts, rig, document):
    allowed, asked = [], 0
    for action, thing in neighbours(document):
        asked += 1
        done = rig.strait("can-i", "--config", config_of(rig), action, thing, "--with", f"aws:RequestedRegion={REGION}",
                          "--with", "iam:PassedToService=lambda.amazonaws.com")
        if done.returncode != 5:
            allowed.append(f"{action} on {thing}: {done.stdout}")
    facts.check(f"{asked} actions and resources beside it are denied", not allowed and asked > 40, "\n".join(allowed))


def check_backtest(facts, rig, narrow):
    code, same = policy(rig, "backtest", config_of(rig), *state_of(rig))
    facts.check("the policy in force would say again what it said", code == 0 and same["judged"] > 40 and not same["differences"], same)
    facts.check("and from a whole record, but for what is sensitive in it", same["doubtful"] < same["judged"] / 4, same)
    code, changed = policy(rig, "backtest", narrow, *state_of(rig))
    denied = {one["action"] for one in changed["differences"] if one["after"] == "deny"} if code == 3 else set()
    facts.check(
        "a policy without DynamoDB would newly deny just that, with counts and examples",
        denied and all(action.startswith("dynamodb:") for action in denied)
        and all(one["count"] and one["calls"] and one["resources"] for one in changed["differences"]),
        changed,
    )
    allowed = [one for one in changed["differences"] if one["after"] == "allow"]
    facts.check("and newly allow what was refused before, known by its kept input",
                [one["action"] for one in allowed] == ["s3:DeleteBucket"], changed)


def check_replay(facts, rig, narrow):
    told = rig.strait("sessions", "replay", "last", *state_of(rig), "--json", "--against", narrow)
    steps = [json.loads(line) for line in told.stdout.splitlines()]
    said = {step["service"] + ":" + step["operation"]: step.get("against") for step in steps if step["call"]}
    facts.check("a replay says what another policy would have said",
                any(value == "deny by none" for name, value in said.items() if name.startswith("dynamodb:"))
                or said.get("s3:DeleteBucket", "").startswith("allow"), said)


def check_explain(facts, rig, call_id):
    code, told = policy(rig, "explain", call_id, *state_of(rig), "--config", config_of(rig))
    facts.check("a refused call is explained", code == 0 and told["then"] == "deny" and told["now"] == "deny", told)
    statement = json.loads(told["statement"])
    facts.same("by the smallest statement that would allow it", statement, {
        "Effect": "Allow", "Action": ["s3:DeleteBucket"], "Resource": ["arn:aws:s3:::e2e-shop"]})
    code, told = policy(rig, "explain", "call_00000000000000000000000000", *state_of(rig), "--config", config_of(rig))
    facts.check("a call that is not there is an error", code == 1, told)


def check_score(facts, rig):
    code, scores = policy(rig, "score", "--config", config_of(rig), *state_of(rig))
    facts.check("the score knows the role", code == 0 and [one["role"] for one in scores] == [ROLE], scores)
    levels = {one["level"]: one for one in scores[0]["levels"]}
    facts.check("never more is used than granted", all(one["used"] <= one["granted"] for one in levels.values()), levels)
    facts.check("reads and writes were both used", levels["Read"]["used"] and levels["Write"]["used"], levels)


def denied_call(rig):
    done = subprocess.run([PYTHON / "aws", "s3api", "delete-bucket", "--bucket", "e2e-shop"], env=rig.agent(), text=True,
                          capture_output=True)
    found = re.search(r"call_[0-9A-Z]{26}", done.stderr + done.stdout)
    return found.group(0) if found else done.stderr


def main():
    facts = Facts("What the record teaches about policy")
    with Rig("policy_record", allow(*ACTIONS), keep_bytes=False) as rig:
        rig.start()
        files = make_files(rig.folder, 1)
        first = run_script(rig, files)
        call_id = denied_call(rig)
        document = suggest(facts, rig)
        without = allow(*[action for action in ACTIONS if not action.startswith("dynamodb:")], "s3:DeleteBucket")
        changed = changed_configuration(rig, without)
        check_backtest(facts, rig, changed)
        check_replay(facts, rig, changed)
        check_explain(facts, rig, call_id)
        check_score(facts, rig)
    with Rig("policy_record_least", document, keep_bytes=False) as rig:
        rig.start()
        files = make_files(rig.folder, 1)
        second = run_script(rig, files)
        failed = {name for name, result in second.items() if "error" in result}
        facts.same("under the suggestion the same script passes", failed, {name for name, result in first.items() if "error" in result})
        facts.same("without a refusal", refusals(rig), [])
        check_nothing_beside(facts, rig, document)
    facts.finish()


if __name__ == "__main__":
    main()
