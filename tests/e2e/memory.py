# SPDX-License-Identifier: Apache-2.0
"""An object of --mib MiB streams up and down through Strait byte for byte, and Strait's resident memory stays under
120 MiB all the while. The stand-in S3 keeps nothing, so its own memory is no limit."""

import argparse
import io
import threading
import time

import boto3
from botocore.config import Config

from facts import Facts
from rig import REGION, Rig, allow, session
from standin import PIECE, Stream, digest_of, made

LIMIT_MIB = 120


class Source(io.RawIOBase):
    """A file-like body that is made as it is read; boto3 reads it twice, once to digest and once to send."""

    def __init__(self, size):
        self.size = size
        self.seek(0)

    def seek(self, offset, whence=0):
        if (offset, whence) == (0, 0):
            self.pieces, self.rest, self.at = made(self.size), b"", 0
        elif (offset, whence) == (0, 2):
            self.at = self.size
        elif (offset, whence) != (0, 1) and offset != self.at:
            raise OSError("this body can only begin again")
        return self.at

    def tell(self):
        return self.at

    def seekable(self):
        return True

    def readable(self):
        return True

    def read(self, count=-1):
        count = PIECE if count is None or count < 0 else count
        while len(self.rest) < count and (piece := next(self.pieces, b"")):
            self.rest += piece
        taken, self.rest = self.rest[:count], self.rest[count:]
        self.at += len(taken)
        return taken


class Memory:
    """The most that a process had resident, looked at every 50 ms."""

    def __init__(self, pid):
        self.path, self.most, self.stopping = f"/proc/{pid}/status", 0, False
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def look(self):
        with open(self.path) as status:
            held = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        self.most = max(self.most, held)
        return held

    def watch(self):
        while not self.stopping:
            self.look()
            time.sleep(0.05)

    def stop(self):
        self.stopping = True
        self.thread.join()
        return self.most / 1024


def s3_of(rig):
    agent = session(rig)
    return boto3.client(
        "s3",
        endpoint_url=rig.endpoint,
        region_name=REGION,
        aws_access_key_id=agent.access_key,
        aws_secret_access_key=agent.secret_key,
        aws_session_token=agent.token,
        config=Config(
            retries={"total_max_attempts": 1}, read_timeout=300, request_checksum_calculation="when_required"
        ),
    )


def up_and_down(facts, rig, stream, size):
    wanted = digest_of(made(size))
    memory = Memory(rig.strait_process.pid)
    idle = memory.look() / 1024
    s3 = s3_of(rig)
    started = time.monotonic()
    s3.put_object(Bucket="shop", Key="big", Body=Source(size), ContentLength=size)
    up = time.monotonic() - started
    facts.same(f"{size >> 20} MiB up: AWS received exactly these bytes", stream.uploaded, wanted)
    started = time.monotonic()
    got = digest_of(s3.get_object(Bucket="shop", Key="big")["Body"].iter_chunks(PIECE))
    down = time.monotonic() - started
    facts.same(f"{size >> 20} MiB down: the agent received exactly these bytes", got, wanted)
    most = memory.stop()
    facts.say(f"resident {idle:.0f} MiB idle, {most:.0f} MiB at most; up {up:.0f} s, down {down:.0f} s")
    facts.check(f"resident memory stayed under {LIMIT_MIB} MiB", most < LIMIT_MIB, f"{most:.1f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    size = parser.parse_args().mib << 20
    facts = Facts("Large bodies in flat memory")
    stream = Stream(size)
    with Rig("memory", allow("s3:PutObject", "s3:GetObject"), aws_url=stream.url, keep_bytes=False) as rig:
        rig.start()
        up_and_down(facts, rig, stream, size)
        facts.check("strait is still up", rig.strait_process.poll() is None, rig.log_text()[-1000:])
    facts.finish()


if __name__ == "__main__":
    main()
