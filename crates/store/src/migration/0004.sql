-- What was sent together is told of in one message: that of the first, with the others beside it.
ALTER TABLE messages ADD COLUMN together TEXT;
CREATE UNIQUE INDEX messages_together ON messages (together) WHERE together IS NOT NULL;
CREATE TABLE message_cases (
  message BIGINT NOT NULL, case_id BIGINT NOT NULL, number TEXT NOT NULL, basis TEXT NOT NULL, PRIMARY KEY (message, case_id)
);
