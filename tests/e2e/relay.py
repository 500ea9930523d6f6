# SPDX-License-Identifier: Apache-2.0
"""A TCP relay on loopback that keeps every byte that passed: a witness between agent and Strait, or Strait and AWS."""

import re
import socket
import threading

REQUEST_LINE = re.compile(rb"(?:GET|PUT|POST|DELETE|HEAD|PATCH|OPTIONS) \S+ HTTP/1\.1\r\n")


class Relay:
    def __init__(self, to_port, keep=True):
        self.to_port, self.keep = to_port, keep
        self.sent, self.received = bytearray(), bytearray()  # by the one who connects, and back to it
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.to_port), 10)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            for source, sink, kept in ((near, far, self.sent), (far, near, self.received)):
                threading.Thread(target=self.pump, args=(source, sink, kept), daemon=True).start()

    def pump(self, source, sink, kept):
        try:
            while piece := source.recv(65536):
                if self.keep:
                    with self.lock:
                        kept += piece
                sink.sendall(piece)
        except OSError:
            pass
        for end, how in ((source, socket.SHUT_RD), (sink, socket.SHUT_WR)):
            try:
                end.shutdown(how)
            except OSError:
                pass

    def requests(self):
        """How many HTTP requests went through."""
        with self.lock:
            return len(REQUEST_LINE.findall(bytes(self.sent)))

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), which would take one more
        self.listener.close()
