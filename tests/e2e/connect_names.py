# SPDX-License-Identifier: Apache-2.0
"""What somebody might ask a forward proxy to connect to, and must not get: (why, request line) as bytes. Made by rules
from names that would be taken, so that each is close to the line."""

TAKEN = [
    "s3.eu-west-1.amazonaws.com",
    "sts.amazonaws.com",
    "dynamodb.us-east-1.amazonaws.com",
    "bucket.s3.amazonaws.com",
    "lambda.eu-west-1.api.aws",
]
OTHERS = """example.com www.example.com git.example packages.example store.example localhost localhost.localdomain
 metadata.google.internal instance-data instance-data.ec2.internal aws.amazon.com console.aws.amazon.com amazon.com
 signin.aws.amazon.com amazonaws.com com aws api.aws d111111abcdef8.cloudfront.net ec2-1-2-3-4.compute-1.amazonaws.com
 nosuchservice.eu-west-1.amazonaws.com dynamodb.mars-north-1.amazonaws.com dynamodb.us-east-1.amazonaws.com.cn
 evil.dynamodb.us-east-1.amazonaws.com a.b.sts.amazonaws.com bucket.s3-website.eu-west-1.amazonaws.com
 s3.amazonaws.co s3.amazonaws.org s3.amazonaws.net sts.amazonaws.com.s3.example sts-amazonaws.com""".split()
ADDRESSES = """127.0.0.1 127.1 0 0.0.0.0 169.254.169.254 169.254.170.2 10.0.0.1 192.168.0.1 52.94.0.1 2130706433 0x7f000001
 0x7f.0.0.1 0177.0.0.1 1.2.3.4.5 [::1] [::] [::ffff:127.0.0.1] [fe80::1%25lo] [fd00:ec2::254] ::1 [127.0.0.1] 127.0.0.1.
 1.1.1.0x1""".split()
PORTS = ["80", "22", "8443", "0", "65536", "4430", "00443", "443443", "-443", "+443", "0x1bb", "https", "", " 443", "44 3"]


def near(host):
    """Names that are close to a taken one."""
    yield "a suffix of another domain", f"{host}.evil.com"
    yield "a suffix of another top level", f"{host}.com"
    if not host.startswith("bucket."):  # that would be another bucket
        yield "a prefix without a dot", f"evil{host}"
    yield "its domain without a dot", host.replace(".amazonaws.com", ".evilamazonaws.com").replace(".api.aws", ".evilapi.aws")
    yield "a dot at its end", f"{host}."
    yield "two dots at its end", f"{host}.."
    yield "a dot before it", f".{host}"
    yield "an empty label", host.replace(".", "..", 1)
    yield "upper case", host.upper()
    yield "one capital", host[:-1] + host[-1].upper()
    yield "user information", f"user@{host}"
    yield "a password", f"user:secret@{host}"
    yield "another host before it", f"evil.com@{host}"
    yield "another host behind it", f"{host}@evil.com"
    yield "a path", f"{host}/"
    yield "a fragment", f"{host}#.evil.com"
    yield "a query", f"{host}?.evil.com"
    yield "a backslash", f"{host}\\.evil.com"
    yield "an escaped dot", host.replace(".", "%2e", 1)
    yield "an escaped NUL", f"{host}%00.evil.com"
    yield "a scheme", f"https://{host}"
    yield "a star", f"*.{host}"
    yield "a comma", f"{host},evil.com"
    yield "a semicolon", f"{host};evil.com"
    yield "a label of 64 bytes", f"{'a' * 64}.{host}"
    yield "more than 253 bytes", f"{'abcdefgh.' * 28}{host}"
    yield "punycode", "xn--" + host.replace("a", "-", 1) + "-9za"
    yield "a homograph", host.replace("a", "\u0430", 1)
    yield "a full-width dot", host.replace(".", "\uff0e", 1)
    yield "a soft hyphen", host.replace(".", "\u00ad.", 1)


def lines():
    for host in TAKEN:
        for why, name in near(host):
            yield why, f"CONNECT {name}:443 HTTP/1.1".encode()
        for port in PORTS[:8]:
            yield "another port", f"CONNECT {host}:{port} HTTP/1.1".encode()
        yield "a raw NUL", f"CONNECT {host}\0.evil.com:443 HTTP/1.1".encode()
        yield "a tab", f"CONNECT {host}\t:443 HTTP/1.1".encode()
        yield "a blank", f"CONNECT {host} .evil.com:443 HTTP/1.1".encode()
        yield "absolute form", f"GET http://{host}/ HTTP/1.1".encode()
        yield "absolute form over TLS", f"GET https://{host}/ HTTP/1.1".encode()
    for port in PORTS[8:]:
        yield "a port that is none", f"CONNECT {TAKEN[0]}:{port} HTTP/1.1".encode()
    for name in OTHERS:
        yield "no AWS endpoint", f"CONNECT {name}:443 HTTP/1.1".encode()
    for address in ADDRESSES:
        yield "an address", f"CONNECT {address}:443 HTTP/1.1".encode()
    yield "no port", f"CONNECT {TAKEN[0]} HTTP/1.1".encode()
    yield "no host", b"CONNECT :443 HTTP/1.1"
    yield "nothing", b"CONNECT  HTTP/1.1"
    yield "a star", b"CONNECT * HTTP/1.1"
    yield "a path", b"CONNECT / HTTP/1.1"
    yield "no version", f"CONNECT {TAKEN[0]}:443".encode()
    yield "another version", f"CONNECT {TAKEN[0]}:443 HTTP/2.0".encode()
    yield "lower case method", f"connect {TAKEN[0]}:443 HTTP/1.1".encode()
    yield "two targets", f"CONNECT {TAKEN[0]}:443 evil.com:443 HTTP/1.1".encode()
    yield "origin form", b"GET / HTTP/1.1"
