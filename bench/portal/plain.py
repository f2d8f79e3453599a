"""Plain inserts into SQLite, one commit each: what the database gives whoever writes to it in the simplest way.

    python3 plain.py FILE CLIENTS SECONDS

Into an empty file one row of 500 bytes; into a portal's database the rows that its newest submission has left. For each line
that comes in it writes for so many seconds and prints how many commits came through in a second.
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


class Client:
    def __init__(self, path, number, rows):
        self.link = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self.link.execute("PRAGMA synchronous = FULL")
        self.inserts = [(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", row) for table, row in rows.items()]
        self.next = (number + 1) * 10**9

    def write(self, end):
        while time.time() < end:
            self.link.execute("BEGIN IMMEDIATE")
            for sql, row in self.inserts:
                self.link.execute(sql, [OWN[column].format(self.next) if column in OWN else value for column, value in row.items()])
            self.link.execute("COMMIT")
            self.next += 1


path, seconds = sys.argv[1], float(sys.argv[3])
rows = rows_to_write(path)
clients = [Client(path, number, rows) for number in range(int(sys.argv[2]))]
for _ in sys.stdin:
    before, begun = sum(client.next for client in clients), time.time()
    threads = [threading.Thread(target=client.write, args=(begun + seconds,)) for client in clients]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    print(round((sum(client.next for client in clients) - before) / (time.time() - begun)), flush=True)
