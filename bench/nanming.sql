-- The sixteen measures of packs/nanming-2017 as hand-written DuckDB SQL over clean tables.
--
-- It reads tables or views named as in the specification of the tables, with money as DECIMAL, and
-- is one SELECT, so that the caller may COPY it to a file. The caller sets these variables:
--   y           the assessed year
--   as_of       the as-of date
--   first_day   1 January of y
--   year_end    31 December of y
--   last_day    year_end or as_of, whichever is earlier
--   everything  whether rows that are not entitled are shown for every measure (--all)
--
-- SQL's own three-valued logic carries unknown facts: `ok` is the conjunction of all conditions of a
-- row and NULL where it hangs on an empty cell. "x OR NULL" turns false into unknown.

WITH

measure(n, measure, clause, one_amount) AS (VALUES
    (1, 'project_matching', '三(一).2', false),
    (2, 'alliance_subsidy', '三(二).1', false),
    (3, 'platform_grant', '三(二).2', true),
    (4, 'certification_fee', '三(三).1', false),
    (5, 'device_registration', '三(三).2', false),
    (6, 'new_drug_award', '三(三).3', false),
    (7, 'incubator_graduate', '三(四).1', false),
    (8, 'trade_loan_interest', '三(四).2', false),
    (9, 'industry_support', '三(四).3', true),
    (10, 'ip_filing_fee', '三(五).1', true),
    (11, 'ip_industrialisation', '三(五).2', true),
    (12, 'high_tech_recognition', '三(六).1', true),
    (13, 'software_recognition', '三(六).2', true),
    (14, 'standard_lead', '三(八).1', true),
    (15, 'standard_participation', '三(八).2', false),
    (16, 'training_institution', '三(十)', false)
),

party AS (
    SELECT code, registered_on, moved_in_on, industry, incubated_in, graduated_on, above_quota_since,
           district = '520102' AS here, starts_with(code, '91') AS enterprise
    FROM enterprises
),

-- Rows with a basis date of their own, so that one join with the parties serves them all. Branches of
-- measures with limits keep the earlier years, which take places in the limits; the others are cut to
-- the year here. `same` groups what is one project or platform. `over` is a limit already reached.
-- `failed` and `missing` are the reasons where `met` is false or NULL.
event(n, code, basis, basis_on, met, low, high, same, over, failed, missing) AS (
    SELECT 1, code, id, granted_on, level IN ('national', 'provincial', 'municipal'),
           0::DECIMAL(18,2), NULL::DECIMAL(18,2), coalesce('k' || project_key, 'i' || id), false,
           'level does not qualify',
           concat_ws(', ', CASE WHEN granted_on IS NULL THEN 'granted_on' END,
                     CASE WHEN level IS NULL THEN 'level' END)
    FROM projects
    WHERE granted_on IS NULL OR granted_on BETWEEN DATE '2017-05-03' AND getvariable('as_of')

    UNION ALL
    -- Of alliances the basis is a whole year. Its last day stands for it in the join below: a party
    -- that moves in on any day of the year is in time.
    SELECT 2, code, id, getvariable('year_end'), led_by_district_agency AND (founded_on IS NOT NULL OR NULL),
           0, 100000, NULL, getvariable('y') > greatest(year(founded_on), 2017) + 2,
           'not led by a district agency',
           concat_ws(', ', CASE WHEN founded_on IS NULL THEN 'founded_on' END,
                     CASE WHEN led_by_district_agency IS NULL THEN 'led_by_district_agency' END)
    FROM alliances
    WHERE getvariable('y') >= 2017 AND (founded_on IS NULL OR founded_on <= getvariable('year_end'))

    UNION ALL
    SELECT 3, code, id, recognised_on, level IN ('national', 'provincial', 'municipal'),
           CASE level WHEN 'national' THEN 300000 WHEN 'provincial' THEN 200000 WHEN 'municipal' THEN 100000 END,
           NULL, coalesce('k' || platform_key, 'i' || id), false, 'level does not qualify',
           concat_ws(', ', CASE WHEN recognised_on IS NULL THEN 'recognised_on' END,
                     CASE WHEN level IS NULL THEN 'level' END)
    FROM recognitions
    WHERE kind IN ('technology_centre', 'engineering_centre', 'laboratory',
                   'academician_workstation', 'postdoc_workstation')
      AND (recognised_on IS NULL OR recognised_on BETWEEN DATE '2016-01-01' AND getvariable('as_of'))

    UNION ALL
    SELECT 4, code, id, certified_on, cost > 0, 0, cost, NULL, false, 'no cost',
           concat_ws(', ', CASE WHEN certified_on IS NULL THEN 'certified_on' END,
                     CASE WHEN cost IS NULL THEN 'cost' END)
    FROM certifications
    WHERE kind = 'professional'
      AND (certified_on IS NULL
           OR certified_on BETWEEN greatest(DATE '2016-01-01', getvariable('first_day')) AND getvariable('last_day'))

    UNION ALL
    SELECT 5, code, id, production_started_on, class = 3, 0, 2000000, NULL, false, 'class is not 3', 'class'
    FROM certifications
    WHERE kind = 'device' AND production_started_on
          BETWEEN greatest(DATE '2017-05-03', getvariable('first_day')) AND getvariable('last_day')

    UNION ALL
    SELECT 6, code, id, production_started_on,
           class IN (1, 2, 3) AND certified_on BETWEEN DATE '2016-01-01' AND production_started_on,
           0, 1000000, NULL, false, 'class or day of approval does not qualify',
           concat_ws(', ', CASE WHEN class IS NULL THEN 'class' END,
                     CASE WHEN certified_on IS NULL THEN 'certified_on' END)
    FROM certifications
    WHERE kind = 'drug' AND production_started_on
          BETWEEN greatest(DATE '2016-01-01', getvariable('first_day')) AND getvariable('last_day')

    UNION ALL
    SELECT 10, code, id, filed_on, true,
           CASE kind WHEN 'invention' THEN 3000 WHEN 'utility_model' THEN 1000 ELSE 500 END,
           NULL, NULL, false, '', 'filed_on'
    FROM ip_filings
    WHERE filed_on IS NULL
       OR filed_on BETWEEN greatest(DATE '2017-05-03', getvariable('first_day')) AND getvariable('last_day')

    UNION ALL
    SELECT 11, code, id, threshold_reached_on, own_invention_patent AND output_value >= 1000000,
           200000, NULL, NULL, false, 'no own patent, or output below 1,000,000',
           concat_ws(', ', CASE WHEN own_invention_patent IS NULL THEN 'own_invention_patent' END,
                     CASE WHEN output_value IS NULL THEN 'output_value' END)
    FROM ip_products
    WHERE threshold_reached_on
          BETWEEN greatest(DATE '2017-05-03', getvariable('first_day')) AND getvariable('last_day')

    UNION ALL
    SELECT CASE role WHEN 'lead' THEN 14 ELSE 15 END, code, id, published_on,
           level IN ('international', 'national', 'industry'),
           CASE WHEN role = 'participant' THEN 30000 WHEN level = 'international' THEN 500000
                WHEN level = 'national' THEN 300000 WHEN level = 'industry' THEN 200000 END,
           CASE WHEN role = 'participant' THEN 100000 END, NULL, false, 'level does not qualify',
           concat_ws(', ', CASE WHEN published_on IS NULL THEN 'published_on' END,
                     CASE WHEN level IS NULL THEN 'level' END)
    FROM standards
    WHERE published_on IS NULL
       OR published_on BETWEEN greatest(DATE '2017-05-03', getvariable('first_day')) AND getvariable('last_day')
),

event_judged AS (
    SELECT n, code, basis, basis_on, low, high, same, over,
           met AND here AND (enterprise OR n IN (2, 3)) AND (basis_on IS NOT NULL OR NULL)
               AND (moved_in_on IS NULL OR basis_on >= moved_in_on) AS ok,
           CASE WHEN NOT here THEN 'registered in another district'
                WHEN NOT enterprise AND n NOT IN (2, 3) THEN 'not an enterprise'
                WHEN basis_on < moved_in_on THEN 'before it moved in'
                ELSE failed END AS failed,
           CASE WHEN here IS NULL THEN concat_ws(', ', 'district', nullif(missing, '')) ELSE missing END AS missing
    FROM event JOIN party USING (code)
),

-- One project pays once: the earliest. Rows that do not meet the conditions take no part.
project_limited AS (
    SELECT n, code, basis, basis_on, ok, low, high, failed, missing,
           CASE WHEN ok AND row_number() OVER (PARTITION BY same, ok IS TRUE ORDER BY basis_on, basis) > 1
                THEN 'the project was matched before' END AS turned_away
    FROM event_judged WHERE n = 1
),

-- A platform gets its tier less the highest it has reached before.
platform_limited AS (
    SELECT n, code, basis, basis_on, ok,
           low - coalesce(max(low) OVER (PARTITION BY same, ok IS TRUE ORDER BY basis_on, basis
                                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS low,
           high, failed, missing
    FROM event_judged WHERE n = 3
),

-- Recognitions of enterprises: the basis date itself depends on the party.
recognition AS (
    SELECT CASE r.kind WHEN 'high_tech_enterprise' THEN 12 ELSE 13 END AS n, r.code, r.id AS basis,
           r.recognised_on, r.valid_until, p.moved_in_on, p.here, p.enterprise,
           CASE WHEN p.moved_in_on IS NULL THEN r.recognised_on
                WHEN r.recognised_on IS NOT NULL THEN greatest(r.recognised_on, p.moved_in_on) END AS basis_on
    FROM recognitions r JOIN party p USING (code)
    WHERE r.kind IN ('high_tech_enterprise', 'software_enterprise')
),
recognition_judged AS (
    SELECT *, here AND enterprise AND (basis_on IS NOT NULL OR NULL)
              AND (moved_in_on IS NULL OR moved_in_on <= recognised_on OR valid_until >= moved_in_on) AS ok
    FROM recognition
    WHERE basis_on IS NULL OR basis_on BETWEEN DATE '2013-01-01' AND getvariable('as_of')
),
recognition_limited AS (
    SELECT n, code, basis, basis_on, ok, CASE n WHEN 12 THEN 50000 ELSE 10000 END AS low, NULL AS high,
           CASE WHEN NOT here THEN 'registered in another district'
                WHEN NOT enterprise THEN 'not an enterprise'
                ELSE 'no longer valid on moving in' END AS failed,
           concat_ws(', ', CASE WHEN here IS NULL THEN 'district' END,
                     CASE WHEN recognised_on IS NULL THEN 'recognised_on' END,
                     CASE WHEN valid_until IS NULL AND moved_in_on IS NOT NULL
                               AND (moved_in_on <= recognised_on) IS NOT TRUE THEN 'valid_until' END) AS missing,
           CASE WHEN ok AND row_number() OVER (PARTITION BY n, code, ok IS TRUE ORDER BY basis_on, basis) > 1
                THEN 'once per enterprise' END AS turned_away
    FROM recognition_judged
),

-- A false condition on enterprises and accounts hides the row unless everything is shown, and a
-- conjunction is false where one member is: so each member can be a filter of its own, close to the scan.
graduate AS (
    SELECT code, greatest(graduated_on, above_quota_since) AS basis_on, here, enterprise, incubated_in,
           here AND enterprise AND incubated_in IS NOT NULL AND (moved_in_on IS NULL OR
               greatest(graduated_on, above_quota_since) >= moved_in_on) AS ok
    FROM party
    WHERE graduated_on IS NOT NULL AND above_quota_since IS NOT NULL
      AND greatest(graduated_on, above_quota_since)
          BETWEEN greatest(DATE '2017-05-03', getvariable('first_day')) AND getvariable('last_day')
),
trade AS (
    SELECT code, sales, loan_interest_paid, here, enterprise, industry,
           moved_in_on IS NULL OR moved_in_on <= getvariable('year_end') AS in_time,
           CASE WHEN regexp_full_match(left(industry, 1), '[A-Z]') THEN industry[2:3] ELSE industry[1:2] END AS division,
           (division = '51' AND sales >= 100000000) OR (division = '52' AND sales >= 50000000) AS big_enough
    FROM annual_accounts JOIN party USING (code)
    WHERE year = getvariable('y') AND getvariable('y') >= 2017
      AND (getvariable('everything')
           OR ((sales >= 50000000) IS NOT FALSE AND (loan_interest_paid > 0) IS NOT FALSE))
),
support AS (
    SELECT code, district_revenue, here, enterprise, registered_on,
           moved_in_on IS NULL OR moved_in_on <= getvariable('year_end') AS in_time,
           getvariable('y') - year(registered_on) + 1 AS nth
    FROM annual_accounts JOIN party USING (code)
    WHERE year = getvariable('y') AND getvariable('y') >= 2017
      AND (getvariable('everything')
           OR ((district_revenue > 0) IS NOT FALSE
               AND (registered_on IS NULL
                    OR registered_on BETWEEN make_date(getvariable('y') - 2, 1, 1) AND getvariable('year_end'))))
),

-- The three institutions of the year that placed most.
training AS (
    SELECT code, trainees_placed, trainees_placed > 0 AS ok,
           row_number() OVER (PARTITION BY trainees_placed > 0 ORDER BY trainees_placed DESC, code) AS place
    FROM trainings
    WHERE year = getvariable('y') AND getvariable('y') >= 2017
),

judged AS (
    SELECT n, code, basis, CASE WHEN n <> 2 THEN basis_on END AS basis_on, ok, low, coalesce(high, low) AS high,
           CASE WHEN over THEN 'three years at most' END AS turned_away, failed, missing
    FROM event_judged WHERE n NOT IN (1, 3)

    UNION ALL
    SELECT n, code, basis, basis_on, ok, low, high, turned_away, failed, missing
    FROM project_limited WHERE basis_on IS NULL OR basis_on >= getvariable('first_day')
                                                   AND basis_on <= getvariable('year_end')
    UNION ALL
    SELECT n, code, basis, basis_on, ok, low, low,
           CASE WHEN low <= 0 THEN 'the platform reached this tier before' END, failed, missing
    FROM platform_limited WHERE basis_on IS NULL OR basis_on >= getvariable('first_day')
                                                    AND basis_on <= getvariable('year_end')
    UNION ALL
    SELECT n, code, basis, basis_on, ok, low, low, turned_away, failed, missing
    FROM recognition_limited WHERE basis_on IS NULL OR basis_on >= getvariable('first_day')
                                                       AND basis_on <= getvariable('year_end')
    UNION ALL
    SELECT 7, code, '', basis_on, ok, 30000, 50000, NULL,
           CASE WHEN NOT here THEN 'registered in another district' WHEN NOT enterprise THEN 'not an enterprise'
                WHEN incubated_in IS NULL THEN 'not incubated in the district' ELSE 'before it moved in' END,
           'district'
    FROM graduate
    UNION ALL
    SELECT 8, code, getvariable('y')::VARCHAR, NULL, here AND enterprise AND in_time AND big_enough AND loan_interest_paid > 0,
           0, least(loan_interest_paid, 200000), NULL,
           CASE WHEN NOT here THEN 'registered in another district' WHEN NOT enterprise THEN 'not an enterprise'
                WHEN NOT in_time THEN 'before it moved in' WHEN NOT big_enough THEN 'not in trade, or sales too low'
                ELSE 'no loan interest' END,
           concat_ws(', ', CASE WHEN here IS NULL THEN 'district' END, CASE WHEN industry IS NULL THEN 'industry' END,
                     CASE WHEN sales IS NULL THEN 'sales' END,
                     CASE WHEN loan_interest_paid IS NULL THEN 'loan_interest_paid' END)
    FROM trade
    UNION ALL
    SELECT 9, code, getvariable('y')::VARCHAR, NULL, here AND enterprise AND in_time AND nth BETWEEN 1 AND 3 AND district_revenue > 0,
           round(district_revenue * CASE nth WHEN 1 THEN 1.0 WHEN 2 THEN 0.8 ELSE 0.6 END, 2), NULL, NULL,
           CASE WHEN NOT here THEN 'registered in another district' WHEN NOT enterprise THEN 'not an enterprise'
                WHEN NOT in_time THEN 'before it moved in' WHEN nth NOT BETWEEN 1 AND 3 THEN 'not in its first three years'
                ELSE 'no district revenue' END,
           concat_ws(', ', CASE WHEN here IS NULL THEN 'district' END,
                     CASE WHEN registered_on IS NULL THEN 'registered_on' END,
                     CASE WHEN district_revenue IS NULL THEN 'district_revenue' END)
    FROM support
    UNION ALL
    SELECT 16, code, getvariable('y')::VARCHAR, NULL, ok, 50000, 100000,
           CASE WHEN place > 3 THEN 'three institutions a year' END, 'nobody placed', 'trainees_placed'
    FROM training
),

settled AS (
    SELECT j.*, m.measure, m.clause,
           CASE WHEN NOT ok THEN 'not_entitled' WHEN ok IS NULL THEN 'unknown'
                WHEN turned_away IS NOT NULL THEN 'not_entitled'
                WHEN one_amount THEN 'entitled' ELSE 'conditional' END AS status
    FROM judged j JOIN measure m USING (n)
    WHERE n NOT IN (7, 8, 9) OR getvariable('everything') OR ok IS NOT FALSE
)

SELECT measure, code, basis, getvariable('y') AS year, status,
       CASE status WHEN 'not_entitled' THEN 0 WHEN 'unknown' THEN NULL ELSE low END::DECIMAL(18,2) AS low,
       CASE WHEN status = 'not_entitled' THEN 0 WHEN status = 'unknown' THEN NULL
            WHEN n = 9 THEN low ELSE high END::DECIMAL(18,2) AS high,
       CASE WHEN status = 'not_entitled' THEN NULL
            WHEN n = 9 THEN make_date(getvariable('y') + 1, 1, 1)
            WHEN basis_on < DATE '2017-05-03' THEN DATE '2017-05-03' END AS payable_from,
       clause,
       CASE status WHEN 'unknown' THEN 'missing: ' || missing
                   WHEN 'not_entitled' THEN CASE WHEN ok THEN turned_away ELSE failed END
                   ELSE '' END AS reason
FROM settled
ORDER BY n, code, basis
