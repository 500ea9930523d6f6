# SPDX-License-Identifier: Apache-2.0
"""Strait as a forward proxy: the same script of ordinary calls (calls.py), by boto3 and the AWS CLI with nothing but
`strait env --proxy`, gives the same results as straight at the stand-in AWS; and nothing that is no AWS endpoint is
reached through it (proxy_attacks.py)."""

import argparse
import json
import os
import re
import subprocess
import time

from calls import ACTIONS, BUCKET
from facts import Facts
from proxy_ca import check_authority
from rig import HERE, PYTHON, REGION, ROLE, STRAIT, allow, clean_environment, free_port, get_url
from same_results import SameRig, both_sides, make_files

TAKEN = f"sts.{REGION}.amazonaws.com"


class ProxyRig(SameRig):
    def write_configuration(self):
        super().write_configuration()
        self.proxy_port = free_port()
        file = self.folder / "strait.toml"
        line = f'listen_proxy = "127.0.0.1:{self.proxy_port}"\n'
        file.write_text(file.read_text().replace("[server]\n", "[server]\n" + line))

    def proxy_options(self):
        return [
            "--proxy",
            "--proxy-url",
            f"http://127.0.0.1:{self.proxy_port}",
            "--proxy-ca",
            self.folder / "state/proxy-ca.pem",
            "--endpoint",
            self.endpoint,
            "--role",
            ROLE,
            "--token-file",
            self.folder / "coding-agent.token",
            "--region",
            REGION,
        ]

    def agent_environment(self):
        """What `strait env --proxy` prints, and nothing else."""
        printed = self.strait("env", *self.proxy_options(), "--shell", "dotenv")
        if printed.returncode:
            raise RuntimeError(printed.stderr)
        return dict(line.split("=", 1) for line in printed.stdout.splitlines())

    def through_exec(self, *command):
        return subprocess.run(
            [str(part) for part in (STRAIT, "exec", *self.proxy_options(), "--", *command)],
            env=clean_environment() | {"HOME": str(self.folder)},
            text=True,
            capture_output=True,
            timeout=120,
        )


def environment_of_the_agent(facts, rig):
    env = rig.agent_environment()
    facts.check("the agent's environment names no endpoint of ours", "AWS_ENDPOINT_URL" not in env, env)
    facts.same("HTTPS_PROXY is set in both spellings", env.get("https_proxy"), env.get("HTTPS_PROXY"))
    local = env.get("NO_PROXY", "").split(",")
    facts.check(
        "credentials and metadata stay local", {"127.0.0.1", "169.254.169.254", "169.254.170.2"} <= set(local), local
    )
    facts.check("and AWS does not", not any("amazonaws" in name for name in local), local)


def under_exec(facts, rig):
    done = rig.through_exec(PYTHON / "aws", "s3api", "list-buckets", "--output", "json")
    facts.check(
        "`strait exec --proxy -- aws s3api list-buckets` lists the bucket",
        done.returncode == 0 and BUCKET in done.stdout,
        done.stderr,
    )
    done = rig.through_exec(
        PYTHON / "python3", "-c", "import urllib.request as u; print(u.urlopen('https://example.com/', timeout=10))"
    )
    facts.check(
        "other HTTPS of a program under it fails, with 403 from the proxy",
        done.returncode != 0 and "403" in done.stderr,
        done.stderr,
    )


def recorded(facts, rig):
    hosts = set(re.findall(rb'"host":"([^"]*)"', rig.record()))
    facts.check(
        "the record names AWS's hosts, as the agent addressed them",
        hosts and all(host.endswith(b".amazonaws.com") for host in hosts),
        hosts,
    )


def attacks(facts, rig):
    """The same installation, in a network of its own: its issuer's keys from a file, since nothing is reachable there."""
    keys = json.loads(get_url(json.loads(get_url(rig.issuer + "/.well-known/openid-configuration")[1])["jwks_uri"])[1])
    (rig.folder / "jwks.json").write_text(json.dumps(keys))
    text = (rig.folder / "strait.toml").read_text()
    text = text.replace('audiences = ["strait"]\n', 'audiences = ["strait"]\njwks_file = "jwks.json"\n')
    (rig.folder / "isolated.toml").write_text(text)
    env = clean_environment() | rig.real | {"STRAIT": str(STRAIT), "STRAIT_PORT": str(rig.port)}
    done = subprocess.run(
        [PYTHON / "python3", HERE / "proxy_attacks.py", rig.folder, str(rig.proxy_port), TAKEN],
        env=env,
        text=True,
        capture_output=True,
        timeout=600,
    )
    for line in done.stdout.splitlines():
        told = json.loads(line)
        if "skip" in told:
            facts.skip(told["skip"], told["why"])
        else:
            facts.check(told["fact"], told["holds"], told["found"])
    facts.check("the attacks ran to their end", done.returncode == 0, done.stderr[-2000:])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=20)
    parser.add_argument("--client", action="append", choices=["boto3", "cli"])
    options = parser.parse_args()
    os.environ.pop("NO_PROXY", None)
    facts = Facts("The same script through Strait as a forward proxy, and what it does not take")
    with ProxyRig("proxy", allow(*ACTIONS), keep_bytes=False) as rig:
        rig.start()
        check_authority(facts, rig)
        environment_of_the_agent(facts, rig)
        files = make_files(rig.folder, options.mib)
        for name in options.client or ["boto3", "cli"]:
            both_sides(facts, rig, name, files)
        files["big"].unlink()
        under_exec(facts, rig)
        recorded(facts, rig)
        rig.strait_process.terminate()
        rig.strait_process.wait(40)
        time.sleep(0.2)
        attacks(facts, rig)
    facts.finish()


if __name__ == "__main__":
    main()
