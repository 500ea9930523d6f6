# SPDX-License-Identifier: Apache-2.0
"""The published privilege-escalation paths, step by step through the gateway with boto3, by a developer whose role allows
everything with wildcards. Each path must stop: at a step that is denied because nobody named it, never at AWS."""

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from escalation_paths import PATHS, REGION, ROLE
from facts import Facts
from rig import Rig, session

SERVICES = sorted({service for _, _, steps in PATHS for service, _, _ in steps})
PREFIXES = {"bedrock-agentcore-control": "bedrock-agentcore"}
# More than any one way to say "everything but" or "all of this service".
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "EachService", "Effect": "Allow", "Resource": "*",
         "Action": sorted({f"{PREFIXES.get(service, service)}:*" for service in SERVICES})},
        {"Sid": "EachKind", "Effect": "Allow", "Resource": "*",
         "Action": [f"*:{verb}*" for verb in ("Create", "Update", "Put", "Attach", "Start", "Run", "Send", "Pass", "Assume")]},
        {"Sid": "AllBut", "Effect": "Allow", "NotAction": "organizations:*", "Resource": "*"},
        {"Sid": "AllButThis", "Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::payroll/*"},
    ],
}  # fmt: skip


class Agent:
    def __init__(self, rig):
        credentials = session(rig)
        self.options = {
            "region_name": REGION,
            "endpoint_url": f"http://127.0.0.1:{rig.agent_port()}",
            "aws_access_key_id": credentials.access_key,
            "aws_secret_access_key": credentials.secret_key,
            "aws_session_token": credentials.token,
            "config": Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, read_timeout=30),
        }
        self.clients = {}

    def call(self, service, operation, given):
        """What Strait says against it; None when it lets it through, whatever AWS then says."""
        if service not in self.clients:
            self.clients[service] = boto3.client(service, **self.options)
        try:
            self.clients[service]._make_api_call(operation, given)
        except ClientError as error:
            said = error.response["Error"]
            denied = "is not authorized to perform: " in said["Message"] and "[strait call_" in said["Message"]
            return said["Message"] if denied else None
        return None


def follow(facts, agent, name, what, steps):
    for at, (service, operation, given) in enumerate(steps, 1):
        denied = agent.call(service, operation, given)
        if denied:
            action = denied.split("is not authorized to perform: ")[1].split(" ")[0]
            facts.check(f"{name} {what}: stops at step {at} of {len(steps)}, {operation}, for {action}", True)
            return
    facts.check(f"{name} {what}: stops", False, f"{', '.join(operation for _, operation, _ in steps)} all went through")


def prefixed(service, operation):
    renamed = {"Invoke": "InvokeFunction"}
    return f"{PREFIXES.get(service, service)}:{renamed.get(operation, operation)}"


def hands_over_a_role(steps):
    given = [(service, str(given)) for service, _, given in steps if service not in ("iam", "sts")]
    return any(ROLE in text or "IamInstanceProfile" in text or "'key': 'role'" in text for _, text in given)


def named_but_for_pass_role(facts):
    """Who names every operation of a path, but not iam:PassRole, still cannot hand a role over."""
    paths = [path for path in PATHS if hands_over_a_role(path[2])]
    actions = sorted({prefixed(service, operation) for _, _, steps in paths for service, operation, _ in steps})
    named = {"Sid": "Named", "Effect": "Allow", "Action": actions, "Resource": "*"}
    with Rig("escalation_named", POLICY | {"Statement": POLICY["Statement"] + [named]}) as rig:
        rig.start()
        agent = Agent(rig)
        for name, what, steps in paths:
            found = [agent.call(*step) for step in steps]
            denied = [text for text in found if text]
            facts.check(
                f"{name} {what}: every operation is named, and it stops for iam:PassRole",
                denied and "perform: iam:PassRole on" in denied[0],
                denied or "all went through",
            )


def main():
    facts = Facts("privilege escalation by a developer who is allowed everything with wildcards")
    with Rig("escalation", POLICY) as rig:
        rig.start()
        agent = Agent(rig)
        through = agent.call("ec2", "DescribeInstances", {}) or agent.call("iam", "ListRoles", {})
        facts.check("what is in no class goes through", through is None, through)
        before = rig.to_aws.requests()
        for name, what, steps in PATHS:
            follow(facts, agent, name, what, steps)
        facts.say(f"{len(PATHS)} paths; {rig.to_aws.requests() - before} of their first steps reached AWS")
    named_but_for_pass_role(facts)
    facts.finish()


if __name__ == "__main__":
    main()
