-- What waits for a second person is looked for on every page of theirs: a handful among all. The word of the role that it waits for.
ALTER TABLE cases ADD COLUMN awaits TEXT NOT NULL DEFAULT '';
UPDATE cases SET awaits = 'decision_maker' WHERE data LIKE '%"revocation":{"grounds":%';
CREATE INDEX cases_awaits ON cases (awaits) WHERE awaits <> '';
-- So is what the bank has said of a batch that nobody has looked into yet.
ALTER TABLE batches ADD COLUMN doubted BIGINT NOT NULL DEFAULT 0;
UPDATE batches SET doubted = 1 WHERE data LIKE '%"end":null%';
CREATE INDEX batches_doubted ON batches (doubted) WHERE doubted <> 0;
