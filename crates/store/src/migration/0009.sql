-- What only looks like a dash, and the 号 at its end, make no other number: rows that are there get their keys anew from the program
-- (migration/keys.rs).
DELETE FROM case_keys;
-- Figures count where cases were late, whatever has become of them: by these entries alone.
CREATE INDEX IF NOT EXISTS journal_late ON journal (kind) WHERE kind = 'case.ran_late';
