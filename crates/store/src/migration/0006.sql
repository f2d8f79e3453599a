-- A number is one party's however it is written: it is compared by a key without width, case, spaces, signs and look-alikes.
-- Rows that are there get theirs from the program (migration/keys.rs).
ALTER TABLE cases ADD COLUMN basis_key TEXT NOT NULL DEFAULT '';
ALTER TABLE facts ADD COLUMN folded_key TEXT NOT NULL DEFAULT '';
DROP INDEX cases_basis;
CREATE INDEX cases_basis ON cases (basis_key, measure);
CREATE INDEX facts_folded ON facts (folded_key, tbl);
