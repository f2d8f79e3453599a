-- Lists go by what a case comes to: what was decided and, as long as nothing was, the most that the rules give, which the index of
-- lists has to hold, so that no page of a stage or desk is found among whole documents.
DROP INDEX cases_list;
CREATE INDEX cases_list ON cases (
  stage, desk, measure, due, assignee, amount, year, round, fund, number, party, party_name, submitted_at, decided_at, paid_on,
  basis, basis_key, updated_at, high
);
