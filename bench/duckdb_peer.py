"""The DuckDB peer: assesses a district in Parquet with nanming.sql and writes Parquet.

    python3 duckdb_peer.py --data DIR --year Y [--as-of DATE] [--all] [--out FILE] [--threads N]

One process, one statement, as an analyst would run it. Prints the rows written.
"""

import argparse
import datetime
import os

import duckdb

TABLES = ["enterprises", "annual_accounts", "ip_filings", "ip_products", "recognitions",
          "certifications", "projects", "alliances", "standards", "trainings"]


def assess(connection, data, year, as_of, everything, out):
    for table in TABLES:
        path = os.path.join(data, table + ".parquet").replace("'", "''")
        connection.execute(f"CREATE OR REPLACE VIEW {table} AS SELECT * FROM read_parquet('{path}')")
    year_end = datetime.date(year, 12, 31)
    as_of = as_of or year_end
    variables = {"y": f"{year}", "as_of": f"DATE '{as_of}'", "first_day": f"DATE '{year}-01-01'",
                 "year_end": f"DATE '{year_end}'", "last_day": f"DATE '{min(as_of, year_end)}'",
                 "everything": "true" if everything else "false"}
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = {value}")
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "nanming.sql"), encoding="utf-8") as stream:
        query = stream.read()
    target = out.replace("'", "''")
    return connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)").fetchone()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--year", required=True, type=int)
    parser.add_argument("--as-of", type=datetime.date.fromisoformat)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--out", default="entitlements.parquet")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    if options.threads:
        connection.execute(f"SET threads = {options.threads}")
    count = assess(connection, options.data, options.year, options.as_of, options.all, options.out)
    print(f"{count} rows")


if __name__ == "__main__":
    main()
