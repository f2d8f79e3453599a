"""Makes small random districts that are dense in boundary values and gaps.

    python3 generate.py --seed S --enterprises N --out DIR [--clean]

The same seed gives the same bytes. A realistic district would seldom hit a boundary; here nearly
every date and amount lies on one or a day or a fen beside it. `--clean` leaves out rows in error,
stray white space, and missing tables and columns, for peers that assume clean tables.
"""

import argparse
import csv
import datetime
import os
import random

from tables import LEVELS, PLATFORM_KINDS, SYMBOLS, TABLES, check_symbol

DAY = datetime.timedelta(days=1)
EDGES = [datetime.date(2013, 1, 1), datetime.date(2016, 1, 1), datetime.date(2017, 5, 3)]
YEAR_EDGES = [datetime.date(year, 1, 1) for year in range(2014, 2021)]
# As-of days used by compare.py, so that some bases fall exactly on them.
MID_YEAR = [datetime.date(year, 6, 30) for year in (2016, 2017, 2018)]
TYPES = {table: dict((name, kind) for name, kind, _ in columns) for table, columns in TABLES.items()}
REQUIRED = {table: [name for name, _, required in columns if required] for table, columns in TABLES.items()}
WRONG = {
    "date": ["2017-02-30", "2017/05/03", "2017-5-3", "20170503", "soon", "2017-05-03 10:00"],
    "money": ["1,000.00", "1e5", "12.345", "abc", "¥100", "10 000", "5万"],
    "bool": ["yes", "1", "maybe"],
    "count": ["-5", "3.5", "many", "-1"],
    "class": ["III", "3.5", "3类"],
    "year": ["-2017", "2017.5", "MMXVII"],
    "code": ["91520102", "not-a-code", "O15201020000000000"],
    "division": ["52010", "5201022", "南明区", "GY0102"],
    "industry": ["5", "51411", "trade", "5 1"],
}


class District:
    def __init__(self, seed, enterprises, clean):
        self.random = random.Random(f"district-{seed}")
        self.enterprises = enterprises
        self.clean = clean
        self.rows = {table: [] for table in TABLES}
        self.codes = []
        self.serial = 0

    # --- values -------------------------------------------------------------------------------

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, *values):
        return self.random.choice(values)

    def gap(self, value, probability=0.08):
        """The value, or the empty cell now and then."""
        return "" if self.chance(probability) else value

    def day(self, first=2014, last=2019):
        """A day on or beside a boundary, or any day of the years."""
        draw = self.random.random()
        if draw < 0.30:
            chosen = self.random.choice(EDGES[1:] + EDGES[2:]) + self.pick(-1, 0, 0, 1) * DAY
        elif draw < 0.50:
            chosen = self.random.choice(YEAR_EDGES) + self.pick(-1, 0) * DAY
        elif draw < 0.58:
            chosen = self.random.choice(MID_YEAR) + self.pick(-1, 0, 1) * DAY
        else:
            # Few days of each year, so that ties between rows are common.
            chosen = datetime.date(self.random.randint(first, last), self.random.randint(1, 12),
                                   self.pick(1, 15, 28))
        return chosen

    def money(self, threshold_yuan):
        """An amount at a threshold, a fen beside it, about zero, or anything up to twice as much."""
        fen = threshold_yuan * 100
        fen = self.pick(fen, fen - 1, fen + 1, 0, 1, -1, self.random.randint(0, 2 * fen),
                        self.random.randint(0, 2 * fen), -self.random.randint(0, fen))
        text = f"{abs(fen) // 100}.{abs(fen) % 100:02d}"
        # The same amount may be written with fewer decimals.
        if text.endswith("00") and self.chance(0.5):
            text = text[:-3]
        elif text.endswith("0") and self.chance(0.3):
            text = text[:-1]
        return ("-" if fen < 0 else "") + text

    def new_code(self):
        """A code in the full shape of GB 32100-2015, its organisation part with its own check digit."""
        kind = "91" if self.chance(0.85) else self.pick("92", "93", "12", "52", "53", "N1", "19")
        body = "".join(self.random.choice(SYMBOLS[:10] + "MAABCD") for _ in range(8))
        values = [int(symbol, 36) for symbol in body]
        total = sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2)))
        digit = "0123456789X0"[11 - total % 11]
        first = kind + self.pick("520102", "520102", "520103", "110108") + body + digit
        return first + check_symbol(first)

    def party(self):
        return self.random.choice(self.codes)

    def new_id(self, prefix):
        """Ids whose order as text is not the order of making: lengths and letter case vary."""
        self.serial += 1
        return self.pick("", "a", "B", "Z-", "甲") + prefix + str(self.serial * 7919 % 100_003)

    # --- tables -------------------------------------------------------------------------------

    def add(self, table, **row):
        self.rows[table].append({name: str(value) for name, value in row.items()})

    def make(self):
        for _ in range(self.enterprises):
            self.make_party()
        per_party = self.enterprises
        for _ in range(per_party):
            self.make_events()
        self.make_yearly()
        if not self.clean:
            for table in TABLES:
                self.spoil(table)
                self.blur(table)

    def make_party(self):
        code = self.new_code()
        self.codes.append(code)
        industry = self.pick("", "F") + self.pick("51", "511", "5112", "5121", "52", "521", "5211", "5226")
        if self.chance(0.25):
            industry = self.pick("27", "C27", "2710", "C2720", "65", "I65", "651", "I6513")
        self.add(
            "enterprises", code=code, name=self.gap(f"企业{len(self.codes)}"),
            registered_on=self.gap(self.day()),
            district=self.gap(self.pick(*["520102"] * 18, "520103", "110108"), 0.05),
            moved_in_on=self.gap(self.day(), 0.6), industry=self.gap(industry),
            scale=self.gap(self.pick("large", "medium", "small", "micro")),
            incubated_in=self.gap("北斗众创空间", 0.3), graduated_on=self.gap(self.day(), 0.3),
            above_quota_since=self.gap(self.day(), 0.3))

    def near(self, code, day):
        """Sometimes the very day the party moved in, or a day beside it."""
        moved_in = next(row["moved_in_on"] for row in self.rows["enterprises"] if row["code"] == code)
        if moved_in and self.chance(0.4):
            return datetime.date.fromisoformat(moved_in) + self.pick(-1, 0, 0, 1) * DAY
        return day

    def make_events(self):
        code = self.party()
        self.add("ip_filings", id=self.new_id("F"), code=code,
                 kind=self.pick("software_copyright", "invention", "utility_model", "design"),
                 filed_on=self.gap(self.near(code, self.day())), title=self.gap("一种, \"装置\""))
        code = self.party()
        self.add("ip_products", id=self.new_id("P"), code=code, product=self.gap("产品"),
                 own_invention_patent=self.gap(self.pick("true", "true", "false")),
                 output_value=self.gap(self.money(1_000_000)),
                 threshold_reached_on=self.gap(self.near(code, self.day()), 0.15))
        for _ in range(3):
            self.make_recognition()
        for _ in range(2):
            self.make_certification()
        code = self.party()
        self.add("projects", id=self.new_id("J"), code=code, kind=self.pick("project", "award"),
                 level=self.gap(self.pick(*LEVELS)), title=self.gap("课题"), summary=self.gap("摘要"),
                 project_key=self.gap(f"k{self.random.randint(1, self.enterprises // 3 + 1)}", 0.3),
                 granted_on=self.gap(self.near(code, self.day())))
        if self.chance(0.3):
            self.add("alliances", id=self.new_id("A"), code=self.party(), name=self.gap("联盟"),
                     led_by_district_agency=self.gap(self.pick("true", "true", "false")),
                     founded_on=self.gap(self.day()))
        code = self.party()
        self.add("standards", id=self.new_id("S"), code=code,
                 level=self.gap(self.pick("international", "national", "industry")),
                 role=self.pick("lead", "participant"),
                 published_on=self.gap(self.near(code, self.day())))

    def make_recognition(self):
        code = self.party()
        kind = self.pick(*PLATFORM_KINDS, "high_tech_enterprise", "high_tech_enterprise",
                         "software_enterprise", "software_enterprise")
        platform = kind in PLATFORM_KINDS
        recognised_on = self.pick(*EDGES) + self.pick(-1, 0, 1) * DAY if self.chance(0.2) else self.day()
        self.add("recognitions", id=self.new_id("R"), code=code, kind=kind,
                 level=self.gap(self.pick(*LEVELS)) if platform else "",
                 platform_key=self.gap(f"p{self.random.randint(1, self.enterprises // 3 + 1)}", 0.3)
                 if platform else "",
                 recognised_on=self.gap(self.near(code, recognised_on)),
                 valid_until=self.gap(self.near(code, self.day()), 0.2))

    def make_certification(self):
        code = self.party()
        started = self.near(code, self.day())
        # A drug approval often on the day of production, or a day to either side.
        certified = started + self.pick(-1, 0, 1) * DAY if self.chance(0.3) else self.day()
        self.add("certifications", id=self.new_id("C"), code=code,
                 kind=self.pick("professional", "device", "drug"),
                 **{"class": self.gap(self.pick(1, 2, 3, 3, 3, 4, 0))},
                 cost=self.gap(self.money(self.pick(0, 20_000))), certified_on=self.gap(certified),
                 production_started_on=self.gap(started, 0.15))

    def make_yearly(self):
        for code in self.codes:
            for year in range(2014, 2020):
                if self.chance(0.15):
                    continue
                # Amounts of a few fen show best which way a percentage is rounded.
                revenue = self.pick(self.money(100), self.money(160_000), f"0.0{self.random.randint(0, 9)}")
                self.add("annual_accounts", code=code, year=year,
                         sales=self.gap(self.money(self.pick(50_000_000, 100_000_000))),
                         district_revenue=self.gap(revenue),
                         loan_interest_paid=self.gap(self.money(self.pick(200_000, 200_000, 1))),
                         has_rd_institution=self.gap(self.pick("true", "false")),
                         rd_spending=self.gap(self.money(1_000)))
        for year in range(2015, 2020):
            # In some years fewer institutions qualify than are supported.
            trainers = self.random.sample(self.codes, min(len(self.codes), self.random.randint(1, 9)))
            for code in trainers:
                # Few different counts, so that ties decide the third place.
                self.add("trainings", code=code, year=year,
                         trainees_placed=self.gap(self.pick(0, 1, 40, 40, 41, 41)))

    # --- rows in error ------------------------------------------------------------------------

    def spoil(self, table):
        """Puts rows in error among the valid ones, some before a valid row with the same key."""
        rows = self.rows[table]
        spoilt = []
        for row in rows:
            draw = self.random.random()
            if draw < 0.03:
                # The valid row comes second: the one in error has not taken the key.
                spoilt += [self.broken(table, row), row]
            elif draw < 0.06:
                # The valid row stands; the second, though different, is a duplicate.
                spoilt += [row, self.altered(table, row)]
            elif draw < 0.075:
                spoilt.append(self.broken(table, row))
            elif draw < 0.09 and table != "enterprises":
                # A code that passes its check but belongs to no party; it takes no key either.
                spoilt += [dict(row, code=self.new_code()), row]
            else:
                spoilt.append(row)
        # A party that is declared twice, the two rows far apart.
        if table == "enterprises" and len(spoilt) > 3:
            spoilt.append(self.altered(table, spoilt[1]))
        self.rows[table] = spoilt

    def altered(self, table, row):
        other = dict(self.random.choice(self.rows[table]))
        for key in ("id", "code", "year"):
            if key in row:
                other[key] = row[key]
        return other

    def broken(self, table, row):
        row = dict(row)
        if self.chance(0.2):
            row[self.random.choice(REQUIRED[table])] = self.pick("", "  ")
            return row
        columns = [name for name, kind in TYPES[table].items() if kind != "text"]
        name = self.random.choice(columns)
        kind = TYPES[table][name]
        if isinstance(kind, tuple):
            row[name] = self.pick("other", "国家级", kind[0].upper() + "x")
        elif kind == "code" and len(row[name]) == 18 and self.chance(0.6):
            last = row[name][17]
            row[name] = row[name][:17] + SYMBOLS[(SYMBOLS.index(last) + 1) % 31]
        else:
            row[name] = self.random.choice(WRONG[kind])
        return row

    def blur(self, table):
        """White space around chosen cells, and empty cells made of white space alone."""
        for row in self.rows[table]:
            for name in row:
                if self.chance(0.02):
                    row[name] = self.pick(" ", "  ", "\t", "　") + row[name] + self.pick("", " ", "　")

    # --- files --------------------------------------------------------------------------------

    def write(self, directory):
        os.makedirs(directory, exist_ok=True)
        optional = [table for table in TABLES if table != "enterprises"]
        absent = self.pick(*optional) if not self.clean and self.chance(0.2) else None
        for table, columns in TABLES.items():
            path = os.path.join(directory, table + ".csv")
            if table == absent:
                if os.path.exists(path):
                    os.remove(path)
                continue
            names = [name for name, _, _ in columns]
            if not self.clean:
                self.random.shuffle(names)
                spare = [name for name, _, required in columns if not required]
                if self.chance(0.1):
                    names.remove(self.random.choice(spare))
                if self.chance(0.1):
                    names.append("remark")
            encoding = "utf-8-sig" if not self.clean and self.chance(0.5) else "utf-8"
            with open(path, "w", encoding=encoding, newline="") as stream:
                writer = csv.writer(stream, lineterminator=self.pick("\n", "\r\n"))
                writer.writerow(names)
                for row in self.rows[table]:
                    writer.writerow([row.get(name, "") for name in names])


def generate(seed, enterprises, directory, clean=False):
    district = District(seed, enterprises, clean)
    district.make()
    district.write(directory)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", required=True, type=int)
    parser.add_argument("--enterprises", required=True, type=int)
    parser.add_argument("--out", required=True)
    parser.add_argument("--clean", action="store_true")
    options = parser.parse_args()
    generate(options.seed, options.enterprises, options.out, options.clean)


if __name__ == "__main__":
    main()
