#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare what `strait aws identify` says with the truth that botocore_requests.py wrote.

    check_identify.py requests.jsonl answers.jsonl [--show N] [--right-min 99.9]

Prints counts of right, refused and wrong; exits 1 when anything is wrong or too little is right. Where several services
make one and the same request (rds, docdb, neptune), any of them is right; how often it was not the one named first is told.
"""
import argparse
import collections
import json
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("requests")
    parser.add_argument("answers")
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("--right-min", type=float, default=99.9)
    options = parser.parse_args()
    right = 0
    by_another_name = 0
    refused = collections.Counter()
    wrong = []
    samples = collections.defaultdict(list)
    with open(options.requests) as requests, open(options.answers) as answers:
        for number, (request, answer) in enumerate(zip(requests, answers, strict=True), 1):
            truth = json.loads(request)["truth"]
            said = json.loads(answer)
            want = (truth["service"], truth["operation"])
            if "refused" in said:
                refused[said["refused"]] += 1
                samples[said["refused"]].append((number, *want, said["why"]))
                continue
            named = [said] + said.get("also", [])
            if want in [(one["service"], one["operation"]) for one in named]:
                right += 1
                by_another_name += want != (said["service"], said["operation"])
            else:
                wrong.append((number, *want, said["service"], said["operation"]))
    total = right + sum(refused.values()) + len(wrong)
    share = 100.0 * right / total if total else 0.0
    print(f"{total} requests: {right} right ({share:.2f} %; {by_another_name} by another name), {sum(refused.values())} refused, {len(wrong)} wrong")
    for code, count in refused.most_common():
        print(f"  refused {code}: {count}")
        for sample in samples[code][:options.show]:
            print("    ", *sample)
    for line in wrong[:options.show]:
        print("  WRONG", *line)
    sys.exit(1 if wrong or share < options.right_min else 0)


if __name__ == "__main__":
    main()
