"""Submissions and plain inserts by turns, so that all of them meet the same moments of a machine that is slower now and then.

    python3 turns.py SECONDS PROGRAM [--- PROGRAM]…

Each program does its work for every line it reads and prints how much of it came through in a second; SECONDS is how long all
of them take turns, or until the first has nothing left. Prints the mean of each.
"""

import subprocess
import sys
import time


def programs(words):
    program = []
    for word in words:
        if word == "---":
            yield program
            program = []
        else:
            program.append(word)
    yield program


running = [subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for program in programs(sys.argv[2:])]
seen = []
end = None
while end is None or time.time() < end:
    turn = []
    for program in running:
        try:
            program.stdin.write("\n")
            program.stdin.flush()
        except BrokenPipeError:
            break
        line = program.stdout.readline()
        if not line:
            break
        turn.append(float(line))
    if len(turn) < len(running):
        break
    # The first turn opens connections and fills caches, whoever's it is.
    if end is None:
        end = time.time() + float(sys.argv[1])
        continue
    seen.append(turn)
for program in running:
    program.communicate()
print(" ".join(f"{sum(column) / len(column):.0f}" for column in zip(*seen)))
