"""Whether two results in Parquet say the same: same rows, same order, reasons aside.

    python3 agree.py MINE THEIRS

Exit status 1 with the first differences where they do not. A faster wrong answer is no result.
"""

import sys

import duckdb

COLUMNS = """measure::VARCHAR AS measure, code::VARCHAR AS code, coalesce(basis::VARCHAR, '') AS basis,
             year::INTEGER AS year, status::VARCHAR AS status, low::DECIMAL(18,2) AS low,
             high::DECIMAL(18,2) AS high, payable_from::DATE AS payable_from"""


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: agree.py MINE THEIRS")
    connection = duckdb.connect()
    for name, path in zip(("mine", "theirs"), sys.argv[1:]):
        quoted = path.replace("'", "''")
        connection.execute(f"CREATE TABLE {name} AS SELECT {COLUMNS} FROM read_parquet('{quoted}')")
    faults = []
    for here, there in (("mine", "theirs"), ("theirs", "mine")):
        only = f"SELECT * FROM {here} EXCEPT ALL SELECT * FROM {there}"
        count = connection.execute(f"SELECT count(*) FROM ({only})").fetchone()[0]
        if count:
            faults.append(f"{count} rows only in {here}:")
            shown = connection.execute(f"{only} ORDER BY measure, code, basis LIMIT 5").fetchall()
            faults += ["  " + " ".join("-" if cell is None else str(cell) for cell in row) for row in shown]
    if not faults:
        moved = connection.execute("""SELECT count(*) FROM mine POSITIONAL JOIN theirs
            WHERE (mine.measure, mine.code, mine.basis) <> (theirs.measure, theirs.code, theirs.basis)""").fetchone()[0]
        if moved:
            faults.append(f"the same rows, but {moved} of them in another place")
    if faults:
        print("\n".join(faults))
        sys.exit(1)
    print(connection.execute("SELECT count(*) FROM mine").fetchone()[0], "rows agree")


if __name__ == "__main__":
    main()
