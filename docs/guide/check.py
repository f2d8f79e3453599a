"""Holds the tutorial true: writes the files it shows, runs the commands it shows, compares what they print.

    python3 docs/guide/check.py --duixian target/debug/duixian docs/guide/write-a-measure.*.md

`<!-- file: PATH -->` before a fence means the reader creates that file, `<!-- append: PATH -->` that the text goes to its
end. A fence tagged `console` holds `$ duixian …` lines, each followed by what it prints (errors and output together).
`--update` writes what the commands print into the guide instead of comparing.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile

MARK = re.compile(r"^<!-- (file|append): (.+) -->$")
FENCE = re.compile(r"^(`{3,})(\S*)$")


def fences(lines):
    """Every fence: its mark, its tag, and the numbers of its first line and of the line that closes it."""
    mark, number = None, 0
    while number < len(lines):
        found = FENCE.match(lines[number])
        if found:
            end = lines.index(found[1], number + 1)
            yield mark, found[2], number + 1, end
            mark, number = None, end
        elif MARK.match(lines[number]):
            mark = MARK.match(lines[number]).groups()
        number += 1


def write(folder, mark, lines):
    kind, path = mark
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a" if kind == "append" else "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")


def run(folder, command, binary, lang):
    words = shlex.split(command)
    environment = dict(os.environ, DUIXIAN_LANG=lang)
    if words[0] != "duixian":
        raise SystemExit(f"not a command of the guide: {command}")
    done = subprocess.run([binary, *words[1:]], cwd=folder, env=environment, text=True, encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return [line.rstrip() for line in done.stdout.rstrip("\n").split("\n")] if done.stdout.strip() else []


def check(path, binary, update):
    """The number of console fences whose output differs."""
    lang = "en" if path.endswith(".en.md") else "zh"
    with open(path, encoding="utf-8") as stream:
        lines = stream.read().split("\n")
    result, copied, wrong = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for mark, tag, start, end in fences(lines):
            if mark:
                write(folder, mark, lines[start:end])
            if tag != "console":
                continue
            printed = []
            for command in (line for line in lines[start:end] if line.startswith("$ ")):
                printed += [command, *run(folder, command[2:], binary, lang)]
            if printed != lines[start:end] and not update:
                wrong += 1
                print(f"{path}:{start}: the guide says\n" + "\n".join(lines[start:end]) + "\nbut it is\n" + "\n".join(printed))
            result += [*lines[copied:start], *printed]
            copied = end
    if update:
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("\n".join([*result, *lines[copied:]]))
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--duixian", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("guides", nargs="+")
    options = parser.parse_args()
    binary = os.path.abspath(options.duixian)
    wrong = sum(check(guide, binary, options.update) for guide in options.guides)
    print(f"{len(options.guides)} guides, {wrong} differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
