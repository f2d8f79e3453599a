-- The public list of notices that are over reads and searches this index alone: most cases have hung once, and their documents are long.
-- A submission moves nothing in it.
CREATE INDEX cases_noticed ON cases (notice_until, number, stage, measure, year, party_name) WHERE notice_until IS NOT NULL;
