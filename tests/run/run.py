# SPDX-License-Identifier: Apache-2.0
"""./dev run: the main job, told step by step. Real AWS clients, of which only the environment was changed, reach a
stand-in AWS through Strait: what is allowed goes through, what is not is refused, what needs a human waits for one,
secrets are covered, and all of it can be replayed and verified. Exits 0 only if every step did what it says."""
import argparse
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import textwrap
import time

from world import ACCOUNT, NODE, NODE_HOME, PYTHON, REGION, ROLE, ROOT, STRAIT, World, clean_environment

ALLOW = {"Version": "2012-10-17", "Statement": [
    {"Sid": "Look", "Effect": "Allow", "Resource": "*",
     "Action": ["s3:Get*", "s3:List*", "dynamodb:GetItem", "dynamodb:Describe*", "ec2:Describe*", "sqs:Get*", "sqs:List*"]},
    {"Sid": "OwnBucket", "Effect": "Allow", "Resource": ["arn:aws:s3:::shop-tmp", "arn:aws:s3:::shop-tmp/*"],
     "Action": ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]},
    {"Sid": "OrdersTable", "Effect": "Allow", "Action": "dynamodb:PutItem",
     "Resource": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"},
    {"Sid": "JobsQueue", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"},
    {"Sid": "ReadDbPassword", "Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
     "Resource": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-password-*"}]}
ASK = {"Version": "2012-10-17", "Statement": [
    {"Sid": "Deletes", "Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::shop-tmp/*"}]}

SECRET = "correct-horse-battery-staple"


class Transcript:
    def __init__(self):
        self.number = 0
        self.failed = []

    def step(self, title):
        self.number += 1
        print(f"\n{self.number}. {title}", flush=True)

    def say(self, text):
        print(textwrap.indent(text.rstrip(), "   "), flush=True)

    def check(self, fact, holds):
        print(f"   {'ok  ' if holds else 'FAIL'} {fact}", flush=True)
        if not holds:
            self.failed.append(f"{self.number}: {fact}")
        return holds


tell = Transcript()


def run(command, env, show=True, quiet_lines=12, timeout=120, **kwargs):
    """Runs as the given person or agent, shows the command and what it printed."""
    if show:
        tell.say("$ " + shlex.join(str(part) if str(part).isprintable() else "..." for part in command))
    done = subprocess.run([str(part) for part in command], env=env, capture_output=True, text=True, timeout=timeout, **kwargs)
    output = (done.stdout + done.stderr).strip()
    if show and output:
        lines = output.splitlines()
        tell.say("\n".join("  " + line for line in lines[:quiet_lines]))
        if len(lines) > quiet_lines:
            tell.say(f"  ... {len(lines) - quiet_lines} more lines")
    return done


def boto(env, code):
    """A few lines of boto3, as an agent would write them."""
    return run([PYTHON / "python3", "-c", "import boto3\n" + textwrap.dedent(code)], env, show=False)


def node(world, code):
    script = world.folder / "agent.mjs"
    script.write_text(textwrap.dedent(code))
    return run([NODE, script], world.agent(), show=False)


def set_the_scene(world):
    for name in ("shop-tmp", "payroll"):
        world.direct("s3api", "create-bucket", "--bucket", name, "--create-bucket-configuration", f"LocationConstraint={REGION}")
    world.direct("s3api", "put-object", "--bucket", "payroll", "--key", "salaries.csv")
    world.direct("dynamodb", "create-table", "--table-name", "orders", "--billing-mode", "PAY_PER_REQUEST",
                 "--attribute-definitions", "AttributeName=id,AttributeType=S", "--key-schema", "AttributeName=id,KeyType=HASH",
                 endpoint=world.aws_checked)
    world.direct("sqs", "create-queue", "--queue-name", "jobs", "--endpoint-url", world.aws_checked, endpoint=world.aws_checked)
    world.direct("secretsmanager", "create-secret", "--name", "db-password", "--secret-string", SECRET, endpoint=world.aws_checked)


def allowed_calls(world):
    agent = world.agent()
    tell.step("The agent asks who it is (AWS CLI, STS GetCallerIdentity)")
    done = run(["aws", "sts", "get-caller-identity"], agent)
    tell.check("it is the role session that Strait opened for its OIDC token", f"assumed-role/developer/shop-agent" in done.stdout)

    tell.step("It writes and reads a 20 MB object (AWS CLI: multipart; boto3: one streamed PutObject)")
    big = world.folder / "big.bin"
    big.write_bytes(os.urandom(20 * 1024 * 1024))
    up = run(["aws", "s3", "cp", "--no-progress", big, "s3://shop-tmp/big.bin"], agent)
    down = run(["aws", "s3", "cp", "--no-progress", "s3://shop-tmp/big.bin", world.folder / "back.bin"], agent)
    same = (world.folder / "back.bin").exists() and digest(world.folder / "back.bin") == digest(big)
    tell.check("what came back is byte for byte what went up", up.returncode == down.returncode == 0 and same)
    done = boto(agent, f"""
        s3 = boto3.client("s3")
        with open({str(big)!r}, "rb") as body:
            s3.put_object(Bucket="shop-tmp", Key="one-put.bin", Body=body)
        import hashlib
        print(hashlib.sha256(s3.get_object(Bucket="shop-tmp", Key="one-put.bin")["Body"].read()).hexdigest())
    """)
    tell.check("a single 20 MB PutObject through boto3 comes back the same", done.stdout.strip() == digest(big))
    if done.returncode:
        tell.say(done.stderr[-800:])

    tell.step("It uses DynamoDB, SQS (boto3) and EC2 (AWS SDK for JavaScript v3)")
    done = boto(agent, f"""
        table = boto3.resource("dynamodb").Table("orders")
        table.put_item(Item={{"id": "42", "state": "paid"}})
        print(table.get_item(Key={{"id": "42"}})["Item"])
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
        print("sent", sqs.send_message(QueueUrl=url, MessageBody="ship order 42")["MessageId"])
    """)
    tell.say((done.stdout + done.stderr[-800:]).strip())
    tell.check("DynamoDB gave back the item; SQS took the message", done.returncode == 0 and "'state': 'paid'" in done.stdout)
    done = node(world, """
        import { EC2Client, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
        const { Vpcs } = await new EC2Client({}).send(new DescribeVpcsCommand({}));
        console.log(Vpcs.length, 'VPC', Vpcs[0].CidrBlock);
    """)
    tell.say((done.stdout + done.stderr[-800:]).strip())
    tell.check("EC2 described its VPC", done.returncode == 0 and "VPC" in done.stdout)


def denied_call(world):
    tell.step("It tries what no policy allows: to delete a bucket, and to create a user")
    done = run(["aws", "s3api", "delete-bucket", "--bucket", "payroll"], world.agent())
    tell.check("refused with AccessDenied, naming action, resource, rule and id",
               done.returncode != 0 and "AccessDenied" in done.stderr and "s3:DeleteBucket" in done.stderr and "[strait call_" in done.stderr)
    done = run(["aws", "iam", "create-user", "--user-name", "backdoor"], world.agent())
    tell.check("refused in IAM's own protocol too", done.returncode != 0 and "iam:CreateUser" in done.stderr)
    if not world.real_profile:
        buckets = world.direct("s3api", "list-buckets")
        tell.check("the bucket is still there", '"payroll"' in buckets)


def asked_call(world):
    tell.step("It deletes an object, which policy lets a human decide")
    agent, lee = world.agent(), world.person("lee")
    command = ["aws", "s3api", "delete-object", "--bucket", "shop-tmp", "--key", "one-put.bin"]
    tell.say("$ " + shlex.join(command) + "      (waiting in place)")
    waiting = subprocess.Popen(command, env=agent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    request = None
    deadline = time.monotonic() + 15
    while request is None and time.monotonic() < deadline:
        listed = run(["strait", "approvals", "list", "--json"], lee, show=False)
        items = json.loads(listed.stdout)["items"] if listed.returncode == 0 else []
        request = items[0]["id"] if items else None
        time.sleep(0.1)
    tell.check("the request shows up with its approver", request is not None)
    if request is None:
        waiting.kill()
        return
    run(["strait", "approvals", "show", request], lee, quiet_lines=30)
    own = run(["strait", "approvals", "approve", request], world.person("coding-agent"))
    tell.check("the agent cannot approve its own request", own.returncode != 0)
    kim = run(["strait", "approvals", "approve", request], world.person("kim"))
    tell.check("nor can kim, who owns the agent", kim.returncode == 5)
    run(["strait", "approvals", "approve", request, "--reason", "old test data"], lee)
    _, errors = waiting.communicate(timeout=60)
    tell.check("lee can, and the waiting call went through", waiting.returncode == 0)
    if waiting.returncode:
        tell.say(errors)
    tell.say("$ " + shlex.join(command) + "      (again: the approval was for one call)")
    again = subprocess.Popen(command, env=agent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    _, errors = again.communicate(timeout=100)
    tell.say("  " + errors.strip())
    tell.check("the same call again needs a new approval", again.returncode != 0 and "[strait req_" in errors and "retry=after-approval" in errors)


def masked_call(world):
    tell.step("It reads a database password (Secrets Manager), which it may use but not see")
    done = run(["aws", "secretsmanager", "get-secret-value", "--secret-id", "db-password"], world.agent())
    tell.check("SecretString is covered", '"SecretString": "strait:masked:' in done.stdout)
    tell.check("the secret itself is nowhere in the reply", SECRET not in done.stdout)


def replay_and_verify(world):
    tell.step("An auditor replays what the agent did, and verifies the record")
    state = world.folder / "state"
    env = clean_environment()
    sessions = run(["strait", "sessions", "list", "--state", state, "--json"], env, show=False)
    rows = [json.loads(line) for line in sessions.stdout.splitlines()]
    run(["strait", "sessions", "list", "--state", state], env)
    tell.check("each client logged in by itself and has a session of its own", len(rows) >= 3)
    asked = next((row["id"] for row in rows if row.get("asked")), None)
    tell.check("one of them asked a human", asked is not None)
    if asked:
        done = run(["strait", "sessions", "replay", asked, "--state", state], env, quiet_lines=30)
        tell.check("replay tells the approved call", done.returncode == 0 and "s3:DeleteObject" in done.stdout)
    done = run(["strait", "audit", "verify", "--live", "--state", state], env, quiet_lines=30)
    tell.check("the record verifies offline", done.returncode == 0 and "VERIFIED" in done.stdout)


def real_account(world):
    """With --upstream aws: only calls that read, and one that is denied."""
    agent = world.agent()
    tell.step("The agent asks who it is, and looks around in the real account")
    done = run(["aws", "sts", "get-caller-identity"], agent)
    tell.check("it is the role session that Strait opened", "assumed-role/developer/shop-agent" in done.stdout)
    done = run(["aws", "ec2", "describe-vpcs", "--query", "Vpcs[].CidrBlock"], agent)
    tell.check("EC2 answered", done.returncode == 0)
    tell.step("It tries to create a user, which no policy allows")
    done = run(["aws", "iam", "create-user", "--user-name", "strait-never"], agent)
    tell.check("refused before anything was sent to AWS", done.returncode != 0 and "[strait call_" in done.stderr)


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def keep(world):
    print("\nEverything is up. In another terminal:\n")
    for name, value in world.agent_environment().items():
        print(f"  export {name}={shlex.quote(value)}")
    print(f"  unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n  export PATH={PYTHON}:{STRAIT.parent}:$PATH"
          f"\n\n  aws s3 ls\n  STRAIT_ADMIN={world.admin} STRAIT_TOKEN_FILE={world.folder}/lee.token strait approvals list"
          f"\n\nConfiguration: {world.folder}   Ctrl-C ends it.")
    try:
        world.strait_process.wait()
    except KeyboardInterrupt:
        pass


def account_of(profile):
    env = dict(os.environ) | {"AWS_PROFILE": profile}
    done = subprocess.run([PYTHON / "aws", "sts", "get-caller-identity", "--query", "Account", "--output", "text"],
                          env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"profile {profile} does not work: {done.stderr.strip()}")
    return done.stdout.strip()


def main():
    parser = argparse.ArgumentParser(prog="./dev run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="leave everything up and print what to paste")
    parser.add_argument("--upstream", choices=["moto", "aws"], default="moto", help="a stand-in AWS, or the real one")
    parser.add_argument("--profile", help="with --upstream aws: whose credential Strait holds")
    options = parser.parse_args()
    if options.upstream == "aws" and not options.profile:
        parser.error("--upstream aws needs --profile NAME")
    if options.upstream == "aws":
        import world as world_module
        world_module.ACCOUNT = account_of(options.profile)
        world_module.ROLE = f"arn:aws:iam::{world_module.ACCOUNT}:role/developer"
    with World(ROOT / "build/run", ALLOW, ASK, hold="10s", real_profile=options.profile) as world:
        print("Starting a stand-in AWS, an OIDC issuer and Strait" if not options.profile else
              "Starting an OIDC issuer, and Strait with the credential of profile " + options.profile, flush=True)
        world.start()
        print(f"  AWS     {world.aws} and, where it checks signatures, {world.aws_checked}" if not options.profile else
              "  AWS     the real one")
        print(f"  issuer  {world.issuer}\n  Strait  {world.endpoint}, admin {world.admin}\n  agent   "
              + " ".join(world.agent_environment()), flush=True)
        if options.profile:
            real_account(world)
        else:
            set_the_scene(world)
            allowed_calls(world)
            denied_call(world)
            asked_call(world)
            masked_call(world)
        replay_and_verify(world)
        if options.keep and not tell.failed:
            keep(world)
    print(f"\n{tell.number} steps, {len(tell.failed)} facts did not hold" + "".join("\n  " + fact for fact in tell.failed))
    return 1 if tell.failed else 0


if __name__ == "__main__":
    sys.exit(main())
