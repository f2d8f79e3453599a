-- The sixteen measures of packs/nanming-2017 as hand-written DuckDB SQL over clean tables.
--
-- It reads tables or views named as in the specification of the tables, with money as DECIMAL, and
-- is one SELECT, so that the caller may COPY it to a file. The caller sets these variables:
--   y           the assessed year
--   as_of       the as-of date
--   first_day   1 January of y
--   last_day    31 December of y or as_of, whichever is earlier
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

-- Rows with a basis date of their own, one branch per measure, so that one join with the parties
-- serves them all. Branches of measures with limits keep the earlier years, which take places in them.
event AS (
    SELECT 1 AS n, code, id AS basis, granted_on AS basis_on,
           level IN ('national', 'provincial', 'municipal') AS met,
           0::DECIMAL(18,2) AS low, NULL::DECIMAL(18,2) AS high,
           coalesce('k' || project_key, 'i' || id) AS same,
           'level does not qualify' AS failed,
           concat_ws(', ', CASE WHEN granted_on IS NULL THEN 'granted_on' END,
                     CASE WHEN level IS NULL THEN 'level' END) AS missing
    FROM projects
    WHERE granted_on IS NULL OR granted_on BETWEEN DATE '2017-05-03' AND getvariable('as_of')

    UNION ALL
    SELECT 3, code, id, recognised_on, level IN ('national', 'provincial', 'municipal'),
           CASE level WHEN 'national' THEN 300000 WHEN 'provincial' THEN 200000 WHEN 'municipal' THEN 100000 END,
           NULL, coalesce('k' || platform_key, 'i' || id), 'level does not qualify',
           concat_ws(', ', CASE WHEN recognised_on IS NULL THEN 'recognised_on' END,
                     CASE WHEN level IS NULL THEN 'level' END)
    FROM recognitions
    WHERE kind IN ('technology_centre', 'engineering_centre', 'laboratory',
                   'academician_workstation', 'postdoc_workstation')
      AND (recognised_on IS NULL OR recognised_on BETWEEN DATE '2016-01-01' AND getvariable('as_of'))

    UNION ALL
    SELECT 4, code, id, certified_on, cost > 0, 0, cost, NULL, 'no cost',
           concat_ws(', ', CASE WHEN certified_on IS NULL THEN 'certified_on' END,
                     CASE WHEN cost IS NULL THEN 'cost' END)
    FROM certifications
    WHERE kind = 'professional'
      AND (certified_on IS NULL
           OR certified_on BETWEEN greatest(DATE '2016-01-01', getvariable('first_day')) AND getvariable('last_day'))

    UNION ALL
    SELECT 5, code, id, production_started_on, class = 3, 0, 2000000, NULL, 'class is not 3', 'class'
    FROM certifications
    WHERE kind = 'device'
      AND production_started_on BETWEEN greatest(DATE '2017-05-03', getvariable('first_day')) AND getvariable('last_day')

    UNION ALL
    SELECT 6, code, id, production_started_on,
           class IN (1, 2, 3) AND certified_on >= DATE '2016-01-01' AND certified_on <= production_started_on,
           0, 1000000, NULL, 'class or day of approval does not qualify',
           concat_ws(', ', CASE WHEN class IS NULL THEN 'class' END,
                     CASE WHEN certified_on IS NULL THEN 'certified_on' END)
    FROM certifications
    WHERE kind = 'drug'
      AND production_started_on BETWEEN greatest(DATE '2016-01-01', getvariable('first_day')) AND getvariable('last_day')

    UNION ALL
    SELECT 10, code, id, filed_on, true,
           CASE kind WHEN 'invention' THEN 3000 WHEN 'utility_model' THEN 1000 ELSE 500 END, NULL,
           NULL, '', 'filed_on'
    FROM ip_filings
    WHERE filed_on IS NULL
       OR filed_on BETWEEN greatest(DATE '2017-05-03', getvariable('first_day')) AND getvariable('last_day')

    UNION ALL
    SELECT 11, code, id, threshold_reached_on, own_invention_patent AND output_value >= 1000000, 200000, NULL,
           NULL, 'no own patent, or output below 1,000,000',
           concat_ws(', ', CASE WHEN own_invention_patent IS NULL THEN 'own_invention_patent' END,
                     CASE WHEN output_value IS NULL THEN 'output_value' END)
    FROM ip_products
    WHERE threshold_reached_on
          BETWEEN greatest(DATE '2017-05-03', getvariable('first_day')) AND getvariable('last_day')

    UNION ALL
    SELECT CASE role WHEN 'lead' THEN 14 ELSE 15 END, code, id, published_on,
           level IN ('international', 'national', 'industry'),
           CASE WHEN role = 'participant' THEN 30000
                ELSE CASE level WHEN 'international' THEN 500000 WHEN 'national' THEN 300000 WHEN 'industry' THEN 200000 END
           END,
           CASE WHEN role = 'participant' THEN 100000 END, NULL, 'level does not qualify',
           concat_ws(', ', CASE WHEN published_on IS NULL THEN 'published_on' END,
                     CASE WHEN level IS NULL THEN 'level' END)
    FROM standards
    WHERE published_on IS NULL
       OR published_on BETWEEN greatest(DATE '2017-05-03', getvariable('first_day')) AND getvariable('last_day')

    -- Of alliances and accounts the basis is a whole year: the day stands for it in the join below,
    -- where moving in during that year is early enough.
    UNION ALL
    SELECT 2, code, id, getvariable('last_day_of_year'),
           led_by_district_agency AND (founded_on IS NOT NULL OR NULL), 0, 100000,
           CASE WHEN getvariable('y') > greatest(year(founded_on), 2017) + 2 THEN 'over' END,
           'not led by a district agency',
           concat_ws(', ', CASE WHEN founded_on IS NULL THEN 'founded_on' END,
                     CASE WHEN led_by_district_agency IS NULL THEN 'led_by_district_agency' END)
    FROM alliances
    WHERE getvariable('y') >= 2017
      AND (founded_on IS NULL OR founded_on <= getvariable('last_day_of_year'))
),

-- Every event with its party: the conditions on the party, and why they fail.
event_judged AS (
    SELECT n, code, basis, basis_on, low, high, same,
           here AND met AND (enterprise OR n IN (2, 3)) AND (basis_on IS NOT NULL OR NULL)
               AND (moved_in_on IS NULL OR basis_on >= moved_in_on) AS ok,
           CASE WHEN NOT here THEN 'registered in another district'
                WHEN NOT enterprise AND n NOT IN (2, 3) THEN 'not an enterprise'
                WHEN basis_on < moved_in_on THEN 'before it moved in'
                ELSE failed END AS failed,
           CASE WHEN here IS NULL THEN concat_ws(', ', 'district', nullif(missing, '')) ELSE missing END AS missing
    FROM event JOIN party USING (code)
),

-- The recognitions of enterprises: the basis date itself depends on the party. 2013-01-01 is the start.
recognition AS (
    SELECT r.code, r.id AS basis, kind = 'high_tech_enterprise' AS high_tech, recognised_on, valid_until,
           moved_in_on, here, enterprise,
           CASE WHEN moved_in_on IS NULL THEN recognised_on
                WHEN recognised_on IS NOT NULL THEN greatest(recognised_on, moved_in_on) END AS basis_on
    FROM recognitions r JOIN party USING (code)
    WHERE kind IN ('high_tech_enterprise', 'software_enterprise')
),
recognition_judged AS (
    SELECT *,
           here AND enterprise AND (basis_on IS NOT NULL OR NULL)
               AND (moved_in_on IS NULL OR moved_in_on <= recognised_on OR valid_until >= moved_in_on) AS ok
    FROM recognition
    WHERE basis_on IS NULL OR basis_on BETWEEN DATE '2013-01-01' AND getvariable('as_of')
),

account AS (
    SELECT code, sales, district_revenue, loan_interest_paid, here, enterprise, industry, registered_on,
           moved_in_on IS NULL OR moved_in_on <= getvariable('last_day_of_year') AS in_time
    FROM annual_accounts JOIN party USING (code)
    WHERE year = getvariable('y') AND getvariable('y') >= 2017
      -- A row that fails here fails for both measures on accounts and is hidden: cut it before the join.
      AND (getvariable('everything')
           OR ((enterprise AND here AND (in_time OR NULL)) IS NOT FALSE
               AND ((district_revenue > 0) IS NOT FALSE OR (loan_interest_paid > 0) IS NOT FALSE)))
)
SELECT 1
