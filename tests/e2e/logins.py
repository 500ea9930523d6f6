# SPDX-License-Identifier: Apache-2.0
"""Attacks on the login, part of fail_closed.py: OIDC tokens that are forged, meant for others, too old, or of somebody
whom the role does not trust. The test is itself one of the issuers that Strait trusts, so it can mint every kind."""

import base64
import json
import time

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rig import ACCOUNT, ROLE, credentials_of, dynamodb, login

ISSUER = "https://issuer.test"
ROBOT = f"arn:aws:iam::{ACCOUNT}:role/robot"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Federated": "issuer.test"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"issuer.test:sub": "robot"}},
        }
    ],
}
VISITOR = f"arn:aws:iam::{ACCOUNT}:role/visitor"


def trusted(effect, condition):
    return {
        "Effect": effect,
        "Principal": {"Federated": "issuer.test"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }


# Everything that a login lets conditions ask.
VISITOR_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        trusted("Allow", {
            "StringEquals": {"issuer.test:sub": "robot", "sts:RoleSessionName": "${issuer.test:team, 'nobody'}-visit"},
            "IpAddress": {"aws:SourceIp": "127.0.0.0/8"},
            "DateGreaterThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"},
            "NumericGreaterThan": {"aws:EpochTime": "1700000000"},
            "Bool": {"aws:SecureTransport": "false", "issuer.test:email_verified": "true"},
            "NumericGreaterThanEquals": {"issuer.test:level": 3},
            "StringLikeIfExists": {"aws:UserAgent": "*"},
            "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
        }),
        trusted("Deny", {"NumericGreaterThan": {"issuer.test:level": 9}}),
        trusted("Deny", {"StringEquals": {"aws:RequestTag/team": "root"}}),
    ],
}
# The region of an unsigned request to the gateway's own address is nobody's to know.
REGION_TRUST = {
    "Version": "2012-10-17",
    "Statement": trusted("Allow", {
        "StringEquals": {"issuer.test:sub": "robot"},
        "StringLike": {"aws:RequestedRegion": "*"},
    }),
}
REGIONAL = f"arn:aws:iam::{ACCOUNT}:role/regional"
CONFIGURATION = f"""
[issuer.test]
url = "{ISSUER}"
audiences = ["strait"]
jwks_file = "issuer.test.json"
"""
ROLE_FILE = f"""arn = "{ROBOT}"
connection = "main"
trust = "policies/robot.trust.json"
allow = ["policies/robot.json"]
session = "3s"
"""


def coded(data):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def number(value):
    return coded(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode()


class Issuer:
    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self, key):
        public = key.public_key().public_numbers()
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "n": number(public.n), "e": number(public.e)}

    def jwks(self):
        return {"keys": [self.jwk(self.key)]}

    def token(self, key=None, header=None, claims_text=None, without=(), **claims):
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": "strait", "sub": "robot", "iat": now, "exp": now + 600} | claims
        claims = {name: value for name, value in claims.items() if name not in without}
        header = {"alg": "RS256", "typ": "JWT", "kid": "one"} | (header or {})
        signed = coded(header) + b"." + coded(claims_text or claims)
        return (signed + b"." + coded(self.signature(header["alg"], key or self.key, signed))).decode()

    def signature(self, algorithm, key, signed):
        if algorithm == "none":
            return b""
        if algorithm == "HS256":  # the public key as if it were a shared secret
            mac = hmac.HMAC(
                self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), hashes.SHA256()
            )
            mac.update(signed)
            return mac.finalize()
        return key.sign(signed, padding.PKCS1v15(), hashes.SHA256())


def add_to(folder, issuer, policy):
    (folder / "issuer.test.json").write_text(json.dumps(issuer.jwks()))
    (folder / "roles/robot.toml").write_text(ROLE_FILE)
    (folder / "policies/robot.trust.json").write_text(json.dumps(TRUST))
    (folder / "policies/robot.json").write_text(json.dumps(policy))
    for name, arn, trust in (("visitor", VISITOR, VISITOR_TRUST), ("regional", REGIONAL, REGION_TRUST)):
        role = ROLE_FILE.replace(ROBOT, arn).replace("robot.trust.json", f"{name}.trust.json")
        (folder / f"roles/{name}.toml").write_text(role)
        (folder / f"policies/{name}.trust.json").write_text(json.dumps(trust))


def forged_tokens(issuer):
    now = int(time.time())
    duplicate = (
        f'{{"iss":"{ISSUER}","aud":"strait","sub":"mallory","sub":"robot","iat":{now},"exp":{now + 600}}}'.encode()
    )
    good = issuer.token()
    return {
        "a token of garbage": "garbage",
        "an empty token": "",
        "a token with algorithm none": issuer.token(header={"alg": "none"}),
        "a token without its signature": good.rsplit(".", 1)[0] + ".",
        "a token signed by HMAC with the public key": issuer.token(header={"alg": "HS256"}),
        "a token signed by another key": issuer.token(key=issuer.other_key),
        "a token of an unknown key id": issuer.token(header={"kid": "two"}),
        "a token that brings its own key": issuer.token(
            key=issuer.other_key, header={"jwk": issuer.jwk(issuer.other_key)}
        ),
        "a token that says where its keys are": issuer.token(header={"jku": "http://127.0.0.1:9/keys"}),
        "a token for another audience": issuer.token(aud="somebody-else"),
        "a token for two audiences, neither Strait": issuer.token(aud=["a", "b"]),
        "a token without an audience": issuer.token(without=["aud"]),
        "a token of an issuer that Strait does not know": issuer.token(iss="https://evil.test"),
        "a token whose issuer only begins like a known one": issuer.token(iss=ISSUER + "/"),
        "a token that has expired": issuer.token(iat=now - 7200, exp=now - 3600),
        "a token that never expires": issuer.token(without=["exp"]),
        "a token that is not valid yet": issuer.token(nbf=now + 3600),
        "a token issued in the future": issuer.token(iat=now + 3600, exp=now + 7200),
        "a token with a claim twice": issuer.token(claims_text=duplicate),
        "a token without a subject": issuer.token(without=["sub"]),
        "a token whose claims were changed": good.split(".")[0]
        + "."
        + coded({"iss": ISSUER, "aud": "strait", "sub": "robot", "exp": now + 9}).decode()
        + "."
        + good.split(".")[2],
    }


def run_logins(facts, rig, issuer):
    port = rig.agent_port()
    good = login(port, issuer.token(), role=ROBOT)
    if facts.check("a good token logs in", good.status == 200 and "<AccessKeyId>STRT" in good.text, good):
        expired_session(facts, rig, credentials_of(good))
    for what, token in forged_tokens(issuer).items():
        reply = login(port, token, role=ROBOT)
        facts.check(
            f"{what} does not log in",
            reply.status in (400, 403) and "<ErrorResponse" in reply.text and "SecretAccessKey" not in reply.text,
            reply,
        )
    trust_conditions(facts, rig, issuer)
    for what, token, role in (
        ("a subject that the role does not trust", issuer.token(sub="mallory"), ROBOT),
        ("somebody of another issuer with the trusted subject", issuer.token(sub="coding-agent"), ROLE),
        ("a person, for the agent's role", (rig.folder / "lee.token").read_text(), ROLE),
        ("a role that does not exist", issuer.token(), ROBOT + "x"),
    ):
        reply = login(port, token, role=role)
        facts.check(f"{what}: no credential", reply.status == 403 and "AccessDenied" in reply.text, reply)


def trust_conditions(facts, rig, issuer):
    """The whole condition language over the claims of a token and what is known of the login."""
    port = rig.agent_port()
    good = {"team": "web", "level": 4, "email_verified": True}
    tags = "https://aws.amazon.com/tags"

    def visit(name="web-visit", **claims):
        return login(port, issuer.token(**(good | claims)), role=VISITOR, name=name)

    done = visit()
    facts.check("numbers, truths, dates, addresses and variables of a trust policy let in", done.status == 200, done)
    done = visit(**{tags: {"principal_tags": {"team": ["web"]}}})
    facts.check("so do session tags that it takes", done.status == 200, done)
    for what, reply in {
        "another session name": visit(name="ops-visit"),
        "a claim that is a pattern": visit(name="web-visit", team="*"),
        "a claim that is a variable": visit(name="web-visit", team="${issuer.test:sub}"),
        "a level too low": visit(level=2),
        "a level that is no number": visit(level="high"),
        "two levels, one of them too low": visit(level=[2, 4]),
        "a level that is denied": visit(level=10),
        "two levels, one of them denied": visit(level=[4, 10]),
        "an address that is not verified": visit(email_verified=False),
        "a session tag that it does not take": visit(**{tags: {"principal_tags": {"cost": ["1"]}}}),
        "a session tag that is denied": visit(**{tags: {"principal_tags": {"team": ["root"]}}}),
        "the same in the flat form": visit(**{tags + "/principal_tags/team": "root"}),
        "a condition on what nobody knows": login(port, issuer.token(), role=REGIONAL),
    }.items():
        facts.check(f"{what} does not", reply.status == 403 and "AccessDenied" in reply.text, reply)


def expired_session(facts, rig, robot):
    key = {"TableName": "orders", "Key": {"id": {"S": "42"}}}
    first = dynamodb(robot, rig.agent_port(), "GetItem", key).send()
    facts.same("its session works", first.status, 200)
    time.sleep(3.5)
    later = dynamodb(robot, rig.agent_port(), "GetItem", key).send()
    facts.check(
        "after the session's three seconds it is told to log in again",
        later.status == 400 and "ExpiredToken" in later.text and later.headers.get("x-strait-retry") == "after-login",
        later,
    )
