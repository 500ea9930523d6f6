#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One input for every operation of the installed botocore, as JSON lines for other SDKs to serialise.

    calls.py [--fill required|all] [--service-id NAME]... > calls.jsonl

Each line is {"service","service_id","operation","input"}; in the input {"$blob": base64} is bytes, {"$stream": base64} the
bytes of a streaming member and {"$time": seconds} a timestamp. Operations with event streams as input are left out.
"""
import argparse
import base64
import datetime
import json
import sys

import botocore.session
from botocore_requests import Captured, structure_for


def plain(value, shape=None):
    if isinstance(value, bytes):
        streams = shape is not None and shape.serialization.get("streaming")
        return {"$stream" if streams else "$blob": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return {"$time": int(value.timestamp())}
    if isinstance(value, dict):
        members = getattr(shape, "members", {}) if shape is not None and shape.type_name == "structure" else {}
        return {key: plain(one, members.get(key)) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fill", choices=("required", "all"), default="required")
    parser.add_argument("--service-id", action="append", default=[])
    options = parser.parse_args()
    session = botocore.session.Session()
    for service in session.get_available_services():
        model = session.get_service_model(service)
        if options.service_id and str(model.service_id) not in options.service_id:
            continue
        for name in model.operation_names:
            shape = model.operation_model(name).input_shape
            try:
                made = structure_for(shape, options.fill, 0, []) if shape else {}
            except Captured:
                continue
            line = {"service": service, "service_id": str(model.service_id), "operation": name,
                    "input": plain(made, shape)}
            sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
