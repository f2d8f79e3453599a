"""Runs the comparisons and writes bench/results.md. Started by bench/run, from the project's root.

This process imports no library on purpose: a child's peak memory, as the system reports it, is never
below that of the process which started it, so that this one must stay small.
"""

import argparse
import datetime
import os
import platform
import statistics
import subprocess
import sys
import time

HERE = "bench"
WORK = os.path.join("target", "bench")
DUIXIAN = os.path.join("target", "release", "duixian")
INMEMORY = os.path.join("target", "release", "inmemory")
PACK = os.path.join("packs", "nanming-2017")


def measured(command):
    """Wall seconds, processor seconds and peak memory in MiB of a whole process."""
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = child.stderr.read()  # to its end, so that the child never waits for a full pipe
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{command[0]} failed ({child.returncode}):\n{complaint.decode(errors='replace')[-3000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def figures(command):
    """The `name number` lines a program prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed ({done.returncode})")
    found = {}
    for line in done.stdout.splitlines():
        parts = line.split()
        if len(parts) == 2:
            try:
                found[parts[0]] = float(parts[1])
            except ValueError:
                pass
    return found


def medians(runs):
    """Column by column."""
    return [statistics.median(column) for column in zip(*runs)]


def median_figures(runs):
    return {name: statistics.median([run[name] for run in runs]) for name in runs[0]}


# What is set beside what, in rows per second.
IN_MEMORY = [
    ("facts in order; OpenFisca in its fastest form", "rows_per_second", "rows_per_second"),
    ("the same, its facts set in the time", "rows_per_second", "rows_per_second_with_loading"),
    ("facts in order; its tiers as its own table of parameters", "rows_per_second", "rows_per_second_by_scale"),
    ("facts in order; its dates as the registry has them", "rows_per_second", "rows_per_second_by_dates"),
    ("facts as they were loaded; OpenFisca in its fastest form", "rows_per_second_as_loaded", "rows_per_second"),
    ("facts as they were loaded, never assessed before; its dates as the registry has them", "rows_per_second_first",
     "rows_per_second_by_dates"),
]


def machine():
    model, memory = platform.processor() or platform.machine(), ""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:
            model = next(line.split(":", 1)[1].strip() for line in stream if line.startswith("model name"))
        with open("/proc/meminfo", encoding="utf-8") as stream:
            kib = next(int(line.split()[1]) for line in stream if line.startswith("MemTotal"))
            memory = f", {kib / 1024 / 1024:.0f} GiB"
    except (OSError, StopIteration):
        pass  # not Linux: the model's name is a courtesy
    return f"{model}, {os.cpu_count()} cores{memory}, {platform.system()}"


def whole_process(options, district):
    """duixian and DuckDB, in turns, Parquet to Parquet."""
    mine, theirs = os.path.join(WORK, "duixian.parquet"), os.path.join(WORK, "duckdb.parquet")
    common = ["--data", district, "--year", str(options.year)]
    peers = {
        "duixian": [DUIXIAN, "assess", PACK, *common, "--out", mine],
        "duckdb": [sys.executable, os.path.join(HERE, "duckdb_peer.py"), *common, "--out", theirs],
    }
    for command in peers.values():
        measured(command)  # a first round, not counted: it brings the files into the system's cache
    agreement = subprocess.run([sys.executable, os.path.join(HERE, "agree.py"), mine, theirs],
                               stdout=subprocess.PIPE, text=True)
    if agreement.returncode != 0:
        sys.exit("duixian (mine) and DuckDB (theirs) do not agree:\n" + agreement.stdout)
    print(agreement.stdout.strip(), flush=True)
    runs = {name: [] for name in peers}
    for number in range(options.runs):
        # In turns, and the first one changing, so that a slow minute of the machine hits both.
        for name in sorted(peers, reverse=number % 2 == 1):
            runs[name].append(measured(peers[name]))
            wall, processor, memory = runs[name][-1]
            print(f"{name}: {wall:.3f} s, processor {processor:.3f} s, {memory:.0f} MiB", flush=True)
    return agreement.stdout.strip(), {name: medians(values) for name, values in runs.items()}


def in_memory(options):
    peer = [sys.executable, os.path.join(HERE, "openfisca_peer.py"), "--rows", str(options.enterprises),
            "--year", str(options.year)]
    mine, theirs = [], []
    for _ in range(options.runs):
        mine.append(figures([INMEMORY]))
        theirs.append(figures(peer))
        print(f"in memory: {mine[-1]} against {theirs[-1]}", flush=True)
    return median_figures(mine), median_figures(theirs)


def write_results(options, rows, whole, mine, theirs):
    here, there = whole["duixian"], whole["duckdb"]

    def line(label, place, unit, digits):
        return (f"| {label} | {here[place]:.{digits}f} {unit} | {there[place]:.{digits}f} {unit} "
                f"| {there[place] / here[place]:.2f} |")

    with open(os.path.join(HERE, "requirements.txt"), encoding="utf-8") as stream:
        versions = ", ".join(stream.read().split())
    text = [
        "# Results", "",
        f"Written by `bench/run` on {datetime.date.today()}: {machine()}; Python {platform.python_version()}, {versions}.",
        f"Medians of {options.runs} runs in turns. What is compared, and what is fair, is in `bench/README.md`.",
        "", f"## A district of {options.enterprises:,} enterprises, year {options.year}, Parquet to Parquet", "",
        f"Sixteen measures, whole process; {rows}.", "",
        "| | duixian | DuckDB | DuckDB / duixian |", "|---|---:|---:|---:|",
        line("wall time", 0, "s", 3), line("processor time", 1, "s", 3), line("peak memory", 2, "MiB", 0),
        "", "## In memory, industry_support alone", "",
        "| | duixian | OpenFisca | duixian / OpenFisca |", "|---|---:|---:|---:|",
        *(f"| {label} | {mine[ours]:,.0f} | {theirs[name]:,.0f} | {mine[ours] / theirs[name]:.2f} |"
          for label, ours, name in IN_MEMORY),
    ]
    # One case at a time: figures of the Rust program alone, shown where it prints them.
    singles = {"explain_micros": "explaining one case", "case_micros": "one case", "cel_micros": "one case, the `cel` crate"}
    if any(name in mine for name in singles):
        text += ["", "## One case at a time", "", "| | microseconds |", "|---|---:|"]
        text += [f"| {label} | {mine[name]:,.3f} |" for name, label in singles.items() if name in mine]
        if mine.get("case_micros") and "cel_micros" in mine:
            text += ["", f"`cel` / duixian: {mine['cel_micros'] / mine['case_micros']:.2f}"]
    path = os.path.join(HERE, "results.md")
    with open(path + ".part", "w", encoding="utf-8") as stream:
        stream.write("\n".join(text) + "\n")
    os.replace(path + ".part", path)  # whole or not at all
    print("\n".join(text))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--enterprises", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--year", type=int, default=2018)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    district = os.path.join(WORK, "district")
    # The stamp names the call that made the district, so that another size or seed makes it anew.
    stamp, wanted = os.path.join(district, "made-with"), f"{options.enterprises} {options.seed}"
    made = open(stamp, encoding="utf-8").read() if os.path.exists(stamp) else ""
    if made != wanted:
        os.makedirs(WORK, exist_ok=True)
        measured([DUIXIAN, "sample", "--enterprises", str(options.enterprises), "--seed", str(options.seed),
                  "--format", "parquet", "--out", district])
        with open(stamp, "w", encoding="utf-8") as stream:
            stream.write(wanted)
    rows, whole = whole_process(options, district)
    mine, theirs = in_memory(options)
    write_results(options, rows, whole, mine, theirs)


if __name__ == "__main__":
    main()
