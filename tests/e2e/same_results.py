# SPDX-License-Identifier: Apache-2.0
"""The same script of ordinary calls (calls.py), by boto3, the AWS CLI and the JavaScript SDK, once straight at the
stand-in AWS and once through Strait: every call gives the same result, apart from what Strait covers and from ids and
times that no two runs share. Files of --mib MiB go up and come down unchanged."""

import argparse
import base64
import binascii
import concurrent.futures
import json
import os
import re
import time

import boto3
from botocore.config import Config

from calls import ACTIONS, BUCKET, LAMBDA_ROLE, MASKED, OWN_ANSWER, QUEUE, TABLE, TOPIC, run_calls
from clients import CLIENTS, file_digest
from facts import Facts
from rig import ACCOUNT, REGION, Rig, allow, clean_environment, get_url

MARK = "strait:masked:"
# What no two runs share, by the form of the value, or by the name of the member where the form does not tell.
VARIES = [
    (re.compile(r"https?://(127\.0\.0\.1|localhost|gw\.strait\.test)(:\d+)?"), "http://HOST"),
    (re.compile(r"https://(sqs\.[\w-]+|[\w-]+\.queue)\.amazonaws\.com"), "http://HOST"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (
        re.compile(r"\b(i|vpc|vpc-cidr-assoc|subnet|eni|eni-attach|vol|sg|r|acl|dopt|rtb|igw)-[0-9a-f]{8,17}\b"),
        r"\1-ID",
    ),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[0-9.:+Z]*"), "TIME"),
    (re.compile(r"\bip-10-\d+-\d+-\d+\b"), "ip-IP"),
    (re.compile(r"\b(?:10|54|172)\.\d+\.\d+\.\d+\b"), "IP"),
    (re.compile(r"(:secret:[\w/]+)-\w{6}\b"), r"\1-SUFFIX"),
    (re.compile(r"\b0[26]:[0-9a-f:]{14}\b"), "MAC"),
]
ID_MEMBERS = {
    "CiphertextBlob",
    "ReceiptHandle",
    "MessageId",
    "ReservationId",
    "UploadId",
    "UserId",
    "nextSequenceToken",
    "nextForwardToken",
    "nextBackwardToken",
    "eventId",
}
TIME_MEMBERS = {
    "timestamp",
    "ingestionTime",
    "LastModified",
    "CreationDate",
    "CreationDateTime",
    "LaunchTime",
    "AttachTime",
    "CreatedDate",
    "LastModifiedDate",
    "creationTime",
}


class SameRig(Rig):
    def start_aws(self):
        super().start_aws()
        self.direct_url = self.start_moto("moto-direct", False)


def normal(value, name=""):
    if isinstance(value, dict):
        if name in ID_MEMBERS and "$bytes" in value:
            return "ID"
        doubled = {"message"} if "Message" in value else set()  # moto says it twice; Strait, like AWS, once
        return {key: normal(member, key) for key, member in value.items() if key not in doubled}
    if isinstance(value, list):
        return [normal(element, name) for element in value]
    if value is not None and name in TIME_MEMBERS:
        return "TIME"
    if isinstance(value, str):
        if name in ID_MEMBERS:
            return "ID"
        for pattern, instead in VARIES:
            value = pattern.sub(instead, value)
    return value


def masked_text(value):
    """Whether this leaf is a marker: as text, or as the bytes of one."""
    if isinstance(value, dict) and set(value) == {"$bytes"}:
        value = value["$bytes"]
    if not isinstance(value, str):
        return False
    if value.startswith(MARK):
        return True
    try:
        return base64.b64decode(value, validate=True).startswith(MARK.encode())
    except (binascii.Error, ValueError):
        return False


def differences(direct, strait, path=""):
    """Paths at which the two differ: (path, direct, strait)."""
    if masked_text(strait) and not masked_text(direct):
        return [(path, direct, strait)]
    if isinstance(direct, dict) and isinstance(strait, dict):
        names = list(direct) + [name for name in strait if name not in direct]
        return [
            found
            for name in names
            for found in differences(direct.get(name), strait.get(name), f"{path}.{name}" if path else name)
        ]
    if isinstance(direct, list) and isinstance(strait, list) and len(direct) == len(strait):
        return [found for at, pair in enumerate(zip(direct, strait)) for found in differences(*pair, f"{path}[{at}]")]
    return [] if direct == strait else [(path, direct, strait)]


def set_the_scene(url, credentials):
    get_url(f"{url}/moto-api/reset", b"")
    get_url(f"{url}/moto-api/seed?a=42", b"")

    def client(service):
        return boto3.client(
            service,
            endpoint_url=url,
            region_name=REGION,
            config=Config(retries={"max_attempts": 0}),
            aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
        )

    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    client("sqs").create_queue(QueueName=QUEUE)
    client("sns").create_topic(Name=TOPIC)
    iam = client("iam")
    iam.create_role(
        RoleName=LAMBDA_ROLE.rsplit("/", 1)[1],
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
                ],
            }
        ),
    )
    iam.create_user(UserName="kim")


def one_side(rig, name, side, files, now):
    env = (
        rig.agent()
        if side == "strait"
        else clean_environment()
        | rig.real
        | {"AWS_ENDPOINT_URL": rig.direct_url, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
    )
    set_the_scene(rig.moto if side == "strait" else rig.direct_url, rig.real)
    folder = rig.folder / side
    folder.mkdir(exist_ok=True)
    client = CLIENTS[name](env, folder)
    try:
        return run_calls(client, files["part"], files["big"], folder / f"back-{name}.bin", now)
    finally:
        client.close()


def compare(facts, client, call, direct, strait):
    found = differences(normal(direct), normal(strait))
    said = "\n".join(f"{path}\n  direct {json.dumps(a)}\n  strait {json.dumps(b)}" for path, a, b in found)
    if call in OWN_ANSWER:
        facts.check(
            f"{client}: {call} names the role session, not the real credential",
            strait.get("Arn", "").startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/developer/"),
            said,
        )
        return
    covered = {path.rsplit(".", 1)[-1] for path, _, after in found if masked_text(after)}
    other = [path for path, _, after in found if not masked_text(after)]
    wanted = MASKED.get(call, set())
    fails = call.endswith(("missing", "fails"))
    if ("error" in direct) != fails:  # two equal failures of the test itself would look like success
        facts.check(f"{client}: {call}: straight at AWS it {'fails' if fails else 'works'}", False, json.dumps(direct))
        return
    error = " (the same error)" if fails else ""
    note = f", {'/'.join(wanted)} covered" if wanted else error
    facts.check(
        f"{client}: {call}: same result{note}",
        not other and covered == wanted,
        said or f"covered {covered}, wanted {wanted}",
    )


def make_files(folder, mib):
    files = {"part": folder / "part.bin", "big": folder / "big.bin"}
    files["part"].write_bytes(bytes(range(256)) * (5 * 4096))  # 5 MiB, S3's smallest part
    with open(files["big"], "wb") as file:
        for _ in range(mib):
            file.write(os.urandom(1 << 20))
    return files


def both_sides(facts, rig, name, files):
    now = int(time.time() * 1000)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        sides = [pool.submit(one_side, rig, name, side, files, now) for side in ("direct", "strait")]
        direct, strait = (side.result() for side in sides)
    (rig.folder / f"{name}.json").write_text(json.dumps({"direct": direct, "strait": strait}, indent=1))
    for call in direct:
        compare(facts, name, call, direct[call], strait.get(call, {"error": "not called"}))
    back = [rig.folder / side / f"back-{name}.bin" for side in ("direct", "strait")]
    sums = [file_digest(path) if path.exists() else None for path in back]
    facts.same(
        f"{name}: {files['big'].stat().st_size >> 20} MiB came back unchanged", sums[1], file_digest(files["big"])
    )
    for path in back:
        path.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=100)
    parser.add_argument("--client", action="append", choices=sorted(CLIENTS))
    options = parser.parse_args()
    facts = Facts("The same script, straight at AWS and through Strait")
    with SameRig("same_results", allow(*ACTIONS), keep_bytes=False) as rig:
        rig.start()
        files = make_files(rig.folder, options.mib)
        for name in options.client or CLIENTS:
            both_sides(facts, rig, name, files)
        files["big"].unlink()
    facts.finish()


if __name__ == "__main__":
    main()
