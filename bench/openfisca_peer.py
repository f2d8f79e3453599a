"""The OpenFisca peer: the measures that OpenFisca carries naturally, vectorised and in memory.

industry_support is there three times: in the fastest form we know (years worked out beforehand by hand, tiers by numpy.select), with
the tiers as OpenFisca's own table of parameters, and with dates as the tables of the district have them.

    python3 openfisca_peer.py [--rows 1000000] [--runs 15] [--year 2018]

Prints `rows_per_second`, one row being one enterprise assessed for industry_support, the measure that
takes 100, 80 or 60 percent of an amount. Two things are not the same here, and cannot be: OpenFisca
reckons in 32-bit floats, so its amounts are not exact to the fen, and it has no unknown, so that an
empty cell would be a zero. Both make it faster. Measures that rank or pair rows across enterprises
(platforms, projects, the three training institutions) have no natural form in it and are left out.
"""

import argparse
import datetime
import statistics
import sys
import time

import numpy
from openfisca_core.entities import Entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import ETERNITY, YEAR
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

NANMING = 520102
Enterprise = Entity("enterprise", "enterprises", "A party", "")


def since(value, start="2017-01-01"):
    return {"values": {start: {"value": value}}}


PARAMETERS = {
    "industry_support": {"first_year": since(1.0), "second_year": since(0.8), "third_year": since(0.6)},
    "industry_support_tiers": {
        "metadata": {"type": "single_amount"},
        "brackets": [{"threshold": since(first), "amount": since(rate)}
                     for first, rate in [(1, 1.0), (2, 0.8), (3, 0.6), (4, 0.0)]],
    },
    "trade_loan_interest": {"ceiling": since(200_000), "wholesale": since(100_000_000), "retail": since(50_000_000)},
    "incubator_graduate": {"low": since(30_000), "high": since(50_000)},
    "ip_filing_fee": {"software_copyright": since(500), "invention": since(3_000),
                      "utility_model": since(1_000), "design": since(500)},
    "standard_lead": {"international": since(500_000), "national": since(300_000), "industry": since(200_000)},
}


def fact(name, kind, period=YEAR):
    """An input variable."""
    return type(name, (Variable,), {"value_type": kind, "entity": Enterprise, "definition_period": period,
                                    "label": name})


FACTS = [
    fact("district", int, ETERNITY),
    fact("code_kind", int, ETERNITY),            # the first two symbols of the code
    fact("registered_in", int, ETERNITY),        # a year
    fact("moved_in_in", int, ETERNITY),          # a year; 0 for "always been here"
    fact("division", int, ETERNITY),             # GB/T 4754, two digits
    fact("incubated", bool, ETERNITY),
    fact("graduated_above_quota_in", int, ETERNITY),
    fact("registered_on", datetime.date, ETERNITY),
    fact("moved_in_on", datetime.date, ETERNITY),  # 1970 for "always been here"
    fact("sales", float), fact("district_revenue", float), fact("loan_interest_paid", float),
    fact("software_copyrights", int), fact("inventions", int), fact("utility_models", int), fact("designs", int),
    fact("international_standards", int), fact("national_standards", int), fact("industry_standards", int),
]


def measure(variable):
    """Completes a class with what all measures share: OpenFisca does not look at base classes."""
    variable.value_type, variable.entity, variable.definition_period = float, Enterprise, YEAR
    return variable


class covered(Variable):
    value_type = bool
    entity = Enterprise
    definition_period = YEAR
    label = "Registered in Nanming, an enterprise, and moved in by then"

    def formula(enterprises, period):
        return ((enterprises("district", period) == NANMING) * (enterprises("code_kind", period) == 91)
                * (enterprises("moved_in_in", period) <= period.start.year))


@measure
class industry_support(Variable):
    label = "三(四).3"

    def formula(enterprises, period, parameters):
        rates = parameters(period).industry_support
        nth = period.start.year - enterprises("registered_in", period) + 1
        revenue = enterprises("district_revenue", period)
        rate = numpy.select([nth == 1, nth == 2, nth == 3], [rates.first_year, rates.second_year, rates.third_year])
        return enterprises("covered", period) * (revenue > 0) * revenue * rate


@measure
class industry_support_by_scale(Variable):
    label = "三(四).3, its tiers as a table of parameters, OpenFisca's own form for tiers"

    def formula(enterprises, period, parameters):
        nth = period.start.year - enterprises("registered_in", period) + 1
        revenue = enterprises("district_revenue", period)
        return enterprises("covered", period) * (revenue > 0) * revenue * parameters(period).industry_support_tiers.calc(nth)


def year_of(days):
    return days.astype("datetime64[Y]").astype(int) + 1970


@measure
class industry_support_by_dates(Variable):
    label = "三(四).3, from the dates that the registry has"

    def formula(enterprises, period, parameters):
        rates = parameters(period).industry_support
        nth = period.start.year - year_of(enterprises("registered_on", period)) + 1
        moved_in = year_of(enterprises("moved_in_on", period))
        covered = ((enterprises("district", period) == NANMING) * (enterprises("code_kind", period) == 91)
                   * (moved_in <= period.start.year))
        revenue = enterprises("district_revenue", period)
        rate = numpy.select([nth == 1, nth == 2, nth == 3], [rates.first_year, rates.second_year, rates.third_year])
        return covered * (revenue > 0) * revenue * rate


@measure
class trade_loan_interest_high(Variable):
    label = "三(四).2, the upper end; the lower is 0"

    def formula(enterprises, period, parameters):
        rule = parameters(period).trade_loan_interest
        division, sales = enterprises("division", period), enterprises("sales", period)
        big_enough = ((division == 51) * (sales >= rule.wholesale)) + ((division == 52) * (sales >= rule.retail))
        interest = enterprises("loan_interest_paid", period)
        return enterprises("covered", period) * big_enough * numpy.clip(interest, 0, rule.ceiling)


@measure
class incubator_graduate_low(Variable):
    label = "三(四).1, the lower end"

    def formula(enterprises, period, parameters):
        due = (enterprises("graduated_above_quota_in", period) == period.start.year) * enterprises("incubated", period)
        return enterprises("covered", period) * due * parameters(period).incubator_graduate.low


@measure
class incubator_graduate_high(Variable):
    label = "三(四).1, the upper end"

    def formula(enterprises, period, parameters):
        due = (enterprises("graduated_above_quota_in", period) == period.start.year) * enterprises("incubated", period)
        return enterprises("covered", period) * due * parameters(period).incubator_graduate.high


@measure
class ip_filing_fee(Variable):
    label = "三(五).1, the sum over an enterprise's filings of the year"

    def formula(enterprises, period, parameters):
        fee = parameters(period).ip_filing_fee
        return enterprises("covered", period) * (
            enterprises("software_copyrights", period) * fee.software_copyright
            + enterprises("inventions", period) * fee.invention
            + enterprises("utility_models", period) * fee.utility_model
            + enterprises("designs", period) * fee.design)


@measure
class standard_lead(Variable):
    label = "三(八).1, the sum over an enterprise's standards of the year"

    def formula(enterprises, period, parameters):
        amount = parameters(period).standard_lead
        return enterprises("covered", period) * (
            enterprises("international_standards", period) * amount.international
            + enterprises("national_standards", period) * amount.national
            + enterprises("industry_standards", period) * amount.industry)


MEASURES = [industry_support, trade_loan_interest_high, incubator_graduate_low, incubator_graduate_high,
            ip_filing_fee, standard_lead]


def build_system():
    system = TaxBenefitSystem([Enterprise])
    system.add_variables(covered, *FACTS, *MEASURES, industry_support_by_scale, industry_support_by_dates)
    system.parameters = ParameterNode("", data=PARAMETERS)
    return system


def make_facts(rows, seed, year):
    """Columns with the shape of the benchmark's district, made here so that no reading is timed."""
    rng = numpy.random.default_rng(seed)
    money = lambda top: rng.integers(0, top * 100, rows) / 100
    few = lambda top: rng.poisson(0.05, rows).clip(0, top)
    facts = {
        "district": rng.choice([NANMING, 520103], rows, p=[0.95, 0.05]),
        "code_kind": rng.choice([91, 52], rows, p=[0.97, 0.03]),
        "registered_in": rng.integers(2000, year + 1, rows),
        "moved_in_in": numpy.where(rng.random(rows) < 0.05, rng.integers(2014, 2020, rows), 0),
        "division": rng.choice([51, 52, 27, 65, 73], rows),
        "incubated": rng.random(rows) < 0.03,
        "graduated_above_quota_in": numpy.where(rng.random(rows) < 0.04, rng.integers(2014, 2020, rows), 0),
        "sales": money(150_000_000), "district_revenue": money(500_000), "loan_interest_paid": money(400_000),
        "software_copyrights": few(5), "inventions": few(5), "utility_models": few(5), "designs": few(5),
        "international_standards": few(1), "national_standards": few(1), "industry_standards": few(1),
    }
    day = lambda years: (numpy.maximum(years, 1970) - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return facts | {"registered_on": day(facts["registered_in"]) + rng.integers(0, 365, rows),
                    "moved_in_on": day(facts["moved_in_in"])}


def one_run(system, facts, rows, year, measures):
    """Seconds for setting the facts of a fresh simulation, and for calculating the measures."""
    simulation = SimulationBuilder().build_default_simulation(system, rows)
    started = time.perf_counter()
    for name, values in facts.items():
        period = "ETERNITY" if system.get_variable(name).definition_period == ETERNITY else str(year)
        simulation.set_input(name, period, values)
    loaded = time.perf_counter()
    results = {name.__name__: simulation.calculate(name.__name__, str(year)) for name in measures}
    return loaded - started, time.perf_counter() - loaded, results


def check(system):
    """Four enterprises reckoned by hand, so that speed is not bought with a wrong formula."""
    facts = {name: numpy.repeat(values[:1], 4) for name, values in make_facts(1, 1, 2018).items()}
    facts.update(district=numpy.array([NANMING, NANMING, NANMING, 520103]), code_kind=numpy.full(4, 91),
                 moved_in_in=numpy.array([0, 2018, 2019, 0]), registered_in=numpy.array([2018, 2016, 2018, 2018]),
                 district_revenue=numpy.full(4, 1000.0))
    day = lambda *years: numpy.array([f"{year}-06-30" for year in years], dtype="datetime64[D]")
    facts.update(registered_on=day(2018, 2016, 2018, 2018), moved_in_on=day(1970, 2018, 2019, 1970))
    for form in [industry_support, industry_support_by_scale, industry_support_by_dates]:
        got = one_run(system, facts, 4, 2018, [form])[2][form.__name__]
        if not numpy.allclose(got, [1000, 600, 0, 0]):
            sys.exit(f"{form.__name__} is wrong: {got}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--year", type=int, default=2018)
    options = parser.parse_args()
    system = build_system()
    check(system)
    facts = make_facts(options.rows, options.seed, options.year)
    needed = ["district", "code_kind", "moved_in_in", "registered_in", "district_revenue"]
    few_facts = {name: facts[name] for name in needed}
    dated = ["district", "code_kind", "moved_in_on", "registered_on", "district_revenue"]
    dated_facts = {name: facts[name] for name in dated}
    alone, by_scale, by_dates, with_loading, all_measures = [], [], [], [], []
    # Not counted: the memory allocator takes a few rounds to settle, which is not OpenFisca's doing.
    for _ in range(5):
        one_run(system, facts, options.rows, options.year, MEASURES)
    for _ in range(options.runs):
        loading, calculating, _ = one_run(system, few_facts, options.rows, options.year, [industry_support])
        alone.append(calculating)
        with_loading.append(loading + calculating)
        by_scale.append(one_run(system, few_facts, options.rows, options.year, [industry_support_by_scale])[1])
        by_dates.append(one_run(system, dated_facts, options.rows, options.year, [industry_support_by_dates])[1])
        all_measures.append(one_run(system, facts, options.rows, options.year, MEASURES)[1])
    # The facts in place already, the reading favourable to OpenFisca.
    print(f"rows_per_second {options.rows / statistics.median(alone):.0f}")
    print(f"rows_per_second_by_scale {options.rows / statistics.median(by_scale):.0f}")
    print(f"rows_per_second_by_dates {options.rows / statistics.median(by_dates):.0f}")
    print(f"rows_per_second_with_loading {options.rows / statistics.median(with_loading):.0f}")
    print(f"rows_per_second_six_variables {options.rows / statistics.median(all_measures):.0f}")


if __name__ == "__main__":
    main()
