-- What waits of a case's payments is looked for by the case, also of those that were taken out of their batch.
CREATE INDEX payments_case ON payments (case_id);
