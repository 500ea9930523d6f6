# SPDX-License-Identifier: Apache-2.0
"""The second lock: what Strait signs with is itself cut down. A stand-in STS sees what every AssumeRole says, gives
credentials that say which, and can be told to fail; the record says what each call was signed under."""

import hashlib
import json
import re
import subprocess
import threading
import time
import urllib.parse

from facts import Facts
from rig import ACCOUNT, REGION, STRAIT, Rig, Signed, clean_environment, dynamodb, session
from standin import Handler, Server

ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/strait-connection"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Items", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
         "Resource": f"arn:aws:dynamodb:*:{ACCOUNT}:table/*"},
        {"Sid": "Secrets", "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
        {"Sid": "NotHere", "Effect": "Deny", "Action": "dynamodb:*",
         "Resource": f"arn:aws:dynamodb:*:{ACCOUNT}:table/payroll"},
    ],
}


class Sts(Server):
    """AssumeRole, and nothing else. `seen` holds the parameters of each."""

    def __init__(self):
        self.seen, self.lock, self.lifetime, self.failure, self.delay = [], threading.Lock(), 3600, None, 0
        self.too_large = 0
        sts = self

        class Answering(Handler):
            def do_POST(self):
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                said = {name: values[0] for name, values in urllib.parse.parse_qs(form).items()}
                with sts.lock:
                    sts.seen.append(said)
                    number = len(sts.seen)
                    refused = sts.failure
                    if sts.too_large > 0:
                        sts.too_large -= 1
                        refused = "PackedPolicyTooLarge"
                time.sleep(sts.delay)
                kind = {"Content-Type": "text/xml"}
                if refused:
                    text = f"<ErrorResponse><Error><Type>Sender</Type><Code>{refused}</Code></Error></ErrorResponse>"
                    return self.answer(400 if refused != "AccessDenied" else 403, kind, text.encode())
                until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + sts.lifetime))
                text = (f"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIASCOPED{number:04d}</AccessKeyId>"
                        f"<SecretAccessKey>scoped-secret-{number}</SecretAccessKey><SessionToken>scoped-{number}</SessionToken>"
                        f"<Expiration>{until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>")
                self.answer(200, kind, text.encode())

        super().__init__(Answering)


class Aws(Server):
    """Answers any JSON call, and remembers by which key it was signed."""

    def __init__(self):
        self.keys = []
        aws = self

        class Answering(Handler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                scope = self.headers["Authorization"].split("Credential=")[1]
                aws.keys.append((scope.split("/")[0], self.headers.get("X-Amz-Security-Token")))
                self.answer(200, {"Content-Type": self.headers["Content-Type"]}, b"{}")

        super().__init__(Answering)


def item(credentials, port, table="orders"):
    return dynamodb(credentials, port, "GetItem", {"TableName": table, "Key": {"id": {"S": "1"}}}).send()


def secret(credentials, port, name):
    return Signed(credentials, port, "secretsmanager", "POST", "/", json.dumps({"SecretId": name}).encode(),
                  {"X-Amz-Target": "secretsmanager.GetSecretValue", "Content-Type": "application/x-amz-json-1.1"}).send()


def what_is_said(facts, rig, sts, aws):
    credentials, port = session(rig), rig.agent_port()
    facts.same("a call passes", item(credentials, port).status, 200)
    facts.same("by one AssumeRole", len(sts.seen), 1)
    said = sts.seen[0]
    facts.same("of the connection's role", (said["Action"], said["RoleArn"]), ("AssumeRole", ROLE_ARN))
    policy = json.loads(said["Policy"])
    facts.same("its session policy is the role's allow set, less its Denies", policy, {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
                       "Resource": f"arn:aws:dynamodb:*:{ACCOUNT}:table/*"},
                      {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
                      {"Effect": "Deny", "Action": "dynamodb:*",
                       "Resource": f"arn:aws:dynamodb:*:{ACCOUNT}:table/payroll"}]})
    ids = rig.session_ids()
    facts.same("the session's name says whose and which", said["RoleSessionName"], f"raw-agent@{ids[-1]}")
    facts.same("the source identity is the agent", said["SourceIdentity"], "coding-agent")
    tags = {said[f"Tags.member.{i}.Key"]: said[f"Tags.member.{i}.Value"] for i in range(1, 5)}
    facts.same("the tags are session, role, issuer and subject", tags, {
        "strait:session": ids[-1], "strait:role": "developer", "strait:issuer": rig.issuer,
        "strait:subject": "coding-agent"})
    facts.same("AWS sees that credential and no other", aws.keys, [("ASIASCOPED0001", "scoped-1")])
    for _ in range(20):
        item(credentials, port)
    facts.same("twenty more calls ask STS no more", len(sts.seen), 1)
    item(session(rig), port)
    facts.same("another session has a credential of its own", len(sts.seen), 2)
    return credentials


def classed(facts, rig, sts, credentials):
    before, port = len(sts.seen), rig.agent_port()
    facts.same("a call that must be named passes", secret(credentials, port, "prod/db").status, 200)
    said = sts.seen[before]
    statements = json.loads(said["Policy"])["Statement"]
    own = [one for one in statements if "Condition" not in one and one["Effect"] == "Allow"]
    facts.check("under a policy for this secret alone", own and all(
        one["Action"] == "secretsmanager:GetSecretValue" and "prod/db" in json.dumps(one["Resource"])
        and one["Resource"] != "*" for one in own), said["Policy"])
    rest = [one["Condition"] for one in statements if "Condition" in one]
    facts.check("and through AWS's services alone what the role may",
                rest and all(one == {"Bool": {"aws:ViaAWSService": "true"}} for one in rest), said["Policy"])
    facts.same("for fifteen minutes", said["DurationSeconds"], "900")
    secret(credentials, port, "prod/db")
    facts.same("the same call again asks no more", len(sts.seen), before + 1)
    secret(credentials, port, "prod/other")
    facts.same("another secret does", len(sts.seen), before + 2)
    secret(credentials, port, 'x","Resource":"*')
    facts.check("a name full of quotes stays a name", all(
        one["Resource"] != "*" for one in json.loads(sts.seen[-1]["Policy"])["Statement"] if "Condition" not in one
        and one["Effect"] == "Allow"), sts.seen[-1]["Policy"])


def too_large(facts, rig, sts, credentials):
    before = len(sts.seen)
    sts.too_large = 1
    facts.same("what STS finds too large when packed still passes", secret(credentials, rig.agent_port(), "big").status, 200)
    first, second = (json.loads(said["Policy"])["Statement"] for said in sts.seen[before:before + 2])
    facts.check("under the next policy, which is smaller", len(second) < len(first), (first, second))


def single_flight(facts, rig, sts):
    credentials, before = session(rig), len(sts.seen)
    sts.delay = 0.5
    replies = []
    crowd = [threading.Thread(target=lambda: replies.append(item(credentials, rig.agent_port()).status)) for _ in range(16)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    sts.delay = 0
    facts.same("sixteen first calls at once pass", replies, [200] * 16)
    facts.same("with one AssumeRole between them", len(sts.seen) - before, 1)


def renewal(facts, rig, sts, aws):
    sts.lifetime = 300  # within ten minutes of its end from the beginning, so due at once and again after a minute
    credentials, before = session(rig), len(sts.seen)
    item(credentials, rig.agent_port())
    sts.lifetime = 3600
    deadline = time.monotonic() + 75
    while len(sts.seen) - before < 2 and time.monotonic() < deadline:
        time.sleep(1)
        if item(credentials, rig.agent_port()).status != 200:
            break
    facts.same("a credential near its end is renewed while calls go on", len(sts.seen) - before, 2)
    time.sleep(0.2)
    item(credentials, rig.agent_port())
    facts.same("and the new one signs", aws.keys[-1][1], f"scoped-{len(sts.seen)}")


def failures(facts, rig, sts, aws, credentials):
    sts.failure = "AccessDenied"
    before, port = len(aws.keys), rig.agent_port()
    refused = secret(credentials, port, "prod/third")
    facts.same("STS says no: the call is refused", refused.status, 503)
    facts.check("the agent is told nothing of the role", ROLE_ARN not in refused.text, refused)
    facts.same("and nothing is sent", len(aws.keys), before)
    facts.check("the operator is told what the trust policy must allow",
                "sts:SetSourceIdentity" in rig.doctor and "sts:TagSession" in rig.doctor, rig.doctor)
    facts.same("what is kept still signs", item(credentials, port).status, 200)
    sts.failure = None


def recorded(facts, rig, sts):
    hashes = {hashlib.sha256(said["Policy"].encode()).hexdigest() for said in sts.seen}
    intents = [json.loads(line) for line in rig.leaves() if '"kind":"INTENT"' in line]
    scopes = [intent.get("scope") for intent in intents]
    facts.check("every call's record says what its credential was cut down to", scopes and all(scopes), scopes)
    facts.check("by the policy that STS was given", all(scope["policy"] in hashes for scope in scopes), scopes)
    marks = {(intent["target"]["service"], intent["scope"]["mark"]) for intent in intents}
    facts.same("ordinary calls under the role's, named ones under their own", marks,
               {("dynamodb", "role"), ("secretsmanager", "exact")})
    shown = [(step["scope"], step["scope_policy"]) for step in rig.replay() if step.get("scope")]
    facts.same("and the replay shows it", sorted(shown), sorted((scope["mark"], scope["policy"]) for scope in scopes))
    done = rig.strait("audit", "verify", "--state", rig.folder / "state")
    facts.same("the log verifies", done.returncode, 0)


class LockRig(Rig):
    def leaves(self):
        text = self.record().decode("utf-8", "replace")
        decoder, found, at = json.JSONDecoder(), [], 0
        while (at := text.find('{"v":1', at)) >= 0:
            leaf, at = decoder.raw_decode(text, at)
            found.append(json.dumps(leaf, separators=(",", ":")))
        return found


class MotoRig(LockRig):
    """moto is the STS too."""

    def write_configuration(self):
        self.connection = f'role_arn = "{ROLE_ARN}"\nsts_endpoint = "{self.aws}"\n'
        super().write_configuration()


def with_moto(facts):
    with MotoRig("second_lock_moto", POLICY) as rig:
        rig.start()
        rig.direct("dynamodb", "create-table", "--table-name", "orders", "--billing-mode", "PAY_PER_REQUEST",
                   "--key-schema", "AttributeName=id,KeyType=HASH", "--attribute-definitions",
                   "AttributeName=id,AttributeType=S")
        rig.direct("secretsmanager", "create-secret", "--name", "prod/db", "--secret-string", "hunter2")
        credentials, port = session(rig), rig.agent_port()
        facts.same("moto's STS takes an ordinary call's AssumeRole", item(credentials, port).status, 200)
        facts.same("and that of a call for itself", secret(credentials, port, "prod/db").status, 200)
        sent = bytes(rig.to_aws.sent)
        facts.check("its SourceIdentity and tags among it", sent.count(b"SourceIdentity=coding-agent") == 2
                    and b"Tags.member.4.Value=coding-agent" in sent, sent[-600:])


def approved(facts, sts, aws, connection):
    ask = {"Version": "2012-10-17", "Statement": [
        {"Sid": "Delete", "Effect": "Allow", "Action": "dynamodb:DeleteItem", "Resource": "*"}]}
    with LockRig("second_lock_ask", POLICY, ask=ask, hold="0s", aws_url=aws.url, connection=connection,
                 keep_bytes=False) as rig:
        rig.start()
        credentials, port = session(rig), rig.agent_port()

        def delete():
            return dynamodb(credentials, port, "DeleteItem", {"TableName": "orders", "Key": {"id": {"S": "1"}}}).send()

        request = re.search(r"req_[0-9A-Z]{26}", delete().text)
        if not facts.check("a call that takes people waits for them", request, "no request id"):
            return
        done = subprocess.run([str(STRAIT), "approvals", "approve", request[0]], env=rig.person("lee"), text=True,
                              capture_output=True, timeout=60)
        facts.same("a person approves", done.returncode, 0)
        facts.same("then it passes", delete().status, 200)
        statements = json.loads(sts.seen[-1]["Policy"])["Statement"]
        own = [one for one in statements if "Condition" not in one and one["Effect"] == "Allow"]
        facts.same("under a policy for it alone, though the role's says nothing of it", own, [
            {"Effect": "Allow", "Action": "dynamodb:DeleteItem",
             "Resource": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"}])
        facts.same("and recorded so", [step["scope"] for step in rig.replay() if step.get("scope")], ["exact"])


def check_doctor(rig, sts):
    sts.failure = "AccessDenied"
    done = subprocess.run([str(STRAIT), "doctor", "--config", str(rig.folder / "strait.toml")], text=True,
                          env=clean_environment() | rig.real, capture_output=True, timeout=60)
    sts.failure = None
    sts.seen.clear()
    return done.stdout


def main():
    facts = Facts("The second lock")
    sts, aws = Sts(), Aws()
    connection = f'role_arn = "{ROLE_ARN}"\nsts_endpoint = "{sts.url}"\n'
    with LockRig("second_lock", POLICY, aws_url=aws.url, connection=connection, keep_bytes=False) as rig:
        rig.start()
        rig.doctor = check_doctor(rig, sts)
        credentials = what_is_said(facts, rig, sts, aws)
        classed(facts, rig, sts, credentials)
        too_large(facts, rig, sts, credentials)
        single_flight(facts, rig, sts)
        failures(facts, rig, sts, aws, credentials)
        renewal(facts, rig, sts, aws)
        recorded(facts, rig, sts)
    approved(facts, sts, aws, connection)
    with_moto(facts)
    with LockRig("second_lock_plain", POLICY, aws_url=aws.url, keep_bytes=False) as rig:
        rig.start()
        item(session(rig), rig.agent_port())
        intents = [json.loads(line) for line in rig.leaves() if '"kind":"INTENT"' in line]
        facts.same("without a role to assume the record says unscoped", [one["scope"] for one in intents],
                   [{"mark": "unscoped"}])
    facts.finish()


if __name__ == "__main__":
    main()
