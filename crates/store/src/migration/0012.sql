-- Every index that a submission moves its case in costs it two pages to be written: where the draft stood and where the case stands
-- now. Where a case is looked up by fund or measure drafts are never asked for, so they stand in neither. By when it was last
-- changed it is found in the index that lists read anyway, and nothing asks for messages by user.
DROP INDEX messages_user;
DROP INDEX cases_fund;
CREATE INDEX cases_granted ON cases (fund, year, stage) WHERE amount IS NOT NULL;
DROP INDEX cases_measure;
CREATE INDEX cases_measure ON cases (measure, party) WHERE number IS NOT NULL;
DROP INDEX cases_updated;
DROP INDEX cases_list;
CREATE INDEX cases_list ON cases (
  stage, desk, measure, due, assignee, amount, year, round, fund, number, party, party_name, submitted_at, decided_at, paid_on,
  basis, basis_key, updated_at
);
