# SPDX-License-Identifier: Apache-2.0
"""Endpoint mode behind a DNS name with a wildcard certificate: the same script of ordinary calls over TLS, S3 by
virtual host, and operations that put a prefix before the host. No name server knows the name: the agents' resolver is
told, in names/sitecustomize.py."""

import argparse
import datetime
import os
import re

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from calls import ACTIONS, BUCKET
from facts import Facts
from rig import HERE, allow, free_port
from same_results import SameRig, both_sides, make_files

NAME = "gw.strait.test"


def make_certificate(folder, host=NAME):
    """A CA, and a leaf for the name and everything one label before it."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def certificate(common_name, key, issuer, issuer_key, extension, ca):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer or name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(extension, critical=False)
            .sign(issuer_key, hashes.SHA256())
        )

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    identity = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = certificate("test CA", ca_key, None, ca_key, identity, True)
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.DNSName(f"*.{host}")])
    leaf = certificate("gateway", key, ca.subject, ca_key, names, False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem))
    file = folder / "leaf.key"
    file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    file.chmod(0o600)


class WildcardRig(SameRig):
    def write_configuration(self):
        super().write_configuration()
        make_certificate(self.folder)
        # With an endpoint of one's own, botocore puts the bucket into the path unless it is told not to.
        (self.folder / "aws-config").write_text("[default]\ns3 =\n    addressing_style = virtual\n")
        self.tls_port = free_port()
        file = self.folder / "strait.toml"
        text = file.read_text().replace('hosts = ["127.0.0.1", "localhost"]', f'hosts = ["{NAME}"]')
        lines = f'listen_tls = "127.0.0.1:{self.tls_port}"\ntls_cert = "leaf.pem"\ntls_key = "leaf.key"\n'
        file.write_text(text.replace("[server]\n", "[server]\n" + lines))

    def agent_environment(self):
        return super().agent_environment() | {
            "AWS_ENDPOINT_URL": f"https://{NAME}:{self.tls_port}",
            "AWS_CA_BUNDLE": str(self.folder / "ca.pem"),
            "AWS_CONFIG_FILE": str(self.folder / "aws-config"),
            "PYTHONPATH": str(HERE / "names"),
        }


def hosts_used(facts, rig):
    hosts = set(re.findall(rb'"host":"([^"]*)"', rig.record()))
    facts.check("the bucket came in the host name", f"{BUCKET}.{NAME}:{rig.tls_port}".encode() in hosts, hosts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=20)
    options = parser.parse_args()
    os.environ.pop("HTTPS_PROXY", None)
    facts = Facts("The same script over TLS, at a name with a wildcard certificate")
    with WildcardRig("wildcard", allow(*ACTIONS), keep_bytes=False) as rig:
        rig.start()
        files = make_files(rig.folder, options.mib)
        for name in ("boto3", "cli"):
            both_sides(facts, rig, name, files)
        files["big"].unlink()
        hosts_used(facts, rig)
    facts.finish()


if __name__ == "__main__":
    main()
