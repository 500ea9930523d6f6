# SPDX-License-Identifier: Apache-2.0
"""On PYTHONPATH of a client: names under strait.test are this machine, as a hosts file or a DNS zone would have it."""

import socket

resolve = socket.getaddrinfo


def getaddrinfo(host, *rest, **more):
    name = host.decode() if isinstance(host, bytes) else host
    return resolve("127.0.0.1" if name and name.endswith(".strait.test") else host, *rest, **more)


socket.getaddrinfo = getaddrinfo
