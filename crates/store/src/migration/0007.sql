-- What a public notice said when it was put up: cases that one form published hang on one sheet, whatever becomes of each.
CREATE TABLE notices (
  case_id BIGINT NOT NULL, at BIGINT NOT NULL, sheet TEXT NOT NULL, number TEXT NOT NULL, party TEXT NOT NULL,
  party_name TEXT NOT NULL, measure TEXT NOT NULL, basis TEXT NOT NULL, clause TEXT NOT NULL, amount BIGINT NOT NULL,
  PRIMARY KEY (case_id, at)
);
CREATE INDEX notices_sheet ON notices (sheet, number);
-- What was withdrawn has no amount any more.
UPDATE cases SET amount = NULL, priority = NULL, decided_at = NULL WHERE stage = 'withdrawn';
