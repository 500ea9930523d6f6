# SPDX-License-Identifier: Apache-2.0
"""What breaks beside the requests, part of fail_closed.py: AWS is away, the record cannot be written, strait is told to
stop while a call is under way. The answer is no, or the whole answer, and the record knows."""

import concurrent.futures
import contextlib
import http.client
import os
import resource
import subprocess
import threading
import time
import urllib.error

from rig import Rig, Signed, allow, dynamodb, get_url, session, wait_until
from standin import Handler, Server, Witness

BOTH = allow("dynamodb:GetItem", "dynamodb:PutItem")


def get_item(rig, agent, table="orders", **kwargs):
    return dynamodb(agent, rig.port, "GetItem", {"TableName": table, "Key": {"id": {"S": "42"}}}).send(**kwargs)


def status_of(url):
    try:
        return get_url(url)[0]
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return "nobody answers"


# --- AWS is away ---


def run_aws_down(facts, rig):
    """Last, as the stand-in AWS does not come back. First it drops connections, then nobody listens."""
    agent = session(rig)
    get_item(rig, agent)
    moto = next(process for name, process in rig.processes if name == "moto")
    moto.kill()  # asked politely it would wait for kept connections
    moto.wait(20)
    dropped = get_item(rig, agent)
    facts.check(
        "AWS drops the connection: 5xx in the protocol's shape",
        dropped.status in (500, 503, 504) and '"__type"' in dropped.text,
        dropped,
    )
    rig.to_aws.close()
    time.sleep(0.2)
    away = get_item(rig, agent)
    facts.check(
        "AWS is away: 503 ServiceUnavailable, JSON",
        away.status == 503 and "ServiceUnavailableException" in away.text,
        away,
    )
    s3 = Signed(agent, rig.agent_port(), "s3", "GET", "/shop/key").send()
    facts.check(
        "AWS is away: 503 ServiceUnavailable, S3's XML",
        s3.status == 503 and "<Code>ServiceUnavailable</Code>" in s3.text,
        s3,
    )
    time.sleep(0.2)
    steps = {step["call"]: step for step in rig.replay()}
    found = [steps.get(reply.headers.get("x-strait-id"), {}).get("outcome") for reply in (dropped, away, s3)]
    facts.check(
        "the record tells what became of each: unknown when AWS may have it, not sent when not",
        found[0] in ("unknown", "not_sent") and found[1:] == ["not_sent", "not_sent"],
        found,
    )
    facts.same("strait itself is alive", status_of(f"{rig.admin}/healthz"), 200)


# --- the record cannot be written ---


class DiskRig(Rig):
    """Strait as under a service manager: SIGXFSZ is ignored, so that a limit shows as an error of write(), and its own
    messages go to a pipe, which has no size."""

    def spawn(self, name, command, env=None, **kwargs):
        if name == "strait":
            kwargs["restore_signals"] = False
            command = ["bash", "-c", f'exec "$0" "$@" 2> >(exec cat >> {self.folder}/strait.log)', *command]
        return super().spawn(name, command, env=env, **kwargs)


def refused_run(rig, agent, link, tables, count):
    """Calls until `count` were refused in a row, at most 10 s: (tables that were refused, statuses seen)."""
    refused, seen, deadline = [], [], time.monotonic() + 10
    while len(refused) < count and time.monotonic() < deadline:
        table = f"orders-{next(tables)}"
        try:
            seen.append(get_item(rig, agent, table, connection=link).status)
        except (OSError, http.client.HTTPException):
            seen.append("aborted")
            link.close()
        if seen[-1] == 503:
            refused.append(table)
        else:
            refused.clear()
    return refused, seen


def check_refusing(facts, rig, witness, agent, what, tables):
    link = http.client.HTTPConnection("127.0.0.1", rig.port, timeout=20)
    refused, seen = refused_run(rig, agent, link, tables, 20)
    facts.check(f"{what}: calls are refused with 503", len(refused) == 20, seen[-30:])
    facts.same(f"{what}: what was refused did not reach AWS", sorted(witness.seen & set(refused)), [])
    facts.same(
        f"{what}: the admin side is up and says that strait is not ready",
        (status_of(f"{rig.admin}/healthz"), status_of(f"{rig.admin}/readyz")),
        (200, 503),
    )
    link.close()


def check_recovery(facts, rig, agent, what):
    started = time.monotonic()
    with contextlib.suppress(RuntimeError):
        wait_until("a call", lambda: get_item(rig, agent).status == 200, 15)
    alive = facts.check(f"{what}: strait lives", rig.strait_process.poll() is None, rig.log_text()[-600:])
    if not alive:
        return
    facts.check(f"{what}: it recovers by itself", get_item(rig, agent).status == 200, rig.log_text()[-600:])
    facts.say(f"after {time.monotonic() - started:.1f} s")
    facts.same(f"{what}: and is ready again", status_of(f"{rig.admin}/readyz"), 200)


def check_audit(facts, rig, what):
    rig.strait_process.terminate()
    facts.same(f"{what}: strait drains", rig.strait_process.wait(60), 0)
    done = rig.strait("audit", "verify", "--state", rig.folder / "state")
    facts.check(f"{what}: the record verifies", done.returncode == 0, done.stdout + done.stderr)


def run_write_errors(facts):
    what = "no file can grow"
    witness, tables = Witness(), iter(range(10**9))
    with DiskRig("recorder", BOTH, aws_url=witness.url, keep_bytes=False) as rig:
        rig.start()
        agent = session(rig)
        facts.same(f"{what}: before that, calls go through", get_item(rig, agent).status, 200)
        pid = rig.strait_process.pid
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
        check_refusing(facts, rig, witness, agent, what, tables)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        check_recovery(facts, rig, agent, what)
        check_audit(facts, rig, what)


class Tmpfs:
    """A small disk of our own."""

    def __init__(self, path, mib):
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.mounted = (
            os.geteuid() == 0
            and subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=700", "strait-e2e", path], capture_output=True
            ).returncode
            == 0
        )

    def resize(self, mib):
        subprocess.run(["mount", "-o", f"remount,size={mib}m", self.path], check=True, capture_output=True)

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.path], capture_output=True)


class FullDiskRig(Rig):
    def start_strait(self):
        self.disk = Tmpfs(self.folder / "state", 76)
        if self.disk.mounted:
            super().start_strait()

    def stop(self):
        super().stop()
        if hasattr(self, "disk"):
            self.disk.unmount()


def fat_denial(agent, port):
    """A denied call whose record is long: it takes a disk's space quickly."""
    objects = "".join(f"<Object><Key>{number:04d}{'k' * 200}</Key></Object>" for number in range(100))
    return Signed(
        agent,
        port,
        "s3",
        "POST",
        "/shop?delete",
        f"<Delete>{objects}</Delete>".encode(),
        {"Content-Type": "application/xml"},
    )


def use_up(rig, agent, seconds):
    """From several sides, until a call is refused because the record is full."""
    full, deadline = threading.Event(), time.monotonic() + seconds
    counts = [0] * 8

    def work(worker):
        link = http.client.HTTPConnection("127.0.0.1", rig.port, timeout=20)
        request = fat_denial(agent, rig.port)
        while not full.is_set() and time.monotonic() < deadline:
            if request.send(connection=link).status == 503:
                full.set()
            counts[worker] += 1
        link.close()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    return full.is_set(), sum(counts)


def run_full_disk(facts):
    what = "the disk is full"
    witness, tables = Witness(), iter(range(10**9))
    with FullDiskRig("full_disk", BOTH, aws_url=witness.url, keep_bytes=False) as rig:
        rig.start()
        if not rig.disk.mounted:
            return facts.skip(what, "needs root, and leave to mount a tmpfs")
        agent = session(rig)
        full, count = use_up(rig, agent, 120)
        facts.check(f"{what}: it came to that", full, f"{count} calls")
        facts.say(f"after {count} calls")
        check_refusing(facts, rig, witness, agent, what, tables)
        rig.disk.resize(400)
        check_recovery(facts, rig, agent, what)
        check_audit(facts, rig, what)


# --- told to stop ---


class Slow(Server):
    def __init__(self, seconds):
        class Answering(Handler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(seconds)
                self.answer(200, {"Content-Type": "application/x-amz-json-1.0"}, b"{}")

        super().__init__(Answering)


def run_drain(facts):
    slow = Slow(1.5)
    with Rig("drain", BOTH, aws_url=slow.url, keep_bytes=False) as rig:
        rig.start()
        agent = session(rig)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            under_way = pool.submit(get_item, rig, agent)
            time.sleep(0.5)
            rig.strait_process.terminate()
            reply = under_way.result()
        facts.check(
            "told to stop, it finishes the call that is under way", reply.status == 200 and reply.body == b"{}", reply
        )
        facts.same("and exits with 0", rig.strait_process.wait(60), 0)
        try:
            get_item(rig, agent, timeout=3)
            facts.check("and takes no more", False)
        except OSError:
            facts.check("and takes no more", True)
        done = rig.strait("audit", "verify", "--state", rig.folder / "state")
        facts.check("the record verifies", done.returncode == 0, done.stdout + done.stderr)
