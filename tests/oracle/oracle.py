"""The oracle: who is entitled to what, computed slowly and obviously from the specification.

    python3 oracle.py --data DIR --year Y [--as-of DATE] [--all] [--out FILE]

It shares no code and no design with the Rust it checks. Money is integer fen; a truth value is
True, False or None (unknown).
"""

import argparse
import csv
import datetime
import sys

from tables import LEVELS, PLATFORM_KINDS, read_district

NANMING = "520102"
PUBLISHED = datetime.date(2017, 5, 3)
FROM_2013 = datetime.date(2013, 1, 1)
FROM_2016 = datetime.date(2016, 1, 1)
FIRST_WHOLE_YEAR = 2017
COLUMNS = ["measure", "code", "basis", "year", "status", "low", "high", "payable_from"]
OPEN = "open"          # a span without an upper end
YUAN = 100             # fen


# --- three-valued logic -----------------------------------------------------------------------

def all_of(*truths):
    if any(truth is False for truth in truths):
        return False
    if any(truth is None for truth in truths):
        return None
    return True


def any_of(*truths):
    if any(truth is True for truth in truths):
        return True
    if any(truth is None for truth in truths):
        return None
    return False


def known(value, test):
    """`test` of a value, unknown where the value is."""
    return None if value is None else test(value)


# --- one basis, put to one measure ------------------------------------------------------------

class Case:
    """A basis as a measure sees it, before the limits."""

    def __init__(self, code, basis, on, met, low, high, fixed, row=None):
        self.code = code
        self.basis = basis
        self.on = on              # the basis date; None where unknown or where the basis is a whole year
        self.met = met            # all conditions together
        self.low, self.high = low, high
        self.fixed = fixed        # one amount rather than a person's choice in a span
        self.row = row
        self.turned_away = False  # by a limit

    def status(self):
        if self.met is False or self.turned_away:
            return "not_entitled"
        if self.met is None:
            return "unknown"
        return "entitled" if self.fixed else "conditional"


def covered(party, on, enterprise_only):
    """The conditions on the party for a dated basis."""
    here = known(party["district"], lambda district: district == NANMING)
    moved_in = party["moved_in_on"]
    in_time = True if moved_in is None else known(on, lambda day: day >= moved_in)
    return all_of(here, in_time, is_enterprise(party) if enterprise_only else True)


def covered_in_year(party, year, enterprise_only):
    """The conditions on the party for a basis that is a whole year."""
    here = known(party["district"], lambda district: district == NANMING)
    moved_in = party["moved_in_on"]
    in_time = moved_in is None or moved_in.year <= year
    return all_of(here, in_time, is_enterprise(party) if enterprise_only else True)


def is_enterprise(party):
    return party["code"].startswith("91")


def dated_case(party, row, on, start, conditions, low, high, fixed, as_of, enterprise_only=True):
    """A case for a dated basis, of any year; None where the measure gives it no row in any year.

    An unknown date makes a condition unknown, so that the row is unknown unless something is false.
    """
    if on is not None and (on < start or on > as_of):
        return None
    # An amount read off an unknown word or figure is unknown, and so is the row.
    settled = None if (on is None or low is None or high is None) else True
    met = all_of(covered(party, on, enterprise_only), settled, *conditions)
    return Case(party["code"], row["id"] if "id" in row else "", on, met, low, high, fixed, row)


def one_of(words):
    return lambda word: word in words


def later(first, second):
    return None if first is None or second is None else max(first, second)


# --- limits -----------------------------------------------------------------------------------

def only_first(cases, group):
    """Within a group the earliest case that meets the conditions pays; ties go to the smaller id."""
    for case in cases:
        if case.met is not True:
            continue
        rivals = [other for other in cases if other.met is True and group(other) == group(case)]
        first = min(rivals, key=lambda other: (other.on, other.basis))
        case.turned_away = case is not first


def key_or_own(column):
    """The shared key of a row, or something no other row has where the key is empty."""
    return lambda case: ("key", case.row[column]) if case.row[column] else ("own", case.basis)


# --- the sixteen measures: each returns cases of all years that count towards its limits --------

def project_matching(world):
    cases = []
    for party, row in world.events("projects"):
        on = row["granted_on"]
        conditions = [known(row["level"], one_of(LEVELS))]
        cases.append(dated_case(party, row, on, PUBLISHED, conditions, 0, OPEN, False, world.as_of))
    cases = [case for case in cases if case]
    only_first(cases, key_or_own("project_key"))
    return cases


def alliance_subsidy(world):
    cases = []
    if world.year < FIRST_WHOLE_YEAR:
        return cases
    for party, row in world.events("alliances"):
        founded = row["founded_on"]
        if founded is not None and founded.year > world.year:
            continue
        met = all_of(covered_in_year(party, world.year, False), row["led_by_district_agency"],
                     None if founded is None else True)
        # The date stays out of the case: the basis of this measure is a whole year.
        case = Case(party["code"], row["id"], None, met, 0, 100_000 * YUAN, False)
        if met is True:
            first = max(founded.year, FIRST_WHOLE_YEAR)
            case.turned_away = not first <= world.year <= first + 2
        cases.append(case)
    return cases


def platform_grant(world):
    tiers = {"national": 300_000 * YUAN, "provincial": 200_000 * YUAN, "municipal": 100_000 * YUAN}
    cases = []
    for party, row in world.events("recognitions"):
        if row["kind"] not in PLATFORM_KINDS:
            continue
        tier = known(row["level"], tiers.get)
        conditions = [known(row["level"], one_of(LEVELS))]
        cases.append(dated_case(party, row, row["recognised_on"], FROM_2016, conditions,
                                tier, tier, True, world.as_of, enterprise_only=False))
    cases = [case for case in cases if case]
    platform = key_or_own("platform_key")
    for case in cases:
        if case.met is not True:
            continue
        tier = tiers[case.row["level"]]
        reached = max([tiers[other.row["level"]] for other in cases
                       if other.met is True and platform(other) == platform(case)
                       and (other.on, other.basis) < (case.on, case.basis)], default=0)
        case.turned_away = tier <= reached
        case.low = case.high = tier - reached
    return cases


def certification_fee(world):
    cases = []
    for party, row in world.events("certifications"):
        if row["kind"] == "professional":
            conditions = [known(row["cost"], lambda cost: cost > 0)]
            cases.append(dated_case(party, row, row["certified_on"], FROM_2016, conditions,
                                    0, row["cost"], False, world.as_of))
    return cases


def device_registration(world):
    cases = []
    for party, row in world.events("certifications"):
        started = row["production_started_on"]
        if row["kind"] == "device" and started is not None:
            conditions = [known(row["class"], lambda number: number == 3)]
            cases.append(dated_case(party, row, started, PUBLISHED, conditions,
                                    0, 2_000_000 * YUAN, False, world.as_of))
    return cases


def new_drug_award(world):
    cases = []
    for party, row in world.events("certifications"):
        started = row["production_started_on"]
        if row["kind"] == "drug" and started is not None:
            conditions = [known(row["class"], lambda number: number in (1, 2, 3)),
                          known(row["certified_on"], lambda day: FROM_2016 <= day <= started)]
            cases.append(dated_case(party, row, started, FROM_2016, conditions,
                                    0, 1_000_000 * YUAN, False, world.as_of))
    return cases


def incubator_graduate(world):
    cases = []
    for party in world.data["enterprises"]:
        if party["graduated_on"] is None or party["above_quota_since"] is None:
            continue  # it has not happened: there is no basis
        on = max(party["graduated_on"], party["above_quota_since"])
        conditions = [party["incubated_in"] is not None]
        cases.append(dated_case(party, party, on, PUBLISHED, conditions,
                                30_000 * YUAN, 50_000 * YUAN, False, world.as_of))
    return cases


def division_is(industry, division):
    """Whether an industry code, with or without its section letter, lies in a division."""
    return known(industry, lambda code: code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")[:2] == division)


def trade_loan_interest(world):
    cases = []
    for party, row in world.whole_years("annual_accounts"):
        interest, sales = row["loan_interest_paid"], row["sales"]
        big_enough = any_of(
            all_of(division_is(party["industry"], "51"),
                   known(sales, lambda fen: fen >= 100_000_000 * YUAN)),
            all_of(division_is(party["industry"], "52"),
                   known(sales, lambda fen: fen >= 50_000_000 * YUAN)))
        met = all_of(covered_in_year(party, world.year, True), big_enough,
                     known(interest, lambda fen: fen > 0))
        high = known(interest, lambda fen: min(200_000 * YUAN, fen))
        cases.append(Case(party["code"], str(world.year), None, met, 0, high, False))
    return cases


def industry_support(world):
    percents = {1: 100, 2: 80, 3: 60}
    cases = []
    for party, row in world.whole_years("annual_accounts"):
        revenue = row["district_revenue"]
        nth = known(party["registered_on"], lambda day: world.year - day.year + 1)
        met = all_of(covered_in_year(party, world.year, True), known(nth, one_of(percents)),
                     known(revenue, lambda fen: fen > 0))
        amount = None
        if met is True:
            amount = (revenue * percents[nth] + 50) // 100  # half up; the revenue is positive here
        cases.append(Case(party["code"], str(world.year), None, met, amount, amount, True))
    return cases


def ip_filing_fee(world):
    fees = {"software_copyright": 500 * YUAN, "invention": 3_000 * YUAN,
            "utility_model": 1_000 * YUAN, "design": 500 * YUAN}
    cases = []
    for party, row in world.events("ip_filings"):
        fee = fees[row["kind"]]
        cases.append(dated_case(party, row, row["filed_on"], PUBLISHED, [], fee, fee, True, world.as_of))
    return cases


def ip_industrialisation(world):
    cases = []
    for party, row in world.events("ip_products"):
        reached = row["threshold_reached_on"]
        if reached is None:
            continue
        conditions = [row["own_invention_patent"],
                      known(row["output_value"], lambda fen: fen >= 1_000_000 * YUAN)]
        cases.append(dated_case(party, row, reached, PUBLISHED, conditions,
                                200_000 * YUAN, 200_000 * YUAN, True, world.as_of))
    return cases


def enterprise_recognition(world, kind, amount):
    cases = []
    for party, row in world.events("recognitions"):
        if row["kind"] != kind:
            continue
        recognised, moved_in = row["recognised_on"], party["moved_in_on"]
        conditions = []
        if moved_in is None:
            on = recognised
        else:
            on = later(recognised, moved_in)
            came_before = known(recognised, lambda day: moved_in <= day)
            still_valid = known(row["valid_until"], lambda day: day >= moved_in)
            conditions.append(any_of(came_before, still_valid))
        cases.append(dated_case(party, row, on, FROM_2013, conditions, amount, amount, True, world.as_of))
    cases = [case for case in cases if case]
    only_first(cases, lambda case: case.code)
    return cases


def high_tech_recognition(world):
    return enterprise_recognition(world, "high_tech_enterprise", 50_000 * YUAN)


def software_recognition(world):
    return enterprise_recognition(world, "software_enterprise", 10_000 * YUAN)


def standard_lead(world):
    tiers = {"international": 500_000 * YUAN, "national": 300_000 * YUAN, "industry": 200_000 * YUAN}
    cases = []
    for party, row in world.events("standards"):
        if row["role"] == "lead":
            amount = known(row["level"], tiers.get)
            cases.append(dated_case(party, row, row["published_on"], PUBLISHED, [],
                                    amount, amount, True, world.as_of))
    return cases


def standard_participation(world):
    cases = []
    for party, row in world.events("standards"):
        if row["role"] == "participant":
            conditions = [known(row["level"], one_of(("international", "national", "industry")))]
            cases.append(dated_case(party, row, row["published_on"], PUBLISHED, conditions,
                                    30_000 * YUAN, 100_000 * YUAN, False, world.as_of))
    return cases


def training_institution(world):
    """Neither the district nor the day of moving in matters here, nor whether it is an enterprise."""
    cases = []
    for party, row in world.whole_years("trainings"):
        placed = row["trainees_placed"]
        met = known(placed, lambda number: number > 0)
        cases.append(Case(party["code"], str(world.year), None, met,
                          50_000 * YUAN, 100_000 * YUAN, False, row))
    qualified = [case for case in cases if case.met is True]
    qualified.sort(key=lambda case: (-case.row["trainees_placed"], case.code))
    for case in qualified[3:]:
        case.turned_away = True
    return cases


MEASURES = [project_matching, alliance_subsidy, platform_grant, certification_fee, device_registration,
            new_drug_award, incubator_graduate, trade_loan_interest, industry_support, ip_filing_fee,
            ip_industrialisation, high_tech_recognition, software_recognition, standard_lead,
            standard_participation, training_institution]
HIDE_NOT_ENTITLED = (incubator_graduate, trade_loan_interest, industry_support)


# --- the assessment ---------------------------------------------------------------------------

class World:
    """The facts, the assessed year and the as-of date."""

    def __init__(self, directory, year, as_of, report):
        self.data, self.parties = read_district(directory, report)
        self.year = year
        self.as_of = as_of or datetime.date(year, 12, 31)

    def events(self, table):
        return [(self.parties[row["code"]], row) for row in self.data[table]]

    def whole_years(self, table):
        if self.year < FIRST_WHOLE_YEAR:
            return []
        return [(party, row) for party, row in self.events(table) if row["year"] == self.year]


def yuan(fen):
    return f"{fen // YUAN}.{fen % YUAN:02d}"


def payable_from(measure, case, year):
    if measure is industry_support:
        return datetime.date(year + 1, 1, 1).isoformat()
    if case.on is not None and case.on < PUBLISHED:
        return PUBLISHED.isoformat()
    return ""


def assess(directory, year, as_of=None, everything=False, report=lambda line: None):
    """The result table, as lists of text in the order of COLUMNS, already sorted."""
    world = World(directory, year, as_of, report)
    result = []
    for measure in MEASURES:
        rows = []
        for case in measure(world):
            if case is None or (case.on is not None and case.on.year != year):
                continue
            status = case.status()
            if status == "not_entitled":
                if measure in HIDE_NOT_ENTITLED and not everything:
                    continue
                low, high, payable = "0.00", "0.00", ""
            else:
                payable = payable_from(measure, case, year)
                if status == "unknown":
                    low, high = "", ""
                else:
                    low, high = yuan(case.low), "" if case.high is OPEN else yuan(case.high)
            rows.append([measure.__name__, case.code, case.basis, str(year), status, low, high, payable])
        rows.sort(key=lambda row: (row[1], row[2]))
        result.extend(rows)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--year", required=True, type=int)
    parser.add_argument("--as-of", type=datetime.date.fromisoformat)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--out")
    options = parser.parse_args()

    def report(line):
        print(line, file=sys.stderr)

    rows = assess(options.data, options.year, options.as_of, options.all, report)
    stream = open(options.out, "w", encoding="utf-8", newline="") if options.out else sys.stdout
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    if options.out:
        stream.close()


if __name__ == "__main__":
    main()
