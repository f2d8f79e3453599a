"""Makes a large clean district in Parquet, without duixian, to tune and time the peers with.

    python3 make_parquet.py --enterprises 1000000 --seed 1 --out DIR

The benchmark itself uses the district of `duixian sample`. This one has its own shape: accounts of
three years for every enterprise, one and a half filings each, and events as rare as they are in
life. A hash of the row number stands for chance, so that a seed always makes the same rows.
"""

import argparse
import os

import duckdb

# Rows per thousand enterprises.
PER_THOUSAND = {"ip_filings": 1500, "ip_products": 100, "recognitions": 200, "certifications": 200,
                "projects": 150, "alliances": 3, "standards": 50}

MACROS = """
-- A number that depends on the row, the column and the seed. They are hashed as one text: hashes of
-- several values are combined so simply that two columns of a row would hang together.
CREATE MACRO chance(i, col) AS hash(concat(i, col, getvariable('seed')));
CREATE MACRO draw(i, col, n) AS (chance(i, col) % n)::INTEGER;
CREATE MACRO day_of(i, col) AS DATE '2014-01-01' + draw(i, col, 2191);
CREATE MACRO gap(i, col, percent, value) AS CASE WHEN draw(i, col || '?', 100) >= percent THEN value END;
CREATE MACRO yuan(i, col, n) AS ((chance(i, col) % (n::UBIGINT * 100))::DECIMAL(20,0) / 100)::DECIMAL(18,2);

-- GB 32100-2015. Only the seven digits of the organisation part vary, spread over the range by a
-- multiplier that shares no factor with ten; its own check digit is left at 0.
CREATE MACRO symbol(s) AS strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', s) - 1;
CREATE MACRO weigh(s) AS list_sum(list_transform(range(1, 18), lambda k:
    symbol(s[k]) * [1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28][k]));
CREATE MACRO with_check(s) AS s || substr('0123456789ABCDEFGHJKLMNPQRTUWXY', ((31 - weigh(s)::INTEGER % 31) % 31) + 1, 1);
CREATE MACRO body(i) AS CASE WHEN draw(i, 'seat', 100) < 97 THEN '91520102A' ELSE '52520102A' END
    || lpad(((i * 6119533) % 10000000)::VARCHAR, 7, '0') || '0';
"""

ENTERPRISES = """
CREATE TABLE enterprises AS
SELECT with_check(body(i)) AS code, '企业' || i AS name,
       gap(i, 'reg', 2, DATE '2000-01-01' + draw(i, 'reg', 7000)) AS registered_on,
       gap(i, 'dist', 1, CASE WHEN draw(i, 'dist', 100) < 95 THEN '520102' ELSE '520103' END) AS district,
       gap(i, 'moved', 95, day_of(i, 'moved')) AS moved_in_on,
       gap(i, 'ind', 2, ['F51', '5112', 'F52', '5211', 'C27', '2720', 'I65', '6513', 'M73', 'E47'][1 + draw(i, 'ind', 10)])
           AS industry,
       gap(i, 'scale', 5, ['large', 'medium', 'small', 'micro'][1 + draw(i, 'scale', 4)]) AS scale,
       gap(i, 'inc', 97, '北斗众创空间') AS incubated_in,
       gap(i, 'grad', 96, day_of(i, 'grad')) AS graduated_on,
       gap(i, 'quota', 80, day_of(i, 'quota')) AS above_quota_since
FROM range(getvariable('n')) AS numbers(i);
CREATE TABLE party AS SELECT row_number() OVER () - 1 AS p, code FROM enterprises;
"""

TABLES = {
    "annual_accounts": """
        SELECT code, year::INTEGER AS year, gap(i, 'sales', 3, yuan(i, 'sales', 150000000)) AS sales,
               gap(i, 'rev', 5, yuan(i, 'rev', 500000)) AS district_revenue,
               gap(i, 'int', 5, CASE WHEN draw(i, 'loan', 3) = 0 THEN yuan(i, 'int', 400000) ELSE 0 END::DECIMAL(18,2))
                   AS loan_interest_paid,
               gap(i, 'rd', 10, draw(i, 'rd', 4) = 0) AS has_rd_institution,
               gap(i, 'rds', 10, yuan(i, 'rds', 1000000)) AS rd_spending
        FROM (SELECT code, year, p * 10 + year - 2016 AS i FROM party, range(2016, 2019) AS years(year))""",
    "ip_filings": """
        SELECT 'F' || lpad(i::VARCHAR, 8, '0') AS id, code,
               ['software_copyright', 'invention', 'utility_model', 'design'][1 + draw(i, 'kind', 4)] AS kind,
               gap(i, 'filed', 1, day_of(i, 'filed')) AS filed_on, '一种装置' || i AS title FROM event""",
    "ip_products": """
        SELECT 'P' || lpad(i::VARCHAR, 8, '0') AS id, code, '产品' || i AS product,
               gap(i, 'own', 2, draw(i, 'own', 2) = 0) AS own_invention_patent,
               gap(i, 'out', 2, yuan(i, 'out', 2000000)) AS output_value,
               gap(i, 'reach', 20, day_of(i, 'reach')) AS threshold_reached_on FROM event""",
    "recognitions": """
        SELECT 'R' || lpad(i::VARCHAR, 8, '0') AS id, code, kind,
               CASE WHEN kind NOT IN ('high_tech_enterprise', 'software_enterprise') THEN
                    gap(i, 'level', 2, ['national', 'provincial', 'municipal'][1 + draw(i, 'level', 3)]) END AS level,
               CASE WHEN kind NOT IN ('high_tech_enterprise', 'software_enterprise') THEN
                    gap(i, 'key', 50, 'p' || draw(i, 'key', (getvariable('n') // 20 + 1)::UBIGINT)) END AS platform_key,
               gap(i, 'on', 1, day_of(i, 'on')) AS recognised_on,
               gap(i, 'until', 5, day_of(i, 'on') + 1095) AS valid_until
        FROM (SELECT *, ['technology_centre', 'engineering_centre', 'laboratory', 'academician_workstation',
                         'postdoc_workstation', 'high_tech_enterprise', 'high_tech_enterprise',
                         'software_enterprise'][1 + draw(i, 'kind', 8)] AS kind FROM event)""",
    "certifications": """
        SELECT 'C' || lpad(i::VARCHAR, 8, '0') AS id, code,
               ['professional', 'device', 'drug'][1 + draw(i, 'kind', 3)] AS kind,
               gap(i, 'class', 2, 1 + draw(i, 'class', 4)) AS class, gap(i, 'cost', 3, yuan(i, 'cost', 50000)) AS cost,
               gap(i, 'on', 1, day_of(i, 'on')) AS certified_on,
               gap(i, 'start', 20, day_of(i, 'on') + draw(i, 'start', 400)) AS production_started_on FROM event""",
    "projects": """
        SELECT 'J' || lpad(i::VARCHAR, 8, '0') AS id, code,
               CASE WHEN draw(i, 'kind', 4) = 0 THEN 'award' ELSE 'project' END AS kind,
               gap(i, 'level', 2, ['national', 'provincial', 'municipal'][1 + draw(i, 'level', 3)]) AS level,
               '课题' || i AS title, '研究内容摘要' || i AS summary,
               gap(i, 'key', 30, 'k' || draw(i, 'key', (getvariable('n') // 10 + 1)::UBIGINT)) AS project_key,
               gap(i, 'on', 1, day_of(i, 'on')) AS granted_on FROM event""",
    "alliances": """
        SELECT 'A' || lpad(i::VARCHAR, 8, '0') AS id, code, '联盟' || i AS name,
               gap(i, 'led', 2, draw(i, 'led', 3) = 0) AS led_by_district_agency,
               gap(i, 'on', 1, day_of(i, 'on')) AS founded_on FROM event""",
    "standards": """
        SELECT 'S' || lpad(i::VARCHAR, 8, '0') AS id, code,
               gap(i, 'level', 2, ['international', 'national', 'industry'][1 + draw(i, 'level', 3)]) AS level,
               CASE WHEN draw(i, 'role', 3) = 0 THEN 'lead' ELSE 'participant' END AS role,
               gap(i, 'on', 1, day_of(i, 'on')) AS published_on FROM event""",
    "trainings": """
        SELECT code, year::INTEGER AS year, gap(p * 10 + year - 2016, 'placed', 2, draw(p * 10 + year - 2016, 'placed', 500))
                   AS trainees_placed
        FROM party, range(2016, 2019) AS years(year) WHERE p % 5000 = 0""",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--enterprises", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    if options.enterprises > 10_000_000:
        parser.error("at most 10,000,000 enterprises: the codes have seven varying digits")
    os.makedirs(options.out, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET VARIABLE seed = {options.seed}::BIGINT")
    connection.execute(f"SET VARIABLE n = {options.enterprises}::BIGINT")
    connection.execute(MACROS)
    connection.execute(ENTERPRISES)
    queries = {"enterprises": "SELECT * FROM enterprises"} | TABLES
    for table, query in queries.items():
        rows = options.enterprises * PER_THOUSAND.get(table, 0) // 1000
        # Events in the order of their making, which is not that of their parties.
        query = f"""WITH event AS (
            SELECT i, code FROM range({rows}) AS numbers(i)
            JOIN party ON p = chance(i, '{table}') % getvariable('n')::UBIGINT)
            {query}"""
        target = os.path.join(options.out, table + ".parquet").replace("'", "''")
        count = connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)").fetchone()[0]
        print(f"{table}: {count} rows")


if __name__ == "__main__":
    main()
