# SPDX-License-Identifier: Apache-2.0
"""boto3 as an agent has it, driven by JSON lines on standard input (clients.py)."""

import base64
import datetime
import hashlib
import json
import sys

import boto3
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError


def given(value):
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        if "$file" in value:
            return open(value["$file"], "rb")
        return {name: given(member) for name, member in value.items()}
    return [given(element) for element in value] if isinstance(value, list) else value


def shown(value):
    if isinstance(value, dict):
        return {name: shown(member) for name, member in value.items()}
    if isinstance(value, (list, set)):
        return [shown(element) for element in value]
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if hasattr(value, "read"):
        digest, size = hashlib.sha256(), 0
        while piece := value.read(1 << 20):
            digest.update(piece)
            size += len(piece)
        return {"bytes": size, "sha256": digest.hexdigest()}
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def call(clients, service, operation, parameters):
    if service not in clients:
        clients[service] = boto3.client(service)
    client = clients[service]
    try:
        if operation == "Upload":
            client.upload_file(parameters["File"], parameters["Bucket"], parameters["Key"])
            return {"copied": True}
        if operation == "Download":
            client.download_file(parameters["Bucket"], parameters["Key"], parameters["File"])
            return {"copied": True}
        result = shown(getattr(client, xform_name(operation))(**given(parameters)))
        return result | {"ResponseMetadata": {"HTTPStatusCode": result["ResponseMetadata"]["HTTPStatusCode"]}}
    except ClientError as refused:
        answer = shown(refused.response)
        return {
            "error": str(refused),
            "code": answer.get("Error"),
            "status": answer["ResponseMetadata"]["HTTPStatusCode"],
        }
    except BotoCoreError as failed:
        return {"error": f"{type(failed).__name__}: {failed}"}


def main():
    clients = {}
    for line in sys.stdin:
        service, operation, parameters = json.loads(line)
        print(json.dumps(call(clients, service, operation, parameters)), flush=True)


if __name__ == "__main__":
    main()
