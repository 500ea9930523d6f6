#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One signed request for every operation of the installed botocore, as JSON lines with the truth.

    botocore_requests.py [--fill required|all] [--things FILE] [--endpoint URL] [--region NAME] [--service NAME]... > requests.jsonl

Each line is {"method","url","headers","body64","truth":{"service","operation"}}. Nothing is sent: the request is
taken at botocore's before-send event, after its own serializer, endpoint rules and signer. Operations that botocore
itself cannot build (bidirectional event streams, SigV4A without its native library) are named on stderr.
--things names the ARN that each operation is about, a line `service operation arn`; members called ...Arn then hold it.
"""
import argparse
import base64
import datetime
import json
import sys

import botocore.client
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

DEPTH_MAX = 4
TEXT = {
    "Bucket": "amzn-strait-bucket", "AccountId": "123456789012", "accountId": "123456789012",
    "RoleArn": "arn:aws:iam::123456789012:role/app", "roleArn": "arn:aws:iam::123456789012:role/app",
    "CopySource": "other-bucket/a/key", "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
    "ContentType": "text/plain", "KvsARN": "arn:aws:cloudfront::123456789012:key-value-store/a1",
    "PredictEndpoint": "https://realtime.machinelearning.us-east-1.amazonaws.com",
}
THING = {}  # "arn": of the operation in hand


class Captured(Exception):
    pass


def text_for(name, shape):
    """A string that fits the member's name, enum and lengths; None leaves the member out."""
    if name in ("ContentMD5", "Statement"):  # a digest of other bytes is refused; DynamoDB's statements must be PartiQL
        return None if name == "ContentMD5" else 'SELECT * FROM "jobs"'
    if name in TEXT:
        return TEXT[name]
    if THING.get("arn") and name.lower().endswith("arn"):
        return THING["arn"]
    if getattr(shape, "enum", None):
        return shape.enum[0]
    low = int(shape.metadata.get("min", 0) or 0)
    high = int(shape.metadata.get("max", 1 << 20) or (1 << 20))
    value = "strait-" + (name or "x").lower()
    value = (value + "0" * max(0, low - len(value)))[:max(low, min(high, 1 << 20), 1)]
    return value


def value_for(name, shape, fill, depth, stack):
    kind = shape.type_name
    if not THING.get("arn") and name in ("ResourceARN", "StreamARN", "ConsumerARN", "ChannelARN", "QueueARN") and kind == "string":
        return "arn:aws:kinesis:us-east-1:123456789012:stream/jobs"
    if kind == "structure":
        if getattr(shape, "is_document_type", False):
            return {"a": [1, "b", None, True]}
        if getattr(shape, "is_eventstream", False) or shape.metadata.get("eventstream"):
            raise Captured("event stream input")
        return structure_for(shape, fill, depth, stack)
    if kind == "list":
        low = max(1, int(shape.metadata.get("min", 1) or 1)) if depth < 8 else 1
        return [value_for("", shape.member, fill, depth + 1, stack) for _ in range(min(low, 3))]
    if kind == "map":
        key = text_for("key", shape.key)
        return {key: value_for("", shape.value, fill, depth + 1, stack)}
    if kind == "string":
        if shape.serialization.get("jsonvalue") and shape.serialization.get("location") == "header":
            return {"a": 1}
        return text_for(name, shape)
    if kind == "char":
        return "c"
    if kind == "blob":
        return b"blob-\x00\xff" if not shape.serialization.get("streaming") else b"stream of bytes"
    if kind == "boolean":
        return True
    if kind in ("integer", "long", "short", "byte", "biginteger"):
        return max(1, int(float(shape.metadata.get("min", 1) or 1)))
    if kind in ("float", "double", "bigdecimal"):
        return 1.5
    if kind == "timestamp":
        return datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    raise ValueError(kind)


def structure_for(shape, fill, depth, stack):
    out = {}
    names = list(shape.members)
    union = getattr(shape, "is_tagged_union", False) or shape.metadata.get("union")
    if union:
        names = [name for name in names if shape.members[name].name not in stack][:1] or names[:1]
    for name in names:
        member = shape.members[name]
        needed = union or name in shape.required_members
        labels = member.serialization.get("location") == "uri"
        # Nested optional members are left out below a bound, and recursion always.
        if not needed and not labels and (fill == "required" or depth >= DEPTH_MAX):
            continue
        if stack.count(member.name) >= 1 and not needed:
            continue
        if depth > 12:
            continue
        value = value_for(name, member, fill, depth + 1, stack + [member.name])
        if value is not None:
            out[name] = value
    return out


def body_bytes(body):
    if body is None:
        return b""
    if hasattr(body, "read"):
        return body.read()
    return body.encode() if isinstance(body, str) else bytes(body)


def requests_of(session, service, options):
    config = Config(signature_version=None, parameter_validation=False, retries={"total_max_attempts": 1},
                    inject_host_prefix=True)
    client = session.create_client(
        service, region_name=options.region, endpoint_url=options.endpoint, config=config,
        aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        aws_session_token="token")
    caught = []

    def take(request, **_):
        caught.append(request)
        return AWSResponse(request.url, 200, {}, None)

    client.meta.events.register("before-send", take)
    methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
    for operation in client.meta.service_model.operation_names:
        model = client.meta.service_model.operation_model(operation)
        caught.clear()
        THING["arn"] = options.arns.get((service, operation))
        why = ""
        try:
            params = structure_for(model.input_shape, options.fill, 0, []) if model.input_shape else {}
            getattr(client, methods[operation])(**params)
        except Exception as problem:  # the reply is empty, so parsing it may well fail; only the capture matters
            why = f"{type(problem).__name__}: {problem}"
        if not caught:
            print(f"not built: {service} {operation}: {why[:150]}", file=sys.stderr)
            continue
        request = caught[-1]
        headers = {name: value.decode() if isinstance(value, bytes) else str(value)
                   for name, value in request.headers.items()}
        yield {"method": request.method, "url": request.url, "headers": headers,
               "body64": base64.b64encode(body_bytes(request.body)).decode(),
               "truth": {"service": service, "operation": operation}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fill", choices=("required", "all"), default="required")
    parser.add_argument("--things")
    parser.add_argument("--endpoint", default=None)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--service", action="append", default=[])
    options = parser.parse_args()
    lines = open(options.things).read().split("\n") if options.things else []
    options.arns = {tuple(line.split()[:2]): line.split()[2] for line in lines if line}
    # Endpoint discovery would put another request before the one that is asked for.
    botocore.client.ClientCreator._register_endpoint_discovery = lambda *_, **__: None
    session = botocore.session.Session()
    session.set_config_variable("account_id_endpoint_mode", "preferred")
    for service in options.service or session.get_available_services():
        try:
            for line in requests_of(session, service, options):
                sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
        except Exception as problem:
            print(f"no client: {service}: {type(problem).__name__}: {problem}", file=sys.stderr)


if __name__ == "__main__":
    main()
