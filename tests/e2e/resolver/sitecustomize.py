# SPDX-License-Identifier: Apache-2.0
"""Python agents that have this folder in PYTHONPATH find every name under strait.test on this machine."""

import socket

real = socket.getaddrinfo


def getaddrinfo(host, *arguments, **named):
    name = host.decode() if isinstance(host, bytes) else host
    return real("127.0.0.1" if name and name.endswith(".strait.test") else host, *arguments, **named)


socket.getaddrinfo = getaddrinfo
