"""Puts duixian and the oracle side by side on many small made-up districts.

    python3 compare.py --duixian PATH --pack packs/nanming-2017 --seeds 1..20 --enterprises 300

Every comparison is row by row and cell by cell as text, order included. Ends with a line
"N passed, M failed" and exit status 1 where anything differs. `--keep DIR` keeps the files.
"""

import argparse
import csv
import datetime
import os
import subprocess
import sys
import tempfile

import generate
import oracle

# One line per run: year, as-of date, and whether rows that are not entitled are shown throughout.
# 2020 is the first year in which alliances have used up their three years.
RUNS = [
    (2016, None, False), (2017, None, False), (2018, None, False),
    (2016, "2016-06-30", True), (2017, "2017-06-30", False), (2018, "2018-06-30", True),
    (2017, None, True), (2017, "2017-05-03", True), (2019, "2020-02-29", False), (2020, None, True),
]
SHOWN = 8  # differences printed per run


def seeds(text):
    first, dots, last = text.partition("..")
    return range(int(first), int(last if dots else first) + 1)


def run_duixian(options, directory, out, year, as_of, everything):
    """The rows duixian writes, or a text saying what went wrong."""
    command = [options.duixian, "assess", options.pack, "--data", directory, "--year", str(year), "--out", out]
    if as_of:
        command += ["--as-of", as_of]
    if everything:
        command.append("--all")
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace")
    # Rows in error put the input at fault (1) though the valid rows were assessed.
    if done.returncode not in (0, 1) or not os.path.exists(out):
        return None, f"exit {done.returncode}: {done.stderr.strip()[-2000:]}"
    with open(out, encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in oracle.COLUMNS + ["clause", "reason"] if name not in (reader.fieldnames or [])]
        if missing:
            return None, f"columns missing: {', '.join(missing)}"
        full = list(reader)
    for row in full:
        # The reason is free text, but the contract says when there is one. What a conditional row
        # says there is left open.
        needs_reason = {"entitled": False, "unknown": True, "not_entitled": True}
        if (row["reason"] != "") != needs_reason.get(row["status"], row["reason"] != ""):
            return None, f"reason {row['reason']!r} with status {row['status']}: {' '.join(list(row.values())[:4])}"
        if row["clause"] == "":
            return None, f"no clause: {' '.join(list(row.values())[:4])}"
    return [[row[name] for name in oracle.COLUMNS] for row in full], None


def differences(expected, actual):
    """Legible lines, each about one row; empty where the two are the same."""
    lines = []
    want = {tuple(row[:3]): row for row in expected}
    have = {}
    for row in actual:
        key = tuple(row[:3])
        if key in have:
            lines.append(f"twice:    {' '.join(key)}")
        have[key] = row
    for key, row in want.items():
        if key not in have:
            lines.append(f"missing:  {describe(row)}")
        elif have[key] != row:
            cells = [f"{name} is {mine!r}, oracle says {theirs!r}"
                     for name, mine, theirs in zip(oracle.COLUMNS, have[key], row) if mine != theirs]
            lines.append(f"differs:  {' '.join(key)}: {'; '.join(cells)}")
    lines += [f"too many: {describe(row)}" for key, row in have.items() if key not in want]
    if not lines and expected != actual:
        place = next(i for i, pair in enumerate(zip(expected, actual)) if pair[0] != pair[1])
        lines.append(f"order:    row {place + 1} is {' '.join(actual[place][:3])}, "
                     f"oracle says {' '.join(expected[place][:3])}")
    return lines


def describe(row):
    measure, code, basis, year, status, low, high, payable = row
    return f"{measure} {code} basis {basis or '-'} {year}: {status} {low}..{high} payable from {payable or '-'}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--duixian", required=True)
    parser.add_argument("--pack", default="packs/nanming-2017")
    parser.add_argument("--seeds", default="1..20", type=seeds)
    parser.add_argument("--enterprises", default=300, type=int)
    parser.add_argument("--keep")
    options = parser.parse_args()

    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for seed in options.seeds:
            directory = os.path.join(options.keep or scratch, f"district-{seed}")
            # Every fourth district is clean, so that a fault in row errors does not hide all others.
            generate.generate(seed, options.enterprises, directory, clean=seed % 4 == 0)
            for number, (year, as_of, everything) in enumerate(RUNS):
                label = f"seed {seed}, year {year}" + (f", as of {as_of}" if as_of else "") + (
                    ", --all" if everything else "")
                out = os.path.join(options.keep or scratch, f"result-{seed}-{number}.csv")
                if os.path.exists(out):
                    os.remove(out)  # a file left over from before must not pass for a result
                as_of_day = datetime.date.fromisoformat(as_of) if as_of else None
                expected = oracle.assess(directory, year, as_of_day, everything)
                actual, trouble = run_duixian(options, directory, out, year, as_of, everything)
                lines = [trouble] if trouble else differences(expected, actual)
                if not lines:
                    passed += 1
                    continue
                failed += 1
                print(f"FAILED {label}: {len(lines)} differences")
                for line in lines[:SHOWN]:
                    print(f"  {line}")
                if len(lines) > SHOWN:
                    print(f"  ... and {len(lines) - SHOWN} more")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
