# SPDX-License-Identifier: Apache-2.0
"""The forward proxy's CA as an agent's machine sees it: its file, and what it can and cannot sign for."""

import os
import socket
import ssl
import stat

from cryptography import x509


def show(rig, host):
    """The leaf that the proxy shows as `host`, and whether a client that trusts the CA alone takes it."""
    with socket.create_connection(("127.0.0.1", rig.proxy_port), timeout=20) as link:
        link.sendall(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
        answer = link.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer.decode())
        context = ssl.create_default_context(cafile=str(rig.folder / "state/proxy-ca.pem"))
        context.set_alpn_protocols(["h2", "http/1.1"])
        with context.wrap_socket(link, server_hostname=host) as inside:
            return x509.load_der_x509_certificate(inside.getpeercert(True)), inside.selected_alpn_protocol()


def check_authority(facts, rig):
    printed = rig.strait("proxy", "ca", "--config", rig.folder / "strait.toml")
    file = rig.folder / "state/proxy-ca.pem"
    facts.check("`strait proxy ca` prints the CA that the proxy signs under", printed.stdout == file.read_text(),
                printed.stderr)
    mode = stat.S_IMODE(os.stat(rig.folder / "state/keys/proxy-ca").st_mode)
    facts.same("its key is its owner's alone", oct(mode), oct(0o600))
    ca = x509.load_pem_x509_certificate(file.read_bytes())
    held = ca.extensions.get_extension_for_class(x509.NameConstraints)
    names = {name.value for name in held.value.permitted_subtrees}
    facts.check(f"it is held to AWS's domains, critically ({len(names)} of them)",
                held.critical and {"amazonaws.com", "amazonaws.com.cn", "api.aws"} <= names, names)
    facts.check("and shut out from every address", len(held.value.excluded_subtrees or []) == 2, held)
    for host in ("s3.eu-west-1.amazonaws.com", "a.dotted.bucket.s3.eu-west-1.amazonaws.com", "lambda.eu-west-1.api.aws"):
        leaf, protocol = show(rig, host)
        named = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        facts.check(f"as {host} it shows a leaf for that name alone, over http/1.1",
                    named.get_values_for_type(x509.DNSName) == [host] and protocol == "http/1.1", named)
