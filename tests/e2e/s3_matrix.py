# SPDX-License-Identifier: Apache-2.0
"""S3 as it is really used: the AWS CLI, boto3 and the JavaScript SDK, over plain HTTP and TLS, path and virtual-host
style, with keys that other gateways tidy up and sizes at every edge, against an S3 that believes nothing (strict_s3.py).
Every object arrives under exactly its key with exactly its bytes; a body with one flipped byte never becomes an object.
--large adds 1 GiB."""

import argparse
import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import time

from clients import Cli, boto3_client, file_digest, js_client
from facts import Facts
from rig import HERE, REGION, ROOT, Rig, Signed, allow, free_port, send, session
from standin import digest_of, made
from strict_s3 import Chunks, StrictS3, sign_chunks, signing_key
from wildcard import make_certificate

BUCKET, NAME = "shop", "s3.strait.test"
MIB = 1 << 20
SIZES = {"0 B": 0, "1 B": 1, "5 MiB - 1": 5 * MIB - 1, "5 MiB": 5 * MIB, "100 MiB": 100 * MIB}
KEYS = [
    "plain", "a//b", "a/../b", "../up", "./dot", "a/./b/..", "/slash", "tail/", " space in ", "plus+plus", "per%cent",
    "per%2Fcent", "eq=uals&and;semi", "q?uestion#hash", "ünïcode-日本-🙂", "star*(paren)'!~", "a:b@c,d$e", "\\back\\slash",
    "k" * 1024, "é" * 512,
]


class S3Rig(Rig):
    """Strait under a DNS name of its own, by plain HTTP and by TLS."""

    def write_configuration(self):
        super().write_configuration()
        self.tls_port = free_port()
        make_certificate(self.folder, NAME)
        file = self.folder / "strait.toml"
        text = file.read_text().replace(
            'hosts = ["127.0.0.1", "localhost"]',
            f'hosts = ["127.0.0.1", "localhost", "{NAME}"]\nlisten_tls = "127.0.0.1:{self.tls_port}"\n'
            "tls_cert = \"leaf.pem\"\ntls_key = \"leaf.key\"",
        )
        file.write_text(text)

    def environment(self, tls, virtual):
        """An agent's: the name resolves to loopback, as a hosts file would have it."""
        style = "virtual" if virtual else "path"
        config = self.folder / f"aws-config-{style}"
        config.write_text(f"[default]\ns3 =\n    addressing_style = {style}\n    multipart_threshold = 64MB\n")
        url = f"https://{NAME}:{self.tls_port}" if tls else f"http://{NAME}:{self.port}"
        return self.agent() | {
            "AWS_ENDPOINT_URL": url,
            "AWS_CONFIG_FILE": str(config),
            "AWS_CA_BUNDLE": str(self.folder / "ca.pem"),
            "NODE_EXTRA_CA_CERTS": str(self.folder / "ca.pem"),
            "PYTHONPATH": str(HERE / "names"),
            "NODE_OPTIONS": f"--require {HERE / 'names/names.cjs'}",
            "S3_PATH_STYLE": "" if virtual else "1",
        }


def said(answer):
    return json.dumps(answer)[:300]


class Matrix:
    def __init__(self, facts, rig, s3):
        self.facts, self.rig, self.s3 = facts, rig, s3

    @contextlib.contextmanager
    def client(self, make, tls, virtual):
        folder = self.rig.folder / f"{make.__name__}-{tls}-{virtual}"
        folder.mkdir(exist_ok=True)
        client = make(self.rig.environment(tls, virtual), folder)
        way = f"{client.name}, {'TLS' if tls else 'plain'}, {'virtual-host' if virtual else 'path'} style"
        try:
            yield client, way
        finally:
            client.close()

    def keys(self, make, tls, virtual):
        """Each key up and down; what AWS has must stand under exactly that key."""
        with self.client(make, tls, virtual) as (client, way):
            wrong = []
            for at, key in enumerate(KEYS):
                self.s3.objects.clear()
                content = f"object {at} by {way}".encode()
                body = {"$bytes": base64.b64encode(content).decode()}
                put = client.call("s3", "PutObject", {"Bucket": BUCKET, "Key": key, "Body": body})
                there = {name: file.read_bytes() for name, file in self.s3.objects.items()}
                if there != {(BUCKET, key): content}:
                    wrong.append(f"put {key[:40]!r}: AWS has {str(there)[:200]}; {said(put)}")
                    continue
                got = client.call("s3", "GetObject", {"Bucket": BUCKET, "Key": key})
                if got.get("Body") != digest_of([content]):
                    wrong.append(f"get {key[:40]!r}: {said(got)}")
            self.facts.check(f"{way}: {len(KEYS)} awkward keys arrive unchanged", not wrong, "\n".join(wrong))

    def sizes(self, make, tls, virtual, sizes):
        with self.client(make, tls, virtual) as (client, way):
            for what, size in sizes.items():
                self.s3.objects.clear()
                up, down = self.rig.folder / "up", self.rig.folder / "down"
                with open(up, "wb") as file:
                    file.writelines(made(size))
                wanted = file_digest(up)
                sent = client.call("s3", "Upload", {"Bucket": BUCKET, "Key": "big", "File": str(up)})
                file = self.s3.objects.get((BUCKET, "big"))
                arrived = file_digest(file) if file else None
                got = client.call("s3", "Download", {"Bucket": BUCKET, "Key": "big", "File": str(down)})
                back = file_digest(down) if down.exists() else None
                self.facts.check(
                    f"{way}: {what} up and down, byte for byte", arrived == back == wanted,
                    f"{said(sent)}\n{said(got)}\nwanted {wanted}\nAWS has {arrived}\nback {back}\n{self.s3.refusals[-3:]}",
                )
                for left in (up, down, *([file] if file else [])):
                    left.unlink(missing_ok=True)


class Flips:
    """Bodies whose frames are ours to break."""

    def __init__(self, facts, rig, s3):
        self.facts, self.s3, self.port = facts, s3, rig.port
        self.agent = session(rig)
        self.data = b"".join(made(5 * 64 * 1024 + 77))

    def framed(self, trailer):
        """A signed head, and the parts of its body."""
        form = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailer else "")
        crc = base64.b64encode(binascii.crc32(self.data).to_bytes(4, "big")).decode()
        headers = {"X-Amz-Decoded-Content-Length": str(len(self.data)), "Content-Encoding": "aws-chunked"}
        if trailer:
            headers["X-Amz-Trailer"] = "x-amz-checksum-crc32"
        request = Signed(self.agent, self.port, "s3", "PUT", f"/{BUCKET}/flip", headers=headers, payload=form)
        chain = self.chain(request)
        parts = sign_chunks(chain, self.data, 64 * 1024, ("x-amz-checksum-crc32", crc) if trailer else None)
        return request, parts

    def chain(self, request):
        authorization = request.headers["Authorization"]
        scope = authorization.split("Credential=")[1].split(",")[0].split("/", 1)[1]
        seed = authorization.split("Signature=")[1]
        return Chunks(signing_key(self.agent.secret_key, scope), request.headers["X-Amz-Date"], scope, seed)

    def put(self, request, parts):
        """The status, and whether AWS has an object now."""
        self.s3.objects.clear()
        body = b"".join(parts)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        try:
            status = send(self.port, "PUT", request.target, headers | {"Content-Length": str(len(body))}, body).status
        except OSError:
            status = 0  # it hung up on us
        if status != 200:
            time.sleep(0.05)
        return status, bool(self.s3.objects)

    def chunks(self):
        for trailer in (False, True):
            what = "signed chunks and a trailer" if trailer else "signed chunks"
            request, parts = self.framed(trailer)
            status, there = self.put(request, parts)
            self.facts.check(f"{what}: as signed, the object is there", status == 200 and there, (status, self.s3.refusals[-1:]))
            kept = []
            for at, part in enumerate(parts):
                for position in {0, len(part) // 2, len(part) - 3}:
                    if at == len(parts) - 1 and not trailer:
                        continue  # the empty line at the end holds nothing to change
                    broken = bytearray(part)
                    broken[position] ^= 1
                    request, fresh = self.framed(trailer)
                    if fresh[at] != part:  # another second, another signature: the same flip in that one
                        broken = bytearray(fresh[at])
                        broken[position] ^= 1
                    fresh[at] = bytes(broken)
                    status, there = self.put(request, fresh)
                    if status == 200 or there:
                        kept.append((at, position, status, there))
            self.facts.check(f"{what}: a flipped byte in any part leaves no object behind", not kept, kept)
            request, parts = self.framed(trailer)
            cut = [self.put(request, parts[:end]) for end in range(1, len(parts) - 1)]
            self.facts.check(f"{what}: cut off after any chunk, no object", not any(there for _, there in cut), cut)

    def digest(self):
        request = Signed(self.agent, self.port, "s3", "PUT", f"/{BUCKET}/flip", self.data)
        kept = []
        for at in (0, 1000, len(self.data) // 2, len(self.data) - 1):
            broken = bytearray(self.data)
            broken[at] ^= 1
            kept.append(self.put(request, [bytes(broken)]))
        self.facts.check("a declared digest: a flipped byte leaves no object behind",
                         not any(there or status == 200 for status, there in kept), kept)
        status, there = self.put(request, [self.data])
        self.facts.check("a declared digest: unchanged, the object is there", status == 200 and there, status)

    def undeclared(self):
        """No x-amz-content-sha256: the signature covers the digest all the same."""
        def signed():
            request = Signed(self.agent, self.port, "s3", "PUT", f"/{BUCKET}/flip", self.data)
            return self.without_digest(request)

        status, there = self.put(signed(), [self.data])
        self.facts.check("no payload header: proven by its digest, the object is there", status == 200 and there,
                         (status, self.s3.refusals[-1:]))
        status, there = self.put(signed(), [self.data[:-1] + b"!"])
        self.facts.check("no payload header: a changed body leaves no object behind", status == 403 and not there, status)

    def without_digest(self, request):
        names = sorted(name.lower() for name in request.headers if name.lower().startswith(("host", "x-amz-")))
        names.remove("x-amz-content-sha256")
        headers = {name.lower(): value for name, value in request.headers.items()}
        headers.pop("x-amz-content-sha256")
        fields = "".join(f"{name}:{headers[name]}\n" for name in names)
        digest = hashlib.sha256(self.data).hexdigest()
        canonical = "\n".join(("PUT", request.target, "", fields, ";".join(names), digest))
        scope = f"{headers['x-amz-date'][:8]}/{REGION}/s3/aws4_request"
        text = "\n".join(("AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()))
        signature = hmac.new(signing_key(self.agent.secret_key, scope), text.encode(), hashlib.sha256).hexdigest()
        request.headers = headers | {"authorization": f"AWS4-HMAC-SHA256 Credential={self.agent.access_key}/{scope}, "
                                                      f"SignedHeaders={';'.join(names)}, Signature={signature}"}
        return request


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="1 GiB as well")
    sizes = SIZES | ({"1 GiB": 1024 * MIB} if parser.parse_args().large else {})
    facts = Facts("S3 by three clients, four ways")
    real = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    s3 = StrictS3(ROOT / "build/e2e/s3-objects", *real)
    allowed = allow("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
    with S3Rig("s3-matrix", allowed, aws_url=s3.url, keep_bytes=False) as rig:
        rig.start()
        flips = Flips(facts, rig, s3)
        flips.chunks()
        flips.digest()
        flips.undeclared()
        matrix = Matrix(facts, rig, s3)
        for make in (boto3_client, js_client, Cli):
            for tls, virtual in ((False, False), (False, True), (True, False), (True, True)):
                if make is not Cli or tls == virtual:  # a process a call: two ways are enough
                    matrix.keys(make, tls, virtual)
            for way in (False, True):
                matrix.sizes(make, way, way, sizes)
        facts.same("the real S3 would have refused nothing but the broken ones", unexpected(s3.refusals), [])
        facts.check("strait is still up", rig.strait_process.poll() is None, rig.log_text()[-1000:])
    facts.finish()


def unexpected(refusals):
    return [refusal for refusal in refusals if "/flip" not in refusal]


if __name__ == "__main__":
    main()
