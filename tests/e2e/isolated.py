# SPDX-License-Identifier: Apache-2.0
"""A network of its own for one process and its children, with a loopback and nothing else, and the kernel's own count of
what is dialled in it. Nobody else's connections are in that count, so it is exact: strait cannot dial unseen."""

import ctypes
import fcntl
import os
import socket
import struct

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def enter():
    """Puts this process into an empty network. OSError where the system does not let it."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWNET) != 0:
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "no network namespace of our own")
        with open("/proc/self/setgroups", "w") as file:
            file.write("deny")
        with open("/proc/self/uid_map", "w") as file:
            file.write(f"{user} {user} 1")
        with open("/proc/self/gid_map", "w") as file:
            file.write(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def dials():
    """What was sent out so far: TCP connections begun, datagrams (a name server is asked by them), and packets for which
    there was no way out."""
    lines = open("/proc/self/net/snmp").read().splitlines()
    table = {}
    for names, values in zip(lines[::2], lines[1::2]):
        kind, _, rest = names.partition(":")
        table |= {f"{kind}.{name}": int(value) for name, value in zip(rest.split(), values.split()[1:])}
    lines = open("/proc/self/net/snmp6").read().splitlines()
    table |= {name: int(value) for name, value in (line.split() for line in lines)}
    wanted = ("Tcp.ActiveOpens", "Udp.OutDatagrams", "Ip.OutNoRoutes", "Udp6OutDatagrams", "Ip6OutNoRoutes")
    return {name: table.get(name, 0) for name in wanted}
