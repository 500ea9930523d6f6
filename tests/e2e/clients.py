# SPDX-License-Identifier: Apache-2.0
"""Three stock clients behind one function, `call(service, operation, parameters)`. Each is a process of its own that has
nothing but environment variables. Values: {"$bytes": base64}, {"$file": path} for a streamed body; what comes back is
the client's own result as JSON, or {"error": ...}. A body that streams back becomes its length and SHA-256."""

import base64
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from botocore import xform_name

from rig import HERE, NODE, NODE_HOME, PYTHON


class Worker:
    """A program that answers one JSON line with one JSON line."""

    def __init__(self, name, command, env, log):
        self.name = name
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            [str(part) for part in command], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log
        )

    def call(self, service, operation, parameters):
        self.process.stdin.write(json.dumps([service, operation, parameters]).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": f"the {self.name} client died, see {self.log.name}"}

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def boto3_client(env, folder):
    return Worker("boto3", [PYTHON / "python3", HERE / "boto_worker.py"], env, folder / "boto3.log")


def js_client(env, folder):
    shutil.copy(HERE / "js_worker.mjs", folder / "js_worker.mjs")
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(NODE_HOME / "node_modules")
    return Worker("JS v3", [NODE, folder / "js_worker.mjs"], env, folder / "js.log")


class Cli:
    """The AWS CLI, one process a call. Parameters go in as --cli-input-json, bytes as files."""

    name = "AWS CLI"

    def __init__(self, env, folder):
        self.env = env
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cli-", dir=folder))

    def run(self, *arguments):
        if arguments[0] == "sqs" and "AWS_ENDPOINT_URL" in self.env:  # version 1 prefers SQS's old host names even to AWS_ENDPOINT_URL, not to the flag
            arguments = [*arguments, "--endpoint-url", self.env["AWS_ENDPOINT_URL"]]
        return subprocess.run(
            [str(PYTHON / "aws"), *map(str, arguments)], env=self.env, text=True, capture_output=True, timeout=300
        )

    def bytes_file(self, value):
        path = self.folder / f"bytes-{len(list(self.folder.iterdir()))}"
        path.write_bytes(base64.b64decode(value))
        return path

    def arguments_for(self, parameters):
        plain, arguments = {}, []
        for name, value in parameters.items():
            flag = "--" + xform_name(name, "-")
            if isinstance(value, dict) and "$file" in value:
                arguments += [flag, value["$file"]]
            elif isinstance(value, dict) and "$bytes" in value:
                path = self.bytes_file(value["$bytes"])
                arguments += [flag, path if name == "Body" else f"fileb://{path}"]
            elif name == "Code":
                arguments += ["--zip-file", f"fileb://{self.bytes_file(value['ZipFile']['$bytes'])}"]
            else:
                plain[name] = value
        return [*arguments, "--cli-input-json", json.dumps(plain)]

    def call(self, service, operation, parameters):
        if operation in ("Upload", "Download"):
            return self.copy(operation, parameters)
        out = self.folder / "out"
        out.unlink(missing_ok=True)
        streams = (service, operation) == ("s3", "GetObject")
        command = "s3api" if service == "s3" else service
        # With a file to write to, what is required must be flags.
        arguments = [out, *flags_of(parameters)] if streams else self.arguments_for(parameters)
        done = self.run(command, xform_name(operation, "-"), *arguments)
        if done.returncode:
            return {"error": done.stderr.strip()}
        result = json.loads(done.stdout) if done.stdout.strip() else {}
        return result | {"Body": digest_of(out.read_bytes())} if streams else result

    def copy(self, operation, parameters):
        remote = f"s3://{parameters['Bucket']}/{parameters['Key']}"
        ends = [parameters["File"], remote] if operation == "Upload" else [remote, parameters["File"]]
        done = self.run("s3", "cp", "--no-progress", *ends)
        return {"error": done.stderr.strip()} if done.returncode else {"copied": True}

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def flags_of(parameters):
    return [part for name, value in parameters.items() for part in ("--" + xform_name(name, "-"), value)]


def digest_of(data):
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def file_digest(path):
    digest, size = hashlib.sha256(), os.path.getsize(path)
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}


CLIENTS = {"boto3": boto3_client, "cli": Cli, "js": js_client}
