# SPDX-License-Identifier: Apache-2.0
"""The URLs of queues lead back to the gateway where a connection asks for it, so that an SDK that takes them for
addresses (JavaScript, Ruby) stays inside; and on the way in they are AWS's again, before anything is judged."""

import json
import xml.etree.ElementTree as xml

from calls import QUEUE
from clients import CLIENTS
from facts import Facts
from rig import ACCOUNT, REGION, Rig, allow, form, session

ACTIONS = ["sqs:CreateQueue", "sqs:GetQueueUrl", "sqs:ListQueues", "sqs:SendMessage", "sqs:ReceiveMessage"]
AWS = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/"
QUERY = "{http://queue.amazonaws.com/doc/2012-11-05/}"


class QueueRig(Rig):
    rewrite = True

    def write_configuration(self):
        super().write_configuration()
        with open(self.folder / "strait.toml", "a") as file:
            file.write(f"rewrite_queue_urls = {str(self.rewrite).lower()}\n")


def by_client(facts, rig, name):
    folder = rig.folder / name
    folder.mkdir(exist_ok=True)
    client = CLIENTS[name](rig.agent(), folder)
    try:
        here = f"{rig.endpoint}/{ACCOUNT}/{QUEUE}-{name}"
        made = client.call("sqs", "CreateQueue", {"QueueName": f"{QUEUE}-{name}"})
        facts.same(f"{name}: CreateQueue answers with our address", made.get("QueueUrl"), here)
        found = client.call("sqs", "GetQueueUrl", {"QueueName": f"{QUEUE}-{name}"})
        facts.same(f"{name}: GetQueueUrl too", found.get("QueueUrl"), here)
        listed = client.call("sqs", "ListQueues", {"QueueNamePrefix": f"{QUEUE}-{name}"})
        facts.same(f"{name}: ListQueues too", listed.get("QueueUrls"), [here])
        sent = client.call("sqs", "SendMessage", {"QueueUrl": here, "MessageBody": f"from {name}"})
        facts.check(f"{name}: a message goes to that address", "MessageId" in sent, sent)
        got = client.call("sqs", "ReceiveMessage", {"QueueUrl": here})
        bodies = [message["Body"] for message in got.get("Messages", [])]
        facts.same(f"{name}: and comes back from it", bodies, [f"from {name}"])
    finally:
        client.close()


def by_query(facts, rig):
    """The protocol of older SDKs, signed by hand."""
    credentials = session(rig)
    port = rig.agent_port()

    def ask(action, target="/", **parameters):
        request = form(credentials, port, "sqs", "2012-11-05", action, **parameters)
        request.target = target
        return request.send()

    here = f"http://127.0.0.1:{port}/{ACCOUNT}/{QUEUE}-query"
    made = ask("CreateQueue", QueueName=f"{QUEUE}-query")
    url = xml.fromstring(made.body).find(f".//{QUERY}QueueUrl") if made.status == 200 else None
    facts.check("query: CreateQueue answers with our address", url is not None and url.text == here, made)
    listed = ask("ListQueues", QueueNamePrefix=f"{QUEUE}-query")
    urls = [element.text for element in xml.fromstring(listed.body).iter(f"{QUERY}QueueUrl")] if listed.status == 200 else []
    facts.same("query: ListQueues too", urls, [here])
    sent = ask("SendMessage", QueueUrl=here, MessageBody="hello")
    facts.same("query: a message goes to that address", sent.status, 200)


def recorded(facts, rig):
    steps = [
        json.loads(line)
        for session_id in rig.session_ids()
        for line in rig.strait(
            "sessions", "replay", session_id, "--state", rig.folder / "state", "--bodies", "--json"
        ).stdout.splitlines()
    ]
    sends = [step for step in steps if step["operation"] == "SendMessage"]
    facts.check("every message passed Strait", len(sends) == 3, sends)
    said = [json.dumps(step.get("input")) for step in sends]
    facts.check("the record has AWS's URLs for what was sent", all(AWS + QUEUE in text for text in said), said)
    for operation, path in (("GetQueueUrl", "QueueUrl"), ("CreateQueue", "QueueUrl"), ("ListQueues", "QueueUrls")):
        told = [step["masked"] for step in steps if step["operation"] == operation]
        facts.check(f"and says that the reply of {operation} was rewritten",
                    told and all(any(path in member for member in masked) for masked in told), told)
    facts.check("as a queue-url, not as a secret", b'"queue-url"' in rig.record(), "no such kind in the log")


def main():
    facts = Facts("The URLs of queues lead back to the gateway")
    with QueueRig("queue_urls", allow(*ACTIONS), keep_bytes=True) as rig:
        rig.start()
        for name in ("boto3", "js"):
            by_client(facts, rig, name)
        by_query(facts, rig)
        recorded(facts, rig)
        facts.check("AWS never hears of our address", f"127.0.0.1:{rig.port}/{ACCOUNT}".encode()
                    not in bytes(rig.to_aws.sent), "it did")
    facts.finish()


if __name__ == "__main__":
    main()
