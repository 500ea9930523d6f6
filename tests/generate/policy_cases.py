# SPDX-License-Identifier: Apache-2.0
"""Random policies and requests in the form of `strait policy eval`: every condition operator, set operator and suffix,
wildcards, variables with defaults and the three escapes, NotAction, NotResource, both Versions, Deny and ask. Values are
drawn from so few that they meet often."""

import base64
import random
import re

ACCOUNT, REGION = "123456789012", "eu-west-1"
PRINCIPAL = f"arn:aws:iam::{ACCOUNT}:role/developer"


def arn(service, rest, region=REGION, account=ACCOUNT):
    return f"arn:aws:{service}:{region}:{account}:{rest}"


def global_arn(service, rest, account=""):
    return arn(service, rest, "", account)


REQUESTS = [
    ("s3:GetObject", [global_arn("s3", f"b/{key}") for key in ("a", "ab", "a/b", "team-x/a", "c:d", "$a")]),
    ("s3:PutObject", [global_arn("s3", "b/a"), global_arn("s3", "bc/a")]),
    ("s3:ListBucket", [global_arn("s3", "b"), global_arn("s3", "bc")]),
    ("s3:ListAllMyBuckets", ["*"]),
    ("ec2:DescribeInstances", ["*"]),
    ("ec2:StopInstances", [arn("ec2", "instance/i-1"), arn("ec2", "instance/i-2", "us-east-1")]),
    ("dynamodb:GetItem", [arn("dynamodb", "table/t"), arn("dynamodb", "table/team-x")]),
    ("sqs:SendMessage", [arn("sqs", "q"), arn("sqs", "team-x")]),
    ("lambda:InvokeFunction", [arn("lambda", "function:f"), arn("lambda", "function:team-x")]),
    ("iam:GetRole", [global_arn("iam", "role/x", ACCOUNT), global_arn("iam", "role/x/y", ACCOUNT)]),
    ("secretsmanager:GetSecretValue", [arn("secretsmanager", "secret:s-AbCdEf")]),
    ("ssm:GetParameter", [arn("ssm", "parameter/a/b"), arn("ssm", "parameter/team-x/b")]),
    ("sns:Publish", [arn("sns", "t")]),
    ("logs:PutLogEvents", [arn("logs", "log-group:g:log-stream:s")]),
]

TEXTS = ["team-x", "Team-X", "a", "ab", "a*", "a/b", "x", "*", "$a", "?", "b:c", "10", "true"]
NUMBERS = ["1", "10", "10.0", "9.5", "-3", "300", "0"]
DATES = ["2025-01-01T00:00:00Z", "2025-06-01T12:00:00+02:00", "2025-06-01T10:00:00Z", "2026-01-01"] * 4 + [
    "2025-01-01T00:00:00Z", "2025-06-01T12:00:00+02:00", "2025-06-01T10:00:00Z", "2026-01-01", "2026-01", "2026",
    "1748772000", "1767225600", "2025-06-01T10:00Z", "2025-06-01T10:00:00.5Z",
]  # fmt: skip
BOOLS = ["true", "false", "True"]
ADDRESSES = ["203.0.113.9", "203.0.113.10", "198.51.100.1", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db9::1"]
NETWORKS = ADDRESSES + [
    "203.0.113.0/24", "203.0.113.8/31", "0.0.0.0/0", "2001:db8::/32", "::/0", "203.0.113.9/32", "128.0.0.0/1",
]  # fmt: skip
ARNS = [PRINCIPAL, global_arn("iam", "role/team-x", ACCOUNT), global_arn("s3", "b/a"), arn("sns", "t:x"), arn("sqs", "q")]
ARN_PATTERNS = ARNS + [
    "arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:role/dev*", "arn:*:*:*:*:*", "arn:aws:s?:::b/?",
    "arn:aws:iam::123456789012:role/${aws:PrincipalTag/team}", "arn:aws:sns:*:*:t:*", "arn:aws:iam:*:role/*",
    "arn:aws:sns:eu-west-1:*12:?:x", "arn:aws:s3:::b/${aws:PrincipalTag/none, 'a'}", "*",
]  # fmt: skip
BLOBS = [base64.b64encode(blob).decode() for blob in (b"a", b"ab", b"\xff\x00", b"")]

# Key, the values a request can have, and whether it is multi-valued.
KEYS = [
    ("aws:PrincipalTag/team", TEXTS + [""], False),
    ("aws:RequestTag/env", TEXTS, False),
    ("aws:userid", TEXTS, False),
    ("aws:UserAgent", TEXTS, False),
    ("aws:MultiFactorAuthAge", NUMBERS, False),
    ("aws:PrincipalTag/level", NUMBERS, False),
    ("aws:CurrentTime", DATES, False),
    ("aws:TokenIssueTime", DATES, False),
    ("aws:SecureTransport", BOOLS, False),
    ("aws:MultiFactorAuthPresent", BOOLS, False),
    ("aws:SourceIp", ADDRESSES, False),
    ("aws:VpcSourceIp", ADDRESSES, False),
    ("aws:PrincipalArn", ARNS, False),
    ("aws:SourceArn", ARNS, False),
    ("aws:PrincipalTag/blob", BLOBS, False),
    ("aws:TagKeys", TEXTS, True),
    ("aws:CalledVia", TEXTS, True),
    ("aws:PrincipalOrgPaths", TEXTS + NUMBERS + BOOLS, True),
]

VARIABLES = [
    "${aws:PrincipalTag/team}", "${AWS:principaltag/Team}", "${aws:PrincipalTag/none}", "${aws:PrincipalTag/none, 'a'}",
    "${aws:PrincipalTag/team, 'a'}", "${aws:userid}", "${*}", "${?}", "${$}a", "${aws:TagKeys}", "${aws:TagKeys, 'a'}",
    "${aws:PrincipalTag/none, ''}",
]  # fmt: skip
TEXT_PATTERNS = TEXTS + ["team-*", "t?am-x", "*a*", "??", "a?b", "*", "team-${aws:userid}", "x${*}", ""]

FAMILIES = {
    "text": (["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
              "StringNotLike"], TEXT_PATTERNS + VARIABLES),
    "number": (["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
                "NumericGreaterThanEquals"], NUMBERS),
    "date": (["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
              "DateGreaterThanEquals"], DATES),
    "bool": (["Bool"], BOOLS),
    "blob": (["BinaryEquals"], BLOBS),
    "address": (["IpAddress", "NotIpAddress"], NETWORKS),
    "arn": (["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"], ARN_PATTERNS),
}  # fmt: skip
# Where a list of values may be empty: not negated, ForAnyValue or whatever asks for a key that is absent.
EMPTY_TAKEN = re.compile(r"(?!.*Not)(ForAnyValue:\w+(?<!IfExists)|ForAllValues:\w+|\w+IfExists)")
FITTING = {
    "text": [key for key in KEYS if key[1][:1] == TEXTS[:1]],
    "number": [key for key in KEYS if key[1] is NUMBERS],
    "date": [key for key in KEYS if key[1] is DATES],
    "bool": [key for key in KEYS if key[1] is BOOLS],
    "blob": [key for key in KEYS if key[1] is BLOBS],
    "address": [key for key in KEYS if key[1] is ADDRESSES],
    "arn": [key for key in KEYS if key[1] is ARNS],
}


class Cases:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def pick(self, items):
        return self.random.choice(items)

    def cased(self, text):
        """Now and then in another case, where IAM does not look at it."""
        return "".join(self.pick((c.upper(), c.lower())) for c in text) if self.chance(5) else text

    def one_or_list(self, items):
        return items[0] if len(items) == 1 and self.chance(60) else items

    def action_pattern(self, action):
        service, name = action.split(":")
        near = [
            action, f"{service}:*", "*", f"{service}:{name[:3]}*", f"{service}:*{name[-4:]}", f"{service}:?{name[1:]}",
            f"{service}:{name[:2]}*{name[-2:]}", f"{service}:{name}?", f"{service}:{name[:-1]}",
        ]  # fmt: skip
        return self.cased(self.pick(near + [self.pick(REQUESTS)[0]]))

    def resource_pattern(self, resource):
        if resource == "*" or self.chance(8):
            return self.pick(["*", "*", self.pick(self.pick(REQUESTS)[1])])
        parts = resource.split(":", 5)
        part = self.random.randrange(6)
        if part == 5 or self.chance(60):
            parts[5] = self.last_part(parts[5])
        if part not in (0, 5) and self.chance(70):
            whole = parts[part]
            parts[part] = self.pick(["*", whole[:2] + "*", "*" + whole[-2:], whole[:-1] + "?", whole + "?", whole + "*"])
        if self.chance(6):  # one star for several parts, or for all that is left
            at = self.random.randrange(1, 5)
            parts[at : at + self.random.randrange(1, 6 - at) + 1] = ["*"]
        elif self.chance(4):
            parts = parts[: self.random.randrange(2, 6)]
            parts[-1] += "*"
        # A wildcard within a part that a star before it can move is hard to say in any other way.
        ends = [at for at, text in enumerate(parts[:5]) if text.endswith("*")]
        if ends and any(re.search(r"[?]|[*].", text) for text in parts[ends[0] + 1 : 5]):
            return resource
        made = ":".join(parts)
        return made if made.count(":") >= 5 or made.endswith("*") else resource

    def last_part(self, text):
        at = self.random.randrange(len(text) + 1)
        return self.pick([
            text, text[:at] + "*", "*" + text[at:], text[:at] + "*" + text[at + 1 :], text[:at] + "?" + text[at + 1 :],
            text.replace("team-x", "${aws:PrincipalTag/team}"), text[:at] + self.pick(VARIABLES), text + "?", "*",
            text.replace("*", "${*}").replace("$a", "${$}a"), text[:at] + "*" + self.pick(VARIABLES) + "*",
        ])  # fmt: skip

    def policy_value(self, value):
        """Numbers and booleans also as themselves."""
        if self.chance(20) and value in ("true", "false"):
            return value == "true"
        if self.chance(20) and value.isdigit() and len(value) < 9 and (value == "0" or value[0] != "0"):
            return int(value)
        return value

    def condition(self):
        key = self.pick(KEYS)[0]
        if self.chance(8):
            return "Null", key, self.pick(["true", "false", True, False, ["true", "false"]])
        family = self.pick(list(FAMILIES))
        operators, values = FAMILIES[family]
        if self.chance(85) or family in ("number", "date", "arn"):
            fitting = FITTING[family]
            if family == "text" or not fitting or self.chance(12):
                # Of a number that is no date JavaScript makes one.
                fitting = fitting + [key for key in KEYS if key[2] and (family != "date" or key[1] is TEXTS)]
            key = self.pick(fitting)[0]
        name = self.pick(["", "", "", "ForAllValues:", "ForAnyValue:"]) + self.pick(operators)
        name += self.pick(["", "", "IfExists"])
        if self.chance(6) and EMPTY_TAKEN.fullmatch(name):
            return name, key, []
        wanted = [self.policy_value(self.pick(values)) for _ in range(self.pick([1, 1, 2, 3]))]
        return self.cased(name), self.cased(key), self.one_or_list(wanted)

    def statement(self, action, resource):
        made = {"Effect": "Deny" if self.chance(25) else "Allow"}
        actions = [self.action_pattern(action) for _ in range(self.pick([1, 1, 2]))]
        resources = [self.resource_pattern(resource) for _ in range(self.pick([1, 1, 2]))]
        made["NotAction" if self.chance(15) else "Action"] = self.one_or_list(actions)
        made["NotResource" if self.chance(15) else "Resource"] = self.one_or_list(resources)
        if self.chance(2):
            made.pop("NotAction", None)
            made["Action"] = []
        if self.chance(2):
            made.pop("NotResource", None)
            made["Resource"] = []
        block = {}
        for _ in range(self.pick([0, 0, 1, 1, 1, 2])):
            operator, key, values = self.condition()
            block.setdefault(operator, {})[key] = values
        if any(values == [] for keys in block.values() for values in keys.values()):
            block.pop("Null", None)  # an empty list stands for one, and two that differ are refused
        if block:
            made["Condition"] = block
        return made

    def document(self, action, resource):
        statements = [self.statement(action, resource) for _ in range(self.pick([1, 1, 2, 3]))]
        made = {"Version": "2008-10-17" if self.chance(15) else "2012-10-17"}
        if self.chance(5):
            del made["Version"]
        return made | {"Statement": statements[0] if len(statements) == 1 and self.chance(30) else statements}

    def context(self):
        made = {}
        for key, values, many in KEYS:
            if self.chance(40):
                continue
            if many:
                made[key] = [self.pick(values) for _ in range(self.pick([0, 1, 1, 1, 2, 2, 2, 3]))]
            else:
                made[self.cased(key)] = self.pick(values)
        if self.chance(3):  # values that are not of their key's type
            strange = {"aws:sourceip": "somewhere", "aws:currenttime": "now", "aws:principalarn": "developer"}
            made = {key: strange.get(key.lower(), value) for key, value in made.items()}
        return made

    def case(self):
        action, resources = self.pick(REQUESTS)
        resource = self.pick(resources)
        request = {"action": self.cased(action), "resource": resource, "context": self.context()}
        if self.chance(10):
            request["principal"] = PRINCIPAL
        documents = [self.document(action, resource) for _ in range(self.pick([1, 1, 2]))]
        ask = [self.document(action, resource)] if self.chance(25) else []
        return {"allow": documents, "ask": ask, "request": request}
