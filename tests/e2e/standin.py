# SPDX-License-Identifier: Apache-2.0
"""A stand-in for one AWS service that is small enough to keep up and to ask afterwards: it hands each request to a
function. `Witness` answers DynamoDB and remembers which tables it saw; `Stream` swallows and makes S3 objects."""

import hashlib
import re
import socketserver
import threading
from http.server import BaseHTTPRequestHandler

PIECE = 256 * 1024


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def handle_error(self, request, address):
        pass  # a gateway that was killed drops its connections


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, headers, body=b""):
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(body)), "x-amzn-RequestId": "standin", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Witness(Server):
    """DynamoDB as far as PutItem and GetItem go. `seen` holds each table's name from when its request arrived."""

    TABLE = re.compile(rb'"TableName":\s*"([^"]+)"')

    def __init__(self):
        self.seen, self.lock = set(), threading.Lock()
        witness = self

        class Answering(Handler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with witness.lock:
                    witness.seen.update(found.decode() for found in Witness.TABLE.findall(body))
                self.answer(200, {"Content-Type": "application/x-amz-json-1.0"}, b"{}")

        super().__init__(Answering)


class Stream(Server):
    """S3 as far as one object goes: PUT digests what comes, GET makes `size` bytes that anybody can make again."""

    def __init__(self, size):
        self.size, self.uploaded = size, None
        stream = self

        class Streaming(Handler):
            def do_PUT(self):
                stream.uploaded = digest_of(self.body())
                self.answer(200, {"ETag": '"' + "0" * 32 + '"'})

            def body(self):
                if "chunked" in (self.headers.get("Content-Encoding") or ""):
                    return self.aws_chunks()
                return self.plain(int(self.headers["Content-Length"]))

            def plain(self, left):
                while left > 0:
                    piece = self.rfile.read(min(left, PIECE))
                    if not piece:
                        return
                    left -= len(piece)
                    yield piece

            def aws_chunks(self):
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    yield from self.plain(size)
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass

            def do_GET(self):
                self.send_response_only(200)
                for name, value in {
                    "Content-Length": str(stream.size),
                    "Content-Type": "application/octet-stream",
                    "ETag": '"' + "0" * 32 + '"',
                    "x-amz-request-id": "standin",
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in made(stream.size):
                    self.wfile.write(piece)

        super().__init__(Streaming)


def made(size):
    """`size` bytes without a short period, the same each time, as fast as memory."""
    block = hashlib.shake_256(b"strait").digest(PIECE)
    at = 0
    while at < size:
        piece = (at.to_bytes(8, "big") + block)[: min(PIECE, size - at)]
        yield piece
        at += len(piece)


def digest_of(pieces):
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}
