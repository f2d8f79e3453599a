"""Checks nanming.sql against the oracle on small clean districts, so that the peer answers the same.

    python3 check_sql.py [--seeds 1..10] [--enterprises 300]

A fast query that gives another result would be no peer. Ends with "N passed, M failed".
"""

import argparse
import datetime
import os
import sys
import tempfile

import duckdb

import duckdb_peer

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "oracle"))

import compare   # noqa: E402  (found through the line above)
import generate  # noqa: E402
import oracle    # noqa: E402
import tables    # noqa: E402

SQL_TYPES = {"date": "DATE", "money": "DECIMAL(18,2)", "bool": "BOOLEAN", "count": "INTEGER",
             "class": "INTEGER", "year": "INTEGER"}


def to_parquet(connection, directory):
    """Every table beside its CSV with the types of the specification; the empty cell becomes NULL."""
    for table, columns in tables.TABLES.items():
        source = os.path.join(directory, table + ".csv")
        casts = ", ".join(f"CAST(nullif(\"{name}\", '') AS {SQL_TYPES.get(kind, 'VARCHAR')}) AS \"{name}\""
                          for name, kind, _ in columns)
        connection.execute(f"""COPY (SELECT {casts} FROM read_csv('{source}', all_varchar = true, header = true))
                               TO '{os.path.join(directory, table + '.parquet')}' (FORMAT parquet)""")


def text(value):
    return "" if value is None else str(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1..10", type=compare.seeds)
    parser.add_argument("--enterprises", default=300, type=int)
    options = parser.parse_args()
    passed = failed = 0
    connection = duckdb.connect()
    with tempfile.TemporaryDirectory() as scratch:
        for seed in options.seeds:
            directory = os.path.join(scratch, f"district-{seed}")
            generate.generate(seed, options.enterprises, directory, clean=True)
            to_parquet(connection, directory)
            for year, as_of, everything in compare.RUNS:
                day = datetime.date.fromisoformat(as_of) if as_of else None
                out = os.path.join(scratch, "result.parquet")
                duckdb_peer.assess(connection, directory, year, day, everything, out)
                names = ", ".join(oracle.COLUMNS)
                rows = connection.execute(f"SELECT {names}, clause, reason FROM read_parquet('{out}')").fetchall()
                actual = [[text(value) for value in row[:8]] for row in rows]
                lines = compare.differences(oracle.assess(directory, year, day, everything), actual)
                lines += [f"reason:   {row}" for row in rows
                          if row[9] is None or (row[9] in ("", "missing: ")) != (row[4] in ("entitled", "conditional"))]
                passed, failed = (passed + 1, failed) if not lines else (passed, failed + 1)
                if lines:
                    print(f"FAILED seed {seed}, year {year}, as of {as_of}, all {everything}: {len(lines)}")
                    print("\n".join("  " + line for line in lines[:compare.SHOWN]))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
