# SPDX-License-Identifier: Apache-2.0
"""A stand-in S3 that believes nothing: every request must carry a right Signature Version 4, every chunk its own
signature, every declared length, digest and checksum must be true. Only then does an object exist. Keys are what the raw
path says, decoded once. Objects are files, so their size is no limit. `sign_chunks` is the same arithmetic for a client.

Source: "Signature calculations for the Authorization header" and "... of chunked uploads", Amazon S3 API reference."""

import base64
import binascii
import hashlib
import hmac
import itertools
import pathlib
import shutil
import threading
import urllib.parse

from standin import PIECE, Handler, Server

EMPTY = hashlib.sha256().hexdigest()


def hmac_of(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signing_key(secret, scope):
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac_of(key, part)
    return key


class Chunks:
    """The chain of signatures over one body."""

    def __init__(self, key, date, scope, seed):
        self.key, self.date, self.scope, self.previous = key, date, scope, seed

    def sign(self, kind, *digests):
        text = "\n".join((f"AWS4-HMAC-SHA256-{kind}", self.date, self.scope, self.previous, *digests))
        self.previous = hmac_of(self.key, text).hex()
        return self.previous

    def of_chunk(self, data):
        return self.sign("PAYLOAD", EMPTY, hashlib.sha256(data).hexdigest())

    def of_trailer(self, name, value):
        return self.sign("TRAILER", hashlib.sha256(f"{name}:{value}\n".encode()).hexdigest())


class Refused(Exception):
    pass


def insist(holds, what):
    if not holds:
        raise Refused(what)


class Authorization:
    def __init__(self, header):
        insist((header or "").startswith("AWS4-HMAC-SHA256 "), f"Authorization is {header!r}")
        fields = dict(part.strip().split("=", 1) for part in header.split(" ", 1)[1].split(","))
        self.key_id, self.scope = fields["Credential"].split("/", 1)
        self.names, self.signature = fields["SignedHeaders"], fields["Signature"]

    def check(self, method, target, headers, secret):
        path, _, query = target.partition("?")
        pairs = sorted(part if "=" in part else part + "=" for part in query.split("&") if part)
        fields = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in self.names.split(";"))
        payload = headers.get("x-amz-content-sha256", "")
        canonical = "\n".join((method, path, "&".join(pairs), fields, self.names, payload))
        self.date = headers["x-amz-date"]
        self.key = signing_key(secret, self.scope)
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        wanted = hmac_of(self.key, "\n".join(("AWS4-HMAC-SHA256", self.date, self.scope, digest))).hex()
        insist(wanted == self.signature, f"the signature of {method} {target} is wrong")
        unsigned = [name for name in headers if name.lower().startswith("x-amz-") and name.lower() not in self.names]
        insist(not unsigned, f"{unsigned} are not signed")

    def chunks(self):
        return Chunks(self.key, self.date, self.scope, self.signature)


class StrictS3(Server):
    def __init__(self, folder, key_id, secret):
        self.folder = pathlib.Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.key_id, self.secret = key_id, secret
        self.objects, self.parts, self.refusals = {}, {}, []
        self.numbers, self.lock = itertools.count(), threading.Lock()
        outer = self

        class Answering(Strict):
            s3 = outer

        super().__init__(Answering)

    def new_file(self):
        with self.lock:
            return self.folder / str(next(self.numbers))


class Strict(Handler):
    s3: StrictS3

    def handle_one(self, answer):
        try:
            authorization = Authorization(self.headers["Authorization"])
            insist(authorization.key_id == self.s3.key_id, "not the real access key")
            authorization.check(self.command, self.path, self.headers, self.s3.secret)
            path, _, query = self.path.partition("?")
            bucket, _, key = path.lstrip("/").partition("/")
            self.name = (urllib.parse.unquote(bucket), urllib.parse.unquote(key))
            answer(dict(urllib.parse.parse_qsl(query, keep_blank_values=True)), authorization)
        except (Refused, KeyError, ValueError, ConnectionError) as refused:
            self.s3.refusals.append(f"{self.command} {self.path}: {refused!r}")
            self.close_connection = True
            self.answer(403, {}, b"<Error><Code>AccessDenied</Code><Message>strict</Message></Error>")

    def do_PUT(self):
        self.handle_one(self.put)

    def do_GET(self):
        self.handle_one(self.get)

    def do_HEAD(self):
        self.handle_one(self.get)

    def do_POST(self):
        self.handle_one(self.post)

    def put(self, query, authorization):
        file = self.s3.new_file()
        digest = hashlib.md5()
        with open(file, "wb") as out:
            for piece in self.body(authorization):
                out.write(piece)
                digest.update(piece)
        with self.s3.lock:  # only here does it exist
            if "partNumber" in query:
                self.s3.parts.setdefault(query["uploadId"], {})[int(query["partNumber"])] = file
            else:
                self.s3.objects[self.name] = file
        self.answer(200, {"ETag": f'"{digest.hexdigest()}"'})

    def post(self, query, authorization):
        for _ in self.body(authorization):
            pass
        if "uploads" in query:
            upload = f"upload-{next(self.s3.numbers)}"
            text = f"<Bucket>{self.name[0]}</Bucket><Key>k</Key><UploadId>{upload}</UploadId>"
            return self.xml("InitiateMultipartUploadResult", text)
        whole = self.s3.new_file()
        with open(whole, "wb") as out:
            for _, part in sorted(self.s3.parts.pop(query["uploadId"]).items()):
                with open(part, "rb") as file:
                    shutil.copyfileobj(file, out, PIECE)
                part.unlink()
        self.s3.objects[self.name] = whole
        return self.xml("CompleteMultipartUploadResult", '<ETag>"0123456789abcdef0123456789abcdef-2"</ETag>')

    def xml(self, name, text):
        body = f'<{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{text}</{name}>'
        self.answer(200, {"Content-Type": "application/xml"}, body.encode())

    def get(self, _, __):
        file = self.s3.objects.get(self.name)
        if file is None:
            return self.answer(404, {}, b"" if self.command == "HEAD" else b"<Error><Code>NoSuchKey</Code></Error>")
        size, first = file.stat().st_size, 0
        last, status, headers = size - 1, 200, {}
        if wanted := self.headers["Range"]:
            first, last = (int(end or last) for end in wanted.removeprefix("bytes=").split("-"))
            last = min(last, size - 1)
            status, headers = 206, {"Content-Range": f"bytes {first}-{last}/{size}"}
        self.send_response_only(status)
        length = {"Content-Length": str(last + 1 - first), "Content-Type": "binary/octet-stream"}
        for name, value in (length | headers | {"ETag": '"0123456789abcdef0123456789abcdef"', "x-amz-request-id": "strict",
                                                "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return None
        with open(file, "rb") as source:
            source.seek(first)
            for piece in pieces_of(source, last + 1 - first):
                self.wfile.write(piece)
        return None

    # --- bodies --------------------------------------------------------------------------------------------------------

    def body(self, authorization):
        form = self.headers["x-amz-content-sha256"]
        if not form.startswith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"):
            return self.whole(form)
        insist("aws-chunked" in (self.headers["Content-Encoding"] or ""), "no aws-chunked")
        return self.chunked(form.endswith("-TRAILER"), authorization.chunks())

    def whole(self, form):
        digest, checks = hashlib.sha256(), self.declared()
        for piece in pieces_of(self.rfile, int(self.headers["Content-Length"] or 0)):
            digest.update(piece)
            for check in checks:
                check.update(piece)
            yield piece
        insist(form == digest.hexdigest(), f"the body is not {form}")
        for check in checks:
            check.insist()

    def chunked(self, trailed, chain):
        checks, trailer = self.declared(), (self.headers["x-amz-trailer"] or "").lower()
        insist(bool(trailer) == trailed, "x-amz-trailer and the form disagree")
        if trailed:
            checks.append(Check(trailer, None))
        left = int(self.headers["x-amz-decoded-content-length"])
        while True:
            size, _, signature = self.line().partition(";chunk-signature=")
            data = b"".join(pieces_of(self.rfile, int(size, 16)))
            insist(chain.of_chunk(data) == signature, "the signature of a chunk is wrong")
            if not data:
                break
            insist(self.line() == "", "a chunk does not end")
            left -= len(data)
            for check in checks:
                check.update(data)
            yield data
        insist(left == 0, "the decoded length is wrong")
        if trailed:
            name, _, checks[-1].wanted = self.line().partition(":")
            insist(name == trailer, "another trailer than declared")
            signature = self.line().removeprefix("x-amz-trailer-signature:")
            insist(chain.of_trailer(name, checks[-1].wanted) == signature, "the signature of the trailer is wrong")
        insist(self.line() == "", "the body does not end")
        for check in checks:
            check.insist()

    def line(self):
        line = self.rfile.readline(1024)
        insist(line.endswith(b"\r\n"), "the body is cut off")
        return line[:-2].decode()

    def declared(self):
        return [Check(name.lower(), value) for name, value in self.headers.items() if name.lower() in Check.KINDS]


class Check:
    """A declared checksum, of the kinds that Python has at hand; others are not looked at."""

    KINDS = {"content-md5": hashlib.md5, "x-amz-checksum-sha1": hashlib.sha1, "x-amz-checksum-sha256": hashlib.sha256,
             "x-amz-checksum-crc32": None}

    def __init__(self, name, wanted):
        self.name, self.wanted, self.crc = name, wanted, 0
        self.digest = (self.KINDS.get(name) or hashlib.sha256)()

    def update(self, data):
        if self.name == "x-amz-checksum-crc32":
            self.crc = binascii.crc32(data, self.crc)
        else:
            self.digest.update(data)

    def insist(self):
        if self.name not in self.KINDS:
            return
        is_crc = self.name == "x-amz-checksum-crc32"
        value = self.crc.to_bytes(4, "big") if is_crc else self.digest.digest()
        insist(base64.b64encode(value).decode() == self.wanted, f"{self.name} is wrong")


def pieces_of(source, left):
    while left > 0:
        piece = source.read(min(left, PIECE))
        insist(piece, "the body is cut off")
        left -= len(piece)
        yield piece


def sign_chunks(chain, data, size, trailer=None):
    """The framed body, as a list of its parts: a head line and a chunk each, the last chunk, the trailer."""
    parts = []
    for at in range(0, len(data), size):
        piece = data[at : at + size]
        parts.append(f"{len(piece):x};chunk-signature={chain.of_chunk(piece)}\r\n".encode() + piece + b"\r\n")
    parts.append(f"0;chunk-signature={chain.of_chunk(b'')}\r\n".encode())
    if trailer is None:
        return parts + [b"\r\n"]
    name, value = trailer
    return parts + [f"{name}:{value}\r\nx-amz-trailer-signature:{chain.of_trailer(name, value)}\r\n\r\n".encode()]
