-- Times are milliseconds since 1970-01-01T00:00Z, days are YYYY-MM-DD, amounts are fen, documents are JSON.
CREATE TABLE chain (id {id}, seq BIGINT NOT NULL, hash TEXT NOT NULL, at BIGINT NOT NULL);
INSERT INTO chain (id, seq, hash, at) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0);
CREATE TABLE journal (
  seq {id}, at BIGINT NOT NULL, actor BIGINT, kind TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
  prev TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE TABLE commands (
  key TEXT PRIMARY KEY, at BIGINT NOT NULL, actor BIGINT, digest TEXT NOT NULL, outcome TEXT NOT NULL
);
CREATE TABLE packs (
  id {id}, hash TEXT NOT NULL UNIQUE, name_zh TEXT NOT NULL, name_en TEXT NOT NULL, files TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE fact_versions (
  id {id}, source_zh TEXT NOT NULL, source_en TEXT NOT NULL, note TEXT NOT NULL, created_at BIGINT NOT NULL,
  by_user BIGINT, pack BIGINT NOT NULL, row_count BIGINT NOT NULL
);
CREATE TABLE facts (
  id {id}, tbl TEXT NOT NULL, party TEXT NOT NULL, row_key TEXT NOT NULL, record TEXT NOT NULL, since BIGINT NOT NULL,
  until BIGINT
);
CREATE INDEX facts_party ON facts (party);
CREATE TABLE parties (code TEXT PRIMARY KEY, name TEXT NOT NULL, search TEXT NOT NULL);
CREATE TABLE rounds (id {id}, opens_at BIGINT NOT NULL, closes_at BIGINT NOT NULL, data TEXT NOT NULL);
CREATE TABLE cases (
  id {id}, number TEXT UNIQUE, party TEXT NOT NULL, party_name TEXT NOT NULL, measure TEXT NOT NULL, basis TEXT NOT NULL,
  clause TEXT NOT NULL, year BIGINT NOT NULL, round BIGINT NOT NULL, fund TEXT NOT NULL, stage TEXT NOT NULL,
  desk TEXT NOT NULL, due TEXT, assignee BIGINT, amount BIGINT, low BIGINT, high BIGINT, priority BIGINT,
  decided_at BIGINT, paid_on TEXT, notice_until TEXT, opened_by BIGINT NOT NULL, opened_at BIGINT NOT NULL,
  submitted_at BIGINT, updated_at BIGINT NOT NULL, version BIGINT NOT NULL, data TEXT NOT NULL
);
-- All that lists count, search and sum: they read this index alone, and not the documents.
CREATE INDEX cases_list ON cases (
  stage, desk, measure, due, assignee, amount, year, round, fund, number, party, party_name, submitted_at, decided_at, paid_on
);
CREATE INDEX cases_due ON cases (due, id);
CREATE INDEX cases_party ON cases (party, measure, basis);
CREATE INDEX cases_measure ON cases (measure, stage);
CREATE INDEX cases_fund ON cases (fund, year, stage);
CREATE INDEX cases_updated ON cases (updated_at);
CREATE INDEX cases_assignee ON cases (assignee) WHERE assignee IS NOT NULL;
-- By what the limits of a measure count cases together, where that is no matter of the party: SHA-256 of column and text.
CREATE TABLE case_keys (
  measure TEXT NOT NULL, key TEXT NOT NULL, case_id BIGINT NOT NULL, PRIMARY KEY (measure, key, case_id)
);
CREATE INDEX case_keys_case ON case_keys (case_id);
CREATE TABLE numbers (series TEXT PRIMARY KEY, last BIGINT NOT NULL);
CREATE TABLE accounts (
  id {id}, kind TEXT NOT NULL, fund TEXT NOT NULL, year BIGINT NOT NULL, lim TEXT NOT NULL, dp BIGINT NOT NULL,
  dq BIGINT NOT NULL, cp BIGINT NOT NULL, cq BIGINT NOT NULL, withdrawn BIGINT NOT NULL, returned BIGINT NOT NULL,
  UNIQUE (kind, fund, year)
);
CREATE TABLE transfers (
  id {id}, debit BIGINT NOT NULL, credit BIGINT NOT NULL, amount BIGINT NOT NULL, kind TEXT NOT NULL, pending BIGINT,
  at BIGINT NOT NULL, expires_on TEXT, case_id BIGINT, measure TEXT, clause TEXT, memo TEXT NOT NULL, outcome TEXT,
  settled_by BIGINT, settled_amount BIGINT
);
CREATE INDEX transfers_debit ON transfers (debit, at);
CREATE INDEX transfers_credit ON transfers (credit, at);
CREATE INDEX transfers_case ON transfers (case_id);
CREATE TABLE carry_rules (fund TEXT PRIMARY KEY, rule TEXT NOT NULL);
CREATE TABLE batches (
  id {id}, number TEXT NOT NULL UNIQUE, fund TEXT NOT NULL, year BIGINT NOT NULL, stage TEXT NOT NULL,
  created_at BIGINT NOT NULL, data TEXT NOT NULL
);
CREATE TABLE payments (end_to_end_id TEXT PRIMARY KEY, batch BIGINT NOT NULL, case_id BIGINT NOT NULL);
CREATE TABLE result_files (sha256 TEXT NOT NULL, batch BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (sha256, batch));
CREATE TABLE users (
  id {id}, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT NOT NULL, roles TEXT NOT NULL,
  desks TEXT NOT NULL, active BIGINT NOT NULL, must_change BIGINT NOT NULL, created_at BIGINT NOT NULL
);
CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY, user_id BIGINT NOT NULL, csrf_seed TEXT NOT NULL, created_at BIGINT NOT NULL,
  last_seen BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE TABLE delegations (
  id {id}, user_id BIGINT NOT NULL, party TEXT NOT NULL, since BIGINT NOT NULL, until BIGINT, revoked_at BIGINT,
  granted_by BIGINT, note TEXT NOT NULL
);
CREATE INDEX delegations_user ON delegations (user_id);
CREATE INDEX delegations_party ON delegations (party);
CREATE TABLE attempts (name TEXT PRIMARY KEY, since BIGINT NOT NULL, tries BIGINT NOT NULL);
CREATE TABLE messages (
  id {id}, user_id BIGINT, party TEXT, case_id BIGINT, at BIGINT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
  read_at BIGINT
);
CREATE INDEX messages_party ON messages (party, id);
CREATE INDEX messages_user ON messages (user_id, id);
CREATE TABLE files (
  sha256 TEXT PRIMARY KEY, size BIGINT NOT NULL, media_type TEXT NOT NULL, created_at BIGINT NOT NULL,
  content {blob} NOT NULL
);
CREATE TABLE calendar (date TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL);
