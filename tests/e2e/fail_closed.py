# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong, the answer is no: with the request (attacks.py), the login (logins.py), the permission (denials.py)
or the machine around it (faults.py). What is refused never reaches AWS; the stand-in AWS is watched for that."""

import argparse

import boto3

from attacks import run_attacks
from denials import run_checks, run_denials, run_reloads, run_wildcards
from facts import Facts
from faults import run_aws_down, run_drain, run_full_disk, run_write_errors
from logins import CONFIGURATION, Issuer, add_to, run_logins
from rig import REGION, Rig, allow

ALLOWED = allow(
    "dynamodb:GetItem",
    "s3:GetObject",
    "s3:PutObject",
    resource=[f"arn:aws:dynamodb:{REGION}:123456789012:table/orders", "arn:aws:s3:::shop/*"],
)


class ClosedRig(Rig):
    """Trusts the test itself as a second issuer, for the role `robot`."""

    def __init__(self):
        self.own_issuer = Issuer()
        super().__init__("fail_closed", ALLOWED, connection=CONFIGURATION)

    def start_aws(self):
        super().start_aws()
        keys = {
            "aws_access_key_id": self.real["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.real["AWS_SECRET_ACCESS_KEY"],
        }
        client = {
            service: boto3.client(service, endpoint_url=self.moto, region_name=REGION, **keys)
            for service in ("s3", "dynamodb")
        }
        client["s3"].create_bucket(Bucket="shop", CreateBucketConfiguration={"LocationConstraint": REGION})
        client["s3"].put_object(Bucket="shop", Key="key", Body=b"text")
        client["dynamodb"].create_table(
            TableName="orders",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )

    def write_configuration(self):
        super().write_configuration()
        add_to(self.folder, self.own_issuer, ALLOWED)


PARTS = {
    "attacks": run_attacks,
    "logins": lambda facts, rig: run_logins(facts, rig, rig.own_issuer),
    "denials": run_denials,
    "checks": run_checks,
    "reloads": run_reloads,
    "wildcards": run_wildcards,
    "aws-down": run_aws_down,
}
ALONE = {"write-errors": run_write_errors, "full-disk": run_full_disk, "drain": run_drain}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="*", help=", ".join([*PARTS, *ALONE]))
    wanted = parser.parse_args().part or [*PARTS, *ALONE]
    facts = Facts("Whatever is wrong, the answer is no")
    if any(part in PARTS for part in wanted):
        with ClosedRig() as rig:
            rig.start()
            for name, part in PARTS.items():
                if name in wanted:
                    print(f"  {name}", flush=True)
                    part(facts, rig)
    for name, part in ALONE.items():
        if name in wanted:
            print(f"  {name}", flush=True)
            part(facts)
    facts.finish()


if __name__ == "__main__":
    main()
