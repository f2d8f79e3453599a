"""The ten tables of facts: their columns, and a reader that applies every row-error rule.

Part of the oracle: written from the specification of the tables alone, slow and obvious on purpose.
A reader returns plain dicts. An empty cell is None; whether that means "unknown" or "has not
happened" depends on the column, and the measures decide it, not the reader.
"""

import csv
import datetime
import os
import re
import sys

# kind of value, and whether the column must not be empty ("!").
# A tuple is a closed list of words.
TEXT, DATE, MONEY, BOOL, COUNT, CLASS, YEAR, CODE, DIVISION, INDUSTRY = (
    "text", "date", "money", "bool", "count", "class", "year", "code", "division", "industry")

PLATFORM_KINDS = ("technology_centre", "engineering_centre", "laboratory",
                  "academician_workstation", "postdoc_workstation")
LEVELS = ("national", "provincial", "municipal")

TABLES = {
    "enterprises": [
        ("code", CODE, True), ("name", TEXT, False), ("registered_on", DATE, False),
        ("district", DIVISION, False), ("moved_in_on", DATE, False), ("industry", INDUSTRY, False),
        ("scale", ("large", "medium", "small", "micro"), False), ("incubated_in", TEXT, False),
        ("graduated_on", DATE, False), ("above_quota_since", DATE, False)],
    "annual_accounts": [
        ("code", CODE, True), ("year", YEAR, True), ("sales", MONEY, False),
        ("district_revenue", MONEY, False), ("loan_interest_paid", MONEY, False),
        ("has_rd_institution", BOOL, False), ("rd_spending", MONEY, False)],
    "ip_filings": [
        ("id", TEXT, True), ("code", CODE, True),
        ("kind", ("software_copyright", "invention", "utility_model", "design"), True),
        ("filed_on", DATE, False), ("title", TEXT, False)],
    "ip_products": [
        ("id", TEXT, True), ("code", CODE, True), ("product", TEXT, False),
        ("own_invention_patent", BOOL, False), ("output_value", MONEY, False),
        ("threshold_reached_on", DATE, False)],
    "recognitions": [
        ("id", TEXT, True), ("code", CODE, True),
        ("kind", PLATFORM_KINDS + ("high_tech_enterprise", "software_enterprise"), True),
        ("level", LEVELS, False), ("platform_key", TEXT, False), ("recognised_on", DATE, False),
        ("valid_until", DATE, False)],
    "certifications": [
        ("id", TEXT, True), ("code", CODE, True), ("kind", ("professional", "device", "drug"), True),
        ("class", CLASS, False), ("cost", MONEY, False), ("certified_on", DATE, False),
        ("production_started_on", DATE, False)],
    "projects": [
        ("id", TEXT, True), ("code", CODE, True), ("kind", ("project", "award"), True),
        ("level", LEVELS, False), ("title", TEXT, False), ("summary", TEXT, False),
        ("project_key", TEXT, False), ("granted_on", DATE, False)],
    "alliances": [
        ("id", TEXT, True), ("code", CODE, True), ("name", TEXT, False),
        ("led_by_district_agency", BOOL, False), ("founded_on", DATE, False)],
    "standards": [
        ("id", TEXT, True), ("code", CODE, True),
        ("level", ("international", "national", "industry"), False),
        ("role", ("lead", "participant"), True), ("published_on", DATE, False)],
    "trainings": [
        ("code", CODE, True), ("year", YEAR, True), ("trainees_placed", COUNT, False)],
}

# What makes a second row a duplicate.
KEYS = {table: ("id",) for table in TABLES}
KEYS["enterprises"] = ("code",)
KEYS["annual_accounts"] = ("code", "year")
KEYS["trainings"] = ("code", "year")


class BadValue(Exception):
    """A cell that is not of its column's type."""


# GB 32100-2015: 31 symbols (no I, O, S, V, Z), weights are the powers of three modulo 31.
SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def check_symbol(first_seventeen):
    total = sum(SYMBOLS.index(symbol) * pow(3, place, 31)
                for place, symbol in enumerate(first_seventeen))
    return SYMBOLS[(31 - total % 31) % 31]


def parse(value, kind):
    """The typed value of a trimmed, non-empty cell."""
    if isinstance(kind, tuple):
        if value not in kind:
            raise BadValue(f"{value!r} is not one of {', '.join(kind)}")
        return value
    if kind == TEXT:
        return value
    if kind == DATE:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise BadValue(f"{value!r} is not a date YYYY-MM-DD")
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise BadValue(f"{value!r} is no day of the calendar") from None
    if kind == MONEY:
        match = re.fullmatch(r"(-?)([0-9]+)(?:\.([0-9]{1,2}))?", value)
        if not match:
            raise BadValue(f"{value!r} is not an amount in plain digits")
        sign, yuan, cents = match.groups()
        fen = int(yuan) * 100 + int((cents or "").ljust(2, "0"))
        return -fen if sign else fen
    if kind == BOOL:
        if value not in ("true", "false"):
            raise BadValue(f"{value!r} is neither true nor false")
        return value == "true"
    if kind in (COUNT, CLASS, YEAR):
        if not re.fullmatch(r"-?[0-9]+", value):
            raise BadValue(f"{value!r} is not a whole number")
        number = int(value)
        # A class is a category, not a count: the specification forbids only negative years and counts.
        if number < 0 and kind != CLASS:
            raise BadValue(f"{value} is negative")
        return number
    if kind == CODE:
        if len(value) != 18 or any(symbol not in SYMBOLS for symbol in value):
            raise BadValue(f"{value!r} is not a unified social credit code")
        if check_symbol(value[:17]) != value[17]:
            raise BadValue(f"the check digit of {value} fails")
        return value
    if kind == DIVISION:
        if not re.fullmatch(r"[0-9]{6}", value):
            raise BadValue(f"{value!r} is not a division code of six digits")
        return value
    if kind == INDUSTRY:
        if not re.fullmatch(r"[A-Z]?[0-9]{2,4}", value):
            raise BadValue(f"{value!r} is not an industry code")
        return value
    raise AssertionError(kind)


def read_table(directory, table, parties, report):
    """The valid rows of one table, in file order. `parties` is None while reading enterprises."""
    path = os.path.join(directory, table + ".csv")
    if not os.path.exists(path):
        return []
    # utf-8-sig swallows a byte-order mark where there is one.
    with open(path, encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream))
    if not lines:
        raise SystemExit(f"{table}.csv has no headings")
    headings = [heading.strip() for heading in lines[0]]
    for name, _, required in TABLES[table]:
        if required and name not in headings:
            raise SystemExit(f"{table}.csv has no column {name}, which must not be empty")

    rows, taken = [], set()
    for number, cells in enumerate(lines[1:], start=2):
        raw = {heading: cell.strip() for heading, cell in zip(headings, cells)}
        row = {}
        try:
            for name, kind, required in TABLES[table]:
                value = raw.get(name, "")
                if value == "":
                    if required:
                        raise BadValue(f"{name} must not be empty")
                    row[name] = None
                else:
                    row[name] = parse(value, kind)
            if parties is not None and row["code"] not in parties:
                raise BadValue(f"no valid party has the code {row['code']}")
            key = tuple(row[name] for name in KEYS[table])
            if key in taken:
                raise BadValue(f"a row with the key {key} stands above")
        except BadValue as error:
            report(f"{table}.csv row {number}: {error}")
            continue
        # Only here: a row in error does not take its key.
        taken.add(key)
        rows.append(row)
    return rows


def read_district(directory, report=lambda line: print(line, file=sys.stderr)):
    """All tables, keyed by name, and the parties by code."""
    data = {"enterprises": read_table(directory, "enterprises", None, report)}
    parties = {row["code"]: row for row in data["enterprises"]}
    for table in TABLES:
        if table != "enterprises":
            data[table] = read_table(directory, table, parties, report)
    return data, parties
