# SPDX-License-Identifier: Apache-2.0
"""Nothing that the agent receives, no log at trace level, no database, record or blob holds the real access key id, the
secret key or the session token of what Strait signs with: not raw, in base64, in hex or URL-encoded. The agent meanwhile
does its ordinary calls, is denied, provokes errors, asks AWS for credentials, and meets an AWS that quotes them."""

import base64
import json
import re
import time
import urllib.parse

import boto3

from calls import ACTIONS, BUCKET, LAMBDA_ROLE, run_calls
from clients import Cli, boto3_client
from facts import Facts
from rig import REGION, Rig, Signed, allow, form, get_url, session
from same_results import make_files, set_the_scene
from standin import Handler, Server

SECRET = "swordfish-4711-of-the-shop"
ASKS_FOR_CREDENTIALS = [
    "sts:GetSessionToken",
    "iam:ListAccessKeys",
    "iam:CreateAccessKey",
    "secretsmanager:GetSecretValue",
]


class Quoting(Server):
    """An AWS that says in its errors what it was signed with, in two ways that AWS really has."""

    def __init__(self):
        class Answering(Handler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                key = re.search(r"Credential=(\w+)/", self.headers["Authorization"]).group(1)
                token = self.headers.get("X-Amz-Security-Token", "")
                code = "SignatureDoesNotMatch" if self.server.as_auth_failure else "InvalidParameter"
                message = (
                    f"the key {key} and the token {token}"
                    if self.server.as_auth_failure
                    else f"the access key {key} may not"
                )
                body = (
                    f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
                    "<RequestId>standin</RequestId></ErrorResponse>"
                )
                self.answer(400, {"Content-Type": "text/xml"}, body.encode())

        super().__init__(Answering)
        self.as_auth_failure = False


class SecretRig(Rig):
    """Strait holds the key of a user whom the agent may look at, and assumes a role with it."""

    def start_aws(self):
        super().start_aws()
        set_the_scene(self.moto, self.real)
        iam = self.direct_client("iam")
        iam.create_user(UserName="strait")
        key = iam.create_access_key(UserName="strait")["AccessKey"]
        self.real = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        self.direct_client("secretsmanager").create_secret(Name="shop/db", SecretString=SECRET)
        self.quoting = Quoting()

    def direct_client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.moto,
            region_name=REGION,
            aws_access_key_id=self.real["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.real["AWS_SECRET_ACCESS_KEY"],
        )

    def write_configuration(self):
        super().write_configuration()
        path = self.folder / "strait.toml"
        text = path.read_text().replace(
            f'"ssm" = "{self.aws}"', f'"ssm" = "{self.aws}", "autoscaling" = "{self.quoting.url}"'
        )
        path.write_text(text + f'role_arn = "{LAMBDA_ROLE}"\nsts_endpoint = "{self.aws}"\n')


def forms_of(secret):
    """Every form in which the text could stand somewhere."""
    raw = secret.encode()
    forms = {
        "raw": raw,
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "url": urllib.parse.quote(secret, safe="").encode(),
        "JSON": secret.replace("/", "\\/").encode(),
    }
    forms["url, small"] = re.sub(rb"%..", lambda found: found.group().lower(), forms["url"])
    forms = {name: form for name, form in forms.items() if name == "raw" or form != raw}
    for shift in range(3):
        # The first characters mix with what stands before, the last ones with what comes after.
        coded = base64.b64encode(b"\0" * shift + raw)[[0, 2, 3][shift] :][: len(raw) * 4 // 3 - 3]
        forms[f"base64+{shift}"] = coded
        forms[f"base64url+{shift}"] = coded.replace(b"+", b"-").replace(b"/", b"_")
    return forms


def secrets_of(rig):
    """What Strait signs with: the key it was given and what its role gave it. And what AWS made for the agent, if it did:
    of that the key id alone is no secret."""
    found = dict(rig.real)
    received = rig.to_aws.received.decode(errors="replace")
    own = " ".join(re.findall(r"<AssumeRoleResult>.*?</AssumeRoleResult>", received, re.S))
    for name, text in (("AccessKeyId", own), ("SecretAccessKey", received), ("SessionToken", received)):
        for number, value in enumerate(sorted(set(re.findall(rf"<{name}>([^<]+)</{name}>", text)))):
            # Long ones are looked for by their middle, so that a part of one is found too.
            found[f"{name} {number}"] = value if len(value) < 100 else value[len(value) // 3 : 2 * len(value) // 3]
    return found


def places_of(rig):
    """Everything that came out of Strait, by name."""
    state = rig.folder / "state"
    places = {
        "what the agent received": bytes(rig.to_strait.received),
        "the log at trace level": (rig.folder / "strait.log").read_bytes(),
        "the metrics": rig.metrics,
    }
    for path in sorted(state.rglob("*")):
        if path.is_file():
            places[f"state/{path.relative_to(state)}"] = path.read_bytes()
    replayed = [
        rig.strait("sessions", "replay", step, "--state", state, "--bodies", "--json").stdout
        for step in rig.session_ids()
    ]
    places["the replay with bodies"] = "\n".join(replayed).encode()
    places["the audit"] = rig.strait("audit", "verify", "--state", state, "--live", "--json").stdout.encode()
    return places


def use_it(rig):
    """Allowed, failing, denied, streamed: by boto3, by the CLI and raw."""
    files = make_files(rig.folder, 12)
    client = boto3_client(rig.agent(), rig.folder)
    results = run_calls(client, files["part"], files["big"], rig.folder / "back.bin", 1)
    results["read"] = client.call("secretsmanager", "GetSecretValue", {"SecretId": "shop/db"})
    for service, operation, parameters in (
        ("sts", "GetSessionToken", {}),
        ("iam", "CreateAccessKey", {"UserName": "kim"}),
        ("sts", "AssumeRole", {"RoleArn": LAMBDA_ROLE, "RoleSessionName": "back-door"}),
        ("sts", "GetFederationToken", {"Name": "back-door"}),
        ("s3", "DeleteBucket", {"Bucket": BUCKET}),
    ):
        results[f"{service} {operation}"] = client.call(service, operation, parameters)
    client.close()
    cli = Cli(rig.agent(), rig.folder)
    cli.call("iam", "CreateUser", {"UserName": "x"})
    cli.call("dynamodb", "GetItem", {"TableName": "none", "Key": {"id": {"S": "1"}}})
    cli.close()
    return results


def meet_a_quoting_aws(rig, facts):
    agent = session(rig)
    port = rig.agent_port()

    def ask():
        return form(agent, port, "autoscaling", "2011-01-01", "DescribeAutoScalingGroups").send()

    said = ask()
    quoted = re.findall(r"the access key (\w+)", said.text)
    facts.check(
        "an error in which AWS quotes the key id arrives without it",
        "InvalidParameter" in said.text and quoted and not quoted[0].startswith("ASIA"),
        said,
    )
    rig.quoting.as_auth_failure = True
    said = ask()
    facts.check(
        "AWS's refusal of Strait's own credential is not passed on",
        said.status == 503 and "SignatureDoesNotMatch" not in said.text,
        said,
    )
    streamed = Signed(agent, port, "s3", "PUT", f"/{BUCKET}/raw", b"x" * 100_000).send()
    facts.same("a raw streamed upload goes through", streamed.status, 200)


def check_results(facts, results):
    facts.check(
        "the ordinary calls went through",
        "error" not in results["s3 GetObject"] and "error" not in results["kms Encrypt"],
        results,
    )
    facts.check(
        "AssumeRole, which no policy names, is refused",
        "sts:AssumeRole" in results["sts AssumeRole"].get("error", ""),
        results["sts AssumeRole"],
    )
    facts.check("GetFederationToken, which no policy names, is refused", "error" in results["sts GetFederationToken"])
    for name in ("sts GetSessionToken", "iam CreateAccessKey"):
        told = json.dumps(results[name])
        facts.check(
            f"{name}, which a policy names, gives covered keys or none",
            "error" in results[name] or "strait:masked:" in told,
            told,
        )


def check_places(facts, rig):
    secrets, places = secrets_of(rig), places_of(rig)
    wire = bytes(rig.to_aws.sent)
    facts.check(
        "the search works: what Strait sent to AWS has the key ids",
        any(value.encode() in wire for name, value in secrets.items() if name.startswith("AccessKeyId")),
    )
    facts.check(
        "AWS gave Strait a session token to lose",
        any(name.startswith("SessionToken") for name in secrets),
        list(secrets),
    )
    facts.say(
        f"{len(secrets)} secrets, {len(forms_of('x'))} forms each, in {len(places)} places, "
        f"{sum(map(len, places.values())) >> 10} KiB"
    )
    for place, data in places.items():
        leaks = [
            f"{name} as {form_name} at byte {data.index(needle)}: ...{data[max(0, data.index(needle) - 80):data.index(needle)]!r}"
            for name, value in secrets.items()
            for form_name, needle in forms_of(value).items()
            if needle in data
        ]
        if leaks or not place.startswith("state/blobs/"):
            facts.check(f"no real credential in {place}", not leaks, "\n".join(leaks))
    mine = [place for place, data in places.items() for needle in forms_of(SECRET).values() if needle in data]
    facts.check("the secret that was read covered is nowhere either", not mine, mine)


def look_at_the_own_key(rig, facts):
    """The agent may list the access keys of the very user whose key Strait holds. Last, as its reply is kept in the record."""
    key_id = rig.real["AWS_ACCESS_KEY_ID"]
    said = form(session(rig), rig.agent_port(), "iam", "2010-05-08", "ListAccessKeys", UserName="strait").send()
    facts.check(
        "iam:ListAccessKeys, where policy allows it, does not tell the id of Strait's own key",
        said.status == 200 and key_id not in said.text,
        said,
    )


def main():
    facts = Facts("Nothing of the real credential leaves Strait")
    with SecretRig(
        "no_secrets",
        allow(*ACTIONS, *ASKS_FOR_CREDENTIALS, "autoscaling:DescribeAutoScalingGroups"),
        watch_agent=True,
        log_level="trace",
    ) as rig:
        rig.start()
        check_results(facts, use_it(rig))
        meet_a_quoting_aws(rig, facts)
        rig.metrics = get_url(f"{rig.admin}/metrics")[1]
        time.sleep(1)  # bodies are kept a moment after the calls
        check_places(facts, rig)
        look_at_the_own_key(rig, facts)
    facts.finish()


if __name__ == "__main__":
    main()
