# SPDX-License-Identifier: Apache-2.0
"""Attacks on the data path, part of fail_closed.py: requests that are signed wrongly, by the wrong one, in the wrong form
or not at all, and requests that two parsers could read in two ways. None may reach AWS."""

import base64
import contextlib
import datetime
import socket
import time
import urllib.parse

import botocore.auth
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from rig import REGION, Reply, Signed, dynamodb, send, session

KEY = {"TableName": "orders", "Key": {"id": {"S": "42"}}}


class Attacks:
    def __init__(self, facts, rig):
        self.facts, self.rig, self.port = facts, rig, rig.agent_port()
        self.agent = session(rig)

    def get_item(self, agent=None, **kwargs):
        return dynamodb(agent or self.agent, self.port, "GetItem", KEY, **kwargs)

    def put_object(self, agent=None, body=b"text", **kwargs):
        return Signed(agent or self.agent, self.port, "s3", "PUT", "/shop/key", body, **kwargs)

    def refused(self, what, request, codes="", status=(400, 403)):
        """`request` is a Signed or a function that gives a Reply. AWS must not see it; the answer must be Strait's."""
        before = self.rig.to_aws.requests()
        reply = request.send() if isinstance(request, Signed) else request()
        reached = self.rig.to_aws.requests() - before
        said = any(code in reply.text + reply.headers.get("x-amzn-errortype", "") for code in codes.split("|"))
        self.facts.check(
            f"refused: {what}",
            reply.status in status and said and reached == 0,
            f"AWS got {reached} requests\n{reply!r}",
        )
        return reply

    def control(self):
        before = self.rig.to_aws.requests()
        reply = self.get_item().send()
        self.facts.check(
            "the same request, left alone, goes through",
            reply.status == 200 and self.rig.to_aws.requests() == before + 1,
            reply,
        )
        self.facts.same(
            "its reply names the call and the decision",
            (reply.headers.get("x-strait-id", "")[:5], reply.headers.get("x-strait-decision")),
            ("call_", "allow"),
        )

    # --- signatures --------------------------------------------------------------------------------------------------

    def signatures(self):
        def changed(change, request=None):
            request = request or self.get_item()
            change(request)
            return request

        def flip_signature(request):
            value = request.headers["Authorization"]
            request.headers["Authorization"] = value[:-1] + ("0" if value[-1] != "0" else "1")

        def set_header(name, value):
            return lambda request: request.headers.__setitem__(name, value)

        wrong = "InvalidSignature|SignatureDoesNotMatch"
        self.refused(
            "a request without a signature", changed(lambda request: request.headers.pop("Authorization")), "not signed"
        )
        self.refused("a wrong signature", changed(flip_signature), wrong)
        self.refused(
            "a body of which one byte was changed",
            changed(lambda request: setattr(request, "body", request.body.replace(b"42", b"43"))),
            wrong,
        )
        self.refused(
            "a request whose signed header was removed",
            changed(lambda request: request.headers.pop("X-Amz-Target")),
            wrong + "|Unknown|Validation",
        )
        self.refused(
            "a request whose signed header was changed",
            changed(set_header("X-Amz-Target", "DynamoDB_20120810.DeleteItem")),
            wrong,
        )
        self.refused(
            "an x-amz-* header that is not signed",
            changed(set_header("X-Amz-Acl", "public-read"), self.put_object()),
            wrong,
        )
        self.refused(
            "another path than the signed one",
            changed(lambda request: setattr(request, "target", "/shop/other"), self.put_object()),
            wrong,
        )
        self.refused(
            "a query that was not signed",
            changed(lambda request: setattr(request, "target", "/shop/key?tagging"), self.put_object()),
            wrong + "|Malformed|InvalidRequest",
        )
        self.refused(
            "another method than the signed one",
            changed(lambda request: setattr(request, "method", "POST"), self.put_object()),
        )
        self.refused(
            "a credential scope that names another region",
            changed(
                lambda request: request.headers.__setitem__(
                    "Authorization", request.headers["Authorization"].replace(REGION, "us-east-1")
                )
            ),
            wrong,
        )

    def streamed_body(self):
        """Its head is on the way to AWS before its end is known; then AWS must never get the whole."""
        for size in (4, 300_000):
            request = self.put_object(body=b"t" * size)
            request.body = request.body[:-1] + b"7"
            reply = request.send()
            self.facts.check(
                f"a streamed body of {size} bytes whose last byte was changed is refused",
                reply.status == 403 and "SignatureDoesNotMatch" in reply.text,
                reply,
            )
            time.sleep(0.3)
            kept = Signed(self.agent, self.port, "s3", "GET", "/shop/key").send()
            self.facts.same("and AWS still has the object as it was", kept.body[:20], b"text")

    def times(self):
        for minutes in (-10, 10):
            with clock_moved(minutes):
                late = self.get_item()
            self.refused(
                f"a request signed {abs(minutes)} minutes in the {'past' if minutes < 0 else 'future'}",
                late,
                "InvalidSignature|RequestExpired|TooSkewed",
            )

    # --- whose credential --------------------------------------------------------------------------------------------

    def credentials(self):
        key, secret, token = self.agent.access_key, self.agent.secret_key, self.agent.token
        other = session(self.rig, name="second-agent")
        middle = len(token) // 2
        flipped = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
        said = "UnrecognizedClient|InvalidSignature|ExpiredToken"
        for what, credentials in {
            "a session token of garbage": Credentials(key, secret, "Z2FyYmFnZQ=="),
            "a session token with one character changed": Credentials(key, secret, flipped),
            "a session token that was cut short": Credentials(key, secret, token[:-8]),
            "another session's token": Credentials(key, secret, other.token),
            "another session's key id": Credentials(other.access_key, secret, token),
            "a credential without its session token": Credentials(key, secret),
            "a real AWS key, which Strait did not issue": Credentials(
                "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
            ),
            "Strait's own real key": Credentials(*self.rig.real.values()),
            "a real AWS key with a session's token": Credentials("AKIAIOSFODNN7EXAMPLE", secret, token),
        }.items():
            self.refused(what, self.get_item(credentials), said)

    # --- forms that are not taken --------------------------------------------------------------------------------------

    def other_forms(self):
        self.refused(
            "an anonymous S3 read", lambda: send(self.port, "GET", "/shop/key", {"Host": self.host()}), "not signed"
        )
        self.refused("a presigned URL, and it is told so", self.presigned, "presigned")
        self.refused(
            "Signature Version 2 in a header, and it is told so",
            lambda: send(
                self.port,
                "GET",
                "/shop/key",
                {
                    "Host": self.host(),
                    "Date": "Mon, 23 Nov 2026 02:00:00 GMT",
                    "Authorization": f"AWS {self.agent.access_key}:c2lnbmF0dXJl",
                },
            ),
            "Signature Version 2|SigV2|AWS4-HMAC-SHA256",
        )
        self.refused(
            "Signature Version 2 in the query, and it is told so",
            lambda: send(
                self.port,
                "GET",
                "/?Action=DescribeVpcs&Version=2016-11-15&SignatureVersion=2&SignatureMethod=HmacSHA256"
                f"&AWSAccessKeyId={self.agent.access_key}&Signature=c2lnbmF0dXJl&Timestamp=2026-11-23T02%3A00%3A00Z",
                {"Host": self.host()},
            ),
            "Authorization header",
        )
        asymmetric = self.put_object()
        asymmetric.headers["Authorization"] = asymmetric.headers["Authorization"].replace(
            "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"
        )
        self.refused("SigV4A, and it is told so", asymmetric, "SigV4A|AWS4-ECDSA")
        self.refused("a browser's signed form", self.post_form, "")

    def host(self):
        return f"127.0.0.1:{self.port}"

    def presigned(self):
        request = AWSRequest(method="GET", url=f"http://{self.host()}/shop/key", headers={"Host": self.host()})
        SigV4QueryAuth(self.agent, "s3", REGION, expires=60).add_auth(request)
        parts = urllib.parse.urlsplit(request.url)
        return send(self.port, "GET", f"{parts.path}?{parts.query}", {"Host": self.host()})

    def post_form(self):
        fields = {
            "key": "key",
            "x-amz-algorithm": "AWS4-HMAC-SHA256",
            "x-amz-credential": f"{self.agent.access_key}/20261123/{REGION}/s3/aws4_request",
            "policy": base64.b64encode(b"{}").decode(),
            "x-amz-signature": "0" * 64,
            "file": "text",
        }
        body = (
            "".join(
                f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                for name, value in fields.items()
            )
            + "--b--\r\n"
        )
        return send(
            self.port,
            "POST",
            "/shop",
            {"Host": self.host(), "Content-Type": "multipart/form-data; boundary=b"},
            body.encode(),
        )

    # --- two readings ------------------------------------------------------------------------------------------------

    def ambiguous(self):
        def with_lines(change):
            request = self.get_item()
            lines = [f"{name}: {value}" for name, value in request.headers.items()] + [
                f"Content-Length: {len(request.body)}"
            ]
            head, body = change([f"{request.method} {request.target} HTTP/1.1", *lines], request.body)
            return lambda: raw(self.port, "\r\n".join(head).encode() + b"\r\n\r\n" + body)

        self.refused(
            "Content-Length with Transfer-Encoding",
            with_lines(
                lambda head, body: ([*head, "Transfer-Encoding: chunked"], b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
            ),
        )
        self.refused("two lengths", with_lines(lambda head, body: ([*head, "Content-Length: 1"], body)))
        self.refused("a header line that is folded", with_lines(lambda head, body: ([*head, "X-Other: a", " b"], body)))
        self.refused(
            "two Authorization headers",
            with_lines(lambda head, body: (head + [line for line in head if line.startswith("Authorization")], body)),
        )
        self.refused(
            "two X-Amz-Target headers",
            with_lines(lambda head, body: ([*head, "X-Amz-Target: DynamoDB_20120810.DeleteTable"], body)),
        )
        self.refused(
            "a request for a host that is not Strait's",
            with_lines(
                lambda head, body: (
                    [line if not line.startswith("Host") else "Host: evil.example" for line in head],
                    body,
                )
            ),
            status=(400, 403, 404, 421),
        )
        self.refused("a space before a header's colon", with_lines(lambda head, body: ([*head, "X-Other : a"], body)))
        self.refused("a body that claims two operations", dynamodb_with_query(self.agent, self.port))
        self.refused("JSON with a key twice", twice(self.agent, self.port))
        self.refused(
            "a head of 40 KiB",
            with_lines(lambda head, body: ([*head, "X-Other: " + "a" * 40_000], body)),
            status=(400, 431),
        )
        self.facts.check(
            "after all that strait still answers", self.get_item().send().status == 200, self.rig.log_text()[-800:]
        )


def dynamodb_with_query(agent, port):
    """An X-Amz-Target for reading, and an Action parameter for something else."""
    return Signed(
        agent,
        port,
        "dynamodb",
        "POST",
        "/?Action=DeleteTable",
        b'{"TableName":"orders","Key":{"id":{"S":"42"}}}',
        {"X-Amz-Target": "DynamoDB_20120810.GetItem", "Content-Type": "application/x-amz-json-1.0"},
    )


def twice(agent, port):
    return Signed(
        agent,
        port,
        "dynamodb",
        "POST",
        "/",
        b'{"TableName":"orders","TableName":"payroll","Key":{"id":{"S":"42"}}}',
        {"X-Amz-Target": "DynamoDB_20120810.GetItem", "Content-Type": "application/x-amz-json-1.0"},
    )


@contextlib.contextmanager
def clock_moved(minutes):
    """botocore signs as if it were earlier or later."""
    real = botocore.auth.get_current_datetime
    botocore.auth.get_current_datetime = lambda *_, **__: real() + datetime.timedelta(minutes=minutes)
    try:
        yield
    finally:
        botocore.auth.get_current_datetime = real


def raw(port, request):
    """Bytes as they are; the first reply as far as it comes."""
    with socket.create_connection(("127.0.0.1", port), 10) as link:
        link.sendall(request)
        link.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(OSError):
            while piece := link.recv(65536):
                answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode(errors="replace").split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    return Reply(int(lines[0].split()[1]) if len(lines[0].split()) > 1 else 0, fields, body)


def run_attacks(facts, rig):
    attacks = Attacks(facts, rig)
    for part in (
        attacks.control,
        attacks.signatures,
        attacks.streamed_body,
        attacks.times,
        attacks.credentials,
        attacks.other_forms,
        attacks.ambiguous,
    ):
        part()
