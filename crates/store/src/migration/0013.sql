-- Who looks for deadlines looks for those that there are: a draft has none, and stands in no index of them.
DROP INDEX cases_due;
CREATE INDEX cases_due ON cases (due, id) WHERE due IS NOT NULL;
