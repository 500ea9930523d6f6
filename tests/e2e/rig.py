# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: a world whose parts can be watched and bent, and an agent that speaks raw HTTP with
a signature of botocore's own signer, so that a test can break exactly one byte of it."""

import http.client
import json
import pathlib
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "run"))

from botocore.auth import S3SigV4Auth, SigV4Auth  # noqa: E402
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

from relay import Relay  # noqa: E402
from world import (
    ACCOUNT,
    NODE,
    NODE_HOME,
    PYTHON,
    REGION,
    ROLE,
    ROOT,
    STRAIT,
    World,
    clean_environment,  # noqa: E402,F401
    free_port,
    http as get_url,
    wait_until,
)

HERE = pathlib.Path(__file__).resolve().parent
STS = "{https://sts.amazonaws.com/doc/2011-06-15/}"


def allow(*actions, resource="*"):
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Allowed", "Effect": "Allow", "Action": list(actions), "Resource": resource}],
    }


NEVER_USED = allow("s3:DeleteBucketWebsite")  # an ask policy needs a statement


class Rig(World):
    """One stand-in AWS for every service, reached through a witness. `aws_url` puts another server in its place."""

    def __init__(
        self, name, policy, ask=None, aws_url=None, connection="", watch_agent=False, keep_bytes=True, **kwargs
    ):
        super().__init__(ROOT / "build/e2e" / name, policy, ask or NEVER_USED, **kwargs)
        self.aws_url, self.connection, self.watch_agent, self.keep_bytes = aws_url, connection, watch_agent, keep_bytes

    def start_aws(self):
        self.real = {
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        }
        self.moto = self.aws_url or self.start_moto("moto", False)
        self.to_aws = Relay(int(self.moto.rsplit(":", 1)[1]), keep=self.keep_bytes)
        # Without the witness when nobody wants its bytes: it would only cost time.
        self.aws = self.aws_checked = self.to_aws.url if self.keep_bytes else self.moto

    def write_configuration(self):
        super().write_configuration()
        with open(self.folder / "strait.toml", "a") as file:
            file.write(self.connection)

    def start_strait(self):
        super().start_strait()
        if self.watch_agent:
            self.to_strait = Relay(self.port)
            self.endpoint = self.to_strait.url

    def agent_port(self):
        return int(self.endpoint.rsplit(":", 1)[1])

    def strait(self, *arguments, **kwargs):
        return subprocess.run(
            [str(part) for part in (STRAIT, *arguments)],
            env=clean_environment(),
            text=True,
            capture_output=True,
            timeout=kwargs.pop("timeout", 300),
            **kwargs,
        )

    def session_ids(self):
        listed = self.strait("sessions", "list", "--state", self.folder / "state", "--json")
        return [json.loads(line)["id"] for line in listed.stdout.splitlines()]

    def replay(self):
        """Every recorded step of every session."""
        state, steps = self.folder / "state", []
        for session in self.session_ids():
            done = self.strait("sessions", "replay", session, "--state", state, "--json")
            if done.returncode:
                raise RuntimeError(f"replay of {session}: {done.stderr}")
            steps += [json.loads(line) for line in done.stdout.splitlines()]
        return steps

    def record(self):
        """The bytes of the log itself, for what no verb shows."""
        return b"".join(path.read_bytes() for path in sorted((self.folder / "state/log").rglob("*")) if path.is_file())

    def log_text(self):
        return (self.folder / "strait.log").read_text(errors="replace")


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode(errors="replace")

    def __repr__(self):
        return f"{self.status} {dict(self.headers)}\n{self.text[:600]}"


def send(port, method, target, headers, body=b"", timeout=60, connection=None):
    """Exactly these headers, in this order; a Content-Length is added when there is none."""
    link = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        link.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            link.putheader(name, value)
        if not any(name.lower() in ("content-length", "transfer-encoding") for name in headers):
            link.putheader("Content-Length", str(len(body)))
        link.endheaders(body or None)
        answer = link.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        if connection is None:
            link.close()


def login(port, token, role=ROLE, name="raw-agent"):
    """AssumeRoleWithWebIdentity as every SDK sends it: a form, not signed."""
    form = urllib.parse.urlencode(
        {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": role,
            "RoleSessionName": name,
            "WebIdentityToken": token,
        }
    ).encode()
    return send(
        port, "POST", "/", {"Host": f"127.0.0.1:{port}", "Content-Type": "application/x-www-form-urlencoded"}, form
    )


def credentials_of(reply):
    if reply.status != 200:
        raise RuntimeError(f"no login: {reply!r}")
    found = xml.fromstring(reply.body).find(f".//{STS}Credentials")
    return Credentials(*(found.find(STS + part).text for part in ("AccessKeyId", "SecretAccessKey", "SessionToken")))


def session(rig, subject="coding-agent", name="raw-agent"):
    return credentials_of(login(rig.agent_port(), (rig.folder / f"{subject}.token").read_text(), name=name))


class Signed:
    """A request that is signed and not yet sent; every part may still be changed."""

    def __init__(self, credentials, port, service, method, target, body=b"", headers=None, region=REGION, payload=None):
        """`payload` stands in x-amz-content-sha256 instead of the body's digest."""
        self.port, self.method, self.target, self.body = port, method, target, body
        request = AWSRequest(
            method=method,
            url=f"http://127.0.0.1:{port}{target}",
            data=body,
            headers={"Host": f"127.0.0.1:{port}", **(headers or {})},
        )
        signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region)
        if payload:
            signer.payload = lambda _: payload
        signer.add_auth(request)
        self.headers = {name: value for name, value in request.headers.items()}

    def send(self, **kwargs):
        return send(self.port, self.method, self.target, self.headers, self.body, **kwargs)


def dynamodb(credentials, port, operation, document, **kwargs):
    return Signed(
        credentials,
        port,
        "dynamodb",
        "POST",
        "/",
        json.dumps(document).encode(),
        {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"},
        **kwargs,
    )


def form(credentials, port, service, version, action, **parameters):
    body = urllib.parse.urlencode({"Action": action, "Version": version, **parameters}).encode()
    return Signed(
        credentials,
        port,
        service,
        "POST",
        "/",
        body,
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
