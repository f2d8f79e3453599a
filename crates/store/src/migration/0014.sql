-- A list in the order of its deadlines has those without one at its end: the index has them too, and drafts alone stand in none.
DROP INDEX cases_due;
CREATE INDEX cases_due ON cases (due, id) WHERE number IS NOT NULL;
