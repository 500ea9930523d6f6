# SPDX-License-Identifier: Apache-2.0
"""What went before counts: conditions on a session's own history, limits of a role, the race for the last place, and a
restart in between."""

import concurrent.futures
import json
import time

from facts import Facts
from rig import ACCOUNT, Rig, dynamodb, session
from second_lock import Aws

TABLES = f"arn:aws:dynamodb:*:{ACCOUNT}:table/*"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "Read", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:DescribeTable", "dynamodb:Scan"],
         "Resource": TABLES},
        {"Sid": "TwentyAnHour", "Effect": "Allow", "Action": "dynamodb:DeleteItem", "Resource": TABLES,
         "Condition": {"NumericLessThan": {"strait:calls/1h/dynamodb:DeleteItem": "20"}}},
        {"Sid": "LookFirst", "Effect": "Allow", "Action": "dynamodb:UpdateTable", "Resource": TABLES,
         "Condition": {"Bool": {"strait:seen/dynamodb:DescribeTable": "true"}}},
        {"Sid": "Write", "Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:BatchWriteItem"], "Resource": TABLES},
    ],
}


def call(credentials, port, operation, **more):
    return dynamodb(credentials, port, operation, {"TableName": "orders", **more}).send().status


def delete(credentials, port):
    return call(credentials, port, "DeleteItem", Key={"id": {"S": "1"}})


def put(credentials, port):
    return dynamodb(credentials, port, "PutItem", {"TableName": "orders", "Item": {"id": {"S": "1"}}}).send()


class LimitedRig(Rig):
    limits = ""

    def write_configuration(self):
        super().write_configuration()
        with open(self.folder / "roles/developer.toml", "a") as file:
            file.write(self.limits)

    def restart(self):
        name, process = next(item for item in self.processes if item[0] == "strait")
        process.terminate()
        process.wait(20)
        self.processes.remove((name, process))
        self.start_strait()

    def stopped(self):
        name, process = next(item for item in self.processes if item[0] == "strait")
        process.kill()
        process.wait(20)
        self.processes.remove((name, process))
        self.start_strait()


def conditions(facts, rig):
    credentials, port = session(rig), rig.agent_port()
    facts.same("not before DescribeTable", call(credentials, port, "UpdateTable"), 400)
    facts.same("DescribeTable", call(credentials, port, "DescribeTable"), 200)
    facts.same("then UpdateTable", call(credentials, port, "UpdateTable"), 200)
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        done = list(pool.map(lambda _: delete(credentials, port), range(60)))
    facts.same("of sixty deletions at once exactly twenty pass", (done.count(200), done.count(400)), (20, 40))
    facts.same("another session has twenty of its own", delete(session(rig), port), 200)
    facts.same("reading goes on", call(credentials, port, "Scan"), 200)
    rig.restart()
    facts.same("after a restart the twenty are still gone", delete(credentials, port), 400)
    facts.same("and what was seen is still seen", call(credentials, port, "UpdateTable"), 200)
    rig.stopped()
    facts.same("the same after a crash", (delete(credentials, port), call(credentials, port, "UpdateTable")), (400, 200))
    young = session(rig)
    for _ in range(19):
        delete(young, port)
    rig.restart()
    facts.same("one place left before the restart is one left after it", [delete(young, port) for _ in range(3)],
               [200, 400, 400])


def newly_asked(facts, rig, plain):
    """A policy that asks for history from now on knows nothing of sessions that were there before."""
    credentials, port = session(rig), rig.agent_port()
    facts.same("a session before the policy", call(credentials, port, "DescribeTable"), 200)
    (rig.folder / "policies/allow.json").write_text(json.dumps(POLICY))
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and "reloaded" not in rig.log_text():
        time.sleep(0.1)
    time.sleep(1.5)
    facts.same("its history is unknown, so nothing that asks for it is allowed",
               (delete(credentials, port), call(credentials, port, "UpdateTable")), (400, 400))
    fresh = session(rig)
    facts.same("a new session's is known", delete(fresh, port), 200)


def limited(facts, rig):
    credentials, port = session(rig), rig.agent_port()
    facts.same("five writes pass", [put(credentials, port).status for _ in range(5)], [200] * 5)
    refused = put(credentials, port)
    facts.check("the sixth is denied, and says why", refused.status == 400 and "AccessDenied" in refused.text
                and "access level Write" in refused.text, refused)
    facts.same("a new session is the same principal", put(session(rig), port).status, 400)
    rig.restart()
    facts.same("a restart gives nothing back", put(session(rig), port).status, 400)
    facts.same("reading is not writing", call(credentials, port, "Scan"), 200)


def rated(facts, rig):
    credentials, port = session(rig), rig.agent_port()
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        replies = list(pool.map(lambda _: dynamodb(credentials, port, "Scan", {"TableName": "orders"}).send(), range(120)))
    slow = [reply for reply in replies if reply.status != 200]
    facts.check("beyond the rate calls are throttled in AWS's words, so that SDKs try again",
                slow and all("ThrottlingException" in reply.text for reply in slow), slow[:1] or replies[:1])
    facts.check("up to it they pass", 10 <= 120 - len(slow) < 60, 120 - len(slow))


def main():
    facts = Facts("History and limits")
    aws = Aws()
    with LimitedRig("history", POLICY, aws_url=aws.url, keep_bytes=False) as rig:
        rig.start()
        conditions(facts, rig)
    plain = {"Version": "2012-10-17", "Statement": [POLICY["Statement"][0]]}
    with LimitedRig("history_reload", plain, aws_url=aws.url, keep_bytes=False) as rig:
        rig.start()
        newly_asked(facts, rig, plain)
    with LimitedRig("limits", POLICY, aws_url=aws.url, keep_bytes=False) as rig:
        rig.limits = '\n[limits]\nwrite = "5/1h"\n'
        rig.start()
        limited(facts, rig)
    with LimitedRig("rate", POLICY, aws_url=aws.url, keep_bytes=False) as rig:
        rig.limits = "\n[limits]\ncalls_per_second = 10\n"
        rig.start()
        rated(facts, rig)
    facts.finish()


if __name__ == "__main__":
    main()
