# SPDX-License-Identifier: Apache-2.0
"""Attacks on the forward proxy, from a network in which there is only strait and this script: run by proxy.py, as
`proxy_attacks.py FOLDER PROXY_PORT HOST_TAKEN`. Prints one JSON line a finding: {"fact", "holds", "found"}."""

import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import time

import connect_names
import isolated
from calls import TABLE
from rig import REGION, Signed, credentials_of, login

STRAIT = os.environ["STRAIT"]


class Attack:
    def __init__(self, folder, port):
        self.folder, self.port, self.connects = folder, port, 0
        self.trust = str(folder / "state/proxy-ca.pem")

    def connect(self):
        self.connects += 1
        link = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return link

    def say(self, data, wait=True):
        """What is answered to exactly these bytes, to the end."""
        link = self.connect()
        try:
            link.sendall(data)
            answer = b""
            while wait:
                piece = link.recv(65536)
                if not piece:
                    return answer
                answer += piece
                if b"\r\n\r\n" in answer and answer.startswith(b"HTTP/1.1 200"):
                    return answer
        except OSError:
            return answer
        finally:
            link.close()

    def tunnel(self, host, name):
        """A TLS connection inside a tunnel to `host` that asks for `name`; None when there is none."""
        link = self.connect()
        link.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = link.recv(65536)
            if not piece:
                return None
            answer += piece
        if not answer.startswith(b"HTTP/1.1 200"):
            return None
        context = ssl.create_default_context(cafile=self.trust)
        context.check_hostname = name == host
        if name != host:
            context.verify_mode = ssl.CERT_NONE
        try:
            return context.wrap_socket(link, server_hostname=name)
        except (ssl.SSLError, OSError):
            link.close()
            return None

    def ask(self, host, head):
        """What a request inside a good tunnel gets: the status, and all of it as text."""
        with self.tunnel(host, host) as inside:
            inside.sendall(head)
            answer = b""
            while piece := inside.recv(65536):
                answer += piece
            return (int(answer.split(b" ", 2)[1]) if answer else 0), answer.decode(errors="replace")


def tell(fact, holds, found=""):
    print(json.dumps({"fact": fact, "holds": bool(holds), "found": str(found)[:2000]}), flush=True)


def start(folder, port):
    with open(folder / "strait-isolated.log", "ab") as log:
        process = subprocess.Popen([STRAIT, "serve", "--config", str(folder / "isolated.toml")], stderr=log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            if process.poll() is not None:
                raise RuntimeError((folder / "strait-isolated.log").read_text()[-2000:])
            time.sleep(0.1)
    raise RuntimeError("strait did not answer")


def names(attack):
    wanted = list(connect_names.lines())
    got_in, silent, other = [], [], []
    for why, line in wanted:
        answer = attack.say(line + b"\r\n\r\n")
        status = answer.split(b" ", 2)[1:2]
        if status == [b"200"]:
            got_in.append((why, line))
        elif status not in ([b"400"], [b"403"], [b"431"], [b"414"]):
            silent.append((why, line, answer[:80]))
        elif b"strait: " not in answer:
            other.append((why, line, answer[:200]))
    tell(f"CONNECT to {len(wanted)} names that are no AWS endpoint or malformed: none is opened", not got_in, got_in)
    tell("each is told so, with 400 or 403", not silent, silent)
    tell("and why", not other, other)


def disguises(attack, host):
    other = "dynamodb.eu-west-1.amazonaws.com" if host.startswith("sts") else "sts.amazonaws.com"
    tell(f"a tunnel to {host} opens, with a certificate that holds against the CA", attack.tunnel(host, host))
    for what, name in (
        ("another AWS host", other),
        ("a name behind it", f"{host}.evil.com"),
        ("its domain", host.split(".", 1)[1]),
        ("no name", None),
    ):
        tell(f"TLS that asks for {what} is no handshake", attack.tunnel(host, name) is None)
    good = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    tell("a request inside is answered by strait (unsigned: refused)", attack.ask(host, good)[0] == 403)
    for what, named in (
        ("another AWS host", other),
        ("the gateway", "127.0.0.1"),
        ("another port", f"{host}:8443"),
        ("a dot at the end", f"{host}."),
    ):
        head = f"GET / HTTP/1.1\r\nHost: {named}\r\nConnection: close\r\n\r\n".encode()
        status, said = attack.ask(host, head)
        tell(f"a Host header inside that names {what} is refused", status == 400 and "inside a tunnel to" in said, said)
    for what, head in (
        ("a CONNECT", f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        ("absolute form", f"GET https://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ):
        tell(f"{what} inside a tunnel is refused", attack.ask(host, head.encode())[0] == 400)
    first = f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode()
    tell("bytes behind CONNECT in one piece are refused", attack.say(first + good).startswith(b"HTTP/1.1 400"))
    for what, field in (
        ("another Host", "Host: evil.com"),
        ("a body", f"Host: {host}:443\r\nContent-Length: 5"),
        ("a chunked body", f"Host: {host}:443\r\nTransfer-Encoding: chunked"),
        ("a second Host", f"Host: {host}:443\r\nHost: evil.com"),
        ("a folded line", f"Host: {host}:443\r\n folded: yes"),
    ):
        line = f"CONNECT {host}:443 HTTP/1.1\r\n{field}\r\n\r\n".encode()
        tell(f"CONNECT with {what} is refused", attack.say(line).startswith(b"HTTP/1.1 400"))


def describe_table(attack, credentials):
    """A call that the agent may make, signed for DynamoDB's own host: (that host, the bytes)."""
    host, body = f"dynamodb.{REGION}.amazonaws.com", json.dumps({"TableName": TABLE}).encode()
    headers = {
        "Host": host,
        "X-Amz-Target": "DynamoDB_20120810.DescribeTable",
        "Content-Type": "application/x-amz-json-1.0",
    }
    signed = Signed(credentials, attack.port, "dynamodb", "POST", "/", body, headers)
    lines = [f"{name}: {value}" for name, value in signed.headers.items()]
    if not any(line.lower().startswith("content-length:") for line in lines):
        lines.append(f"Content-Length: {len(body)}")
    return host, "\r\n".join(["POST / HTTP/1.1", *lines, "Connection: close", "", ""]).encode() + body


def signed_calls(attack, folder, host):
    """The same counter sees a call that is allowed, which goes out to a stand-in that is not there; and not the same call
    through a tunnel to another host, though its signature holds."""
    credentials = session(attack, folder)
    for what, tunnel in (("", None), ("through another host's tunnel", host)):
        before, connects = isolated.dials()["Tcp.ActiveOpens"], attack.connects
        own, request = describe_table(attack, credentials)
        status, said = attack.ask(tunnel or own, request)
        more = isolated.dials()["Tcp.ActiveOpens"] - before - (attack.connects - connects)
        if tunnel:
            tell(f"the same call {what} is refused and not dialled",
                 status == 400 and "inside a tunnel to" in said and more == 0, f"{more} dials: {said}")
        else:
            tell("an allowed call through the proxy is dialled, and counted", status >= 500 and more > 0,
                 f"{more} dials: {said}")


def session(attack, folder):
    """Logs in at the endpoint's door, which the same strait has."""
    attack.connects += 1
    return credentials_of(login(int(os.environ["STRAIT_PORT"]), (folder / "coding-agent.token").read_text()))


def main():
    folder, port, host = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    try:
        isolated.enter()
    except OSError as refused:
        print(json.dumps({"skip": "dials counted by the kernel", "why": str(refused)}), flush=True)
        return
    process = start(folder, port)
    try:
        attack = Attack(folder, port)
        before = isolated.dials()
        names(attack)
        disguises(attack, host)
        time.sleep(1)
        after = isolated.dials()
        dialled = {name: after[name] - before[name] for name in after}
        dialled["Tcp.ActiveOpens"] -= attack.connects
        tell(f"0 dials and 0 questions to a name server in all of that ({attack.connects} connections came in)",
             not any(dialled.values()), dialled)
        signed_calls(attack, folder, host)
    finally:
        process.terminate()
        process.wait(40)


if __name__ == "__main__":
    main()
