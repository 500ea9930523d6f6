# SPDX-License-Identifier: Apache-2.0
"""Denials, part of fail_closed.py: in every protocol the AWS CLI prints Strait's own sentence; what must be named in a
policy is not covered by a wildcard; policies change while Strait runs, and a broken one changes nothing."""

import concurrent.futures
import json
import os
import time

from clients import Cli
from rig import ACCOUNT, REGION, Signed, allow, dynamodb, form, session

# The AWS CLI's words, the action that is denied, the protocol's name for a denial.
DENIED = [
    (["s3api", "delete-bucket", "--bucket", "shop"], "s3:DeleteBucket", "AccessDenied", "rest-xml, S3"),
    (["s3", "rm", "s3://shop/key"], "s3:DeleteObject", "AccessDenied", "rest-xml, by the s3 command"),
    (
        ["ec2", "terminate-instances", "--instance-ids", "i-1234567890abcdef0"],
        "ec2:TerminateInstances",
        "UnauthorizedOperation",
        "ec2",
    ),
    (["iam", "create-user", "--user-name", "x"], "iam:CreateUser", "AccessDenied", "query"),
    (
        ["dynamodb", "delete-table", "--table-name", "orders"],
        "dynamodb:DeleteTable",
        "AccessDeniedException",
        "json 1.0",
    ),
    (["logs", "delete-log-group", "--log-group-name", "x"], "logs:DeleteLogGroup", "AccessDeniedException", "json 1.1"),
    (
        ["lambda", "delete-function", "--function-name", "x"],
        "lambda:DeleteFunction",
        "AccessDeniedException",
        "rest-json",
    ),
    (["cloudwatch", "delete-alarms", "--alarm-names", "x"], "cloudwatch:DeleteAlarms", "AccessDenied", "rpc-v2-cbor"),
    (["route53", "list-hosted-zones"], "route53:ListHostedZones", "AccessDenied", "rest-xml"),
    (
        ["sqs", "purge-queue", "--queue-url", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"],
        "sqs:PurgeQueue",
        "AccessDenied",
        "json with query's names",
    ),
]
POLICY = "policies/allow.json"


def run_denials(facts, rig):
    before = rig.to_aws.requests()
    cli = Cli(rig.agent(), rig.folder)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda row: cli.run(*row[0]), DENIED))
    for (_, action, code, protocol), run in zip(DENIED, done):
        sentence = f"is not authorized to perform: {action} on resource:"
        facts.check(
            f"{protocol}: the CLI says why {action} is denied, by which call",
            run.returncode not in (0, None)
            and code in run.stderr
            and sentence in run.stderr
            and "[strait call_" in run.stderr
            and "retry=no]" in run.stderr,
            run.stderr,
        )
    head_of_an_object(facts, rig, cli)
    facts.same("none of these reached AWS", rig.to_aws.requests() - before, 0)
    cli.close()


def head_of_an_object(facts, rig, cli):
    run = cli.run("s3api", "head-object", "--bucket", "payroll", "--key", "salaries")
    facts.check("HEAD: the CLI says 403", run.returncode != 0 and "403" in run.stderr, run.stderr)
    reply = Signed(session(rig), rig.agent_port(), "s3", "HEAD", "/payroll/salaries").send()
    names = [
        name
        for name in ("x-strait-id", "x-strait-decision", "x-strait-rule", "x-strait-retry")
        if name in reply.headers
    ]
    facts.check(
        "HEAD: no body, and the headers say the rest",
        reply.status == 403 and not reply.body and len(names) == 4 and reply.headers["x-strait-decision"] == "deny",
        reply,
    )


def soon():
    """Two seconds, and longer on a machine on which everything waits for everything."""
    return 2 * max(1.0, os.getloadavg()[0] / (2 * os.cpu_count()))


class Policies:
    """The role's allow file, changed while Strait runs."""

    def __init__(self, rig):
        self.rig, self.path = rig, rig.folder / POLICY
        self.agent = session(rig)

    def write(self, text):
        beside = self.path.with_suffix(".new")
        beside.write_text(text if isinstance(text, str) else json.dumps(text))
        os.replace(beside, self.path)  # as editors and git do: never half a file

    def get_item(self):
        return dynamodb(
            self.agent, self.rig.agent_port(), "GetItem", {"TableName": "orders", "Key": {"id": {"S": "42"}}}
        ).send()

    def put_item(self):
        return dynamodb(
            self.agent, self.rig.agent_port(), "PutItem", {"TableName": "orders", "Item": {"id": {"S": "42"}}}
        ).send()

    def seconds_until(self, status, call, patience=20):
        started = time.monotonic()
        while time.monotonic() < started + patience:
            if call().status == status:
                return time.monotonic() - started
            time.sleep(0.05)
        return patience


def run_reloads(facts, rig):
    policies = Policies(rig)
    original = policies.path.read_text()
    facts.same("before the change PutItem is denied", policies.put_item().status, 400)
    policies.write(allow("dynamodb:GetItem", "dynamodb:PutItem"))
    took = policies.seconds_until(200, policies.put_item)
    facts.check("a changed policy is in force within 2 s, without a restart", took <= soon(), f"{took:.1f} s")
    for what, text, said in (
        ("broken JSON", "{", ""),
        ("a key twice", '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}', ""),
        (
            "an unknown condition operator",
            allow("dynamodb:*")
            | {
                "Statement": [
                    {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringAlmost": {"aws:x": "y"}}}
                ]
            },
            "StringAlmost",
        ),
        (
            "an unknown element",
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Conditon": {}}],
            },
            "Conditon",
        ),
    ):
        broken_policy(facts, rig, policies, what, text, said)
    policies.write(allow("dynamodb:GetItem"))
    took = policies.seconds_until(400, policies.put_item)
    facts.check("a permission that is taken away is gone within 2 s", took <= soon(), f"{took:.1f} s")
    policies.write(original)
    policies.seconds_until(200, policies.get_item)
    time.sleep(1.5)  # so that what comes next is a change of its own
    narrower_connection(facts, rig, policies)


def narrower_connection(facts, rig, policies):
    """What is not a policy is reloaded as well."""
    config = rig.folder / "strait.toml"
    original = config.read_text()
    config.write_text(
        original.replace('credentials = "environment"', 'credentials = "environment"\nregions = ["us-east-1"]')
    )
    took = policies.seconds_until(400, policies.get_item)
    facts.check("a region that is taken from the connection is closed within 2 s", took <= soon(), f"{took:.1f} s")
    config.write_text(original)
    took = policies.seconds_until(200, policies.get_item)
    facts.check("and open again when it is given back", took <= soon(), f"{took:.1f} s")


def broken_policy(facts, rig, policies, what, text, said):
    before = rig.log_text().count("not reloaded")
    policies.write(text)
    deadline = time.monotonic() + 15
    while rig.log_text().count("not reloaded") == before and time.monotonic() < deadline:
        time.sleep(0.1)
    log = rig.log_text()
    lines = [line for line in log.splitlines() if "not reloaded" in line]
    facts.check(
        f"{what}: the log says that the old policy stays, and why",
        log.count("not reloaded") == before + 1 and POLICY in lines[-1] and said in lines[-1],
        lines[-1:],
    )
    facts.same(
        f"{what}: the old policy is still the one in force",
        (policies.get_item().status, policies.put_item().status),
        (200, 200),
    )


def run_checks(facts, rig):
    """`strait serve --check` on a configuration with one mistake."""
    config = rig.folder / "strait.toml"
    good = config.read_text()
    done = rig.strait("serve", "--check", "--config", config)
    facts.same("serve --check accepts the good configuration", done.returncode, 0)
    line = good[: good.index("state_dir")].count("\n") + 1
    mistakes = {
        "an unknown key": (good.replace("state_dir =", "state_dri ="), f"strait.toml:{line}: "),
        "an unknown section": (good + "\n[sever]\nx = 1\n", "sever"),
        "a value of the wrong type": (good.replace('log_level = "info"', "log_level = 3"), "log_level"),
        "plain HTTP on every address": (good.replace('\nlisten = "127.0.0.1:', '\nlisten = "0.0.0.0:'), "loopback"),
    }
    beside = rig.folder / "mistake.toml"
    for what, (text, said) in mistakes.items():
        beside.write_text(text)
        done = rig.strait("serve", "--check", "--config", beside)
        facts.check(
            f"serve --check refuses {what} and says where",
            done.returncode != 0 and said.replace("strait.toml", "mistake.toml") in done.stderr,
            done.stderr,
        )
    beside.unlink()


def run_wildcards(facts, rig):
    """`Action: *` is no permission for what must be named."""
    policies = Policies(rig)
    original = policies.path.read_text()
    policies.write(allow("*"))
    facts.check("`*` allows an ordinary call", policies.seconds_until(200, policies.put_item) < 20)
    before = rig.to_aws.requests()
    agent, port = policies.agent, rig.agent_port()
    named = {
        "sts:AssumeRole": form(
            agent,
            port,
            "sts",
            "2011-06-15",
            "AssumeRole",
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/admin",
            RoleSessionName="back-door",
        ),
        "sts:GetSessionToken": form(agent, port, "sts", "2011-06-15", "GetSessionToken"),
        "iam:CreateAccessKey": form(agent, port, "iam", "2010-05-08", "CreateAccessKey", UserName="kim"),
        "iam:AttachRolePolicy": form(
            agent,
            port,
            "iam",
            "2010-05-08",
            "AttachRolePolicy",
            RoleName="x",
            PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess",
        ),
        "iam:UpdateAssumeRolePolicy": form(
            agent, port, "iam", "2010-05-08", "UpdateAssumeRolePolicy", RoleName="x", PolicyDocument="{}"
        ),
        "secretsmanager:GetSecretValue": json_call(
            agent, port, "secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": "x"}
        ),
        "ssm:SendCommand": json_call(
            agent,
            port,
            "ssm",
            "AmazonSSM.SendCommand",
            {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-1234567890abcdef0"]},
        ),
        "lambda:UpdateFunctionCode": Signed(
            agent,
            port,
            "lambda",
            "PUT",
            "/2015-03-31/functions/x/code",
            b'{"ZipFile":"eA=="}',
            {"Content-Type": "application/json"},
        ),
    }
    for action, request in named.items():
        reply = request.send()
        facts.check(
            f"`*` does not allow {action}", reply.status in (400, 403) and f"perform: {action} on" in reply.text, reply
        )
    create = {
        "FunctionName": "hello",
        "Runtime": "python3.12",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/lambda",
        "Handler": "h.h",
        "Code": {"ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="},
    }

    def create_function():
        return Signed(
            agent,
            port,
            "lambda",
            "POST",
            "/2015-03-31/functions",
            json.dumps(create).encode(),
            {"Content-Type": "application/json"},
        ).send()

    reply = create_function()
    facts.check(
        "`*` does not allow handing a role to Lambda", reply.status == 403 and "iam:PassRole" in reply.text, reply
    )
    facts.same("none of these reached AWS", rig.to_aws.requests() - before, 0)
    policies.write(allow("*", "iam:PassRole", "lambda:CreateFunction"))
    policies.seconds_until(200, create_function)
    reply = create_function()
    facts.check(
        "once iam:PassRole is named, it goes through to AWS",
        "x-strait-decision" in reply.headers and reply.headers["x-strait-decision"] == "allow",
        reply,
    )
    policies.write(original)


def json_call(agent, port, service, target, document):
    return Signed(
        agent,
        port,
        service,
        "POST",
        "/",
        json.dumps(document).encode(),
        {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"},
    )
