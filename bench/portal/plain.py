"""Plain inserts into SQLite, one commit each: what the database gives whoever writes to it in the simplest way.

    python3 plain.py FILE CLIENTS SECONDS

Into an empty file one row of 500 bytes; into a portal's database the rows that its newest submission has left. Prints how many
commits came through in a second.
"""

import sqlite3
import sys
import threading
import time

# Where the newest row is found, in each table that a submission leaves a new row in.
NEWEST = {
    "commands": "ORDER BY at DESC",
    "cases": "WHERE stage = 'submitted' ORDER BY id DESC",
    "messages": "ORDER BY id DESC",
    "journal": "ORDER BY seq DESC",
}
# What rows may not share.
OWN = {"id": "{}", "seq": "{}", "key": "plain-{}", "number": "plain-{}"}


def rows_to_write(path):
    link = sqlite3.connect(path)
    link.row_factory = sqlite3.Row
    link.execute("PRAGMA journal_mode = WAL")
    if not link.execute("SELECT 1 FROM sqlite_master WHERE name = 'cases'").fetchone():
        link.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, body TEXT)")
        return {"plain": {"id": None, "body": "x" * 500}}
    return {table: dict(link.execute(f"SELECT * FROM {table} {newest} LIMIT 1").fetchone()) for table, newest in NEWEST.items()}


def write(path, client, rows, end, done):
    link = sqlite3.connect(path, timeout=60, isolation_level=None)
    link.execute("PRAGMA synchronous = FULL")
    inserts = [(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", row) for table, row in rows.items()]
    count = 0
    while time.time() < end:
        own = (client + 1) * 10**9 + count
        link.execute("BEGIN IMMEDIATE")
        for sql, row in inserts:
            link.execute(sql, [OWN[column].format(own) if column in OWN else value for column, value in row.items()])
        link.execute("COMMIT")
        count += 1
    done.append(count)


path, clients, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
rows, end, done = rows_to_write(path), time.time() + seconds, []
threads = [threading.Thread(target=write, args=(path, client, rows, end, done)) for client in range(clients)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(round(sum(done) / seconds))
