# SPDX-License-Identifier: Apache-2.0
"""The proxies of the bench and the world around them: an upstream with fixed answers, certificates, signed requests."""
import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import xml.etree.ElementTree

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build/bench-run"  # build/bench is the preset of the micro-benchmarks
STRAIT = ROOT / "build/release/strait"
PROXIES = ["nginx", "strait", "go-resign", "mitmproxy"]
ACCOUNT, REGION = "123456789012", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/bench"
AGENT_KEY = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
REAL_KEY = ("AKIAREALEXAMPLE00000", "real/K7MDENG+bPxRfiCYEXAMPLEKEYreal00000")
PIN_PROXY, PIN_LOAD = ["taskset", "-c", "0"], ["taskset", "-c", "1"]

WRK = """wrk.method = "POST"
wrk.body = [==[{body}]==]
{headers}
done = function(summary, latency)
  local bad = summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout + summary.errors.connect
  io.stderr:write(string.format('{{"requests":%d,"seconds":%f,"bad":%d,"p50":%d,"p99":%d}}\\n', summary.requests,
    summary.duration / 1e6, bad, latency:percentile(50), latency:percentile(99)))
end
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, log):
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"did not start:\n{pathlib.Path(log).read_text()[-2000:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"port {port} stayed closed:\n{pathlib.Path(log).read_text()[-2000:]}")


def answer_of(size):
    """A GetItem reply of about that many bytes."""
    head, tail, attributes = '{"Item":{"id":{"S":"42"}', "}}", []
    length = len(head) + len(tail)
    while length < size:
        text = f',"attribute{len(attributes):05}":{{"S":"{"v" * min(96, max(1, size - length - 30))}"}}'
        attributes.append(text)
        length += len(text)
    return head + "".join(attributes) + tail


ANSWERS = {"small": 416, "64k": 64 * 1024, "1m": 1024 * 1024}


class Bench:
    def __init__(self, proxies, shapes):
        self.proxies, self.shapes = proxies, shapes
        self.running, self.tokens = {}, {}
        self.processes = []

    def __enter__(self):
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        try:
            self.make_certificate()
            self.start_upstream()
            if "go-resign" in self.proxies:
                env = dict(os.environ) | {"GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}
                subprocess.run(["go", "build", "-o", FOLDER / "go-resign", "."], cwd=ROOT / "bench/go-resign", check=True, env=env)
            for tls, answer in sorted(self.shapes):
                for proxy in self.proxies:
                    start = getattr(self, "start_" + proxy.replace("-", "_"))
                    self.running[proxy, tls, answer] = start(tls, answer)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

    def spawn(self, name, pin, command, port, env=None):
        log = FOLDER / f"{name}.log"
        process = subprocess.Popen([*pin, *map(str, command)], stdout=open(log, "ab"), stderr=subprocess.STDOUT,
                                   env=env or dict(os.environ), start_new_session=True)
        self.processes.append(process)
        wait_for(port, process, log)
        return process, port

    def process(self, proxy, tls, answer):
        return self.running[proxy, tls, answer][0]

    def url(self, proxy, tls, answer):
        return f"{'https' if tls else 'http'}://127.0.0.1:{self.running[proxy, tls, answer][1]}/"

    def explain(self, proxy, tls, answer):
        for log in FOLDER.glob(f"{proxy}-{tls}-{answer}*.log"):
            print(log.read_text()[-1500:], file=sys.stderr)

    # --- the world --------------------------------------------------------------------------------------------------

    def make_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", FOLDER / "key.pem", "-out", FOLDER / "cert.pem"], check=True, capture_output=True)
        (FOLDER / "both.pem").write_text((FOLDER / "key.pem").read_text() + (FOLDER / "cert.pem").read_text())

    def nginx(self, name, pin, server_blocks, port):
        conf = FOLDER / f"{name}.conf"
        conf.write_text(f"""daemon off; worker_processes 1; pid {FOLDER}/{name}.pid; error_log {FOLDER}/{name}.error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; client_body_buffer_size 64k;
  client_body_temp_path {FOLDER}/{name}.body; proxy_temp_path {FOLDER}/{name}.proxy; fastcgi_temp_path {FOLDER}/{name}.f;
  uwsgi_temp_path {FOLDER}/{name}.u; scgi_temp_path {FOLDER}/{name}.s;
  ssl_certificate {FOLDER}/cert.pem; ssl_certificate_key {FOLDER}/key.pem; ssl_protocols TLSv1.3;
{server_blocks}
}}
""")
        return self.spawn(name, pin, ["nginx", "-c", conf, "-e", f"{FOLDER}/{name}.early.log"], port)

    def start_upstream(self):
        self.upstream, blocks = {}, ""
        files = FOLDER / "answers"
        files.mkdir()
        for answer, size in ANSWERS.items():
            text = answer_of(size)
            (files / answer).write_text(text)
            for tls in (False, True):
                port = self.upstream[tls, answer] = free_port()
                body = f"return 200 '{text}';" if answer == "small" else f"root {files}; error_page 405 =200 /{answer};"
                blocks += f"""  server {{ listen 127.0.0.1:{port}{' ssl' if tls else ''}; default_type application/x-amz-json-1.0;
    add_header x-amzn-RequestId 7KTU5K5TNN9J7RTUV1RQ8C7FBBVV4KQNSO5AEMVJF66Q9ASUAAJG; location / {{ {body} }} }}
"""
        self.nginx("upstream", PIN_LOAD, blocks, port)

    def target(self, tls, answer):
        return f"{'https' if tls else 'http'}://localhost:{self.upstream[tls, answer]}" if tls else \
            f"http://127.0.0.1:{self.upstream[tls, answer]}"

    # --- the proxies --------------------------------------------------------------------------------------------------

    def start_nginx(self, tls, answer):
        port = free_port()
        scheme = "https" if tls else "http"
        return self.nginx(f"nginx-{tls}-{answer}", PIN_PROXY, f"""
  upstream aws {{ server 127.0.0.1:{self.upstream[tls, answer]}; keepalive 512; keepalive_requests 100000000; }}
  server {{ listen 127.0.0.1:{port}{' ssl' if tls else ''}; location / {{ proxy_pass {scheme}://aws; proxy_http_version 1.1;
    proxy_ssl_protocols TLSv1.3; proxy_set_header Connection ""; proxy_buffers 16 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 128k; }} }}""", port)

    def start_go_resign(self, tls, answer):
        port = free_port()
        command = [FOLDER / "go-resign", "-listen", f"127.0.0.1:{port}", "-upstream", self.target(tls, answer),
                   "-in", ":".join(AGENT_KEY), "-out", ":".join(REAL_KEY)]
        if tls:
            command += ["-cert", FOLDER / "cert.pem", "-key", FOLDER / "key.pem"]
        return self.spawn(f"go-resign-{tls}-{answer}", PIN_PROXY, command, port, dict(os.environ) | {"GOMAXPROCS": "1"})

    def start_mitmproxy(self, tls, answer):
        port = free_port()
        return self.spawn(f"mitmproxy-{tls}-{answer}", PIN_PROXY,
                          ["mitmdump", "-q", "--mode", f"reverse:{self.target(tls, answer)}", "--listen-host", "127.0.0.1",
                           "-p", port, "--ssl-insecure", "--certs", f"*={FOLDER}/both.pem", "--set", f"confdir={FOLDER}/mitm"], port)

    def start_strait(self, tls, answer):
        port, admin = free_port(), free_port()
        folder = FOLDER / f"strait-{tls}-{answer}"
        (folder / "roles").mkdir(parents=True)
        self.tokens[tls, answer] = write_strait(folder, port, admin, tls, self.target(tls, answer))
        env = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        env |= {"AWS_ACCESS_KEY_ID": REAL_KEY[0], "AWS_SECRET_ACCESS_KEY": REAL_KEY[1]}
        return self.spawn(f"strait-{tls}-{answer}", PIN_PROXY, [STRAIT, "serve", "--config", folder / "strait.toml"], port, env)

    # --- the request --------------------------------------------------------------------------------------------------

    def wrk_script(self, proxy, tls, answer):
        """A wrk script with one request, signed now: signatures live five minutes."""
        url = self.url(proxy, tls, answer)
        credentials = Credentials(*AGENT_KEY)
        if proxy == "strait":
            credentials = log_in(url, self.tokens[tls, answer])
        body = json.dumps({"TableName": "orders", "Key": {"id": {"S": "42"}}, "ConsistentRead": True,
                           "ProjectionExpression": "id, #s, total, items",
                           "ExpressionAttributeNames": {"#s": "state"}, "ReturnConsumedCapacity": "TOTAL"})
        body = body[:-1] + " " * (300 - len(body)) + "}" if len(body) < 300 else body
        request = AWSRequest("POST", url, data=body, headers={
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.GetItem",
            "User-Agent": "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux lang/python#3.11 md/pyimpl#CPython cfg/retry-mode#legacy",
            "amz-sdk-invocation-id": "8b6f1f6e-6f1b-4d0c-9d3e-2f4a5b6c7d8e", "amz-sdk-request": "attempt=1",
            "Accept-Encoding": "identity", "Accept": "*/*"})
        SigV4Auth(credentials, "dynamodb", REGION).add_auth(request)
        headers = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in request.headers.items())
        script = FOLDER / f"{proxy}-{tls}-{answer}.lua"
        script.write_text(WRK.format(body=body, headers=headers))
        return script


def write_strait(folder, port, admin, tls, upstream):
    """Configuration for one instance: one role with 65 statements, an issuer whose one key we hold. Gives a token."""
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    b64 = lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode()  # noqa: E731
    jwk = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "bench",
           "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
    (folder / "jwks.json").write_text(json.dumps({"keys": [jwk]}))
    now = int(time.time())
    issuer = "https://issuer.bench"
    signing_input = ".".join(b64(json.dumps(part).encode()) for part in (
        {"alg": "ES256", "kid": "bench", "typ": "JWT"},
        {"iss": issuer, "aud": "strait", "sub": "bench", "iat": now, "exp": now + 36000}))
    r, s = decode_dss_signature(key.sign(signing_input.encode(), ec.ECDSA(hashes.SHA256())))
    token = signing_input + "." + b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    listen = f'listen_tls = "127.0.0.1:{port}"\ntls_cert = "{FOLDER}/cert.pem"\ntls_key = "{FOLDER}/key.pem"' if tls else \
        f'listen = "127.0.0.1:{port}"'
    (folder / "strait.toml").write_text(f"""[server]
{listen}
admin_listen = "127.0.0.1:{admin}"
hosts = ["127.0.0.1", "localhost"]
state_dir = "state"
threads = 1
log_level = "warn"

[issuer.bench]
url = "{issuer}"
audiences = ["strait"]
jwks_file = "jwks.json"

[connection.main]
account = "{ACCOUNT}"
credentials = "environment"
endpoint = "{upstream}"
{f'ca_file = "{FOLDER}/cert.pem"' if tls else ''}
""")
    (folder / "roles/bench.toml").write_text(f"""arn = "{ROLE}"
connection = "main"
trust = "trust.json"
allow = ["allow.json"]
session = "12h"
""")
    (folder / "trust.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": "issuer.bench"}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"issuer.bench:sub": "bench"}}}]}))
    statements = [{"Sid": f"S{number}", "Effect": "Allow", "Action": [f"s3:Get{number}*", f"ec2:Describe{number}*"],
                   "Resource": f"arn:aws:s3:::bucket-{number}/*"} for number in range(64)]
    statements.append({"Sid": "Orders", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"],
                       "Resource": f"arn:aws:dynamodb:*:{ACCOUNT}:table/orders",
                       "Condition": {"StringEquals": {"aws:RequestedRegion": [REGION, "us-east-1"]}}})
    (folder / "allow.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    return token


def log_in(url, token):
    import ssl
    context = ssl.create_default_context(cafile=str(FOLDER / "cert.pem"))
    form = urllib.parse.urlencode({"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": ROLE,
                                   "RoleSessionName": "bench", "WebIdentityToken": token}).encode()
    request = urllib.request.Request(url, data=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    with urllib.request.urlopen(request, context=context if url.startswith("https") else None) as reply:
        tree = xml.etree.ElementTree.fromstring(reply.read())
    found = {element.tag.split("}")[-1]: element.text for element in tree.iter()}
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
