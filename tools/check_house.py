#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The law of the house as a test: floors, privileges, sizes, first lines. Prints each breach with the rule it breaks."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 80
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def read_floors():
    floor_of = {}
    for line in (ROOT / "docs/floors.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            number, *rooms = line.split()
            floor_of.update({room: int(number) for room in rooms})
    return floor_of


def read_privileges():
    rules = []
    for line in (ROOT / "docs/privileges.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, rooms = re.split(r"\s{2,}", line.strip(), maxsplit=1)
            rules.append((pattern, re.compile(pattern), set(rooms.split())))
    return rules


def code_only(line):
    return re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0]) if not line.startswith("#include") else line


def long_functions(lines):
    """Top-level or member function bodies by indentation: an opening brace at the end of a line, its closing twin."""
    for start, line in enumerate(lines):
        if not re.match(r"^( {0,2})\S.*\)( const| noexcept| override| mutable|\s)*(->.*)?\s*\{$", line):
            continue
        indent = len(line) - len(line.lstrip())
        if re.match(r"^\s*(if|for|while|switch|namespace|class|struct|enum|extern)\b", line):
            continue
        for end in range(start + 1, len(lines)):
            if lines[end].startswith(" " * indent + "}"):
                if end - start > FUNCTION_LINES_MAX:
                    yield start + 1, end - start
                break


def check_file(path, room, floor_of, privileges):
    text = path.read_text()
    lines = text.splitlines()
    where = path.relative_to(ROOT)
    test = re.search(r"_(test|fuzz|bench)\.(cc|h)$", path.name) or "testing" in path.name
    if lines[:1] != ["// SPDX-License-Identifier: Apache-2.0"]:
        yield f"{where}:1: the first line is the SPDX licence line"
    if path.suffix == ".h" and "#pragma once" not in lines[:3]:
        yield f"{where}:2: a header starts with #pragma once"
    if len(lines) > FILE_LINES_MAX and not test:
        yield f"{where}: {len(lines)} lines; a file has at most {FILE_LINES_MAX}"
    for number, line in enumerate(lines, 1):
        included = re.match(r'#include "([a-z0-9_]+)/', line)
        if included and included.group(1) in floor_of and included.group(1) != room:
            above = floor_of[included.group(1)]
            if above >= floor_of[room]:
                yield (f"{where}:{number}: {room} (floor {floor_of[room]}) includes {included.group(1)} (floor {above}); "
                       "a room includes only rooms on lower floors (docs/floors.txt)")
        if re.search(r"co_await[^;]*\({\s*\.", line):
            yield f"{where}:{number}: name the value before co_await: g++ 12 destroys a braced temporary there twice"
        if UNFINISHED.search(line):
            yield f"{where}:{number}: unfinished work is finished or said in an issue, not marked in the code"
        if len(line) > 120 and not test:
            yield f"{where}:{number}: {len(line)} columns; at most 120"
        if test:
            continue
        for pattern, regex, rooms in privileges:
            if room not in rooms and regex.search(code_only(line)):
                yield f"{where}:{number}: only {', '.join(sorted(rooms))} may use `{pattern}` (docs/privileges.txt)"
    if path.suffix == ".cc" and not test:
        for number, length in long_functions(lines):
            yield f"{where}:{number}: a function of {length} lines; at most {FUNCTION_LINES_MAX}"


def main():
    floor_of, privileges, breaches = read_floors(), read_privileges(), []
    for path in sorted([*SRC.rglob("*.h"), *SRC.rglob("*.cc")]):
        room = path.relative_to(SRC).parts[0]
        if room not in floor_of:
            breaches.append(f"{path.relative_to(ROOT)}: room `{room}` has no floor in docs/floors.txt")
            continue
        breaches += check_file(path, room, floor_of, privileges)
    for room in floor_of:
        if not (SRC / room / "README.md").exists():
            breaches.append(f"src/{room}: a room has a README.md")
    for breach in breaches:
        print(breach)
    print(f"{len(breaches)} breaches of the law of the house")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
