# SPDX-License-Identifier: Apache-2.0
"""On PYTHONPATH of a client: names under strait.test are this machine, as a hosts file or a DNS zone would have it."""

import socket

resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve(
    "127.0.0.1" if str(host).endswith(".strait.test") else host, *rest, **more
)
