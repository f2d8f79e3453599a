-- Whose a row of the registry is, and who else has applied for it, is asked by its number.
CREATE INDEX facts_key ON facts (row_key, tbl);
CREATE INDEX cases_basis ON cases (basis, measure);
