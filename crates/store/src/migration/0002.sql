-- What is applied for is searched with the rest, and stands in the index that lists read.
DROP INDEX cases_list;
CREATE INDEX cases_list ON cases (
  stage, desk, measure, due, assignee, amount, year, round, fund, number, party, party_name, submitted_at, decided_at, paid_on,
  basis
);
